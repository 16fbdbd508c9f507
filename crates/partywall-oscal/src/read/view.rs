//! A value of a document together with where it is.

use std::cell::RefCell;
use std::sync::Arc;

use super::json::{Body, Lines, Node};
use super::{Identifier, quoted};
use crate::defect::{Defect, DefectKind, Place};

/// A value of a document together with where it is.
pub(super) struct View<'a> {
    file: &'a str,
    lines: &'a Lines,
    defects: &'a RefCell<Vec<Defect>>,
    node: &'a Node,
    pointer: String,
}

impl<'a> View<'a> {
    pub(super) fn new(
        file: &'a str,
        lines: &'a Lines,
        defects: &'a RefCell<Vec<Defect>>,
        node: &'a Node,
        pointer: String,
    ) -> Self {
        Self { file, lines, defects, node, pointer }
    }

    fn at(&self, node: &'a Node, step: &str) -> Self {
        Self { node, pointer: format!("{}/{step}", self.pointer), ..*self }
    }

    /// What stands under a name.
    pub(super) fn child(&self, name: &str) -> Option<Self> {
        self.node.get(name).map(|node| self.at(node, &escaped(name)))
    }

    /// The object under a name, when there is one; anything else there is a defect.
    pub(super) fn object(&self, name: &str) -> Option<Self> {
        let child = self.child(name)?;
        if matches!(child.node.body, Body::Object(_)) {
            return Some(child);
        }
        child.malformed(&format!("`{name}` is no object"));
        None
    }

    /// The object under a name, which has to be there.
    pub(super) fn required_object(&self, name: &str) -> Option<Self> {
        if self.node.get(name).is_none() {
            self.malformed(&format!("`{name}` is missing"));
        }
        self.object(name)
    }

    /// The name that a control or statement has in its catalogue, in lowercase. No catalogue has long ones, and what is
    /// compared often has to be short.
    pub(super) fn token(&self, name: &str) -> Arc<str> {
        const BYTES_MAX: usize = 200;
        let text = self.text(name);
        if text.len() > BYTES_MAX {
            self.malformed(&format!("`{name}` has more than {BYTES_MAX} bytes"));
            return quoted(&text).to_lowercase().into();
        }
        text.to_lowercase().into()
    }

    /// The text under a name, which has to be there.
    pub(super) fn required_text(&self, name: &str) -> String {
        let text = self.text(name);
        if text.is_empty() {
            self.malformed(&format!("`{name}` is missing or empty"));
        }
        text
    }

    /// The objects of the list under a name; none when there is no such name.
    pub(super) fn list(&self, name: &str) -> Vec<Self> {
        let Some(child) = self.child(name) else { return Vec::new() };
        match &child.node.body {
            Body::List(nodes) => {
                let items = nodes.iter().enumerate().map(|(at, node)| child.at(node, &at.to_string()));
                items.filter(|item| item.is_element_of(name)).collect()
            }
            _ => {
                child.malformed(&format!("`{name}` is no list"));
                Vec::new()
            }
        }
    }

    /// The objects of the list under a name, which has to be there.
    pub(super) fn required_list(&self, name: &str) -> Vec<Self> {
        if self.node.get(name).is_none() {
            self.malformed(&format!("`{name}` is missing"));
        }
        self.list(name)
    }

    fn is_element_of(&self, list: &str) -> bool {
        let is_object = matches!(self.node.body, Body::Object(_));
        if !is_object {
            self.malformed(&format!("an element of `{list}` is no object"));
        }
        is_object
    }

    /// The text under a name; '' when there is no such name.
    pub(super) fn text(&self, name: &str) -> String {
        let Some(child) = self.child(name) else { return String::new() };
        child.as_text().map(str::to_owned).unwrap_or_else(|| {
            child.malformed(&format!("`{name}` is no text"));
            String::new()
        })
    }

    pub(super) fn as_text(&self) -> Option<&'a str> {
        self.node.as_text()
    }

    /// The uuid under a name, in lowercase, which has to be there.
    pub(super) fn uuid(&self, name: &str) -> String {
        if self.node.get(name).is_none() {
            self.malformed(&format!("`{name}` is missing"));
        }
        self.optional_uuid(name)
    }

    /// The uuid under a name, in lowercase; '' when there is no such name, or something else stands there.
    pub(super) fn optional_uuid(&self, name: &str) -> String {
        let text = self.text(name);
        if text.is_empty() || is_uuid(&text) {
            return text.to_lowercase();
        }
        let message = format!("`{name}` is `{}`, which is no uuid", quoted(&text));
        self.say(DefectKind::NotAUuid, &text, message);
        String::new()
    }

    pub(super) fn place(&self) -> Place {
        Place { file: self.file.to_owned(), line: self.lines.line(self.node.start), pointer: self.pointer.clone() }
    }

    pub(super) fn malformed(&self, message: &str) {
        self.say(DefectKind::Malformed, "", message.to_owned());
    }

    pub(super) fn say(&self, kind: DefectKind, uuid: &str, message: String) {
        self.defects.borrow_mut().push(Defect { place: self.place(), kind, uuid: quoted(uuid), message });
    }

    /// Collects every uuid that something below gets.
    pub(super) fn identifiers(&self, of: &Arc<str>, found: &mut Vec<Identifier>) {
        match &self.node.body {
            Body::Object(entries) => {
                for (name, node) in entries {
                    match node.as_text() {
                        Some(text) if name == "uuid" => {
                            found.push(Identifier { uuid: text.to_lowercase(), of: of.clone(), place: self.place() })
                        }
                        Some(_) => {}
                        None => self.at(node, &quoted(&escaped(name))).identifiers(&quoted(name).into(), found),
                    }
                }
            }
            Body::List(nodes) => {
                for (at, node) in nodes.iter().enumerate() {
                    self.at(node, &at.to_string()).identifiers(of, found);
                }
            }
            Body::Text(_) | Body::Other => {}
        }
    }
}

/// A name as a step of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Whether a text is what OSCAL's schema takes for a uuid.
fn is_uuid(text: &str) -> bool {
    let byte = |at: usize| text.as_bytes().get(at).copied();
    text.len() == 36
        && uuid::Uuid::try_parse(text).is_ok()
        && matches!(byte(14), Some(b'4' | b'5'))
        && matches!(byte(19), Some(b'8' | b'9' | b'a' | b'b' | b'A' | b'B'))
}
