//! The words of partywall, shared by every room of the house.
//!
//! Data flows one way through these types: a decoder reads a source into [`Resource`]s whose
//! attributes are [`Value`]s; normalisation turns them into rows of the [`Inventory`], whose shape
//! each [`Table`] states; analyses add derived rows; checks judge rows into [`Finding`]s.
//!
//! This crate is pure: no clock, no network, no files.

mod access;
mod alert;
mod assessment;
mod assurance;
mod call;
mod drift;
mod drill;
mod duty;
mod finding;
mod gap;
mod inventory;
mod media;
mod network;
mod origin;
mod power;
mod resource;
mod review;
mod span;
mod table;
mod value;

pub use access::{
    AccessAction, AccessCertainty, AccessHop, AccessPath, AccessReport, Audience, ConflictSide, DutyConflict, Exposure,
    UnusedAccess,
};
pub use alert::{Alert, AlertLevel, AlertRule, Entity, EntityKind};
pub use assessment::{Assessment, CheckSummary};
pub use assurance::{
    AssuranceCell, AssuranceComplement, AssuranceDocument, AssurancePlace, AssuranceReport, AssuranceState,
    Attestation, AttestedDocument, AttestedScope, Complement, Day, Exclusion,
};
pub use call::{CALLS, Call, CallScope, ForEach, call};
pub use drift::{CellChange, Change, Drift, ResponsibilityChange, RowChange, VerdictChange};
pub use drill::{
    DrillBox, DrillColumn, DrillCorrelation, DrillCut, DrillFlow, DrillLevel, DrillMap, DrillMiss, DrillOutcome,
    DrillReport, DrillScenario, DrillWorkload,
};
pub use duty::{Duty, DutyStatus, Layer, Party, Responsibility, Sensitivity};
pub use finding::{Declaration, Finding, Severity, Verdict, Waiver};
pub use gap::{Gap, GapKind};
pub use inventory::{Cell, Inventory, ResourceKey, Row, UnknownTable};
pub use media::MediaCertificate;
pub use network::{NetworkBand, NetworkExposure, NetworkFlow, NetworkPicture, NetworkSubnet};
pub use origin::{ModuleCall, Origin};
pub use power::{PowerElement, PowerReport, PowerScenario};
pub use resource::{Decoded, Dialect, Existence, Resource, Suppression, UnansweredCall, Unseen};
pub use review::{
    Posture, ReviewAction, ReviewChanges, ReviewDrill, ReviewException, ReviewFinding, ReviewPack, VerdictCounts,
};
pub use span::Span;
pub use table::{
    Column, ColumnType, Condition, Default, Part, Path, Presence, Scalar, Source, Step, TABLES, Table, table,
};
pub use value::{Cause, Reference, TextPart, Unknown, Value, format_number};
