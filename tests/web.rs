//! The browser's adapters, in a browser.
#![cfg(test)]
#![cfg(target_arch = "wasm32")]

use base64::{Engine, prelude::BASE64_STANDARD};
use js_sys::{Array, Function, JSON, Promise, Reflect, Uint8Array};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;
use tilewise::catalog::BASE_URL;
use tilewise::error::{Error, ErrorCode};
use tilewise::media::MediaFacts;
use tilewise::probe;
use tilewise::request::{Draft, MediaPart};
use tilewise::stream::Target;
use tilewise::stream::session::{Endpoint, Session};
use tilewise::stream::{ChatEvent, ChatResult};
use tilewise::web::{
    Abort, ChatFailure, Data, FetchEndpoint, InspectOptions, Source, chat, inspect, signal_from_js,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use wasm_bindgen_test::*;
use web_sys::{AbortController, Blob};

wasm_bindgen_test_configure!(run_in_browser);

const PHOTO: &[u8] = include_bytes!("fixtures/jpeg/orientation-6.jpg");

fn blob(parts: &[&[u8]]) -> Blob {
    let sequence = Array::new();
    for part in parts {
        sequence.push(&Uint8Array::from(*part));
    }
    Blob::new_with_u8_array_sequence(&sequence).unwrap()
}

async fn facts(source: Source) -> Result<MediaFacts, Error> {
    inspect(&source, &InspectOptions::default()).await
}

#[wasm_bindgen_test]
async fn blobs_arrays_and_data_urls_give_the_facts_of_a_slice() {
    let expected = probe::bytes(PHOTO).unwrap();
    let array = Uint8Array::from(PHOTO);
    let url = format!("data:image/jpeg;base64,{}", BASE64_STANDARD.encode(PHOTO));
    let sources = [
        Source::Data(Data::Blob(blob(&[PHOTO]))),
        Source::Data(Data::from_js(&array).unwrap()),
        Source::Data(Data::from_js(&array.buffer()).unwrap()),
        Source::Url(url.trim_end_matches('=').to_owned()),
    ];
    for source in sources {
        assert_eq!(facts(source).await.unwrap(), expected);
    }
}

#[wasm_bindgen_test]
async fn a_huge_blob_is_read_by_the_kilobyte() {
    let megabyte = vec![0; 1 << 20];
    let mut parts = vec![PHOTO];
    parts.extend(vec![&megabyte[..]; 80]);
    let facts = facts(Source::Data(Data::Blob(blob(&parts)))).await.unwrap();
    assert_eq!(facts.bytes, Some(PHOTO.len() as u64 + (80 << 20)));
    assert!(facts.bytes_read <= 4096, "{} bytes read", facts.bytes_read);
}

#[wasm_bindgen_test]
async fn sources_that_are_none_are_refused_with_a_reason() {
    for (url, code) in [
        ("photo.jpg", ErrorCode::InvalidArgument),
        ("ftp://example.com/a.png", ErrorCode::InvalidArgument),
        ("data:image/png;base64", ErrorCode::InvalidArgument),
        ("data:image/png;base64,*", ErrorCode::InvalidArgument),
        (
            "data:text/plain,hello%20there",
            ErrorCode::UnsupportedFormat,
        ),
        ("data:,", ErrorCode::Truncated),
    ] {
        assert_eq!(
            facts(Source::Url(url.into())).await.unwrap_err().code(),
            code,
            "{url}"
        );
    }
    assert!(Data::from_js(&"text".into()).is_none());
}

#[wasm_bindgen_test]
async fn a_signal_that_is_aborted_already_ends_an_inspection() {
    let controller = AbortController::new().unwrap();
    controller.abort();
    let options = InspectOptions {
        signal: Some(controller.signal()),
        ..InspectOptions::default()
    };
    let source = Source::Data(Data::Blob(blob(&[PHOTO])));
    assert_eq!(inspect(&source, &options).await, Err(Error::Aborted));
}

fn endpoint(options: Target, abort: &Abort) -> Result<FetchEndpoint, Error> {
    let mut draft = Draft::new("moonshotai/Kimi-K2.6", "What is this?");
    draft.media = vec![MediaPart::base64(probe::bytes(PHOTO).unwrap())];
    let data = vec![Some(Data::Blob(blob(&[PHOTO])))];
    FetchEndpoint::new(&draft, data, options, abort.clone())
}

#[wasm_bindgen_test]
async fn an_aborted_request_is_never_sent() {
    let abort = Abort::new(None).unwrap();
    abort.abort();
    let endpoint = endpoint(Target::default(), &abort).unwrap();
    assert_eq!(Session::new(endpoint).next().await, Err(Error::Aborted));
}

#[wasm_bindgen_test]
async fn a_wait_ends_when_it_is_aborted() {
    let abort = Abort::new(None).unwrap();
    let endpoint = endpoint(Target::default(), &abort).unwrap();
    abort_next(&abort);
    assert_eq!(endpoint.wait(u32::MAX).await, Err(Error::Aborted));
}

#[wasm_bindgen_test]
async fn a_key_that_no_header_can_hold_is_refused_before_sending() {
    let abort = Abort::new(None).unwrap();
    for key in ["line\nbreak", "schlüssel"] {
        let options = Target {
            base_url: BASE_URL.to_owned(),
            api_key: Some(key.to_owned()),
            ..Target::default()
        };
        let error = endpoint(options, &abort).unwrap().send().await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument, "{key:?}");
    }
}

#[wasm_bindgen_test]
async fn an_address_where_nobody_listens_is_a_network_error_that_names_it() {
    let abort = Abort::new(None).unwrap();
    let options = Target {
        base_url: "http://127.0.0.1:9/v1".to_owned(),
        ..Target::default()
    };
    let outcome = Session::new(endpoint(options, &abort).unwrap())
        .with_max_retries(0)
        .next()
        .await;
    let error = outcome.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Network);
    assert!(error.to_string().contains("http://127.0.0.1:9"), "{error}");
}

#[wasm_bindgen_test]
async fn files_keep_their_name() {
    let sequence = Array::of1(&Uint8Array::from(PHOTO));
    let file = web_sys::File::new_with_u8_array_sequence(&sequence, "my photo.jpg").unwrap();
    let data = Data::from_js(file.unchecked_ref()).unwrap();
    assert_eq!(data.file_name().as_deref(), Some("my photo.jpg"));
    assert_eq!(data.len(), PHOTO.len() as u64);
}

// ── Requests ─────────────────────────────────────────────────────────────────────────────────────

/// Answers in the place of `fetch`, without heeding its signal, and counts what is left behind.
const FAKE: &str = r#"(answers) => {
    const real = { fetch, setTimeout, clearTimeout };
    const { setTimeout: set, clearTimeout: clear } = real;
    const fake = { requests: 0, cancelled: 0, delays: [], bodies: [], timers: new Set(), signal: undefined };
    let hold;
    fake.held = new Promise((resolve) => (hold = resolve));
    const nothing = () => new Promise(() => hold());
    globalThis.setTimeout = (callback, ms) => {
        fake.delays.push(ms);
        const timer = set(() => (fake.timers.delete(timer), callback()), ms);
        fake.timers.add(timer);
        return timer;
    };
    globalThis.clearTimeout = (timer) => {
        fake.timers.delete(timer);
        clear(timer);
    };
    globalThis.fetch = async (request, { signal }) => {
        fake.signal = signal;
        const { status, headers, chunks, end } = answers[fake.requests++];
        fake.bodies.push(await request.text());
        if (end === "none") return nothing();
        const encoder = new TextEncoder();
        const body = new ReadableStream({
            pull(controller) {
                if (chunks.length > 0) return controller.enqueue(encoder.encode(chunks.shift()));
                if (end === "close") return controller.close();
                if (end === "break") return controller.error(new TypeError("broken", { cause: { code: "ECONNRESET" } }));
                return nothing();
            },
            cancel() {
                fake.cancelled += 1;
            },
        }, { highWaterMark: 0 });
        return new Response(body, { status, headers });
    };
    fake.restore = () => Object.assign(globalThis, real);
    return fake;
}"#;

struct Fake {
    fake: JsValue,
}

impl Fake {
    /// `answers` as JSON.
    fn new(answers: &Value) -> Self {
        let make: Function = js_sys::eval(FAKE).unwrap().unchecked_into();
        let answers = JSON::parse(&answers.to_string()).unwrap();
        let fake = make.call1(&JsValue::UNDEFINED, &answers).unwrap();
        Self { fake }
    }

    /// Status 200 and these chunks; then `end`.
    fn answering(chunks: &[&str], end: &str) -> Self {
        Self::new(&json!([{ "status": 200, "headers": {}, "chunks": chunks, "end": end }]))
    }

    fn get(&self, path: &str) -> JsValue {
        path.split('.').fold(self.fake.clone(), |object, name| {
            Reflect::get(&object, &name.into()).unwrap()
        })
    }

    fn count(&self, path: &str) -> f64 {
        self.get(path).as_f64().unwrap()
    }

    /// Aborts when there is nothing more to come.
    fn abort_when_held(&self, abort: impl FnOnce() + 'static) {
        let held = JsFuture::from(self.get("held").unchecked_into::<Promise>());
        spawn_local(async move {
            held.await.unwrap();
            abort();
        });
    }

    /// Nothing is left of what it was asked: no timer, and neither request nor answer.
    fn assert_over(&self) {
        assert_eq!(self.count("timers.size"), 0.0, "a timer runs");
        assert_eq!(self.get("signal.aborted"), JsValue::TRUE);
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        let restore: Function = self.get("restore").unchecked_into();
        restore.call0(&JsValue::UNDEFINED).unwrap();
    }
}

const FINISH: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const BILL: &str =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\n";

fn said(text: &str) -> String {
    format!(
        "data: {}\n\n",
        json!({ "choices": [{ "delta": { "content": text } }] })
    )
}

/// What a chat comes to, and how many events came together each time.
async fn ask(target: Target, abort: &Abort) -> (Result<ChatResult, ChatFailure>, Vec<usize>) {
    ask_and(target, abort, |_| {}).await
}

async fn ask_and(
    target: Target,
    abort: &Abort,
    on_events: impl Fn(&[ChatEvent]) + 'static,
) -> (Result<ChatResult, ChatFailure>, Vec<usize>) {
    let mut draft = Draft::new("moonshotai/Kimi-K2.6", "What is this?");
    draft.media = vec![MediaPart::base64(probe::bytes(PHOTO).unwrap())];
    let data = vec![Some(Data::Blob(blob(&[PHOTO])))];
    let counts = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&counts);
    let outcome = chat(&draft, data, target, 1, abort.clone(), move |events| {
        noted.borrow_mut().push(events.len());
        on_events(events);
    })
    .await;
    (outcome, counts.take())
}

fn target() -> Target {
    Target {
        base_url: "https://example.com/v1".to_owned(),
        ..Target::default()
    }
}

/// Aborts as soon as the test waits for something.
fn abort_next(abort: &Abort) {
    let abort = abort.clone();
    spawn_local(async move { abort.abort() });
}

fn abort_when_held(fake: &Fake, abort: &Abort) {
    let abort = abort.clone();
    fake.abort_when_held(move || abort.abort());
}

fn assert_fails(outcome: Result<ChatResult, ChatFailure>, error: &Error, text: &str) {
    let failure = outcome.unwrap_err();
    assert_eq!(failure.error, *error);
    assert_eq!(failure.partial.unwrap().text, text);
}

#[wasm_bindgen_test]
async fn one_timer_watches_all_chunks_and_events_come_a_chunk_at_a_time() {
    let mut chunks: Vec<_> = (0..500).map(|_| said("a")).collect();
    chunks.push(said("b") + &said("c"));
    chunks.push(": nothing\n\n".to_owned());
    chunks.push(format!("{FINISH}{BILL}data: [DONE]\n\n"));
    let chunks: Vec<_> = chunks.iter().map(String::as_str).collect();
    let fake = Fake::answering(&chunks, "close");
    let (outcome, counts) = ask(target(), &Abort::new(None).unwrap()).await;
    let result = outcome.unwrap();
    assert_eq!(result.text, "a".repeat(500) + "bc");
    assert_eq!(result.usage.unwrap().input_tokens, Some(5));
    assert_eq!(counts[..500], [1; 500]);
    assert_eq!(counts[500..], [2, 2]);
    assert_eq!(fake.count("delays.length"), 1.0);
    fake.assert_over();
}

#[wasm_bindgen_test]
async fn a_signal_is_known_by_its_shape_and_let_go_in_the_end() {
    for none in [JsValue::UNDEFINED, JsValue::NULL] {
        assert!(signal_from_js(&none).unwrap().is_none());
    }
    for wrong in ["({})", "5", "'text'", "({ aborted: false })"] {
        let error = signal_from_js(&js_sys::eval(wrong).unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "signal: it must be an AbortSignal");
    }
    let signal = js_sys::eval(
        "({ aborted: false, count: 0, addEventListener() { this.count += 1; }, removeEventListener() { this.count -= 1; } })",
    )
    .unwrap();
    let count = || Reflect::get(&signal, &"count".into()).unwrap();
    let abort = Abort::new(signal_from_js(&signal).unwrap().as_ref()).unwrap();
    assert_eq!(count(), 1.0);
    let _fake = Fake::answering(&[&said("a"), FINISH, "data: [DONE]\n\n"], "close");
    ask(target(), &abort).await.0.unwrap();
    assert_eq!(count(), 0.0);
}

#[wasm_bindgen_test]
async fn the_signal_of_the_caller_ends_an_answer() {
    let controller = AbortController::new().unwrap();
    let abort = Abort::new(Some(&controller.signal())).unwrap();
    let fake = Fake::answering(&[&said("half")], "hold");
    let (outcome, _) = ask_and(target(), &abort, move |_| controller.abort()).await;
    assert_fails(outcome, &Error::Aborted, "half");
    assert_eq!(fake.count("cancelled"), 1.0);
    fake.assert_over();
}

#[wasm_bindgen_test]
async fn a_chat_ends_when_it_is_aborted_before_and_while_it_is_sent() {
    let fake = Fake::answering(&[], "none");
    let abort = Abort::new(None).unwrap();
    abort_when_held(&fake, &abort);
    assert_fails(ask(target(), &abort).await.0, &Error::Aborted, "");
    assert_fails(ask(target(), &abort).await.0, &Error::Aborted, "");
    assert_eq!(fake.count("requests"), 1.0);
    fake.assert_over();
}

#[wasm_bindgen_test]
async fn a_chat_ends_when_it_is_aborted_while_it_waits_to_try_again() {
    let fake = Fake::new(&json!([
        { "status": 429, "headers": { "retry-after": "20" }, "chunks": [], "end": "close" },
    ]));
    let abort = Abort::new(None).unwrap();
    let retried = abort.clone();
    let (outcome, counts) = ask_and(target(), &abort, move |_| abort_next(&retried)).await;
    assert_fails(outcome, &Error::Aborted, "");
    assert_eq!(counts, [1]);
    assert_eq!(fake.count("requests"), 1.0);
    fake.assert_over();
}

#[wasm_bindgen_test]
async fn a_chat_ends_when_it_is_aborted_in_the_middle_of_its_answer() {
    let fake = Fake::answering(&[&said("half")], "hold");
    let abort = Abort::new(None).unwrap();
    abort_when_held(&fake, &abort);
    assert_fails(ask(target(), &abort).await.0, &Error::Aborted, "half");
    assert_eq!(fake.count("cancelled"), 1.0);
    fake.assert_over();
}

#[wasm_bindgen_test]
async fn an_answer_that_is_complete_stands_when_it_is_aborted() {
    let fake = Fake::answering(&[&said("all"), FINISH], "hold");
    let abort = Abort::new(None).unwrap();
    abort_when_held(&fake, &abort);
    assert_eq!(ask(target(), &abort).await.0.unwrap().text, "all");
    assert_eq!(fake.count("cancelled"), 1.0);
    fake.assert_over();
}

#[wasm_bindgen_test]
async fn a_complete_answer_whose_line_stays_open_is_closed_after_a_while() {
    let fake = Fake::answering(&[&said("all"), FINISH, BILL], "hold");
    let (outcome, _) = ask(target(), &Abort::new(None).unwrap()).await;
    assert_eq!(outcome.unwrap().text, "all");
    let delays = fake.get("delays").unchecked_into::<Array>();
    assert!(delays.iter().any(|ms| ms.as_f64().unwrap() < 2_000.0));
    assert_eq!(fake.count("cancelled"), 1.0);
    fake.assert_over();
}

#[wasm_bindgen_test]
async fn too_long_a_silence_ends_a_chat_and_keeps_what_came() {
    let silence_ms = 100;
    let timeout = Error::Timeout { silence_ms };
    let target = || Target {
        timeout_ms: silence_ms,
        ..target()
    };
    let fake = Fake::answering(&[&said("half")], "hold");
    let (outcome, _) = ask(target(), &Abort::new(None).unwrap()).await;
    assert_fails(outcome, &timeout, "half");
    assert_eq!(fake.count("cancelled"), 1.0);
    fake.assert_over();
    drop(fake);

    let fake = Fake::answering(&[], "none");
    let (outcome, _) = ask(target(), &Abort::new(None).unwrap()).await;
    assert_fails(outcome, &timeout, "");
    fake.assert_over();
}

#[wasm_bindgen_test]
async fn an_answer_that_breaks_off_says_why_and_keeps_what_came() {
    let fake = Fake::answering(&[&said("half")], "break");
    let (outcome, _) = ask(target(), &Abort::new(None).unwrap()).await;
    let message = "the connection broke: broken: ECONNRESET".to_owned();
    assert_fails(outcome, &Error::Network { message }, "half");
    fake.assert_over();
}

#[wasm_bindgen_test]
async fn another_try_sends_the_same_body() {
    let busy =
        json!({ "status": 503, "headers": { "retry-after": "0" }, "chunks": [], "end": "close" });
    let good =
        json!({ "status": 200, "headers": {}, "chunks": [said("a"), FINISH], "end": "close" });
    let fake = Fake::new(&json!([busy, good]));
    let (outcome, _) = ask(target(), &Abort::new(None).unwrap()).await;
    assert_eq!(outcome.unwrap().text, "a");
    let body = fake.get("bodies.0").as_string().unwrap();
    assert!(body.contains(&BASE64_STANDARD.encode(PHOTO)));
    assert_eq!(fake.get("bodies.1").as_string(), Some(body));
    fake.assert_over();
}

#[wasm_bindgen_test]
async fn an_address_that_is_none_is_an_invalid_argument() {
    let target = Target {
        base_url: "http://[".to_owned(),
        ..target()
    };
    let failure = ask(target, &Abort::new(None).unwrap()).await.0.unwrap_err();
    assert_eq!(failure.error.code(), ErrorCode::InvalidArgument);
    assert!(failure.to_string().starts_with("baseUrl: "), "{failure}");
}

#[wasm_bindgen_test]
async fn a_file_behind_an_address_is_read_and_its_signal_let_go() {
    let controller = AbortController::new().unwrap();
    let fake = Fake::answering(&["Dear diary, today"], "hold");
    let options = InspectOptions {
        signal: Some(controller.signal()),
        ..InspectOptions::default()
    };
    let source = Source::Url("https://example.com/a.png".to_owned());
    fake.abort_when_held(move || controller.abort());
    assert_eq!(inspect(&source, &options).await, Err(Error::Aborted));
    assert_eq!(fake.count("cancelled"), 1.0);
    fake.assert_over();
}

// ── Sources ──────────────────────────────────────────────────────────────────────────────────────

#[wasm_bindgen_test]
fn a_source_is_data_a_string_or_a_url_object() {
    let url = |script: &str| match Source::from_js(&js_sys::eval(script).unwrap()) {
        Ok(Source::Url(url)) => url,
        other => panic!("{script}: {other:?}"),
    };
    assert_eq!(url("'photo.jpg'"), "photo.jpg");
    assert_eq!(
        url("new URL('https://example.com/a')"),
        "https://example.com/a"
    );
    let data = Source::from_js(&Uint8Array::from(PHOTO)).unwrap();
    assert!(matches!(data, Source::Data(Data::Bytes(_))));
    for wrong in ["5", "null", "undefined", "({})", "new Float64Array(8)"] {
        let error = Source::from_js(&js_sys::eval(wrong).unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "source: it must be a Blob, an ArrayBuffer, a Uint8Array, a URL or a string"
        );
    }
}

#[wasm_bindgen_test]
async fn a_buffer_that_was_transferred_and_a_view_of_it_are_empty() {
    let array = Uint8Array::from(PHOTO);
    let view = Data::from_js(&array).unwrap();
    let buffer = array.buffer();
    let transfer: Function =
        js_sys::eval("(buffer) => structuredClone(buffer, { transfer: [buffer] })")
            .unwrap()
            .unchecked_into();
    transfer.call1(&JsValue::UNDEFINED, &buffer).unwrap();
    for data in [view, Data::from_js(&buffer).unwrap()] {
        assert_eq!(data.read(0..100).await, Ok(Vec::new()));
        let error = facts(Source::Data(data)).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::Truncated);
    }
}
