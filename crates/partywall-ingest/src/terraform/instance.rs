//! One instance of a module: its variables, locals, outputs, resources and calls, each evaluated on demand.

use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use partywall_model::{Cause, Existence, Gap, GapKind, ModuleCall, Reference, Unknown, Value};

use super::evaluate::evaluate;
use super::expansion::{Expansion, repetitions};
use super::failure::{Failure, Outcome};
use super::limits::{MODULE_DEPTH_MAX, VALUE_DEPTH_MAX, VALUE_NODES_MAX};
use super::memo::Memo;
use super::module::{Declared, Module};
use super::object::Object;
use super::provider::Provider;
use super::root::Root;
use super::scope::{Repetition, Scope};
use super::variables::Input;
use super::{size, types};

/// An instance of a module.
pub(crate) struct Instance<'s> {
    pub(crate) module: &'s Module,
    /// What its addresses begin with: empty for the root, or `module.network["eu"].`.
    pub(crate) prefix: String,
    /// The calls that lead here, outermost first.
    pub(crate) chain: Vec<ModuleCall>,
    /// Whether it will exist at all.
    pub(crate) existence: Existence,
    /// Names of the calls that lead here, joined by dots.
    key: String,
    parent: Option<Parent<'s>>,
    inputs: BTreeMap<String, Input>,
    variables: Memo<Value>,
    locals: Memo<Value>,
    outputs: Memo<Value>,
    objects: Memo<Rc<Expansion<Rc<Object<'s>>>>>,
    children: Memo<Option<Rc<Expansion<Rc<Instance<'s>>>>>>,
    pub(crate) providers: Memo<Rc<Provider>>,
    itself: Weak<Self>,
}

/// The call that made an instance.
struct Parent<'s> {
    instance: Weak<Instance<'s>>,
    call: &'s Declared,
    repetition: Repetition,
}

impl<'s> Instance<'s> {
    /// The instance of a root module. `inputs` are given to its variables.
    pub(crate) fn root(module: &'s Module, inputs: BTreeMap<String, Input>) -> Rc<Self> {
        Rc::new_cyclic(|itself| Self {
            module,
            prefix: String::new(),
            chain: Vec::new(),
            existence: Existence::Certain,
            key: String::new(),
            parent: None,
            inputs,
            variables: Memo::default(),
            locals: Memo::default(),
            outputs: Memo::default(),
            objects: Memo::default(),
            children: Memo::default(),
            providers: Memo::default(),
            itself: itself.clone(),
        })
    }

    /// The address of the module: `module.network["eu"]`; empty for the root.
    pub(crate) fn address(&self) -> &str {
        self.prefix.strip_suffix('.').unwrap_or(&self.prefix)
    }

    /// The scope of the module's own expressions.
    pub(crate) fn scope<'v>(self: &'v Rc<Self>, root: &'v Root<'s>) -> Scope<'v, 's> {
        Scope::of(root, self, &Repetition::Single)
    }

    /// The instance that calls this one, with the call and its repetition.
    pub(crate) fn caller(&self) -> Option<(Rc<Instance<'s>>, &'s Declared, &Repetition)> {
        let parent = self.parent.as_ref()?;
        Some((parent.instance.upgrade()?, parent.call, &parent.repetition))
    }

    /// The value of an input variable.
    pub(crate) fn variable(self: &Rc<Self>, root: &Root<'s>, name: &str) -> Outcome {
        let symbol = format!("{}var.{name}", self.prefix);
        let Some(declared) = self.module.variables.get(name) else {
            return Err(Failure::invalid(format!("variable `{name}` is not declared")));
        };
        let make = || {
            let outcome = self.make_variable(root, name, declared, &symbol);
            settle(root, outcome, &symbol, declared, name)
        };
        self.variables.get(name, make).map_err(|_| cycle(&symbol))
    }

    fn make_variable(self: &Rc<Self>, root: &Root<'s>, name: &str, declared: &Declared, symbol: &str) -> Outcome {
        let nullable = declared.argument("nullable").and_then(Expression::as_bool).unwrap_or(true);
        let kind = match declared.argument("type") {
            Some(expression) => types::parse(expression, &|default| evaluate(Scope::constant(root), default))?,
            None => types::Type::Any,
        };
        let given = self.given(root, name, &kind)?.filter(|value| nullable || !matches!(value, Value::Null));
        let value = match (given, declared.argument("default")) {
            (Some(value), _) => value,
            (None, Some(default)) => evaluate(Scope::constant(root), default)?,
            (None, None) => return Ok(Value::unknown(symbol, Cause::NoValue)),
        };
        types::convert(value, &kind)
    }

    /// What the caller, a file or the command line says that a variable is.
    fn given(self: &Rc<Self>, root: &Root<'s>, name: &str, kind: &types::Type) -> Result<Option<Value>, Failure> {
        if let Some((caller, call, repetition)) = self.caller() {
            let Some(argument) = call.argument(name) else { return Ok(None) };
            return evaluate(Scope::of(root, &caller, repetition), argument).map(Some);
        }
        match self.inputs.get(name) {
            Some(input) => input.value(root, kind).map(Some),
            None => Ok(None),
        }
    }

    /// The value of a local.
    pub(crate) fn local(self: &Rc<Self>, root: &Root<'s>, name: &str) -> Outcome {
        let symbol = format!("{}local.{name}", self.prefix);
        let Some(definition) = self.module.locals.get(name) else {
            return Err(Failure::invalid(format!("local `{name}` is not declared")));
        };
        let make = || match evaluate(self.scope(root), &definition.expression).and_then(|value| bounded(root, value)) {
            Ok(value) => value,
            Err(failure) => root.failed(&failure, &symbol, &definition.file.name, definition.line),
        };
        self.locals.get(name, make).map_err(|_| cycle(&symbol))
    }

    /// The value of an output.
    pub(crate) fn output(self: &Rc<Self>, root: &Root<'s>, name: &str) -> Outcome {
        let symbol = format!("{}.{name}", self.address());
        let Some(declared) = self.module.outputs.get(name) else {
            return Err(Failure::invalid(format!("`{}` has no output `{name}`", self.address())));
        };
        let Some(expression) = declared.argument("value") else {
            return Err(Failure::invalid(format!("output `{name}` has no value")));
        };
        let make = || settle(root, evaluate(self.scope(root), expression), &symbol, declared, "value");
        self.outputs.get(name, make).map_err(|_| cycle(&symbol))
    }

    /// The value of `TYPE.NAME`: one object, a list of objects, a map of objects, or an unknown number of them.
    pub(crate) fn objects_value(self: &Rc<Self>, root: &Root<'s>, kind: &str, name: &str, data: bool) -> Outcome {
        let expansion = self.objects(root, kind, name, data)?;
        Ok(expansion.value(|object| object.value()))
    }

    /// The instances of a resource or a data source.
    pub(crate) fn objects(
        self: &Rc<Self>,
        root: &Root<'s>,
        kind: &str,
        name: &str,
        data: bool,
    ) -> Result<Rc<Expansion<Rc<Object<'s>>>>, Failure> {
        let path = format!("{kind}.{name}");
        let (declarations, mode) = if data { (&self.module.data, "data.") } else { (&self.module.resources, "") };
        let Some(declared) = declarations.get(&path) else {
            return Err(Failure::invalid(format!("`{mode}{path}` is not declared")));
        };
        let local = format!("{mode}{path}");
        let make = || {
            let address = format!("{}{local}", self.prefix);
            let repeated = repetitions(self.scope(root), declared, &address);
            Rc::new(repeated.expand(&address, |address, repetition, existence| {
                let existence = both(&self.existence, existence);
                let object = Object::new(self.itself.clone(), declared, data, address, repetition, existence);
                let object = Rc::new(object);
                root.objects.borrow_mut().insert(object.address.clone(), object.clone());
                object
            }))
        };
        self.objects.get(&local, make).map_err(|_| cycle(&local))
    }

    /// The value of `module.NAME`.
    pub(crate) fn call(self: &Rc<Self>, root: &Root<'s>, name: &str) -> Outcome {
        match self.children(root, name)? {
            Some(expansion) => Ok(expansion.value(|instance| instance.value())),
            None => Ok(Value::unknown(format!("{}module.{name}", self.prefix), Cause::External)),
        }
    }

    /// The instances of a module call; None when the module cannot be read, of which a gap tells.
    pub(crate) fn children(
        self: &Rc<Self>,
        root: &Root<'s>,
        name: &str,
    ) -> Result<Option<Rc<Expansion<Rc<Instance<'s>>>>>, Failure> {
        let Some(call) = self.module.calls.get(name) else {
            return Err(Failure::invalid(format!("module `{name}` is not declared")));
        };
        let make = || self.make_children(root, name, call);
        self.children.get(name, make).map_err(|_| cycle(&format!("module.{name}")))
    }

    fn make_children(
        self: &Rc<Self>,
        root: &Root<'s>,
        name: &str,
        call: &'s Declared,
    ) -> Option<Rc<Expansion<Rc<Instance<'s>>>>> {
        let address = format!("{}module.{name}", self.prefix);
        let key = if self.key.is_empty() { name.to_owned() } else { format!("{}.{name}", self.key) };
        let Some(module) = root.estate.called_module(&root.folder, self.module, call, &key) else {
            root.report(missing_module(&address, call));
            return None;
        };
        if let Some(problem) = self.endless(module) {
            let (line, _) = call.lines();
            let cause = format!("`{address}` is not evaluated: {problem}");
            let cure = "break the chain of module calls";
            root.report(Gap::in_file(GapKind::NotEvaluated, call.file.name.clone(), line, cause, cure));
            return None;
        }
        let repeated = repetitions(self.scope(root), call, &address);
        Some(Rc::new(repeated.expand(&address, |address, repetition, existence| {
            self.make_child(root, module, call, &key, address, repetition, existence)
        })))
    }

    #[expect(clippy::too_many_arguments, reason = "they are what distinguishes one instance from another")]
    fn make_child(
        self: &Rc<Self>,
        root: &Root<'s>,
        module: &'s Module,
        call: &'s Declared,
        key: &str,
        address: String,
        repetition: Repetition,
        existence: Existence,
    ) -> Rc<Self> {
        let step = ModuleCall { address: address.clone(), file: call.file.name.clone(), line: call.lines().0 };
        let instance = Rc::new_cyclic(|itself| Self {
            module,
            prefix: format!("{address}."),
            chain: self.chain.iter().cloned().chain([step]).collect(),
            existence: both(&self.existence, existence),
            key: key.to_owned(),
            parent: Some(Parent { instance: self.itself.clone(), call, repetition }),
            inputs: BTreeMap::new(),
            variables: Memo::default(),
            locals: Memo::default(),
            outputs: Memo::default(),
            objects: Memo::default(),
            children: Memo::default(),
            providers: Memo::default(),
            itself: itself.clone(),
        });
        root.modules.borrow_mut().insert(address, Rc::downgrade(&instance));
        instance
    }

    /// Why calling this module from here would never end.
    fn endless(self: &Rc<Self>, module: &Module) -> Option<String> {
        if self.chain.len() >= MODULE_DEPTH_MAX {
            return Some(format!("module calls are nested deeper than {MODULE_DEPTH_MAX}"));
        }
        let mut ancestor = Some(self.clone());
        while let Some(instance) = ancestor {
            if std::ptr::eq(instance.module, module) {
                return Some("the module calls itself, directly or through others".into());
            }
            ancestor = instance.caller().map(|(caller, _, _)| caller);
        }
        None
    }

    /// A value that stands for the whole module; its attributes are the outputs.
    pub(crate) fn value(&self) -> Value {
        Value::Unknown(Arc::new(Unknown {
            symbol: self.address().to_owned(),
            cause: Cause::AfterApply,
            reference: Some(Reference { address: self.address().to_owned(), attribute: String::new() }),
        }))
    }
}

fn cycle(symbol: &str) -> Failure {
    Failure::invalid(format!("`{symbol}` depends on itself"))
}

/// Refuses values of unreasonable size.
pub(crate) fn bounded(root: &Root<'_>, value: Value) -> Outcome {
    let (nodes, depth) = size::measure(&value, VALUE_NODES_MAX);
    root.spend(nodes as u64 / 8)?;
    if nodes >= VALUE_NODES_MAX {
        return Err(Failure::Limit(format!("the value has more than {VALUE_NODES_MAX} elements")));
    }
    if depth > VALUE_DEPTH_MAX {
        return Err(Failure::Limit(format!("the value nests deeper than {VALUE_DEPTH_MAX} levels")));
    }
    Ok(value)
}

/// The value, or when there is none, a gap at the block's argument and an unknown.
fn settle(root: &Root<'_>, outcome: Outcome, symbol: &str, declared: &Declared, argument: &str) -> Value {
    outcome.and_then(|value| bounded(root, value)).unwrap_or_else(|failure| {
        let span = declared.block.body.get_attribute(argument).and_then(Span::span);
        let line = span.map_or_else(|| declared.lines().0, |span| declared.file.line(span.start));
        root.failed(&failure, symbol, &declared.file.name, line)
    })
}

/// Something exists only when both do.
fn both(outer: &Existence, inner: Existence) -> Existence {
    match outer {
        Existence::Certain => inner,
        Existence::Unknown(_) => outer.clone(),
    }
}

fn missing_module(address: &str, call: &Declared) -> Gap {
    let (line, _) = call.lines();
    let source = call.argument("source").map(|source| source.to_string().trim().to_owned()).unwrap_or_default();
    let cause = format!("module {source} of `{address}` is not on disk, so its resources are not seen");
    let cure = match call.argument("source").and_then(Expression::as_str).is_some_and(super::estate::is_local) {
        true => "scan a folder that holds the module as well",
        false => "run `terraform init`, then scan again; or scan the output of `terraform show -json`",
    };
    Gap::in_file(GapKind::MissingSource, call.file.name.clone(), line, cause, cure)
}
