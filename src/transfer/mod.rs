//! Part plan, upload and download state machines, retry, progress.
