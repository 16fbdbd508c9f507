//! CloudFormation and SAM templates in YAML and JSON.
//!
//! A template is read into nodes ([`node`]), SAM's resources are expanded into what they create
//! ([`sam`]), and a [`stack`] evaluates every intrinsic function with three-valued logic: what a
//! parameter, a lookup or an attribute leaves open stays open in the result.
//!
//! Semantics: [template reference](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/).

mod evaluate;
mod include;
mod json;
mod node;
mod parameter;
mod repeat;
mod resolve;
mod sam;
mod session;
mod stack;
mod suppression;
mod symbol;
mod text;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use partywall_model::{Decoded, Gap, GapKind};

use session::Session;

/// What the user says about the stacks that the templates become.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Values of parameters, and of pseudo parameters such as `AWS::Region`, for every template.
    pub parameters: BTreeMap<String, String>,
}

/// Enough for the deepest recursion that [`session::DEPTH_MAX`] admits, in bytes.
const STACK_BYTES: usize = 128 * 1024 * 1024;

/// True when the text looks like a template: `Resources` at its top and a typed entry below it.
pub fn is_template(text: &str) -> bool {
    text::looks_like_template(text)
}

/// Evaluates every template among `files`; a template that another one nests by a local path is not
/// evaluated on its own. Files that are no template are passed over.
pub fn decode(base: &Path, files: &[PathBuf], options: &Options) -> Decoded {
    let evaluate = || decode_all(base, files, options);
    let result = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, evaluate);
        thread.ok().and_then(|thread| thread.join().ok())
    });
    result.unwrap_or_else(|| {
        let cause = "the templates could not be evaluated: no thread for it could run to its end";
        let gap = Gap::in_file(
            GapKind::NotEvaluated,
            "",
            0,
            cause,
            "free some memory and scan again, or report this as a fault of partywall",
        );
        Decoded { gaps: vec![gap], ..Decoded::default() }
    })
}

/// What one template came to, with the templates that it nests.
struct Evaluated {
    decoded: Decoded,
    nests: BTreeSet<PathBuf>,
}

fn decode_all(base: &Path, files: &[PathBuf], options: &Options) -> Decoded {
    let mut all = Decoded::default();
    let mut evaluated = BTreeMap::new();
    for path in files.iter().collect::<BTreeSet<_>>() {
        let session = Session::new(base, options);
        match text::read(path) {
            Err(problem) => session.unreadable(path, &problem),
            Ok(text) if !is_template(&text) => continue,
            Ok(_) => {}
        }
        let resources = stack::evaluate_root(&session, path);
        let (gaps, suppressions, nests) = session.finish();
        let decoded = Decoded { resources, gaps, suppressions, ..Decoded::default() };
        evaluated.insert(session::canonical(path), Evaluated { decoded, nests });
    }
    let roots = roots(&evaluated);
    for (path, evaluated) in evaluated {
        if roots.contains(&path) {
            all.append(evaluated.decoded);
        }
    }
    all.resources.sort_by(|left, right| (&left.scope, &left.address).cmp(&(&right.scope, &right.address)));
    all.gaps.sort();
    all.gaps.dedup();
    all.suppressions
        .sort_by(|left, right| (&left.file, left.line, &left.check).cmp(&(&right.file, right.line, &right.check)));
    all.suppressions.dedup();
    all
}

/// The templates that no other one nests; of templates that nest each other in a circle, the first.
fn roots(evaluated: &BTreeMap<PathBuf, Evaluated>) -> BTreeSet<PathBuf> {
    let nested: BTreeSet<&PathBuf> = evaluated
        .iter()
        .flat_map(|(path, template)| template.nests.iter().filter(move |nested| *nested != path))
        .collect();
    let mut reached = BTreeSet::new();
    let mut roots = BTreeSet::new();
    let first_pass = evaluated.keys().filter(|path| !nested.contains(path));
    for path in first_pass.chain(evaluated.keys()) {
        if reached.contains(path) {
            continue;
        }
        roots.insert(path.clone());
        let mut todo = vec![path];
        while let Some(path) = todo.pop() {
            if reached.insert(path) {
                todo.extend(evaluated.get(path).into_iter().flat_map(|template| &template.nests));
            }
        }
    }
    roots
}
