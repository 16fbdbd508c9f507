//! Text with interpolations and directives.

use hcl_edit::template::{Directive, Element, ForDirective, IfDirective, Strip, Template};
use partywall_model::{TextPart, Value};

use super::evaluate;
use crate::terraform::collection::{Elements, elements};
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::limits::TEXT_BYTES_MAX;
use crate::terraform::scope::{Binding, Scope};
use crate::terraform::types::{text_parts, to_bool};
use crate::terraform::unknown::{derived, spell, undetermined};

/// The value of a template; a lone interpolation keeps its type.
pub(crate) fn evaluate_template(scope: Scope<'_, '_>, template: &Template) -> Outcome {
    if let Some(Element::Interpolation(only)) = template.as_single_element() {
        return evaluate(scope, &only.expr);
    }
    render(scope, template)
}

/// The text of a template.
pub(crate) fn render(scope: Scope<'_, '_>, template: &Template) -> Outcome {
    let mut parts = Vec::new();
    append(scope, template, Trim::default(), &mut parts)?;
    let bytes: usize = parts.iter().map(|part| if let TextPart::Literal(text) = part { text.len() } else { 0 }).sum();
    scope.root.spend(bytes as u64 / 256)?;
    if bytes > TEXT_BYTES_MAX {
        return Err(Failure::Limit(format!("the text is longer than {} MiB", TEXT_BYTES_MAX >> 20)));
    }
    Ok(Value::template(parts))
}

/// Whether white space is cut at the beginning and the end of a template, as `~` asks.
#[derive(Default, Clone, Copy)]
struct Trim {
    start: bool,
    end: bool,
}

fn append(scope: Scope<'_, '_>, template: &Template, trim: Trim, parts: &mut Vec<TextPart>) -> Result<(), Failure> {
    let count = template.len();
    for (at, element) in template.iter().enumerate() {
        match element {
            Element::Literal(text) => {
                let before = if at == 0 { trim.start } else { template.get(at - 1).is_some_and(strips_after) };
                let after = if at + 1 == count { trim.end } else { template.get(at + 1).is_some_and(strips_before) };
                let mut text = text.value().as_str();
                if before {
                    text = trim_line_start(text);
                }
                if after {
                    text = trim_line_end(text);
                }
                parts.push(TextPart::Literal(text.into()));
            }
            Element::Interpolation(interpolation) => parts.extend(text_parts(&evaluate(scope, &interpolation.expr)?)?),
            Element::Directive(directive) => match directive.as_ref() {
                Directive::If(directive) => append_if(scope, directive, parts)?,
                Directive::For(directive) => append_for(scope, directive, parts)?,
            },
        }
    }
    Ok(())
}

fn strips_after(element: &Element) -> bool {
    match element {
        Element::Literal(_) => false,
        Element::Interpolation(interpolation) => cuts_after(interpolation.strip),
        Element::Directive(directive) => match directive.as_ref() {
            Directive::If(directive) => cuts_after(directive.endif_expr.strip),
            Directive::For(directive) => cuts_after(directive.endfor_expr.strip),
        },
    }
}

fn strips_before(element: &Element) -> bool {
    match element {
        Element::Literal(_) => false,
        Element::Interpolation(interpolation) => cuts_before(interpolation.strip),
        Element::Directive(directive) => match directive.as_ref() {
            Directive::If(directive) => cuts_before(directive.if_expr.strip),
            Directive::For(directive) => cuts_before(directive.for_expr.strip),
        },
    }
}

fn cuts_before(strip: Strip) -> bool {
    matches!(strip, Strip::Start | Strip::Both)
}

fn cuts_after(strip: Strip) -> bool {
    matches!(strip, Strip::End | Strip::Both)
}

/// Cuts white space up to the end of the line, as the lines of a heredoc are tokens of their own.
fn trim_line_start(text: &str) -> &str {
    let (line, rest) = text.split_at(text.find('\n').map_or(text.len(), |at| at + 1));
    if line.trim().is_empty() { rest } else { text.trim_start() }
}

/// Cuts white space back to the beginning of the line, and the line break when the line begins here.
fn trim_line_end(text: &str) -> &str {
    let line_start = text.rfind('\n').map_or(0, |at| at + 1);
    let (before, line) = text.split_at(line_start);
    if !line.is_empty() {
        let kept = before.len() + line.trim_end().len();
        return text.get(..kept).unwrap_or(text);
    }
    let previous = before.trim_end_matches('\n');
    let previous_start = previous.rfind('\n').map_or(0, |at| at + 1);
    let kept = previous_start + previous.get(previous_start..).unwrap_or_default().trim_end().len();
    text.get(..kept).unwrap_or(text)
}

fn append_if(scope: Scope<'_, '_>, directive: &IfDirective, parts: &mut Vec<TextPart>) -> Result<(), Failure> {
    let closing = directive.endif_expr.strip;
    let middle = directive.else_expr.as_ref().map_or(closing, |branch| branch.strip);
    let yes = Trim { start: cuts_after(directive.if_expr.strip), end: cuts_before(middle) };
    let no = Trim { start: cuts_after(middle), end: cuts_before(closing) };
    let condition = to_bool(evaluate(scope, &directive.if_expr.cond_expr)?)?;
    match condition {
        Value::Bool(true) => append(scope, &directive.if_expr.template, yes, parts),
        Value::Bool(false) => match &directive.else_expr {
            Some(branch) => append(scope, &branch.template, no, parts),
            None => Ok(()),
        },
        Value::Null => Err(Failure::invalid("the condition of an `if` directive is null")),
        condition => {
            let symbol = scope.root.unique(&format!("%{{if {}}}", spell(&condition)));
            parts.extend(text_parts(&undetermined(&symbol, &condition))?);
            Ok(())
        }
    }
}

fn append_for(scope: Scope<'_, '_>, directive: &ForDirective, parts: &mut Vec<TextPart>) -> Result<(), Failure> {
    let head = &directive.for_expr;
    let trim = Trim { start: cuts_after(head.strip), end: cuts_before(directive.endfor_expr.strip) };
    let collection = evaluate(scope, &head.collection_expr)?;
    let pairs = match elements(&collection)? {
        Elements::Known(pairs) => pairs,
        Elements::Unknown(_) => {
            let symbol = scope.root.unique(&format!("%{{for … in {}}}", spell(&collection)));
            parts.extend(text_parts(&derived(&symbol, &[&collection]))?);
            return Ok(());
        }
    };
    for (key, value) in pairs {
        scope.root.spend(1)?;
        if parts.len() > TEXT_BYTES_MAX / 64 {
            return Err(Failure::Limit("the template has too many parts".into()));
        }
        let key_name = head.key_var.as_ref().map_or("", |name| name.as_str());
        let value_binding = Binding { name: head.value_var.as_str(), value, outer: scope.bindings };
        let key_binding = Binding { name: key_name, value: key, outer: Some(&value_binding) };
        let innermost = if key_name.is_empty() { &value_binding } else { &key_binding };
        append(scope.bind(innermost), &head.template, trim, parts)?;
    }
    Ok(())
}
