//! Who secures what, and whether it is done.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// One course of the wall, from the site up to the data and down to the shredder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Site, building, geographic separation of zones.
    Facility,
    /// Perimeter and ingress control, visitors, revocation.
    PhysicalAccess,
    /// Fire, power, climate and their monitoring.
    Environment,
    /// Servers, storage, network devices and their firmware.
    Hardware,
    /// Backbone, boundary devices, transit.
    NetworkInfrastructure,
    /// Virtualisation and tenant isolation.
    Hypervisor,
    /// The host's operating system.
    HostOs,
    /// The operating system of guests, nodes and instances.
    GuestOs,
    /// Database, runtime, orchestrator or other engine: install and patch.
    Engine,
    /// Firewalls, exposure, transport.
    NetworkConfiguration,
    /// High availability, replication and failover of the service.
    PlatformRecovery,
    /// Retention, restore tests, copies elsewhere.
    Backup,
    /// Logical access control and account credentials.
    Identity,
    /// Classification, encryption and key custody.
    Data,
    /// Turning on, keeping and reviewing logs.
    Logging,
    /// Application code and its dependencies.
    ApplicationCode,
    /// Sanitisation and destruction of storage devices.
    MediaDecommissioning,
}

/// Who is answerable for a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// AWS.
    Provider,
    /// Both; each has a part of the work.
    Shared,
    /// The owner of the account.
    Customer,
    /// The layer does not exist for this resource.
    NotApplicable,
}

/// How much harm the disclosure, change or loss of a resource's data would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Meant for everybody.
    Public,
    /// Meant for the organization.
    Internal,
    /// Meant for few; harm when disclosed.
    Confidential,
    /// Regulated or vital; grave harm when disclosed.
    Restricted,
}

/// Who is answerable for one layer of one resource, and the rule that decided it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Responsibility {
    /// The `resource` of the row.
    pub resource: Arc<str>,
    /// The table of the row.
    pub table: &'static str,
    /// The service form that the configuration selected: `rds`, `rds_custom_oracle`.
    pub form: &'static str,
    /// The layer.
    pub layer: Layer,
    /// The party; None when the configuration that decides it is unknown.
    pub party: Option<Party>,
    /// Which rule decided: the class default, the service's own, or the configuration and its value.
    pub rule: Arc<str>,
    /// What the party has to do or has taken over, in a few words.
    pub why: Arc<str>,
    /// Title and address of the source.
    pub source: Arc<str>,
    /// How sure the fact is: `doc` read in the source, `class` derived from the class, `recall` unverified.
    pub confidence: &'static str,
    /// What the mission's own text says about this service, where it says something. Empty otherwise.
    pub mission_claim: &'static str,
}

/// Whether a duty of the customer is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyStatus {
    /// At least one check fails.
    Failed,
    /// No check fails, but at least one could not tell.
    Unknown,
    /// No check judges it: the work is the customer's to show.
    Open,
    /// Every check passes.
    Met,
    /// Not the customer's.
    Provider,
    /// The layer does not exist for this resource.
    NotApplicable,
}

/// One layer of one resource, with its party and the state of the customer's work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duty {
    /// The party and why.
    #[serde(flatten)]
    pub responsibility: Responsibility,
    /// How sensitive the resource's data is.
    pub sensitivity: Sensitivity,
    /// The service, as the folder under `tables/` has it.
    pub service: &'static str,
    /// The state of the work.
    pub status: DutyStatus,
    /// The checks that judged it, sorted.
    pub checks: Vec<String>,
}

impl Layer {
    /// Every layer, in the order of the wall.
    pub const ALL: [Self; 17] = [
        Self::Facility,
        Self::PhysicalAccess,
        Self::Environment,
        Self::Hardware,
        Self::NetworkInfrastructure,
        Self::Hypervisor,
        Self::HostOs,
        Self::GuestOs,
        Self::Engine,
        Self::NetworkConfiguration,
        Self::PlatformRecovery,
        Self::Backup,
        Self::Identity,
        Self::Data,
        Self::Logging,
        Self::ApplicationCode,
        Self::MediaDecommissioning,
    ];

    /// Its name in SQL and JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Facility => "facility",
            Self::PhysicalAccess => "physical_access",
            Self::Environment => "environment",
            Self::Hardware => "hardware",
            Self::NetworkInfrastructure => "network_infrastructure",
            Self::Hypervisor => "hypervisor",
            Self::HostOs => "host_os",
            Self::GuestOs => "guest_os",
            Self::Engine => "engine",
            Self::NetworkConfiguration => "network_configuration",
            Self::PlatformRecovery => "platform_recovery",
            Self::Backup => "backup",
            Self::Identity => "identity",
            Self::Data => "data",
            Self::Logging => "logging",
            Self::ApplicationCode => "application_code",
            Self::MediaDecommissioning => "media_decommissioning",
        }
    }

    /// Its name for people.
    pub fn title(self) -> String {
        self.id().replace('_', " ").replace(" os", " OS")
    }

    /// The layer of this name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.id() == id)
    }
}

impl Party {
    /// Its name in SQL and JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Shared => "shared",
            Self::Customer => "customer",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// Whether the customer has work in it.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Customer | Self::Shared)
    }
}

impl Sensitivity {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::Public, Self::Internal, Self::Confidential, Self::Restricted];

    /// Its name in SQL, tags and configuration.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Confidential => "confidential",
            Self::Restricted => "restricted",
        }
    }

    /// The level of this name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.id() == id)
    }
}

impl DutyStatus {
    /// Every status, worst first.
    pub const ALL: [Self; 6] =
        [Self::Failed, Self::Unknown, Self::Open, Self::Met, Self::Provider, Self::NotApplicable];

    /// Its name in SQL and JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Open => "open",
            Self::Met => "met",
            Self::Provider => "provider",
            Self::NotApplicable => "not_applicable",
        }
    }
}
