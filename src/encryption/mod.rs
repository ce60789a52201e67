//! Client-side encryption formats.
