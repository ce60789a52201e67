//! The languages the app speaks, and sentences that are written in each.
//!
//! A sentence stands in both languages at one place, so that neither can be forgotten when the other changes.

use std::cell::Cell;
use std::fmt;

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// Every language, in the order of the choice.
    pub const ALL: [Language; 2] = [Language::English, Language::Japanese];

    /// Its BCP 47 tag, as `<html lang>` takes it.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Japanese => "ja",
        }
    }

    /// Its own name for itself.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Japanese => "日本語",
        }
    }

    /// The language of a tag such as `ja`, `ja-JP` or `en-GB`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The first of the person's languages that the app speaks; English where there is none.
    pub fn of_tags<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        tags.into_iter().find_map(Self::of_tag).unwrap_or_default()
    }
}

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// The language that sentences come in now.
pub fn language() -> Language {
    SPOKEN.get()
}

/// Changes it; what was said before stays as it was said.
pub fn speak(language: Language) {
    SPOKEN.set(language);
}

/// A sentence without variable parts, in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    en: &'static str,
    ja: &'static str,
}

impl Text {
    /// The sentence in English and in Japanese.
    pub const fn new(en: &'static str, ja: &'static str) -> Self {
        Text { en, ja }
    }

    /// What is the same in every language: names of formats and products.
    pub const fn same(name: &'static str) -> Self {
        Text { en: name, ja: name }
    }

    /// In the language spoken now.
    pub fn get(self) -> &'static str {
        match language() {
            Language::English => self.en,
            Language::Japanese => self.ja,
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.get())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> String {
        text.get().to_owned()
    }
}

/// A sentence with variable parts: the format string in English and in Japanese. Both take their values from variables
/// in scope, by name, in whatever order the language wants them.
macro_rules! said {
    ($en:literal, $ja:literal $(,)?) => {
        match $crate::app::text::language() {
            $crate::app::text::Language::English => format!($en),
            $crate::app::text::Language::Japanese => format!($ja),
        }
    };
}
pub(crate) use said;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_the_app_speaks_is_taken() {
        assert_eq!(Language::of_tags(["fr-FR", "ja-JP", "en"]), Language::Japanese);
        assert_eq!(Language::of_tags(["EN_us", "ja"]), Language::English);
        assert_eq!(Language::of_tags(["javanese", "de"]), Language::English);
        assert_eq!(Language::of_tags([]), Language::English);
    }

    #[test]
    fn a_sentence_follows_the_language() {
        const HELLO: Text = Text::new("Hello", "こんにちは");
        let name = "ABCI";
        let both = || (HELLO.to_string(), said!("For {name}", "{name} へ"));
        assert_eq!(both(), ("Hello".into(), "For ABCI".into()));
        speak(Language::Japanese);
        assert_eq!(both(), ("こんにちは".into(), "ABCI へ".into()));
        speak(Language::English);
    }
}
