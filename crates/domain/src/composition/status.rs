//! How far a composition is: its outputs, and whether it was accepted.

use serde::Serialize;

use super::OutputStatus;

/// How far the outputs of a composition are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub enum CompositionStatus {
    /// None was wanted.
    #[default]
    Draft,
    /// At least one is being rendered.
    Processing,
    /// All are there.
    Ready,
    /// At least one was given up.
    Failed,
}

impl CompositionStatus {
    /// What follows from the outputs.
    #[must_use]
    pub fn of(outputs: impl IntoIterator<Item = OutputStatus>) -> Self {
        outputs.into_iter().fold(Self::Draft, |status, output| match (status, output) {
            (Self::Processing, _) | (_, OutputStatus::Processing) => Self::Processing,
            (Self::Failed, _) | (_, OutputStatus::Failed) => Self::Failed,
            (Self::Draft | Self::Ready, OutputStatus::Ready) => Self::Ready,
        })
    }
}

/// Whether a composition was accepted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub enum Approval {
    /// Nobody was asked.
    #[default]
    Draft,
    /// It waits for a decision.
    Pending,
    /// It was accepted.
    Approved,
    /// It was turned down.
    Rejected,
}

impl Approval {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Pending, Self::Approved, Self::Rejected];

    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|approval| approval.as_str() == name)
    }

    /// Whether a submission or a decision may lead from here to `next`. An edit leads back to draft from everywhere.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft | Self::Rejected, Self::Pending) | (Self::Pending, Self::Approved | Self::Rejected)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_approval_leads_exactly_where_it_may() {
        use Approval::{Approved, Draft, Pending, Rejected};
        let allowed = [(Draft, Pending), (Rejected, Pending), (Pending, Approved), (Pending, Rejected)];
        for from in Approval::ALL {
            for to in Approval::ALL {
                assert_eq!(from.may_become(to), allowed.contains(&(from, to)), "{from:?} to {to:?}");
            }
            assert_eq!(serde_json::to_value(from).unwrap(), from.as_str());
        }
    }

    #[test]
    fn a_composition_is_as_far_as_the_output_that_is_least_far() {
        use OutputStatus::{Failed, Processing, Ready};
        let cases: [(&[OutputStatus], CompositionStatus); 5] = [
            (&[], CompositionStatus::Draft),
            (&[Ready, Ready], CompositionStatus::Ready),
            (&[Ready, Failed], CompositionStatus::Failed),
            (&[Failed, Ready], CompositionStatus::Failed),
            (&[Failed, Processing, Ready], CompositionStatus::Processing),
        ];
        for (outputs, expected) in cases {
            assert_eq!(CompositionStatus::of(outputs.iter().copied()), expected, "{outputs:?}");
        }
    }
}
