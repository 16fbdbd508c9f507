//! The one operation of the official runtime by which every service is asked.

use aws_runtime::auth::{SigV4OperationSigningConfig, sigv4};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor};
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::http::connection_poisoning::ConnectionPoisoningInterceptor;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, ModeledAsRetryableClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime::client::stalled_stream_protection::StalledStreamProtectionInterceptor;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::endpoint::{
    EndpointFuture, EndpointResolverParams, ResolveEndpoint, SharedEndpointResolver,
};
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut, BeforeSerializationInterceptorContextRef, Error, Input, Output,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, FrozenLayer, Layer};
use aws_smithy_types::endpoint::Endpoint;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::region::{Region, SigningRegion};
use aws_types::{SdkConfig, SigningName};
use bytes::Bytes;
use http_body_util::Limited;

use crate::options::Limits;
use crate::wire::{ApiError, Message, Received};

/// Cloning is cheap.
pub(super) type SharedOperation = Operation<Prepared, Received, ApiError>;

/// A request with all that is needed to sign and to pace it.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub(super) message: Message,
    pub(super) signing_name: String,
    pub(super) signing_region: String,
    /// What is throttled together.
    pub(super) retry_partition: String,
}

/// The operation for one account; its identity cache is its own.
pub(super) fn build(config: &SdkConfig, limits: &Limits) -> SharedOperation {
    Operation::builder()
        .service_name("aws")
        .operation_name("ask")
        .behavior_version(config.behavior_version().unwrap_or_else(BehaviorVersion::latest))
        .runtime_plugin(
            StaticRuntimePlugin::new()
                .with_config(settings(config, limits))
                .with_runtime_components(components(config, limits)),
        )
        .serializer(|prepared: Prepared| {
            let message = prepared.message;
            let mut request = http::Request::builder().method(message.method.as_str()).uri(&message.path_and_query);
            for (name, value) in &message.headers {
                request = request.header(name, value);
            }
            if !message.body.is_empty() || message.method == "POST" {
                request = request.header("content-length", message.body.len());
            }
            Ok::<_, BoxError>(HttpRequest::try_from(request.body(SdkBody::from(message.body))?)?)
        })
        .deserializer(|response: &HttpResponse| {
            let received = Received {
                status: response.status().as_u16(),
                headers: response
                    .headers()
                    .iter()
                    .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                    .collect(),
                body: Bytes::copy_from_slice(response.body().bytes().unwrap_or_default()),
            };
            if response.status().is_success() {
                Ok(received)
            } else {
                Err(OrchestratorError::operation(ApiError::read(&received)))
            }
        })
        .build()
}

fn settings(config: &SdkConfig, limits: &Limits) -> FrozenLayer {
    let mut layer = Layer::new("partywall");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(EndpointResolverParams::new(String::new()));
    layer.store_put(SigV4OperationSigningConfig::default());
    layer.store_put(ApiMetadata::new("partywall", env!("CARGO_PKG_VERSION")));
    // Not the runtime's adaptive mode: below five requests a second its bucket never holds what a repetition costs, so
    // that a single throttled request waits until its time is over. Lanes adapt instead.
    layer.store_put(
        RetryConfig::standard()
            .with_max_attempts(configured_attempts(config).unwrap_or(limits.attempts_max))
            .with_initial_backoff(limits.first_pause),
    );
    layer.store_put(
        TimeoutConfig::builder()
            .connect_timeout(limits.connect_timeout)
            .read_timeout(limits.read_timeout)
            .operation_attempt_timeout(limits.attempt_timeout)
            .operation_timeout(limits.request_timeout)
            .build(),
    );
    if let Some(name) = config.app_name() {
        layer.store_put(name.clone());
    }
    if let Some(protection) = config.stalled_stream_protection() {
        layer.store_put(protection);
    }
    layer.freeze()
}

/// `AWS_MAX_ATTEMPTS`, or `max_attempts` of the profile, where it is not what every SDK does anyway.
fn configured_attempts(config: &SdkConfig) -> Option<u32> {
    let attempts = config.retry_config()?.max_attempts();
    (attempts != RetryConfig::standard().max_attempts()).then_some(attempts)
}

fn components(config: &SdkConfig, limits: &Limits) -> RuntimeComponentsBuilder {
    let mut components = RuntimeComponentsBuilder::new("partywall");
    components.set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
        StaticAuthSchemeOptionResolver::new(vec![sigv4::SCHEME_ID]),
    )));
    components.push_auth_scheme(SharedAuthScheme::new(sigv4::SigV4AuthScheme::new()));
    if let Some(credentials) = config.credentials_provider() {
        components.set_identity_resolver(sigv4::SCHEME_ID, credentials);
    }
    components.set_identity_cache(Some(IdentityCache::lazy().build()));
    components.set_http_client(config.http_client());
    components.set_sleep_impl(config.sleep_impl());
    components.set_time_source(config.time_source());
    components.set_endpoint_resolver(Some(SharedEndpointResolver::new(GivenUrl)));
    components.push_interceptor(PerRequest);
    components.push_interceptor(BodyLimit { bytes_max: limits.body_bytes_max });
    components.push_interceptor(ConnectionPoisoningInterceptor::new());
    components.push_interceptor(StalledStreamProtectionInterceptor::default());
    components.push_interceptor(ServiceClockSkewInterceptor::new());
    components.push_interceptor(RequestInfoInterceptor::new());
    components.push_interceptor(InvocationIdInterceptor::new());
    components.push_interceptor(UserAgentInterceptor::new());
    components.push_retry_classifier(TransientErrorClassifier::<ApiError>::new());
    components.push_retry_classifier(ModeledAsRetryableClassifier::<ApiError>::new());
    components.push_retry_classifier(AwsErrorCodeClassifier::<ApiError>::new());
    components.push_retry_classifier(ServiceClockSkewClassifier::<ApiError>::new());
    components.push_retry_classifier(HttpStatusCodeClassifier::default());
    components
}

/// Tells the runtime how this request is signed, where it goes and with what it is paced, as generated clients do.
#[derive(Debug)]
struct PerRequest;

#[dyn_dispatch_hint]
impl Intercept for PerRequest {
    fn name(&self) -> &'static str {
        "PerRequest"
    }

    fn read_before_execution(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_, Input, Output, Error>,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let prepared = context.input().downcast_ref::<Prepared>().ok_or("the input is not a prepared request")?;
        let is_s3 = prepared.signing_name == "s3";
        let mut signing = SigV4OperationSigningConfig {
            name: Some(SigningName::from(prepared.signing_name.clone())),
            region: Some(SigningRegion::from(Region::new(prepared.signing_region.clone()))),
            ..SigV4OperationSigningConfig::default()
        };
        // S3 signs paths as they are sent, because keys are no paths: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
        signing.signing_options.double_uri_encode = !is_s3;
        signing.signing_options.normalize_uri_path = !is_s3;
        signing.signing_options.content_sha256_header = is_s3;
        let state = settings.interceptor_state();
        state.store_put(signing);
        state.store_put(EndpointResolverParams::new(prepared.message.endpoint.clone()));
        state.store_put(RetryPartition::new(prepared.retry_partition.clone()));
        Ok(())
    }
}

/// Ends the reading of a body that is too large to be an answer.
#[derive(Debug)]
struct BodyLimit {
    bytes_max: usize,
}

#[dyn_dispatch_hint]
impl Intercept for BodyLimit {
    fn name(&self) -> &'static str {
        "BodyLimit"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_, Input, Output, Error>,
        _components: &RuntimeComponents,
        _settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let bytes_max = self.bytes_max;
        let unlimited = std::mem::replace(body, SdkBody::taken());
        *body = unlimited.map(move |body| SdkBody::from_body_1_x(Limited::new(body, bytes_max)));
        Ok(())
    }
}

/// The endpoint was already found.
#[derive(Debug)]
struct GivenUrl;

impl ResolveEndpoint for GivenUrl {
    fn resolve_endpoint<'a>(&'a self, parameters: &'a EndpointResolverParams) -> EndpointFuture<'a> {
        let url = parameters.get::<String>().ok_or_else(|| "no endpoint was given".into());
        EndpointFuture::ready(url.map(|url| Endpoint::builder().url(url.clone()).build()))
    }
}
