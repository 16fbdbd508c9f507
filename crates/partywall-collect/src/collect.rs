//! A whole collection, from the credentials to the last account.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::SdkConfig;
use futures_util::{StreamExt, stream};
use partywall_model::{Call, CallScope, Scalar};
use serde_json::Value;
use tokio::sync::{Mutex, Semaphore};

use crate::account::{Account, Progress, Shared};
use crate::asking::{Manners, Question, refused, went_well};
use crate::client::{AskError, Client};
use crate::conceal::Detector;
use crate::credentials::{AssumedRole, configuration, with_credentials};
use crate::description::Description;
use crate::error::CollectError;
use crate::options::{Location, Options, Organization};
use crate::plan::Plan;
use crate::progress::{AccountSummary, Event, Summary};
use crate::record::{GLOBAL, Key};
use crate::refusal::Refusal;
use crate::store::{Bucket, Folder, Store};
use crate::wire;

/// Threads on which answers are read.
const THREADS_MAX: usize = 4;

/// Where the first question goes when nothing is configured.
pub(crate) const FIRST_REGION: &str = "us-east-1";

macro_rules! own {
    ($service:literal, $name:literal, $with:expr) => {
        Call {
            service: $service,
            name: $name,
            operation: $name,
            about: "",
            scope: CallScope::Account,
            actions: &[concat!($service, ":", $name)],
            for_each: None,
            with: $with,
            unset: &[],
            absent: &[],
            conceal: &[],
            prepares: false,
        }
    };
}

static REGIONS: Call = own!("ec2", "DescribeRegions", &[("AllRegions", Scalar::Boolean(true))]);
static ACCOUNTS: Call = own!("organizations", "ListAccounts", &[]);
static ASSUME: Call = own!("sts", "AssumeRole", &[]);

/// Makes the calls, and those that they need the answers of, and keeps what is answered and refused.
///
/// What the collection already holds is not asked again. Texts at the places that a call names are concealed before
/// they are kept; `detector` says which of them are credentials.
///
/// # Errors
/// There are no credentials, or nothing can be kept. What a service refuses is no error: it is part of the collection.
pub fn collect(
    options: &Options,
    calls: &[&'static Call],
    detector: Detector,
    progress: impl Fn(Event) + Send + Sync + 'static,
) -> Result<Summary, CollectError> {
    runtime()?.block_on(async {
        let configuration = configuration(options).await?;
        collect_with(configuration, options, calls, detector, Arc::new(progress)).await
    })
}

/// The threads on which a collection runs.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, CollectError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(threads).enable_all().build().map_err(|error| CollectError::Start(error.to_string()))
}

/// The same with a configuration whose credentials can be had.
pub(crate) async fn collect_with(
    configuration: SdkConfig,
    options: &Options,
    calls: &[&'static Call],
    detector: Detector,
    progress: Progress,
) -> Result<Summary, CollectError> {
    check_names(options)?;
    let region = configuration.region().map_or(FIRST_REGION, |region| region.as_ref()).to_owned();
    let client = Client::new(&configuration, "", &options.limits);
    let caller = Caller::ask(&client, &region, options).await?;
    let plan = Plan::new(calls);
    let store = open(options, &configuration, &client, &region).await?;
    let earlier = store.description().await?;
    let description = Description::start(earlier.as_deref(), &options.program, &caller.arn, plan.ids());
    let shared = Arc::new(Shared {
        manners: Manners {
            limits: options.limits.clone(),
            detector,
            requests: Semaphore::new(options.limits.requests_at_once),
        },
        plan,
        store,
        progress,
        again: options.again,
        description: Mutex::new(description),
    });
    let collector = Collector { options, configuration, shared: shared.clone(), caller };
    let summary = collector.collect().await;
    let closed = shared.store.close();
    let summary = summary?;
    closed?;
    Ok(summary)
}

async fn open(
    options: &Options,
    configuration: &SdkConfig,
    client: &Client,
    region: &str,
) -> Result<Store, CollectError> {
    match &options.store {
        Location::Folder(path) => Ok(Store::Folder(Folder::open(path)?)),
        Location::Bucket { bucket: name, prefix } => {
            Ok(Store::Bucket(Box::new(bucket(name, prefix, configuration, client, region).await?)))
        }
    }
}

/// A bucket, asked with the credentials of the collection and at its endpoint for S3.
pub(crate) async fn bucket(
    name: &str,
    prefix: &str,
    configuration: &SdkConfig,
    client: &Client,
    region: &str,
) -> Result<Bucket, CollectError> {
    let credentials: SharedCredentialsProvider =
        configuration.credentials_provider().ok_or(CollectError::NoCredentials)?;
    let endpoint = wire::service("s3").and_then(|s3| client.endpoint(s3, region).ok());
    let custom = endpoint.filter(|endpoint| endpoint.is_custom).map(|endpoint| endpoint.url);
    let region = bucket_region(client, name, region).await;
    Ok(Bucket::open(name, prefix, &region, custom.as_deref(), credentials)?)
}

/// Where the bucket is, or the region that is configured when nobody says so.
async fn bucket_region(client: &Client, bucket: &str, region: &str) -> String {
    let request = wire::Parameters::from_iter([("Bucket".to_owned(), bucket.into())]);
    let Ok(answer) = client.ask("s3", "GetBucketLocation", region, &request).await else {
        return region.to_owned();
    };
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
    match answer.members.get("LocationConstraint").and_then(Value::as_str) {
        None => FIRST_REGION.to_owned(),
        Some("EU") => "eu-west-1".to_owned(),
        Some(region) => region.to_owned(),
    }
}

/// Names from the command line become parts of host names, ARNs and paths.
fn check_names(options: &Options) -> Result<(), CollectError> {
    for region in &options.regions {
        check(region, is_region, "a region")?;
    }
    if let Some(organization) = &options.organization {
        for account in &organization.accounts {
            check(account, is_account, "an account: it has twelve digits")?;
        }
        check(&organization.role, is_role, "a role")?;
    }
    Ok(())
}

fn check(name: &str, is_one: fn(&str) -> bool, what: &'static str) -> Result<(), CollectError> {
    if is_one(name) { Ok(()) } else { Err(CollectError::NotAName(name.to_owned(), what)) }
}

fn is_region(name: &str) -> bool {
    (3..=32).contains(&name.len())
        && name != GLOBAL
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

fn is_account(name: &str) -> bool {
    name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// With or without a path.
fn is_role(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&byte))
}

/// Whose credentials the first ones are.
struct Caller {
    account: String,
    arn: String,
    partition: String,
}

impl Caller {
    async fn ask(client: &Client, region: &str, options: &Options) -> Result<Self, CollectError> {
        let answer = client.ask("sts", "GetCallerIdentity", region, &wire::Parameters::new()).await;
        let answer = answer.map_err(|error| match &error {
            AskError::Api(refusal) if refusal.code.starts_with("ExpiredToken") => {
                CollectError::Expired { profile: options.profile.clone() }
            }
            _ => CollectError::Caller(error.to_string()),
        })?;
        let text = |name: &str| answer.members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (account, arn) = (text("Account"), text("Arn"));
        if !is_account(&account) {
            return Err(CollectError::Caller(format!("`{account}` is not an account")));
        }
        let partition = arn.split(':').nth(1).filter(|partition| !partition.is_empty()).unwrap_or("aws").to_owned();
        Ok(Self { account, arn, partition })
    }
}

/// An account that is to be collected.
struct Target {
    account: String,
    name: String,
}

struct Collector<'o> {
    options: &'o Options,
    configuration: SdkConfig,
    shared: Arc<Shared>,
    caller: Caller,
}

impl Collector<'_> {
    async fn collect(&self) -> Result<Summary, CollectError> {
        self.shared.describe(|_| ()).await?;
        let client = Arc::new(Client::new(&self.configuration, &self.caller.account, &self.options.limits));
        let mut first = self.account(client.clone(), &self.caller.account, "").await?;
        first.is_first = true;
        let targets = match &self.options.organization {
            None => Vec::new(),
            Some(organization) => self.targets(&mut first, organization).await?,
        };
        let is_wanted = self.options.organization.as_ref().is_none_or(|organization| {
            organization.accounts.is_empty() || organization.accounts.contains(&self.caller.account)
        });
        (self.shared.progress)(Event::AccountsFound { count: targets.len() + usize::from(is_wanted) });
        let mut summary = Summary { caller: self.caller.arn.clone(), accounts: Vec::new() };
        let first_run =
            is_wanted.then(|| tokio::spawn(finish(self.shared.clone(), first, self.options.regions.clone())));
        let others = stream::iter(targets).map(|target| self.member(client.clone(), target));
        let mut others = others.buffer_unordered(self.options.limits.accounts_at_once);
        while let Some(other) = others.next().await {
            summary.accounts.push(other?);
        }
        if let Some(first) = first_run {
            let first = first.await.map_err(|error| CollectError::Start(error.to_string()))??;
            summary.accounts.push(first);
        }
        summary.accounts.sort_by(|a, b| a.account.cmp(&b.account));
        self.shared.describe(Description::finish).await?;
        self.judge(summary)
    }

    /// A collection whose only account could not be finished because its credentials expired is an error.
    fn judge(&self, summary: Summary) -> Result<Summary, CollectError> {
        match summary.accounts.as_slice() {
            [only] if only.failure.is_some() && only.account == self.caller.account => {
                Err(CollectError::Expired { profile: self.options.profile.clone() })
            }
            _ => Ok(summary),
        }
    }

    async fn account(&self, client: Arc<Client>, account: &str, name: &str) -> Result<Account, CollectError> {
        Ok(Account {
            finished: self.shared.store.finished(account).await?,
            shared: self.shared.clone(),
            client,
            is_first: false,
            summary: AccountSummary {
                account: account.to_owned(),
                name: name.to_owned(),
                partition: self.caller.partition.clone(),
                ..AccountSummary::default()
            },
        })
    }

    /// The other accounts that are wanted: those given, or every active one of the organization.
    async fn targets(&self, first: &mut Account, organization: &Organization) -> Result<Vec<Target>, CollectError> {
        let answered = first.ask_own(&ACCOUNTS).await?;
        let listed: BTreeMap<String, (String, bool)> = answered
            .answers
            .iter()
            .filter_map(|page| page.get("Accounts")?.as_array())
            .flatten()
            .filter_map(|account| {
                let text = |name: &str| account.get(name).and_then(Value::as_str);
                let is_active = text("State").or_else(|| text("Status")) == Some("ACTIVE");
                let id = text("Id").filter(|id| is_account(id))?;
                Some((id.to_owned(), (text("Name").unwrap_or_default().to_owned(), is_active)))
            })
            .collect();
        if let Some((_, (name, _))) = listed.get_key_value(&self.caller.account) {
            first.summary.name.clone_from(name);
        }
        let wanted: Vec<String> = match (&answered.refusal, organization.accounts.is_empty()) {
            (Some(refusal), true) => {
                return Err(CollectError::Organization(format!("{}: {}", refusal.code, refusal.message)));
            }
            (_, true) => {
                listed.iter().filter(|(_, (_, is_active))| *is_active).map(|(account, _)| account.clone()).collect()
            }
            (_, false) => organization.accounts.clone(),
        };
        let others = wanted.into_iter().filter(|account| *account != self.caller.account);
        let named = |account: String| Target {
            name: listed.get(&account).map(|(name, _)| name.clone()).unwrap_or_default(),
            account,
        };
        Ok(others.map(named).collect())
    }

    /// An account of the organization. One that can not be entered becomes a refusal, and the rest goes on.
    async fn member(&self, client: Arc<Client>, target: Target) -> Result<AccountSummary, CollectError> {
        let organization = self.options.organization.clone().unwrap_or_default();
        let arn = format!(
            "arn:{}:iam::{}:role/{}",
            self.caller.partition,
            target.account,
            organization.role.trim_start_matches('/')
        );
        let request = AssumedRole::request(&arn, organization.external_id.as_deref());
        let home = wire::home(&self.caller.partition);
        let question = Question { call: &ASSUME, region: home.to_owned(), request: request.clone(), is_report: false };
        let role = match AssumedRole::assume(client.clone(), home, request).await {
            Ok(role) => role,
            Err(error) => {
                let account = self.account(client, &target.account, &target.name).await?;
                return account.refuse(&question, Refusal::of(&ASSUME, &error), &error).await;
            }
        };
        let configuration = with_credentials(&self.configuration, role, home);
        let client = Arc::new(Client::new(&configuration, &target.account, &self.options.limits));
        let mut account = self.account(client, &target.account, &target.name).await?;
        if account.finished.contains(&Key::new(GLOBAL, &ASSUME, &question.request), false) {
            // An earlier run was refused; the later lines count.
            account.keep(GLOBAL, &ASSUME, &went_well(&question)).await?;
        }
        let run = tokio::spawn(finish(self.shared.clone(), account, self.options.regions.clone()));
        run.await.map_err(|error| CollectError::Start(error.to_string()))?
    }
}

/// Finds the regions and makes the calls.
async fn finish(
    shared: Arc<Shared>,
    mut account: Account,
    regions: Vec<String>,
) -> Result<AccountSummary, CollectError> {
    account.summary.regions = match regions.is_empty() {
        true => enabled_regions(&mut account).await?,
        false => regions,
    };
    shared.describe(|description| description.begin(&account.summary)).await?;
    (shared.progress)(Event::AccountStarted {
        account: account.summary.account.clone(),
        name: account.summary.name.clone(),
        regions: account.summary.regions.clone(),
    });
    let summary = account.collect().await?;
    shared.describe(|description| description.end(&summary)).await?;
    (shared.progress)(Event::AccountFinished(summary.clone()));
    Ok(summary)
}

impl Account {
    async fn refuse(
        mut self,
        question: &Question,
        refusal: Refusal,
        error: &AskError,
    ) -> Result<AccountSummary, CollectError> {
        self.keep(GLOBAL, question.call, &refused(question, refusal)).await?;
        self.shared.store.close_account(&self.summary.account).await?;
        self.summary.failure = Some(error.to_string());
        self.shared.describe(|description| description.end(&self.summary)).await?;
        (self.shared.progress)(Event::AccountFinished(self.summary.clone()));
        Ok(self.summary)
    }
}

/// The regions that are enabled in the account; all that are known when the account does not say.
async fn enabled_regions(account: &mut Account) -> Result<Vec<String>, CollectError> {
    let answered = account.ask_own(&REGIONS).await?;
    let mut regions: Vec<String> = answered
        .answers
        .iter()
        .filter_map(|page| page.get("Regions")?.as_array())
        .flatten()
        .filter(|region| region.get("OptInStatus").and_then(Value::as_str) != Some("not-opted-in"))
        .filter_map(|region| Some(region.get("RegionName")?.as_str()?.to_owned()))
        .filter(|region| is_region(region) && wire::partition(region) == account.summary.partition)
        .collect();
    if regions.is_empty() {
        regions = wire::known_regions(&account.summary.partition).map(str::to_owned).collect();
    }
    regions.sort();
    Ok(regions)
}
