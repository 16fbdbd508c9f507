//! What the evaluation of one root template and all that it nests have in common: limits, gaps, files.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use partywall_model::{Gap, GapKind, Suppression};

use super::Options;
use super::text::Problem;

/// Deepest recursion of functions, conditions and nested stacks.
pub(super) const DEPTH_MAX: usize = 600;
/// Most steps that the evaluation of a root template may take; one for each value and each 64 bytes of text.
const STEPS_MAX: usize = 3_000_000;
/// Steps that opening a stack counts for, so that templates which nest each other many times come to an end:
/// CloudFormation itself handles no more than 2,500 resources in nested stacks.
pub(super) const STACK_STEPS: usize = 1_000;
/// Most gaps that a root template reports.
const GAPS_MAX: usize = 2_000;

pub(super) struct Session<'a> {
    pub(super) base: &'a Path,
    pub(super) options: &'a Options,
    gaps: RefCell<BTreeSet<Gap>>,
    suppressions: RefCell<Vec<Suppression>>,
    nests: RefCell<BTreeSet<PathBuf>>,
    steps: Cell<usize>,
    depth: Cell<usize>,
}

impl<'a> Session<'a> {
    pub(super) fn new(base: &'a Path, options: &'a Options) -> Self {
        Self {
            base,
            options,
            gaps: RefCell::default(),
            suppressions: RefCell::default(),
            nests: RefCell::default(),
            steps: Cell::new(0),
            depth: Cell::new(0),
        }
    }

    pub(super) fn gap(&self, gap: Gap) {
        let mut gaps = self.gaps.borrow_mut();
        if gaps.len() < GAPS_MAX {
            gaps.insert(gap);
        } else if gaps.len() == GAPS_MAX {
            let cause = format!("has more than {GAPS_MAX} gaps; the rest is not listed");
            gaps.insert(Gap::in_file(
                GapKind::NotEvaluated,
                gap.file,
                0,
                cause,
                "mend those that are listed and scan again",
            ));
        }
    }

    pub(super) fn unreadable(&self, path: &Path, problem: &Problem) {
        let file = self.display(path);
        let cause = format!("`{file}` {}", problem.cause);
        let cure = "correct the template; `aws cloudformation validate-template` checks it as well";
        self.gap(Gap::in_file(GapKind::UnreadableFile, file, problem.line, cause, cure));
    }

    pub(super) fn suppress(&self, suppression: Suppression) {
        self.suppressions.borrow_mut().push(suppression);
    }

    pub(super) fn nests(&self, path: &Path) {
        self.nests.borrow_mut().insert(canonical(path));
    }

    /// Counts the steps of a piece of work; false when there have been too many.
    pub(super) fn spend(&self, steps: usize) -> bool {
        self.steps.set(self.steps.get().saturating_add(steps));
        self.steps.get() <= STEPS_MAX
    }

    /// Runs `work` one level deeper; None when that is too deep.
    pub(super) fn deeper<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let depth = self.depth.get();
        if depth >= DEPTH_MAX {
            return None;
        }
        self.depth.set(depth + 1);
        let result = work();
        self.depth.set(depth);
        Some(result)
    }

    /// A path as it is shown: relative to what is scanned, with `/`.
    pub(super) fn display(&self, path: &Path) -> Arc<str> {
        let shown = path.strip_prefix(self.base).unwrap_or(path);
        let parts: Vec<_> = shown.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        parts.join("/").replace("//", "/").into()
    }

    pub(super) fn finish(self) -> (Vec<Gap>, Vec<Suppression>, BTreeSet<PathBuf>) {
        (self.gaps.into_inner().into_iter().collect(), self.suppressions.into_inner(), self.nests.into_inner())
    }
}

/// The path without `.` and `..`, as far as that goes without looking at the disk.
pub(super) fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The one name of a file, so that two ways to write it are equal.
pub(super) fn canonical(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| lexical(path))
}
