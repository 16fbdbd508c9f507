//! Answers written in XML.

use percent_encoding::percent_decode_str;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

use super::{Elsewhere, Malformed, Member, Members, Operation, Service, Shape, Type, header, time};

/// How deep elements may be nested.
const DEPTH_MAX: usize = 64;

/// The answer of a body. Elements that the model does not know are skipped.
pub(super) fn answer(
    service: &Service,
    operation: &Operation,
    output: &Type,
    body: &str,
) -> Result<Map<String, Value>, Malformed> {
    let mut document = Document::new(service, body);
    let Some(root) = document.root()? else {
        return Ok(Map::new());
    };
    if let Some(member) = &operation.root_text {
        let text = document.text()?;
        let value = if text.is_empty() { Value::Null } else { Value::String(text) };
        return Ok(Map::from_iter([(member.clone(), value)]));
    }
    if let Some(payload) = &operation.payload {
        let Some(member) = header::payload_member(service, output, payload) else {
            return Ok(Map::new());
        };
        let value = document.value(&member.value, &root, 0)?;
        return Ok(value.map(|value| (payload.clone(), value)).into_iter().collect());
    }
    if let Some(result) = &operation.result {
        let found = document.enter(result)?;
        if !found {
            return Err(Malformed(format!("the answer has no `{result}`")));
        }
    }
    let Some(members) = service.members(output) else {
        return Ok(Map::new());
    };
    let answer = document.structure(members, &root, 0)?;
    document.finish()?;
    Ok(answer)
}

/// The text of the first element of each name, wherever it stands. For errors, whose bodies differ by service.
pub(super) fn texts<const N: usize>(body: &str, names: [&str; N]) -> Result<[Option<String>; N], Malformed> {
    let mut reader = Reader::from_str(body);
    let mut found = [const { None::<String> }; N];
    let mut within: Option<usize> = None;
    loop {
        let event = reader.read_event().map_err(malformed)?;
        let part = match &event {
            Event::Start(start) => {
                let position = names.iter().position(|name| *name == start.local_name().as_ref());
                within = position.filter(|at| found.get(*at).is_some_and(Option::is_none));
                continue;
            }
            Event::End(_) => {
                within = None;
                continue;
            }
            Event::Text(text) => text.as_ref().to_owned(),
            Event::CData(text) => text.as_ref().to_owned(),
            Event::GeneralRef(reference) => resolve(reference)?,
            Event::Eof => return Ok(found),
            _ => continue,
        };
        if let Some(slot) = within.and_then(|at| found.get_mut(at)) {
            slot.get_or_insert_default().push_str(&part);
        }
    }
}

/// A value of a type that has no parts; none when the text does not say one.
pub(super) fn scalar(of: &Type, text: String) -> Option<Value> {
    match of {
        Type::Boolean => match text.trim() {
            "true" | "True" | "TRUE" | "1" => Some(Value::Bool(true)),
            "false" | "False" | "FALSE" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        Type::Integer => match text.trim() {
            "" => None,
            trimmed => Some(trimmed.parse::<i64>().map_or_else(|_| Value::String(trimmed.to_owned()), Value::from)),
        },
        Type::Number => match text.trim() {
            "" => None,
            trimmed => Some(trimmed.parse::<f64>().map_or_else(|_| Value::String(trimmed.to_owned()), Value::from)),
        },
        Type::Timestamp if text.trim().is_empty() => None,
        Type::Timestamp => Some(time::timestamp(Value::String(text))),
        Type::Json => Some(serde_json::from_str(&text).unwrap_or(Value::String(text))),
        Type::Policy => {
            let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
            Some(serde_json::from_str(&decoded).unwrap_or(Value::String(text)))
        }
        Type::Any | Type::Text | Type::Blob | Type::Shape(_) => Some(Value::String(text)),
    }
}

fn malformed(error: quick_xml::Error) -> Malformed {
    Malformed(format!("the answer is not XML: {error}"))
}

/// What an entity stands for. A document's own entities are refused: no answer of AWS has any.
fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Result<String, Malformed> {
    if let Some(character) = reference.resolve_char_ref().map_err(malformed)? {
        return Ok(character.to_string());
    }
    let name: &str = reference.as_ref();
    quick_xml::escape::resolve_predefined_entity(name)
        .map(str::to_owned)
        .ok_or_else(|| Malformed(format!("the answer uses the entity `{name}`")))
}

/// A document that is read once, from its beginning to its end.
struct Document<'d> {
    service: &'d Service,
    reader: Reader<&'d [u8]>,
}

impl<'d> Document<'d> {
    fn new(service: &'d Service, body: &'d str) -> Self {
        let mut reader = Reader::from_str(body);
        reader.config_mut().expand_empty_elements = true;
        Self { service, reader }
    }

    fn next(&mut self) -> Result<Event<'d>, Malformed> {
        match self.reader.read_event().map_err(malformed)? {
            Event::Eof => Err(Malformed("the answer ends within an element".to_owned())),
            event => Ok(event),
        }
    }

    /// The first element; none when there is nothing at all.
    fn root(&mut self) -> Result<Option<BytesStart<'d>>, Malformed> {
        loop {
            match self.reader.read_event().map_err(malformed)? {
                Event::Start(start) => return Ok(Some(start)),
                Event::Eof => return Ok(None),
                Event::Text(text) if !text.as_ref().trim().is_empty() => {
                    return Err(Malformed("the answer is not XML: text stands before the first element".to_owned()));
                }
                _ => {}
            }
        }
    }

    /// Goes into the child of this name; false when there is none.
    fn enter(&mut self, name: &str) -> Result<bool, Malformed> {
        loop {
            match self.next()? {
                Event::Start(start) if start.local_name().as_ref() == name => return Ok(true),
                Event::Start(start) => self.skip(&start)?,
                Event::End(_) => return Ok(false),
                _ => {}
            }
        }
    }

    /// Reads on to the end, so that a body that was cut off is noticed.
    fn finish(&mut self) -> Result<(), Malformed> {
        loop {
            if let Event::Eof = self.reader.read_event().map_err(malformed)? {
                return Ok(());
            }
        }
    }

    fn skip(&mut self, start: &BytesStart<'_>) -> Result<(), Malformed> {
        self.reader.read_to_end(start.name()).map(drop).map_err(malformed)
    }

    /// The text of the element that was entered, up to its end.
    fn text(&mut self) -> Result<String, Malformed> {
        let mut text = String::new();
        loop {
            match self.next()? {
                Event::Text(part) => text.push_str(part.as_ref()),
                Event::CData(part) => text.push_str(part.as_ref()),
                Event::GeneralRef(reference) => text.push_str(&resolve(&reference)?),
                Event::Start(start) => self.skip(&start)?,
                Event::End(_) => return Ok(text),
                _ => {}
            }
        }
    }

    /// The value of the element that was entered, up to its end; none when it says nothing.
    fn value(&mut self, of: &Type, start: &BytesStart<'d>, depth: usize) -> Result<Option<Value>, Malformed> {
        if depth > DEPTH_MAX {
            return Err(Malformed(format!("the answer nests elements deeper than {DEPTH_MAX}")));
        }
        let Type::Shape(name) = of else {
            return Ok(scalar(of, self.text()?));
        };
        match self.service.shape(name) {
            Some(Shape::Structure(members)) => Ok(Some(Value::Object(self.structure(members, start, depth)?))),
            Some(Shape::List { of, item }) => Ok(Some(Value::Array(self.list(of, item, depth)?))),
            Some(Shape::Map { of, key, value }) => Ok(Some(Value::Object(self.map(of, key, value, depth)?))),
            None => self.skip(start).map(|()| None),
        }
    }

    fn structure(
        &mut self,
        members: &Members,
        start: &BytesStart<'d>,
        depth: usize,
    ) -> Result<Map<String, Value>, Malformed> {
        let mut structure = attributes(members, start);
        loop {
            match self.next()? {
                Event::Start(start) => match members.body.get(start.local_name().as_ref()) {
                    Some(member) if member.flat => self.flat(member, &start, depth + 1, &mut structure)?,
                    Some(member) => {
                        if let Some(value) = self.value(&member.value, &start, depth + 1)? {
                            structure.insert(member.name.clone(), value);
                        }
                    }
                    None => self.skip(&start)?,
                },
                Event::End(_) => return Ok(structure),
                _ => {}
            }
        }
    }

    /// One item of a list, or one entry of a map, that has no element around it.
    fn flat(
        &mut self,
        member: &Member,
        start: &BytesStart<'d>,
        depth: usize,
        structure: &mut Map<String, Value>,
    ) -> Result<(), Malformed> {
        let shape = match &member.value {
            Type::Shape(name) => self.service.shape(name),
            _ => None,
        };
        match shape {
            Some(Shape::List { of, .. }) => {
                let item = self.value(of, start, depth)?;
                let list = structure.entry(&member.name).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.extend(item);
                }
            }
            Some(Shape::Map { of, key, value }) => {
                let entry = self.entry(of, key, value, depth)?;
                let map = structure.entry(&member.name).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(map) = map {
                    map.extend(entry);
                }
            }
            _ => self.skip(start)?,
        }
        Ok(())
    }

    fn list(&mut self, of: &Type, item: &str, depth: usize) -> Result<Vec<Value>, Malformed> {
        let mut list = Vec::new();
        loop {
            match self.next()? {
                Event::Start(start) if start.local_name().as_ref() == item => {
                    list.extend(self.value(of, &start, depth + 1)?);
                }
                Event::Start(start) => self.skip(&start)?,
                Event::End(_) => return Ok(list),
                _ => {}
            }
        }
    }

    fn map(&mut self, of: &Type, key: &str, value: &str, depth: usize) -> Result<Map<String, Value>, Malformed> {
        let mut map = Map::new();
        loop {
            match self.next()? {
                Event::Start(_) => map.extend(self.entry(of, key, value, depth + 1)?),
                Event::End(_) => return Ok(map),
                _ => {}
            }
        }
    }

    fn entry(&mut self, of: &Type, key: &str, value: &str, depth: usize) -> Result<Option<(String, Value)>, Malformed> {
        let (mut found_key, mut found_value) = (None, None);
        loop {
            match self.next()? {
                Event::Start(start) if start.local_name().as_ref() == key => found_key = Some(self.text()?),
                Event::Start(start) if start.local_name().as_ref() == value => {
                    found_value = self.value(of, &start, depth + 1)?;
                }
                Event::Start(start) => self.skip(&start)?,
                Event::End(_) => return Ok(found_key.map(|key| (key, found_value.unwrap_or(Value::Null)))),
                _ => {}
            }
        }
    }
}

fn attributes(members: &Members, start: &BytesStart<'_>) -> Map<String, Value> {
    let mut found = Map::new();
    for (place, wire, member) in &members.elsewhere {
        if *place != Elsewhere::Attribute {
            continue;
        }
        let attribute =
            start.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == wire.as_str());
        if let Some(value) =
            attribute.and_then(|attribute| attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok())
        {
            found.insert(member.name.clone(), value.into_owned().into());
        }
    }
    found
}
