//! The ledger: entries that are signed, numbered and chained, each naming a document by its digest.

mod entry;
mod folder;
mod verify;

pub use entry::{ENTRY_TYPE, Entry, HEAD_TYPE, Head};
pub use folder::{Appended, Document, Folder};
pub use verify::{Account, Attachment, Fault, Sources, Standing, verify};
