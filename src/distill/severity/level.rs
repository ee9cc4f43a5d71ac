//! Reads the level that a line states itself: in a field (`level=info`, `"severity":"ERROR"`), between brackets
//! (`[notice]`, `<warn>`), as a word in capitals before the message, as one letter, or as a priority of syslog. What a
//! line says of itself counts for more than the words of its message: `DEBUG connect failed` is no error.

use super::{Severity, Word, severity_of_word, words};
use crate::distill::strategy::lines::split;

/// A level that a line gives itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Less than a warning.
    Lower,
    /// A warning.
    Warning,
    /// An error or worse.
    Error,
}

impl Level {
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::Lower => None,
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// A level, and how sure it is that the line is a record of a logger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stated {
    pub(super) level: Level,
    /// Whether a time stamp or a named field comes with it; build tools print verdicts behind a bare `[INFO]`.
    pub(super) is_record: bool,
}

/// Names that loggers give the field of the level; matched without case.
const KEYS: &[&str] = &[
    "level",
    "lvl",
    "severity",
    "loglevel",
    "log_level",
    "levelname",
    "level_name",
    "severity_text",
    "severitytext",
];

/// Spellings of levels without case; the last column of each logger's table of levels.
const LEVELS: &[(Level, &[&str])] = &[
    (
        Level::Error,
        &[
            "error",
            "err",
            "eror",
            "fatal",
            "ftl",
            "severe",
            "critical",
            "crit",
            "alert",
            "emerg",
            "emergency",
            "panic",
            "pnc",
            "dpanic",
            "fail",
        ],
    ),
    (Level::Warning, &["warn", "warning", "wrn"]),
    (
        Level::Lower,
        &[
            "info",
            "inf",
            "information",
            "informational",
            "notice",
            "note",
            "debug",
            "debug1",
            "debug2",
            "debug3",
            "dbg",
            "dbug",
            "trace",
            "trc",
            "trce",
            "verbose",
            "vrb",
            "silly",
            "success",
            "fine",
            "finer",
            "finest",
        ],
    ),
];

/// Facilities of syslog (RFC 5424, section 6.2.1), as its daemons spell them before a priority: `kern.info`.
const FACILITIES: &[&str] = &[
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
    "ftp", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];

/// Fields before a level: dates, hosts, threads and loggers take fewer.
const HEADER_FIELDS_MAX: usize = 16;

/// Fields before a level in a line without a time stamp: a container's name and a bar, for example.
const BARE_HEADER_FIELDS_MAX: usize = 2;

/// Words in small letters before a level: a host and a program. More are a sentence.
const HEADER_WORDS_MAX: usize = 2;

/// Returns the level that `line` states, if it does.
pub(super) fn stated(line: &str) -> Option<Stated> {
    let is_record = split::has_stamp(line);
    if let Some(level) = priority(line) {
        let is_record = true;
        return Some(Stated { level, is_record });
    }
    let positional = positional(line, is_record);
    let mut level = None;
    for word in words(line) {
        let keyed = keyed(line, word, is_record);
        // The level of a logger comes before a field that happens to be called so.
        if keyed.is_some()
            && level.is_none()
            && let Some((at, found)) = positional
            && at < word.start
        {
            level = Some(found);
        }
        level = level.max(keyed);
    }
    if let Some(level) = level {
        let is_record = true;
        return Some(Stated { level, is_record });
    }
    positional
        .map(|(_, level)| level)
        .or_else(|| letter_level(line, is_record))
        .or_else(|| mark(line, is_record))
        .map(|level| Stated { level, is_record })
}

/// Whether `line` has a field that holds a level.
pub(super) fn is_keyed(line: &str) -> bool {
    words(line).any(|word| keyed(line, word, false).is_some())
}

/// Whether `field` is nothing but a level: `INFO`, `Info`, `[notice]`, `<warn>`; a bare `error` is a word.
pub(super) fn is_alone(field: &str) -> bool {
    let word = field.trim_matches(|letter: char| !letter.is_alphanumeric());
    let is_marked = word.len() < field.len() || !word.starts_with(char::is_lowercase);
    is_marked && word.len() > 2 && of_word(word).is_some()
}

fn of_word(word: &str) -> Option<Level> {
    LEVELS
        .iter()
        .find(|(_, spellings)| {
            spellings
                .iter()
                .any(|entry| entry.eq_ignore_ascii_case(word))
        })
        .map(|(level, _)| *level)
}

fn of_letter(letter: &str) -> Option<Level> {
    match letter {
        "E" | "F" | "C" | "A" => Some(Level::Error),
        "W" => Some(Level::Warning),
        "I" | "D" | "V" | "T" | "N" => Some(Level::Lower),
        _ => None,
    }
}

/// The level in the field that `word` names: `level=info`, `"level": "info"`, and `level: info` after a time stamp.
fn keyed(line: &str, word: Word<'_>, is_record: bool) -> Option<Level> {
    // MongoDB: `"s":"I"`.
    let is_letter_key = word.text == "s" && before(line, word) == Some('"');
    let is_priority = word.text == "PRIORITY";
    let is_key = KEYS.iter().any(|key| key.eq_ignore_ascii_case(word.text));
    if !(is_key || is_letter_key || is_priority) {
        return None;
    }
    let is_quote = |letter: char| matches!(letter, '"' | '\'' | '\\');
    let rest = line.get(word.end..)?;
    let after = rest.trim_start_matches(is_quote).trim_start();
    let is_quoted = rest.starts_with(is_quote);
    let value = match after.chars().next()? {
        '=' => after.get(1..)?.trim_start_matches('>'),
        ':' if is_quoted || is_record => after.get(1..)?,
        _ => return None,
    };
    let value = value.trim_start().trim_start_matches(is_quote);
    let end = value
        .find(|letter: char| !letter.is_ascii_alphanumeric())
        .unwrap_or(value.len());
    let value = value.get(..end)?;
    if let Ok(number) = value.parse::<u32>() {
        return of_number(number, is_priority);
    }
    if is_letter_key {
        return of_letter(value.get(..1)?).filter(|_| value.len() <= 2);
    }
    of_word(value).or_else(|| of_letter(value))
}

/// Bunyan and pino count 10, 20 … 60, the journal and syslog 7 … 0.
fn of_number(number: u32, is_priority: bool) -> Option<Level> {
    match number {
        0..=3 if is_priority => Some(Level::Error),
        4 if is_priority => Some(Level::Warning),
        5..=7 if is_priority => Some(Level::Lower),
        50 | 60 => Some(Level::Error),
        40 => Some(Level::Warning),
        10 | 20 | 30 => Some(Level::Lower),
        _ => None,
    }
}

/// `<30>` at the start of a line: facility times eight plus severity (RFC 5424, section 6.2.1).
fn priority(line: &str) -> Option<Level> {
    let (number, _) = line.strip_prefix('<')?.split_once('>')?;
    let number: u32 = number.parse().ok().filter(|number| *number < 192)?;
    of_number(number % 8, true)
}

/// The first level that stands in the header of the line, and where.
fn positional(line: &str, is_record: bool) -> Option<(usize, Level)> {
    let mut previous: Option<Word<'_>> = None;
    for word in words(line) {
        let level = of_word(word.text)
            .filter(|_| is_spelled_as_level(line, word, previous, is_record))
            .or_else(|| slashed_letter(line, word));
        if let Some(level) = level {
            return is_header(line.get(..word.start)?, is_record).then_some((word.start, level));
        }
        // A message that begins with trouble is no header.
        if severity_of_word(word.text).is_some() {
            return None;
        }
        previous = Some(word);
    }
    None
}

fn is_spelled_as_level(
    line: &str,
    word: Word<'_>,
    previous: Option<Word<'_>>,
    is_record: bool,
) -> bool {
    let head = line.get(..word.start).unwrap_or_default();
    let rest = line.get(word.end..).unwrap_or_default();
    let left = before(line, word);
    let right = rest.chars().next();
    let is_upper = word.text.len() > 2 && !word.text.contains(|letter: char| letter.is_lowercase());
    let opening = head.trim_end();
    let opens = opening.ends_with(['<', '|'])
        || opening
            .strip_suffix('[')
            .is_some_and(|head| !head.ends_with(|letter: char| letter.is_alphanumeric()));
    let closes = rest.trim_start().starts_with([']', '>', '|']);
    let in_brackets = opens && closes || left == Some(':') && right == Some(']');
    let in_capitals = is_upper
        && left.is_none_or(|left| " \t[(<|:-],".contains(left))
        && right.is_none_or(|right| " \t:])>|,/[".contains(right));
    let after_facility = left == Some('.')
        && previous.is_some_and(|word| FACILITIES.contains(&word.text))
        && right.is_none_or(char::is_whitespace);
    // `note:` of a compiler belongs to what it explains.
    let leads = !head
        .contains(|letter: char| letter.is_alphabetic() && letter != 'T' && letter != 'Z')
        && !word.text.eq_ignore_ascii_case("note")
        && (right == Some(':') || is_record && right.is_some_and(char::is_whitespace));
    in_brackets || in_capitals || after_facility || leads
}

/// `D/Tag(123):` of `logcat`.
fn slashed_letter(line: &str, word: Word<'_>) -> Option<Level> {
    let rest = line.get(word.end..)?.strip_prefix('/')?;
    let is_tag = rest.starts_with(|first: char| first.is_alphanumeric())
        && rest.split(' ').next()?.contains(['(', ':']);
    let starts = before(line, word).is_none_or(char::is_whitespace);
    (is_tag && starts).then(|| of_letter(word.text)).flatten()
}

/// Whether `head` is what loggers put before a level, and no sentence.
fn is_header(head: &str, is_record: bool) -> bool {
    let mut depth = 0_usize;
    let mut plain = 0;
    let mut is_message = false;
    let mut count = 0;
    for field in head.split_ascii_whitespace() {
        count += 1;
        let is_plain = field.len() > 1 && field.bytes().all(|byte| byte.is_ascii_lowercase());
        if depth == 0 && is_plain {
            plain += 1;
            if is_message || plain > HEADER_WORDS_MAX {
                return false;
            }
        }
        depth = (depth + field.matches('[').count()).saturating_sub(field.matches(']').count());
        is_message |= depth == 0
            && field.ends_with(':')
            && field.contains(|letter: char| letter.is_alphabetic());
    }
    count
        <= if is_record {
            HEADER_FIELDS_MAX
        } else {
            BARE_HEADER_FIELDS_MAX
        }
}

/// A level that is one letter: `E1120 07:45:43` of glog, `1702 2395 E Tag:` of `logcat`.
fn letter_level(line: &str, is_record: bool) -> Option<Level> {
    let mut fields = line.split_ascii_whitespace().take(7);
    let first = fields.next()?;
    if let Some(date) = first.get(1..)
        && date.len() == 4
        && date.bytes().all(|byte| byte.is_ascii_digit())
    {
        // `T1234` may be a ticket.
        let is_glog = is_record || first.starts_with(['E', 'W', 'F']);
        return of_letter(first.get(..1)?).filter(|_| is_glog);
    }
    if !first.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let is_number = |field: &&str| {
        field.bytes().all(|byte| {
            byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'-' | b'/' | b'T' | b'Z' | b'+')
        }) && field.contains(|letter: char| letter.is_ascii_digit())
    };
    let letter = fields.find(|field| !is_number(field))?;
    let level = of_letter(letter)?;
    // `I` may be a person.
    let is_tag = fields.next().is_some_and(|next| {
        next.ends_with(':') || !next.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    (level > Level::Lower || is_record && is_tag).then_some(level)
}

/// The mark that Redis puts between stamp and message: `1:M 20 Nov 2026 07:45:43.123 # message`.
fn mark(line: &str, is_record: bool) -> Option<Level> {
    let mut fields = line.split_ascii_whitespace().take(HEADER_FIELDS_MAX);
    let (process, role) = fields.next()?.split_once(':')?;
    let is_redis = is_record
        && process.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(role, "M" | "S" | "C" | "X");
    let sign = fields.nth(4).filter(|_| is_redis)?;
    match sign {
        "#" => Some(Level::Warning),
        "*" | "-" | "." => Some(Level::Lower),
        _ => None,
    }
}

fn before(line: &str, word: Word<'_>) -> Option<char> {
    line.get(..word.start)?.chars().next_back()
}

#[cfg(test)]
mod tests {
    use super::super::{Severity, of};

    #[test]
    fn a_level_below_a_warning_outweighs_the_words_of_the_message() {
        for line in [
            r#"ts=2026-11-20T07:49:56.2Z caller=a.go:1 level=debug msg="Scrape failed" err="refused""#,
            r#"time=2026-11-20T07:49:56.215Z level=INFO msg="retry" error="timeout""#,
            r#"{"level":"info","ts":1795160743.1,"msg":"request failed","error":"EOF"}"#,
            r#"{"time":"2026-11-20T07:49:56Z", "severity": "NOTICE", "message": "error ignored"}"#,
            r#"{"level":30,"time":1795160743123,"pid":1,"msg":"failed once"}"#,
            r#"{"log":"level=debug msg=\"scrape failed\"\n","stream":"stderr"}"#,
            r#"{"log":"{\"level\":\"info\",\"msg\":\"failed\"}\n","stream":"stdout"}"#,
            r#"{"t":{"$date":"2026-11-20T07:49:56.2Z"},"s":"I","c":"NETWORK","msg":"failed"}"#,
            r#"{"PRIORITY":"6","MESSAGE":"failed"}"#,
            "2026-11-20 07:45:43,123 INFO  [main] c.f.Bar - connect failed",
            "07:45:43.123 [main] DEBUG com.foo.Bar - error ignored",
            "2026-11-20T07:45:43.123Z  INFO 123 --- [main] c.f.Bar : 1 failed",
            "2026-11-20 07:45:43,123 - root - INFO - failed over",
            "2026-11-20 07:45:43.123 | DEBUG    | a.b:c:12 - failed",
            "[2026-11-20 07:45:43,123: INFO/MainProcess] task failed",
            "[2026-11-20T07:45:43,123][INFO ][o.e.n.Node] [node] shard failed",
            "INFO  [main] 2026-11-20 07:45:43,123 Gossiper.java:1 - failed",
            "INFO:root:failed",
            "26/11/20 07:45:43 INFO storage.BlockManager: block failed",
            "081109 203615 148 INFO dfs.DataNode$PacketResponder: error none",
            "nova.log 2026-11-20 00:00:00.008 25746 INFO nova.wsgi [req-1 - -] failed",
            "- 1117838570 2005.06.03 R02-C:J12 2005-06-03-15.42.50.67 R02 RAS KERNEL INFO parity error corrected",
            "2026-11-20 04:30:30, Info                  CBS    Failed to open, ignored",
            "[Sun Dec 04 04:47:44 2005] [notice] child error recovered",
            "[Sun Dec 04 04:47:44.123456 2005] [core:notice] [pid 1] failed",
            "2026/11/20 07:45:43 [info] 123#123: *1 client failed",
            "I, [2026-11-20T07:45:43.123456 #12]  INFO -- : failed",
            "I1120 07:45:43.123456 1 a.cc:3] failed",
            "03-17 16:13:38.811  1702  2395 D Tag: failed",
            "11-20 07:45:43.123 D/Tag(123): failed",
            "D/Tag( 123): failed",
            "2026-11-20T07:45:43.123+0000 I NETWORK  [conn1] failed",
            "<30>Nov 20 07:45:43 host app[1]: failed",
            "Nov 20 07:45:43 host daemon.info app[1]: failed",
            "Nov 20 07:45:43 host NetworkManager[7]: <info>  [1795160743.1] device failed",
            "2026-11-20T07:45:43.1Z 0 [Note] [MY-010051] [Server] failed",
            "1:M 20 Nov 2026 07:45:43.123 * replica failed",
            "[07:45:43 INF] request failed",
            "7:45AM DBG retry failed",
            "info: Microsoft.Hosting.Lifetime[14] failed",
            "web_1  | INFO: failed",
            "2026-11-20 07:45:43 info: request failed",
        ] {
            assert_eq!(of(line), None, "{line}");
        }
    }

    #[test]
    fn a_warning_or_worse_is_seen_in_the_spelling_of_every_logger() {
        for (line, expected) in [
            ("ts=2026-11-20T07:49:56Z lvl=eror msg=x", Severity::Error),
            (
                "ts=2026-11-20T07:49:56Z level=warn msg=x",
                Severity::Warning,
            ),
            (
                r#"{"level":"dpanic","ts":1795160743.1,"msg":"x"}"#,
                Severity::Error,
            ),
            (
                r#"{"level":40,"time":1795160743123,"msg":"x"}"#,
                Severity::Warning,
            ),
            (
                r#"{"level":50,"time":1795160743123,"msg":"x"}"#,
                Severity::Error,
            ),
            (r#"{"severity":"ALERT","message":"x"}"#, Severity::Error),
            (
                r#"{"@t":"2026-11-20T07:49:56Z","@l":"Warning"}"#,
                Severity::Warning,
            ),
            (r#"{"s":"W","c":"NETWORK"}"#, Severity::Warning),
            (r#"{"PRIORITY":"3","MESSAGE":"x"}"#, Severity::Error),
            (r#"{"msg":"level=debug","level":"error"}"#, Severity::Error),
            (
                "[Sun Dec 04 04:47:44.1 2005] [ssl:warn] [pid 1] x",
                Severity::Warning,
            ),
            ("[Sun Dec 04 04:47:44 2005] [error] x", Severity::Error),
            ("2026/11/20 07:45:43 [emerg] 1#1: x", Severity::Error),
            ("[07:45:43 WRN] x", Severity::Warning),
            ("[07:45:43 FTL] x", Severity::Error),
            ("7:45AM ERR x", Severity::Error),
            ("crit: App[0]", Severity::Error),
            ("fail: App[0]", Severity::Error),
            ("W/Tag( 12): x", Severity::Warning),
            ("03-17 16:13:38.811  1702  2395 W Tag: x", Severity::Warning),
            ("F1120 07:45:43.1 1 a.cc:3] x", Severity::Error),
            ("<27>Nov 20 07:45:43 host app: x", Severity::Error),
            ("<28>Nov 20 07:45:43 host app: x", Severity::Warning),
            ("Nov 20 07:45:43 host kern.err kernel: x", Severity::Error),
            (
                "Nov 20 07:45:43 host NM[7]: <warn>  [1795160743.1] x",
                Severity::Warning,
            ),
            (
                "1:M 20 Nov 2026 07:45:43.123 # memory overcommit",
                Severity::Warning,
            ),
            ("Nov 20, 2026 7:45:43 AM a.B c SEVERE: x", Severity::Error),
            (
                "2026-11-20 04:30:31, Error                 CSI    x",
                Severity::Error,
            ),
            (
                "W, [2026-11-20T07:45:43.1 #12]  WARN -- : x",
                Severity::Warning,
            ),
            ("WARNING:root:x", Severity::Warning),
            ("2026-11-20 07:45:43.1 UTC [12] FATAL:  x", Severity::Error),
        ] {
            assert_eq!(of(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn a_level_that_a_sentence_only_mentions_is_none() {
        for line in [
            "error: log level: debug is not supported",
            "error: cannot parse level=debug",
            "2026-11-20 07:45:43 host redis[1]: the INFO command failed",
            "Nov 20 07:45:43 host systemd[1]: foo.service: Failed with result 'exit-code'.",
            "the build failed, see [debug] output",
            "10:15 I failed to see it",
            "DEBUG=1 make failed",
            "at arr[debug] failed",
            "note: required because it failed",
            "[info] - adds numbers *** FAILED ***",
            "[INFO] BUILD FAILURE",
            "T1234 failed again",
        ] {
            assert_eq!(of(line), Some(Severity::Error), "{line}");
        }
    }
}
