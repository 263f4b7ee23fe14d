//! The browser's adapters, in a browser.
#![cfg(test)]
#![cfg(target_arch = "wasm32")]

use base64::{Engine, prelude::BASE64_STANDARD};
use js_sys::{Array, Uint8Array};
use tilewise::catalog::BASE_URL;
use tilewise::error::{Code, Error};
use tilewise::media::MediaFacts;
use tilewise::probe;
use tilewise::request::{Draft, MediaPart, Target};
use tilewise::stream::session::{Endpoint, Session};
use tilewise::web::{Abort, Data, FetchEndpoint, InspectOptions, Source, inspect};
use wasm_bindgen::JsCast;
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
        ("photo.jpg", Code::InvalidArgument),
        ("ftp://example.com/a.png", Code::InvalidArgument),
        ("data:image/png;base64", Code::InvalidArgument),
        ("data:image/png;base64,*", Code::InvalidArgument),
        ("data:text/plain,hello%20there", Code::UnsupportedFormat),
        ("data:,", Code::Truncated),
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
    let started = js_sys::Date::now();
    let later = abort.clone();
    wasm_bindgen_futures::spawn_local(async move {
        tilewise::web::sleep(50).await;
        later.abort();
    });
    assert_eq!(endpoint.wait(60_000).await, Err(Error::Aborted));
    assert!(js_sys::Date::now() - started < 5_000.0);
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
        assert_eq!(error.code(), Code::InvalidArgument, "{key:?}");
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
    assert_eq!(error.code(), Code::Network);
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
