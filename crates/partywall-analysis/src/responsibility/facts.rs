//! The rules of responsibility, as `facts/responsibility/` states them.

use std::collections::BTreeMap;

use partywall_model::{Inventory, Layer, Party};
use serde::Deserialize;

/// The rules of responsibility.
#[derive(Debug, Default)]
pub struct Facts {
    pub(super) sources: BTreeMap<String, Source>,
    pub(super) work: BTreeMap<Layer, Work>,
    pub(super) classes: BTreeMap<String, Class>,
    pub(super) forms: Vec<Form>,
    pub(super) everywhere: Vec<Variant>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) sources: BTreeMap<String, Source>,
    #[serde(default)]
    pub(super) work: BTreeMap<Layer, Work>,
    #[serde(default)]
    pub(super) classes: BTreeMap<String, Class>,
    #[serde(default)]
    pub(super) form: Vec<Form>,
    #[serde(default)]
    pub(super) everywhere: Vec<Variant>,
}

/// Where a fact was read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) title: String,
    pub(super) url: String,
}

/// What the work on a layer is, by who does it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Work {
    pub(super) provider: String,
    pub(super) shared: String,
    pub(super) customer: String,
    pub(super) not_applicable: String,
    /// Where the provider says that it does the work, when that is not where the class was read.
    pub(super) source: Option<String>,
}

/// A kind of service, and who is answerable for its layers unless a form says otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Class {
    pub(super) title: String,
    pub(super) source: String,
    pub(super) layers: BTreeMap<Layer, Party>,
    /// Reasons that differ from the layer's general ones.
    #[serde(default)]
    pub(super) why: BTreeMap<Layer, String>,
}

/// A service in one of the ways it can be bought or configured.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) class: String,
    pub(super) tables: Vec<String>,
    /// Where rulings without a source of their own were read; the class's source when not given.
    pub(super) source: Option<String>,
    #[serde(default)]
    pub(super) when: Vec<Condition>,
    #[serde(default)]
    pub(super) mission_claim: String,
    #[serde(default)]
    pub(super) layers: BTreeMap<Layer, Ruling>,
    #[serde(default)]
    pub(super) variant: Vec<Variant>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Variant {
    pub(super) id: String,
    pub(super) when: Vec<Condition>,
    pub(super) layers: BTreeMap<Layer, Ruling>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ruling {
    /// Without it only the reason changes, and only where the layer exists.
    pub(super) party: Option<Party>,
    pub(super) why: String,
    pub(super) source: Option<String>,
    #[serde(default)]
    pub(super) confidence: Confidence,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Confidence {
    Doc,
    #[default]
    Class,
    Recall,
}

/// A test of one column; exactly one of the operators is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    /// A column that refers to another row; `column` is then that row's.
    pub(super) via: Option<String>,
    pub(super) column: String,
    pub(super) is: Option<serde_json::Value>,
    pub(super) is_not: Option<serde_json::Value>,
    pub(super) one_of: Option<Vec<String>>,
    pub(super) starts_with: Option<String>,
    /// A list that has at least one of these.
    pub(super) contains: Option<Vec<String>>,
    /// Text in which this does not occur.
    pub(super) without: Option<String>,
    /// Text that is not '' or a list that is not empty.
    pub(super) set: Option<bool>,
    /// The least length of a list.
    pub(super) length_min: Option<usize>,
    /// What is assumed where the cell is not known. Only for what is so rare that asking would drown the rest.
    pub(super) otherwise: Option<bool>,
    /// What is the case when nobody sets the column and the service decides, where its choice is known that far.
    pub(super) unset: Option<bool>,
}

impl Facts {
    /// The facts that ship with the program.
    ///
    /// # Errors
    /// When they do not have the expected shape.
    pub fn shipped() -> Result<Self, serde_json::Error> {
        let files: Vec<File> = serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/responsibility.json")))?;
        let mut facts = Self::default();
        for file in files {
            facts.sources.extend(file.sources);
            facts.work.extend(file.work);
            facts.classes.extend(file.classes);
            facts.forms.extend(file.form);
            facts.everywhere.extend(file.everywhere);
        }
        Ok(facts)
    }

    /// Faults in the facts: names that lead nowhere, tables without a form, layers without a party or a reason.
    pub fn faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = self.forms.iter().flat_map(|form| self.faults_of_form(form)).collect();
        faults.extend(self.classes.iter().flat_map(|(id, class)| self.faults_of_class(id, class)));
        let columns = self.everywhere.iter().flat_map(|variant| &variant.when).map(Condition::of_own_row);
        faults.extend(
            columns
                .filter(|column| Inventory::all_tables().iter().all(|table| table.column(column).is_none()))
                .map(|column| format!("everywhere: no table has a column `{column}`")),
        );
        let rulings = self.everywhere.iter().flat_map(|variant| variant.layers.values());
        faults.extend(rulings.flat_map(|ruling| self.faults_of_ruling("everywhere", ruling)));
        for table in Inventory::all_tables().iter().filter(|table| !table.derived) {
            if !self.forms.iter().any(|form| form.when.is_empty() && form.tables.iter().any(|name| name == table.name))
            {
                faults.push(format!("table `{}` belongs to no form without conditions", table.name));
            }
        }
        for (id, source) in &self.sources {
            if !source.url.starts_with("https://") || source.title.is_empty() {
                faults.push(format!("source `{id}` has no title or no https address"));
            }
        }
        faults.extend(
            Layer::ALL
                .iter()
                .filter(|layer| !self.work.contains_key(layer))
                .map(|layer| format!("layer `{}`: nothing says what its work is", layer.id())),
        );
        faults
    }

    fn faults_of_form(&self, form: &Form) -> Vec<String> {
        let mut faults = Vec::new();
        let id = &form.id;
        if !self.classes.contains_key(&form.class) {
            faults.push(format!("form `{id}`: there is no class `{}`", form.class));
        }
        let mut tables = Vec::new();
        for name in &form.tables {
            match partywall_model::table(name) {
                Some(table) => tables.push(table),
                None => faults.push(format!("form `{id}`: there is no table `{name}`")),
            }
        }
        let conditions = form.when.iter().chain(form.variant.iter().flat_map(|variant| &variant.when));
        for column in conditions.map(Condition::of_own_row) {
            if tables.iter().all(|table| table.column(column).is_none()) {
                faults.push(format!("form `{id}`: none of its tables has a column `{column}`"));
            }
        }
        if form.source.as_ref().is_some_and(|source| !self.sources.contains_key(source)) {
            faults.push(format!("form `{id}`: there is no source `{}`", form.source.as_deref().unwrap_or_default()));
        }
        let rulings = form.layers.values().chain(form.variant.iter().flat_map(|variant| variant.layers.values()));
        faults.extend(rulings.flat_map(|ruling| self.faults_of_ruling(&format!("form `{id}`"), ruling)));
        faults
    }

    fn faults_of_ruling(&self, place: &str, ruling: &Ruling) -> Vec<String> {
        let mut faults = Vec::new();
        if ruling.why.is_empty() {
            faults.push(format!("{place}: a ruling gives no reason"));
        }
        match &ruling.source {
            Some(source) if !self.sources.contains_key(source) => {
                faults.push(format!("{place}: there is no source `{source}`"));
            }
            None if matches!(ruling.confidence, Confidence::Doc) => {
                faults.push(format!("{place}: `{}` is documented, but not where", ruling.why));
            }
            _ => {}
        }
        faults
    }

    fn faults_of_class(&self, id: &str, class: &Class) -> Vec<String> {
        let mut faults: Vec<String> = Layer::ALL
            .iter()
            .filter(|layer| !class.layers.contains_key(layer))
            .map(|layer| format!("class `{id}`: layer `{}` has no party", layer.id()))
            .collect();
        if class.title.is_empty() || !self.sources.contains_key(&class.source) {
            faults.push(format!("class `{id}`: no title, or there is no source `{}`", class.source));
        }
        faults
    }
}

impl Condition {
    /// The column of the row itself that the condition starts from.
    fn of_own_row(&self) -> &str {
        self.via.as_deref().unwrap_or(&self.column)
    }
}
