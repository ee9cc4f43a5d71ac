//! Bytes that are written as two hexadecimal digits behind a mark: `%20` in an address, `#20` in a PDF.

/// Returns the byte whose digits `after` begins with, and what is behind them.
pub(super) fn escaped(after: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, rest) = after.split_at_checked(2)?;
    let byte = digits.iter().try_fold(0, |byte, digit| {
        let value = char::from(*digit).to_digit(16)?;
        Some(byte * 16 + u8::try_from(value).ok()?)
    })?;
    Some((byte, rest))
}

/// Returns `bytes` with what is written so behind `mark` as the bytes it stands for.
pub(super) fn decoded(bytes: &[u8], mark: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        let found = escaped(after).filter(|_| first == mark);
        let byte;
        (byte, rest) = found.unwrap_or((first, after));
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_are_a_byte_and_nothing_else_is() {
        assert_eq!(escaped(b"2fx"), Some((0x2f, &b"x"[..])));
        assert_eq!(escaped(b"fF"), Some((0xff, &b""[..])));
        for text in [&b""[..], b"2", b"2g", b"+1", b"-1", b" 1", b"\xc3\xa4"] {
            assert_eq!(escaped(text), None, "{text:?}");
        }
        assert_eq!(decoded(b"a%20b%+1%", b'%'), b"a b%+1%");
    }
}
