//! Random bytes handed in by the caller, stretched for crates that ask for a generator.

use std::convert::Infallible;

use aes::Aes256;
use aes::cipher::{KeyIvInit, StreamCipher};
use rand_core::{TryCryptoRng, TryRng};

/// The AES-256-CTR key stream of a 32-byte seed. As random and as secret as the seed; one seed serves one operation.
pub(crate) struct SeededRng(ctr::Ctr128BE<Aes256>);

impl SeededRng {
    pub(crate) fn new(seed: &[u8; 32]) -> Self {
        SeededRng(ctr::Ctr128BE::new(seed.into(), &[0; 16].into()))
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.apply_keystream(&mut bytes);
        bytes
    }
}

impl TryRng for SeededRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.array()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.array()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0);
        self.0.apply_keystream(bytes);
        Ok(())
    }
}

impl TryCryptoRng for SeededRng {}
