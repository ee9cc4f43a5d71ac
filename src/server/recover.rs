//! What a broken or too long line says of itself: its id, found without parsing it, in bounded memory.

use super::id::Id;

/// Bytes kept of one key or id: far more than any client uses.
const TOKEN_BYTES_MAX: usize = 256;

/// What was found at the top level of a line that cannot be parsed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Recovered {
    /// The one id of the line, if it has one and it is a string or an integer.
    pub(super) id: Option<Id>,
    /// Whether the line is a reply (`result` or `error` and no `method`): nobody waits for an answer to it.
    pub(super) is_reply: bool,
}

/// Reads a line in parts and keeps the few bytes that matter.
#[derive(Debug, Default)]
pub(super) struct Scan {
    depth: usize,
    place: Place,
    /// The string or number being read, at the top level.
    token: Vec<u8>,
    /// The last key of the top level while its value is read.
    key: Option<Key>,
    ids: usize,
    id: Option<Id>,
    has_method: bool,
    has_outcome: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Between,
    Text,
    Escape,
    Number,
    /// The line is no object: nothing can be found.
    Elsewhere,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Id,
    Other,
}

impl Scan {
    /// Reads the next bytes of the line.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.step(*byte);
        }
    }

    /// Says what the line was, once all of it was read.
    pub(super) fn finish(self) -> Recovered {
        Recovered {
            id: self.id.filter(|_| self.ids == 1),
            is_reply: self.has_outcome && !self.has_method,
        }
    }

    fn step(&mut self, byte: u8) {
        match self.place {
            Place::Elsewhere => {}
            Place::Escape => {
                self.place = Place::Text;
                self.keep(byte);
            }
            Place::Text => {
                self.keep(byte);
                match byte {
                    b'\\' => self.place = Place::Escape,
                    b'"' => {
                        self.place = Place::Between;
                        self.token_ends();
                    }
                    _ => {}
                }
            }
            Place::Number if matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-') => {
                self.keep(byte);
            }
            Place::Number => {
                self.place = Place::Between;
                self.token_ends();
                self.between(byte);
            }
            Place::Between => self.between(byte),
        }
    }

    fn between(&mut self, byte: u8) {
        match byte {
            b'"' => {
                self.place = Place::Text;
                self.token.clear();
                self.keep(byte);
            }
            b'{' | b'[' => {
                if self.depth == 0 && byte == b'[' {
                    self.place = Place::Elsewhere;
                }
                self.depth = self.depth.saturating_add(1);
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b',' if self.depth == 1 => self.key = None,
            b'-' | b'0'..=b'9' if self.depth == 1 && self.key.is_some() => {
                self.place = Place::Number;
                self.token.clear();
                self.keep(byte);
            }
            _ => {}
        }
    }

    fn keep(&mut self, byte: u8) {
        // One byte over the limit says that the token is too long to be one of ours.
        if self.depth == 1 && self.token.len() <= TOKEN_BYTES_MAX {
            self.token.push(byte);
        }
    }

    fn token_ends(&mut self) {
        if self.depth != 1 {
            return;
        }
        match self.key {
            None => {
                self.key = Some(Key::Other);
                match self.token.as_slice() {
                    b"\"id\"" => {
                        self.key = Some(Key::Id);
                        self.ids += 1;
                    }
                    b"\"method\"" => self.has_method = true,
                    b"\"result\"" | b"\"error\"" => self.has_outcome = true,
                    _ => {}
                }
            }
            Some(Key::Id) if self.id.is_none() && self.token.len() <= TOKEN_BYTES_MAX => {
                self.id = std::str::from_utf8(&self.token).ok().and_then(Id::parse);
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_of(line: &[u8]) -> Option<String> {
        let mut scan = Scan::default();
        scan.feed(line);
        scan.finish().id.map(|id| id.to_json())
    }

    #[test]
    fn the_id_of_a_broken_request_is_found_wherever_it_stands() {
        assert_eq!(
            id_of(br#"{"id":7,"method":"x","params":{"#),
            Some("7".to_owned())
        );
        assert_eq!(
            id_of(br#"{"params":{"id":1},"id":"a\"b","method":"#),
            Some(r#""a\"b""#.to_owned())
        );
        assert_eq!(
            id_of(b"{ \"id\" :\t-3 , \"x\": \"\xff\""),
            Some("-3".to_owned())
        );
    }

    #[test]
    fn an_id_that_is_nested_cut_off_doubled_or_no_id_is_not_found() {
        assert_eq!(id_of(br#"{"params":{"id":1}"#), None);
        assert_eq!(id_of(br#"{"id":12"#), None);
        assert_eq!(id_of(br#"{"id":"abc"#), None);
        assert_eq!(id_of(br#"{"id":1,"id":2,"#), None);
        assert_eq!(id_of(br#"{"id":1.5,"#), None);
        assert_eq!(id_of(br#"{"id":null,"#), None);
        assert_eq!(id_of(br#"{"a":"id","b":3,"#), None);
        assert_eq!(id_of(br#"[{"id":1,"#), None);
        assert_eq!(id_of(b"not json"), None);
    }

    #[test]
    fn a_reply_is_told_from_a_request() {
        let is_reply = |line: &[u8]| {
            let mut scan = Scan::default();
            scan.feed(line);
            scan.finish().is_reply
        };
        assert!(is_reply(br#"{"id":1,"result":{"#));
        assert!(!is_reply(br#"{"id":1,"method":"m","result":{"#));
        assert!(!is_reply(br#"{"id":1,"params":{"#));
    }

    #[test]
    fn a_key_or_id_of_any_length_takes_bounded_memory() {
        let mut scan = Scan::default();
        scan.feed(b"{\"id\":\"");
        for _ in 0..1000 {
            scan.feed(&[b'a'; 1000]);
        }
        scan.feed(b"\",");
        assert!(scan.token.capacity() <= 2 * TOKEN_BYTES_MAX);
        assert_eq!(scan.finish().id, None);
    }
}
