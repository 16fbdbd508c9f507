//! Whether a policy lets strangers in.
use crate::document::Policy;
use crate::truth::Truth;

pub(crate) fn is_public(_: &Policy) -> Truth {
    Truth::False
}
