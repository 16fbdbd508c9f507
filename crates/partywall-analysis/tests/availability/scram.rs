//! Cut sets are those of SCRAM, an independent analyser of fault trees: Debian package `scram`, 0.16.
//! <https://scram-pra.org/>

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use partywall_analysis::availability::cuts::{Limits, minimal_cuts};
use partywall_analysis::availability::tree::{Event, Gate, Tree};
use roxmltree::{Document, Node};

/// Where the package keeps its models.
const MODELS: &str = "/usr/share/scram/input";

/// Random trees; `PARTYWALL_TREES` tries as many.
const TREES: usize = 2_000;

/// Trees in one file, because starting the analyser costs more than they do.
const TREES_OF_A_FILE: usize = 250;

type Sets = BTreeSet<BTreeSet<String>>;

/// Whether the analyser is here; says why the test is skipped when not.
fn is_here() -> bool {
    let is_here = Command::new("scram").arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_here {
        println!("skipped: `scram` is not installed; `apt-get install scram` does, or `cargo xtask scram`");
    }
    is_here
}

/// The analyser's cut sets, by the name of the top.
fn analysed(inputs: &[&Path], order: Option<usize>) -> BTreeMap<String, Sets> {
    let mut command = Command::new("scram");
    command.args(["--bdd", "--verbosity", "0"]).args(inputs);
    if let Some(order) = order {
        command.args(["--limit-order", &order.to_string()]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let document = Document::parse(&text).unwrap();
    let mut found = BTreeMap::new();
    for sum in document.descendants().filter(|node| node.has_tag_name("sum-of-products")) {
        let products = sum.children().filter(|node| node.has_tag_name("product"));
        let names = |product: Node<'_, '_>| -> BTreeSet<String> {
            product.children().filter_map(|event| event.attribute("name")).map(str::to_owned).collect()
        };
        found.insert(sum.attribute("name").unwrap().to_owned(), products.map(names).collect());
    }
    found
}

/// A model of the analyser's own language as a tree; None when it uses more than and, or and at least, or a name in
/// several components.
fn tree_of(documents: &[Document<'_>], top: &str) -> Option<(Tree, Vec<String>)> {
    let mut gates: BTreeMap<&str, Node<'_, '_>> = BTreeMap::new();
    for node in documents.iter().flat_map(Document::descendants).filter(|node| node.has_tag_name("define-gate")) {
        if gates.insert(node.attribute("name")?, node).is_some() {
            return None;
        }
    }
    let mut reader = Reader { gates, tree: Tree::default(), names: Vec::new(), known: BTreeMap::new() };
    reader.tree.top = reader.gate(top)?;
    Some((reader.tree, reader.names))
}

struct Reader<'d, 'input> {
    gates: BTreeMap<&'d str, Node<'d, 'input>>,
    tree: Tree,
    names: Vec<String>,
    known: BTreeMap<String, usize>,
}

impl<'d, 'input> Reader<'d, 'input> {
    fn gate(&mut self, name: &str) -> Option<usize> {
        if let Some(known) = self.known.get(name) {
            return Some(*known);
        }
        let definition = *self.gates.get(name)?;
        let formula = definition
            .children()
            .find(|child| child.is_element() && !matches!(child.tag_name().name(), "label" | "attributes"))?;
        let found = self.formula(formula)?;
        self.known.insert(name.to_owned(), found);
        Some(found)
    }

    fn formula(&mut self, node: Node<'d, 'input>) -> Option<usize> {
        let name = node.attribute("name").unwrap_or_default();
        let parts = |reader: &mut Self| -> Option<Vec<usize>> {
            node.children().filter(Node::is_element).map(|part| reader.formula(part)).collect()
        };
        match node.tag_name().name() {
            "gate" => self.gate(name),
            "event" if self.gates.contains_key(name) => self.gate(name),
            "basic-event" | "event" => {
                let number = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
                    self.names.push(name.to_owned());
                    self.names.len() - 1
                });
                Some(self.tree.event(Event::Node(u32::try_from(number).unwrap())))
            }
            "and" => parts(self).map(|of| self.tree.add(Gate::All(of))),
            "or" => parts(self).map(|of| self.tree.add(Gate::AtLeast(1, of))),
            "atleast" => {
                let count = node.attribute("min")?.parse().ok()?;
                parts(self).map(|of| self.tree.add(Gate::AtLeast(count, of)))
            }
            _ => None,
        }
    }
}

/// Our cut sets, by the names of events, with how many there are in all.
fn ours(tree: &Tree, names: &[String], order: Option<usize>) -> (Sets, u128) {
    let limits = Limits { size_max: order.unwrap_or(usize::MAX), sets_max: usize::MAX };
    let cuts = minimal_cuts(tree, limits).unwrap();
    let name = |event: &usize| match tree.events[*event] {
        Event::Node(number) => names[number as usize].clone(),
        other => panic!("{other:?} is no event of a model"),
    };
    let sets: Sets = cuts.sets.iter().map(|set| set.iter().map(name).collect()).collect();
    assert_eq!(sets.len(), cuts.sets.len(), "a set is listed twice");
    (sets, cuts.count)
}

/// Numbers that look random and are always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// A random tree in the analyser's language. Gates name later gates and events, as often as it happens.
fn random(dice: &mut Dice, number: usize) -> String {
    let (gates, events) = (2 + dice.roll(14), 2 + dice.roll(14));
    let mut text = format!("<define-fault-tree name=\"f{number}\">\n");
    for gate in 0..gates {
        let mut parts = BTreeSet::new();
        for _ in 0..2 + dice.roll(4) {
            let later = gate + 1 + dice.roll(gates);
            parts.insert(match dice.roll(2) {
                0 if later < gates => format!("<gate name=\"t{number}g{later}\"/>"),
                _ => format!("<basic-event name=\"t{number}e{}\"/>", dice.roll(events)),
            });
        }
        // A gate of the analyser needs two parts at least, and three to ask for some of them.
        parts.insert(format!("<basic-event name=\"t{number}own{gate}\"/>"));
        parts.insert(format!("<basic-event name=\"t{number}e{events}\"/>"));
        let kind = match (dice.roll(3), parts.len()) {
            (0, _) => "or".to_owned(),
            (1, length) if length > 2 => format!("atleast min=\"{}\"", 2 + dice.roll(length - 2)),
            _ => "and".to_owned(),
        };
        let end = kind.split(' ').next().unwrap();
        let parts: Vec<String> = parts.into_iter().collect();
        let _ =
            writeln!(text, "<define-gate name=\"t{number}g{gate}\"><{kind}>{}</{end}></define-gate>", parts.join(""));
    }
    text + "</define-fault-tree>\n"
}

/// Unreachable gates would be tops of their own: every tree is read from its first gate.
fn tops(text: &str, trees: std::ops::Range<usize>) -> Vec<String> {
    let used: BTreeSet<&str> = text.split("<gate name=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let defined = text.split("<define-gate name=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let tops: Vec<String> = defined.filter(|name| !used.contains(name)).map(str::to_owned).collect();
    assert!(tops.len() >= trees.len());
    tops
}

#[test]
fn random_trees_have_the_cut_sets_that_scram_finds() {
    if !is_here() {
        return;
    }
    let trees = std::env::var("PARTYWALL_TREES").ok().and_then(|number| number.parse().ok()).unwrap_or(TREES);
    let mut dice = Dice(7);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.xml");
    let (mut compared, mut sets) = (0, 0);
    for start in (0..trees).step_by(TREES_OF_A_FILE) {
        let range = start..(start + TREES_OF_A_FILE).min(trees);
        let body: String = range.clone().map(|number| random(&mut dice, number)).collect();
        let events: BTreeSet<&str> =
            body.split("<basic-event name=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let data: String = events.iter().map(|name| format!("<define-basic-event name=\"{name}\"/>\n")).collect();
        let text = format!("<opsa-mef>\n{body}<model-data>\n{data}</model-data>\n</opsa-mef>\n");
        std::fs::write(&path, &text).unwrap();
        let theirs = analysed(&[&path], None);
        let documents = [Document::parse(&text).unwrap()];
        for top in tops(&text, range) {
            let (tree, names) = tree_of(&documents, &top).unwrap();
            let (found, count) = ours(&tree, &names, None);
            assert_eq!(count, found.len() as u128, "{top}");
            assert_eq!(found, theirs[&top], "{top}");
            compared += 1;
            sets += found.len();
        }
    }
    println!("{compared} trees with {sets} cut sets are as scram finds them");
    assert!(compared >= trees);
}

#[test]
fn bundled_models_have_the_cut_sets_that_scram_finds() {
    if !is_here() {
        return;
    }
    let mut compared = 0;
    // Of the largest models the cut sets up to some size are compared; all are found and counted.
    for (folder, files, order) in [
        ("SmallTree", vec!["SmallTree.xml"], None),
        ("ThreeMotor", vec!["three_motor.xml"], None),
        ("Lift", vec!["lift.xml"], None),
        ("BSCU", vec!["BSCU.xml"], None),
        ("HIPPS", vec!["HIPPS.xml"], None),
        ("Theatre", vec!["theatre.xml"], None),
        ("Chinese", vec!["chinese.xml", "chinese-basic-events.xml"], None),
        ("Baobab", vec!["baobab1.xml", "baobab1-basic-events.xml"], Some(6)),
        ("Baobab", vec!["baobab2.xml", "baobab2-basic-events.xml"], None),
        ("CEA9601", vec!["CEA9601.xml", "CEA9601-basic-events.xml"], Some(4)),
    ] {
        let paths: Vec<_> = files.iter().map(|file| Path::new(MODELS).join(folder).join(file)).collect();
        let texts: Vec<String> = paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
        let documents: Vec<Document<'_>> = texts.iter().map(|text| Document::parse(text).unwrap()).collect();
        let inputs: Vec<&Path> = paths.iter().map(|path| path.as_path()).collect();
        for (top, theirs) in analysed(&inputs, order) {
            let Some((tree, names)) = tree_of(&documents, &top) else {
                println!("{folder} {top} uses more than and, or, at least and plain names: not compared");
                continue;
            };
            let started = std::time::Instant::now();
            let (found, count) = ours(&tree, &names, order);
            println!(
                "{folder} {top}: {count} cut sets, {} of order {order:?} compared, {:?}",
                found.len(),
                started.elapsed()
            );
            assert_eq!(found, theirs, "{folder} {top}");
            compared += 1;
        }
    }
    assert!(compared >= 7, "{compared}");
}
