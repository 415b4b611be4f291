//! The built program as a web service, run natively.
#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use workload::checksum::Checksum;
use workload::http::request::Request;
use workload::http::response::{Response, body_of};
use workload::protocol::Line;
use workload::work::answer;

/// What `serve` says to this input and its end.
fn served(input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_workload"))
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It may have ended before it has read everything.
    stdin.write_all(input.as_bytes()).ok();
    drop(stdin);
    child.wait_with_output().unwrap()
}

#[test]
fn serve_answers_request_after_request_and_ends_with_the_one_that_closes() {
    let request = |number, closes| Request { number, closes }.to_text();
    let input = request(7, false) + &request(8, true) + &request(9, false);
    let output = served(&input);
    assert!(output.status.success());
    let mut rest = output.stdout.strip_prefix(b"main\nready\n").unwrap();
    let mut sum = Checksum::default();
    for (number, closes) in [(7, false), (8, true)] {
        let (response, length) = Response::parse(rest).unwrap().unwrap();
        assert_eq!((response.status, response.closes), (200, closes));
        assert_eq!(response.body, body_of(answer(number)).as_bytes());
        sum.add(answer(number));
        rest = &rest[length..];
    }
    let done = Line::Done {
        checksum: sum.value(),
    };
    assert_eq!(String::from_utf8_lossy(rest), format!("{done}\n"));
}

#[test]
fn serve_ends_well_between_requests_and_badly_inside_of_one() {
    assert!(served("\n").status.success());
    let request = "GET /units/7 HTTP/1.1\r\nHost: a\r\n\r\n";
    for (input, complaint) in [
        (&request[..30], "the input ends in a request"),
        (
            "POST /units/7 HTTP/1.1\r\nHost: a\r\n\r\n",
            "501 Not Implemented",
        ),
    ] {
        let output = served(&(request.to_owned() + input));
        assert!(!output.status.success(), "{input:?}");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(told.contains("HTTP/1.1 200 OK"), "{told}");
        assert!(told.lines().last().unwrap().contains(complaint), "{told}");
    }
}
