use workload::http::response::to_text;

use super::*;

/// The right answer to a request.
fn answer(request: &str) -> Vec<u8> {
    let (request, length) = Request::parse(request.as_bytes()).unwrap().unwrap();
    assert_eq!(length, request.to_text().len());
    let body = body_of(work::answer(request.number));
    to_text(OK, request.closes, &body).into_bytes()
}

#[test]
fn an_idle_instance_is_asked_and_a_busy_one_is_not() {
    let mut ledger = Ledger::new(2);
    ledger.begin(3, false);
    let first = ledger.ask(0, 100).unwrap();
    assert_eq!(ledger.ask(0, 110), None, "it is busy");
    let second = ledger.ask(1, 120).unwrap();
    assert_ne!(first, second);

    // The second one is faster, and gets the third request.
    assert_eq!(
        ledger.take(1, &answer(&second), 150),
        Ok(answer(&second).len())
    );
    let third = ledger.ask(1, 160).unwrap();
    assert_eq!(
        ledger.take(1, &answer(&third), 200),
        Ok(answer(&third).len())
    );
    assert_eq!(ledger.ask(1, 210), None, "there is no fourth");
    assert!(!ledger.is_over() && ledger.is_due(0) && !ledger.is_due(1));

    assert_eq!(
        ledger.take(0, &answer(&first), 400),
        Ok(answer(&first).len())
    );
    assert!(ledger.is_over());
    assert_eq!(ledger.latencies_ns(), [30.0, 40.0, 300.0]);
    assert_eq!(ledger.shares(), [1, 2]);
}

#[test]
fn an_answer_that_comes_in_pieces_is_waited_for() {
    let mut ledger = Ledger::new(1);
    ledger.begin(1, false);
    let whole = answer(&ledger.ask(0, 0).unwrap());
    for cut in 0..whole.len() {
        assert_eq!(ledger.take(0, &whole[..cut], 5), Ok(0), "{cut}");
    }
    assert!(ledger.is_due(0));
    assert_eq!(ledger.take(0, &whole, 9), Ok(whole.len()));
    assert_eq!(ledger.latencies_ns(), [9.0]);
}

#[test]
fn what_is_not_the_answer_is_a_failure() {
    let asked = || {
        let mut ledger = Ledger::new(1);
        ledger.begin(2, false);
        let request = ledger.ask(0, 0).unwrap();
        (ledger, request)
    };
    let body = body_of(work::answer(0));
    for (said, reason) in [
        (to_text(OK, false, &body_of(work::answer(1))), "wrongly"),
        (to_text(OK, true, &body), "wrongly"),
        (to_text(OK, false, ""), "wrongly"),
        (to_text((400, "Bad Request"), true, ""), "refused"),
        (
            "done checksum=0123456789abcdef\r\n\r\n".to_owned(),
            "isn't HTTP",
        ),
    ] {
        let failure = asked().0.take(0, said.as_bytes(), 1).unwrap_err();
        assert!(failure.reason().contains(reason), "{said:?}: {failure}");
    }
    let (mut ledger, request) = asked();
    let right = answer(&request);
    ledger.take(0, &right, 1).unwrap();
    let failure = ledger.take(0, &right, 2).unwrap_err();
    assert!(failure.reason().contains("unasked"), "{failure}");
}

#[test]
fn each_beginning_counts_anew_and_the_checksum_is_that_of_a_life() {
    let mut ledger = Ledger::new(1);
    let mut sum = Checksum::default();
    for (requests, closes) in [(1, false), (3, false), (1, true)] {
        ledger.begin(requests, closes);
        while let Some(request) = ledger.ask(0, 0) {
            assert_eq!(request.contains("Connection: close"), closes);
            ledger.take(0, &answer(&request), 1).unwrap();
            let (request, _) = Request::parse(request.as_bytes()).unwrap().unwrap();
            sum.add(work::answer(request.number));
        }
        assert!(ledger.is_over());
        assert_eq!(ledger.shares(), [requests]);
    }
    assert_eq!(ledger.checksum(0), sum.value());
}
