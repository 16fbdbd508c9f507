//! One folder of configuration, parsed: what Terraform calls a module.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body, Structure};
use partywall_model::{Gap, GapKind, Suppression};

use super::source_file::{Parsed, SourceFile, parse_file};

/// A block and the file that holds it.
pub(crate) struct Declared {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) block: Block,
}

/// An expression and the place that holds it.
pub(crate) struct Definition {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) line: u32,
    pub(crate) expression: Expression,
}

/// A parsed module. Blocks are kept by name: `aws_s3_bucket.logs`, `aws.eu`.
#[derive(Default)]
pub(crate) struct Module {
    /// Where it is on disk.
    pub(crate) folder: PathBuf,
    /// True when the folder holds no file of configuration.
    pub(crate) is_empty: bool,
    pub(crate) variables: BTreeMap<String, Declared>,
    pub(crate) locals: BTreeMap<String, Definition>,
    pub(crate) outputs: BTreeMap<String, Declared>,
    pub(crate) resources: BTreeMap<String, Declared>,
    pub(crate) data: BTreeMap<String, Declared>,
    pub(crate) calls: BTreeMap<String, Declared>,
    pub(crate) providers: BTreeMap<String, Declared>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) suppressions: Vec<Suppression>,
}

impl Declared {
    /// First and last line of the block.
    pub(crate) fn lines(&self) -> (u32, u32) {
        if let Some(span) = self.block.span() {
            return (self.file.line(span.start), self.file.line(span.end.saturating_sub(1)));
        }
        let labels = self.block.labels.iter().map(|label| label.as_str());
        let names: Vec<&str> = std::iter::once(self.block.ident.as_str()).chain(labels).collect();
        let line = self.file.line_of(&names);
        (line, line)
    }

    /// The expression of an argument.
    pub(crate) fn argument(&self, name: &str) -> Option<&Expression> {
        self.block.body.get_attribute(name).map(|attribute| &attribute.value)
    }
}

/// The path relative to `base`, with `/` between its parts.
pub(crate) fn relative_name(base: &Path, path: &Path) -> Arc<str> {
    let relative = path.strip_prefix(base).unwrap_or(path);
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/").into()
}

/// Parses every file of a folder. Files that cannot be read become gaps; the others are used.
pub(crate) fn load(base: &Path, folder: &Path) -> Module {
    let mut module = Module { folder: folder.to_owned(), ..Module::default() };
    let (mut primary, mut overrides) = (Vec::new(), Vec::new());
    let files = configuration_files(folder, &mut module.gaps, base);
    module.is_empty = files.is_empty();
    for path in files {
        match parse_file(&path, &relative_name(base, &path)) {
            Ok(parsed) if is_override(&path) => overrides.push(parsed),
            Ok(parsed) => primary.push(parsed),
            Err(gap) => module.gaps.push(gap),
        }
    }
    for parsed in primary {
        module.add_file(parsed, false);
    }
    for parsed in overrides {
        module.add_file(parsed, true);
    }
    module
}

fn configuration_files(folder: &Path, gaps: &mut Vec<Gap>, base: &Path) -> Vec<PathBuf> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let cause = format!("cannot list `{}`: {error}", relative_name(base, folder));
            let name = relative_name(base, folder);
            gaps.push(Gap::in_file(GapKind::UnreadableFile, name, 0, cause, "make the folder readable"));
            return Vec::new();
        }
    };
    let mut paths: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_configuration(path)).collect();
    paths.sort();
    paths
}

/// True for the names that Terraform reads: `*.tf`, `*.tf.json`, and OpenTofu's `*.tofu`.
fn is_configuration(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let hidden = name.starts_with('.') || name.starts_with('#') || name.ends_with('~');
    let configuration = [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|ending| name.ends_with(ending));
    configuration && !hidden && path.is_file()
}

fn is_override(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.split_once('.').map_or(name.as_str(), |(stem, _)| stem);
    stem == "override" || stem.ends_with("_override")
}

impl Module {
    /// True when it declares something that can come to exist.
    pub(crate) fn is_root_material(&self) -> bool {
        !self.resources.is_empty() || !self.calls.is_empty()
    }

    fn add_file(&mut self, parsed: Parsed, overriding: bool) {
        self.suppressions.extend(parsed.suppressions);
        self.gaps.extend(parsed.gaps);
        for structure in parsed.body {
            match structure {
                Structure::Block(block) => self.add_block(&parsed.file, block, overriding),
                Structure::Attribute(attribute) => {
                    let line = attribute.span().map_or(1, |span| parsed.file.line(span.start));
                    let cause = format!("`{}` is no argument of a configuration file", attribute.key.as_str());
                    let cure = "put it inside a block";
                    self.gaps.push(Gap::in_file(GapKind::NotEvaluated, parsed.file.name.clone(), line, cause, cure));
                }
            }
        }
    }

    fn add_block(&mut self, file: &Arc<SourceFile>, block: Block, overriding: bool) {
        let kind = block.ident.as_str().to_owned();
        let label = |at: usize| block.labels.get(at).map(|label| label.as_str().to_owned()).unwrap_or_default();
        let name = match kind.as_str() {
            "resource" | "data" => format!("{}.{}", label(0), label(1)),
            "provider" => match block.body.get_attribute("alias").and_then(|alias| alias.value.as_str()) {
                Some(alias) => format!("{}.{alias}", label(0)),
                None => label(0),
            },
            _ => label(0),
        };
        if kind == "locals" {
            return self.add_locals(file, block.body, overriding);
        }
        let blocks = match kind.as_str() {
            "variable" => &mut self.variables,
            "output" => &mut self.outputs,
            "resource" => &mut self.resources,
            "data" => &mut self.data,
            "module" => &mut self.calls,
            "provider" => &mut self.providers,
            // `terraform`, `moved`, `import`, `removed`, `check`, `ephemeral` and whatever comes next declare no resource.
            _ => return,
        };
        let declared = Declared { file: file.clone(), block };
        match blocks.get_mut(&name) {
            None => {
                blocks.insert(name, declared);
            }
            Some(base) if overriding => merge_bodies(&mut base.block.body, declared.block.body),
            Some(first) => {
                let (line, _) = declared.lines();
                let earlier = format!("{}:{}", first.file.name, first.lines().0);
                self.gaps.push(duplicate(&kind, &name, file, line, &earlier));
            }
        }
    }

    fn add_locals(&mut self, file: &Arc<SourceFile>, body: Body, overriding: bool) {
        for attribute in body.into_attributes() {
            let name = attribute.key.as_str().to_owned();
            let line = attribute.span().map_or(1, |span| file.line(span.start));
            let definition = Definition { file: file.clone(), line, expression: attribute.value };
            match self.locals.get(&name) {
                Some(first) if !overriding => {
                    let earlier = format!("{}:{}", first.file.name, first.line);
                    self.gaps.push(duplicate("local", &name, file, line, &earlier));
                }
                _ => {
                    self.locals.insert(name, definition);
                }
            }
        }
    }
}

fn duplicate(kind: &str, name: &str, file: &SourceFile, line: u32, earlier: &str) -> Gap {
    let cause = format!("{kind} `{name}` is declared twice; the first one, at {earlier}, is used");
    Gap::in_file(GapKind::NotEvaluated, file.name.clone(), line, cause, "rename or remove one of the two")
}

/// Arguments of the override replace those of the base; so do all nested blocks of a type.
///
/// <https://developer.hashicorp.com/terraform/language/files/override>
fn merge_bodies(base: &mut Body, overriding: Body) {
    let mut replaced: Vec<String> = Vec::new();
    for structure in overriding {
        match structure {
            Structure::Attribute(attribute) => {
                base.remove_attribute(attribute.key.as_str());
                base.push(attribute);
            }
            Structure::Block(block) => {
                let kind = block.ident.as_str().to_owned();
                if !replaced.contains(&kind) {
                    base.remove_blocks(&kind);
                    replaced.push(kind);
                }
                base.push(block);
            }
        }
    }
}
