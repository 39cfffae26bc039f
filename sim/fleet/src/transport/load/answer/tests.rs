//! The answer parser on any bytes in any pieces.

use proptest::prelude::*;

use super::*;

const BODY_BYTES_MAX: usize = 1_000;

/// What came of an answer: status, headers, body, whether reusable, and how many bytes of all
/// were left; or the cause of the failure.
type Outcome = Result<(u16, Vec<(String, String)>, Vec<u8>, bool, usize), FailureCause>;

fn parse(bytes: &[u8], cuts: &[usize], method: &str) -> Outcome {
    let mut parser = AnswerParser::new(method, true, BODY_BYTES_MAX);
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    for pair in cuts.windows(2) {
        match parser.feed(&bytes[pair[0]..pair[1]]).map_err(|why| why.cause)? {
            Fed::More => {}
            Fed::Whole { unused } => {
                let left = bytes.len() - pair[1] + unused;
                return Ok(outcome(parser, left));
            }
        }
        assert!(parser.head.len() <= HEAD_BYTES_MAX + bytes.len().min(20_000));
        assert!(parser.received.body.capacity() <= RESERVED_BYTES_MAX);
    }
    parser.end(true).map_err(|why| why.cause)?;
    Ok(outcome(parser, 0))
}

fn outcome(
    parser: AnswerParser,
    left: usize,
) -> (u16, Vec<(String, String)>, Vec<u8>, bool, usize) {
    let keep_alive = parser.keeps_alive();
    let received = parser.into_received();
    (received.status, received.headers, received.body, keep_alive, left)
}

fn whole(text: &str) -> (u16, String, bool, usize) {
    let (status, _, body, keep_alive, left) = parse(text.as_bytes(), &[], "POST").unwrap();
    (status, String::from_utf8(body).unwrap(), keep_alive, left)
}

fn cause(text: &str) -> FailureCause {
    parse(text.as_bytes(), &[], "POST").unwrap_err()
}

#[test]
fn a_body_ends_where_its_head_says() {
    let ok = |text: &str| whole(&format!("HTTP/1.1 200 OK\r\n{text}"));
    let body = |body: &str, keep, left| (200, body.to_owned(), keep, left);
    assert_eq!(ok("content-length: 3\r\n\r\nabcd"), body("abc", true, 1));
    assert_eq!(ok("content-length: 0\r\n\r\n"), body("", true, 0));
    assert_eq!(ok("\r\nabc"), body("abc", false, 0));
    assert_eq!(ok("transfer-encoding: gzip\r\n\r\nabc"), body("abc", false, 0));
    let chunked = "transfer-encoding: gzip, Chunked\r\n\r\n2;a=b\r\nab\r\n1 \r\nc\r\n0\r\n";
    assert_eq!(ok(&format!("{chunked}\r\nd")), body("abc", true, 1));
    assert_eq!(ok(&format!("{chunked}x: y\r\n\r\nd")), body("abc", true, 1));
}

#[test]
fn some_statuses_have_no_body_and_some_are_skipped() {
    let head = "content-length: 3\r\n\r\n";
    assert_eq!(whole(&format!("HTTP/1.1 204 No\r\n{head}")), (204, String::new(), true, 0));
    assert_eq!(whole(&format!("HTTP/1.1 304 No\r\n{head}")), (304, String::new(), true, 0));
    assert_eq!(whole("HTTP/1.1 101 Up\r\n\r\nx"), (101, String::new(), false, 1));
    let early = "HTTP/1.1 103 Early\r\nlink: a\r\n\r\n";
    let text = format!("{early}{early}HTTP/1.1 200 OK\r\n{head}abc");
    assert_eq!(whole(&text), (200, "abc".to_owned(), true, 0));
    assert_eq!(cause(&early.repeat(17)), FailureCause::Http);
    let to_head = parse(format!("HTTP/1.1 200 OK\r\n{head}").as_bytes(), &[], "HEAD").unwrap();
    assert_eq!((to_head.0, to_head.2.len(), to_head.3), (200, 0, true));
}

#[test]
fn a_connection_is_kept_only_where_both_sides_may() {
    let keeps = |text: &str| whole(&format!("{text}content-length: 0\r\n\r\n")).2;
    assert!(keeps("HTTP/1.1 200 OK\r\n"));
    assert!(!keeps("HTTP/1.0 200 OK\r\n"));
    assert!(keeps("HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\n"));
    assert!(!keeps("HTTP/1.1 200 OK\r\nConnection: x, Close\r\n"));
    assert!(!keeps("HTTP/1.1 200 OK\r\nconnection: close\r\nconnection: keep-alive\r\n"));
}

#[test]
fn ambiguous_and_broken_answers_are_refused() {
    let ok = |text: &str| cause(&format!("HTTP/1.1 200 OK\r\n{text}\r\n\r\nabc"));
    for head in [
        "content-length: 3\r\ncontent-length: 3",
        "content-length: 3\r\ncontent-length: 4",
        "content-length: 3, 3",
        "content-length: +3",
        "content-length: 18446744073709551615",
        "content-length: 3\r\ntransfer-encoding: chunked",
        "folded: a\r\n b: c",
        "no colon",
    ] {
        assert_eq!(ok(head), FailureCause::Http, "{head}");
    }
    let old = "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(cause(old), FailureCause::Http);
    assert_eq!(cause("HTTP/1.1 099 Low\r\n\r\n"), FailureCause::Http);
    assert_eq!(cause("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"), FailureCause::Closed);
    assert_eq!(cause("HTTP/1.1 20"), FailureCause::Closed);
    assert_eq!(cause(""), FailureCause::Closed);
    assert_eq!(cause("<html>"), FailureCause::Http);
    assert_eq!(
        cause(&format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1_001))),
        FailureCause::TooLong
    );
}

#[test]
fn a_head_has_a_limit() {
    let head = |count: usize| {
        let start = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx: ";
        format!("{start}{}\r\n\r\n", "y".repeat(count - start.len() - 4))
    };
    for cuts in [vec![], vec![1, 70, 30_000, 65_000]] {
        let parsed = |count: usize| parse(head(count).as_bytes(), &cuts, "POST");
        assert!(parsed(HEAD_BYTES_MAX).is_ok());
        assert_eq!(parsed(HEAD_BYTES_MAX + 1), Err(FailureCause::Http));
    }
    let lines = |count| format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(count));
    assert!(parse(lines(100).as_bytes(), &[], "POST").is_ok());
    assert_eq!(cause(&lines(101)), FailureCause::Http);
}

#[test]
fn a_head_in_single_bytes_does_not_take_quadratic_time() {
    let text = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(60_000));
    let mut parser = AnswerParser::new("POST", false, 0);
    let mut attempts = 0;
    for byte in text.as_bytes() {
        parser.feed(std::slice::from_ref(byte)).unwrap();
        attempts += usize::from(parser.attempted_bytes == parser.head.len());
    }
    assert!(attempts < 40, "{attempts}");
}

/// Answers, mostly sound, with a fault now and then.
fn answer() -> impl Strategy<Value = Vec<u8>> {
    let end = prop_oneof![8 => Just("\r\n"), 1 => Just("\n"), 1 => Just("\r")];
    let line = prop_oneof![
        4 => Just("content-length: 5".to_owned()),
        3 => Just("transfer-encoding: chunked".to_owned()),
        1 => Just("connection: close".to_owned()),
        1 => Just("Content-Length: 700".to_owned()),
        2 => "[a-zA-Z-]{1,9}:[ -~]{0,9}",
        1 => "[ -~\t]{0,9}",
    ];
    let first = prop_oneof![
        6 => Just("HTTP/1.1 200 OK".to_owned()),
        1 => Just("HTTP/1.0 404 Not Found".to_owned()),
        1 => Just("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created".to_owned()),
        1 => "[ -~]{0,12}",
    ];
    let chunk = prop_oneof![
        6 => Just("5\r\nabcde\r\n".to_owned()),
        1 => Just("3 ;x=y\r\nabc\r\n".to_owned()),
        1 => "[0-9a-f]{1,3}\r?\n[ -~]{0,20}\r\n",
    ];
    let last = prop_oneof![
        6 => Just("0\r\n\r\n".to_owned()),
        1 => Just("0\r\na: b\r\nc: d\r\n\r\n".to_owned()),
        1 => "0\r\n[ -~\r\n]{0,20}\r\n\r\n",
    ];
    let body = prop_oneof![
        3 => (prop::collection::vec(chunk, 0..4), last)
            .prop_map(|(chunks, last)| (chunks.concat() + &last).into_bytes()),
        2 => prop::collection::vec(any::<u8>(), 0..40),
        1 => Just(b"12345".to_vec()),
    ];
    (first, prop::collection::vec((line, end.clone()), 0..5), end, body).prop_map(
        |(first, lines, end, body)| {
            let mut all = format!("{first}{end}").into_bytes();
            for (line, end) in lines {
                all.extend(format!("{line}{end}").bytes());
            }
            all.extend(end.bytes());
            all.extend(body);
            all
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn pieces_never_change_an_answer(
        bytes in answer(),
        cuts in prop::collection::vec(any::<usize>(), 0..40),
        method in prop_oneof![Just("POST"), Just("HEAD")],
    ) {
        prop_assert_eq!(parse(&bytes, &cuts, method), parse(&bytes, &[], method));
        let every: Vec<_> = (0..bytes.len()).collect();
        prop_assert_eq!(parse(&bytes, &every, method), parse(&bytes, &[], method));
    }

    #[test]
    fn any_bytes_are_survived(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        cuts in prop::collection::vec(any::<usize>(), 0..10),
    ) {
        prop_assert_eq!(parse(&bytes, &cuts, "POST"), parse(&bytes, &[], "POST"));
        let mut head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        head.extend(bytes);
        prop_assert_eq!(parse(&head, &cuts, "POST"), parse(&head, &[], "POST"));
    }
}
