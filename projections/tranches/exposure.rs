//! One exposure: how much, since when, from what; and what became of it.

use traccia_domain::{
    Cents, Position, ProjectId,
    milestone::MilestoneCertified,
    money::reduction::payable,
    tranche::{Cause, ExposureDecided, Money, command::ExposureDecision, entry::Difference},
};
use traccia_projector::Row;

/// What a claim held from a position on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) position: Position,
    pub(super) points: u32,
    pub(super) citizens: u32,
}

impl Reached {
    fn paid(self, certificate: &MilestoneCertified, planned: Cents) -> Cents {
        let now = certificate.holding(self.points, self.citizens);
        payable(planned, now.points, now.citizens, now.reduction)
    }
}

/// What made an exposure what it is: the losses of the claim after what was decided on, each in cents. What was to be netted
/// and can be no more is a line of its own, with the commit since which it cannot. What was decided before covers, or does
/// not, what all of them do not explain: then it is the first line.
pub(super) fn causes(
    history: &[Reached],
    certificate: &MilestoneCertified,
    planned: Cents,
    since: Position,
    amount: Cents,
    in_vain: Option<(Position, Cents)>,
) -> Vec<Cause> {
    let lost = |pair: &[Reached]| {
        let [before, after] = pair else { return None };
        (after.position > since).then(|| Cause {
            position: after.position,
            units: i64::from(before.citizens) - i64::from(after.citizens),
            points: i64::from(before.points) - i64::from(after.points),
            amount: Difference(before.paid(certificate, planned) - after.paid(certificate, planned)),
        })
    };
    let mut causes: Vec<Cause> = history.windows(2).filter_map(lost).collect();
    let line = |(position, amount)| Cause { position, units: 0, points: 0, amount: Difference(amount) };
    if let Some(in_vain) = in_vain {
        causes.push(line(in_vain));
        causes.sort_by_key(|cause| cause.position);
    }
    let rest = amount - causes.iter().map(|cause| cause.amount.0).sum();
    if rest != Cents::ZERO {
        causes.insert(0, line((since, rest)));
    }
    causes
}

/// An exposure.
#[derive(Clone, Debug)]
pub(crate) struct Exposure {
    pub(crate) id: String,
    pub(crate) tranche: String,
    pub(crate) amount: Cents,
    /// What of it came back.
    pub(crate) settled: Cents,
    state: State,
    causes: Vec<Cause>,
    act: Option<String>,
    opened: Position,
    pub(super) changed: bool,
    /// Whether it has a row.
    pub(super) written: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Closed,
    Netted,
    Recovering,
    Recovered,
    Waived,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Closed => "closed",
            State::Netted => "netted",
            State::Recovering => "recovering",
            State::Recovered => "recovered",
            State::Waived => "waived",
        }
    }
}

impl Exposure {
    pub(super) fn opened(position: Position, tranche: &str, amount: Cents, causes: Vec<Cause>) -> Exposure {
        Exposure {
            id: format!("{tranche}-{position}"),
            tranche: tranche.to_owned(),
            amount,
            settled: Cents::ZERO,
            state: State::Open,
            causes,
            act: None,
            opened: position,
            changed: true,
            written: false,
        }
    }

    /// An open one is now so much: it closes by itself when nothing is left of it.
    pub(super) fn is_now(&mut self, amount: Cents, causes: impl FnOnce() -> Vec<Cause>) {
        let causes = causes();
        if (self.amount, &self.causes) == (amount, &causes) {
            return;
        }
        (self.amount, self.causes, self.changed) = (amount, causes, true);
        if amount == Cents::ZERO {
            self.state = State::Closed;
        }
    }

    /// What was decided stays as it was decided.
    pub(super) fn decide(&mut self, said: &ExposureDecided) {
        self.amount = said.amount;
        self.causes.clone_from(&said.causes);
        self.act = Some(said.act.clone());
        self.state = match said.decision {
            ExposureDecision::Net => State::Netted,
            ExposureDecision::Recover => State::Recovering,
            ExposureDecision::Waive => State::Waived,
        };
        self.changed = true;
    }

    /// How much of what was decided has come back.
    pub(super) fn settle(&mut self, money: &Money) {
        let decided = money.decided().iter().find(|decided| decided.said.exposure == self.id);
        let settled = match self.state {
            State::Netted => money.netted(&self.id),
            State::Recovering | State::Recovered => decided.map_or(Cents::ZERO, |decided| decided.recovered),
            State::Open | State::Closed | State::Waived => Cents::ZERO,
        };
        if settled != self.settled {
            (self.settled, self.changed) = (settled, true);
        }
        if self.state == State::Recovering && settled == self.amount {
            self.state = State::Recovered;
        }
    }

    /// How it stands, as the API names it.
    pub(crate) fn state(&self) -> &'static str {
        self.state.as_str()
    }

    pub(super) fn row(&self, project: &ProjectId) -> Row {
        vec![
            self.id.clone().into(),
            project.to_string().into(),
            self.tranche.clone().into(),
            self.amount.0.into(),
            self.settled.0.into(),
            self.state.as_str().into(),
            crate::points::json(&self.causes).into(),
            self.act.clone().into(),
            self.opened.into(),
        ]
    }
}
