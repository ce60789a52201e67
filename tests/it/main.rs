//! Native integration tests, one binary.

mod esdk_message;
mod esdk_vectors;
mod upload_machine;
