//! What the endpoint does wrong when it is asked to.

use super::*;
use tilewise::stream::session::DEFAULT_TIMEOUT_MS;
use tilewise_endpoint::ID_HEADER;

/// The answer to a good request for a stream that asks for a fault.
async fn faulty(fault: &str) -> Response<HttpBody> {
    send(&endpoint(), body(&draft(model())), &[(FAULT_HEADER, fault)]).await
}

/// What the same request gets without a fault.
async fn proper() -> ChatResult {
    read(send(&endpoint(), body(&draft(model())), &[]).await)
        .await
        .0
}

#[tokio::test]
async fn an_unknown_fault_is_refused() {
    for fault in [
        "",
        "boredom",
        "status",
        "status-100",
        "status-600",
        "status-503;retry-after=soon",
        "redirect-200",
        "cut-",
        "pieces-0",
        "stepwise",
        "huge-999999999999",
        "no-done,boredom",
    ] {
        let response = faulty(fault).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{fault}");
        let answer = json(response).await;
        assert_eq!(answer["error"]["code"], "invalid_fault", "{fault}");
    }
}

#[tokio::test]
async fn a_fault_of_streams_is_refused_where_no_stream_is_asked_for() {
    for fault in [
        "drop",
        "error-in-stream",
        "no-done",
        "crlf",
        "bytewise",
        "json",
    ] {
        let response = send(&endpoint(), with(json!({})), &[(FAULT_HEADER, fault)]).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{fault}");
    }
}

#[tokio::test]
async fn status_429_says_when_to_come_back() {
    let response = faulty("status-429").await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    assert_eq!(json(response).await["error"]["type"], "rate_limit_error");
}

#[tokio::test]
async fn status_500_is_an_error_with_a_body() {
    let response = faulty("status-500").await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(json(response).await["error"]["type"], "server_error");
}

#[tokio::test]
async fn status_503_once_fails_the_first_request_of_each_identifier() {
    let router = endpoint();
    let attempt = async |id: &str| {
        let headers = [(FAULT_HEADER, "status-503-once"), (ID_HEADER, id)];
        send(&router, body(&draft(model())), &headers)
            .await
            .status()
            .as_u16()
    };
    assert_eq!(
        [attempt("a").await, attempt("a").await, attempt("a").await],
        [503, 200, 200]
    );
    assert_eq!([attempt("b").await, attempt("b").await], [503, 200]);
    assert_eq!(
        faulty("status-503-once").await.status(),
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn html_is_a_page() {
    let response = faulty("html").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(content_type(&response).starts_with("text/html"));
    assert!(bytes(response).await.starts_with(b"<!doctype html>"));
}

#[tokio::test]
async fn json_is_the_answer_in_one_piece() {
    let response = faulty("json").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(content_type(&response), "application/json");
    let answer = json(response).await;
    assert_eq!(answer["object"], "chat.completion");
    assert_eq!(
        answer["choices"][0]["message"]["content"],
        json!(proper().await.text)
    );
}

#[tokio::test(start_paused = true)]
async fn drop_breaks_the_answer_after_a_few_words() {
    let mut body = faulty("drop").await.into_body().into_data_stream();
    let mut chat = Chat::new();
    let mut events = Vec::new();
    let broken = loop {
        match body.next().await.unwrap() {
            Ok(chunk) => chat.push(&chunk, &mut events).unwrap(),
            Err(error) => break error,
        }
    };
    assert!(!broken.to_string().is_empty());
    assert!(proper().await.text.starts_with(&chat.result().text));
    assert!(!chat.result().text.is_empty());
    assert!(chat.finish(&mut events).is_err());
}

#[tokio::test]
async fn error_in_stream_tells_an_error_after_a_few_words() {
    let text = bytes(faulty("error-in-stream").await).await;
    let mut chat = Chat::new();
    let error = chat.push(&text, &mut Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), format!("{FAULT_HEADER} asked for this."));
    assert!(proper().await.text.starts_with(&chat.result().text));
    assert!(!chat.result().text.is_empty() && !chat.is_done());
}

#[tokio::test]
async fn no_done_ends_after_the_finish_reason() {
    let text = bytes(faulty("no-done").await).await;
    let mut chat = Chat::new();
    let mut events = Vec::new();
    chat.push(&text, &mut events).unwrap();
    assert!(!chat.is_done());
    chat.finish(&mut events).unwrap();
    assert_eq!(*chat.result(), proper().await);
}

#[tokio::test(start_paused = true)]
async fn silence_lasts_longer_than_a_client_waits() {
    let response = faulty("silence").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(content_type(&response), "text/event-stream");
    let mut body = response.into_body().into_data_stream();
    let patience = Duration::from_millis(2 * u64::from(DEFAULT_TIMEOUT_MS));
    assert!(tokio::time::timeout(patience, body.next()).await.is_err());
}

#[tokio::test]
async fn crlf_is_the_same_stream_in_another_dress() {
    let text = bytes(faulty("crlf").await).await;
    assert!(text.starts_with(b"\xef\xbb\xbf: "));
    let text = String::from_utf8(text.to_vec()).unwrap();
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(text.matches("\r\n: ").count() > 2);
    assert_eq!(read(faulty("crlf").await).await.0, proper().await);
}

#[tokio::test]
async fn bytewise_is_one_byte_a_chunk() {
    let chunks: Vec<_> = faulty("bytewise")
        .await
        .into_body()
        .into_data_stream()
        .collect()
        .await;
    assert!(chunks.len() > 1_000);
    assert!(
        chunks
            .iter()
            .all(|chunk| chunk.as_ref().unwrap().len() == 1)
    );
    assert_eq!(read(faulty("bytewise").await).await.0, proper().await);
}

/// The events of an answer as text.
async fn events_of(fault: &str) -> Vec<String> {
    let text = String::from_utf8(bytes(faulty(fault).await).await.to_vec()).unwrap();
    let events = text.split_terminator("\n\n");
    events
        .map(|event| event.strip_prefix("data: ").unwrap().to_owned())
        .collect()
}

/// What a client makes of a stream that goes wrong, and the error.
async fn read_error(fault: &str) -> (ChatResult, tilewise::error::Error) {
    let mut chat = Chat::new();
    let text = bytes(faulty(fault).await).await;
    let error = chat.push(&text, &mut Vec::new()).unwrap_err();
    (chat.result().clone(), error)
}

async fn request(router: &Router, method: &str, path: &str) -> Response<HttpBody> {
    let request = Request::builder().method(method).uri(path);
    let request = request.header(header::ORIGIN, "https://example.com");
    let body = if method == "POST" {
        body(&draft(model())).into()
    } else {
        HttpBody::empty()
    };
    (router.clone())
        .oneshot(request.body(body).unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn every_status_can_be_had_of_a_completion_and_of_the_list() {
    for status in (200..=599).filter(|status| StatusCode::from_u16(*status).is_ok()) {
        let response = faulty(&format!("status-{status}")).await;
        assert_eq!(response.status().as_u16(), status);
        let path = format!("/faults/status-{status}/v1/models");
        let response = request(&endpoint(), "GET", &path).await;
        assert_eq!(response.status().as_u16(), status);
    }
}

#[tokio::test]
async fn a_status_that_has_no_body_announces_none() {
    for status in [204, 205, 304] {
        let fault = format!("{FAULT_HEADER}: status-{status}\r\n");
        let answer = exchange(http("{}", &fault)).await.to_ascii_lowercase();
        let length = answer
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        assert!(length.is_none_or(|length| length == "0"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn retry_after_comes_in_seconds_as_a_date_or_not() {
    let retry_after = async |fault: &str| {
        let response = faulty(fault).await;
        let value = response.headers().get(header::RETRY_AFTER)?;
        Some(value.to_str().unwrap().to_owned())
    };
    assert_eq!(retry_after("status-503").await, None);
    assert_eq!(retry_after("status-429;retry-after=none").await, None);
    let seconds = retry_after("status-503;retry-after=7").await;
    assert_eq!(seconds.as_deref(), Some("7"));
    let date = retry_after("status-503;retry-after-date=7").await.unwrap();
    assert!(date.ends_with(" GMT") && date.len() == 29, "{date}");
}

#[tokio::test]
async fn a_status_that_comes_once_can_be_told_apart_without_a_header() {
    let router = endpoint();
    let path = "/faults/status-502-once;id=a/v1/chat/completions";
    let statuses = [
        request(&router, "POST", path).await.status().as_u16(),
        request(&router, "POST", path).await.status().as_u16(),
    ];
    assert_eq!(statuses, [502, 200]);
}

#[tokio::test]
async fn a_path_names_faults_and_wins_over_the_header() {
    let router = endpoint();
    let path = "/faults/status-500/v1/chat/completions";
    assert_eq!(request(&router, "POST", path).await.status(), 500);

    let asked =
        Request::post("/faults/none/v1/chat/completions").header(FAULT_HEADER, "status-500");
    let asked = asked.body(HttpBody::from(body(&draft(model())))).unwrap();
    assert_eq!(router.clone().oneshot(asked).await.unwrap().status(), 200);

    let path = "/faults/content-type-text%2Fplain/v1/chat/completions";
    let response = request(&router, "POST", path).await;
    assert_eq!(content_type(&response), "text/plain");
    let path = "/faults/boredom/v1/models";
    assert_eq!(request(&router, "GET", path).await.status(), 400);
}

#[tokio::test]
async fn faults_happen_from_left_to_right() {
    let response = faulty("no-done,crlf,cut-300,content-type-none").await;
    assert!(!response.headers().contains_key(header::CONTENT_TYPE));
    let pieces: Vec<_> = response.into_body().into_data_stream().collect().await;
    let (end, pieces) = pieces.split_last().unwrap();
    assert!(end.is_err());
    let bytes = pieces.iter().flat_map(|piece| piece.as_ref().unwrap());
    let bytes: Vec<_> = bytes.copied().collect();
    assert_eq!(bytes.len(), 300);
    assert!(bytes.starts_with(b"\xef\xbb\xbf: a comment\r\n"));
}

#[tokio::test]
async fn a_redirect_leads_to_the_same_address_without_faults() {
    let location = async |fault: &str| {
        let response = faulty(fault).await;
        let location = response.headers()[header::LOCATION].to_str().unwrap();
        (response.status().as_u16(), location.to_owned())
    };
    let path = "/faults/none/v1/chat/completions";
    assert_eq!(location("redirect-307").await, (307, path.to_owned()));
    assert_eq!(location("redirect-302").await, (302, path.to_owned()));
    let elsewhere = location("redirect-307;to=http://example.com").await;
    assert_eq!(elsewhere, (307, format!("http://example.com{path}")));
    // What a client makes of 302: the endpoint has nothing to say to it.
    assert_eq!(request(&endpoint(), "GET", path).await.status(), 405);
}

#[tokio::test]
async fn html_comes_with_any_status() {
    let response = faulty("html-502").await;
    assert_eq!(response.status(), 502);
    assert!(content_type(&response).starts_with("text/html"));
}

#[tokio::test]
async fn an_error_object_comes_as_json_with_status_200() {
    let response = faulty("error-object").await;
    assert_eq!(response.status(), 200);
    assert_eq!(json(response).await["error"]["code"], "internal_error");
}

#[tokio::test(start_paused = true)]
async fn hang_is_no_answer_for_longer_than_a_client_waits() {
    let patience = Duration::from_millis(2 * u64::from(DEFAULT_TIMEOUT_MS));
    let answer = tokio::time::timeout(patience, faulty("hang")).await;
    assert!(answer.is_err());
}

#[tokio::test]
async fn an_error_object_comes_wherever_it_is_wanted() {
    let (result, error) = read_error("error-first").await;
    assert_eq!(error.to_string(), format!("{FAULT_HEADER} asked for this."));
    assert_eq!((result.text.as_str(), result.reasoning.as_str()), ("", ""));

    let (result, _) = read_error("error-after-finish").await;
    assert_eq!(result.text, proper().await.text);
    assert_eq!(result.finish_reason.as_deref(), Some("stop"));

    let events = events_of("error-after-done").await;
    let [.., done, error] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(done, "[DONE]");
    assert!(error.starts_with("{\"error\":"), "{error}");
}

#[tokio::test]
async fn text_after_done_is_a_delta_that_nobody_should_read() {
    let events = events_of("text-after-done").await;
    let [.., done, delta] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(done, "[DONE]");
    assert!(delta.contains("Nobody should read this."), "{delta}");
}

#[tokio::test]
async fn a_huge_event_is_as_long_as_it_was_asked_to_be() {
    for length in [1_000, 100_000] {
        let events = events_of(&format!("huge-{length}")).await;
        let longest = events.iter().map(String::len).max();
        assert_eq!(longest, Some(length));
    }
    let result = read(faulty("huge-100000").await).await.0;
    let text = proper().await.text;
    assert_eq!(result.text.trim_end_matches('x'), text);
}

#[tokio::test]
async fn usage_comes_where_it_is_wanted() {
    let places = async |fault: &str| {
        let events = events_of(fault).await;
        let chunks = events.iter().filter(|event| *event != "[DONE]");
        let chunks: Vec<Value> = chunks
            .map(|chunk| serde_json::from_str(chunk).unwrap())
            .collect();
        let count = |place: &str| {
            let found = chunks.iter().filter_map(|chunk| chunk.pointer(place));
            found.count()
        };
        (count("/usage"), count("/choices/0/usage"))
    };
    assert_eq!(places("none").await, (1, 1));
    assert_eq!(places("no-usage").await, (0, 0));
    assert_eq!(places("choice-usage").await, (0, 1));
    assert_eq!(places("doubled-usage").await, (2, 1));
}

#[tokio::test]
async fn several_choices_are_two_in_each_chunk() {
    let events = events_of("several-choices").await;
    let first: Value = serde_json::from_str(&events[0]).unwrap();
    assert_eq!(first["choices"][1]["index"], 1);
}

#[tokio::test]
async fn a_refusal_is_the_same_words_elsewhere() {
    let events = events_of("refusal").await;
    assert!(events.iter().all(|event| !event.contains("\"content\"")));
    let result = read(faulty("refusal").await).await.0;
    assert_eq!(result.text, proper().await.text);
}

#[tokio::test]
async fn tool_calls_come_in_pieces_with_and_without_index() {
    for (fault, places) in [("tool-calls", 4), ("tool-calls-no-index", 0)] {
        let (result, events) = read(faulty(fault).await).await;
        assert_eq!(result.finish_reason.as_deref(), Some("tool_calls"));
        let mut calls = [String::new(), String::new()];
        for event in events {
            if let ChatEvent::ToolCall {
                index, arguments, ..
            } = event
            {
                calls[index as usize].push_str(&arguments);
            }
        }
        assert_eq!(calls, ["{\"side\":\"left\"}", "{\"side\":\"right\"}"]);
        let texts = events_of(fault).await;
        let indexed = texts.iter().filter(|text| {
            text.contains("\"tool_calls\":[{") && text.matches("\"index\":").count() == 2
        });
        assert_eq!(indexed.count(), places, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_breaks_or_falls_silent_at_any_byte() {
    let whole = bytes(faulty("none").await).await;
    for length in [0, 1, 500] {
        let ended = bytes(faulty(&format!("end-{length}")).await).await;
        assert_eq!(ended.len(), length);

        let broken = faulty(&format!("cut-{length}")).await;
        let pieces: Vec<_> = broken.into_body().into_data_stream().collect().await;
        let (last, pieces) = pieces.split_last().unwrap();
        assert!(last.is_err());
        let pieces: Vec<_> = pieces.iter().map(|piece| piece.as_ref().unwrap()).collect();
        let sent: usize = pieces.iter().map(|piece| piece.len()).sum();
        assert_eq!(sent, length);
        if let Some(first) = pieces.first() {
            assert_eq!(first[0], whole[0]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn silence_can_come_behind_some_bytes() {
    let mut body = faulty("silence-500").await.into_body().into_data_stream();
    let patience = Duration::from_millis(2 * u64::from(DEFAULT_TIMEOUT_MS));
    let mut length = 0;
    while let Ok(piece) = tokio::time::timeout(patience, body.next()).await {
        length += piece.unwrap().unwrap().len();
    }
    assert_eq!(length, 500);
}

#[tokio::test(start_paused = true)]
async fn all_of_an_answer_can_come_without_an_end() {
    let whole = bytes(faulty("none").await).await;
    let patience = Duration::from_millis(2 * u64::from(DEFAULT_TIMEOUT_MS));
    let mut held = faulty("hold").await.into_body().into_data_stream();
    let mut length = 0;
    while let Ok(piece) = tokio::time::timeout(patience, held.next()).await {
        length += piece.unwrap().unwrap().len();
    }
    assert_eq!(length, whole.len());

    let mut beating = faulty("beats").await.into_body().into_data_stream();
    let mut beats = 0;
    while beats < 100 {
        let piece = beating.next().await.unwrap().unwrap();
        beats += usize::from(piece.starts_with(b": still here"));
    }

    let broken = faulty("reset").await.into_body().into_data_stream();
    let pieces: Vec<_> = broken.collect().await;
    let (last, pieces) = pieces.split_last().unwrap();
    assert!(last.is_err());
    let sent: usize = (pieces.iter())
        .map(|piece| piece.as_ref().unwrap().len())
        .sum();
    assert_eq!(sent, whole.len());
}

#[tokio::test]
async fn heartbeats_change_nothing_of_an_answer() {
    let text = bytes(faulty("heartbeats").await).await;
    let text = String::from_utf8(text.to_vec()).unwrap();
    assert!(text.contains("event: progress") && text.contains("data: null"));
    assert_eq!(read(faulty("heartbeats").await).await.0, proper().await);
}

#[tokio::test]
async fn an_answer_can_be_an_error_within_the_choice_or_nothing_at_all() {
    let events = events_of("choice-error").await;
    let chunk: Value = serde_json::from_str(&events[events.len() - 2]).unwrap();
    let choice = &chunk["choices"][0];
    assert_eq!(choice["error"]["code"], "internal_error");
    assert_eq!(choice["finish_reason"], "error");
    assert_eq!(events_of("done-only").await, ["[DONE]"]);
    let text = bytes(faulty("text").await).await;
    assert_eq!(&*text, b"upstream connect error");
}

#[tokio::test(start_paused = true)]
async fn slow_is_a_pause_before_each_piece() {
    let started = tokio::time::Instant::now();
    let pieces: Vec<_> = (faulty("slow-250").await.into_body().into_data_stream())
        .collect()
        .await;
    let pauses = u32::try_from(pieces.len()).unwrap();
    assert_eq!(started.elapsed(), Duration::from_millis(250) * pauses);
}

#[tokio::test(start_paused = true)]
async fn stepwise_sends_as_many_pieces_as_are_asked_for() {
    let router = endpoint();
    let step = async |count: u16| {
        let response = request(&router, "POST", &format!("/steps/a/{count}")).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
    };
    let headers = [(FAULT_HEADER, "stepwise;id=a")];
    let answer = send(&router, body(&draft(model())), &headers).await;
    let mut pieces = answer.into_body().into_data_stream();
    let patience = Duration::from_secs(60);
    for _ in 0..2 {
        let held = tokio::time::timeout(patience, pieces.next()).await;
        assert!(held.is_err());
        step(1).await;
        let piece = pieces.next().await.unwrap().unwrap();
        assert!(piece.starts_with(b"data: ") && piece.ends_with(b"\n\n"));
    }
    // As well before they are waited for.
    step(1_000).await;
    let rest: Vec<_> = pieces.collect().await;
    assert_eq!(rest.last().unwrap().as_ref().unwrap(), "data: [DONE]\n\n");
}

#[tokio::test]
async fn pieces_have_the_length_that_was_asked_for() {
    let pieces: Vec<_> = (faulty("pieces-7").await.into_body().into_data_stream())
        .collect()
        .await;
    let (_, full) = pieces.split_last().unwrap();
    assert!(full.iter().all(|piece| piece.as_ref().unwrap().len() == 7));
}

#[tokio::test]
async fn a_broken_event_is_no_json() {
    let events = events_of("broken-event").await;
    let broken = events
        .iter()
        .filter(|event| *event != "[DONE]" && serde_json::from_str::<Value>(event).is_err());
    assert_eq!(broken.count(), 1);
}

#[tokio::test]
async fn gzip_is_the_same_stream_compressed() {
    let response = faulty("gzip").await;
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
    let compressed = bytes(response).await;
    let mut text = String::new();
    let mut decoder = flate2::read::GzDecoder::new(&*compressed);
    std::io::Read::read_to_string(&mut decoder, &mut text).unwrap();
    assert!(text.ends_with("data: [DONE]\n\n"));
}

#[tokio::test]
async fn the_list_of_models_goes_wrong_too() {
    let list = async |fault: &str| {
        let path = format!("/faults/{fault}/v1/models");
        let text = bytes(request(&endpoint(), "GET", &path).await).await;
        serde_json::from_slice::<Value>(&text)
    };
    let proper = list("none").await.unwrap();
    let models = proper["data"].as_array().unwrap().len();

    let more = list("unknown-model").await.unwrap();
    let unknown = &more["data"][models];
    let id = unknown["id"].as_str().unwrap();
    assert!(find(id).is_none());
    assert!(unknown["pricing"]["prompt"].is_string());

    let unpriced = list("no-pricing").await.unwrap();
    assert!(unpriced["data"][0].get("pricing").is_none());

    let other = list("other-prices").await.unwrap();
    assert_ne!(other["data"][0]["pricing"], proper["data"][0]["pricing"]);
    assert_ne!(
        other["data"][0]["context_length"],
        proper["data"][0]["context_length"]
    );
    assert!(list("broken-list").await.is_err());
    // What can only happen to a stream leaves the list alone.
    assert_eq!(list("no-done,slow-10").await.unwrap(), proper);
}

#[tokio::test]
async fn pages_of_other_origins_are_let_in_or_kept_out_by_a_fault() {
    let allows = async |allow_origin: bool, method: &str, fault: &str| {
        let router = router(Options {
            allow_origin,
            ..Options::default()
        });
        let path = format!("/faults/{fault}/v1/chat/completions");
        let response = request(&router, method, &path).await;
        let headers = response.headers();
        headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN)
    };
    for method in ["OPTIONS", "POST"] {
        assert!(allows(true, method, "none").await);
        assert!(!allows(true, method, "no-cors").await);
        assert!(!allows(false, method, "none").await);
        assert!(allows(false, method, "cors,status-500").await);
    }
}
