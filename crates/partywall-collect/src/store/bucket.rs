//! A collection in a bucket. Objects can not grow, so the lines of a service are several objects when they are many:
//! `<service>.jsonl`, `<service>.2.jsonl`, `<service>.3.jsonl`.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::aws::{AmazonS3, AmazonS3Builder, AwsCredential};
use object_store::path::Path;
use object_store::{CredentialProvider, ObjectStore, ObjectStoreExt};
use tokio::sync::Mutex;

use super::{Finished, LINES, StoreError};
use crate::logs::LogObject;

/// Lines of one service that are held back before they become an object.
const SEGMENT_BYTES: usize = 8 << 20;

/// A bucket.
#[derive(Debug)]
pub(crate) struct Bucket {
    objects: Box<dyn ObjectStore>,
    prefix: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// By `<account>/<region>/<service>`.
    held_back: BTreeMap<String, Vec<u8>>,
    /// How many objects a service already has.
    segments: BTreeMap<String, usize>,
}

impl Bucket {
    /// Opens a bucket of S3, or of whatever answers at the endpoint.
    pub(crate) fn open(
        name: &str,
        prefix: &str,
        region: &str,
        endpoint: Option<&str>,
        credentials: SharedCredentialsProvider,
    ) -> Result<Self, StoreError> {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(name)
            .with_region(region)
            .with_credentials(Arc::new(Chain(credentials)));
        if let Some(endpoint) = endpoint {
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        let objects: AmazonS3 = builder.build().map_err(|error| StoreError::Object(error.to_string()))?;
        Ok(Self { objects: Box::new(objects), prefix: prefix.to_owned(), state: Mutex::default() })
    }

    pub(super) async fn append(&self, place: String, lines: Vec<u8>) -> Result<(), StoreError> {
        let full = {
            let mut state = self.state.lock().await;
            let held_back = state.held_back.entry(place.clone()).or_default();
            held_back.extend(lines);
            held_back.len() >= SEGMENT_BYTES
        };
        if full { self.flush(&place).await } else { Ok(()) }
    }

    /// Writes what is held back of the places that begin so.
    pub(super) async fn flush(&self, beginning: &str) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        let places: Vec<String> =
            state.held_back.keys().filter(|place| place.starts_with(beginning)).cloned().collect();
        for place in places {
            let Some(lines) = state.held_back.remove(&place) else {
                continue;
            };
            let segment = state.segments.entry(place.clone()).or_default();
            *segment += 1;
            let name = if *segment == 1 { format!("{place}{LINES}") } else { format!("{place}.{segment}{LINES}") };
            self.replace(&name, lines).await?;
        }
        Ok(())
    }

    pub(super) async fn finished(&self, account: &str) -> Result<Finished, StoreError> {
        let mut finished = Finished::default();
        let listed: Vec<_> = self.objects.list(Some(&self.path(account))).try_collect().await.map_err(failure)?;
        let mut named: Vec<(String, usize, Path)> = Vec::new();
        for object in listed {
            let parts: Vec<String> = object.location.parts().map(|part| part.as_ref().to_owned()).collect();
            let [.., region, file] = parts.as_slice() else {
                continue;
            };
            let Some(stem) = file.strip_suffix(LINES) else {
                continue;
            };
            let (service, segment) = match stem.rsplit_once('.') {
                Some((service, number)) => (service, number.parse().unwrap_or(1)),
                None => (stem, 1),
            };
            named.push((format!("{account}/{region}/{service}"), segment, object.location));
        }
        named.sort();
        for (place, segment, path) in named {
            let region = place.split('/').nth(1).unwrap_or_default().to_owned();
            let object = self.objects.get(&path).await.map_err(failure)?;
            finished.add_object(object.bytes().await.map_err(failure)?, &region);
            self.state.lock().await.segments.insert(place, segment);
        }
        Ok(finished)
    }

    /// The files of the collection, relative to the prefix. Names that would lead out of a folder are not among them.
    pub(crate) async fn names(&self) -> Result<Vec<String>, StoreError> {
        let prefix = self.path("");
        let listed: Vec<_> = self.objects.list(Some(&prefix)).try_collect().await.map_err(failure)?;
        let mut names: Vec<String> = listed
            .iter()
            .filter_map(|object| object.location.prefix_match(&prefix))
            .map(|parts| parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>())
            .filter(|parts| !parts.is_empty() && parts.iter().all(|part| !part.is_empty() && part != ".."))
            .map(|parts| parts.join("/"))
            .collect();
        names.sort();
        Ok(names)
    }

    /// The objects below the prefix, by key.
    pub(crate) async fn objects(&self) -> Result<Vec<LogObject>, StoreError> {
        let prefix = self.path("");
        let listed: Vec<_> = self.objects.list(Some(&prefix)).try_collect().await.map_err(failure)?;
        let object = |meta: object_store::ObjectMeta| {
            let parts = meta.location.prefix_match(&prefix)?;
            let name = parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/");
            let version = meta.e_tag.unwrap_or_else(|| format!("{}-{}", meta.size, meta.last_modified.timestamp()));
            Some(LogObject { name, version, written: meta.last_modified.timestamp() })
        };
        let mut objects: Vec<LogObject> = listed.into_iter().filter_map(object).collect();
        objects.sort();
        Ok(objects)
    }

    /// An object with the signature that CloudTrail puts into its metadata.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html>
    pub(crate) async fn read_signed(&self, name: &str) -> Result<(Vec<u8>, Option<String>), StoreError> {
        let object = self.objects.get(&self.path(name)).await.map_err(failure)?;
        let key = object_store::Attribute::Metadata("signature".into());
        let signature = object.attributes.get(&key).map(|value| value.as_ref().to_owned());
        Ok((object.bytes().await.map_err(failure)?.to_vec(), signature))
    }

    pub(crate) async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.objects.get(&self.path(name)).await {
            Ok(object) => Ok(Some(object.bytes().await.map_err(failure)?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }

    pub(super) async fn replace(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.objects.put(&self.path(name), Bytes::from(bytes).into()).await.map(drop).map_err(failure)
    }

    fn path(&self, name: &str) -> Path {
        Path::from(format!("{}/{name}", self.prefix))
    }
}

fn failure(error: object_store::Error) -> StoreError {
    StoreError::Object(error.to_string())
}

/// The credentials of the collection, in the bucket's terms.
#[derive(Debug)]
struct Chain(SharedCredentialsProvider);

#[async_trait::async_trait]
impl CredentialProvider for Chain {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let credentials = self
            .0
            .provide_credentials()
            .await
            .map_err(|error| object_store::Error::Generic { store: "S3", source: Box::new(error) })?;
        Ok(Arc::new(AwsCredential {
            key_id: credentials.access_key_id().to_owned(),
            secret_key: credentials.secret_access_key().to_owned(),
            token: credentials.session_token().map(str::to_owned),
        }))
    }
}
