//! Hostile input ends in gaps, in bounded time, and never in a panic.

use std::fs;
use std::time::{Duration, Instant};

use partywall_ingest::terraform::{Options, decode, decode_document};
use partywall_model::Decoded;

fn read(files: &[(&str, &[u8])]) -> Decoded {
    let estate = tempfile::tempdir().unwrap();
    let mut folders = vec![estate.path().to_owned()];
    for (name, content) in files {
        let path = estate.path().join(name);
        let folder = path.parent().unwrap().to_owned();
        fs::create_dir_all(&folder).unwrap();
        fs::write(path, content).unwrap();
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    let started = Instant::now();
    let decoded = decode(estate.path(), &folders, &Options::default());
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    decoded
}

fn gap(decoded: &Decoded, words: &str) {
    assert!(decoded.gaps.iter().any(|gap| gap.cause.contains(words)), "no gap says `{words}`: {:#?}", decoded.gaps);
}

#[test]
fn cycles_of_values() {
    let decoded = read(&[(
        "main.tf",
        b"locals {\n a = local.b\n b = local.a\n}\nresource \"t\" \"x\" {\n v = local.a\n w = t.x.w\n k = 1\n}\nresource \"t\" \"y\" {\n count = t.y[0].n\n}\n",
    )]);
    gap(&decoded, "depends on itself");
    assert_eq!(decoded.resources.len(), 2);
}

#[test]
fn cycles_of_modules() {
    let decoded = read(&[
        ("a/main.tf", b"module \"b\" {\n source = \"../b\"\n}\nresource \"t\" \"a\" {}\n"),
        ("b/main.tf", b"module \"a\" {\n source = \"../a\"\n}\nresource \"t\" \"b\" {}\n"),
        ("c/main.tf", b"module \"c\" {\n source = \"./\"\n}\nresource \"t\" \"c\" {}\n"),
    ]);
    gap(&decoded, "the module calls itself");
    let addresses: Vec<&str> = decoded.resources.iter().map(|resource| resource.address.as_str()).collect();
    assert_eq!(addresses, ["module.b.t.b", "t.a", "t.c"]);
}

#[test]
fn huge_counts() {
    let decoded = read(&[("main.tf", b"resource \"t\" \"x\" {\n count = 1000000000\n}\n")]);
    gap(&decoded, "more than 10000");
    assert_eq!(decoded.resources.len(), 1);
}

#[test]
fn multiplied_module_counts() {
    let decoded = read(&[
        ("main.tf", b"module \"a\" {\n source = \"./a\"\n count = 9000\n}\n"),
        ("a/main.tf", b"module \"b\" {\n source = \"../b\"\n count = 9000\n}\n"),
        ("b/main.tf", b"resource \"t\" \"x\" {\n count = 9000\n}\n"),
    ]);
    gap(&decoded, "instances");
}

#[test]
fn billion_laughs() {
    let mut text = String::from("locals {\n t0 = \"ha\"\n l0 = [1, 2]\n");
    for level in 1..60 {
        let below = level - 1;
        text.push_str(&format!(
            " t{level} = \"${{local.t{below}}}${{local.t{below}}}\"\n l{level} = [local.l{below}, local.l{below}]\n"
        ));
    }
    text.push_str("}\nresource \"t\" \"x\" {\n a = local.t59\n b = local.l59\n c = jsonencode(local.l59)\n}\n");
    gap(&read(&[("main.tf", text.as_bytes())]), "elements");
}

#[test]
fn expensive_functions() {
    let decoded = read(&[(
        "main.tf",
        b"locals { big = range(1000) }\nresource \"t\" \"x\" {\n a = format(\"%999999999d\", 1)\n b = setproduct(local.big, local.big, local.big)\n c = [for x in local.big : [for y in local.big : [for z in local.big : z]]]\n d = indent(1000000, join(\"\\n\", local.big))\n e = regex(\"(a{1000}){1000}\", \"a\")\n f = replace(join(\"\", local.big), \"\", join(\"\", [for x in local.big : join(\"\", local.big)]))\n}\n",
    )]);
    assert!(decoded.gaps.len() >= 5, "{:#?}", decoded.gaps);
    assert_eq!(decoded.resources.len(), 1);
}

#[test]
fn deep_nesting() {
    let brackets = format!("locals {{ a = {}{} }}\n", "[".repeat(100_000), "]".repeat(100_000));
    gap(&read(&[("main.tf", brackets.as_bytes())]), "nest");
    let blocks = format!("resource \"t\" \"x\" {{ {} {} }}\n", "b {\n".repeat(150), "}\n".repeat(150));
    assert!(!read(&[("main.tf", blocks.as_bytes())]).gaps.is_empty());
    let strings = format!("locals {{ a = {}1{} }}\n", "\"${".repeat(150), "}\"".repeat(150));
    assert!(!read(&[("main.tf", strings.as_bytes())]).gaps.is_empty());
    let operators = format!("locals {{ a = {}1 }}\n", "!".repeat(100_000));
    assert!(!read(&[("main.tf", operators.as_bytes())]).gaps.is_empty());
    let json = format!("{{\"locals\": {{\"a\": {}{} }} }}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(!read(&[("main.tf.json", json.as_bytes())]).gaps.is_empty());
}

#[test]
fn long_chains() {
    let mut text = String::from("locals {\n a0 = 1\n");
    for level in 1..20_000 {
        text.push_str(&format!(" a{level} = local.a{} + 1\n", level - 1));
    }
    text.push_str("}\nresource \"t\" \"x\" {\n v = local.a19999\n}\n");
    gap(&read(&[("main.tf", text.as_bytes())]), "levels deep");
}

#[test]
fn deep_values() {
    let mut text = String::from("locals {\n a0 = []\n");
    for level in 1..20_000 {
        text.push_str(&format!(" a{level} = [local.a{}]\n", level - 1));
    }
    text.push_str("}\nresource \"t\" \"x\" {\n");
    for level in (0..20_000).step_by(100) {
        text.push_str(&format!(" v{level} = local.a{level}\n"));
    }
    text.push_str("}\n");
    gap(&read(&[("main.tf", text.as_bytes())]), "nests deeper");
}

#[test]
fn templates_in_templates() {
    let decoded = read(&[
        ("main.tf", b"resource \"t\" \"x\" {\n v = templatefile(\"t.tpl\", { x = 1 })\n}\n"),
        ("t.tpl", b"${templatefile(\"t.tpl\", { x = x })}${templatefile(\"t.tpl\", { x = x })}"),
    ]);
    gap(&decoded, "a template cannot render a template");
}

#[test]
fn invalid_bytes() {
    let decoded = read(&[("bad.tf", b"locals {}\n\xff\xfe\n"), ("good.tf", b"resource \"t\" \"x\" {}\n")]);
    gap(&decoded, "not valid UTF-8");
    assert_eq!((decoded.gaps[0].line, decoded.resources.len()), (2, 1));
}

#[test]
fn files_outside_are_not_read() {
    let decoded = read(&[("main.tf", b"resource \"t\" \"x\" {\n a = file(\"/etc/hostname\")\n b = file(\"../../etc/passwd\")\n c = fileset(\"/\", \"*\")\n}\n")]);
    assert_eq!(decoded.gaps.len(), 3, "{:#?}", decoded.gaps);
    gap(&decoded, "outside what is scanned");
}

/// Cuts, swaps and repeats pieces of valid configurations, from a fixed seed.
#[test]
fn mutated_input_never_panics() {
    let cases = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform");
    let seeds: Vec<Vec<u8>> = [
        "repetition/main.tf",
        "policy_documents/main.tf",
        "references/main.tf",
        "dynamic_blocks/main.tf",
        "documents/plan.json",
        "json_and_overrides/main.tf.json",
    ]
    .iter()
    .map(|name| fs::read(cases.join(name)).unwrap())
    .collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let estate = tempfile::tempdir().unwrap();
    for round in 0..400 {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..=random(4) {
            let (at, length) = (random(bytes.len()), random(40));
            let end = (at + length).min(bytes.len());
            match random(4) {
                0 => drop(bytes.drain(at..end)),
                1 => bytes.extend_from_within(at..end),
                2 => bytes.insert(at, random(256) as u8),
                _ => {
                    let piece: Vec<u8> = bytes[at..end].to_vec();
                    let target = random(bytes.len());
                    bytes.splice(target..target, piece);
                }
            }
        }
        for name in ["main.tf", "more.tf.json"] {
            fs::write(estate.path().join(name), &bytes).unwrap();
        }
        decode(estate.path(), &[estate.path().to_owned()], &Options::default());
        decode_document(estate.path(), &estate.path().join("more.tf.json"));
    }
}
