//! One file per page; each draws the state and sends messages.

pub(super) mod browse;
pub(super) mod bucket;
mod bucket_audit;
mod bucket_copy;
mod bucket_cors;
mod bucket_create;
mod bucket_layers;
mod bucket_leftovers;
mod bucket_upload;
mod bundle;
pub(super) mod connect;
mod customer_key;
pub(super) mod details;
pub(super) mod dialog;
mod encryption;
mod glyph;
pub(super) mod keys;
mod preview;
mod said;
mod selection;
pub(super) mod shell;
mod strip;
pub(super) mod transfer_list;
pub(super) mod transfers;
mod unfinished_downloads;
mod upload_checks;

use yew::html::Scope;

/// Where messages go.
pub(super) type Link = Scope<super::root::Root>;
