//! Native integration tests, one binary.

mod esdk_message;
mod esdk_tampering;
mod esdk_vectors;
mod gcm;
#[cfg(not(target_arch = "wasm32"))]
mod hostile_bytes;
mod rsa_keys;
mod s3ec_object;
mod s3ec_tampering;
mod s3ec_vectors;
mod secrets;
#[cfg(not(target_arch = "wasm32"))]
mod sources;
mod upload_machine;
mod vectors;
