//! Server-sent events, as far as MCP uses them: `data`, `id` and `retry` of a stream, with a bound.
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>

use std::time::Duration;

/// One event that carries data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) data: Vec<u8>,
}

/// A stream that is being read.
#[derive(Debug)]
pub(super) struct Parser {
    bytes_max: usize,
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    at_start: bool,
    after_carriage_return: bool,
    /// The `id` that came last: where a broken stream can be taken up again.
    pub(super) last_id: Option<String>,
    /// How long the server wants a client to wait before it does.
    pub(super) retry: Option<Duration>,
}

/// One event is larger than the reader takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

impl Parser {
    /// Starts a stream whose events hold at most `bytes_max` bytes each.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            line: Vec::new(),
            data: Vec::new(),
            has_data: false,
            at_start: true,
            after_carriage_return: false,
            last_id: None,
            retry: None,
        }
    }

    /// Takes the next bytes and appends the events that they complete to `events`.
    pub(super) fn feed(
        &mut self,
        mut bytes: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), TooLarge> {
        while let Some(first) = bytes.first() {
            // A line end may be cut between its two bytes.
            if std::mem::take(&mut self.after_carriage_return) && *first == b'\n' {
                bytes = bytes.get(1..).unwrap_or_default();
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (part, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            if self.line.len() + self.data.len() + part.len() > self.bytes_max {
                return Err(TooLarge);
            }
            self.line.extend_from_slice(part);
            if let Some(ending) = rest.first() {
                self.after_carriage_return = *ending == b'\r';
                self.end_line(events);
            }
            bytes = rest.get(1..).unwrap_or_default();
        }
        Ok(())
    }

    fn end_line(&mut self, events: &mut Vec<Event>) {
        let line = std::mem::take(&mut self.line);
        let mut line = line.as_slice();
        if std::mem::take(&mut self.at_start) {
            line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        }
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            // An event without data only carries an id.
            if std::mem::take(&mut self.has_data) && !data.is_empty() {
                events.push(Event { data });
            }
            return;
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (field, value) = line.split_at(colon.unwrap_or(line.len()));
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
            }
            b"id" if !value.contains(&0) => {
                self.last_id = String::from_utf8(value.to_vec()).ok();
            }
            b"retry" => {
                let text = std::str::from_utf8(value).ok();
                let number = text.and_then(|text| text.parse().ok());
                self.retry = number.map(Duration::from_millis).or(self.retry);
            }
            _ => {} // A comment, the name of the event, or a field to come.
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chunks: &[&[u8]]) -> (Vec<String>, Parser) {
        let mut parser = Parser::new(64);
        let mut events = Vec::new();
        for chunk in chunks {
            parser.feed(chunk, &mut events).unwrap();
        }
        let data = events
            .into_iter()
            .map(|event| String::from_utf8(event.data).unwrap())
            .collect();
        (data, parser)
    }

    #[test]
    fn events_are_the_same_wherever_the_stream_is_cut_and_however_lines_end() {
        let lines = [
            "\u{feff}: hello",
            "event: message",
            "data: {\"a\":",
            "data:1}",
            "id: 7",
            "",
            "id: 8",
            "",
            "data",
            "",
            "retry: 250",
            "data:  two ",
            "",
            "data: half",
        ];
        for ending in ["\n", "\r", "\r\n"] {
            let text = lines.join(ending);
            for cut in 0..text.len() {
                let (before, after) = text.as_bytes().split_at(cut);
                let (events, parser) = read(&[before, after]);
                assert_eq!(events, ["{\"a\":\n1}", " two "], "{ending:?} {cut}");
                assert_eq!(parser.last_id.as_deref(), Some("8"));
                assert_eq!(parser.retry, Some(Duration::from_millis(250)));
            }
        }
    }

    #[test]
    fn an_event_beyond_the_bound_is_an_error_however_it_arrives() {
        for piece in [&b"data: 0123456789\n"[..], b"0123456789"] {
            let mut parser = Parser::new(64);
            let mut events = Vec::new();
            let fed = (0..8).try_for_each(|_| parser.feed(piece, &mut events));
            assert_eq!(fed, Err(TooLarge));
            assert_eq!(events, []);
        }
        let mut parser = Parser::new(64);
        let mut events = Vec::new();
        for _ in 0..100 {
            parser.feed(b"data: 0123456789\n\n", &mut events).unwrap();
        }
        assert_eq!(events.len(), 100);
    }
}
