//! Documents → sections → ranked answers.
