//! Whoever can be on call.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Span;

/// Whoever can be on call, and how to reach them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name that rotas use.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// The roles that they can fill; None when nobody says.
    pub roles: Option<BTreeSet<String>>,
    /// How to reach them: kind and address.
    pub contacts: Vec<(ContactKind, String)>,
    /// When they are away.
    pub leave: Vec<Span>,
}

/// A way to reach somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// A telephone.
    Phone,
    /// Electronic mail.
    Mail,
    /// A user of Slack.
    Slack,
    /// A pager, or a service that plays one.
    Pager,
}

impl ContactKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Phone, Self::Mail, Self::Slack, Self::Pager];

    /// Its name in rotas.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Mail => "mail",
            Self::Slack => "slack",
            Self::Pager => "pager",
        }
    }

    /// Whether an address can be one of this kind at all.
    pub(super) fn admits(self, address: &str) -> bool {
        let address = address.trim();
        match self {
            Self::Phone => {
                let digits = address.chars().filter(char::is_ascii_digit).count();
                digits >= 3
                    && address.chars().all(|character| "+-() ./".contains(character) || character.is_ascii_digit())
            }
            Self::Mail => address.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty()),
            Self::Slack | Self::Pager => !address.is_empty(),
        }
    }
}

impl Member {
    /// Whether they can be reached in one of these ways; in any way when none is asked for.
    pub fn is_reachable(&self, ways: &[ContactKind]) -> bool {
        self.contacts.iter().any(|(kind, address)| kind.admits(address) && (ways.is_empty() || ways.contains(kind)))
    }
}
