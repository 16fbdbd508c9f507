//! Logs in a bucket: listing and reading, nothing else.

use std::time::Duration;

use tokio::runtime::Runtime;

use crate::client::Client;
use crate::collect::{FIRST_REGION, bucket, runtime};
use crate::credentials::configuration;
use crate::error::CollectError;
use crate::options::{Location, Options};
use crate::store::Bucket;

/// How often a read that fails is tried again.
const ATTEMPTS_MAX: u32 = 4;

/// A bucket with logs. Its methods wait until they are done.
#[derive(Debug)]
pub struct LogBucket {
    runtime: Runtime,
    bucket: Bucket,
}

/// An object of a log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogObject {
    /// Its key, relative to the prefix.
    pub name: String,
    /// Its entity tag, which changes with its contents.
    pub version: String,
    /// When it was written, in seconds since 1970 UTC.
    pub written: i64,
}

impl LogBucket {
    /// Opens the bucket in `options.store`; None when that is a folder.
    ///
    /// # Errors
    /// There are no credentials, or the bucket cannot be addressed.
    pub fn open(options: &Options) -> Result<Option<Self>, CollectError> {
        let Location::Bucket { bucket: name, prefix } = &options.store else { return Ok(None) };
        let runtime = runtime()?;
        let bucket = runtime.block_on(async {
            let configuration = configuration(options).await?;
            let region = configuration.region().map_or(FIRST_REGION, |region| region.as_ref()).to_owned();
            let client = Client::new(&configuration, "", &options.limits);
            bucket(name, prefix, &configuration, &client, &region).await
        })?;
        Ok(Some(Self { runtime, bucket }))
    }

    /// Every object below the prefix.
    ///
    /// # Errors
    /// The bucket cannot be listed.
    pub fn list(&self) -> Result<Vec<LogObject>, CollectError> {
        Ok(self.runtime.block_on(self.bucket.objects())?)
    }

    /// An object's bytes, and the signature in its metadata, if it has one.
    ///
    /// # Errors
    /// It cannot be read, after several attempts.
    pub fn read(&self, name: &str) -> Result<(Vec<u8>, Option<String>), CollectError> {
        self.runtime.block_on(async {
            let mut attempt = 1;
            loop {
                match self.bucket.read_signed(name).await {
                    Err(_) if attempt < ATTEMPTS_MAX => {
                        tokio::time::sleep(Duration::from_millis(200) * attempt).await;
                        attempt += 1;
                    }
                    answer => return Ok(answer?),
                }
            }
        })
    }
}
