//! What names mean at one place of a configuration.

use std::rc::Rc;

use partywall_model::{Cause, Value};

use super::failure::{Failure, Outcome};
use super::instance::Instance;
use super::root::Root;

/// Everything that an expression can refer to.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'v, 's> {
    pub(crate) root: &'v Root<'s>,
    /// The module instance; None for constants, such as `.tfvars` files.
    pub(crate) instance: Option<&'v Rc<Instance<'s>>>,
    pub(crate) repetition: &'v Repetition,
    pub(crate) bindings: Option<&'v Binding<'v>>,
    /// Whether an unknown key of a map may be kept as a placeholder, because the map only becomes JSON text.
    placeholder_keys: bool,
}

/// Which of several instances of a block is being evaluated.
#[derive(Debug, Clone, Default)]
pub(crate) enum Repetition {
    /// The block is not repeated.
    #[default]
    Single,
    /// `count.index`.
    Count(Value),
    /// `each.key` and `each.value`.
    Each(Value, Value),
}

/// A name bound by a `for` expression, a template directive or a `dynamic` block; inner ones hide outer ones.
pub(crate) struct Binding<'v> {
    pub(crate) name: &'v str,
    pub(crate) value: Value,
    pub(crate) outer: Option<&'v Binding<'v>>,
}

impl<'v, 's> Scope<'v, 's> {
    /// The scope of constant expressions.
    pub(crate) fn constant(root: &'v Root<'s>) -> Self {
        Self { root, instance: None, repetition: &Repetition::Single, bindings: None, placeholder_keys: false }
    }

    /// The scope of a module's own expressions.
    pub(crate) fn of(root: &'v Root<'s>, instance: &'v Rc<Instance<'s>>, repetition: &'v Repetition) -> Self {
        Self { root, instance: Some(instance), repetition, bindings: None, placeholder_keys: false }
    }

    /// This scope with one more name.
    pub(crate) fn bind<'w>(self, binding: &'w Binding<'w>) -> Scope<'w, 's>
    where
        'v: 'w,
    {
        Scope { bindings: Some(binding), ..self }
    }

    /// This scope where unknown keys of maps become placeholders.
    pub(crate) fn with_placeholder_keys(self) -> Self {
        Self { placeholder_keys: true, ..self }
    }

    /// This scope where a map with an unknown key is unknown.
    pub(crate) fn without_placeholder_keys(self) -> Self {
        Self { placeholder_keys: false, ..self }
    }

    /// The key that stands for an unknown one, where that is allowed.
    pub(crate) fn placeholder_key(&self, key: &Value) -> Option<String> {
        self.placeholder_keys.then(|| self.root.placeholders.borrow_mut().key(key))
    }

    /// The value of a bound name.
    pub(crate) fn bound(&self, name: &str) -> Option<&'v Value> {
        let mut next = self.bindings;
        while let Some(binding) = next {
            if binding.name == name {
                return Some(&binding.value);
            }
            next = binding.outer;
        }
        None
    }

    /// The value of a dotted name with at most this many parts after the first; says how many it took.
    pub(crate) fn resolve(&self, first: &str, rest: &[&str]) -> Result<(Value, usize), Failure> {
        if let Some(value) = self.bound(first) {
            return Ok((value.clone(), 0));
        }
        let Some(instance) = self.instance else {
            return Err(Failure::invalid(format!("`{first}` cannot be used here; only constants can")));
        };
        let part = |at: usize| {
            let missing = || Failure::invalid(format!("`{first}` needs a name after it, such as `{first}.name`"));
            rest.get(at).copied().ok_or_else(missing)
        };
        let root = self.root;
        Ok(match first {
            "var" => (instance.variable(root, part(0)?)?, 1),
            "local" => (instance.local(root, part(0)?)?, 1),
            "module" => (instance.call(root, part(0)?)?, 1),
            "data" => (instance.objects_value(root, part(0)?, part(1)?, true)?, 2),
            "resource" => (instance.objects_value(root, part(0)?, part(1)?, false)?, 2),
            "each" => (self.each(part(0)?)?, 1),
            "count" => (self.count()?, 1),
            "path" => (self.path(part(0)?)?, 1),
            "terraform" if part(0)? == "workspace" => (Value::text(root.workspace.as_str()), 1),
            "terraform" | "self" | "ephemeral" | "tofu" => {
                let symbol = format!("{}{first}.{}", instance.prefix, part(0)?);
                (Value::unknown(symbol, Cause::External), 1)
            }
            kind => {
                let bare = || Failure::invalid(format!("`{kind}` is not declared"));
                (instance.objects_value(root, kind, rest.first().copied().ok_or_else(bare)?, false)?, 1)
            }
        })
    }

    fn each(&self, name: &str) -> Outcome {
        match (self.repetition, name) {
            (Repetition::Each(key, _), "key") => Ok(key.clone()),
            (Repetition::Each(_, value), "value") => Ok(value.clone()),
            _ => Err(Failure::invalid(format!("`each.{name}` has a meaning only in a block with `for_each`"))),
        }
    }

    fn count(&self) -> Outcome {
        match self.repetition {
            Repetition::Count(index) => Ok(index.clone()),
            _ => Err(Failure::invalid("`count.index` has a meaning only in a block with `count`")),
        }
    }

    fn path(&self, name: &str) -> Outcome {
        let folder = self.instance.map(|instance| instance.module.folder.as_path());
        match name {
            "module" => Ok(Value::text(relative_path(&self.root.folder, folder.unwrap_or(&self.root.folder)))),
            "root" => Ok(Value::text(".")),
            "cwd" => Ok(Value::text(self.root.folder.to_string_lossy().as_ref())),
            _ => Err(Failure::invalid(format!("`path.{name}` does not exist"))),
        }
    }
}

/// How to walk from one folder to another.
fn relative_path(from: &std::path::Path, to: &std::path::Path) -> String {
    let from: Vec<_> = from.components().collect();
    let to: Vec<_> = to.components().collect();
    let shared = from.iter().zip(&to).take_while(|(left, right)| left == right).count();
    let mut steps: Vec<String> = vec!["..".to_owned(); from.len() - shared];
    steps.extend(to.iter().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned()));
    if steps.is_empty() { ".".to_owned() } else { steps.join("/") }
}
