//! A file behind a URL, served by tables: what is asked for, and what comes of each answer.

use crate::fixtures;
use proptest::prelude::*;
use std::ops::Range;
use tilewise::error::{Error, ErrorCode};
use tilewise::media::MediaFacts;
use tilewise::probe::{self, DEFAULT_MAX_BYTES, Probe};
use tilewise::remote::{HEADERS, Head, Remote, RemoteStep};

const URL: &str = "https://example.com/a.jpg?signature=c%2Bd==";
/// 90×60 pixels, to be shown turned.
const PHOTO: &str = "jpeg/orientation-6.jpg";
/// Its orientation lies behind 256 KB of previews.
const LARGE: &str = "jpeg/exif-behind-previews.jpg";

// ── A server ─────────────────────────────────────────────────────────────────────────────────────

/// A request as a server sees it.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    url: String,
    range: Option<Range<u64>>,
    header: Option<String>,
}

#[derive(Clone, Debug)]
struct Reply {
    status: u16,
    status_text: &'static str,
    /// Where it came from; empty where that is not told.
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// What ends the body instead of its end.
    fault: Option<Error>,
}

impl Reply {
    fn new(status: u16, body: &[u8]) -> Self {
        Self {
            status,
            status_text: "",
            url: String::new(),
            headers: Vec::new(),
            body: body.to_vec(),
            fault: None,
        }
    }

    /// The whole file.
    fn whole(file: &[u8]) -> Self {
        Self::new(200, file).with("content-length", file.len())
    }

    /// What RFC 9110 says of a request for this range.
    fn part(file: &[u8], asked: &Range<u64>) -> Self {
        let length = file.len();
        let end = (asked.end as usize).min(length);
        match file.get(asked.start as usize..end) {
            Some(body) if !body.is_empty() => {
                let last = end - 1;
                Self::new(206, body)
                    .with("content-length", body.len())
                    .with(
                        "content-range",
                        format!("bytes {}-{last}/{length}", asked.start),
                    )
            }
            _ => Self::new(416, b"no").with("content-range", format!("bytes */{length}")),
        }
    }

    /// A header instead of the one of that name.
    fn with(self, name: &'static str, value: impl ToString) -> Self {
        let mut reply = self.without(name);
        reply.headers.push((name, value.to_string()));
        reply
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(key, _)| *key != name);
        self
    }

    fn from(self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            ..self
        }
    }

    fn with_body(self, body: &[u8]) -> Self {
        Self {
            body: body.to_vec(),
            ..self
        }
    }

    fn breaking_off(self, fault: Error) -> Self {
        Self {
            fault: Some(fault),
            ..self
        }
    }

    fn head<'a>(&'a self, header: &'a dyn Fn(&str) -> Option<String>) -> Head<'a> {
        Head {
            status: self.status,
            status_text: self.status_text,
            url: &self.url,
            header,
        }
    }

    /// A driver may have collected the headers beforehand, so no other may be looked at.
    fn header(&self, name: &str) -> Option<String> {
        assert!(HEADERS.contains(&name), "{name} is not in the list");
        let mut headers = self.headers.iter();
        headers
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.clone())
    }
}

/// Honours ranges.
fn ranges(file: &[u8]) -> impl Fn(&Asked, usize) -> Result<Reply, Error> + '_ {
    |asked, _| {
        Ok(match &asked.range {
            Some(range) => Reply::part(file, range),
            None => Reply::whole(file),
        })
    }
}

/// Answers a range in this way, and sends the file to a client that asks for all of it.
fn instead<'a>(
    file: &'a [u8],
    answer: impl Fn(&Range<u64>) -> Result<Reply, Error> + 'a,
) -> impl Fn(&Asked, usize) -> Result<Reply, Error> + 'a {
    move |asked, _| match &asked.range {
        Some(range) => answer(range),
        None => Ok(Reply::whole(file)),
    }
}

fn reset() -> Error {
    Error::Network {
        message: "reset".into(),
    }
}

// ── A driver ─────────────────────────────────────────────────────────────────────────────────────

#[derive(Debug)]
struct Seen {
    facts: Result<MediaFacts, Error>,
    asked: Vec<Asked>,
    bytes_read: u64,
    /// Whether a body was read to its end.
    has_ended: bool,
}

impl Seen {
    fn ranges(&self) -> Vec<Option<&str>> {
        self.asked
            .iter()
            .map(|asked| asked.header.as_deref())
            .collect()
    }

    /// All facts but what reading them took.
    fn image(&self) -> MediaFacts {
        without_reading(self.facts.clone().unwrap())
    }

    fn code(&self) -> ErrorCode {
        self.facts.clone().unwrap_err().code()
    }

    fn message(&self) -> String {
        self.facts.clone().unwrap_err().to_string()
    }
}

struct Driver {
    max_bytes: u64,
    /// Sizes of the pieces in which bodies come, over and over.
    chunks: Vec<usize>,
}

impl Default for Driver {
    fn default() -> Self {
        Self {
            max_bytes: DEFAULT_MAX_BYTES,
            chunks: vec![1000],
        }
    }
}

impl Driver {
    /// As `src/web/remote.rs` and the npm package drive it: it decides nothing.
    fn read(&self, server: impl Fn(&Asked, usize) -> Result<Reply, Error>) -> Seen {
        let fresh = || Probe::new(None).with_max_bytes(self.max_bytes);
        let mut probe = fresh();
        let mut remote = Remote::new(URL, self.max_bytes);
        let mut asked = Vec::new();
        let mut has_ended = false;
        let mut body: (std::vec::IntoIter<Vec<u8>>, Option<Error>) = Default::default();
        let facts = 'read: loop {
            match probe.step() {
                Ok(probe::ProbeStep::Done(facts)) if remote.is_final(&probe) => {
                    break Ok(remote.finish(facts));
                }
                Ok(probe::ProbeStep::Done(_)) => {}
                Ok(probe::ProbeStep::Need(range)) => remote.want(range),
                Err(error) => break Err(error.into()),
            }
            loop {
                match remote.step() {
                    RemoteStep::Send { range } => {
                        let header = remote.range_header();
                        let url = remote.url().to_owned();
                        asked.push(Asked { url, range, header });
                        assert!(asked.len() < 100, "it asks for ever");
                        match server(asked.last().unwrap(), asked.len()) {
                            Ok(reply) => {
                                remote.answered(&reply.head(&|name| reply.header(name)));
                                body = (self.cut(&reply.body).into_iter(), reply.fault);
                            }
                            Err(error) => remote.failed(error),
                        }
                    }
                    RemoteStep::Read => match (body.0.next(), body.1.take()) {
                        (Some(chunk), fault) => {
                            body.1 = fault;
                            remote.received(&chunk);
                        }
                        (None, Some(fault)) => remote.failed(fault),
                        (None, None) => {
                            has_ended = true;
                            remote.ended();
                        }
                    },
                    RemoteStep::Supply => break remote.supply(&mut probe),
                    RemoteStep::Restart => break probe = fresh(),
                    RemoteStep::Over => break 'read Err(remote.end()),
                }
            }
        };
        Seen {
            facts,
            asked,
            bytes_read: remote.bytes_read(),
            has_ended,
        }
    }

    fn cut(&self, mut body: &[u8]) -> Vec<Vec<u8>> {
        let mut sizes = self.chunks.iter().cycle();
        let mut pieces = Vec::new();
        while !body.is_empty() {
            let size = sizes.next().map_or(1, |size| *size).clamp(1, body.len());
            let (piece, rest) = body.split_at(size);
            pieces.push(piece.to_vec());
            body = rest;
        }
        pieces
    }
}

fn read(server: impl Fn(&Asked, usize) -> Result<Reply, Error>) -> Seen {
    Driver::default().read(server)
}

fn read_at_most(max_bytes: u64, server: impl Fn(&Asked, usize) -> Result<Reply, Error>) -> Seen {
    let driver = Driver {
        max_bytes,
        ..Driver::default()
    };
    driver.read(server)
}

/// The facts of a file by a probe that has it at hand.
fn truth(file: &[u8]) -> MediaFacts {
    without_reading(Probe::new(Some(file.len() as u64)).run(file).unwrap())
}

fn without_reading(mut facts: MediaFacts) -> MediaFacts {
    facts.bytes_read = 0;
    facts
}

/// The same where it is not known how far away its end is, so that no look at it can be had.
fn truth_from_start(file: &[u8]) -> MediaFacts {
    let facts = Probe::new(None).run(file).unwrap();
    without_reading(facts).with_bytes(file.len() as u64)
}

/// The facts where no size was told.
fn of_unknown_size(file: &[u8]) -> MediaFacts {
    truth(file).with_bytes(None)
}

const FIRST: Option<&str> = Some("bytes=0-2047");

// ── Servers that honour ranges ───────────────────────────────────────────────────────────────────

#[test]
fn a_small_file_is_asked_for_once_and_a_header_far_behind_a_few_times() {
    let photo = fixtures::read(PHOTO);
    let seen = read(ranges(&photo));
    assert_eq!(seen.image(), truth(&photo));
    assert_eq!(seen.ranges(), [FIRST]);
    assert_eq!(seen.asked[0].url, URL, "as it was given");
    assert_eq!(seen.bytes_read, photo.len() as u64);

    let large = fixtures::read(LARGE);
    let seen = read(ranges(&large));
    assert_eq!(seen.image(), truth(&large));
    assert_eq!(seen.facts.as_ref().unwrap().bytes_read, seen.bytes_read);
    assert!(seen.bytes_read <= 16 * 1024, "{}", seen.bytes_read);
    assert!(seen.asked.len() <= 6, "{:?}", seen.ranges());
}

#[test]
fn every_file_gives_the_same_facts_by_parts_and_from_its_start() {
    for name in fixtures::names() {
        let file = fixtures::read(&name);
        assert_eq!(read(ranges(&file)).image(), truth(&file), "{name}");
        let seen = read(|_, _| Ok(Reply::whole(&file)));
        let expected = if seen.has_ended {
            truth(&file)
        } else {
            truth_from_start(&file)
        };
        assert_eq!(seen.image(), expected, "{name}");
        assert_eq!(seen.asked.len(), 1, "{name}");
    }
}

#[test]
fn less_than_was_asked_for_is_a_part_as_well() {
    let large = fixtures::read(LARGE);
    let seen = read(|asked, _| {
        let range = asked.range.clone().unwrap();
        Ok(Reply::part(
            &large,
            &(range.start..range.end.min(range.start + 100)),
        ))
    });
    assert_eq!(seen.image(), truth(&large));
}

#[test]
fn of_more_than_was_asked_for_only_that_is_read() {
    let photo = fixtures::read(PHOTO);
    let size = 10_u64.pow(12);
    let file = [photo.as_slice(), &[0; 100_000]].concat();
    let seen = read(|_, _| {
        let header = format!("bytes 0-{}/{size}", size - 1);
        Ok(Reply::new(206, &file).with("content-range", header))
    });
    let expected = truth(&photo).with_bytes(size);
    assert_eq!(seen.image(), expected);
    assert_eq!(seen.bytes_read, 2048);
}

#[test]
fn another_part_than_was_asked_for_is_a_fault() {
    let large = fixtures::read(LARGE);
    let seen = read(instead(&large, |_| Ok(Reply::part(&large, &(100..200)))));
    assert_eq!((seen.code(), seen.asked.len()), (ErrorCode::Network, 1));
    assert!(
        seen.message().contains("another part"),
        "{}",
        seen.message()
    );
}

#[test]
fn parts_of_a_file_of_unknown_size_are_read() {
    type Unsay = fn(Reply, &Range<u64>) -> Reply;
    let large = fixtures::read(LARGE);
    let without: [(&str, Unsay); 3] = [
        ("a length of *", |part, range| {
            part.with(
                "content-range",
                format!("bytes {}-{}/*", range.start, range.end - 1),
            )
        }),
        ("no range", |part, _| part.without("content-range")),
        ("no length either", |part, _| {
            part.without("content-range").without("content-length")
        }),
    ];
    for (name, unsay) in without {
        let seen = read(|asked, _| {
            let range = asked.range.as_ref().unwrap();
            Ok(unsay(Reply::part(&large, range), range))
        });
        assert_eq!(seen.image(), of_unknown_size(&large), "{name}");
    }
}

// ── Servers that do not ──────────────────────────────────────────────────────────────────────────

#[test]
fn a_server_that_ignores_ranges_is_read_from_the_start_and_no_further_than_needed() {
    let photo = fixtures::read(PHOTO);
    let padded = [photo.as_slice(), &[0; 100_000]].concat();
    let seen = read(|_, _| Ok(Reply::whole(&padded)));
    assert_eq!(seen.asked.len(), 1);
    assert_eq!(
        seen.facts.as_ref().unwrap().bytes,
        Some(padded.len() as u64)
    );
    assert!(seen.bytes_read < 4096, "{}", seen.bytes_read);

    // Without a length it is known where the end was seen.
    let seen = read(|_, _| Ok(Reply::new(203, &photo)));
    assert_eq!(seen.image(), truth(&photo));
    let seen = read(|_, _| Ok(Reply::new(200, &padded)));
    assert_eq!(seen.facts.unwrap().bytes, None);
    // Nor is it what was told, once more has come: that may have been compressed, unseen.
    let seen = read(|_, _| Ok(Reply::whole(&padded).with("content-length", 500)));
    assert_eq!(seen.facts.unwrap().bytes, None);
    // A length of what travels is not that of the file.
    let compressed = Reply::new(200, &padded).with("content-length", 5000);
    let seen = read(|_, _| Ok(compressed.clone().with("content-encoding", "gzip")));
    assert_eq!(seen.facts.unwrap().bytes, None);
}

#[test]
fn a_server_that_refuses_a_range_is_asked_once_for_all() {
    let large = fixtures::read(LARGE);
    let longer = format!("bytes */{}", large.len());
    let refusals = [
        Reply::new(400, b""),
        Reply::new(403, b"no"),
        Reply::new(405, b""),
        Reply::new(416, b""),
        Reply::new(416, b"").with("content-range", longer),
        Reply::new(501, b""),
    ];
    for refusal in refusals {
        let seen = read(instead(&large, |_| Ok(refusal.clone())));
        assert_eq!(seen.image(), truth(&large), "{refusal:?}");
        assert_eq!(seen.ranges(), [FIRST, None], "{refusal:?}");
    }
    let seen = read(instead(&large, |_| Err(reset())));
    assert_eq!(seen.image(), truth(&large));
    assert_eq!(seen.ranges(), [FIRST, None]);
}

#[test]
fn a_later_part_may_be_refused_as_well_and_then_no_two_versions_are_mixed() {
    let large = fixtures::read(LARGE);
    let photo = fixtures::read(PHOTO);
    let failures: [fn() -> Result<Reply, Error>; 2] =
        [|| Ok(Reply::new(403, b"")), || Err(reset())];
    for failure in failures {
        let seen = read(|asked, count| match (&asked.range, count) {
            (Some(range), 1) => Ok(Reply::part(&large, range)),
            (Some(_), _) => failure(),
            (None, _) => Ok(Reply::whole(&photo)),
        });
        assert_eq!(seen.image(), truth(&photo));
        assert_eq!(seen.asked.len(), 3);
        assert_eq!(seen.bytes_read, 2048 + photo.len() as u64);
    }
    // The whole file instead of a later part.
    let seen = read(|asked, count| match &asked.range {
        Some(range) if count == 1 => Ok(Reply::part(&large, range)),
        _ => Ok(Reply::whole(&photo)),
    });
    assert_eq!((seen.image(), seen.asked.len()), (truth(&photo), 2));
}

#[test]
fn an_error_that_has_nothing_to_do_with_the_range_is_the_answer() {
    for (status, times) in [(401, 1), (404, 1), (410, 1), (500, 1), (403, 2), (501, 2)] {
        let mut reply = Reply::new(status, b"<!doctype html>");
        reply.status_text = "Why Not";
        let seen = read(|_, _| Ok(reply.clone()));
        let Err(Error::Http {
            status: told,
            message,
            ..
        }) = &seen.facts
        else {
            panic!("{seen:?}");
        };
        assert_eq!((*told, seen.asked.len()), (status, times));
        assert!(message.ends_with(": Why Not"), "{message}");
    }
    // HTTP/2 has no such text.
    let seen = read(|_, _| Ok(Reply::new(404, b"")));
    assert!(
        seen.message().ends_with("cannot be fetched"),
        "{}",
        seen.message()
    );
}

#[test]
fn a_server_that_is_not_reached_is_a_network_error_in_its_own_words() {
    let seen = read(|_, _| Err(reset()));
    assert_eq!(seen.facts, Err(reset()));
    assert_eq!(seen.ranges(), [FIRST, None]);
}

#[test]
fn who_wants_to_know_no_more_is_not_asked_for_again() {
    let photo = fixtures::read(PHOTO);
    for error in [Error::Aborted, Error::Timeout { silence_ms: 60_000 }] {
        let seen = read(|_, _| Err(error.clone()));
        assert_eq!((&seen.facts, seen.asked.len()), (&Err(error.clone()), 1));
        let part = Reply::part(&photo, &(0..2048)).with_body(&photo[..100]);
        let seen = read(|_, _| Ok(part.clone().breaking_off(error.clone())));
        assert_eq!((&seen.facts, seen.asked.len()), (&Err(error.clone()), 1));
        let whole = Reply::whole(&photo).with_body(&photo[..100]);
        let seen = read(|_, _| Ok(whole.clone().breaking_off(error.clone())));
        assert_eq!((&seen.facts, seen.asked.len()), (&Err(error), 1));
    }
}

// ── Parts that are not what they seem ────────────────────────────────────────────────────────────

#[test]
fn a_part_that_cannot_be_used_makes_the_file_be_read_from_its_start() {
    let large = fixtures::read(LARGE);
    let part = || Reply::part(&large, &(0..2048));
    let parts = [
        ("compressed", part().with("content-encoding", "gzip")),
        (
            "more than said",
            part().with("content-range", "bytes 0-499/500"),
        ),
        ("fewer than said", part().with_body(&large[..500])),
        (
            "fewer than its length says",
            part().without("content-range").with_body(&large[..500]),
        ),
        (
            "broken off",
            part().with_body(&large[..500]).breaking_off(reset()),
        ),
        ("without bytes", part().with_body(b"")),
        (
            "beyond the end",
            part().with("content-range", "bytes 0-2047/100"),
        ),
        ("backwards", part().with("content-range", "bytes 5-1/9000")),
        (
            "of more than 64 bits",
            part().with("content-range", format!("bytes 0-{}/*", u64::MAX)),
        ),
        (
            "in pixels",
            part().with("content-range", "pixels 0-2047/9000"),
        ),
        ("nowhere", part().with("content-range", "bytes */9000")),
        (
            "several",
            part().with("content-type", " Multipart/ByteRanges; boundary=THIS"),
        ),
        (
            "longer, and nobody says where",
            Reply::new(206, &large[1..5001]).with("content-length", 5000),
        ),
    ];
    for (name, part) in parts {
        let seen = read(instead(&large, |_| Ok(part.clone())));
        assert_eq!(seen.image(), truth(&large), "{name}");
        assert_eq!(seen.ranges(), [FIRST, None], "{name}");
    }
    // Identity is no compression.
    let seen = read(|asked, _| {
        let part = Reply::part(&large, asked.range.as_ref().unwrap());
        Ok(part.with("content-encoding", " Identity "))
    });
    assert_eq!(seen.image(), truth(&large));
}

#[test]
fn a_part_of_nothing_is_no_end_where_the_file_is_known_to_go_on() {
    let large = fixtures::read(LARGE);
    let seen = read(|asked, count| {
        Ok(match &asked.range {
            Some(_) if count == 2 => Reply::new(206, b""),
            Some(range) => Reply::part(&large, range),
            None => Reply::whole(&large),
        })
    });
    assert_eq!(seen.image(), truth(&large));
    assert_eq!(seen.asked.len(), 3);
}

#[test]
fn a_part_that_was_not_used_counts_as_read() {
    let photo = fixtures::read(PHOTO);
    let lie = Reply::part(&photo, &(0..500)).with("content-range", "bytes 0-2047/9000");
    let seen = read(instead(&photo, |_| Ok(lie.clone())));
    assert_eq!(seen.bytes_read, 500 + photo.len() as u64);
    let broken = Reply::part(&photo, &(0..500)).breaking_off(reset());
    let seen = read(instead(&photo, |_| Ok(broken.clone())));
    assert_eq!(seen.bytes_read, 500 + photo.len() as u64);
}

#[test]
fn a_part_when_all_was_asked_for_is_a_fault() {
    let large = fixtures::read(LARGE);
    let part = Reply::part(&large, &(0..100)).with("content-encoding", "gzip");
    let seen = read(|_, _| Ok(part.clone()));
    assert_eq!((seen.code(), seen.asked.len()), (ErrorCode::Network, 2));
    assert!(
        seen.message().contains("a part of the file"),
        "{}",
        seen.message()
    );
}

// ── Ends ─────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_file_that_ends_inside_its_header_is_truncated_however_its_end_is_told() {
    let large = fixtures::read(LARGE);
    let cut = &large[..100_000];
    let star = |range: &Range<u64>| format!("bytes {}-{}/*", range.start, range.end - 1);

    let told = [
        read(ranges(cut)),
        // Only when what lies behind the end is asked for.
        read(|asked, _| {
            let range = asked.range.as_ref().unwrap();
            let part = Reply::part(cut, range);
            Ok(match part.status {
                206 => part.with("content-range", star(range)),
                _ => part,
            })
        }),
        read(|_, _| Ok(Reply::whole(cut))),
    ];
    for seen in told {
        assert_eq!(seen.code(), ErrorCode::Truncated);
        assert!(
            seen.message().contains("after 100000 bytes"),
            "{}",
            seen.message()
        );
    }
    // Never.
    let seen = read(|asked, _| {
        let part = Reply::part(cut, asked.range.as_ref().unwrap());
        Ok(part.without("content-range"))
    });
    assert_eq!(seen.code(), ErrorCode::Truncated);
    assert!(seen.asked.len() <= 6, "{:?}", seen.ranges());
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    let answers: [(&str, Reply); 5] = [
        ("200", Reply::whole(b"")),
        ("206", Reply::new(206, b"").with("content-length", 0)),
        ("416 and its length", Reply::part(b"", &(0..2048))),
        ("416 alone", Reply::new(416, b"")),
        (
            "416, compressed",
            Reply::part(b"", &(0..2048)).with("content-encoding", "gzip"),
        ),
    ];
    for (name, answer) in answers {
        let seen = read(instead(b"", |_| Ok(answer.clone())));
        assert_eq!(seen.code(), ErrorCode::Truncated, "{name}");
        assert!(
            seen.message().contains("the file is empty"),
            "{name}: {}",
            seen.message()
        );
    }
}

// ── Redirects and versions ───────────────────────────────────────────────────────────────────────

#[test]
fn further_parts_come_from_where_redirects_ended() {
    let large = fixtures::read(LARGE);
    let mirror = "https://mirror.example/a.jpg?key=1";
    let seen = read(|asked, _| Ok(Reply::part(&large, asked.range.as_ref().unwrap()).from(mirror)));
    assert_eq!(seen.image(), truth(&large));
    let urls: Vec<_> = seen.asked.iter().map(|asked| asked.url.as_str()).collect();
    assert!(urls.len() > 1 && urls[0] == URL && urls[1..].iter().all(|url| *url == mirror));
}

#[test]
fn an_address_that_serves_once_is_left_for_the_one_that_was_given() {
    let large = fixtures::read(LARGE);
    let once = "https://mirror.example/once";
    for status in [401, 403, 404, 410] {
        let seen = read(|asked, count| {
            Ok(match &asked.range {
                Some(range) if count == 1 => Reply::part(&large, range).from(once),
                Some(_) => Reply::new(status, b"").from(once),
                None => Reply::whole(&large).from("https://mirror.example/other"),
            })
        });
        assert_eq!(seen.image(), truth(&large), "{status}");
        let urls: Vec<_> = seen.asked.iter().map(|asked| asked.url.as_str()).collect();
        assert_eq!(urls, [URL, once, URL], "{status}");
    }
}

#[test]
fn a_file_that_changes_between_two_parts_is_a_network_error_that_says_so() {
    type Tell = fn(Reply) -> Reply;
    let large = fixtures::read(LARGE);
    let longer = [large.as_slice(), &[0]].concat();
    let changes: [(&str, [Tell; 2], &[u8]); 4] = [
        (
            "tag",
            [
                |part| part.with("etag", "\"one\""),
                |part| part.with("etag", "\"other\""),
            ],
            &large,
        ),
        (
            "date",
            [
                |part| part.with("last-modified", "Sat, 01 Aug 2026 10:00:00 GMT"),
                |part| part.with("last-modified", "Sat, 01 Aug 2026 10:00:01 GMT"),
            ],
            &large,
        ),
        ("length", [|part| part, |part| part], &longer),
        (
            "length in a refusal",
            [
                |part| part,
                |_| Reply::new(416, b"").with("content-range", "bytes */100"),
            ],
            &large,
        ),
    ];
    for (name, [first, second], later) in changes {
        let seen = read(|asked, count| {
            let range = asked.range.as_ref().unwrap();
            Ok(match count {
                1 => first(Reply::part(&large, range)),
                _ => second(Reply::part(later, range)),
            })
        });
        assert_eq!(
            (seen.code(), seen.asked.len()),
            (ErrorCode::Network, 2),
            "{name}"
        );
        assert!(seen.message().contains("changed on the server"), "{name}");
    }
    // Mirrors of one version may date it differently.
    let seen = read(|asked, count| {
        let part = Reply::part(&large, asked.range.as_ref().unwrap());
        let date = format!("Sat, 01 Aug 2026 10:00:0{count} GMT");
        Ok(part.with("etag", "\"one\"").with("last-modified", date))
    });
    assert_eq!(seen.image(), truth(&large));
}

// ── The most that is read ────────────────────────────────────────────────────────────────────────

#[test]
fn no_more_is_read_than_allowed_and_what_fits_is_enough() {
    let large = fixtures::read(LARGE);
    let photo = fixtures::read(PHOTO);
    let padded = [photo.as_slice(), &[0; 100_000]].concat();
    let seen = read_at_most(2500, ranges(&large));
    assert_eq!(seen.code(), ErrorCode::ReadLimit);
    assert!(seen.bytes_read <= 2500);
    let seen = read_at_most(2500, |_, _| Ok(Reply::whole(&large)));
    assert_eq!(seen.code(), ErrorCode::ReadLimit);
    assert!(seen.message().contains("2500 bytes"), "{}", seen.message());
    assert!(seen.bytes_read <= 2500);
    let seen = read_at_most(1500, |_, _| Ok(Reply::whole(&padded)));
    assert_eq!(
        (seen.facts.unwrap().bytes_read, seen.bytes_read),
        (1500, 1500)
    );
}

#[test]
fn nothing_is_read_in_vain_but_to_see_the_end_of_a_file_that_fits() {
    let large = fixtures::read(LARGE);
    let cut = &large[..100_000];
    let seen = read_at_most(100_500, |_, _| Ok(Reply::new(200, &large)));
    assert_eq!(seen.code(), ErrorCode::ReadLimit);
    assert!(seen.bytes_read < 100_000, "{}", seen.bytes_read);
    let seen = read_at_most(100_500, |_, _| Ok(Reply::whole(cut)));
    assert_eq!(seen.code(), ErrorCode::Truncated);
    assert_eq!(seen.bytes_read, 100_000);
}

#[test]
fn what_was_read_in_vain_counts_towards_the_most() {
    let photo = fixtures::read(PHOTO);
    let lie = Reply::part(&photo, &(0..500)).with("content-range", "bytes 0-2047/9000");
    let server = instead(&photo, |_| Ok(lie.clone()));
    assert_eq!(read_at_most(600, &server).code(), ErrorCode::ReadLimit);
    assert_eq!(read_at_most(500 + 600, &server).bytes_read, 1100);
}

// ── Anything ─────────────────────────────────────────────────────────────────────────────────────

fn any_reply() -> impl Strategy<Value = Result<Reply, Error>> {
    let number = || prop_oneof![0..5000_u64, any::<u64>()];
    let range = prop_oneof![
        (number(), number(), number())
            .prop_map(|(start, end, of)| format!("bytes {start}-{end}/{of}")),
        (0..3000_u64, number()).prop_map(|(end, of)| format!("bytes 0-{end}/{of}")),
        number().prop_map(|of| format!("bytes */{of}")),
        ".{0,20}",
    ];
    let headers = (
        prop::option::of(range),
        prop::option::of(number()),
        prop::option::of("gzip|identity"),
        prop::option::of("\"[ab]\""),
    );
    let status = prop_oneof![Just(200_u16), Just(206), Just(206), Just(416), 100..600_u16];
    let body = (0..6000_usize, any::<bool>());
    (status, headers, body, any::<bool>()).prop_map(
        |(status, headers, (size, is_image), breaks)| {
            let (range, length, encoding, tag) = headers;
            let photo = fixtures::read(LARGE);
            let body = if is_image {
                &photo[..size]
            } else {
                &vec![0xff; size][..]
            };
            let mut reply = Reply::new(status, body);
            for (name, value) in [
                ("content-range", range),
                ("content-length", length.map(|length| length.to_string())),
                ("content-encoding", encoding),
                ("etag", tag),
            ] {
                if let Some(value) = value {
                    reply = reply.with(name, value);
                }
            }
            match (breaks, size % 3) {
                (true, 0) => Err(reset()),
                (true, _) => Ok(reply.breaking_off(reset())),
                _ => Ok(reply),
            }
        },
    )
}

#[test]
fn a_file_that_comes_by_crumbs_is_asked_for_as_a_whole() {
    let file = fixtures::read(LARGE);
    let seen = read(|asked, _| {
        Ok(match &asked.range {
            Some(range) => {
                let at = range.start as usize;
                Reply::new(206, &file[at..at + 1])
            }
            None => Reply::whole(&file),
        })
    });
    assert_eq!(seen.image(), read(ranges(&file)).image());
    assert_eq!(seen.asked.len(), 18);
}

proptest! {
    #[test]
    fn any_cutting_of_the_parts_gives_the_same_facts_and_the_same_count(
        chunks in prop::collection::vec(1..3000_usize, 1..5),
        is_large: bool,
    ) {
        let file = fixtures::read(if is_large { LARGE } else { PHOTO });
        let whole = read(ranges(&file));
        let cut = Driver { chunks, ..Driver::default() }.read(ranges(&file));
        prop_assert_eq!(cut.facts, whole.facts);
        prop_assert_eq!(cut.asked, whole.asked);
    }

    /// Of a body from the start all that came is counted, so a count depends on how it came: by no more
    /// than the last piece.
    #[test]
    fn any_cutting_of_a_body_from_the_start_gives_the_same_facts(
        chunks in prop::collection::vec(1..3000_usize, 1..5),
        is_large: bool,
    ) {
        let file = fixtures::read(if is_large { LARGE } else { PHOTO });
        let driver = |chunks| Driver { chunks, ..Driver::default() };
        let least = driver(vec![1]).read(|_, _| Ok(Reply::whole(&file)));
        let most = chunks.iter().max().copied().unwrap_or(1) as u64;
        let cut = driver(chunks).read(|_, _| Ok(Reply::whole(&file)));
        prop_assert_eq!(cut.image(), least.image());
        prop_assert!((least.bytes_read..least.bytes_read + most).contains(&cut.bytes_read));
    }

    #[test]
    fn whatever_a_server_answers_it_is_soon_over_and_no_more_is_read_than_allowed(
        replies in prop::collection::vec(any_reply(), 1..6),
        chunks in prop::collection::vec(1..3000_usize, 1..3),
        max_bytes in 0..20_000_u64,
    ) {
        let driver = Driver { chunks, max_bytes };
        let seen = driver.read(|_, count| replies[(count - 1) % replies.len()].clone());
        prop_assert!(seen.bytes_read <= max_bytes, "{} of {max_bytes}", seen.bytes_read);
        let from_start = seen.asked.iter().filter(|asked| asked.range.is_none());
        prop_assert!(from_start.count() <= 1);
    }
}

#[test]
fn a_video_whose_end_tells_more_is_read_to_its_end_where_the_server_gives_it_from_the_start_alone()
{
    let facts = |seen: Seen| without_reading(seen.facts.unwrap()).with_bytes(None);
    for name in [
        "mpeg/25-fps.ts",
        "mpeg/24-fps.mpg",
        "flv/h264-aac.flv",
        "flv/no-metadata-h264-aac.flv",
        "wmv/23.976-fps.wmv",
        "mkv/no-default-duration.mkv",
        "webm/recorded-opus.webm",
        "mp4/fragmented-29.97-fps.mp4",
    ] {
        let file = fixtures::read(name);
        let right = facts(read(ranges(&file)));
        let stated = read(|_, _| Ok(Reply::whole(&file)));
        assert_eq!(facts(stated), right, "{name}");
        let chunked = read(|_, _| Ok(Reply::whole(&file).without("content-length")));
        assert_eq!(facts(chunked), right, "{name}");
    }
}

#[test]
fn an_end_that_lies_behind_what_may_be_read_is_not_sought() {
    let file = fixtures::read("mpeg/25-fps.ts");
    let length = file.len();
    let driver = Driver {
        max_bytes: length as u64 - 1,
        ..Driver::default()
    };
    let stated = driver.read(|_, _| Ok(Reply::whole(&file)));
    let chunked = driver.read(|_, _| Ok(Reply::whole(&file).without("content-length")));
    for seen in [&stated, &chunked] {
        let facts = seen.facts.clone().unwrap();
        assert!(!facts.is_image() && seen.bytes_read < length as u64);
    }
    assert!(stated.bytes_read < chunked.bytes_read);
}
