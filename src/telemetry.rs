//! Log records: to a rotated file and to stderr, never to stdout.
