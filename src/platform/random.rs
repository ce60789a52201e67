//! Randomness fit for keys.

/// Fills `bytes` from the browser's cryptographic generator.
///
/// # Panics
/// If the browser has none, which no browser that runs WebAssembly does.
pub fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("every browser that runs WebAssembly has crypto.getRandomValues");
}

/// An array of random bytes.
pub fn make_array<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// A number in `0.0..1.0`.
pub fn unit() -> f64 {
    f64::from(u32::from_be_bytes(make_array())) / 4_294_967_296.0
}
