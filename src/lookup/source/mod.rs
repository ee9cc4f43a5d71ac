//! Where documents come from: a directory or file.

mod directory;

pub(crate) use self::directory::{FILE_BYTES_MAX, Found, walk};
