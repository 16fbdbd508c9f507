//! Estates for tests, row by row.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use partywall_model::{Cell, Inventory, Origin, Row, table};

/// The account of test estates.
pub(crate) const ACCOUNT: &str = "111122223333";

/// An estate under construction.
#[derive(Default, Clone)]
pub(crate) struct Fixture {
    pub(crate) inventory: Inventory,
}

impl Fixture {
    /// Adds a row; columns that are not given hold nothing.
    pub(crate) fn add(&mut self, name: &str, resource: &str, columns: &[(&str, Cell)]) {
        let table = table(name).unwrap();
        let mut cells: Vec<Cell> = table.columns.iter().map(|column| Cell::empty(&column.column_type)).collect();
        let fixed = [
            ("resource", Cell::text(resource)),
            ("account_id", Cell::text(ACCOUNT)),
            ("region", Cell::text("eu-west-1")),
        ];
        for (column, cell) in fixed.iter().chain(columns) {
            let (at, _) = table.column(column).unwrap_or_else(|| unreachable!("{name} has no {column}"));
            *cells.get_mut(at).unwrap() = cell.clone();
        }
        let origin = Origin::Document { file: "test.json".into(), path: resource.to_owned() };
        let row = Row { resource: resource.into(), origin: Arc::new(origin), existence: None, unseen: None, cells };
        self.inventory.push(name, row).unwrap();
    }

    /// Adds a role with a trust policy; its row is its ARN.
    pub(crate) fn role(&mut self, name: &str, trust: &str, columns: &[(&str, Cell)]) -> String {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/{name}");
        let mut all =
            vec![("arn", Cell::text(&*arn)), ("name", Cell::text(name)), ("assume_role_policy", Cell::text(trust))];
        all.extend(columns.iter().cloned());
        self.add("aws_iam_role", &arn, &all);
        arn
    }

    /// Adds a user; its row is its ARN.
    pub(crate) fn user(&mut self, name: &str, columns: &[(&str, Cell)]) -> String {
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/{name}");
        let mut all = vec![("arn", Cell::text(&*arn)), ("name", Cell::text(name))];
        all.extend(columns.iter().cloned());
        self.add("aws_iam_user", &arn, &all);
        arn
    }

    /// Writes a policy into a user, group or role.
    pub(crate) fn inline(&mut self, holder: &str, policy: &str) {
        let name = format!("{holder}/inline-{}", self.inventory.rows("aws_iam_inline_policy").len());
        let columns =
            [("principal", Cell::text(holder)), ("policy", Cell::text(policy)), ("policy_name", Cell::text("inline"))];
        self.add("aws_iam_inline_policy", &name, &columns);
    }

    /// Adds a customer managed policy; its row is its ARN.
    pub(crate) fn managed(&mut self, name: &str, policy: &str) -> String {
        let arn = format!("arn:aws:iam::{ACCOUNT}:policy/{name}");
        let columns = [("arn", Cell::text(&*arn)), ("name", Cell::text(name)), ("policy", Cell::text(policy))];
        self.add("aws_iam_policy", &arn, &columns);
        arn
    }

    /// Attaches a control policy to the account.
    pub(crate) fn control(&mut self, kind: &str, policy: &str) {
        if self.inventory.rows("aws_organizations_account").is_empty() {
            self.add("aws_organizations_account", "organization-account", &[("id", Cell::text(ACCOUNT))]);
        }
        let columns = [
            ("name", Cell::text(kind)),
            ("type", Cell::text(kind)),
            ("content", Cell::text(policy)),
            ("target_ids", Cell::List(vec![Cell::text(ACCOUNT)])),
        ];
        let resource = format!("{kind}-{}", self.inventory.rows("aws_organizations_policy").len());
        self.add("aws_organizations_policy", &resource, &columns);
    }
}

/// A document of statements.
pub(crate) fn document(statements: &[String]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

/// A statement about actions on everything.
pub(crate) fn on_everything<T: AsRef<str>>(effect: &str, actions: &[T]) -> String {
    let actions: Vec<String> = actions.iter().map(|action| format!("\"{}\"", action.as_ref())).collect();
    format!(r#"{{"Effect":"{effect}","Action":[{}],"Resource":"*"}}"#, actions.join(","))
}

/// A trust policy with one statement for each principal.
pub(crate) fn trusting(principals: &[(&str, &str)]) -> String {
    let statements: Vec<String> = principals
        .iter()
        .map(|(kind, name)| {
            let action = if *kind == "Federated" { "sts:AssumeRoleWithWebIdentity" } else { "sts:AssumeRole" };
            format!(r#"{{"Effect":"Allow","Principal":{{"{kind}":"{name}"}},"Action":"{action}"}}"#)
        })
        .collect();
    document(&statements)
}
