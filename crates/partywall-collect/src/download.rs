//! Bringing a collection from a bucket to this machine.

use std::path::Path;

use crate::client::Client;
use crate::collect::{FIRST_REGION, bucket, runtime};
use crate::credentials::configuration;
use crate::error::CollectError;
use crate::options::{Location, Options};
use crate::store::StoreError;

/// Copies the collection in `options.store`, a bucket, into a folder. Answers how many files it has.
///
/// # Errors
/// There are no credentials, the bucket cannot be read, or the folder cannot be written.
pub fn download(options: &Options, folder: &Path) -> Result<usize, CollectError> {
    let Location::Bucket { bucket: name, prefix } = &options.store else { return Ok(0) };
    runtime()?.block_on(async {
        let configuration = configuration(options).await?;
        let region = configuration.region().map_or(FIRST_REGION, |region| region.as_ref()).to_owned();
        let client = Client::new(&configuration, "", &options.limits);
        let bucket = bucket(name, prefix, &configuration, &client, &region).await?;
        let names = bucket.names().await?;
        for name in &names {
            let path = folder.join(name);
            let bytes = bucket.read(name).await?.unwrap_or_default();
            let written = std::fs::create_dir_all(path.parent().unwrap_or(folder));
            written
                .and_then(|()| std::fs::write(&path, bytes))
                .map_err(|error| StoreError::File { path: path.display().to_string(), cause: error.to_string() })?;
        }
        Ok(names.len())
    })
}
