//! The objects of a PDF. Its table of them is not asked: the file is gone through once from front to back, so that one
//! whose table is damaged, cut off or a trap is read as well as any, and reading takes time in proportion to its length.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use super::crypt::{Crypt, Locked};
use super::filter::{self, Packed};
use super::object::{Dict, Id, Lexer, Object, is_space};

/// Bytes unpacked and looked at for one file: forty times a long manual, and some seconds of work.
const WORK_BYTES_MAX: usize = 256 << 20;
/// Bytes unpacked of one stream: a page's drawing has some 100 KB, a list of objects 1 MB.
pub(super) const STREAM_BYTES_MAX: usize = 32 << 20;
/// Bytes of lists of objects that are held: all of a manual of 10,000 pages take some 30 MB.
const LISTS_BYTES_MAX: usize = 96 << 20;
/// Objects of a file: a manual of 10,000 pages has some 200,000, and where each lies is held.
const OBJECTS_MAX: usize = 1_000_000;
/// References that lead to references: a real one leads to its object.
const HOPS_MAX: usize = 8;
/// Filters one upon another: real streams have two at most.
const FILTERS_MAX: usize = 4;
/// Work that the key of an encrypted text is, in bytes.
const TEXT_KEY_WORK: usize = 64;

/// Where an object begins, with its generation or in a list.
#[derive(Debug, Clone, Copy)]
enum Place {
    File(usize, u16),
    /// The list of objects, and the byte in it.
    List(usize, usize),
}

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Closed {
    Encrypted(Locked),
    /// There is nothing in it that is a document.
    Broken,
}

/// An opened file.
#[derive(Debug)]
pub(super) struct File<'a> {
    bytes: &'a [u8],
    places: HashMap<u32, Place>,
    lists: Vec<Vec<u8>>,
    trailer: Dict,
    crypt: Option<Crypt>,
    /// Bytes that may still be unpacked or looked at.
    left: Cell<usize>,
}

impl<'a> File<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Closed> {
        let mut file = Self {
            bytes,
            places: HashMap::new(),
            lists: Vec::new(),
            trailer: Dict::default(),
            crypt: None,
            left: Cell::new(WORK_BYTES_MAX),
        };
        let mut catalog = None;
        let mut lists_left = LISTS_BYTES_MAX;
        let mut lists = Vec::new();
        let mut at = 0;
        while let Some((found, end)) = next_mark(bytes, at) {
            at = end;
            match found {
                Mark::Trailer => file.take_trailer(
                    Lexer::new(bytes, end)
                        .next()
                        .as_ref()
                        .and_then(Object::dict),
                ),
                Mark::Object(id) => {
                    file.place(id.number, Place::File(end, id.generation));
                    let Some((object, after)) = file.object_at(bytes, end, id) else {
                        continue;
                    };
                    at = after;
                    let Some(dict) = object.dict() else { continue };
                    if dict.is("Type", "Catalog") {
                        catalog = Some(id.number);
                    }
                    if let Object::Stream(dict, start, _) = &object {
                        if dict.is("Type", "XRef") {
                            file.take_trailer(Some(dict));
                        } else if dict.is("Type", "ObjStm") {
                            lists.push((end, id));
                        }
                        at = file.end_of_stream(dict, *start, false);
                    }
                }
            }
        }
        if file.trailer.get("Encrypt").is_some() {
            // Lists are encrypted as a whole, and what is in them is not once more.
            file.crypt = Some(file.crypt().map_err(Closed::Encrypted)?);
        }
        for (list, id) in lists {
            lists_left = file.take_list(list, id, lists_left);
        }
        if file
            .get(&file.trailer, "Root")
            .is_none_or(|root| root.dict().is_none())
        {
            let packed = || file.of_type("Catalog", 1).first().copied();
            let root = catalog.or_else(packed).ok_or(Closed::Broken)?;
            file.trailer
                .0
                .insert(0, ("Root".to_owned(), Object::Reference(root)));
        }
        Ok(file)
    }

    fn crypt(&self) -> Result<Crypt, Locked> {
        let dict = self.dict(&self.trailer, "Encrypt").unwrap_or_default();
        let id = self.get(&self.trailer, "ID");
        let id = match id.as_ref().and_then(|id| id.array().first()) {
            Some(Object::Text(bytes)) => bytes.clone(),
            _ => Vec::new(),
        };
        Crypt::open(self, &dict, id)
    }

    pub(super) fn trailer(&self) -> &Dict {
        &self.trailer
    }

    /// Returns the value of `key`, with a reference followed.
    pub(super) fn get(&self, dict: &Dict, key: &str) -> Option<Object> {
        dict.get(key).map(|value| self.resolved(value))
    }

    /// Returns the dictionary that the value of `key` is.
    pub(super) fn dict(&self, dict: &Dict, key: &str) -> Option<Dict> {
        self.get(dict, key)?.dict().cloned()
    }

    pub(super) fn number(&self, dict: &Dict, key: &str) -> Option<f64> {
        self.get(dict, key)?.number()
    }

    /// Returns the numbers that the value of `key` lists.
    pub(super) fn numbers(&self, dict: &Dict, key: &str) -> Vec<f64> {
        let value = self.get(dict, key);
        let members = value.as_ref().map(Object::array).unwrap_or_default();
        members
            .iter()
            .filter_map(|member| self.resolved(member).number())
            .collect()
    }

    /// Returns what a reference leads to, and anything else as it is. What leads nowhere is `null`.
    pub(super) fn resolved(&self, object: &Object) -> Object {
        if self.is_spent() {
            return null();
        }
        if !matches!(object, Object::Reference(_)) {
            self.spend(object.weight());
        }
        let mut object = object.clone();
        for _ in 0..HOPS_MAX {
            let Object::Reference(number) = object else {
                return object;
            };
            let found = match self.places.get(&number) {
                Some(Place::File(at, generation)) => {
                    let generation = *generation;
                    let id = Id { number, generation };
                    let found = self.object_at(self.bytes, *at, id);
                    found.map(|(object, _)| self.in_clear(object, id))
                }
                Some(Place::List(list, at)) => {
                    let bytes = self.lists.get(*list).map(Vec::as_slice).unwrap_or_default();
                    let id = Id {
                        number,
                        generation: 0,
                    };
                    self.object_at(bytes, *at, id).map(|(object, _)| object)
                }
                None => None,
            };
            object = found.unwrap_or_else(null);
        }
        null()
    }

    /// Decrypts the texts of an object as it stands in the file.
    fn in_clear(&self, mut object: Object, id: Id) -> Object {
        if let Some(crypt) = &self.crypt {
            self.spend(crypt.decrypt_texts(&mut object, id) * TEXT_KEY_WORK);
        }
        object
    }

    /// Returns what a stream holds.
    ///
    /// # Errors
    /// [`Packed`] if it is too much, or a picture.
    pub(super) fn unpacked(&self, object: &Object) -> Result<Vec<u8>, Packed> {
        let resolved = self.resolved(object);
        let Object::Stream(dict, start, id) = &resolved else {
            return Ok(Vec::new());
        };
        let end = self.end_of_stream(dict, *start, true);
        let data = self.bytes.get(*start..end).unwrap_or_default();
        self.spend(data.len());
        let first_of = |keys: [&str; 2]| keys.into_iter().find_map(|key| self.get(dict, key));
        let as_list = |value: Option<Object>| match value {
            Some(Object::Array(members)) => members,
            Some(one) => vec![one],
            None => Vec::new(),
        };
        let filters = as_list(first_of(["Filter", "F"]));
        let parameters = as_list(first_of(["DecodeParms", "DP"]));
        if filters.len() > FILTERS_MAX {
            return Err(Packed::Unknown);
        }
        let parameters = |number| parameters.get(number).map(|given| self.resolved(given));
        let filters: Vec<Object> = filters.iter().map(|filter| self.resolved(filter)).collect();
        let is_crypt = |filter: &Object| filter.name() == Some("Crypt");
        let mut data = match &self.crypt {
            Some(crypt) => {
                let chosen = filters.iter().position(is_crypt).map(|number| {
                    let name = self.get(parameters(number)?.dict()?, "Name");
                    Some(name?.name()?.to_owned())
                });
                let chosen = chosen.map(|name| name.unwrap_or_else(|| "Identity".to_owned()));
                self.spend(data.len());
                crypt.decrypted(dict, chosen.as_deref(), *id, data)
            }
            None => Cow::Borrowed(data),
        };
        for (number, filter) in filters.iter().enumerate() {
            if is_crypt(filter) {
                continue;
            }
            let parameters = parameters(number);
            let name = filter.name().unwrap_or_default();
            let bytes_max = STREAM_BYTES_MAX.min(self.left.get());
            let unpacked = filter::decode(
                name,
                parameters.as_ref().and_then(Object::dict),
                &data,
                bytes_max,
            )?;
            self.spend(unpacked.len());
            data = unpacked.into();
        }
        Ok(data.into_owned())
    }

    /// Returns the numbers of the first `most` dictionaries of this type.
    pub(super) fn of_type(&self, name: &str, most: usize) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.places.keys().copied().collect();
        numbers.sort_unstable();
        let is_one = |number: &u32| {
            let object = self.resolved(&Object::Reference(*number));
            object.dict().is_some_and(|dict| dict.is("Type", name))
        };
        numbers.into_iter().filter(is_one).take(most).collect()
    }

    /// Tells whether as much was read as is read of one file.
    pub(super) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// Returns the work that was done.
    #[cfg(test)]
    pub(super) fn spent(&self) -> usize {
        WORK_BYTES_MAX - self.left.get()
    }

    /// Counts `bytes` of work. Whoever has none left finds nothing any more.
    pub(super) fn spend(&self, bytes: usize) {
        self.left.set(self.left.get().saturating_sub(bytes));
    }

    /// Reads the object of this `id` at a place, and tells where it ends.
    fn object_at(&self, bytes: &[u8], at: usize, id: Id) -> Option<(Object, usize)> {
        if self.is_spent() {
            return None;
        }
        let mut lexer = Lexer::new(bytes, at);
        let object = lexer.next();
        let end = lexer.at;
        self.spend(end - at);
        let object = object?;
        if let Object::Dict(dict) = &object
            && lexer.next().is_some_and(|word| word.is_word("stream"))
        {
            let mut start = lexer.at;
            if bytes.get(start) == Some(&b'\r') {
                start += 1;
            }
            if bytes.get(start) == Some(&b'\n') {
                start += 1;
            }
            return Some((Object::Stream(dict.clone(), start, id), start));
        }
        Some((object, end))
    }

    /// Tells where a stream ends: where its dictionary says, if it ends there, else at the next word that ends one.
    fn end_of_stream(&self, dict: &Dict, start: usize, follow: bool) -> usize {
        let length = match dict.get("Length") {
            Some(Object::Reference(_)) if !follow => None,
            Some(length) => self.resolved(length).number(),
            None => None,
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast of floats saturates"
        )]
        let said = length.map(|length| start.saturating_add(length as usize));
        if let Some(end) = said
            && let Some(rest) = self.bytes.get(end..)
        {
            let space = rest
                .iter()
                .take(4)
                .take_while(|byte| is_space(**byte))
                .count();
            if rest
                .get(space..)
                .is_some_and(|rest| rest.starts_with(b"endstream"))
            {
                return end;
            }
        }
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length = position(rest, b"endstream").unwrap_or(rest.len());
        self.spend(length);
        start + length
    }

    fn place(&mut self, number: u32, place: Place) {
        if self.places.len() < OBJECTS_MAX {
            self.places.insert(number, place);
        }
    }

    fn take_trailer(&mut self, dict: Option<&Dict>) {
        // The last one counts: it was written by whoever changed the file last.
        for (key, value) in dict.into_iter().flat_map(|dict| &dict.0) {
            if matches!(key.as_str(), "Root" | "Info" | "Encrypt" | "ID") {
                self.trailer.0.retain(|(known, _)| known != key);
                self.trailer.0.push((key.clone(), value.clone()));
            }
        }
    }

    /// Takes the objects of a list, as far as there is room for it, and returns the room that is left.
    fn take_list(&mut self, place: usize, id: Id, room: usize) -> usize {
        let Some((list @ Object::Stream(..), start)) = self.object_at(self.bytes, place, id) else {
            return room;
        };
        let Some(dict) = list.dict() else { return room };
        let (Some(count), Some(first)) = (self.number(dict, "N"), self.number(dict, "First"))
        else {
            return room;
        };
        let Ok(bytes) = self.unpacked(&list) else {
            return room;
        };
        if bytes.len() > room {
            return room;
        }
        let room = room - bytes.len();
        let mut head = Lexer::new(&bytes, 0);
        let mut objects = Vec::new();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast of floats saturates"
        )]
        for _ in 0..count as usize {
            let (Some(Object::Number(number)), Some(Object::Number(offset))) =
                (head.next(), head.next())
            else {
                break;
            };
            objects.push((number as u32, (first + offset) as usize));
        }
        let index = self.lists.len();
        self.lists.push(bytes);
        for (number, at) in objects {
            // What was defined further down in the file is newer.
            if !matches!(self.places.get(&number), Some(Place::File(defined, _)) if *defined > start)
            {
                self.place(number, Place::List(index, at));
            }
        }
        room
    }
}

fn null() -> Object {
    Object::Word("null".to_owned())
}

/// A word that begins something.
#[derive(Debug, PartialEq)]
enum Mark {
    /// `12 0 obj`.
    Object(Id),
    Trailer,
}

/// Finds the next mark from `at`, and where it ends.
fn next_mark(bytes: &[u8], at: usize) -> Option<(Mark, usize)> {
    let mut at = at;
    loop {
        let rest = bytes.get(at..)?;
        // Both words have an `r` or a `b` where few other bytes of a line have: the rarer one is looked for.
        let found = at + rest.iter().position(|byte| matches!(byte, b'o' | b't'))?;
        let rest = bytes.get(found..)?;
        at = found + 1;
        if rest.starts_with(b"obj") {
            let before = bytes
                .get(found.saturating_sub(20)..found)
                .unwrap_or_default();
            if let Some(id) = object_id(before) {
                return Some((Mark::Object(id), found + 3));
            }
        } else if rest.starts_with(b"trailer") {
            return Some((Mark::Trailer, found + 7));
        }
    }
}

/// Returns the numbers in `12 0 ` at the end of `before`.
fn object_id(before: &[u8]) -> Option<Id> {
    let text: String = before.iter().map(|&byte| char::from(byte)).collect();
    let mut words = text
        .split(|letter: char| u8::try_from(letter).is_ok_and(is_space))
        .rev();
    let (end, generation) = (words.next()?, words.next()?);
    if !end.is_empty() {
        return None;
    }
    let generation: u32 = generation.parse().ok()?;
    let number = words.find(|word| !word.is_empty())?;
    let digits = number.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    Some(Id {
        number: digits.parse().ok()?,
        // Only numbers of 16 bits are valid: any other is damage, and no reason to lose the object.
        generation: u16::try_from(generation).unwrap_or(0),
    })
}

/// Returns where `wanted` begins in `bytes`.
pub(super) fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        at += rest.iter().position(|byte| *byte == first)?;
        if bytes.get(at..)?.starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(bytes: &[u8]) -> Result<Dict, Closed> {
        let file = File::open(bytes)?;
        file.dict(&file.trailer, "Root").ok_or(Closed::Broken)
    }

    #[test]
    fn the_last_definition_of_an_object_counts_whatever_its_table_says() {
        let bytes = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /A 1 >>\nendobj\nxref\n0 99\nnonsense\n\
            trailer << /Root 1 0 R >>\n1 0 obj << /A 2 0 R >> endobj 2 0 obj 7 endobj";
        let file = File::open(bytes).unwrap();
        let catalog = file.dict(file.trailer(), "Root").unwrap();
        assert_eq!(file.number(&catalog, "A"), Some(7.0));
        assert!(root_of_no_trailer().is("A", "B"));
        assert_eq!(root(b"%PDF-1.4\nnothing"), Err(Closed::Broken));
        assert_eq!(
            root(b"1 0 obj << >> endobj trailer << /Root 1 0 R /Encrypt 3 0 R >>"),
            Err(Closed::Encrypted(Locked::Unknown("? 0.0".to_owned())))
        );
    }

    fn root_of_no_trailer() -> Dict {
        root(b"1 0 obj << /Type /Pages >> endobj 3 0 obj << /Type /Catalog /A /B >>").unwrap()
    }

    #[test]
    fn objects_in_lists_are_found_and_streams_end_where_they_end() {
        let bytes = b"5 0 obj << /Type /ObjStm /N 2 /First 8 /Length 999 >> stream\n1 0 2 5 (ab)\n<< /Type /Catalog /S 6 0 R >>\nendstream\n\
            6 0 obj << /Length 7 0 R >> stream\r\n9 0 obj\nendstream 7 0 obj 7 endobj";
        let file = File::open(bytes).unwrap();
        let root = file.dict(file.trailer(), "Root").unwrap();
        let stream = file.unpacked(root.get("S").unwrap());
        assert_eq!(stream, Ok(b"9 0 obj".to_vec()));
        assert_eq!(file.resolved(&Object::Reference(9)), null());
        assert_eq!(
            file.resolved(&Object::Reference(1)),
            Object::Text(b"ab".to_vec())
        );
    }

    #[test]
    fn references_in_a_circle_lead_nowhere() {
        let file = File::open(
            b"1 0 obj << /Type /Catalog >> endobj 2 0 obj 3 0 R endobj 3 0 obj 2 0 R endobj",
        )
        .unwrap();
        assert_eq!(file.resolved(&Object::Reference(2)), null());
    }
}
