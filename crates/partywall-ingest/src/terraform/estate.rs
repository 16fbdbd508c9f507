//! Every module that a scan reaches, parsed once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use partywall_model::{Gap, GapKind};
use serde::Deserialize;

use super::module::{Declared, Module, load, relative_name};

/// The parsed modules, by folder.
pub(crate) struct Estate {
    /// What paths are relative to, and what no file function may leave.
    pub(crate) base: PathBuf,
    modules: BTreeMap<PathBuf, Module>,
    /// Downloaded modules: root folder → key of the call (`vpc`, `vpc.subnets`) → folder.
    installed: BTreeMap<PathBuf, BTreeMap<String, PathBuf>>,
    /// Folders that a module call names by a local path.
    called: BTreeSet<PathBuf>,
    roots: Vec<PathBuf>,
    gaps: Vec<Gap>,
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "Modules")]
    modules: Vec<ManifestEntry>,
}

#[derive(Deserialize)]
struct ManifestEntry {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Dir")]
    folder: PathBuf,
}

impl Estate {
    /// Parses `folders` and all modules that they call, directly or not.
    pub(crate) fn load(base: &Path, folders: &[PathBuf]) -> Self {
        let mut estate = Self {
            base: base.to_owned(),
            modules: BTreeMap::new(),
            installed: BTreeMap::new(),
            called: BTreeSet::new(),
            roots: Vec::new(),
            gaps: Vec::new(),
        };
        let folders: BTreeSet<PathBuf> = folders.iter().map(|folder| normalize(folder)).collect();
        for folder in &folders {
            estate.reach(folder.clone());
            estate.read_manifest(folder);
        }
        estate.roots = estate.find_roots(folders);
        estate
    }

    /// The folders that are evaluated on their own, sorted.
    pub(crate) fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    /// The module in this folder.
    pub(crate) fn module(&self, folder: &Path) -> Option<&Module> {
        self.modules.get(folder)
    }

    /// All modules.
    pub(crate) fn modules(&self) -> impl Iterator<Item = &Module> {
        self.modules.values()
    }

    /// What could not be read while looking for modules.
    pub(crate) fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// The module that a call in `caller` leads to. `key` is the chain of call names from the root, as in `modules.json`.
    pub(crate) fn called_module(&self, root: &Path, caller: &Module, call: &Declared, key: &str) -> Option<&Module> {
        let source = call.argument("source")?.as_str()?;
        let module = if is_local(source) {
            self.modules.get(&normalize(&caller.folder.join(source)))
        } else {
            self.modules.get(self.installed.get(root)?.get(key)?)
        };
        module.filter(|module| !module.is_empty)
    }

    /// Folders that nothing calls; and where modules call each other in a circle, the first of them, so that none vanishes.
    fn find_roots(&self, folders: BTreeSet<PathBuf>) -> Vec<PathBuf> {
        let mut covered = BTreeSet::new();
        let (called, free): (Vec<PathBuf>, Vec<PathBuf>) =
            folders.into_iter().partition(|folder| self.called.contains(folder));
        let mut roots = Vec::new();
        for folder in free.into_iter().chain(called) {
            if !covered.contains(&folder) {
                self.cover(&folder, &mut covered);
                roots.push(folder);
            }
        }
        roots.retain(|folder| self.modules.get(folder).is_some_and(Module::is_root_material));
        roots.sort();
        roots
    }

    /// Marks a folder and all that it calls.
    fn cover(&self, folder: &Path, covered: &mut BTreeSet<PathBuf>) {
        let mut pending = vec![folder.to_owned()];
        pending.extend(self.installed.get(folder).into_iter().flat_map(BTreeMap::values).cloned());
        while let Some(folder) = pending.pop() {
            if let Some(module) = self.modules.get(&folder).filter(|_| covered.insert(folder.clone())) {
                pending.extend(local_calls(module));
            }
        }
    }

    /// Parses a folder and what it calls by local paths.
    fn reach(&mut self, folder: PathBuf) {
        let mut pending = vec![folder];
        while let Some(folder) = pending.pop() {
            if self.modules.contains_key(&folder) {
                continue;
            }
            let module = load(&self.base, &folder);
            for target in local_calls(&module) {
                // A module that calls itself remains a root, so that the cycle is told of and not lost.
                if target != folder {
                    self.called.insert(target.clone());
                }
                if target.is_dir() {
                    pending.push(target);
                }
            }
            self.modules.insert(folder, module);
        }
    }

    /// Reads what `terraform init` downloaded for a root.
    fn read_manifest(&mut self, root: &Path) {
        let path = root.join(".terraform/modules/modules.json");
        let Ok(text) = fs::read_to_string(&path) else { return };
        let manifest: Manifest = match serde_json::from_str(&text) {
            Ok(manifest) => manifest,
            Err(error) => {
                let name = relative_name(&self.base, &path);
                let cause = format!("cannot parse `{name}`: {error}");
                let line = u32::try_from(error.line()).unwrap_or(0);
                self.gaps.push(Gap::in_file(GapKind::UnreadableFile, name, line, cause, "run `terraform init` again"));
                return;
            }
        };
        let mut folders = BTreeMap::new();
        for entry in manifest.modules.into_iter().filter(|entry| !entry.key.is_empty()) {
            let folder = normalize(&root.join(&entry.folder));
            if folder.is_dir() {
                self.reach(folder.clone());
                self.called.insert(folder.clone());
                folders.insert(entry.key, folder);
            }
        }
        self.installed.insert(root.to_owned(), folders);
    }

    /// A path for messages and scopes.
    pub(crate) fn name(&self, path: &Path) -> Arc<str> {
        relative_name(&self.base, path)
    }
}

/// The folders that a module calls by local paths.
fn local_calls(module: &Module) -> Vec<PathBuf> {
    let sources = module.calls.values().filter_map(|call| call.argument("source")?.as_str());
    sources.filter(|source| is_local(source)).map(|source| normalize(&module.folder.join(source))).collect()
}

/// True for sources that name a folder beside the caller.
pub(crate) fn is_local(source: &str) -> bool {
    source.starts_with("./") || source.starts_with("../") || source == "." || source == ".."
}

/// Resolves `.` and `..` without looking at the disk.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                let above = matches!(normal.components().next_back(), Some(Component::Normal(_)));
                if above {
                    normal.pop();
                } else {
                    normal.push("..");
                }
            }
            other => normal.push(other),
        }
    }
    normal
}
