//! Evaluates every root and collects its resources.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use partywall_model::{Decoded, Gap, GapKind, Resource};

use super::Options;
use super::estate::{Estate, normalize};
use super::instance::Instance;
use super::limits::STACK_BYTES;
use super::module::Module;
use super::root::Root;
use super::variables::inputs;

pub(crate) fn decode(base: &Path, folders: &[PathBuf], options: &Options) -> Decoded {
    let absolute = |path: &Path| normalize(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    let folders: Vec<PathBuf> = folders.iter().map(|folder| absolute(folder)).collect();
    let estate = Estate::load(&absolute(base), &folders);
    let mut decoded = Decoded { gaps: estate.gaps().to_vec(), ..Decoded::default() };
    for module in estate.modules() {
        decoded.gaps.extend(module.gaps.iter().cloned());
        decoded.suppressions.extend(module.suppressions.iter().cloned());
    }
    for part in evaluate_roots(&estate, options) {
        decoded.append(part);
    }
    decoded.resources.sort_by(|left, right| (&left.scope, &left.address).cmp(&(&right.scope, &right.address)));
    decoded.gaps.sort();
    decoded.gaps.dedup();
    decoded
}

/// Evaluates the roots on as many threads as there are processors, each with a stack for deep recursion.
fn evaluate_roots(estate: &Estate, options: &Options) -> Vec<Decoded> {
    let roots = estate.roots();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(folder) = roots.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(evaluate_root(estate, folder, options));
        }
        done
    };
    let workers = thread::available_parallelism().map_or(1, |count| count.get()).min(roots.len());
    thread::scope(|scope| {
        let started: Vec<_> =
            (0..workers).map(|_| thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work)).collect();
        let mut decoded = Vec::new();
        for worker in started {
            match worker.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(parts)) => decoded.extend(parts),
                Ok(Err(_)) | Err(_) => decoded.push(broken()),
            }
        }
        decoded
    })
}

fn broken() -> Decoded {
    let cause = "the evaluation of Terraform modules broke off";
    let cure = "please report this with the configuration that causes it";
    Decoded { gaps: vec![Gap::in_file(GapKind::NotEvaluated, "", 0, cause, cure)], ..Decoded::default() }
}

fn evaluate_root(estate: &Estate, folder: &Path, options: &Options) -> Decoded {
    let Some(module) = estate.module(folder) else { return Decoded::default() };
    let scope = estate.name(folder);
    let (inputs, mut gaps) = inputs(&estate.base, folder, options);
    let root = Root::new(estate, folder, &options.workspace);
    let instance = Instance::root(module, inputs);
    let mut resources = Vec::new();
    collect(&root, &instance, &scope, &mut resources);
    drop(instance);
    gaps.extend(root.into_gaps());
    Decoded { resources, gaps, ..Decoded::default() }
}

/// Adds the resources of a module instance and of those that it calls.
fn collect<'s>(root: &Root<'s>, instance: &Rc<Instance<'s>>, scope: &Arc<str>, resources: &mut Vec<Resource>) {
    let module: &'s Module = instance.module;
    for declared in module.resources.values() {
        let label = |at: usize| declared.block.labels.get(at).map_or("", |label| label.as_str());
        match instance.objects(root, label(0), label(1), false) {
            Ok(objects) => resources.extend(objects.iter().map(|object| object.resource(root, scope))),
            Err(failure) => {
                let symbol = format!("{}{}.{}", instance.prefix, label(0), label(1));
                root.failed(&failure, &symbol, &declared.file.name, declared.lines().0);
            }
        }
    }
    for (name, call) in &module.calls {
        match instance.children(root, name) {
            Ok(Some(children)) => children.iter().for_each(|child| collect(root, child, scope, resources)),
            Ok(None) => {}
            Err(failure) => {
                let symbol = format!("{}module.{name}", instance.prefix);
                root.failed(&failure, &symbol, &call.file.name, call.lines().0);
            }
        }
    }
}
