//! Bounds that keep hostile configurations from eating time or memory.

/// Largest file that is read, in bytes.
pub(crate) const FILE_BYTES_MAX: u64 = 16 << 20;
/// Deepest nesting of brackets in a file, checked before the recursive parser sees it.
pub(crate) const NESTING_MAX: usize = 200;
/// Most instances of one resource or module call.
pub(crate) const INSTANCES_MAX: usize = 10_000;
/// Most resources and module instances of one root.
pub(crate) const ROOT_INSTANCES_MAX: usize = 200_000;
/// Deepest chain of module calls.
pub(crate) const MODULE_DEPTH_MAX: usize = 64;
/// Deepest recursion of the evaluator; the evaluating thread's stack is sized for it.
pub(crate) const RECURSION_MAX: usize = 3_000;
/// Stack of an evaluating thread, in bytes. Only touched pages cost memory.
pub(crate) const STACK_BYTES: usize = 512 << 20;
/// Evaluation steps of one root.
pub(crate) const STEPS_MAX: u64 = 50_000_000;
/// Most elements in one value, counted all the way down.
pub(crate) const VALUE_NODES_MAX: usize = 500_000;
/// Deepest nesting of a value, so that walking over it cannot overflow a stack.
pub(crate) const VALUE_DEPTH_MAX: usize = 256;
/// Longest text, in bytes.
pub(crate) const TEXT_BYTES_MAX: usize = 16 << 20;
/// Longest name of an unknown, in characters; longer ones end in a digest.
pub(crate) const SYMBOL_LENGTH_MAX: usize = 160;
