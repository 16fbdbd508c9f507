//! YAML as CloudFormation reads it: [version 1.1 scalars](https://yaml.org/type/), short forms of
//! intrinsic functions as tags, no dates.

mod indent;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use partywall_model::format_number;
use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::node::{Body, Entry, Node};
use super::text::{DEPTH_MAX, NODES_MAX, Problem};

/// Reads the first document.
///
/// # Errors
/// When the text is not YAML, is nested too deeply, or its aliases expand to too many nodes.
pub(super) fn parse(text: &str) -> Result<Node, Problem> {
    parse_strictly(text).or_else(|problem| parse_strictly(&indent::corrected(text)).map_err(|_| problem))
}

fn parse_strictly(text: &str) -> Result<Node, Problem> {
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| Problem {
            line: line(error.marker().line()),
            cause: format!("is not well-formed YAML: {}", error.info()),
        })?;
        if let Event::DocumentEnd | Event::StreamEnd = event {
            break;
        }
        builder.take(event, span)?;
    }
    Ok(builder.root.unwrap_or(Node { body: Body::Null, line_start: 1, line_end: 1 }))
}

/// A collection whose end has not been seen yet.
struct Open {
    tag: Option<String>,
    anchor: usize,
    line: u32,
    line_end: u32,
    content: Content,
    nodes: usize,
}

enum Content {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(Arc<str>, u32)>, merges: Vec<Node> },
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    /// Each anchored node, with the number of nodes that it stands for.
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let at = line(span.start.line());
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let line_end =
                    if span.end.col() == 0 { line(span.end.line()).saturating_sub(1) } else { line(span.end.line()) };
                let line_end = line_end.max(at);
                let core = tag.as_ref().filter(|tag| is_core(tag)).map(|tag| tag.suffix.clone());
                let body = scalar(&text, style, core.as_deref());
                let node = Node { body, line_start: at, line_end };
                self.finish(tag_name(tag.as_deref()), anchor, node, 1)
            }
            Event::SequenceStart(anchor, tag) => self.start(tag.as_deref(), anchor, at, Content::List(Vec::new())),
            Event::MappingStart(anchor, tag) => self.start(
                tag.as_deref(),
                anchor,
                at,
                Content::Map { entries: Vec::new(), key: None, merges: Vec::new() },
            ),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                let line_end = if span.is_empty() { open.line_end } else { open.line_end.max(line(span.end.line())) };
                let body = match open.content {
                    Content::List(items) => Body::List(Arc::new(items)),
                    Content::Map { entries, merges, .. } => Body::Map(Arc::new(merge(entries, &merges))),
                };
                self.finish(open.tag, open.anchor, Node { body, line_start: open.line, line_end }, open.nodes)
            }
            Event::Alias(anchor) => {
                let Some((node, nodes)) = self.anchors.get(&anchor).cloned() else {
                    return Err(Problem { line: at, cause: "has an alias that contains itself".into() });
                };
                self.finish(None, 0, Node { line_start: at, line_end: at, ..node }, nodes)
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn start(&mut self, tag: Option<&Tag>, anchor: usize, line: u32, content: Content) -> Result<(), Problem> {
        if self.open.len() >= DEPTH_MAX {
            return Err(Problem { line, cause: format!("is nested more than {DEPTH_MAX} levels deep") });
        }
        self.open.push(Open { tag: tag_name(tag), anchor, line, line_end: line, content, nodes: 1 });
        Ok(())
    }

    /// Puts a complete node into the collection that is open.
    fn finish(&mut self, tag: Option<String>, anchor: usize, node: Node, nodes: usize) -> Result<(), Problem> {
        self.nodes += nodes;
        if self.nodes > NODES_MAX {
            let cause = format!("expands to more than {NODES_MAX} values");
            return Err(Problem { line: node.line_start, cause });
        }
        let node = match tag {
            Some(tag) => call(&tag, node),
            None => node,
        };
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), nodes));
        }
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(());
        };
        open.nodes += nodes;
        open.line_end = open.line_end.max(node.line_end);
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Map { entries, key, merges } => match key.take() {
                None => *key = Some((key_text(&node)?, node.line_start)),
                Some((name, _)) if &*name == "<<" => merges.push(node),
                Some((name, line)) => entries.push(Entry { key: name, line, value: node }),
            },
        }
        Ok(())
    }
}

fn line(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn is_core(tag: &Tag) -> bool {
    tag.is_yaml_core_schema()
        || tag.handle == "!!"
        || (tag.handle.is_empty() && tag.suffix.starts_with("tag:yaml.org,2002:"))
}

/// The name of a tag that is no type of YAML itself.
fn tag_name(tag: Option<&Tag>) -> Option<String> {
    let tag = tag.filter(|tag| !is_core(tag))?;
    Some(if tag.handle == "!" { tag.suffix.clone() } else { format!("{}{}", tag.handle, tag.suffix) })
}

/// The function that a short form calls; a node that says so when there is none of this name.
/// [Short forms](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html)
fn call(tag: &str, argument: Node) -> Node {
    const FUNCTIONS: [&str; 19] = [
        "And",
        "Base64",
        "Cidr",
        "Contains",
        "Equals",
        "FindInMap",
        "GetAZs",
        "GetAtt",
        "If",
        "ImportValue",
        "Join",
        "Length",
        "Not",
        "Or",
        "Select",
        "Split",
        "Sub",
        "ToJsonString",
        "Transform",
    ];
    let place = argument.clone();
    match tag {
        "" => argument,
        "Ref" | "Condition" => Node::map(&place, [(tag, argument)]),
        name if FUNCTIONS.contains(&name) => Node::map(&place, [(format!("Fn::{name}"), argument)]),
        name => Node::at(&place, Body::Foreign(name.into())),
    }
}

fn key_text(node: &Node) -> Result<Arc<str>, Problem> {
    match &node.body {
        Body::Null => Ok("null".into()),
        _ => node
            .scalar_text()
            .map(Into::into)
            .ok_or_else(|| Problem { line: node.line_start, cause: "has a key that is not text".into() }),
    }
}

/// Adds what `<<` brings in: own keys win, then earlier merges over later ones.
fn merge(mut entries: Vec<Entry>, merges: &[Node]) -> Vec<Entry> {
    let sources = merges.iter().flat_map(|node| match &node.body {
        Body::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    });
    let mut known: BTreeSet<Arc<str>> = entries.iter().map(|entry| entry.key.clone()).collect();
    for source in sources {
        entries.extend(source.entries().iter().filter(|entry| known.insert(entry.key.clone())).cloned());
    }
    entries
}

/// Reads a scalar. What would be written back differently from how it is written here stays text:
/// dates, account ids with leading zeros, versions such as `1.10`, numbers beyond 2⁵³.
fn scalar(text: &str, style: ScalarStyle, core: Option<&str>) -> Body {
    let plain = style == ScalarStyle::Plain && core.is_none();
    match (plain, core) {
        (false, None | Some("str")) => return Body::Text(text.into()),
        (false, Some("null")) => return Body::Null,
        _ => {}
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Body::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Body::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Body::Bool(false),
        _ => match text.parse::<f64>() {
            Ok(number) if number.is_finite() && format_number(number) == text => Body::Number(number),
            _ => Body::Text(text.into()),
        },
    }
}
