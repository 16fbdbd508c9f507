//! Where logs lie, and in what order they are read.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_collect::{Location, LogBucket, Options};
use partywall_detect::journal::Object;

/// How deep folders are entered.
const DEPTH_MAX: usize = 40;

/// Folders, files and buckets with logs.
pub(in crate::commands) struct Logs {
    places: Vec<Place>,
}

enum Place {
    Folder(PathBuf),
    Bucket(String, Box<LogBucket>),
}

/// An object of a log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::commands) struct LogObject {
    /// When it was written, as its name says, or the system: objects of several regions are read by time.
    written: String,
    /// What tells it from other objects and versions.
    pub(in crate::commands) object: Object,
    /// Which of the places it is in, and its name there.
    place: usize,
    pub(in crate::commands) name: String,
}

impl Logs {
    /// Opens files, folders, and buckets by `s3://BUCKET/PREFIX`.
    pub(in crate::commands) fn open(targets: &[String], profile: Option<&str>) -> miette::Result<Self> {
        let place = |target: &String| -> miette::Result<Place> {
            let options =
                Options { store: Location::from(&**target), profile: profile.map(str::to_owned), ..Options::default() };
            let bucket = LogBucket::open(&options).into_diagnostic();
            let bucket = bucket.wrap_err_with(|| format!("`{target}` cannot be opened"))?;
            Ok(match bucket {
                Some(bucket) => Place::Bucket(target.trim_end_matches('/').to_owned(), Box::new(bucket)),
                None => Place::Folder(PathBuf::from(target)),
            })
        };
        Ok(Self { places: targets.iter().map(place).collect::<miette::Result<_>>()? })
    }

    /// The objects, oldest first.
    pub(in crate::commands) fn list(&self) -> miette::Result<Vec<LogObject>> {
        let mut objects = Vec::new();
        for (place, target) in self.places.iter().enumerate() {
            match target {
                Place::Folder(path) => enter(path, place, 0, &mut objects)
                    .wrap_err_with(|| format!("logs in `{}` cannot be listed", path.display()))?,
                Place::Bucket(address, bucket) => {
                    let listed = bucket.list().into_diagnostic();
                    let listed = listed.wrap_err_with(|| format!("`{address}` cannot be listed"))?;
                    objects.extend(listed.into_iter().map(|object| LogObject {
                        written: name_time(&object.name).unwrap_or_else(|| time(object.written)),
                        object: Object { name: format!("{address}/{}", object.name), version: object.version },
                        place,
                        name: object.name,
                    }));
                }
            }
        }
        objects.sort();
        Ok(objects)
    }

    /// An object's bytes.
    pub(in crate::commands) fn read(&self, object: &LogObject) -> Result<Box<dyn Read>, String> {
        match self.places.get(object.place) {
            Some(Place::Bucket(_, bucket)) => {
                let (bytes, _) = bucket.read(&object.name).map_err(|error| error.to_string())?;
                Ok(Box::new(Cursor::new(bytes)))
            }
            _ => File::open(&object.name).map(|file| Box::new(file) as _).map_err(|error| error.to_string()),
        }
    }

    /// The signature in an object's metadata: of a bucket's object that itself, of a file what
    /// `aws s3api head-object` said of it, kept beside as `NAME.metadata.json`.
    pub(in crate::commands) fn signature(&self, object: &LogObject) -> Option<String> {
        match self.places.get(object.place) {
            Some(Place::Bucket(_, bucket)) => bucket.read(&object.name).ok()?.1,
            _ => {
                let text = std::fs::read_to_string(format!("{}.metadata.json", object.name)).ok()?;
                let head: serde_json::Value = serde_json::from_str(&text).ok()?;
                head.pointer("/Metadata/signature")?.as_str().map(str::to_owned)
            }
        }
    }
}

fn enter(path: &Path, place: usize, depth: usize, objects: &mut Vec<LogObject>) -> miette::Result<()> {
    let metadata = path.symlink_metadata().into_diagnostic()?;
    if depth > 0 && metadata.is_symlink() {
        return Ok(());
    }
    let metadata = path.metadata().into_diagnostic()?;
    if metadata.is_dir() {
        if depth > DEPTH_MAX {
            return Err(miette!("`{}` is more than {DEPTH_MAX} folders deep", path.display()));
        }
        for entry in std::fs::read_dir(path).into_diagnostic()? {
            enter(&entry.into_diagnostic()?.path(), place, depth + 1, objects)?;
        }
        return Ok(());
    }
    let name = path.display().to_string();
    let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let written = name_time(&name).unwrap_or_else(|| time(i64::try_from(changed.as_secs()).unwrap_or_default()));
    let object = Object { name: name.clone(), version: format!("{}-{}", metadata.len(), changed.as_nanos()) };
    objects.push(LogObject { written, object, place, name });
    Ok(())
}

/// The time in a name such as `111122223333_CloudTrail_eu-central-1_20261122T1205Z_kJ3.json.gz`.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>
fn name_time(name: &str) -> Option<String> {
    let shape = b"00000000T0000Z";
    let fits = |byte: u8, shape: u8| if shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
    let is_time =
        |part: &&str| part.len() == shape.len() && part.bytes().zip(shape).all(|(byte, shape)| fits(byte, *shape));
    name.rsplit('/').next()?.split('_').find(is_time).map(str::to_owned)
}

fn time(seconds: i64) -> String {
    chrono::DateTime::from_timestamp(seconds, 0).map(|time| time.format("%Y%m%dT%H%MZ").to_string()).unwrap_or_default()
}
