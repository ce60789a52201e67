//! Native integration tests, one binary.

mod esdk_message;
mod esdk_vectors;
mod gcm;
mod upload_machine;
