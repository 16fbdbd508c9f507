//! What can be wrong between plans: one table of kinds, and what was found.

use serde::{Serialize, Serializer};

use DefectKind as Kind;

/// A kind of defect. [`DefectKind::TABLE`] says what each means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the table says what each kind means, for people and programs alike")]
pub enum DefectKind {
    Malformed,
    NotAUuid,
    DuplicateUuid,
    DuplicateUuidAcrossPlans,
    DuplicatePlan,
    UnknownComponent,
    UnknownAuthorization,
    UnknownInheritedComponent,
    AuthorizationWithoutPlan,
    AuthorizationNamesAnother,
    AuthorizationAmbiguous,
    PlanWithoutAuthorization,
    AuthorizationUndated,
    AuthorizationInFuture,
    AuthorizationExpired,
    AuthorizationDateDiffers,
    LeveragedNotOperational,
    CyclicLeverage,
    InheritedDangling,
    InheritedNamesResponsibility,
    InheritedNamesOther,
    InheritedUnnamed,
    InheritedNothingProvided,
    InheritedWhereOnlyResponsibility,
    InheritedForAnotherControl,
    InheritedForAnotherStatement,
    InheritedForAnotherComponent,
    InheritedTwice,
    InheritedFromItself,
    InheritedPlanned,
    InheritedPartial,
    InheritedNotApplicable,
    SkipsTier,
    ExportNotInherited,
    SatisfiedDangling,
    SatisfiedNamesProvided,
    SatisfiedNamesOther,
    SatisfiedUnnamed,
    SatisfiedForAnotherControl,
    SatisfiedTwice,
    SatisfiedItself,
    SatisfiedPlanned,
    ResponsibilityUnsatisfied,
    ResponsibilityDangling,
    ResponsibilityNamesResponsibility,
    ResponsibilityNamesOther,
    ResponsibilityForAnotherControl,
}

/// A kind, its id, what it means, and what cures it.
type Entry = (Kind, &'static str, &'static str, &'static str);

impl DefectKind {
    /// Every kind, its id, what it means, and what cures it.
    pub const TABLE: [Entry; 47] = [
        (
            Kind::Malformed,
            "malformed",
            "a part that decides about inheritance is missing, or is not what the schema says",
            "mend the document; OSCAL's JSON schema says what belongs there",
        ),
        (
            Kind::NotAUuid,
            "not-a-uuid",
            "a uuid, or a reference to one, is not written as one",
            "write a version 4 or 5 uuid, as RFC 4122 has it",
        ),
        (
            Kind::DuplicateUuid,
            "duplicate-uuid",
            "two things of one plan have the same uuid, so that nobody can say which one is meant",
            "give one of them a uuid of its own",
        ),
        (
            Kind::DuplicateUuidAcrossPlans,
            "duplicate-uuid-across-plans",
            "an entry has the uuid of an entry of another plan, as if it were copied instead of inherited",
            "give the copy a uuid of its own, and inherit the original",
        ),
        (
            Kind::DuplicatePlan,
            "duplicate-plan",
            "two of the plans have the same uuid",
            "name each plan once; give a plan that began as a copy its own uuid",
        ),
        (
            Kind::UnknownComponent,
            "unknown-component",
            "a control is said to be implemented by a component that the plan does not have",
            "add the component, or correct component-uuid",
        ),
        (
            Kind::UnknownAuthorization,
            "unknown-authorization",
            "a component belongs to a leveraged authorization that the plan does not have",
            "add the authorization, or correct the property leveraged-authorization-uuid",
        ),
        (
            Kind::UnknownInheritedComponent,
            "unknown-inherited-component",
            "a component stands for one of a leveraged plan, and no leveraged plan has it",
            "correct the property inherited-uuid",
        ),
        (
            Kind::AuthorizationWithoutPlan,
            "authorization-without-plan",
            "a plan leverages a system whose plan was not given, so that what rests on it cannot be followed",
            "ask the provider for the plan, and pass it with --leveraged",
        ),
        (
            Kind::AuthorizationNamesAnother,
            "authorization-names-another",
            "the only plan left for an authorization has another title, and no link of the authorization leads to it",
            "correct title or link, or pass the plan that is meant",
        ),
        (
            Kind::AuthorizationAmbiguous,
            "authorization-ambiguous",
            "title, links and components of an authorization point at different plans",
            "make all three name the same plan",
        ),
        (
            Kind::PlanWithoutAuthorization,
            "plan-without-authorization",
            "a plan was given as leveraged, and no authorization names it",
            "add a leveraged authorization for it, or leave the plan out",
        ),
        (
            Kind::AuthorizationUndated,
            "authorization-undated",
            "it is not said when the leveraged system was authorized",
            "write date-authorized as YYYY-MM-DD",
        ),
        (
            Kind::AuthorizationInFuture,
            "authorization-in-future",
            "the leveraged system is not yet authorized",
            "wait for the authorization, or do not inherit yet",
        ),
        (
            Kind::AuthorizationExpired,
            "authorization-expired",
            "the authorization of the leveraged system is older than authorizations last",
            "renew it, or state the date of the one that is valid; --authorized-for says for how many years one lasts",
        ),
        (
            Kind::AuthorizationDateDiffers,
            "authorization-date-differs",
            "the leveraged plan states another date of its authorization",
            "take over the date of the leveraged plan",
        ),
        (
            Kind::LeveragedNotOperational,
            "leveraged-not-operational",
            "the leveraged system is not operational",
            "inherit once it is, or from a system that is",
        ),
        (
            Kind::CyclicLeverage,
            "cyclic-leverage",
            "a system leverages itself, by way of others or directly",
            "break the circle: one of the two implements the control",
        ),
        (
            Kind::InheritedDangling,
            "inherited-dangling",
            "no leveraged plan provides what is inherited",
            "correct provided-uuid, or implement the control",
        ),
        (
            Kind::InheritedNamesResponsibility,
            "inherited-names-responsibility",
            "what is inherited is a responsibility, which the provider leaves to its customers",
            "name the provided entry; answer the responsibility with a satisfied entry",
        ),
        (
            Kind::InheritedNamesOther,
            "inherited-names-other",
            "what is inherited is there, but is no provided entry",
            "name the uuid of the provided entry",
        ),
        (
            Kind::InheritedUnnamed,
            "inherited-unnamed",
            "it is not said which of the provided entries is inherited",
            "state provided-uuid",
        ),
        (
            Kind::InheritedNothingProvided,
            "inherited-nothing-provided",
            "a control is inherited without a name, and no leveraged plan provides anything for it",
            "implement the control, or name what is inherited",
        ),
        (
            Kind::InheritedWhereOnlyResponsibility,
            "inherited-where-only-responsibility",
            "a control is inherited for which leveraged plans only leave responsibilities",
            "satisfy the responsibility instead",
        ),
        (
            Kind::InheritedForAnotherControl,
            "inherited-for-another-control",
            "what is inherited is provided for another control",
            "name what is provided for this control",
        ),
        (
            Kind::InheritedForAnotherStatement,
            "inherited-for-another-statement",
            "what is inherited is provided for another statement of the control",
            "name what is provided for this statement",
        ),
        (
            Kind::InheritedForAnotherComponent,
            "inherited-for-another-component",
            "what is inherited is provided by another component than the one that the inheriting component stands for",
            "name what that component provides, or correct the property inherited-uuid",
        ),
        (
            Kind::InheritedTwice,
            "inherited-twice",
            "a component inherits the same thing twice for one control",
            "remove one of the entries",
        ),
        (
            Kind::InheritedFromItself,
            "inherited-from-itself",
            "a plan inherits what it provides itself",
            "name what the leveraged plan provides",
        ),
        (
            Kind::InheritedPlanned,
            "inherited-planned",
            "what is inherited is only planned by its provider",
            "show an implementation of your own until the provider has one",
        ),
        (
            Kind::InheritedPartial,
            "inherited-partial",
            "what is inherited is implemented in part by its provider, and in full as the inheriting plan has it",
            "state partial, and implement the rest",
        ),
        (
            Kind::InheritedNotApplicable,
            "inherited-not-applicable",
            "what is inherited does not apply to its provider, who therefore does nothing",
            "implement the control",
        ),
        (
            Kind::SkipsTier,
            "skips-tier",
            "something is taken from a plan that is leveraged only by a tier between",
            "inherit it from the tier between, which has to export it",
        ),
        (
            Kind::ExportNotInherited,
            "export-not-inherited",
            "a component that stands for a leveraged one exports what the plan does not inherit for it",
            "inherit it first, in the same place",
        ),
        (
            Kind::SatisfiedDangling,
            "satisfied-dangling",
            "no leveraged plan has the responsibility that is satisfied",
            "correct responsibility-uuid",
        ),
        (
            Kind::SatisfiedNamesProvided,
            "satisfied-names-provided",
            "what is satisfied is a provided entry, not a responsibility",
            "name the responsibility",
        ),
        (
            Kind::SatisfiedNamesOther,
            "satisfied-names-other",
            "what is satisfied is there, but is no responsibility",
            "name the uuid of the responsibility",
        ),
        (
            Kind::SatisfiedUnnamed,
            "satisfied-unnamed",
            "it is not said which responsibility is satisfied",
            "state responsibility-uuid",
        ),
        (
            Kind::SatisfiedForAnotherControl,
            "satisfied-for-another-control",
            "the responsibility that is satisfied belongs to another control",
            "name the responsibility of this control",
        ),
        (
            Kind::SatisfiedTwice,
            "satisfied-twice",
            "a component satisfies the same responsibility twice for one control",
            "remove one of the entries",
        ),
        (
            Kind::SatisfiedItself,
            "satisfied-itself",
            "a plan satisfies a responsibility that it leaves to its own customers",
            "name the responsibility of the leveraged plan",
        ),
        (
            Kind::SatisfiedPlanned,
            "satisfied-planned",
            "a responsibility is called satisfied by what is planned, or does not apply",
            "implement it, or do not call it satisfied",
        ),
        (
            Kind::ResponsibilityUnsatisfied,
            "responsibility-unsatisfied",
            "a responsibility that comes with what is inherited is neither satisfied nor passed on",
            "add a satisfied entry, or export a responsibility where it is inherited",
        ),
        (
            Kind::ResponsibilityDangling,
            "responsibility-dangling",
            "a responsibility belongs to a provided entry that the plan does not have",
            "correct provided-uuid",
        ),
        (
            Kind::ResponsibilityNamesResponsibility,
            "responsibility-names-responsibility",
            "a responsibility belongs to another responsibility",
            "name the provided entry",
        ),
        (
            Kind::ResponsibilityNamesOther,
            "responsibility-names-other",
            "a responsibility belongs to something that is there, but is no provided entry",
            "name the uuid of the provided entry",
        ),
        (
            Kind::ResponsibilityForAnotherControl,
            "responsibility-for-another-control",
            "a responsibility belongs to what is provided for another control",
            "move it, or correct provided-uuid",
        ),
    ];

    /// Its name in output and documentation.
    pub fn id(self) -> &'static str {
        self.entry().1
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        self.entry().2
    }

    /// What cures it.
    pub fn cure(self) -> &'static str {
        self.entry().3
    }

    /// The kind of this name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::TABLE.iter().find(|entry| entry.1 == id).map(|entry| entry.0)
    }

    fn entry(self) -> &'static Entry {
        const NONE: Entry = (Kind::Malformed, "", "", "");
        Self::TABLE.iter().find(|entry| entry.0 == self).unwrap_or(&NONE)
    }
}

impl Serialize for DefectKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// A place in a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, as the reader was told.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// As [RFC 6901](https://www.rfc-editor.org/rfc/rfc6901) has it.
    pub pointer: String,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Defect {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What kind.
    pub kind: DefectKind,
    /// The uuid that it is about; '' when there is none.
    pub uuid: String,
    /// What is wrong here.
    pub message: String,
}
