//! Whose credentials are used: those of the default chain, or of a role in another account.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_config::BehaviorVersion;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::timeout::TimeoutConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_types::SdkConfig;
use aws_types::region::Region;
use serde_json::{Map, Value};

use crate::client::{AskError, Client};
use crate::error::CollectError;
use crate::options::Options;
use crate::wire::Parameters;

/// The name of the sessions in assumed roles; it stands in the accounts' CloudTrail.
const SESSION: &str = "partywall";

/// The configuration of the default chain, with credentials that were had once.
pub(crate) async fn configuration(options: &Options) -> Result<SdkConfig, CollectError> {
    let http_client =
        aws_smithy_http_client::Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::Ring)).build_https();
    let timeouts = TimeoutConfig::builder().connect_timeout(options.limits.connect_timeout).build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client).timeout_config(timeouts);
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(endpoint) = &options.endpoint_url {
        loader = loader.endpoint_url(endpoint);
    }
    let mut configuration = loader.load().await;
    if let Some(profile) = options.profile.clone().or_else(profile_of_environment) {
        configuration = only_of_profile(&configuration, &profile);
    }
    let provider = configuration.credentials_provider().ok_or(CollectError::NoCredentials)?;
    if let Err(error) = provider.provide_credentials().await {
        return Err(CollectError::of_credentials(&error, options.profile.as_deref()));
    }
    Ok(configuration)
}

/// The profile that the environment names, unless it holds credentials itself.
fn profile_of_environment() -> Option<String> {
    let has_keys = std::env::var_os("AWS_ACCESS_KEY_ID").is_some();
    std::env::var("AWS_PROFILE").ok().filter(|profile| !has_keys && !profile.is_empty())
}

/// The same configuration with the profile's credentials and no others: the default chain prefers those of the
/// environment, and goes on to those of the instance when there is no such profile.
fn only_of_profile(configuration: &SdkConfig, profile: &str) -> SdkConfig {
    let mut provider = ProviderConfig::without_region().with_region(configuration.region().cloned());
    if let Some(http_client) = configuration.http_client() {
        provider = provider.with_http_client(http_client);
    }
    let credentials = ProfileFileCredentialsProvider::builder().configure(&provider).profile_name(profile).build();
    configuration.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials)).build()
}

/// The same configuration with other credentials and another region.
pub(crate) fn with_credentials(configuration: &SdkConfig, credentials: AssumedRole, region: &str) -> SdkConfig {
    configuration
        .to_builder()
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(Region::new(region.to_owned()))
        .build()
}

/// A role in another account.
#[derive(Debug)]
pub(crate) struct AssumedRole {
    client: Arc<Client>,
    region: String,
    request: Parameters,
    /// Those that were had when it was tried whether the role can be assumed.
    first: Mutex<Option<Credentials>>,
}

impl AssumedRole {
    /// The request for a role.
    pub(crate) fn request(role_arn: &str, external_id: Option<&str>) -> Parameters {
        let mut request = Parameters::new();
        request.insert("RoleArn".to_owned(), role_arn.into());
        request.insert("RoleSessionName".to_owned(), SESSION.into());
        if let Some(external_id) = external_id {
            request.insert("ExternalId".to_owned(), external_id.into());
        }
        request
    }

    /// Assumes the role once, so that a refusal is known before anything else is asked.
    pub(crate) async fn assume(client: Arc<Client>, region: &str, request: Parameters) -> Result<Self, AskError> {
        let role = Self { client, region: region.to_owned(), request, first: Mutex::default() };
        let credentials = role.credentials().await?;
        if let Ok(mut first) = role.first.lock() {
            *first = Some(credentials);
        }
        Ok(role)
    }

    async fn credentials(&self) -> Result<Credentials, AskError> {
        let answer = self.client.ask("sts", "AssumeRole", &self.region, &self.request).await?;
        read(&answer.members).ok_or_else(|| AskError::Malformed {
            reason: "the answer holds no credentials".to_owned(),
            request_id: answer.request_id,
        })
    }
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let first = self.first.lock().ok().and_then(|mut first| first.take());
        future::ProvideCredentials::new(async move {
            match first {
                Some(credentials) => Ok(credentials),
                None => self.credentials().await.map_err(CredentialsError::provider_error),
            }
        })
    }
}

fn read(answer: &Map<String, Value>) -> Option<Credentials> {
    let credentials = answer.get("Credentials")?;
    let text = |name: &str| credentials.get(name)?.as_str();
    let expires = chrono::DateTime::parse_from_rfc3339(text("Expiration")?).ok()?;
    let expires = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(expires.timestamp()).ok()?);
    let token = text("SessionToken")?.to_owned();
    Some(Credentials::new(text("AccessKeyId")?, text("SecretAccessKey")?, Some(token), Some(expires), "AssumeRole"))
}
