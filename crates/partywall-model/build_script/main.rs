//! Compiles `tables/<service>/<table>.toml` into the constant `TABLES` and `calls/<service>.toml` into `CALLS`, so that
//! a scan parses none of them.

mod calls;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Value;

type Failure = Box<dyn std::error::Error>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFile {
    title: String,
    about: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    arn: String,
    /// Where the API keeps the ARN, when it is not at `Arn`.
    api_arn: Option<Value>,
    /// Where the API keeps the tags. Without it, tags of live resources are unknown.
    api_tags: Option<Value>,
    /// Where the API keeps what tells rows without an ARN apart.
    api_identity: Option<OneOrMany>,
    #[serde(default)]
    identity: Vec<String>,
    #[serde(default)]
    explode: Vec<String>,
    #[serde(default)]
    derived: bool,
    #[serde(default)]
    source: Vec<SourceFile>,
    #[serde(default)]
    part: Vec<PartFile>,
    columns: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceFile {
    terraform: Option<String>,
    cloudformation: Option<String>,
    api: Option<String>,
    site: Option<String>,
    items: Option<String>,
    each: Option<String>,
    #[serde(default)]
    when: Vec<ConditionFile>,
    #[serde(default)]
    set: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionFile {
    path: String,
    #[serde(default)]
    one_of: Vec<String>,
    #[serde(default)]
    none_of: Vec<String>,
    #[serde(default)]
    otherwise: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartFile {
    terraform: Option<String>,
    cloudformation: Option<String>,
    api: Option<String>,
    items: Option<String>,
    of: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnFile {
    r#type: String,
    about: String,
    #[serde(default)]
    terraform: Option<OneOrMany>,
    #[serde(default)]
    cloudformation: Option<OneOrMany>,
    #[serde(default)]
    api: Option<OneOrMany>,
    default: Option<Value>,
    terraform_default: Option<Value>,
    api_default: Option<Value>,
    default_in_block: Option<Value>,
    #[serde(default)]
    values: toml::Table,
    presence: Option<String>,
    #[serde(default)]
    to: String,
    #[serde(default)]
    fields: toml::Table,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Columns that every table of the inventory has, before its own.
const EVERY_TABLE: &str = r#"
resource = { type = "text", about = "Unique name of the row in this inventory: the ARN in an account, the address in code. Never NULL.", default = "" }
arn = { type = "text", about = "Amazon Resource Name; NULL when it is known only after creation.", terraform = "arn", api = ["Arn", "arn", "ARN"], default = "unknown" }
title = { type = "text", about = "What people call it: its `Name` tag, its name, or its address.", default = "" }
account_id = { type = "text", about = "Account that owns it.", default = "unknown" }
region = { type = "text", about = "Region that it is in.", default = "unknown" }
tags = { type = "map", about = "Tags, with the provider's default tags merged in.", terraform = ["tags_all", "tags"], cloudformation = "Tags" }
"#;

fn main() -> Result<(), Failure> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../tables");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut tables = BTreeMap::new();
    for service in folder(&root)? {
        println!("cargo::rerun-if-changed={}", service.display());
        for file in folder(&service)?.into_iter().filter(|file| file.extension().is_some_and(|kind| kind == "toml")) {
            let name = stem(&file)?;
            let code = std::fs::read_to_string(&file)
                .map_err(Failure::from)
                .and_then(|text| table(&name, &stem(&service)?, &text))
                .map_err(|error| format!("{}: {error}", file.display()))?;
            if tables.insert(name, code).is_some() {
                return Err(format!("{}: a table of this name exists twice", file.display()).into());
            }
        }
    }
    let mut out = String::from("/// Every table, sorted by name.\npub static TABLES: &[Table] = &[\n");
    tables.values().for_each(|code| out.push_str(code));
    out.push_str("];\n");
    let generated = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(generated.join("tables.rs"), out)?;
    std::fs::write(generated.join("calls.rs"), calls::code(&root.join("../calls"))?)?;
    Ok(())
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut entries =
        std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    Ok(entries)
}

fn stem(path: &Path) -> Result<String, Failure> {
    Ok(path.file_stem().and_then(|stem| stem.to_str()).ok_or("the file name is not UTF-8")?.to_owned())
}

fn table(name: &str, service: &str, text: &str) -> Result<String, Failure> {
    let file: TableFile = toml::from_str(text)?;
    if file.title.is_empty() || file.about.is_empty() {
        return Err("`title` and `about` must say something".into());
    }
    let mut columns = if file.derived { toml::Table::new() } else { toml::from_str(EVERY_TABLE)? };
    let own: Vec<(String, Value)> = file.columns.into_iter().collect();
    let mut listed: Vec<(String, Value)> = std::mem::take(&mut columns).into_iter().collect();
    if !file.derived {
        listed.sort_by_key(|(name, _)| {
            ["resource", "arn", "title", "account_id", "region", "tags"].iter().position(|known| known == name)
        });
    }
    for (column, path) in [("arn", file.api_arn), ("tags", file.api_tags)] {
        if let (Some(path), Some((_, Value::Table(known)))) = (path, listed.iter_mut().find(|(name, _)| name == column))
        {
            known.insert("api".to_owned(), path);
        }
    }
    for (name, value) in own {
        match listed.iter_mut().find(|(existing, _)| *existing == name) {
            Some((_, existing)) => *existing = value,
            None => listed.push((name, value)),
        }
    }
    for name in file.identity.iter().chain(&file.explode).chain((!file.name.is_empty()).then_some(&file.name)) {
        if !listed.iter().any(|(existing, _)| existing == name) {
            return Err(format!("there is no column `{name}`").into());
        }
    }
    let columns = columns_code(&listed, file.derived)?;
    let mut sources = String::new();
    for source in &file.source {
        write!(sources, "{},", source_code(source, &listed)?)?;
    }
    let mut parts = String::new();
    for part in &file.part {
        let (dialect, kind) = dialect(&part.terraform, &part.cloudformation, &part.api, &part.items)?;
        let of = optional_path(&part.of)?;
        write!(
            parts,
            "Part {{ dialect: {dialect}, kind: {kind:?}, items: {}, of: {of} }},",
            optional_path(&part.items)?
        )?;
    }
    if file.derived != file.source.is_empty() {
        return Err("a table has a [[source]], unless `derived = true`".into());
    }
    Ok(format!(
        "Table {{ name: {name:?}, service: {service:?}, title: {:?}, about: {:?}, name_column: {:?}, arn: {:?}, identity: &{:?}, api_identity: &[{}], explode: &{:?}, sources: &[{sources}], parts: &[{parts}], columns: &{columns}, derived: {} }},\n",
        file.title,
        file.about,
        file.name,
        file.arn,
        file.identity,
        paths(&file.api_identity, path)?,
        file.explode,
        file.derived
    ))
}

/// The language and the type. One of the API is a call, with the place of the resources in its answer after a space.
fn dialect(
    terraform: &Option<String>,
    cloudformation: &Option<String>,
    api: &Option<String>,
    items: &Option<String>,
) -> Result<(&'static str, String), Failure> {
    match (terraform, cloudformation, api, items) {
        (Some(kind), None, None, None) => Ok(("Dialect::Terraform", kind.clone())),
        (None, Some(kind), None, None) => Ok(("Dialect::CloudFormation", kind.clone())),
        (None, None, Some(call), None) => Ok(("Dialect::Api", call.clone())),
        (None, None, Some(call), Some(items)) => {
            path(items)?;
            Ok(("Dialect::Api", format!("{call} {items}")))
        }
        _ => Err("a source or part names one type, under `terraform`, `cloudformation` or `api`".into()),
    }
}

fn source_code(source: &SourceFile, columns: &[(String, Value)]) -> Result<String, Failure> {
    let (dialect, kind) = match &source.site {
        Some(kind) => ("Dialect::Site", format!("site:{kind}")),
        None => dialect(&source.terraform, &source.cloudformation, &source.api, &source.items)?,
    };
    let mut when = String::new();
    for condition in &source.when {
        if condition.one_of.is_empty() == condition.none_of.is_empty() {
            return Err(format!("the condition on `{}` has either `one_of` or `none_of`", condition.path).into());
        }
        write!(
            when,
            "Condition {{ path: {}, one_of: &{:?}, none_of: &{:?}, otherwise: {} }},",
            path(&condition.path)?,
            condition.one_of,
            condition.none_of,
            condition.otherwise
        )?;
    }
    let mut set = String::new();
    for (name, value) in &source.set {
        if !columns.iter().any(|(existing, _)| existing == name) {
            return Err(format!("`set` names `{name}`, which is no column").into());
        }
        write!(set, "({name:?}, {}),", scalar(value)?)?;
    }
    let each = optional_path(&source.each)?;
    Ok(format!(
        "Source {{ dialect: {dialect}, kind: {kind:?}, items: {}, each: {each}, when: &[{when}], set: &[{set}] }}",
        optional_path(&source.items)?
    ))
}

fn columns_code(columns: &[(String, Value)], derived: bool) -> Result<String, Failure> {
    let mut out = String::from("[");
    for (name, value) in columns {
        let column: ColumnFile = value.clone().try_into().map_err(|error| format!("column `{name}`: {error}"))?;
        out.push_str(&column_code(name, column, derived).map_err(|error| format!("column `{name}`: {error}"))?);
    }
    Ok(out + "]")
}

fn column_code(name: &str, column: ColumnFile, derived: bool) -> Result<String, Failure> {
    if column.about.is_empty() {
        return Err("`about` must say something".into());
    }
    let column_type = column_type(&column.r#type, &column.fields, derived)?;
    let scalar_type = ["boolean", "integer", "number"].contains(&column.r#type.as_str());
    if scalar_type && column.default.is_none() && column.presence.is_none() && !derived {
        return Err("a boolean or a number needs a `default`; write \"unknown\" when the service decides".into());
    }
    let default = column.default.as_ref().map_or(Ok("Default::Empty".to_owned()), default_code)?;
    let optional_default = |value: &Option<Value>| match value {
        None => Ok("None".to_owned()),
        Some(value) => default_code(value).map(|code| format!("Some({code})")),
    };
    let terraform_default = optional_default(&column.terraform_default)?;
    let api_default = optional_default(&column.api_default)?;
    let default_in_block = optional_default(&column.default_in_block)?;
    let mut values = String::new();
    for (from, to) in &column.values {
        write!(values, "({from:?}, {}),", scalar(to)?)?;
    }
    let presence = match column.presence.as_deref() {
        None => "None",
        Some("set") => "Some(Presence::Set)",
        Some("unset") => "Some(Presence::Unset)",
        Some("literal") => "Some(Presence::Literal)",
        Some("secret") => "Some(Presence::Secret)",
        Some(other) => return Err(format!("`presence` is set, unset, literal or secret, not `{other}`").into()),
    };
    Ok(format!(
        "Column {{ name: {name:?}, about: {:?}, column_type: {column_type}, terraform: &[{}], cloudformation: &[{}], api: &[{}], own: &[Path {{ part: None, steps: &[Step::Name({name:?})] }}], default: {default}, terraform_default: {terraform_default}, api_default: {api_default}, default_in_block: {default_in_block}, values: &[{values}], presence: {presence}, to: {:?} }},",
        column.about,
        paths(&column.terraform, path)?,
        paths(&column.cloudformation, path)?,
        paths(&column.api, api_path)?,
        column.to
    ))
}

fn column_type(text: &str, fields: &toml::Table, derived: bool) -> Result<String, Failure> {
    if let Some(inner) = text.strip_prefix("list<").and_then(|rest| rest.strip_suffix('>')) {
        return Ok(format!("ColumnType::List(&{})", column_type(inner, fields, derived)?));
    }
    Ok(match text {
        "text" => "ColumnType::Text".into(),
        "boolean" => "ColumnType::Boolean".into(),
        "integer" => "ColumnType::Integer".into(),
        "number" => "ColumnType::Number".into(),
        "json" => "ColumnType::Json".into(),
        "reference" => "ColumnType::Reference".into(),
        "map" => "ColumnType::Map".into(),
        "struct" if fields.is_empty() => return Err("a struct needs `fields`".into()),
        "struct" => {
            let fields: Vec<(String, Value)> = fields.clone().into_iter().collect();
            format!("ColumnType::Struct(&{})", columns_code(&fields, derived)?)
        }
        other => return Err(format!("`{other}` is no column type").into()),
    })
}

fn default_code(value: &Value) -> Result<String, Failure> {
    match value {
        Value::String(text) if text == "unknown" => Ok("Default::Unknown".into()),
        Value::String(text) if text.is_empty() => Ok("Default::Empty".into()),
        value => Ok(format!("Default::Value({})", scalar(value)?)),
    }
}

fn scalar(value: &Value) -> Result<String, Failure> {
    Ok(match value {
        Value::String(text) => format!("Scalar::Text({text:?})"),
        Value::Boolean(truth) => format!("Scalar::Boolean({truth})"),
        Value::Integer(number) => format!("Scalar::Integer({number})"),
        Value::Float(number) => format!("Scalar::Number({number:?})"),
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            format!("Scalar::Texts(&{:?})", texts.ok_or("a list holds texts")?)
        }
        other => return Err(format!("`{other}` is no constant").into()),
    })
}

fn paths(paths: &Option<OneOrMany>, read: fn(&str) -> Result<String, Failure>) -> Result<String, Failure> {
    paths.as_ref().map_or(&[][..], OneOrMany::as_slice).iter().map(|text| Ok(read(text)? + ",")).collect()
}

fn optional_path(text: &Option<String>) -> Result<String, Failure> {
    text.as_ref().map_or(Ok("None".to_owned()), |text| Ok(format!("Some({})", path(text)?)))
}

/// `part:a.b[].c[Key=x].d[keys]`; a lone `:` ends the part's type, `^` is the resource itself, `.` the element itself,
/// `[values]` every value of a map and `[/]` what follows the last slash of a text.
fn path(text: &str) -> Result<String, Failure> {
    let lone = text.match_indices(':').map(|(at, _)| at).find(|at| {
        let (before, after) = (&text[..*at], &text[at + 1..]);
        !before.is_empty() && !before.ends_with(':') && !after.starts_with(':') && !before.contains('[')
    });
    match lone {
        Some(at) => path_code(Some(&text[..at]), &text[at + 1..]),
        None => path_code(None, text),
    }
}

/// A path of the API. The type of a part is a call, which holds a colon itself: `s3:GetBucketVersioning:Status`; one
/// that is a list of things is written as in `[[part]]`: `elbv2:DescribeTargetHealth TargetHealthDescriptions[]:Target`.
fn api_path(text: &str) -> Result<String, Failure> {
    let colons: Vec<usize> = text.match_indices(':').map(|(at, _)| at).collect();
    match colons.as_slice() {
        // A service's name holds neither; a member further down may hold a colon, as `Condition.ArnLike.aws:SourceArn`.
        [first, ..] if text[..*first].contains(['[', '.']) => path_code(None, text),
        [_, second, ..] => path_code(Some(&text[..*second]), &text[second + 1..]),
        [_] => Err(format!("path `{text}`: a part of the API is written `service:Call:path`").into()),
        _ => path_code(None, text),
    }
}

fn path_code(part: Option<&str>, text: &str) -> Result<String, Failure> {
    let rest = text;
    let mut steps = String::new();
    let mut rest = if rest == "." { "" } else { rest };
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('[') {
            let (inside, after) = after.split_once(']').ok_or_else(|| format!("path `{text}`: `[` is not closed"))?;
            match inside.split_once('=') {
                None if inside.is_empty() => steps.push_str("Step::All,"),
                None if inside == "keys" => steps.push_str("Step::Keys,"),
                None if inside == "values" => steps.push_str("Step::Values,"),
                None if inside == "/" => steps.push_str("Step::LastSegment,"),
                None => {
                    let known = "`[]`, `[keys]`, `[values]`, `[/]` or `[name=value]`";
                    return Err(format!("path `{text}`: `[{inside}]` must be {known}").into());
                }
                Some((name, value)) => write!(steps, "Step::Matching({name:?}, {value:?}),")?,
            }
            rest = after.strip_prefix('.').unwrap_or(after);
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            match &rest[..end] {
                "" => return Err(format!("path `{text}` has an empty step").into()),
                "^" => steps.push_str("Step::Own,"),
                name => write!(steps, "Step::Name({name:?}),")?,
            }
            rest = rest[end..].strip_prefix('.').unwrap_or(&rest[end..]);
        }
    }
    Ok(format!("Path {{ part: {part:?}, steps: &[{steps}] }}"))
}
