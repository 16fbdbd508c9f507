//! One template, evaluated as the stack that it becomes.

mod nested;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry as MapEntry;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use partywall_model::{Dialect, Existence, Gap, GapKind, ModuleCall, Origin, Resource, Value};

use super::evaluate::Truth;
use super::node::{Body, Entry, Node};
use super::resolve::dynamic_references;
use super::session::{STACK_STEPS, Session};
use super::{parameter, sam, suppression, text};

use nested::Child;

/// How a stack comes to be: on its own, or through a resource of another one.
pub(super) struct Invocation {
    /// What stands before each logical id: empty, or `Parent/`.
    prefix: String,
    parameters: BTreeMap<String, Value>,
    calls: Vec<ModuleCall>,
    /// The templates on the way here, outermost first, each by its canonical path.
    ancestors: Vec<PathBuf>,
    existence: Existence,
    scope: Arc<str>,
}

pub(super) struct Stack<'a> {
    pub(super) session: &'a Session<'a>,
    pub(super) file: Arc<str>,
    pub(super) folder: PathBuf,
    pub(super) prefix: String,
    pub(super) parameters: BTreeMap<String, Value>,
    pub(super) mappings: Node,
    pub(super) conditions: BTreeMap<Arc<str>, Node>,
    /// None while a condition is being evaluated.
    pub(super) conditions_known: RefCell<BTreeMap<String, Option<Truth>>>,
    pub(super) declared: BTreeMap<Arc<str>, Declaration>,
    /// What SAM lets a template call the resources that it generates: `Function.Version`.
    pub(super) generated: BTreeMap<String, String>,
    outputs: Vec<Entry>,
    /// None while a nested stack is being evaluated.
    children: RefCell<BTreeMap<String, Option<Option<Rc<Child>>>>>,
    invocation: Invocation,
}

/// A resource as a template declares it.
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    pub(super) kind: Arc<str>,
    pub(super) node: Node,
    /// Line of the logical id.
    pub(super) line: u32,
}

/// The resources of a template that is a stack of its own, and of the stacks that it nests.
pub(super) fn evaluate_root(session: &Session<'_>, path: &Path) -> Vec<Resource> {
    let given = &session.options.parameters;
    let invocation = Invocation {
        prefix: String::new(),
        parameters: given.iter().map(|(name, text)| (name.clone(), Value::text(text.as_str()))).collect(),
        calls: Vec::new(),
        ancestors: Vec::new(),
        existence: Existence::Certain,
        scope: session.display(path),
    };
    Stack::open(session, path, invocation).map(|stack| stack.resources()).unwrap_or_default()
}

impl<'a> Stack<'a> {
    /// Reads a template. None when it cannot be read, which is a gap.
    fn open(session: &'a Session<'a>, path: &Path, mut invocation: Invocation) -> Option<Self> {
        let root = text::read(path).and_then(|text| {
            if !session.spend(STACK_STEPS + text.len() / 64) {
                return Err(text::Problem {
                    line: 0,
                    cause: "takes too many steps to evaluate with all that nests it".into(),
                });
            }
            note_damage(session, path, &text);
            let root = text::parse(&text)?;
            if !text.trim_start().starts_with('{') {
                suppression::comments(session, path, &text);
            }
            if root.is_map() { Ok(root) } else { Err(text::Problem { line: 1, cause: "is no map".into() }) }
        });
        let root = root.map_err(|problem| session.unreadable(path, &problem)).ok()?;
        let section =
            |name: &str| root.get(name).cloned().unwrap_or_else(|| Node::at(&root, Body::Map(Arc::default())));
        invocation.ancestors.push(super::session::canonical(path));
        let mut stack = Self {
            session,
            file: session.display(path),
            folder: path.parent().map(Path::to_path_buf).unwrap_or_default(),
            prefix: invocation.prefix.clone(),
            parameters: parameter::values(&section("Parameters"), &invocation.parameters, &invocation.prefix),
            mappings: section("Mappings"),
            conditions: BTreeMap::new(),
            conditions_known: RefCell::default(),
            declared: BTreeMap::new(),
            generated: BTreeMap::new(),
            outputs: Vec::new(),
            children: RefCell::default(),
            invocation,
        };
        stack.note_repeated_sections(&root);
        stack.note_transforms(&root);
        let mappings = stack.expand_section(&stack.mappings, "Mappings");
        stack.mappings = Node::at(&stack.mappings, Body::Map(Arc::new(mappings)));
        for entry in stack.expand_section(&section("Conditions"), "Conditions") {
            stack.conditions.entry(entry.key).or_insert(entry.value);
        }
        stack.declared = stack.declarations(&section("Resources"));
        if let Some(expanded) = sam::expand(&stack, &root) {
            (stack.declared, stack.generated) = (expanded.declared, expanded.generated);
        }
        stack.outputs = stack.expand_section(&section("Outputs"), "Outputs");
        Some(stack)
    }

    fn note_repeated_sections(&self, root: &Node) {
        let mut seen = std::collections::BTreeSet::new();
        for entry in root.entries() {
            if !seen.insert(entry.key.clone()) {
                let cause = format!("the section `{}` is given twice; only the first is read", entry.key);
                self.gap(&entry.value, cause, "merge the two");
            }
        }
    }

    fn note_transforms(&self, root: &Node) {
        let Some(transform) = root.get("Transform") else { return };
        let named = match &transform.body {
            Body::List(items) => items.as_slice(),
            _ => std::slice::from_ref(transform),
        };
        for node in named {
            let name = node.as_text().or_else(|| node.get("Name").and_then(Node::as_text)).unwrap_or("without a name");
            if !matches!(name, "AWS::Serverless-2016-10-31" | "AWS::LanguageExtensions") {
                let cause = format!(
                    "the macro `{name}` may change, add or remove resources; the template is read as it is written"
                );
                let cure = "scan the processed template: `aws cloudformation get-template --template-stage Processed`";
                self.gap(node, cause, cure);
            }
        }
    }

    fn declarations(&self, section: &Node) -> BTreeMap<Arc<str>, Declaration> {
        let mut out: BTreeMap<Arc<str>, Declaration> = BTreeMap::new();
        for entry in self.expand_section(section, "Resources") {
            let Some(kind) = entry.value.get("Type").and_then(Node::as_text) else {
                let cause = format!("the resource `{}` has no `Type` and is left out", entry.key);
                self.gap(&entry.value, cause, "give it a `Type`");
                continue;
            };
            let declaration = Declaration { kind: kind.into(), line: entry.line, node: entry.value.clone() };
            match out.entry(entry.key.clone()) {
                MapEntry::Vacant(free) => {
                    free.insert(declaration);
                }
                MapEntry::Occupied(_) => {
                    let cause = format!("the logical id `{}` is given twice; only the first is read", entry.key);
                    self.gap(&entry.value, cause, "give each resource a name of its own");
                }
            }
        }
        out
    }

    fn resources(&self) -> Vec<Resource> {
        let mut out = Vec::new();
        for (id, declaration) in &self.declared {
            let Some(existence) = self.existence(declaration) else {
                self.note_nested(declaration);
                continue;
            };
            suppression::metadata(self.session, &self.file, declaration.line, &declaration.node);
            out.push(self.resource(id, declaration, existence));
            if let Some(child) = self.child(id) {
                out.extend(child.resources.iter().cloned());
            }
        }
        out
    }

    /// None when the resource will not exist.
    fn existence(&self, declaration: &Declaration) -> Option<Existence> {
        let condition = declaration.node.get("Condition");
        let truth = condition.map_or(Truth::Known(true), |node| self.condition_of(node));
        match (truth, &self.invocation.existence) {
            (Truth::Known(false), _) => None,
            (Truth::Known(true), existence) | (_, existence @ Existence::Unknown(_)) => Some(existence.clone()),
            (Truth::Unknown(unknown), Existence::Certain) => Some(Existence::Unknown(unknown)),
        }
    }

    fn resource(&self, id: &str, declaration: &Declaration, existence: Existence) -> Resource {
        let mut attributes = BTreeMap::new();
        if let Some(properties) = declaration.node.get("Properties") {
            match dynamic_references(self.value(properties)) {
                Value::Map(entries) => attributes = (*entries).clone(),
                Value::Null => {}
                unknown => {
                    let why = unknown
                        .first_unknown()
                        .map(|unknown| unknown.to_string())
                        .unwrap_or_else(|| "they are no map".into());
                    let cause = format!("the properties of `{id}` are not known: {why}");
                    self.gap(properties, cause, "write the properties out, or scan the processed template");
                    attributes.insert(".Properties".to_owned(), unknown);
                }
            }
        }
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            if let Some(node) = declaration.node.get(policy) {
                attributes.insert(format!(".{policy}"), self.value(node));
            }
        }
        let line_end = declaration.node.line_end.max(declaration.line);
        Resource {
            dialect: Dialect::CloudFormation,
            kind: declaration.kind.clone(),
            scope: self.invocation.scope.clone(),
            address: format!("{}{id}", self.prefix),
            attributes,
            existence,
            region: self.pseudo("AWS::Region"),
            account_id: self.pseudo("AWS::AccountId"),
            unseen: None,
            origin: Origin::Code {
                file: self.file.clone(),
                line_start: declaration.line,
                line_end,
                calls: self.invocation.calls.clone(),
            },
        }
    }
}

/// Tells of bytes that were no UTF-8 and of which nothing is left.
fn note_damage(session: &Session<'_>, path: &Path, text: &str) {
    let Some(position) = text.lines().position(|line| line.contains(char::REPLACEMENT_CHARACTER)) else { return };
    let (file, line) = (session.display(path), u32::try_from(position + 1).unwrap_or(u32::MAX));
    let cause = format!("`{file}` holds bytes that are not valid UTF-8; they are read as `\u{fffd}`");
    session.gap(Gap::in_file(GapKind::UnreadableFile, file, line, cause, "save the file as UTF-8"));
}
