//! Objects in every form that AWS writes, whole, broken and hostile.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::io::{Read, Write};
use std::time::Instant;

use flate2::Compression;
use flate2::write::GzEncoder;
use partywall_detect::correlation::Settings;
use partywall_detect::detector::{Detector, scan};
use partywall_detect::intake::{Limits, Sink, Tally, read};
use partywall_detect::journal::{Journal, JournalError, Object};
use partywall_detect::rules::Library;
use partywall_detect::{Event, Source};
use serde_json::{Value, json};

/// Takes everything.
#[derive(Default)]
struct All(Vec<Event>);

impl Sink for All {
    fn wants(&self, _: &[u8]) -> bool {
        true
    }

    fn take(&mut self, event: Event) {
        self.0.push(event);
    }
}

fn all(object: &[u8], limits: &Limits) -> (Vec<Event>, Tally) {
    let mut sink = All::default();
    let tally = read("object", object, limits, &mut sink);
    (sink.0, tally)
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn call(id: &str) -> Value {
    json!({"eventVersion": "1.11", "eventTime": "2026-11-22T10:00:00Z", "eventSource": "iam.amazonaws.com",
        "eventName": "CreateUser", "eventID": id, "requestParameters": {"userName": "a \"}{ b\\"}})
}

#[test]
fn every_form_of_the_same_records_gives_the_same_events() {
    let calls: Vec<Value> = ["one", "two", "three"].map(call).to_vec();
    let lines = |between: &str| calls.iter().map(Value::to_string).collect::<Vec<_>>().join(between);
    let pretty = calls.iter().map(|call| serde_json::to_string_pretty(call).unwrap()).collect::<Vec<_>>().join("\n");
    let wrapped =
        calls.iter().map(|call| json!({"detail-type": "AWS API Call via CloudTrail", "detail": call}).to_string());
    for (form, object) in [
        ("a file of CloudTrail", json!({"Records": calls}).to_string()),
        ("the same, spread out", serde_json::to_string_pretty(&json!({"Records": calls})).unwrap()),
        ("a list", json!(calls).to_string()),
        ("lines", lines("\n")),
        ("lines with returns", lines("\r\n")),
        ("one behind the other, as Firehose writes", lines("")),
        ("spread out, one behind the other", pretty),
        ("as EventBridge delivers", wrapped.collect::<Vec<_>>().join("\n")),
    ] {
        for bytes in [object.as_bytes().to_vec(), packed(object.as_bytes())] {
            let (events, tally) = all(&bytes, &Limits::default());
            let ids: Vec<&str> = events.iter().map(|event| &*event.id).collect();
            assert_eq!(ids, ["one", "two", "three"], "{form}: {tally:?}");
            assert_eq!((tally.records, tally.gaps.len()), (3, 0), "{form}: {tally:?}");
            assert!(events.iter().all(|event| event.time_ms == 1_795_341_600_000), "{form}");
        }
    }
}

#[test]
fn other_logs_are_read_too() {
    let (events, tally) = all(
        b"version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags\n\
          2 111122223333 eni-1 10.0.0.5 198.51.100.9 40000 22 6 10 840 1795341600 1795341660 ACCEPT OK 19\n\
          2 111122223333 eni-1 - - - - - - - 1795341600 1795341660 - NODATA -\n",
        &Limits::default(),
    );
    assert_eq!((events.len(), tally.gaps.len()), (2, 0), "{tally:?}");
    assert_eq!((events[0].source, &events[0].body["dstport"]), (Source::FlowLog, &json!(22)));
    assert_eq!(events[1].body["srcaddr"], Value::Null, "a hyphen is nothing");
    let (events, _) =
        all(b"2 111122223333 eni-1 10.0.0.5 10.0.0.6 1 2 6 1 1 1795341600 1795341660 REJECT OK\n", &Limits::default());
    assert_eq!(events[0].body["action"], "REJECT", "the default format needs no names");
    for (source, record) in [
        (Source::ResolverQuery, json!({"query_timestamp": "2026-11-22T10:00:00Z", "query_name": "example.com."})),
        (
            Source::GuardDuty,
            json!({"schemaVersion": "2.0", "id": "f", "type": "Recon", "updatedAt": "2026-11-22T10:00:00Z", "service": {"eventLastSeen": "2026-11-22T10:00:00Z"}}),
        ),
        (Source::Ocsf, json!({"class_uid": 6003, "time": 1_795_341_600_000_i64, "metadata": {"uid": "u"}})),
    ] {
        let (events, tally) = all(record.to_string().as_bytes(), &Limits::default());
        assert_eq!(events.first().map(|event| event.source), Some(source), "{tally:?}");
        assert_eq!(events[0].time_ms, 1_795_341_600_000);
    }
}

#[test]
fn what_is_broken_is_said_and_loses_nothing_else() {
    let good = call("good").to_string();
    for (what, object, found) in [
        ("a broken line", format!("{good}\n{{\"eventName\": \n{}\n", call("next")), 2),
        ("a line of something else", format!("{good}\n{{\"a\":1}}\n{}\n", call("next")), 2),
        ("a broken member", format!("{{\"Records\":[{good},{{\"eventName\" \"x\"}},{}]}}", call("next")), 2),
        ("a member that is no object", format!("{{\"Records\":[{good},17,{}]}}", call("next")), 2),
        ("an object that is cut off", format!("{{\"Records\":[{good},{{\"eventName\": \"CreateU"), 1),
        ("a line without a time", format!("{good}\n{{\"eventSource\":\"x\",\"eventName\":\"y\"}}\n"), 1),
        ("a flow with too few fields", "2 111122223333 eni-1 10.0.0.5\n".to_owned(), 0),
    ] {
        let (events, tally) = all(object.as_bytes(), &Limits::default());
        assert_eq!(events.len(), found, "{what}: {tally:?}");
        assert_eq!(tally.gaps.len(), 1, "{what}: {tally:?}");
        assert!(!tally.gaps[0].cure.is_empty());
    }
    let cut = packed(json!({"Records": vec![call("one"); 3_000]}).to_string().as_bytes());
    let (events, tally) = all(&cut[..cut.len() - 40], &Limits::default());
    assert!(!tally.gaps.is_empty() && events.len() < 3_000, "{} {tally:?}", events.len());
    let (_, tally) = all("{\"a\":1}\n".repeat(5_000).as_bytes(), &Limits::default());
    assert_eq!((tally.gaps.len(), tally.further_gaps), (20, 4_980), "of many the rest is counted");
}

#[test]
fn what_is_hostile_ends() {
    let start = Instant::now();
    let limits = Limits { unpacked_bytes_max: 64 << 20, record_bytes_max: 4 << 20, ..Limits::default() };
    // Three hundred megabytes in three hundred kilobytes.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    std::io::copy(&mut std::io::repeat(b' ').take(300 << 20), &mut bomb).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 1 << 20);
    let (_, tally) = all(&bomb, &limits);
    assert!(tally.gaps.iter().any(|gap| gap.cause.contains("larger")), "{tally:?}");

    let long = format!("{}\n{{\"x\":\"{}\"}}\n{}\n", call("one"), "y".repeat(9 << 20), call("two"));
    let (events, tally) = all(long.as_bytes(), &limits);
    assert_eq!((events.len(), tally.gaps.len()), (2, 1), "{tally:?}");

    let mut megabyte = call("megabyte");
    megabyte["userAgent"] = Value::String("z".repeat(1 << 20));
    let (events, _) = all(megabyte.to_string().as_bytes(), &limits);
    assert_eq!(events.len(), 1);

    let deep = format!("{}{}\n{}\n", "{\"a\":".repeat(200_000), "}".repeat(200_000), call("after"));
    let (events, tally) = all(deep.as_bytes(), &limits);
    assert_eq!((events.len(), tally.gaps.len()), (1, 1), "{tally:?}");

    let (_, tally) = all(&[0xff; 1 << 20], &limits);
    assert!(!tally.gaps.is_empty());
    let (_, tally) = all(b"{\"Records\":[", &limits);
    assert!(tally.gaps.len() <= 1);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn rules_that_cannot_be_used_are_refused_by_name_and_the_rest_counts() {
    let mut library = Library::shipped();
    let shipped = library.len();
    library.add("broken.yml", "title: [");
    library.add(
        "some.yml",
        "title: open\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {userName|expand: '%admins%'}, condition: s}\n---\n\
         title: elsewhere\nlogsource: {product: windows}\ndetection: {s: {a: b}, condition: s}\n---\n\
         title: good\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {eventName: CreateUser}, condition: s}\n",
    );
    assert_eq!(library.len(), shipped + 2);
    let (mut detector, gaps) = Detector::new(&library, Settings::default());
    let told: String = gaps.iter().map(|gap| gap.cause.as_str()).collect();
    for name in ["broken.yml", "`open`", "`elsewhere`"] {
        assert!(told.contains(name), "{name}: {told}");
    }
    let object = call("one").to_string();
    let scanned = scan(detector.rules(), "object", object.as_bytes(), &Limits::default(), &|_| false);
    detector.accept(scanned);
    assert!(detector.news().alerts.iter().any(|alert| alert.rule.title == "good"));
}

#[test]
fn copies_count_once_and_a_journal_tells_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let mut library = Library::default();
    library.add(
        "rules.yml",
        "title: made\nid: made\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {eventName: CreateUser}, condition: s}\n",
    );
    let detector = || Detector::new(&library, Settings::default()).0;
    let object = |name: &str| Object { name: name.into(), version: "1".into() };
    let mut first = detector();
    let mut journal = Journal::open(&path, |event| first.replay(event)).unwrap();
    for (name, id) in [("a", "one"), ("b", "one"), ("c", "two")] {
        let scanned = scan(first.rules(), name, call(id).to_string().as_bytes(), &Limits::default(), &|_| false);
        first.accept(scanned);
        let news = first.news();
        assert_eq!(news.alerts.len(), usize::from(name != "b"), "a copy in another object is no news");
        journal.append(object(name), &news.matched).unwrap();
    }
    assert!(matches!(Journal::open(&path, |_| ()), Err(JournalError::InUse { .. })), "one writer at a time");
    drop(journal);
    // The machine stops in the middle of a line.
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.truncate(bytes.len() - 7);
    std::fs::write(&path, &bytes).unwrap();
    let mut second = detector();
    let journal = Journal::open(&path, |event| second.replay(event)).unwrap();
    assert!(
        journal.has(&object("a")) && journal.has(&object("b")) && !journal.has(&object("c")),
        "the torn one is read again"
    );
    assert_eq!(second.news().alerts.len(), 1);
    drop(journal);
    std::fs::write(&path, "nonsense\n{}\n").unwrap();
    assert!(matches!(Journal::open(&path, |_| ()), Err(JournalError::Damaged { line: 1, .. })));
}

#[test]
fn flow_logs_in_parquet_are_the_same_as_in_text() {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int32Array, Int64Array, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;
    use parquet::basic::{Compression, GzipLevel};
    use parquet::file::properties::WriterProperties;

    let text = |values: [Option<&str>; 2]| Arc::new(StringArray::from(values.to_vec())) as ArrayRef;
    let number = |values: [i32; 2]| Arc::new(Int32Array::from(values.to_vec())) as ArrayRef;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("version", number([2, 2])),
        ("account_id", text([Some("111122223333"); 2])),
        ("interface_id", text([Some("eni-1"); 2])),
        ("srcaddr", text([Some("10.0.0.5"), None])),
        ("dstport", number([22, 443])),
        ("start", Arc::new(Int64Array::from(vec![1_795_341_600, 1_795_341_660]))),
        ("action", text([Some("ACCEPT"), Some("-")])),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    for compression in [Compression::SNAPPY, Compression::GZIP(GzipLevel::default()), Compression::UNCOMPRESSED] {
        let properties = WriterProperties::builder().set_compression(compression).build();
        let mut file = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let (events, tally) = all(&file, &Limits::default());
        assert_eq!((events.len(), tally.gaps.len()), (2, 0), "{compression:?}: {tally:?}");
        assert_eq!((events[0].source, events[0].time_ms), (Source::FlowLog, 1_795_341_600_000));
        assert_eq!((&events[0].body["dstport"], &events[0].body["action"]), (&json!(22), &json!("ACCEPT")));
        assert_eq!((&events[1].body["srcaddr"], &events[1].body["action"]), (&Value::Null, &Value::Null));
        let (events, tally) = all(&file[..file.len() / 2], &Limits::default());
        assert_eq!((events.len(), tally.gaps.len()), (0, 1), "cut off: {tally:?}");
        let limits = Limits { file_bytes_max: 100, ..Limits::default() };
        assert_eq!(all(&file, &limits).1.gaps.len(), 1, "too large");
    }
}
