//! Functions that make, take apart or measure lists.

use partywall_model::{TextPart, Value};

use crate::cloudformation::node::Node;
use crate::cloudformation::stack::Stack;
use crate::cloudformation::symbol::{derived, parts, scalar_text, symbol};

impl Stack<'_> {
    /// `Fn::Join`.
    pub(super) fn join(&self, argument: &Node) -> Value {
        let [delimiter, list] = argument.items() else {
            return self.fails(argument, "Fn::Join", "it takes a delimiter and a list".into());
        };
        let (delimiter, list) = (self.value(delimiter), self.value(list));
        let Some(delimiter_parts) = parts(&delimiter) else {
            return self.fails(argument, "Fn::Join", "the delimiter is not text".into());
        };
        match &list {
            Value::List(items) => {
                let mut joined: Vec<TextPart> = Vec::new();
                for (position, item) in items.iter().enumerate() {
                    let Some(item_parts) = parts(item) else {
                        return self.fails(argument, "Fn::Join", format!("item {position} of the list is not text"));
                    };
                    if position > 0 {
                        joined.extend(delimiter_parts.iter().cloned());
                    }
                    joined.extend(item_parts);
                }
                self.bounded(argument, joined)
            }
            Value::Unknown(unknown) => {
                derived(format!("Fn::Join({}, {})", symbol(&delimiter), unknown.symbol), unknown)
            }
            _ => self.fails(argument, "Fn::Join", "it is given something that is no list".into()),
        }
    }

    /// `Fn::Select`. Items that are not there at all do not count.
    pub(super) fn select(&self, argument: &Node) -> Value {
        let [index, list] = argument.items() else {
            return self.fails(argument, "Fn::Select", "it takes an index and a list".into());
        };
        let (index, list) = (self.value(index), self.value(list));
        if let Some(unknown) = index.first_unknown() {
            return derived(format!("Fn::Select({}, {})", symbol(&index), symbol(&list)), unknown);
        }
        let Some(position) = scalar_text(&index).and_then(|text| text.parse::<usize>().ok()) else {
            return self.fails(argument, "Fn::Select", "the index is no whole number".into());
        };
        match &list {
            Value::List(items) => match items.get(position) {
                Some(item) => item.clone(),
                None => {
                    self.fails(argument, "Fn::Select", format!("there is no item {position} among {}", items.len()))
                }
            },
            Value::Unknown(unknown) => derived(format!("{}[{position}]", unknown.symbol), unknown),
            _ => self.fails(argument, "Fn::Select", "it is given something that is no list".into()),
        }
    }

    /// `Fn::Split`.
    pub(super) fn split(&self, argument: &Node) -> Value {
        let [delimiter, text] = argument.items() else {
            return self.fails(argument, "Fn::Split", "it takes a delimiter and a text".into());
        };
        let (delimiter, text) = (self.value(delimiter), self.value(text));
        match (scalar_text(&delimiter), scalar_text(&text)) {
            (Some(delimiter), Some(text)) if !delimiter.is_empty() => {
                self.session.spend(text.len());
                Value::list(text.split(&*delimiter).map(Value::text))
            }
            _ => match delimiter.first_unknown().or_else(|| text.first_unknown()) {
                Some(unknown) => derived(format!("Fn::Split({}, {})", symbol(&delimiter), symbol(&text)), unknown),
                None => self.fails(argument, "Fn::Split", "it needs a delimiter and a text".into()),
            },
        }
    }

    /// `Fn::Length`.
    pub(super) fn length(&self, argument: &Node) -> Value {
        match self.value(argument) {
            Value::List(items) => Value::Number(items.len() as f64),
            Value::Unknown(unknown) => derived(format!("Fn::Length({})", unknown.symbol), &unknown),
            _ => self.fails(argument, "Fn::Length", "it is given something that is no list".into()),
        }
    }

    /// `Fn::GetAZs`: the zones of a region are the account's own.
    pub(super) fn zones(&self, argument: &Node) -> Value {
        let region = match self.value(argument) {
            Value::Text(text) if text.is_empty() => self.pseudo("AWS::Region"),
            Value::Null => self.pseudo("AWS::Region"),
            region => region,
        };
        Value::unknown(format!("Fn::GetAZs({})", symbol(&region)), partywall_model::Cause::External)
    }
}
