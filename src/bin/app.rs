//! The one wasm module of sealdrop: the app on the page, a worker elsewhere.

fn main() {
    #[cfg(target_arch = "wasm32")]
    if web_sys::window().is_some() {
        sealdrop::app::start();
    } else {
        sealdrop::worker::start();
    }
}
