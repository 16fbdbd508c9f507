//! Where a service is asked, and which regions there are.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{FILES, PARTITIONS, Service};

/// The partition of a region that no other partition claims.
const COMMERCIAL: &str = "aws";

/// The endpoints of a service in a partition.
#[derive(Debug, Deserialize)]
pub(crate) struct Endpoints {
    usual: BTreeMap<Variant, Option<String>>,
    #[serde(rename = "except", default)]
    exceptions: BTreeMap<String, BTreeMap<Variant, Option<String>>>,
}

/// The kinds of endpoint that a service has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Variant {
    Plain,
    Fips,
    Dual,
    FipsDual,
}

impl Variant {
    pub(crate) fn new(fips: bool, dual_stack: bool) -> Self {
        match (fips, dual_stack) {
            (false, false) => Self::Plain,
            (true, false) => Self::Fips,
            (false, true) => Self::Dual,
            (true, true) => Self::FipsDual,
        }
    }
}

/// Where a service is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Without a slash at the end.
    pub(crate) url: String,
    /// The region in the signature's scope.
    pub(crate) signing_region: String,
    /// Whether somebody named the endpoint.
    pub(crate) is_custom: bool,
}

#[derive(Deserialize)]
struct Partitions {
    partitions: BTreeMap<String, Partition>,
}

#[derive(Deserialize)]
struct Partition {
    region_prefix: String,
    home: String,
    regions: String,
}

static KNOWN: LazyLock<BTreeMap<String, Partition>> = LazyLock::new(|| {
    let text = FILES.iter().find(|(name, _)| *name == PARTITIONS).map_or("", |(_, text)| *text);
    serde_json::from_str(text).map(|known: Partitions| known.partitions).unwrap_or_default()
});

impl Service {
    /// Where the service is asked in a region; none when it has no such endpoint.
    pub(crate) fn endpoint(&self, region: &str, variant: Variant, custom: Option<&str>) -> Option<Endpoint> {
        let pattern = self.endpoints.get(partition(region)).and_then(|endpoints| {
            let exception = endpoints.exceptions.get(region).and_then(|exception| exception.get(&variant));
            exception.or_else(|| endpoints.usual.get(&variant))?.as_deref()
        });
        let (url, signing_region) = match pattern.and_then(|pattern| pattern.split_once(' ')) {
            Some((url, signing_region)) => (Some(url), signing_region),
            None => (pattern, region),
        };
        let is_custom = custom.is_some();
        let url = match custom {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => url?.replace("{region}", region),
        };
        Some(Endpoint { url, signing_region: signing_region.to_owned(), is_custom })
    }
}

/// The partition of a region: `aws`, `aws-cn`.
pub(crate) fn partition(region: &str) -> &'static str {
    KNOWN
        .iter()
        .find(|(_, known)| !known.region_prefix.is_empty() && region.starts_with(&known.region_prefix))
        .map_or(COMMERCIAL, |(name, _)| name.as_str())
}

/// The region in which the services of a whole account are asked.
pub(crate) fn home(partition: &str) -> &'static str {
    KNOWN.get(partition).map_or("us-east-1", |known| known.home.as_str())
}

/// The regions of a partition that the data knows.
pub(crate) fn known_regions(partition: &str) -> impl Iterator<Item = &'static str> {
    KNOWN.get(partition).into_iter().flat_map(|known| known.regions.split(' '))
}

/// Whether the service may exist in the region. False only when the data knows the region and does not list the
/// service there.
pub(crate) fn is_offered(service: &Service, region: &str) -> bool {
    let is_known = known_regions(partition(region)).any(|known| known == region);
    let is_listed = service.regions.as_deref().is_none_or(|listed| listed.split(' ').any(|listed| listed == region));
    !is_known || is_listed
}
