//! RC4, which files of before 2005 are encrypted with: twenty lines, of a cipher that nothing else here may use.

/// Decrypts `data` in place.
pub(super) fn apply(key: &[u8], data: &mut [u8]) {
    let mut state: [u8; 256] = std::array::from_fn(|at| u8::try_from(at).unwrap_or_default());
    let mut other = 0_u8;
    for (at, byte) in key.iter().cycle().take(state.len()).enumerate() {
        let own = state.get(at).copied().unwrap_or_default();
        other = other.wrapping_add(own).wrapping_add(*byte);
        state.swap(at, usize::from(other));
    }
    let of = |state: &[u8; 256], at: u8| state.get(usize::from(at)).copied().unwrap_or_default();
    let (mut at, mut other) = (0_u8, 0_u8);
    for byte in data {
        at = at.wrapping_add(1);
        other = other.wrapping_add(of(&state, at));
        state.swap(usize::from(at), usize::from(other));
        *byte ^= of(&state, of(&state, at).wrapping_add(of(&state, other)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_streams_of_rfc_6229_come_out() {
        for (key, stream) in [
            (
                &b"\x01\x02\x03\x04\x05"[..],
                b"\xb2\x39\x63\x05\xf0\x3d\xc0\x27",
            ),
            (
                b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10",
                b"\x9a\xc7\xcc\x9a\x60\x9d\x1e\xf7",
            ),
        ] {
            let mut data = [0; 8];
            apply(key, &mut data);
            assert_eq!(&data, stream);
        }
    }
}
