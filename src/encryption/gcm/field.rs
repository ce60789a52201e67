//! GF(2^128) in GCM's bit order: the first bit of the first byte is the coefficient of x^0.

use zeroize::Zeroize;

/// A field element; as a secret, wiped on drop and shown by nothing.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Element(u128);

impl Element {
    pub(super) const ZERO: Element = Element(0);
    /// x^0.
    const ONE: Element = Element(1 << 127);

    pub(super) fn from_bytes(bytes: [u8; 16]) -> Self {
        Element(u128::from_be_bytes(bytes))
    }

    /// `be64(high) || be64(low)`: GCM's length blocks.
    pub(super) fn from_lengths(high: u64, low: u64) -> Self {
        Element(u128::from(high) << 64 | u128::from(low))
    }

    pub(super) fn to_bytes(&self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0 == 0
    }

    pub(super) fn add(&self, other: &Element) -> Element {
        Element(self.0 ^ other.0)
    }

    /// The product. Takes the same time for all operands. In halves, which WebAssembly shifts at once.
    pub(super) fn multiply(&self, other: &Element) -> Element {
        const REDUCTION: u64 = 0xe1 << 56;
        let (mut high, mut low) = (0, 0);
        let (mut shifted_high, mut shifted_low) = ((other.0 >> 64) as u64, other.0 as u64);
        for mut bits in [(self.0 >> 64) as u64, self.0 as u64] {
            for _ in 0..64 {
                let chosen = (bits >> 63).wrapping_neg();
                high ^= shifted_high & chosen;
                low ^= shifted_low & chosen;
                let reduced = REDUCTION & (shifted_low & 1).wrapping_neg();
                shifted_low = shifted_low >> 1 | shifted_high << 63;
                shifted_high = shifted_high >> 1 ^ reduced;
                bits <<= 1;
            }
        }
        (shifted_high, shifted_low).zeroize();
        Element(u128::from(high) << 64 | u128::from(low))
    }

    /// `self` to the power of a public exponent, by square-and-multiply.
    pub(super) fn power(&self, exponent: u128) -> Element {
        let mut result = Element::ONE;
        for bit in (0..128 - exponent.leading_zeros()).rev() {
            result = result.multiply(&result);
            if exponent >> bit & 1 == 1 {
                result = result.multiply(self);
            }
        }
        result
    }

    /// The inverse of a non-zero element (of zero: zero), by Fermat: the power 2^128 - 2.
    pub(super) fn inverse(&self) -> Element {
        self.power(u128::MAX - 1)
    }
}

impl Drop for Element {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ghash::GHash;
    use ghash::universal_hash::UniversalHash;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn products_are_ghashs(a in any::<[u8; 16]>(), h in any::<[u8; 16]>()) {
            let mut ghash = GHash::new(&h.into());
            ghash.update(&[a.into()]);
            let product = Element::from_bytes(a).multiply(&Element::from_bytes(h));
            prop_assert_eq!(product.to_bytes(), <[u8; 16]>::from(ghash.finalize()));
        }

        #[test]
        fn powers_and_inverses_obey_the_laws(a in any::<[u8; 16]>(), m in any::<u32>(), n in any::<u32>()) {
            let a = Element::from_bytes(a);
            prop_assume!(!a.is_zero());
            prop_assert!(a.multiply(&a.inverse()) == Element::ONE);
            let product = a.power(m.into()).multiply(&a.power(n.into()));
            prop_assert!(product == a.power(u128::from(m) + u128::from(n)));
        }
    }

    #[test]
    fn the_first_powers() {
        let a = Element::from_lengths(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210);
        assert!(a.power(0) == Element::ONE && a.power(1) == a && a.power(2) == a.multiply(&a));
        assert!(Element::ZERO.inverse().is_zero());
    }
}
