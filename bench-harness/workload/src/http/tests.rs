use proptest::prelude::*;
use std::string::{String, ToString};
use std::vec::Vec;

use super::request::{Refusal, Request};
use super::response::{self, NotHttp, Response};

fn refusal(text: &str) -> Refusal {
    Request::parse(text.as_bytes()).unwrap_err()
}

#[test]
fn a_request_is_read_with_whatever_fields_a_client_adds() {
    let text = "\r\nGET /units/7 HTTP/1.1\r\nhost:\tisolab \r\nAccept: */*\r\n\
                Connection: keep-alive, Close\r\nContent-Length: 0\r\n\r\nGET";
    let expected = Request {
        number: 7,
        closes: true,
    };
    assert_eq!(
        Request::parse(text.as_bytes()),
        Ok(Some((expected, text.len() - 3)))
    );
}

#[test]
fn a_request_that_could_hide_another_one_is_refused() {
    let with = |field: &str| std::format!("GET /units/7 HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n");
    for field in [
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        "Content-Length : 0",
        " folded: line",
        "no colon",
        ": no name",
        "Host: b",
        "A: b\nC: d",
        "A: b\rC: d",
        "A: ü",
    ] {
        assert_eq!(refusal(&with(field)), Refusal::BadRequest, "{field:?}");
    }
}

#[test]
fn what_is_not_served_is_told_by_a_status() {
    let request = |first_line: &str| std::format!("{first_line}\r\nHost: a\r\n\r\n");
    for (first_line, expected) in [
        ("GET /units/+7 HTTP/1.1", Refusal::NotFound),
        ("GET /units/ HTTP/1.1", Refusal::NotFound),
        (
            "GET /units/18446744073709551616 HTTP/1.1",
            Refusal::NotFound,
        ),
        ("GET / HTTP/1.1", Refusal::NotFound),
        ("POST /units/7 HTTP/1.1", Refusal::NotImplemented),
        ("GET /units/7 HTTP/1.0", Refusal::VersionNotSupported),
        ("GET /units/7 HTTP/2", Refusal::VersionNotSupported),
        ("GET  /units/7 HTTP/1.1", Refusal::BadRequest),
        ("GET /units/7", Refusal::BadRequest),
        ("hello", Refusal::BadRequest),
    ] {
        assert_eq!(refusal(&request(first_line)), expected, "{first_line}");
    }
    let without_host = "GET /units/7 HTTP/1.1\r\n\r\n";
    assert_eq!(refusal(without_host), Refusal::BadRequest);
}

#[test]
fn a_head_without_an_end_is_refused_at_its_limit() {
    let endless = "GET /units/7 HTTP/1.1\r\nHost: a\r\nA: ".to_string() + &"b".repeat(2000);
    assert_eq!(Request::parse(&endless.as_bytes()[..1024]), Ok(None));
    assert_eq!(refusal(&endless), Refusal::FieldsTooLarge);
    // Empty lines are skipped, but not for ever.
    assert_eq!(refusal(&"\r\n".repeat(600)), Refusal::FieldsTooLarge);
}

#[test]
fn an_answer_without_one_clear_length_is_none() {
    for text in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 4097\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "done checksum=0123456789abcdef\r\n\r\n",
    ] {
        assert_eq!(Response::parse(text.as_bytes()), Err(NotHttp), "{text:?}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_wherever_it_is_cut(
        number: u64, closes: bool, status in 100_u16..1000, body in "[ -~]{0,40}", cut in 0.0..1.0_f64,
    ) {
        let at = |text: &str| (text.len() as f64 * cut) as usize;
        let request = Request { number, closes };
        let text = request.to_text();
        prop_assert_eq!(Request::parse(&text.as_bytes()[..at(&text)]), Ok(None));
        prop_assert_eq!(Request::parse((text.clone() + &text).as_bytes()), Ok(Some((request, text.len()))));

        let text = response::to_text((status, "Words of it"), closes, &body);
        let expected = Response { status, closes, body: body.as_bytes() };
        prop_assert_eq!(Response::parse(&text.as_bytes()[..at(&text)]), Ok(None));
        let more = text.clone() + "done";
        prop_assert_eq!(Response::parse(more.as_bytes()), Ok(Some((expected, text.len()))));
    }

    #[test]
    fn no_bytes_make_a_reader_panic_or_claim_more_than_there_are(
        words in prop::collection::vec(
            prop_oneof![
                Just("GET /units/7 HTTP/1.1"), Just("HTTP/1.1 200 OK"), Just("\r\n"), Just("Host: a"),
                Just("Content-Length: "), Just("18446744073709551615"), Just(":"), Just(" "), Just("\r"),
            ].prop_map(|word| word.as_bytes().to_vec()).boxed().prop_union(prop::collection::vec(any::<u8>(), 0..9).boxed()),
            0..12,
        ),
    ) {
        let bytes: Vec<u8> = words.concat();
        let told = String::from_utf8_lossy(&bytes);
        if let Ok(Some((_, length))) = Request::parse(&bytes) {
            prop_assert!(length <= bytes.len(), "{told:?}");
        }
        if let Ok(Some((_, length))) = Response::parse(&bytes) {
            prop_assert!(length <= bytes.len(), "{told:?}");
        }
    }
}
