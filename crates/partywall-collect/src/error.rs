//! Why nothing, or no more, could be collected.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;

use crate::store::StoreError;

/// Why nothing, or no more, could be collected.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The default chain found nothing.
    #[error(
        "no AWS credentials were found in the environment, the shared configuration, web identity, a container or an instance; run `aws configure`, `aws sso login` or set `AWS_PROFILE`"
    )]
    NoCredentials,
    /// A profile that the configuration does not have.
    #[error("the profile `{0}` is not in the AWS configuration; `aws configure list-profiles` names those that are")]
    UnknownProfile(String),
    /// Credentials that are no longer good.
    #[error("the AWS credentials have expired, or nobody has logged in; run `aws sso login{}` or get new ones, then run the same command again: it goes on where it stopped", profile_argument(.profile.as_deref()))]
    Expired {
        /// The profile that was asked for.
        profile: Option<String>,
    },
    /// Credentials that can not be had, for another reason.
    #[error("the AWS credentials can not be had: {0}")]
    Credentials(String),
    /// The credentials are there and AWS does not accept them.
    #[error("AWS does not say whose credentials these are: {0}")]
    Caller(String),
    /// The accounts of the organization can not be listed.
    #[error(
        "the accounts of the organization can not be listed: {0}; use credentials of its management account or of a delegated administrator, or name the accounts"
    )]
    Organization(String),
    /// A name that is not one of a region, an account or a role.
    #[error("`{0}` is not the name of {1}")]
    NotAName(String, &'static str),
    /// The collection can not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The program itself could not begin.
    #[error("the collection could not begin: {0}")]
    Start(String),
}

fn profile_argument(profile: Option<&str>) -> String {
    profile.map(|profile| format!(" --profile {profile}")).unwrap_or_default()
}

impl CollectError {
    /// What a failing chain of credentials means.
    pub(crate) fn of_credentials(error: &CredentialsError, profile: Option<&str>) -> Self {
        let text = causes(error);
        let lower = text.to_lowercase();
        let undefined = text.split_once("` was not defined").and_then(|(before, _)| before.rsplit_once('`'));
        if let Some((_, name)) = undefined {
            return Self::UnknownProfile(name.to_owned());
        }
        let profile = profile.map(str::to_owned);
        if lower.contains("expired") || lower.contains("sso login") || lower.contains("cached sso token") {
            return Self::Expired { profile };
        }
        match error {
            CredentialsError::CredentialsNotLoaded(_) => Self::NoCredentials,
            // The chain ends with the metadata of an instance, which answers only there.
            _ if text.contains("IMDS") => Self::NoCredentials,
            _ => Self::Credentials(text),
        }
    }
}

/// Everything that an error says, without debug output.
pub(crate) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut causes: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let text = cause.to_string();
        if causes.last().is_none_or(|last| !last.contains(&text)) {
            causes.push(text);
        }
        next = cause.source();
    }
    causes.join(": ")
}
