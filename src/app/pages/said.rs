//! Sentences in markup: as children and as attributes.

use yew::html::IntoPropValue;
use yew::prelude::*;

use crate::app::text::Text;

impl IntoPropValue<Html> for Text {
    fn into_prop_value(self) -> Html {
        self.get().into()
    }
}

impl IntoPropValue<AttrValue> for Text {
    fn into_prop_value(self) -> AttrValue {
        AttrValue::Static(self.get())
    }
}

impl IntoPropValue<Option<AttrValue>> for Text {
    fn into_prop_value(self) -> Option<AttrValue> {
        Some(AttrValue::Static(self.get()))
    }
}
