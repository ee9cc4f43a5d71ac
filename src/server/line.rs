//! Lines of bounded length from a byte stream. What is longer is skipped to its end, and searched for its id on the way.

use std::io::{self, Read};

use super::recover::{Recovered, Scan};

/// Bytes of one line: room for a file of documentation as an argument, and no way to fill the memory.
pub(super) const LINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes asked for at once: what a Linux pipe holds.
const CHUNK_BYTES: usize = 64 * 1024;

/// One line, without its end.
#[derive(Debug)]
pub(super) enum Line {
    /// All of its bytes.
    Whole(Vec<u8>),
    /// It was longer than [`LINE_BYTES_MAX`]: what its request says of itself.
    TooLong(Recovered),
}

/// Cuts a byte stream into [`Line`]s.
pub(super) struct Lines<R> {
    input: R,
    chunk: Box<[u8]>,
    unread: std::ops::Range<usize>,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            chunk: vec![0; CHUNK_BYTES].into_boxed_slice(),
            unread: 0..0,
        }
    }

    /// Returns the next line, or `None` at the end of the stream. A last line needs no line end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        let mut line = Vec::new();
        let mut too_long: Option<Scan> = None;
        loop {
            let Some(bytes) = self.fill()? else {
                let nothing = line.is_empty() && too_long.is_none();
                return Ok((!nothing).then(|| finish(line, too_long)));
            };
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
            if let Some(scan) = &mut too_long {
                scan.feed(part);
            } else if line.len() + part.len() > LINE_BYTES_MAX {
                let mut scan = Scan::default();
                scan.feed(&std::mem::take(&mut line));
                scan.feed(part);
                too_long = Some(scan);
            } else {
                line.extend_from_slice(part);
            }
            self.unread.start += part.len() + usize::from(end.is_some());
            if end.is_some() {
                return Ok(Some(finish(line, too_long)));
            }
        }
    }

    /// Returns the bytes read and not yet used, reading more where there are none.
    fn fill(&mut self) -> io::Result<Option<&[u8]>> {
        while self.unread.is_empty() {
            match self.input.read(&mut self.chunk) {
                Ok(0) => return Ok(None),
                Ok(count) => self.unread = 0..count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.chunk.get(self.unread.clone()))
    }
}

fn finish(mut line: Vec<u8>, too_long: Option<Scan>) -> Line {
    if let Some(scan) = too_long {
        return Line::TooLong(scan.finish());
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Line::Whole(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives the bytes one at a time: the worst a pipe can do.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let [first, rest @ ..] = self.0 else {
                return Ok(0);
            };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn lines(input: impl Read) -> Vec<String> {
        let mut lines = Lines::new(input);
        let mut seen = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            seen.push(match line {
                Line::Whole(bytes) => String::from_utf8(bytes).unwrap(),
                Line::TooLong(recovered) => format!("too long: {recovered:?}"),
            });
        }
        seen
    }

    #[test]
    fn lines_end_at_newlines_of_both_kinds_and_at_the_end() {
        let bytes = b"one\ntwo\r\n\nlast";
        assert_eq!(lines(&bytes[..]), ["one", "two", "", "last"]);
        assert_eq!(lines(Drip(bytes)), ["one", "two", "", "last"]);
        assert_eq!(lines(&b""[..]), [""; 0]);
    }

    #[test]
    fn a_line_of_the_longest_length_is_whole() {
        let mut bytes = vec![b'a'; LINE_BYTES_MAX];
        bytes.push(b'\n');
        assert_eq!(lines(&bytes[..])[0].len(), LINE_BYTES_MAX);
    }

    #[test]
    fn a_longer_line_is_skipped_and_the_next_one_is_whole() {
        let mut bytes = br#"{"id":7,"method":"m","params":""#.to_vec();
        bytes.resize(LINE_BYTES_MAX + 1, b'a');
        bytes.extend_from_slice(b"\nnext\n");
        let lines = lines(&bytes[..]);
        assert!(lines[0].starts_with("too long: "), "{}", lines[0]);
        assert!(lines[0].contains('7'), "{}", lines[0]);
        assert_eq!(lines[1], "next");
    }
}
