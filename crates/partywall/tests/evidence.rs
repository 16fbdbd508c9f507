//! The commands of `docs/evidence.md`, as they stand there, and what a user sees when something is wrong.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};

use support::{Run, partywall, write};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &place);
        } else {
            std::fs::copy(entry.path(), place).unwrap();
        }
    }
}

/// A folder with the estate and the devices of the page.
fn workplace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("fixtures/webshop-weak"), &folder.path().join("shop"));
    copy(&root().join("fixtures/media"), &folder.path().join("media"));
    let configuration = folder.path().join("shop/partywall.toml");
    let text = std::fs::read_to_string(&configuration).unwrap();
    std::fs::write(
        &configuration,
        text + "\n[review]\nroles = [\"ciso\", \"cfo\"]\nsignatures = 2\ncadence_days = 90\n",
    )
    .unwrap();
    folder
}

/// The words of a command line, of which quoted ones hold spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        match at % 2 {
            1 => words.push(part.to_owned()),
            _ => words.extend(part.split_whitespace().map(str::to_owned)),
        }
    }
    words
}

fn run(folder: &Path, line: &str) -> Run {
    let words = words(line);
    partywall(folder, &words.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn the_page_s_commands_do_what_it_says() {
    let folder = workplace();
    let page = std::fs::read_to_string(root().join("docs/evidence.md")).unwrap();
    let commands: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("$ partywall ")).collect();
    assert!(commands.len() >= 20, "{commands:#?}");
    for command in commands {
        let (line, code) = command.split_once(" # ").map_or((command, 0), |(line, code)| (line, code.parse().unwrap()));
        let run = run(folder.path(), line);
        assert_eq!(run.code, code, "{line}: {run:#?}");
    }
    let page = std::fs::read_to_string(folder.path().join("review-2/pack.html")).unwrap();
    assert!(page.contains("@page") && page.contains("size: A4") && !page.contains("<script"));
    assert!(
        page.contains("Duties that moved")
            && page.contains("encrypt the database")
            && page.contains("region eu-central-1")
    );
}

#[test]
fn what_was_done_to_the_ledger_is_told_with_exit_code_1() {
    let folder = workplace();
    for line in
        ["evidence init --name Ada --role ciso --key ada.pem", "evidence add shop/main.tf --kind code --key ada.pem"]
    {
        assert_eq!(run(folder.path(), line).code, 0);
    }
    let ledger = folder.path().join("evidence/ledger.jsonl");
    let whole = std::fs::read(&ledger).unwrap();
    std::fs::write(&ledger, "").unwrap();
    let found = run(folder.path(), "evidence verify");
    assert!(found.code == 1 && found.out.contains("1 more than there are"), "{found:#?}");
    std::fs::write(&ledger, [whole.as_slice(), &vec![b'['; 1_000_000], b"\n"].concat()).unwrap();
    let found = run(folder.path(), "evidence list");
    assert!(found.code == 1 && found.out.contains("longer than"), "{found:#?}");
    let refused = run(folder.path(), "evidence add shop/main.tf --kind code --key ada.pem");
    assert!(refused.code == 2 && refused.err.contains("damaged"), "{refused:#?}");
    let nothing = run(folder.path(), "evidence verify --ledger nowhere");
    assert!(nothing.code == 2 && nothing.err.contains("evidence init"), "{nothing:#?}");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = workplace();
    assert_eq!(run(folder.path(), "evidence init --name Ada --role ciso --key ada.pem").code, 0);
    std::fs::set_permissions(folder.path().join("ada.pem"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = run(folder.path(), "evidence add shop/main.tf --kind code --key ada.pem");
    assert!(refused.code == 2 && refused.err.contains("may be read by others"), "{refused:#?}");
}

#[test]
fn a_review_that_no_longer_holds_says_why() {
    let folder = workplace();
    for line in [
        "evidence init --name Ada --role ciso --key ada.pem",
        "evidence init --name Carl --role cfo --key carl.pem",
        "review prepare shop --out pack --author Dora",
        "review sign pack --role ciso --name Ada --key ada.pem --config shop/partywall.toml",
        "review sign pack --role cfo --name Carl --key carl.pem --config shop/partywall.toml",
        "review status pack shop",
    ] {
        let run = run(folder.path(), line);
        assert_eq!(run.code, 0, "{line}: {run:#?}");
    }
    let again = run(folder.path(), "review prepare shop --out pack --author Dora");
    assert!(again.code == 2 && again.err.contains("--out"), "{again:#?}");
    write(folder.path(), &[("shop/more.tf", support::FAULTY_QUEUE)]);
    let changed = run(folder.path(), "review status pack shop");
    assert!(changed.code == 1 && changed.out.starts_with("changed"), "{changed:#?}");
    assert_eq!(run(folder.path(), "review prepare shop --out next --author Dora --since pack").code, 0);
    let next: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("next/pack.json")).unwrap()).unwrap();
    let new = next["changes"]["new"].to_string();
    assert!(new.contains("sqs/queue-unencrypted") && next["changes"]["solved"].as_array().unwrap().is_empty(), "{new}");
    std::fs::remove_file(folder.path().join("shop/more.tf")).unwrap();
    assert_eq!(run(folder.path(), "review prepare shop --out third --author Dora --since next").code, 0);
    let third: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("third/pack.json")).unwrap()).unwrap();
    let gone = &third["changes"]["out_of_sight"];
    assert!(gone.to_string().contains("sqs/queue-unencrypted"), "what vanished is not solved: {third:#}");
    let page = folder.path().join("pack/pack.html");
    let text = std::fs::read_to_string(&page).unwrap();
    std::fs::write(&page, text.replace("high", "low")).unwrap();
    let invalid = run(folder.path(), "review status pack shop --output json");
    assert!(invalid.code == 1 && invalid.json()["status"]["state"] == "invalid", "{invalid:#?}");
}

#[test]
fn devices_of_hostile_files_end_in_a_clear_answer() {
    let folder = workplace();
    assert_eq!(run(folder.path(), "evidence init --name Ada --role ciso --key ada.pem").code, 0);
    let deep = "[".repeat(200_000);
    let wide = format!("{{\"assets\":[{{\"serial\":\"{}\"}}]}}", "9".repeat(2_000_000));
    let numbers = "{\"id_ctrl\":{\"sn\":\"S\"},\"sanitize_log\":{\"sprog\":1e999,\"cdw10_info\":99999999999999999999}}";
    write(
        folder.path(),
        &[
            ("bad/deep.json", deep.as_bytes()),
            ("bad/deep.toml", format!("a = {deep}").as_bytes()),
            ("bad/wide.json", wide.as_bytes()),
            ("bad/numbers.json", numbers.as_bytes()),
            ("bad/days.csv", b"serial,decommissioned\nA,9999999-99-99\n"),
            ("bad/binary.log", &[0xff; 1000]),
            ("bad/other.bin", b""),
        ],
    );
    assert_eq!(run(folder.path(), "media seal bad --key ada.pem").code, 0);
    let found = run(folder.path(), "media verify bad");
    assert_eq!(found.code, 1, "{found:#?}");
    for file in ["deep.json", "deep.toml", "numbers.json", "days.csv", "binary.log", "other.bin"] {
        assert!(found.out.contains(&format!("`{file}` is not understood")), "{file}: {}", found.out);
    }
}
