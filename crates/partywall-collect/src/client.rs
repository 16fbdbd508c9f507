//! One client for every service of an account.

mod operation;

use std::collections::HashMap;
use std::error::Error;
use std::sync::Mutex;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::options::Limits;
use crate::wire::{self, ApiError, Endpoint, Message, Parameters, Received, Service, Variant};
use operation::{Prepared, SharedOperation};

/// Asks the services of one account.
#[derive(Debug)]
pub(crate) struct Client {
    operation: SharedOperation,
    config: SdkConfig,
    account: String,
    /// Where buckets turned out to be.
    bucket_regions: Mutex<HashMap<String, String>>,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) members: Map<String, Value>,
    pub(crate) request_id: String,
    /// Of the body as it came, in hexadecimal digits.
    pub(crate) sha256: String,
    /// Of the body as it came.
    pub(crate) bytes: usize,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// The service refused.
    #[error(transparent)]
    Api(Box<ApiError>),
    #[error("no answer in time: {0}")]
    Timeout(String),
    #[error("the service can not be reached: {0}")]
    Unreachable(String),
    #[error("{reason}")]
    Malformed { reason: String, request_id: String },
    /// The request could not even be written.
    #[error("{0}")]
    InvalidRequest(String),
    /// There are no credentials any more.
    #[error("{0}")]
    Credentials(String),
}

impl Client {
    /// A client that signs with the credentials of this configuration. Pacing is kept apart from other accounts.
    pub(crate) fn new(config: &SdkConfig, account: &str, limits: &Limits) -> Self {
        Self {
            operation: operation::build(config, limits),
            config: config.clone(),
            account: account.to_owned(),
            bucket_regions: Mutex::default(),
        }
    }

    /// Asks once; throttled and failing requests are repeated within the limits.
    pub(crate) async fn ask(
        &self,
        service_name: &str,
        operation_name: &str,
        region: &str,
        parameters: &Parameters,
    ) -> Result<Answer, AskError> {
        let unknown = || AskError::InvalidRequest(format!("`{service_name}:{operation_name}` is not in the wire data"));
        let service = wire::service(service_name).ok_or_else(unknown)?;
        let operation = service.operations.get(operation_name).ok_or_else(unknown)?;
        let bucket = parameters.get("Bucket").and_then(Value::as_str).filter(|_| service.signing_name == "s3");
        let known_region = bucket.and_then(|bucket| self.bucket_region(bucket));
        let region = known_region.as_deref().unwrap_or(region);
        let prepared = |region: &str| {
            let endpoint = self.endpoint(service, region)?;
            let message = wire::message(service, operation_name, operation, &endpoint, parameters)
                .map_err(AskError::InvalidRequest)?;
            Ok(self.prepare(service, &endpoint, message))
        };
        let received = match self.send(prepared(region)?).await {
            Err(AskError::Api(error)) => match redirect(bucket, region, &error) {
                Some((bucket, bucket_region)) => {
                    let received = self.send(prepared(bucket_region)?).await?;
                    self.keep_bucket_region(bucket, bucket_region);
                    received
                }
                None => return Err(AskError::Api(error)),
            },
            other => other?,
        };
        let request_id = wire::request_id(&received).unwrap_or_default().to_owned();
        let members = wire::answer(service, operation, &received)
            .map_err(|error| AskError::Malformed { reason: error.0, request_id: request_id.clone() })?;
        let sha256 = Sha256::digest(&received.body).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Answer { members, request_id, sha256, bytes: received.body.len() })
    }

    /// Where a service is asked, after the configuration: FIPS, dual-stack, and endpoints that somebody named.
    pub(crate) fn endpoint(&self, service: &Service, region: &str) -> Result<Endpoint, AskError> {
        let variant =
            Variant::new(self.config.use_fips().unwrap_or(false), self.config.use_dual_stack().unwrap_or(false));
        let custom = self.custom_endpoint(service);
        service.endpoint(region, variant, custom.as_deref()).ok_or_else(|| {
            AskError::InvalidRequest(format!("`{}` has no such endpoint in `{region}`", service.service_id))
        })
    }

    /// One given in code wins, then `AWS_ENDPOINT_URL_<SERVICE>`, then `AWS_ENDPOINT_URL`; as the SDKs do.
    fn custom_endpoint(&self, service: &Service) -> Option<String> {
        let general = self.config.endpoint_url().map(str::to_owned);
        if self.config.get_origin("endpoint_url").is_client_config() {
            return general;
        }
        let key = ServiceConfigKey::builder()
            .service_id(&service.service_id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .ok();
        let special = key.and_then(|key| self.config.service_config()?.load_config(key));
        special.or(general)
    }

    fn prepare(&self, service: &Service, endpoint: &Endpoint, message: Message) -> Prepared {
        Prepared {
            retry_partition: format!("{}/{}/{}", self.account, service.signing_name, endpoint.signing_region),
            signing_name: service.signing_name.clone(),
            signing_region: endpoint.signing_region.clone(),
            message,
        }
    }

    async fn send(&self, prepared: Prepared) -> Result<Received, AskError> {
        self.operation.invoke(prepared).await.map_err(ask_error)
    }

    fn bucket_region(&self, bucket: &str) -> Option<String> {
        self.bucket_regions.lock().ok()?.get(bucket).cloned()
    }

    fn keep_bucket_region(&self, bucket: &str, region: &str) {
        if let Ok(mut known) = self.bucket_regions.lock() {
            known.insert(bucket.to_owned(), region.to_owned());
        }
    }
}

/// The other region in which the bucket is, when that is why it was refused.
fn redirect<'r>(bucket: Option<&'r str>, region: &str, error: &'r ApiError) -> Option<(&'r str, &'r str)> {
    let elsewhere = error.bucket_region.as_deref().filter(|elsewhere| *elsewhere != region)?;
    matches!(error.status, 301 | 307 | 400 | 403).then_some((bucket?, elsewhere))
}

fn ask_error(error: SdkError<ApiError, aws_smithy_runtime_api::http::Response>) -> AskError {
    if has_source::<CredentialsError>(&error) {
        return AskError::Credentials(DisplayErrorContext(&error).to_string());
    }
    let text = short(&error);
    match error {
        SdkError::ServiceError(error) => AskError::Api(Box::new(error.into_err())),
        SdkError::TimeoutError(_) => AskError::Timeout(text),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => AskError::Timeout(text),
        SdkError::DispatchFailure(_) => AskError::Unreachable(text),
        SdkError::ResponseError(_) if text.contains("minimum throughput") => AskError::Timeout(text),
        SdkError::ResponseError(_) => AskError::Malformed { reason: text, request_id: String::new() },
        _ => AskError::InvalidRequest(text),
    }
}

/// What the innermost causes say, without the wrappers' debug output.
fn short(error: &(dyn Error + 'static)) -> String {
    let mut causes = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let text = cause.to_string();
        if causes.last() != Some(&text) {
            causes.push(text);
        }
        next = cause.source();
    }
    causes.join(": ")
}

fn has_source<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(cause) = next {
        if cause.is::<E>() {
            return true;
        }
        next = cause.source();
    }
    false
}
