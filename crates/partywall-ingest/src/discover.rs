//! Finds what can be read under a path.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::{DirEntry, WalkBuilder};
use partywall_model::{Gap, GapKind};
use thiserror::Error;

use crate::{cloudformation, live, site, terraform};

/// What was found under a path, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Folders that hold Terraform configuration.
    pub terraform_folders: Vec<PathBuf>,
    /// Plans and states in JSON.
    pub terraform_documents: Vec<PathBuf>,
    /// CloudFormation templates.
    pub templates: Vec<PathBuf>,
    /// Manifests of collections.
    pub collections: Vec<PathBuf>,
    /// Answers that the AWS CLI printed.
    pub answers: Vec<PathBuf>,
    /// The `site.toml` of each site that we run ourselves.
    pub sites: Vec<PathBuf>,
    /// Evidence of sites whose `site.toml` is missing.
    pub strays: Vec<PathBuf>,
    /// What could not be looked at.
    pub gaps: Vec<Gap>,
}

/// Why nothing could be looked for.
#[derive(Debug, Error)]
pub enum DiscoverError {
    /// The path does not exist or cannot be read.
    #[error("`{path}` cannot be read: {error}")]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A pattern of `exclude` is not a glob.
    #[error("`{pattern}` is not a file pattern: {error}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        error: globset::Error,
    },
    /// Nothing that could be read is there, which must not look as if all were well.
    #[error("nothing to scan in `{path}`{gaps}")]
    Nothing {
        /// The path.
        path: PathBuf,
        /// What could not be looked at, each after a semicolon.
        gaps: String,
    },
}

/// Folders that hold other people's copies or no configuration.
const SKIPPED_FOLDERS: [&str; 5] = [".git", ".terraform", ".terragrunt-cache", "node_modules", ".aws-sam"];

/// How much of a file is read to tell what it is, in bytes.
const HEAD_BYTES: u64 = 64 * 1024;

/// Files with names of evidence that make a folder without `site.toml` a site.
const STRAYS_MIN: usize = 3;

/// How much of a possible template is read to tell whether it is one, in bytes.
const TEMPLATE_BYTES: u64 = 16 * 1024 * 1024;

/// Looks through a folder, or at one file.
///
/// # Errors
/// When the path does not exist, a pattern of `exclude` is not a glob, or nothing is found.
pub fn discover(target: &Path, exclude: &[String]) -> Result<Found, DiscoverError> {
    let unreadable = |error| DiscoverError::Unreadable { path: target.to_owned(), error };
    let metadata = std::fs::metadata(target).map_err(unreadable)?;
    let excluded = patterns(exclude)?;
    let mut finder = Finder::default();
    if metadata.is_file() {
        finder.consider(target, target);
        return finder.finish(target);
    }
    let walk = WalkBuilder::new(target)
        .standard_filters(false)
        .follow_links(true)
        .filter_entry(|entry| !is_skipped(entry))
        .sort_by_file_path(Path::cmp)
        .build();
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                let relative = entry.path().strip_prefix(target).unwrap_or(entry.path());
                if !excluded.is_match(relative) {
                    finder.consider(target, entry.path());
                }
            }
            Ok(_) => {}
            Err(error) => finder.gaps.push(Gap::in_file(
                GapKind::UnreadableFile,
                path_of(&error).map(|path| shown(target, path)).unwrap_or_default(),
                0,
                format!("a folder or file cannot be looked at: {error}"),
                "check its permissions and links",
            )),
        }
    }
    finder.finish(target)
}

fn patterns(exclude: &[String]) -> Result<GlobSet, DiscoverError> {
    let mut builder = GlobSetBuilder::new();
    for pattern in exclude {
        let refused = |error| DiscoverError::Pattern { pattern: pattern.clone(), error };
        builder.add(Glob::new(pattern).map_err(refused)?);
    }
    builder.build().map_err(|error| DiscoverError::Pattern { pattern: exclude.join(", "), error })
}

/// The path that an error of the walk is about.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// A path relative to what is scanned, with `/`.
fn shown(target: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(target).ok().filter(|relative| !relative.as_os_str().is_empty());
    let parts: Vec<_> = relative.unwrap_or(path).components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

fn is_skipped(entry: &DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name().to_str().is_some_and(|name| SKIPPED_FOLDERS.contains(&name))
}

#[derive(Default)]
struct Finder {
    folders: BTreeSet<PathBuf>,
    documents: Vec<PathBuf>,
    templates: Vec<PathBuf>,
    collections: Vec<PathBuf>,
    answers: Vec<PathBuf>,
    sites: Vec<PathBuf>,
    strays: Vec<PathBuf>,
    gaps: Vec<Gap>,
}

impl Finder {
    fn consider(&mut self, target: &Path, file: &Path) {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name == site::MANIFEST {
            self.sites.push(file.to_owned());
            return;
        }
        if site::is_evidence(file) {
            self.strays.push(file.to_owned());
            return;
        }
        if [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|ending| name.ends_with(ending)) {
            self.folders.extend(file.parent().map(Path::to_owned));
            return;
        }
        let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
        let may_be_document = matches!(extension.as_str(), "json" | "tfstate");
        if may_be_document && self.head(target, file, HEAD_BYTES).is_some_and(|head| terraform::is_document(&head)) {
            self.documents.push(file.to_owned());
            return;
        }
        let may_be_template = matches!(extension.as_str(), "yaml" | "yml" | "json" | "template" | "cfn" | "cform");
        if may_be_template
            && self.head(target, file, TEMPLATE_BYTES).is_some_and(|text| cloudformation::is_template(&text))
        {
            self.templates.push(file.to_owned());
        } else if extension == "json"
            && let Some(head) = self.head(target, file, HEAD_BYTES)
        {
            if live::is_collection(file, &head) {
                self.collections.push(file.to_owned());
            } else if live::is_answer(file, &head) {
                self.answers.push(file.to_owned());
            }
        }
    }

    /// The beginning of a file, with what is not UTF-8 replaced: decoders complain about that with a line.
    fn head(&mut self, target: &Path, file: &Path, bytes_max: u64) -> Option<String> {
        let mut head = Vec::new();
        let read = std::fs::File::open(file).and_then(|file| file.take(bytes_max).read_to_end(&mut head));
        match read {
            Ok(_) => Some(String::from_utf8_lossy(&head).into_owned()),
            Err(error) => {
                let path = shown(target, file);
                let cause = format!("`{path}` cannot be read: {error}");
                self.gaps.push(Gap::in_file(GapKind::UnreadableFile, path, 0, cause, "check its permissions"));
                None
            }
        }
    }

    fn finish(mut self, target: &Path) -> Result<Found, DiscoverError> {
        let folders: Vec<&Path> = self.sites.iter().filter_map(|file| file.parent()).collect();
        self.strays.retain(|file| !folders.iter().any(|folder| file.starts_with(folder)));
        // One file of such a name may be anything; several together are a site.
        let mut beside: BTreeMap<Option<PathBuf>, usize> = BTreeMap::new();
        let folder = |file: &PathBuf| file.parent().map(Path::to_owned);
        self.strays.iter().for_each(|file| *beside.entry(folder(file)).or_default() += 1);
        self.strays.retain(|file| beside.get(&folder(file)).is_some_and(|count| *count >= STRAYS_MIN));
        let files = [&self.documents, &self.templates, &self.collections, &self.answers, &self.sites, &self.strays];
        if self.folders.is_empty() && files.iter().all(|files| files.is_empty()) {
            let gaps = self.gaps.iter().map(|gap| format!("; {}", gap.cause)).collect();
            return Err(DiscoverError::Nothing { path: target.to_owned(), gaps });
        }
        Ok(Found {
            terraform_folders: self.folders.into_iter().collect(),
            terraform_documents: self.documents,
            templates: self.templates,
            collections: self.collections,
            answers: self.answers,
            sites: self.sites,
            strays: self.strays,
            gaps: self.gaps,
        })
    }
}
