//! A generated organization.

use std::error::Error;
use std::sync::Arc;

use partywall_model::{Cell, Inventory, Origin, Row, table};

/// Principals of one account.
const OF_ACCOUNT: usize = 1_000;
/// Users among them.
const USERS: usize = 40;
/// Resources of each principal.
const RESOURCES: usize = 10;
/// Units of the organization.
const UNITS: usize = 10;

/// How large the organization is.
pub(crate) struct Plan {
    /// Users and roles in all.
    pub(crate) principals: usize,
}

type Generated<T> = Result<T, Box<dyn Error>>;

/// The number of an account.
fn account_id(account: usize) -> String {
    format!("{:012}", 100_000_000_000 + account)
}

impl Plan {
    fn accounts(&self) -> usize {
        self.principals.div_ceil(OF_ACCOUNT)
    }

    /// Everything of the organization.
    pub(crate) fn inventory(&self) -> Generated<Inventory> {
        let mut build = Build::default();
        build.organization(self.accounts())?;
        for account in 0..self.accounts() {
            build.account = account_id(account).as_str().into();
            build.people()?;
            build.roles(account)?;
            build.resources()?;
        }
        Ok(build.inventory)
    }

    /// Gives a role of some account another policy, and says which account.
    pub(crate) fn edit(&self, inventory: &mut Inventory, edit: usize) -> Generated<String> {
        let account = account_id(edit * 13 % self.accounts());
        let holder = format!("arn:aws:iam::{account}:role/application-{}/inline", edit * 31 % 100);
        let table = table("aws_iam_inline_policy").ok_or("no such table")?;
        let (at, _) = table.column("policy").ok_or("no such column")?;
        let row = inventory.rows_mut(table.name).iter_mut().find(|row| *row.resource == *holder);
        let cell = row.and_then(|row| row.cells.get_mut(at)).ok_or("no such policy")?;
        *cell = Cell::text(EVERYTHING.replace(r#""Action":"*""#, r#""Action":["iam:PassRole","lambda:*"]"#));
        Ok(account)
    }

    /// Questions with an action and a resource each, all over the organization.
    pub(crate) fn questions(&self, count: usize) -> Vec<(&'static str, String)> {
        (0..count)
            .map(|number| {
                let account = account_id(number * 7 % self.accounts());
                let application = number * 37 % (OF_ACCOUNT - USERS);
                match number % 5 {
                    0 => ("s3:GetObject", format!("arn:aws:s3:::data-{account}-{application}")),
                    1 => ("sqs:SendMessage", format!("arn:aws:sqs:eu-west-1:{account}:queue-{application}-3")),
                    2 => ("sts:AssumeRole", format!("arn:aws:iam::{account}:role/application-{application}")),
                    3 => ("kms:Decrypt", format!("arn:aws:kms:eu-west-1:{account}:key/{application}")),
                    _ => ("iam:PassRole", format!("arn:aws:iam::{account}:role/deploy")),
                }
            })
            .collect()
    }
}

#[derive(Default)]
struct Build {
    inventory: Inventory,
    account: Arc<str>,
}

const EVERYTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

impl Build {
    fn add(&mut self, name: &str, resource: &str, set: &[(&str, Cell)]) -> Generated<()> {
        let table = table(name).ok_or_else(|| format!("there is no table {name}"))?;
        let mut cells: Vec<Cell> = table.columns.iter().map(|column| Cell::empty(&column.column_type)).collect();
        let fixed = [
            ("resource", Cell::text(resource)),
            ("account_id", Cell::Text(self.account.clone())),
            ("region", Cell::text("eu-west-1")),
        ];
        for (column, cell) in fixed.iter().chain(set) {
            let (at, _) = table.column(column).ok_or_else(|| format!("{name} has no {column}"))?;
            *cells.get_mut(at).ok_or("a column without a cell")? = cell.clone();
        }
        let none: Arc<str> = "".into();
        let origin =
            Origin::Api { file: none.clone(), call: none.clone(), account_id: self.account.clone(), region: none };
        let row = Row { resource: resource.into(), origin: Arc::new(origin), existence: None, unseen: None, cells };
        Ok(self.inventory.push(name, row)?)
    }

    fn organization(&mut self, accounts: usize) -> Generated<()> {
        let policy = |statement: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        self.add("aws_organizations_root", "r-root", &[("id", Cell::text("r-root"))])?;
        for unit in 0..UNITS {
            let id = format!("ou-{unit}");
            let columns = [("id", Cell::text(id.as_str())), ("parent_id", Cell::text("r-root"))];
            self.add("aws_organizations_organizational_unit", &id, &columns)?;
            let denied = policy(&format!(
                r#"{{"Effect":"Deny","Action":["organizations:LeaveOrganization","cloudtrail:StopLogging","ec2:Attach{unit}*"],"Resource":"*"}},{{"Effect":"Allow","Action":"*","Resource":"*"}}"#
            ));
            self.control(&format!("unit-{unit}"), &denied, &id)?;
        }
        let regions = policy(
            r#"{"Effect":"Deny","NotAction":["iam:*","sts:*","organizations:*","support:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}},{"Effect":"Allow","Action":"*","Resource":"*"}"#,
        );
        self.control("regions", &regions, "r-root")?;
        for account in 0..accounts {
            let id = account_id(account);
            let columns =
                [("id", Cell::text(id.as_str())), ("parent_id", Cell::text(format!("ou-{}", account % UNITS)))];
            self.add("aws_organizations_account", &format!("account-{id}"), &columns)?;
        }
        Ok(())
    }

    fn control(&mut self, name: &str, content: &str, target: &str) -> Generated<()> {
        let columns = [
            ("name", Cell::text(name)),
            ("type", Cell::text("SERVICE_CONTROL_POLICY")),
            ("content", Cell::text(content)),
            ("target_ids", Cell::List(vec![Cell::text(target)])),
        ];
        self.add("aws_organizations_policy", &format!("p-{name}"), &columns)
    }

    fn people(&mut self) -> Generated<()> {
        for (group, policy) in [
            ("developers", "PowerUserAccess"),
            ("auditors", "SecurityAudit"),
            ("operators", "AmazonEC2FullAccess"),
            ("finance", "job-function/Billing"),
        ] {
            let arn = format!("arn:aws:iam::{}:group/{group}", self.account);
            let attached = Cell::List(vec![Cell::text(format!("arn:aws:iam::aws:policy/{policy}"))]);
            let columns = [("arn", Cell::text(&*arn)), ("name", Cell::text(group)), ("attached_policy_arns", attached)];
            self.add("aws_iam_group", &arn, &columns)?;
        }
        for (number, group) in (0..USERS).zip(["developers", "auditors", "operators", "finance"].into_iter().cycle()) {
            let arn = format!("arn:aws:iam::{}:user/person-{number}", self.account);
            let groups = Cell::List(vec![Cell::text(format!("arn:aws:iam::{}:group/{group}", self.account))]);
            let name = format!("person-{number}");
            self.add(
                "aws_iam_user",
                &arn,
                &[("arn", Cell::text(&*arn)), ("name", Cell::text(name)), ("groups", groups)],
            )?;
            let own = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ChangePassword","iam:*AccessKey*"],"Resource":"arn:aws:iam::*:user/${aws:username}"}]}"#;
            self.inline(&arn, own)?;
        }
        Ok(())
    }

    fn role(&mut self, name: &str, trust: &str, set: &[(&str, Cell)]) -> Generated<String> {
        let arn = format!("arn:aws:iam::{}:role/{name}", self.account);
        let mut all =
            vec![("arn", Cell::text(&*arn)), ("name", Cell::text(name)), ("assume_role_policy", Cell::text(trust))];
        all.extend(set.iter().cloned());
        self.add("aws_iam_role", &arn, &all)?;
        Ok(arn)
    }

    fn inline(&mut self, holder: &str, policy: &str) -> Generated<()> {
        let columns =
            [("principal", Cell::text(holder)), ("policy", Cell::text(policy)), ("policy_name", Cell::text("inline"))];
        self.add("aws_iam_inline_policy", &format!("{holder}/inline"), &columns)
    }

    fn roles(&mut self, account: usize) -> Generated<()> {
        let trust = |kind: &str, name: &str| {
            format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"{kind}":"{name}"}},"Action":"sts:AssumeRole"}}]}}"#
            )
        };
        let attached = |name: &str| Cell::List(vec![Cell::text(format!("arn:aws:iam::aws:policy/{name}"))]);
        let root = format!("arn:aws:iam::{}:root", account_id(0));
        let own = format!("arn:aws:iam::{}:root", self.account);
        self.role("administrator", &trust("AWS", &own), &[("attached_policy_arns", attached("AdministratorAccess"))])?;
        let deploy = self.role("deploy", &trust("AWS", &root), &[])?;
        self.inline(&deploy, r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:PassRole","lambda:*","ecs:*","cloudformation:*"],"Resource":"*"}]}"#)?;
        let audit =
            self.role("audit", &trust("AWS", &root), &[("attached_policy_arns", attached("ReadOnlyAccess"))])?;
        let pipeline = self.role("pipeline", &trust("Service", "codebuild.amazonaws.com"), &[])?;
        let into = if account == 0 { "arn:aws:iam::*:role/deploy" } else { &audit };
        self.inline(&pipeline, &format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"{into}"}}]}}"#))?;
        for number in 0..OF_ACCOUNT - USERS - 4 {
            self.application(number, &trust)?;
        }
        Ok(())
    }

    /// A role of an application: it works on its own resources, and one in a hundred may do too much.
    fn application(&mut self, number: usize, trust: &impl Fn(&str, &str) -> String) -> Generated<()> {
        let service = match number % 5 {
            0 => "lambda",
            1 => "ec2",
            2 => "ecs-tasks",
            3 => "states",
            _ => "glue",
        };
        let boundary = format!("arn:aws:iam::{}:policy/boundary", self.account);
        let bound: Vec<(&str, Cell)> = match number % 4 {
            0 => vec![("permissions_boundary_arn", Cell::text(boundary.as_str()))],
            _ => Vec::new(),
        };
        if number == 0 {
            let columns = [
                ("arn", Cell::text(boundary.as_str())),
                ("name", Cell::text("boundary")),
                (
                    "policy",
                    Cell::text(EVERYTHING.replace(r#""Action":"*""#, r#""NotAction":["iam:*","organizations:*"]"#)),
                ),
            ];
            self.add("aws_iam_policy", &boundary, &columns)?;
        }
        let role = self.role(
            &format!("application-{number}"),
            &trust("Service", &format!("{service}.amazonaws.com")),
            &bound,
        )?;
        let account = self.account.clone();
        let extra = match number % 100 {
            7 => {
                r#",{"Effect":"Allow","Action":["iam:PassRole","lambda:CreateFunction","lambda:InvokeFunction"],"Resource":"*"}"#
            }
            23 => {
                r#",{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#
            }
            51 => {
                r#",{"Effect":"Allow","Action":["ssm:*","ec2:*"],"Resource":"*"},{"Effect":"Deny","Action":"ssm:SendCommand","Resource":"*"}"#
            }
            _ => "",
        };
        self.inline(&role, &format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:ListBucket"],"Resource":["arn:aws:s3:::data-{account}-{number}","arn:aws:s3:::data-{account}-{number}/*"]}},{{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:{account}:queue-{number}-*"}},{{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"arn:aws:kms:eu-west-1:{account}:key/{number}"}},{{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}}{extra}]}}"#
        ))
    }

    fn resources(&mut self) -> Generated<()> {
        let account = self.account.clone();
        for application in 0..OF_ACCOUNT - USERS {
            let bucket = format!("arn:aws:s3:::data-{account}-{application}");
            let name = format!("data-{account}-{application}");
            let mut columns = vec![("arn", Cell::text(&*bucket)), ("bucket", Cell::text(name))];
            if application % 20 == 0 {
                let policy = format!(
                    r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{}:root"}},"Action":"s3:GetObject","Resource":"{bucket}/*"}}]}}"#,
                    account_id(0)
                );
                columns.push(("policy", Cell::text(policy)));
            }
            self.add("aws_s3_bucket", &bucket, &columns)?;
            let key = format!("arn:aws:kms:eu-west-1:{account}:key/{application}");
            let policy = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account}:root"}},"Action":"kms:*","Resource":"*"}}]}}"#
            );
            self.add("aws_kms_key", &key, &[("arn", Cell::text(&*key)), ("policy", Cell::text(policy))])?;
            for number in 0..RESOURCES - 2 {
                let queue = format!("arn:aws:sqs:eu-west-1:{account}:queue-{application}-{number}");
                self.add("aws_sqs_queue", &queue, &[("arn", Cell::text(&*queue))])?;
            }
        }
        Ok(())
    }
}
