//! Conditions, in three-valued logic.
//! [Condition functions](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html)

use std::sync::Arc;

use partywall_model::{Cause, TextPart, Unknown, Value};

use crate::cloudformation::node::Node;
use crate::cloudformation::stack::Stack;
use crate::cloudformation::symbol::{parts, scalar_text, shortened, symbol};

/// Whether a condition holds, or the unknown that it hangs on.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cloudformation) enum Truth {
    Known(bool),
    Unknown(Arc<Unknown>),
}

impl Truth {
    pub(in crate::cloudformation) fn into_value(self, name: &str) -> Value {
        match self {
            Self::Known(truth) => Value::Bool(truth),
            Self::Unknown(unknown) => {
                Value::unknown(shortened(format!("{name}({})", unknown.symbol)), unknown.cause.clone())
            }
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Known(truth) => Self::Known(!truth),
            unknown => unknown,
        }
    }
}

impl Stack<'_> {
    /// Whether the condition of this name holds. `place` is where it is asked for.
    pub(in crate::cloudformation) fn condition(&self, name: &str, place: &Node) -> Truth {
        let Some(node) = self.conditions.get(name) else {
            return self.broken(place, name, format!("the condition `{name}` is not declared"));
        };
        if let Some(known) = self.conditions_known.borrow().get(name) {
            return match known {
                Some(truth) => truth.clone(),
                None => self.broken(node, name, format!("the condition `{name}` depends on itself")),
            };
        }
        self.conditions_known.borrow_mut().insert(name.to_owned(), None);
        let truth = match self.truth(node) {
            Truth::Unknown(unknown) => {
                let why = match &unknown.cause {
                    Cause::Undetermined(why) => why.clone(),
                    _ => format!("it depends on the condition `{name}`, and `{}` is not known", unknown.symbol),
                };
                let symbol = format!("condition {}{name}", self.prefix);
                Truth::Unknown(Arc::new(Unknown { symbol, cause: Cause::Undetermined(why), reference: None }))
            }
            known => known,
        };
        self.conditions_known.borrow_mut().insert(name.to_owned(), Some(truth.clone()));
        truth
    }

    /// Whether a condition holds that is named, or written out.
    pub(in crate::cloudformation) fn condition_of(&self, node: &Node) -> Truth {
        match node.scalar_text() {
            Some(name) => self.condition(&name, node),
            None => self.truth(node),
        }
    }

    /// Whether an expression of the `Conditions` section holds.
    pub(in crate::cloudformation) fn truth(&self, node: &Node) -> Truth {
        let limited = self.session.spend(1).then(|| self.session.deeper(|| self.truth_of_body(node))).flatten();
        limited.unwrap_or_else(|| self.broken(node, "Conditions", "it is nested too deeply".into()))
    }

    fn truth_of_body(&self, node: &Node) -> Truth {
        let Some(call) = node.only_entry() else { return self.truth_of_value(node) };
        let arguments = call.value.items();
        match (&*call.key, arguments) {
            ("Condition", _) => match call.value.scalar_text() {
                Some(name) => self.condition(&name, &call.value),
                None => self.broken(node, "Condition", "it does not name a condition".into()),
            },
            ("Fn::Not", [one]) => self.truth(one).not(),
            ("Fn::Equals", [left, right]) => self.equals(&self.value(left), &self.value(right)),
            ("Fn::And", [_, ..]) => self.all(arguments, true),
            ("Fn::Or", [_, ..]) => self.all(arguments, false),
            ("Fn::Not" | "Fn::Equals" | "Fn::And" | "Fn::Or", _) => {
                self.broken(node, &call.key, "it has the wrong number of arguments".into())
            }
            _ => self.truth_of_value(node),
        }
    }

    /// Kleene's conjunction (`neutral` is true) or disjunction (false).
    fn all(&self, arguments: &[Node], neutral: bool) -> Truth {
        let mut result = Truth::Known(neutral);
        for argument in arguments {
            match self.truth(argument) {
                Truth::Known(truth) if truth == neutral => {}
                Truth::Known(truth) => return Truth::Known(truth),
                unknown if result == Truth::Known(neutral) => result = unknown,
                Truth::Unknown(_) => {}
            }
        }
        result
    }

    fn truth_of_value(&self, node: &Node) -> Truth {
        let value = self.value(node);
        match (scalar_text(&value).as_deref(), value.first_unknown()) {
            (Some("true"), _) => Truth::Known(true),
            (Some("false"), _) => Truth::Known(false),
            (_, Some(unknown)) => Truth::Unknown(unknown.clone()),
            _ => self.broken(node, "Conditions", "it is neither true nor false".into()),
        }
    }

    fn equals(&self, left: &Value, right: &Value) -> Truth {
        match same(left, right) {
            Some(truth) => Truth::Known(truth),
            None => match left.first_unknown().or_else(|| right.first_unknown()) {
                Some(unknown) => Truth::Unknown(unknown.clone()),
                None => Truth::Known(false),
            },
        }
    }

    fn broken(&self, node: &Node, symbol: &str, how: String) -> Truth {
        match self.fails(node, symbol, how) {
            Value::Unknown(unknown) => Truth::Unknown(unknown),
            _ => Truth::Known(false),
        }
    }

    /// `Fn::If`.
    pub(super) fn choose(&self, argument: &Node) -> Value {
        let [condition, yes, no] = argument.items() else {
            return self.fails(argument, "Fn::If", "it takes a condition and two values".into());
        };
        let truth = self.condition_of(condition);
        match truth {
            Truth::Known(true) => self.value(yes),
            Truth::Known(false) => self.value(no),
            Truth::Unknown(unknown) => {
                let (yes, no) = (self.value(yes), self.value(no));
                if yes == no {
                    return yes;
                }
                let cause = match &unknown.cause {
                    Cause::Undetermined(why) => Cause::Undetermined(why.clone()),
                    _ => Cause::Undetermined(format!("it depends on `{}`", unknown.symbol)),
                };
                Value::unknown(
                    shortened(format!("Fn::If({}, {}, {})", unknown.symbol, symbol(&yes), symbol(&no))),
                    cause,
                )
            }
        }
    }
}

/// Whether two values are the same; None when that hangs on something unknown.
pub(super) fn same(left: &Value, right: &Value) -> Option<bool> {
    if let (Some(left), Some(right)) = (scalar_text(left), scalar_text(right)) {
        return Some(left == right);
    }
    if left == right {
        return Some(true);
    }
    if let (Value::Unknown(left), Value::Unknown(right)) = (left, right) {
        return (left.symbol == right.symbol).then_some(true);
    }
    if let (Some(left), Some(right)) = (parts(left), parts(right)) {
        return if could_match(&left, &right) { None } else { Some(false) };
    }
    match (left.first_unknown(), right.first_unknown()) {
        (None, None) => Some(false),
        _ => None,
    }
}

/// Whether two texts with unknown pieces could be equal, judged by how they begin and end.
fn could_match(left: &[TextPart], right: &[TextPart]) -> bool {
    let known = |parts: &[TextPart]| -> usize {
        parts.iter().map(|part| if let TextPart::Literal(text) = part { text.len() } else { 0 }).sum()
    };
    let whole = |parts: &[TextPart]| parts.iter().all(|part| matches!(part, TextPart::Literal(_)));
    let edge = |part: Option<&TextPart>| match part {
        Some(TextPart::Literal(text)) => text.clone(),
        _ => "".into(),
    };
    let (left_first, right_first) = (edge(left.first()), edge(right.first()));
    let (left_last, right_last) = (edge(left.last()), edge(right.last()));
    let begins = left_first.starts_with(&*right_first) || right_first.starts_with(&*left_first);
    let ends = left_last.ends_with(&*right_last) || right_last.ends_with(&*left_last);
    let fits = !(whole(left) && known(left) < known(right) || whole(right) && known(right) < known(left));
    begins && ends && fits
}
