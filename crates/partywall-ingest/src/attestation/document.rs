//! The document beside a description: its digest and its title, and nothing else.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use partywall_model::AttestedDocument;
use sha2::{Digest, Sha256};

use super::file::{Description, Document};

/// The largest document that is read, in bytes.
const BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Bytes at the beginning and at the end of a document in which its title is looked for.
const WINDOW_BYTES: u64 = 1024 * 1024;

/// Bytes at the end of a PDF in which it has to say that it ends, as readers have it.
const TAIL_BYTES: usize = 1024;

/// Bytes of a title.
const TITLE_BYTES_MAX: usize = 300;

/// Whether every document that a description names lies beside and is the one that was written down, and the title of
/// the first.
pub(super) fn verify(folder: &Path, description: &Description) -> (AttestedDocument, String) {
    let mut title = None;
    for document in description.all_documents() {
        match examine(folder, document) {
            Ok(found) => title = title.or(Some(found)),
            Err(cause) => return (AttestedDocument::Doubtful(cause), String::new()),
        }
    }
    match title {
        Some(title) => (AttestedDocument::Verified, title),
        None => (AttestedDocument::Stated, String::new()),
    }
}

/// The title of a document that is the one that was written down.
fn examine(folder: &Path, document: &Document) -> Result<String, String> {
    let name = document.file.as_str();
    if name.is_empty() || name.contains(['/', '\\']) || name == ".." || name == "." {
        return Err(format!("`{name}` is no name of a file beside the description"));
    }
    let unreadable = |error: std::io::Error| format!("`{name}` cannot be read: {error}");
    let mut file = std::fs::File::open(folder.join(name)).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(format!("`{name}` is no file"));
    }
    if metadata.len() > BYTES_MAX {
        return Err(format!("`{name}` has more than {BYTES_MAX} bytes"));
    }
    let found = digest(&mut file).map_err(unreadable)?;
    if !found.eq_ignore_ascii_case(document.sha256.trim()) {
        return Err(format!("`{name}` has the SHA-256 digest {found}, which is not the one that was written down"));
    }
    let (head, tail) = ends(&mut file, metadata.len()).map_err(unreadable)?;
    if name.to_ascii_lowercase().ends_with(".pdf") {
        let end = tail.get(tail.len().saturating_sub(TAIL_BYTES)..).unwrap_or_default();
        if !head.starts_with(b"%PDF-") || !contains(end, b"%%EOF") {
            return Err(format!("`{name}` is no PDF, or is cut off"));
        }
    }
    Ok(title(&tail).or_else(|| title(&head)).unwrap_or_default())
}

pub(super) fn digest(file: &mut std::fs::File) -> std::io::Result<String> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut left = BYTES_MAX;
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 || left == 0 {
            break;
        }
        digest.update(buffer.get(..count).unwrap_or_default());
        left = left.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The first and the last bytes.
fn ends(file: &mut std::fs::File, length: u64) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(WINDOW_BYTES).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(length.saturating_sub(WINDOW_BYTES)))?;
    file.by_ref().take(WINDOW_BYTES).read_to_end(&mut tail)?;
    Ok((head, tail))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The title of a PDF whose [information dictionary](https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf)
/// is not compressed: the literal text after the last `/Title`.
fn title(bytes: &[u8]) -> Option<String> {
    const KEY: &[u8] = b"/Title";
    let at = bytes.windows(KEY.len()).rposition(|window| window == KEY)?;
    let mut rest = bytes.get(at + KEY.len()..)?.iter().copied().skip_while(u8::is_ascii_whitespace);
    if rest.next()? != b'(' {
        return None;
    }
    let (mut out, mut depth, mut escaped) = (Vec::new(), 0_usize, false);
    for byte in rest.take(TITLE_BYTES_MAX) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => {
                escaped = true;
                continue;
            }
            b'(' => depth += 1,
            b')' if depth == 0 => return String::from_utf8(out).ok().filter(|text| !text.contains(char::is_control)),
            b')' => depth -= 1,
            _ => {}
        }
        out.push(byte);
    }
    None
}
