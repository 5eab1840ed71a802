//! Paying what was authorised: one order, given again only after the bank has said that it did not pay.

use super::{
    Money, MoneyEvent, MoneyFacts, MoneyRefusal, OrderId, PaymentConfirmed, PaymentFailed, PaymentOrdered,
    PaymentReconciled, Step, Terms, Tranche,
    authorise::{check_certified, check_exposures},
    command::{ConfirmPayment, FailPayment, OrderPayment, ReconcilePayment},
    iban::Iban,
};
use crate::{Cents, aggregate::blank};

type Decided = Result<Vec<MoneyEvent>, MoneyRefusal>;

impl Money {
    /// By another than who authorised it, an admin neither.
    pub(super) fn order(&self, body: &OrderPayment, by: &str, terms: &Terms<'_>, facts: &MoneyFacts) -> Decided {
        let tranche = terms.find(&body.tranche)?;
        let iban: Iban = body.iban.0.parse().map_err(|invalid| MoneyRefusal::InvalidIban { invalid })?;
        let said = match self.tranches.get(&body.tranche) {
            Some(said) => said,
            None => {
                check_certified(tranche, terms)?;
                return Err(MoneyRefusal::wrong(NOT_AUTHORISED));
            }
        };
        match said.step {
            Step::Authorised | Step::Failed => {}
            Step::Open => {
                check_certified(tranche, terms)?;
                return Err(MoneyRefusal::wrong(NOT_AUTHORISED));
            }
            Step::Ordered => {
                return Err(MoneyRefusal::wrong("the payment is ordered: the bank says what becomes of it"));
            }
            Step::Paid | Step::Reconciled => return Err(MoneyRefusal::AlreadyPaid),
            Step::Revoked => return Err(MoneyRefusal::wrong("the tranche was revoked")),
        }
        if said.suspended {
            return Err(MoneyRefusal::wrong("the tranche is suspended: it goes on with ReleaseTranche"));
        }
        let Some(authorised) = &said.authorised else { return Err(MoneyRefusal::wrong(NOT_AUTHORISED)) };
        if same_person(&authorised.by, by) {
            return Err(MoneyRefusal::SameActor);
        }
        if body.amount.is_some_and(|looked_at| looked_at != authorised.amount) {
            let what = "another amount is authorised than was looked at";
            return Err(MoneyRefusal::Outdated { pointer: "/amount", what });
        }
        check_exposures(facts)?;
        if self.is_other_now(&body.tranche, terms) {
            let why = "an exposure was netted, a cure certified or the award redistributed since: the tranche is authorised anew";
            return Err(MoneyRefusal::wrong(why));
        }
        if authorised.amount <= Cents::ZERO {
            return Err(MoneyRefusal::wrong("nothing was authorised: there is nothing to pay"));
        }
        // Nothing above lets this happen: it is the last look before money leaves.
        if self.out() - self.recovered() + authorised.amount > terms.award.amount {
            return Err(MoneyRefusal::wrong("the award no longer covers this payment with what was paid before"));
        }
        let order = OrderId::of(&body.project, &body.tranche);
        let tranche = body.tranche.clone();
        Ok(vec![PaymentOrdered { tranche, order, amount: authorised.amount, iban, on: facts.today }.into()])
    }

    pub(super) fn confirm(&self, body: &ConfirmPayment, terms: &Terms<'_>, facts: &MoneyFacts) -> Decided {
        let PaymentOrdered { order, amount, .. } = *self.ordered(&body.tranche, terms)?;
        if body.paid_on > facts.today {
            return Err(MoneyRefusal::InTheFuture { pointer: "/paid_on" });
        }
        let approved = facts.project.application().and_then(|application| application.approved_on);
        if approved.is_some_and(|approved| body.paid_on < approved) {
            let why = "the application was not approved yet: look at the day again";
            return Err(MoneyRefusal::Invalid { pointer: "/paid_on", why });
        }
        if body.amount.is_some_and(|paid| paid != amount) {
            let why = "another amount was ordered: nothing is recorded until the bank's papers and the order agree";
            return Err(MoneyRefusal::Invalid { pointer: "/amount", why });
        }
        said("/reference", &body.reference)?;
        let (tranche, paid_on, reference) = (body.tranche.clone(), body.paid_on, body.reference.clone());
        Ok(vec![PaymentConfirmed { tranche, order, paid_on, reference }.into()])
    }

    pub(super) fn fail(&self, body: &FailPayment, terms: &Terms<'_>) -> Decided {
        let order = self.ordered(&body.tranche, terms)?.order;
        let orders = self.tranches.get(&body.tranche).map(|tranche| tranche.orders);
        if body.attempt.is_some() && body.attempt != orders {
            let what = "this is said of another time that the order was given";
            return Err(MoneyRefusal::Outdated { pointer: "/attempt", what });
        }
        said("/reason", &body.reason)?;
        Ok(vec![PaymentFailed { tranche: body.tranche.clone(), order, reason: body.reason.clone() }.into()])
    }

    pub(super) fn reconcile(&self, body: &ReconcilePayment, terms: &Terms<'_>) -> Decided {
        terms.find(&body.tranche)?;
        let order = match self.step(&body.tranche) {
            Step::Paid => self.last_order(&body.tranche)?.order,
            Step::Reconciled => return Err(MoneyRefusal::wrong("the payment is reconciled")),
            Step::Open | Step::Authorised | Step::Ordered | Step::Failed | Step::Revoked => {
                return Err(MoneyRefusal::wrong("the bank has not confirmed a payment of this tranche"));
            }
        };
        said("/statement", &body.statement)?;
        Ok(vec![PaymentReconciled { tranche: body.tranche.clone(), order, statement: body.statement.clone() }.into()])
    }

    /// The order that waits for the bank's answer.
    fn ordered(&self, id: &str, terms: &Terms<'_>) -> Result<&PaymentOrdered, MoneyRefusal> {
        terms.find(id)?;
        match self.step(id) {
            Step::Ordered => self.last_order(id),
            Step::Paid | Step::Reconciled => Err(MoneyRefusal::AlreadyPaid),
            Step::Failed => Err(MoneyRefusal::wrong("the order has failed: it is given again with OrderPayment")),
            Step::Open | Step::Authorised | Step::Revoked => Err(MoneyRefusal::wrong("no payment is ordered")),
        }
    }

    fn last_order(&self, id: &str) -> Result<&PaymentOrdered, MoneyRefusal> {
        let said = self.tranches.get(id).and_then(|said| said.order.as_ref());
        said.ok_or(MoneyRefusal::wrong("no payment is ordered"))
    }

    /// What was paid, or the bank was ordered to pay.
    #[must_use]
    pub fn out(&self) -> Cents {
        self.sum(|step| match step {
            Step::Ordered | Step::Paid | Step::Reconciled => true,
            Step::Open | Step::Authorised | Step::Failed | Step::Revoked => false,
        })
    }

    /// What was paid.
    #[must_use]
    pub fn paid(&self) -> Cents {
        self.sum(|step| match step {
            Step::Paid | Step::Reconciled => true,
            Step::Open | Step::Authorised | Step::Ordered | Step::Failed | Step::Revoked => false,
        })
    }

    /// What was authorised.
    #[must_use]
    pub fn authorised(&self) -> Cents {
        self.sum(|step| match step {
            Step::Authorised | Step::Ordered | Step::Failed | Step::Paid | Step::Reconciled => true,
            Step::Open | Step::Revoked => false,
        })
    }

    /// What the project gave back.
    #[must_use]
    pub fn recovered(&self) -> Cents {
        self.exposures.iter().map(|decided| decided.recovered).sum()
    }

    fn sum(&self, counts: impl Fn(Step) -> bool) -> Cents {
        let amount = |tranche: &Tranche| tranche.authorised.as_ref().map_or(Cents::ZERO, |said| said.amount);
        self.tranches.values().filter(|tranche| counts(tranche.step)).map(amount).sum()
    }
}

const NOT_AUTHORISED: &str = "the tranche is not authorised";

/// Accounts that differ in upper and lower case alone are mostly one person's.
pub(super) fn same_person(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// A text that has to say something does.
pub(super) fn said(pointer: &'static str, text: &str) -> Result<(), MoneyRefusal> {
    if blank(text) { Err(MoneyRefusal::Invalid { pointer, why: "this says what it rests on" }) } else { Ok(()) }
}
