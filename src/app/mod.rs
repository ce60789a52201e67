//! The Yew app: state (pure), pages, components and text.
