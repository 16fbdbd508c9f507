//! `format` and `formatlist`: <https://developer.hashicorp.com/terraform/language/functions/format>.

use std::iter::Peekable;
use std::str::Chars;

use partywall_model::{TextPart, Value};

use super::json::encode;
use super::{ANY, Call, Function, lenient};
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::types::{text_parts, to_bool, to_number};
use crate::terraform::unknown::{derived, is_known, spell};

pub(super) const FUNCTIONS: &[Function] =
    &[lenient("format", 1, ANY, format), lenient("formatlist", 1, ANY, format_list)];

/// Widest field and longest fraction.
const WIDTH_MAX: usize = 10_000;

fn format(call: &Call<'_, '_>) -> Outcome {
    if call.is_opaque(0) || matches!(call.argument(0)?, Value::Template(_)) {
        return Ok(call.unknown());
    }
    let arguments: Vec<Value> = call.arguments.iter().skip(1).cloned().collect();
    render(call, &call.text(0)?, &arguments)
}

fn format_list(call: &Call<'_, '_>) -> Outcome {
    if (0..call.arguments.len()).any(|at| call.is_opaque(at)) {
        return Ok(call.unknown());
    }
    let lengths: Vec<usize> = call.arguments.iter().filter_map(|argument| Some(argument.as_list()?.len())).collect();
    let count = lengths.first().copied().unwrap_or(1);
    if lengths.iter().any(|length| *length != count) {
        return Err(Failure::invalid("the lists differ in length"));
    }
    let mut texts = Vec::with_capacity(count);
    for at in 0..count {
        let row: Vec<Value> = call
            .arguments
            .iter()
            .map(|argument| {
                argument
                    .as_list()
                    .map_or_else(|| argument.clone(), |items| items.get(at).cloned().unwrap_or(Value::Null))
            })
            .collect();
        let Some((Value::Text(pattern), arguments)) = row.split_first() else { return Ok(call.unknown()) };
        texts.push(render(call, pattern, arguments)?);
    }
    Ok(Value::list(texts))
}

/// One `%` verb.
#[derive(Default)]
struct Verb {
    minus: bool,
    plus: bool,
    zero: bool,
    space: bool,
    sharp: bool,
    width: Option<usize>,
    precision: Option<usize>,
    argument: Option<usize>,
    letter: char,
}

fn render(call: &Call<'_, '_>, pattern: &str, arguments: &[Value]) -> Outcome {
    let mut parts = Vec::new();
    let mut characters = pattern.chars().peekable();
    let mut next = 0;
    let mut literal = String::new();
    while let Some(character) = characters.next() {
        if character != '%' {
            literal.push(character);
            continue;
        }
        let verb = parse(&mut characters)?;
        if verb.letter == '%' {
            literal.push('%');
            continue;
        }
        let at = verb.argument.unwrap_or(next);
        next = at + 1;
        let argument = arguments
            .get(at)
            .ok_or_else(|| Failure::invalid(format!("there is no argument for `%{}`", verb.letter)))?;
        parts.push(TextPart::Literal(std::mem::take(&mut literal).into()));
        parts.extend(apply(call, &verb, argument)?);
    }
    parts.push(TextPart::Literal(literal.into()));
    Ok(Value::template(parts))
}

fn parse(characters: &mut Peekable<Chars<'_>>) -> Result<Verb, Failure> {
    let mut verb = Verb::default();
    loop {
        match characters.peek() {
            Some('-') => verb.minus = true,
            Some('+') => verb.plus = true,
            Some('0') => verb.zero = true,
            Some(' ') => verb.space = true,
            Some('#') => verb.sharp = true,
            _ => break,
        }
        characters.next();
    }
    verb.width = number(characters)?;
    if characters.next_if_eq(&'.').is_some() {
        verb.precision = Some(number(characters)?.unwrap_or(0));
    }
    if characters.next_if_eq(&'[').is_some() {
        let at = number(characters)?.and_then(|at| at.checked_sub(1));
        verb.argument = Some(at.ok_or_else(|| Failure::invalid("arguments are counted from 1"))?);
        characters.next_if_eq(&']').ok_or_else(|| Failure::invalid("`]` is missing"))?;
    }
    verb.letter = characters.next().ok_or_else(|| Failure::invalid("the format ends in the middle of a verb"))?;
    Ok(verb)
}

fn number(characters: &mut Peekable<Chars<'_>>) -> Result<Option<usize>, Failure> {
    let mut digits = String::new();
    while let Some(digit) = characters.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    if digits.is_empty() {
        return Ok(None);
    }
    let number = digits.parse::<usize>().ok().filter(|number| *number <= WIDTH_MAX);
    number.map(Some).ok_or_else(|| Failure::Limit(format!("a width above {WIDTH_MAX} is asked for")))
}

fn apply(call: &Call<'_, '_>, verb: &Verb, argument: &Value) -> Result<Vec<TextPart>, Failure> {
    if !is_known(argument) {
        let plain = verb.width.is_none() && verb.precision.is_none() && matches!(verb.letter, 's' | 'v' | 'd');
        if plain && !matches!(argument, Value::List(_) | Value::Map(_)) {
            return text_parts(argument);
        }
        if verb.letter == 'v' {
            return text_parts(&encode(call.scope.root, argument));
        }
        return text_parts(&derived(&format!("format(\"%{}\", {})", verb.letter, spell(argument)), &[argument]));
    }
    let text = match verb.letter {
        's' => cut(plain_text(argument)?, verb.precision),
        'v' if matches!(argument, Value::List(_) | Value::Map(_) | Value::Null) || verb.sharp => {
            json_text(call, argument)?
        }
        'v' => plain_text(argument)?,
        'q' => json_text(call, &Value::text(plain_text(argument)?))?,
        't' => match to_bool(argument.clone())? {
            Value::Bool(truth) => truth.to_string(),
            _ => return Err(Failure::invalid("`%t` needs a truth value")),
        },
        letter => numeric(letter, verb, argument)?,
    };
    Ok(vec![TextPart::Literal(pad(verb, text).into())])
}

fn plain_text(argument: &Value) -> Result<String, Failure> {
    match Value::template(text_parts(argument)?) {
        Value::Text(text) => Ok(text.to_string()),
        _ => Err(Failure::invalid("a text is required")),
    }
}

fn json_text(call: &Call<'_, '_>, argument: &Value) -> Result<String, Failure> {
    plain_text(&encode(call.scope.root, argument))
}

fn cut(text: String, precision: Option<usize>) -> String {
    precision.map_or_else(|| text.clone(), |most| text.chars().take(most).collect())
}

fn numeric(letter: char, verb: &Verb, argument: &Value) -> Result<String, Failure> {
    let Value::Number(number) = to_number(argument.clone())? else {
        return Err(Failure::invalid(format!("`%{letter}` needs a number")));
    };
    let whole = number.trunc() as i64;
    let digits = match letter {
        'd' => whole.abs().to_string(),
        'b' => format!("{:b}", whole.abs()),
        'o' => format!("{:o}", whole.abs()),
        'x' => format!("{:x}", whole.abs()),
        'X' => format!("{:X}", whole.abs()),
        'f' | 'F' => format!("{:.*}", verb.precision.unwrap_or(6), number.abs()),
        'e' | 'E' => exponential(number.abs(), verb.precision.unwrap_or(6), letter),
        'g' | 'G' => partywall_model::format_number(number.abs()),
        _ => return Err(Failure::invalid(format!("`%{letter}` is not understood"))),
    };
    let sign = if number < 0.0 {
        "-"
    } else if verb.plus {
        "+"
    } else if verb.space {
        " "
    } else {
        ""
    };
    let zeros = match verb.width {
        Some(width) if verb.zero && !verb.minus => width.saturating_sub(sign.len() + digits.len()),
        _ => 0,
    };
    Ok(format!("{sign}{}{digits}", "0".repeat(zeros)))
}

/// Go writes at least two digits of the exponent, with its sign.
fn exponential(number: f64, precision: usize, letter: char) -> String {
    let text = format!("{number:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text.as_str(), "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}{letter}{sign}{:02}", exponent.abs())
}

fn pad(verb: &Verb, text: String) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(text.chars().count());
    let padding = " ".repeat(missing);
    if verb.minus { format!("{text}{padding}") } else { format!("{padding}{text}") }
}
