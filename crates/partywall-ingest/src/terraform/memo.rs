//! Values that are evaluated when first asked for, and once.

use std::cell::RefCell;
use std::collections::HashMap;

/// A table of values by name that notices when a value depends on itself.
pub(crate) struct Memo<T>(RefCell<HashMap<String, Option<T>>>);

/// The value asked for is just being evaluated.
pub(crate) struct Cycle;

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Clone> Memo<T> {
    /// The value of this name, made by `make` when nobody asked before.
    ///
    /// # Errors
    /// When `make` asks for the same name.
    pub(crate) fn get(&self, name: &str, make: impl FnOnce() -> T) -> Result<T, Cycle> {
        if let Some(known) = self.0.borrow().get(name) {
            return known.clone().ok_or(Cycle);
        }
        self.0.borrow_mut().insert(name.to_owned(), None);
        let made = make();
        self.0.borrow_mut().insert(name.to_owned(), Some(made.clone()));
        Ok(made)
    }
}
