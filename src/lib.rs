//! sealdrop: files are encrypted in the browser and stored in an S3 bucket.
