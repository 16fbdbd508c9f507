//! Devices that send what nobody should send: endless lists, long lines, circles, silence.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use super::{Answer, Device, Patience, ask, store};

const PATIENCE: Patience = Patience { reply: Duration::from_millis(600), all: Duration::from_secs(3) };

/// A server that does with each connection what it is told to.
fn serve(play: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || listener.incoming().flatten().for_each(play));
    address
}

fn answers(protocol: &str, address: &str) -> Vec<Answer> {
    let device = Device { id: "x".into(), protocol: protocol.into(), address: address.into(), ..Device::default() };
    let begin = Instant::now();
    let answers = ask(&device, PATIENCE);
    assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
    answers
}

fn refused(answers: &[Answer], words: &str) {
    let refusal =
        answers.iter().filter_map(|answer| answer.refusal.as_ref()).find(|refusal| refusal.cause.contains(words));
    assert!(refusal.is_some_and(|refusal| !refusal.cure.is_empty()), "`{words}` is not in {answers:#?}");
}

fn nut(reply: impl Fn(&str, &mut TcpStream) -> std::io::Result<()> + Send + 'static) -> Vec<Answer> {
    let address = serve(move |mut stream| {
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        while let Some(Ok(line)) = lines.next() {
            if reply(&line, &mut stream).is_err() {
                return;
            }
        }
    });
    answers("nut", &address)
}

#[test]
fn lists_without_end_and_lines_without_end_are_refused() {
    let endless = nut(|_, stream| {
        stream.write_all(b"BEGIN LIST UPS\n")?;
        loop {
            stream.write_all(b"UPS a \"b\"\n")?;
        }
    });
    refused(&endless, "longer than 5000 lines");
    let long = nut(|_, stream| stream.write_all(&vec![b'x'; 1 << 20]));
    refused(&long, "longer than 4096 bytes");
    refused(&nut(|_, stream| stream.write_all(b"ERR ACCESS-DENIED\n")), "ACCESS-DENIED");
    refused(&nut(|_, stream| stream.write_all(b"\xff\xfe\n")), "no UTF-8");
    refused(&nut(|_, _| Ok(())), "fell silent");
    let drip = nut(|_, stream| {
        loop {
            stream.write_all(b"x")?;
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    refused(&drip, "the device ");
}

#[test]
fn names_that_would_be_commands_are_not_sent_back() {
    let tricky = nut(|line, stream| match line {
        "LIST UPS" => stream.write_all(b"BEGIN LIST UPS\nUPS a\\nSET \"x\"\nUPS good \"y\"\nEND LIST UPS\n"),
        "LIST VAR good" => stream.write_all(b"BEGIN LIST VAR good\nVAR good ups.status \"OL\"\nEND LIST VAR good\n"),
        other => panic!("asked `{other}`"),
    });
    refused(&tricky, "name no UPS");
    assert!(tricky.iter().any(|answer| answer.question == "LIST VAR good" && answer.answer.is_some()));
}

fn redfish(body: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Vec<Answer> {
    let address = serve(move |mut stream| {
        let mut head = String::new();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while reader.read_line(&mut head).is_ok_and(|count| count > 2) {}
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(&body(&path));
    });
    answers("redfish", &format!("http://{address}"))
}

#[test]
fn links_in_circles_end_and_links_without_end_are_refused() {
    let circle = redfish(|_| br#"{"a": {"@odata.id": "/redfish/v1/"}, "b": {"@odata.id": "/redfish/v1/b/"}}"#.to_vec());
    assert_eq!(circle.len(), 2, "{circle:#?}");
    assert!(circle.iter().all(|answer| answer.answer.is_some()));
    let endless = redfish(|path| {
        format!("{{\"@odata.id\": \"{path}/x\", \"y\": [{{\"@odata.id\": \"{path}/y\"}}]}}").into_bytes()
    });
    assert!(endless.iter().any(|answer| answer.refusal.is_some()), "{} answers", endless.len());
    refused(&redfish(|_| vec![b' '; 3 << 20]), "too long");
    refused(&redfish(|_| b"[".repeat(100_000)), "no JSON");
    let elsewhere = redfish(|_| br#"{"@odata.id": "http://other/redfish/v1/"}"#.to_vec());
    assert_eq!(elsewhere.len(), 1);
}

#[test]
fn agents_that_go_in_circles_or_send_noise_are_refused() {
    let play = |reply: fn(&[u8]) -> Vec<u8>| {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            let mut buffer = [0; 2048];
            while let Ok((count, from)) = socket.recv_from(&mut buffer) {
                let _ = socket.send_to(&reply(buffer.get(..count).unwrap()), from);
            }
        });
        answers("snmp", &address)
    };
    refused(&play(|_| vec![0xff; 60_000]), "a number is too large");
    refused(&play(|_| b"no reply at all".to_vec()), "");
    refused(&play(|_| Vec::new()), "too short");
    // The request itself as a reply: the name that was asked for comes again and again.
    let echo = play(|request| request.iter().map(|byte| if *byte == 0xa5 { 0xa2 } else { *byte }).collect());
    refused(&echo, "goes in a circle");
    refused(&answers("snmp", "127.0.0.1:1"), "");
}

#[test]
fn a_server_that_speaks_no_tls_and_a_password_without_tls_are_refused() {
    let address = serve(|mut stream| {
        let _ = stream.write_all(b"SSH-2.0-x\r\n");
        let _ = stream.read(&mut [0; 64]);
    });
    refused(&answers("redfish", &format!("https://{address}")), "no TLS connection");
    let credentials = Some(super::Credentials { user: "u".into(), password: "secret".into() });
    let device =
        Device { protocol: "redfish".into(), address: "http://127.0.0.1:1".into(), credentials, ..Device::default() };
    refused(&ask(&device, PATIENCE), "not sent over plain HTTP");
    assert!(!format!("{device:?}").contains("secret"));
    refused(&answers("modbus", "127.0.0.1:1"), "no protocol");
}

#[test]
fn answers_are_stored_in_full_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let all = [Answer::given("LIST UPS", serde_json::json!([])), Answer::refused("LIST VAR a", "silent", "ask again")];
    let stored = store(folder.path(), "nut-1", &all, "2026-09-30T00:00:00Z").unwrap();
    assert_eq!((stored.answered, stored.refused), (1, 1));
    let text = std::fs::read_to_string(stored.path).unwrap();
    assert!(text.lines().last().unwrap().contains("\"complete\":true"), "{text}");
    for name in ["", "../x", "a/b", ".hidden", "a\nb"] {
        assert!(store(folder.path(), name, &all, "").is_err(), "{name}");
    }
}
