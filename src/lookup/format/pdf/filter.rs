//! Undoes how the bytes of a stream are packed, up to a number of bytes.

use std::io::Read as _;

use flate2::read::{DeflateDecoder, ZlibDecoder};

use super::object::{Dict, is_space};

/// Why a stream is not unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packed {
    /// It has more bytes than are left to be read.
    Bomb,
    /// It is a picture, or packed in a way that is none of the standard.
    Unknown,
}

/// Unpacks `data` by the filter called `name`. What is damaged ends where the damage is.
pub(super) fn decode(
    name: &str,
    parameters: Option<&Dict>,
    data: &[u8],
    bytes_max: usize,
) -> Result<Vec<u8>, Packed> {
    let decoded = match name {
        "FlateDecode" | "Fl" => inflate(data, bytes_max),
        "LZWDecode" | "LZW" => lzw(data, early(parameters), bytes_max),
        "ASCII85Decode" | "A85" => ascii85(data),
        "ASCIIHexDecode" | "AHx" => ascii_hexadecimal(data),
        "RunLengthDecode" | "RL" => run_length(data, bytes_max),
        _ => return Err(Packed::Unknown),
    };
    if decoded.len() > bytes_max {
        return Err(Packed::Bomb);
    }
    Ok(match name {
        "FlateDecode" | "Fl" | "LZWDecode" | "LZW" => without_prediction(decoded, parameters),
        _ => decoded,
    })
}

/// Unpacks one byte more than `bytes_max` at most.
fn inflate(data: &[u8], bytes_max: usize) -> Vec<u8> {
    let limit = u64::try_from(bytes_max)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut unpacked = Vec::new();
    // Damage ends it: what was read before is kept.
    let read = ZlibDecoder::new(data)
        .take(limit)
        .read_to_end(&mut unpacked);
    if read.is_err() && unpacked.is_empty() {
        // Some programs leave the head out, or write a wrong one.
        for skipped in [0, 2] {
            let raw = data.get(skipped..).unwrap_or_default();
            if DeflateDecoder::new(raw)
                .take(limit)
                .read_to_end(&mut unpacked)
                .is_ok()
                && !unpacked.is_empty()
            {
                break;
            }
            unpacked.clear();
        }
    }
    unpacked
}

fn number(parameters: Option<&Dict>, key: &str, otherwise: usize) -> usize {
    let given = parameters.and_then(|dict| dict.get(key)?.number());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is clamped"
    )]
    given.map_or(otherwise, |number| number.clamp(0.0, 65_535.0) as usize)
}

fn early(parameters: Option<&Dict>) -> bool {
    number(parameters, "EarlyChange", 1) != 0
}

/// ISO 32000-1, 7.4.4: codes of 9 to 12 bits.
fn lzw(data: &[u8], early: bool, bytes_max: usize) -> Vec<u8> {
    const CLEAR: usize = 256;
    const END: usize = 257;
    /// Codes of 12 bits.
    const CODES_MAX: usize = 4096;
    let mut unpacked: Vec<u8> = Vec::new();
    // Where each code's bytes lie in what was unpacked: every new code is the one before and one byte more.
    let mut codes: Vec<(usize, usize)> = Vec::new();
    let (mut bits, mut held, mut width) = (0_usize, 0_usize, 9_usize);
    let mut last: Option<(usize, usize)> = None;
    for &byte in data {
        bits = (bits << 8 | usize::from(byte)) & 0xff_ffff;
        held += 8;
        if held < width {
            continue;
        }
        held -= width;
        let code = bits >> held & ((1 << width) - 1);
        let start = unpacked.len();
        match (code, last) {
            (END, _) => break,
            (CLEAR, _) => {
                codes.clear();
                width = 9;
                last = None;
                continue;
            }
            (0..=255, _) => unpacked.extend(u8::try_from(code)),
            (_, Some((from, length))) => {
                let (from, length) = match codes.get(code - 258) {
                    Some(&known) => known,
                    None if code - 258 == codes.len() => (from, length + 1),
                    None => break,
                };
                for at in from..from + length {
                    let Some(&byte) = unpacked.get(at) else { break };
                    unpacked.push(byte);
                }
            }
            _ => break,
        }
        if let Some((from, length)) = last
            && codes.len() + 258 < CODES_MAX
        {
            codes.push((from, length + 1));
        }
        last = Some((start, unpacked.len() - start));
        let next = codes.len() + 259 - usize::from(!early);
        width = match next {
            ..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
        if unpacked.len() > bytes_max {
            break;
        }
    }
    unpacked
}

fn ascii85(data: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    let mut group: Vec<u32> = Vec::new();
    let flush = |group: &mut Vec<u32>, unpacked: &mut Vec<u8>| {
        let given = group.len();
        if given > 1 {
            group.resize(5, 84);
            let value = group.iter().fold(0_u32, |value, digit| {
                value.wrapping_mul(85).wrapping_add(*digit)
            });
            unpacked.extend(value.to_be_bytes().into_iter().take(given - 1));
        }
        group.clear();
    };
    for &byte in data {
        match byte {
            b'z' if group.is_empty() => unpacked.extend([0; 4]),
            b'!'..=b'u' => {
                group.push(u32::from(byte - b'!'));
                if group.len() == 5 {
                    flush(&mut group, &mut unpacked);
                }
            }
            b'~' => break,
            _ => {}
        }
    }
    flush(&mut group, &mut unpacked);
    unpacked
}

fn ascii_hexadecimal(data: &[u8]) -> Vec<u8> {
    let digits: Vec<u32> = data
        .iter()
        .take_while(|byte| **byte != b'>')
        .filter(|byte| !is_space(**byte))
        .filter_map(|byte| char::from(*byte).to_digit(16))
        .collect();
    let byte = |pair: &[u32]| {
        (pair.first().unwrap_or(&0) << 4 | pair.get(1).unwrap_or(&0)).to_le_bytes()[0]
    };
    digits.chunks(2).map(byte).collect()
}

fn run_length(data: &[u8], bytes_max: usize) -> Vec<u8> {
    let mut unpacked = Vec::new();
    let mut at = 0;
    while let Some(&length) = data.get(at) {
        let count = usize::from(length);
        match length {
            0..=127 => {
                let end = (at + 2 + count).min(data.len());
                unpacked.extend_from_slice(data.get(at + 1..end).unwrap_or_default());
                at += count + 2;
            }
            128 => break,
            129.. => {
                let byte = data.get(at + 1).copied().unwrap_or_default();
                unpacked.extend(std::iter::repeat_n(byte, 257 - count));
                at += 2;
            }
        }
        if unpacked.len() > bytes_max {
            break;
        }
    }
    unpacked
}

/// Undoes the prediction of bytes from their neighbours, which lists of objects are packed with.
fn without_prediction(data: Vec<u8>, parameters: Option<&Dict>) -> Vec<u8> {
    let predictor = number(parameters, "Predictor", 1);
    if predictor < 2 {
        return data;
    }
    let colors = number(parameters, "Colors", 1).clamp(1, 32);
    let bits = number(parameters, "BitsPerComponent", 8).clamp(1, 16);
    let columns = number(parameters, "Columns", 1).max(1);
    let pixel = (colors * bits).div_ceil(8);
    let row_bytes = (colors * bits * columns).div_ceil(8);
    if predictor == 2 {
        let mut data = data;
        for row in data.chunks_mut(row_bytes) {
            for at in pixel..row.len() {
                let before = row.get(at - pixel).copied().unwrap_or_default();
                if let Some(byte) = row.get_mut(at) {
                    *byte = byte.wrapping_add(before);
                }
            }
        }
        return data;
    }
    let mut plain: Vec<u8> = Vec::with_capacity(data.len());
    let mut above = vec![0_u8; row_bytes];
    for packed in data.chunks(row_bytes + 1) {
        let Some((&kind, packed)) = packed.split_first() else {
            break;
        };
        let mut row = vec![0_u8; row_bytes];
        for (at, &byte) in packed.iter().enumerate() {
            let of = |row: &[u8], at: Option<usize>| {
                at.and_then(|at| row.get(at)).copied().unwrap_or_default()
            };
            let left = of(&row, at.checked_sub(pixel));
            let up = of(&above, Some(at));
            let corner = of(&above, at.checked_sub(pixel));
            let predicted = match kind {
                1 => left,
                2 => up,
                3 => left.midpoint(up),
                4 => paeth(left, up, corner),
                _ => 0,
            };
            if let Some(slot) = row.get_mut(at) {
                *slot = byte.wrapping_add(predicted);
            }
        }
        plain.extend_from_slice(row.get(..packed.len()).unwrap_or_default());
        above = row;
    }
    plain
}

/// RFC 2083, 6.6.
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let far = |byte: u8| (guess - i16::from(byte)).abs();
    if far(left) <= far(up) && far(left) <= far(corner) {
        left
    } else if far(up) <= far(corner) {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::super::object::Object;
    use super::*;

    fn deflated(data: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn each_filter_gives_back_what_was_packed() {
        let plain = |name: &str, data: &[u8]| {
            String::from_utf8(decode(name, None, data, 100).unwrap()).unwrap()
        };
        assert_eq!(
            plain("ASCII85Decode", b"87cUR\nD]i,\"Ebo80~>"),
            "Hello World!"
        );
        assert_eq!(plain("ASCIIHexDecode", b"48 656C6c 6F>00"), "Hello");
        assert_eq!(plain("RunLengthDecode", b"\x01ab\xfec\x80x"), "abccc");
        // The example of ISO 32000-1, 7.4.4.2.
        let lzw = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        assert_eq!(plain("LZWDecode", &lzw), "-----A---B");
        assert_eq!(decode("DCTDecode", None, b"x", 9), Err(Packed::Unknown));
        let cut = deflated(&b"words and words, ".repeat(50));
        let cut = decode("FlateDecode", None, &cut[..cut.len() - 6], 1000).unwrap();
        assert!(cut.starts_with(b"words and words"), "{cut:?}");
    }

    #[test]
    fn what_unpacks_to_more_than_is_left_is_refused() {
        let bomb = deflated(&vec![0; 1 << 20]);
        assert_eq!(
            decode("FlateDecode", None, &bomb, 1 << 19),
            Err(Packed::Bomb)
        );
        assert_eq!(
            decode("RunLengthDecode", None, &b"\x81x".repeat(100), 999),
            Err(Packed::Bomb)
        );
    }

    #[test]
    fn predicted_rows_are_added_up() {
        let parameters = Dict(vec![
            ("Predictor".to_owned(), Object::Number(12.0)),
            ("Columns".to_owned(), Object::Number(3.0)),
        ]);
        let packed = deflated(&[2, 1, 2, 3, 2, 1, 1, 1, 1, 5, 1, 1]);
        let plain = decode("FlateDecode", Some(&parameters), &packed, 100).unwrap();
        assert_eq!(plain, [1, 2, 3, 2, 3, 4, 5, 6, 7]);
    }
}
