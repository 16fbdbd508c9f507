//! Secrets: from the environment or from files, never from the configuration itself.

use crate::notice::Channel;

/// Bytes of a file that holds a secret.
const BYTES_MAX: u64 = 64 * 1024;

/// The URL of a channel; None when its description names none.
pub(super) fn url(channel: &Channel) -> Result<Option<String>, String> {
    read(channel.url_env.as_deref(), channel.url_file.as_deref())
}

/// The secret of a channel; None when its description names none.
pub(super) fn secret(channel: &Channel) -> Result<Option<String>, String> {
    read(channel.secret_env.as_deref(), channel.secret_file.as_deref())
}

fn read(variable: Option<&str>, file: Option<&str>) -> Result<Option<String>, String> {
    if let Some(variable) = variable {
        let value = std::env::var(variable).ok().filter(|value| !value.trim().is_empty());
        return match value {
            Some(value) => Ok(Some(value.trim().to_owned())),
            None => Err(format!("the environment variable `{variable}` is not set; set it")),
        };
    }
    let Some(file) = file else { return Ok(None) };
    let length = std::fs::metadata(file).map_err(|error| format!("`{file}` cannot be read: {error}"))?.len();
    if length > BYTES_MAX {
        return Err(format!("`{file}` is larger than any secret; name another file"));
    }
    let text = std::fs::read_to_string(file).map_err(|error| format!("`{file}` cannot be read: {error}"))?;
    Ok(Some(text.trim().to_owned()))
}
