//! Functions that read files. Nothing outside what is scanned is read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use globset::GlobBuilder;
use hcl_edit::parser::parse_template;
use partywall_model::Value;

use super::{Call, Function, known, lenient};
use crate::terraform::estate::normalize;
use crate::terraform::evaluate::render_template;
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::limits::{FILE_BYTES_MAX, VALUE_NODES_MAX};
use crate::terraform::scope::{Binding, Scope};
use crate::terraform::source_file::check_nesting;
use crate::terraform::unknown::is_known;

pub(super) const FUNCTIONS: &[Function] = &[
    known("abspath", 1, 1, |call| {
        let path = normalize(&call.scope.root.folder.join(call.text(0)?.as_ref()));
        Ok(Value::text(path.to_string_lossy().as_ref()))
    }),
    known("basename", 1, 1, |call| {
        Ok(Value::text(call.text(0)?.trim_end_matches('/').rsplit('/').next().unwrap_or_default()))
    }),
    known("dirname", 1, 1, |call| {
        let text = call.text(0)?;
        Ok(Value::text(text.trim_end_matches('/').rsplit_once('/').map_or(".", |(folder, _)| folder)))
    }),
    known("pathexpand", 1, 1, |call| call.text(0).map(Value::Text)),
    known("file", 1, 1, |call| read_utf8(call).map(Value::text)),
    known("filebase64", 1, 1, |call| Ok(Value::text(STANDARD.encode(read_bytes(call)?)))),
    known("fileexists", 1, 1, |call| Ok(Value::Bool(resolve(call)?.is_file()))),
    known("fileset", 2, 2, file_set),
    lenient("templatefile", 2, 2, template_file),
    lenient("templatestring", 2, 2, |call| match call.argument(0)? {
        Value::Text(text) => render(call, text),
        _ => Ok(call.unknown()),
    }),
];

/// Deepest folder below the one that `fileset` is asked about.
const FOLDER_DEPTH_MAX: usize = 32;

/// The file that the first argument names, seen from the root module's folder.
fn resolve(call: &Call<'_, '_>) -> Result<PathBuf, Failure> {
    let root = call.scope.root;
    let text = call.text(0)?;
    let path = normalize(&root.folder.join(text.as_ref()));
    let real = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
    let base = fs::canonicalize(&root.estate.base).unwrap_or_else(|_| root.estate.base.clone());
    if !path.starts_with(&root.estate.base) || (path.exists() && !real.starts_with(&base)) {
        return Err(Failure::Missing(format!("`{text}` is outside what is scanned and is not read")));
    }
    Ok(path)
}

/// The content of the file that the first argument names.
pub(super) fn read_bytes(call: &Call<'_, '_>) -> Result<Vec<u8>, Failure> {
    let path = resolve(call)?;
    let text = call.text(0)?;
    let size = fs::metadata(&path).map_err(|error| Failure::Missing(format!("cannot read `{text}`: {error}")))?.len();
    if size > FILE_BYTES_MAX {
        return Err(Failure::Limit(format!("`{text}` is larger than {} MiB", FILE_BYTES_MAX >> 20)));
    }
    call.scope.root.spend(size / 256)?;
    fs::read(&path).map_err(|error| Failure::Missing(format!("cannot read `{text}`: {error}")))
}

fn read_utf8(call: &Call<'_, '_>) -> Result<String, Failure> {
    String::from_utf8(read_bytes(call)?).map_err(|_| Failure::invalid("the file is not valid UTF-8"))
}

fn template_file(call: &Call<'_, '_>) -> Outcome {
    if !is_known(call.argument(0)?) {
        return Ok(call.unknown());
    }
    let text = read_utf8(call)?;
    render(call, &text)
}

/// Renders a template whose names are the entries of the second argument.
fn render(call: &Call<'_, '_>, text: &str) -> Outcome {
    if call.is_opaque(1) {
        return Ok(call.unknown());
    }
    if call.scope.instance.is_none() {
        return Err(Failure::invalid("a template cannot render a template"));
    }
    check_nesting(text).map_err(|_| Failure::Limit("the template's brackets nest too deeply".into()))?;
    let template = parse_template(text).map_err(|error| {
        let place = error.location();
        Failure::invalid(format!(
            "the template, line {} column {}: {}",
            place.line(),
            place.column(),
            error.message().replace('\n', "; ")
        ))
    })?;
    let names: Vec<(&String, &Value)> = call.map(1)?.iter().collect();
    with_names(Scope::constant(call.scope.root), &names, &|scope| render_template(scope, &template))
}

fn with_names(scope: Scope<'_, '_>, names: &[(&String, &Value)], run: &dyn Fn(Scope<'_, '_>) -> Outcome) -> Outcome {
    let Some(((name, value), rest)) = names.split_first() else { return run(scope) };
    let _level = scope.root.descend()?;
    let binding = Binding { name, value: (*value).clone(), outer: scope.bindings };
    with_names(scope.bind(&binding), rest, run)
}

fn file_set(call: &Call<'_, '_>) -> Outcome {
    let folder = resolve(call)?;
    let pattern = call.text(1)?;
    let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
    let glob = glob.map_err(|error| Failure::invalid(format!("pattern `{pattern}`: {error}")))?.compile_matcher();
    let mut found = BTreeSet::new();
    let mut pending = vec![(folder.clone(), 0)];
    let mut seen = 0_usize;
    while let Some((current, depth)) = pending.pop() {
        for entry in fs::read_dir(&current).into_iter().flatten().flatten() {
            seen += 1;
            if seen > VALUE_NODES_MAX {
                return Err(Failure::Limit("the folder holds too many files".into()));
            }
            let path = entry.path();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && depth < FOLDER_DEPTH_MAX {
                pending.push((path, depth + 1));
            } else if !is_folder
                && let Some(name) = relative(&folder, &path)
                && glob.is_match(&name)
            {
                found.insert(name);
            }
        }
    }
    Ok(Value::list(found.into_iter().map(Value::text)))
}

fn relative(folder: &Path, path: &Path) -> Option<String> {
    let parts = path.strip_prefix(folder).ok()?.components().map(|part| part.as_os_str().to_str().map(str::to_owned));
    Some(parts.collect::<Option<Vec<String>>>()?.join("/"))
}
