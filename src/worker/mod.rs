//! What runs in a worker, and what crosses the border.
