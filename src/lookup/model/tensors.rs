//! The numbers of a model: a file in the safetensors format, read one tensor at a time.
//!
//! Eight bytes with the length of the header, the header as JSON (name → type, shape, first and last byte), then the
//! numbers, little-endian. Nothing of it is believed: every length is compared with the file before anything is read.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use serde::Deserialize;

/// Bytes of the longest header read: that of a large BERT has 40 KiB.
const HEADER_BYTES_MAX: u64 = 4 << 20;
/// Bytes of the longest tensor read: the vocabulary of the largest model that is run.
const TENSOR_BYTES_MAX: u64 = 256 << 20;

/// A file of tensors.
pub(super) struct Tensors {
    file: File,
    /// Where the numbers begin.
    start: u64,
    /// Bytes of all numbers.
    length: u64,
    entries: HashMap<String, Entry>,
}

/// Where a tensor lies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (u64, u64),
}

impl Tensors {
    /// Opens the file at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let mut file = File::open(path).map_err(|error| error.to_string())?;
        let all = file.metadata().map_err(|error| error.to_string())?.len();
        let mut length = [0; 8];
        file.read_exact(&mut length)
            .map_err(|_| "it is shorter than 8 bytes".to_owned())?;
        let header = u64::from_le_bytes(length);
        let rest = all.saturating_sub(8);
        if header > rest.min(HEADER_BYTES_MAX) {
            return Err(format!(
                "its header would have {header} bytes; there are {rest}, and at most {HEADER_BYTES_MAX} are read"
            ));
        }
        let mut json = Vec::new();
        (&file)
            .take(header)
            .read_to_end(&mut json)
            .map_err(|error| error.to_string())?;
        let entries: HashMap<String, serde_json::Value> = serde_json::from_slice(&json)
            .map_err(|error| format!("its header is no JSON: {error}"))?;
        let entries = entries.into_iter().filter_map(|(name, entry)| {
            // `__metadata__` is no tensor, and one that is not read may be as it likes.
            Some((name, serde_json::from_value(entry).ok()?))
        });
        Ok(Self {
            file,
            start: 8 + header,
            length: rest - header,
            entries: entries.collect(),
        })
    }

    /// Tells whether there is a tensor called `name`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// Reads the tensor called `name`, which must have this shape, as 32-bit numbers.
    pub(super) fn read(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, String> {
        let failed = |why: String| format!("`{name}`: {why}");
        let Some(entry) = self.entries.get(name) else {
            return Err(format!("there is no `{name}`"));
        };
        if entry.shape != shape {
            let why = format!("its shape is {:?}, not {shape:?}", entry.shape);
            return Err(failed(why));
        }
        let (kind, bytes_each) = match entry.dtype.as_str() {
            "F32" => (DType::F32, 4),
            "F16" => (DType::F16, 2),
            "BF16" => (DType::BF16, 2),
            _ => return Err(failed("its numbers are not F32, F16 or BF16".to_owned())),
        };
        let (first, last) = entry.data_offsets;
        let wanted = shape
            .iter()
            .try_fold(bytes_each, |bytes: u64, size| {
                bytes.checked_mul(*size as u64)
            })
            .filter(|bytes| *bytes <= TENSOR_BYTES_MAX);
        if last > self.length || last.checked_sub(first) != wanted || wanted.is_none() {
            return Err(failed(format!(
                "it would lie at bytes {first} to {last} of {}",
                self.length
            )));
        }
        let mut bytes = Vec::new();
        self.file
            .seek(SeekFrom::Start(self.start + first))
            .and_then(|_| (&self.file).take(last - first).read_to_end(&mut bytes))
            .map_err(|error| failed(error.to_string()))?;
        if bytes.len() as u64 != last - first {
            return Err(failed("the file ends within it".to_owned()));
        }
        let tensor = Tensor::from_raw_buffer(&bytes, kind, shape, &Device::Cpu)
            .and_then(|tensor| tensor.to_dtype(DType::F32));
        let tensor = tensor.map_err(|error| failed(error.to_string()))?;
        let sum = tensor
            .abs()
            .and_then(|tensor| tensor.sum_all()?.to_scalar::<f32>());
        match sum {
            Ok(sum) if sum.is_finite() => Ok(tensor),
            Ok(_) => Err(failed(
                "it has numbers that are none (NaN or infinite)".to_owned(),
            )),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(header: &str, numbers: &[u8]) -> Result<Vec<f32>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.safetensors");
        let length = (header.len() as u64).to_le_bytes();
        fs::write(&path, [&length, header.as_bytes(), numbers].concat()).unwrap();
        let tensor = Tensors::open(&path)?.read("t", &[2])?;
        Ok(tensor.to_vec1().unwrap())
    }

    fn entry(dtype: &str, shape: &str, offsets: &str) -> String {
        format!(
            r#"{{"__metadata__":{{"format":"pt"}},"t":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}}}"#
        )
    }

    #[test]
    fn numbers_of_every_width_are_read_as_they_are() {
        let wide = [1.5f32.to_le_bytes(), (-2f32).to_le_bytes()].concat();
        assert_eq!(
            read(&entry("F32", "[2]", "[0,8]"), &wide).unwrap(),
            [1.5, -2.0]
        );
        let half = [0x00, 0x3e, 0x00, 0xc0];
        assert_eq!(
            read(&entry("F16", "[2]", "[0,4]"), &half).unwrap(),
            [1.5, -2.0]
        );
        let brain = [0xc0, 0x3f, 0x00, 0xc0];
        assert_eq!(
            read(&entry("BF16", "[2]", "[0,4]"), &brain).unwrap(),
            [1.5, -2.0]
        );
    }

    #[test]
    fn a_header_that_lies_is_an_error() {
        let numbers = [0u8; 8];
        for (header, why) in [
            (entry("F32", "[2]", "[0,9]"), "bytes 0 to 9 of 8"),
            (entry("F32", "[2]", "[8,0]"), "bytes 8 to 0"),
            (entry("F32", "[2]", "[4,12]"), "bytes 4 to 12"),
            (
                entry("F32", "[2]", "[18446744073709551608,18446744073709551615]"),
                "bytes",
            ),
            (entry("F32", "[3]", "[0,8]"), "[3], not [2]"),
            (entry("F32", "[18446744073709551615,2]", "[0,8]"), "not [2]"),
            (entry("I64", "[2]", "[0,8]"), "not F32"),
            (entry("F32", "[-2]", "[0,8]"), "there is no `t`"),
            ("{}".to_owned(), "there is no `t`"),
            ("[1]".to_owned(), "no JSON"),
        ] {
            let error = read(&header, &numbers).unwrap_err();
            assert!(error.contains(why), "{error} for {header}");
        }
    }

    #[test]
    fn numbers_that_are_none_are_an_error() {
        for bad in [f32::NAN, f32::INFINITY] {
            let bytes = [bad.to_le_bytes(), 0f32.to_le_bytes()].concat();
            let error = read(&entry("F32", "[2]", "[0,8]"), &bytes).unwrap_err();
            assert!(error.contains("NaN"), "{error}");
        }
    }

    #[test]
    fn a_file_cut_short_or_with_an_endless_header_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.safetensors");
        for bytes in [
            &[][..],
            &[1, 2, 3],
            &[0xff; 64],
            &[9, 0, 0, 0, 0, 0, 0, 0, b'{', b'}'],
        ] {
            fs::write(&path, bytes).unwrap();
            assert!(Tensors::open(&path).is_err());
        }
        assert!(Tensors::open(&folder.path().join("none")).is_err());
    }
}
