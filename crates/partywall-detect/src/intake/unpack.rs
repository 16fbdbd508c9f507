//! Packed objects.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

/// The object's bytes, unpacked when it is a gzip file, and no more of them than may be; and those that it begins with.
pub(super) fn unpacked(mut object: impl Read, bytes_max: u64) -> ([u8; 4], impl Read) {
    let mut head = [0; 4];
    let mut length = 0;
    while let Some(rest) = head.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match object.read(rest) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (head, Unpacked { inner: Form::Broken(Some(error)), left: bytes_max }),
        }
    }
    let whole = io::Cursor::new(head).take(length as u64).chain(object);
    let inner = if head.starts_with(&[0x1f, 0x8b]) {
        Form::Gzip(Box::new(MultiGzDecoder::new(whole)))
    } else {
        Form::Plain(whole)
    };
    (head, Unpacked { inner, left: bytes_max })
}

enum Form<R: Read> {
    Plain(R),
    Gzip(Box<MultiGzDecoder<R>>),
    Broken(Option<io::Error>),
}

struct Unpacked<R: Read> {
    inner: Form<R>,
    left: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.inner {
            Form::Plain(inner) => inner.read(buffer)?,
            Form::Gzip(inner) => inner.read(buffer)?,
            Form::Broken(error) => return error.take().map_or(Ok(0), Err),
        };
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other("it is larger, unpacked, than an object may be")),
        }
        Ok(read)
    }
}
