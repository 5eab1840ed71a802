//! Tranches: how much of each, how it stands, on what evidence, and what holds it back.

use serde::Serialize;
use serde_json::Value;
use traccia_domain::{
    Cents, ProgrammeId, ProjectId, Share,
    project::PlannedTranche,
    time::Month,
    tranche::{
        self, State, Step, Terms,
        entry::{Difference, Entry, EntryCode},
    },
};
use utoipa::ToSchema;

use super::{
    blocked::Blocked,
    money::{Paid, Projects},
    programmes::Figure,
};
use crate::{
    answer::{Answer, Page, Paging, ReadError, Reader},
    tranches::{Hand, Hands, sums::Sums},
};

/// A tranche of a project.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Tranche {
    /// The programme.
    pub programme: String,
    /// The project.
    pub project: String,
    /// The tranche.
    pub tranche: String,
    /// Its share of the award.
    #[schema(value_type = String)]
    pub share: Share,
    /// What it is planned to be: all of a project's sum to its award.
    #[schema(value_type = String)]
    pub planned: Cents,
    /// What of it is payable by its certificate; nothing while there is none and one is needed.
    #[schema(value_type = String)]
    pub payable: Cents,
    /// What the certificate holds back.
    #[schema(value_type = String)]
    pub withheld: Cents,
    /// What was authorised, or would be now.
    #[schema(value_type = String)]
    pub amount: Cents,
    /// How it stands: locked, due, authorised, ordered, failed, paid, reconciled, suspended or revoked.
    pub state: &'static str,
    /// What releases it: `approval`, a milestone, a day.
    #[schema(value_type = String)]
    pub trigger: traccia_domain::programme::definition::Trigger,
    /// What the next step would be refused for now, by the codes of the API; empty when nothing holds it back.
    pub blocked: Vec<&'static str>,
    /// With `NotCertified`: the milestone that has no certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_certificate: Option<String>,
    /// With `ReportsMissing`: the first month whose report is not accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub missing_month: Option<Month>,
    /// With `ReportsMissing`: how many later months are not accepted either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_months: Option<usize>,
    /// With `CurePending`: the milestone that may still be cured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awaited_cure: Option<String>,
    /// With `ExposureUndecided`: the first exposure that nobody has decided on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undecided_exposure: Option<String>,
    /// The earlier tranche that takes what is netted, in the order of the schedule. Until it is authorised this one would take
    /// that itself, and `amount` is what it comes to after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
    /// Whether it has to be authorised anew before it is ordered: an exposure was netted since, and it comes to less; or it
    /// is the last, and a cure of an earlier one earned more.
    pub again: bool,
    /// What it would come to then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub anew: Option<Cents>,
    /// What a cure earned of it after it was ordered, and no authorisation gives yet: the next one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub unreleased: Option<Cents>,
    /// How much of it would be exposed at once if it were authorised now: its certificate counted what the claim has lost
    /// since. It is decided on before anything is ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub foreseen_exposure: Option<Cents>,
    /// What it was authorised on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub evidence: Option<Value>,
    /// Its payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// What leads from the approved amount to `amount`, and what came back since.
    pub entries: Vec<TrancheEntry>,
    /// The position of what was said last of the project's money; 0 before anything was.
    #[serde(skip)]
    pub said_at: u64,
}

/// A line of a tranche.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TrancheEntry {
    /// `REDUCTION`, `CURE_RELEASE`, `NETTING`, `RECOVERY`, `REVOCATION` or `AMENDMENT`.
    #[schema(value_type = String)]
    pub code: EntryCode,
    /// By how much; less than nothing when it takes away.
    #[schema(value_type = String)]
    pub amount: Difference,
    /// What it comes from: a milestone, a tranche, an exposure, an act.
    pub origin: String,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Order {
    /// The order, here and at the bank.
    pub order: String,
    /// How much.
    #[schema(value_type = String)]
    pub amount: Cents,
    /// The account's last four characters.
    pub iban: String,
    /// The day it was ordered, the last time.
    pub ordered_on: String,
    /// How often it was ordered.
    pub times: u32,
    /// Why the bank has not paid, while nobody has ordered it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// The day the bank paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_on: Option<String>,
    /// The bank's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Who ordered it, the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered: Option<Hand>,
    /// Who said what the bank answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<Hand>,
    /// Who found it on a statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconciled: Option<Hand>,
}

/// Which tranches.
#[derive(Clone, Debug, Default)]
pub struct TrancheFilter {
    /// Of a programme.
    pub programme: Option<ProgrammeId>,
    /// Of a project.
    pub project: Option<ProjectId>,
    /// That stand so.
    pub state: Option<State>,
    /// That are behind a figure.
    pub figure: Option<Figure>,
}

/// `GET /v1/tranches?programme=&project=&state=`, by project and in the order of the schedule.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn tranches(
    reader: &Reader,
    filter: &TrancheFilter,
    paging: &Paging,
) -> Result<Answer<Page<Tranche>>, ReadError> {
    let projects = Projects::of(reader, filter.programme.as_ref(), filter.project.as_ref()).await?;
    let mut items = Vec::new();
    for paid in &projects.paid {
        let terms = projects.terms(paid);
        for (index, (planned, sums)) in paid.detail.tranches.iter().zip(Sums::all(&paid.money, &terms)).enumerate() {
            let wanted = filter.state.is_none_or(|wanted| wanted == sums.state)
                && filter.figure.is_none_or(|figure| figure.has(paid, &planned.id));
            if wanted {
                // Two places are enough: a schedule is a handful of shares of one award.
                items.push((format!("{}/{index:02}", paid.id), shown(&projects, paid, &terms, planned, sums)?));
            }
        }
    }
    // Few rows, computed anew for each answer: the page is cut from the whole list.
    if let Some(after) = paging.after() {
        items.retain(|(key, _)| key.as_str() > after);
    }
    let page = paging.page(items, |(key, _)| key.clone());
    let items = page.items.into_iter().map(|(_, tranche)| tranche).collect();
    Ok(reader.answer(Page { items, next: page.next }))
}

fn shown(
    projects: &Projects,
    paid: &Paid,
    terms: &Terms<'_>,
    planned: &PlannedTranche,
    sums: Sums,
) -> Result<Tranche, ReadError> {
    let said = paid.money.tranche(&planned.id);
    let evidence = said.and_then(|said| said.authorised.as_deref());
    let again = paid.money.is_other_in_turn(&planned.id, terms, sums.now);
    let blocked = Blocked::of(projects, paid, terms, planned, sums.state);
    let (missing_month, missing_months) = blocked.month.unzip();
    let mut entries = sums.entries;
    entries.extend(later(paid, planned, said));
    Ok(Tranche {
        programme: paid.programme.clone(),
        project: paid.id.clone(),
        tranche: planned.id.clone(),
        share: planned.share,
        planned: sums.planned,
        payable: sums.payable,
        withheld: sums.withheld,
        amount: sums.amount,
        state: sums.state.as_str(),
        trigger: planned.trigger.clone(),
        blocked: blocked.codes,
        missing_certificate: blocked.milestone,
        missing_month,
        missing_months,
        awaited_cure: blocked.cure,
        undecided_exposure: blocked.exposure,
        waits_for: sums.after,
        again,
        anew: Some(sums.now).filter(|_| again),
        foreseen_exposure: Some(projects.foreseen(paid, terms, planned, sums.state)).filter(|sum| *sum > Cents::ZERO),
        unreleased: Some(paid.money.unreleased(&planned.id, terms)).filter(|earned| *earned > Cents::ZERO),
        evidence: evidence.map(serde_json::to_value).transpose().map_err(ReadError::damaged)?,
        order: said.and_then(|said| order(said, paid.hands.get(&planned.id).cloned().unwrap_or_default())),
        entries: entries
            .into_iter()
            .map(|Entry { code, amount, origin }| TrancheEntry { code, amount, origin })
            .collect(),
        said_at: paid.said_at,
    })
}

/// What came of a tranche after it was authorised, or instead of it.
fn later(paid: &Paid, planned: &PlannedTranche, said: Option<&tranche::Tranche>) -> Vec<Entry> {
    let entry =
        |code, amount: Cents, origin: &str| Entry { code, amount: Difference(amount), origin: origin.to_owned() };
    let recovered = paid.money.decided().iter().filter(|decided| decided.said.tranche == planned.id);
    let recovered = recovered.filter(|decided| decided.recovered > Cents::ZERO);
    let mut entries: Vec<Entry> =
        recovered.map(|decided| entry(EntryCode::Recovery, -decided.recovered, &decided.said.exposure)).collect();
    if let Some(revoked) = said.and_then(|said| said.revoked.as_ref()) {
        entries.push(entry(EntryCode::Revocation, -revoked.planned, &revoked.act));
    }
    entries
}

fn order(said: &tranche::Tranche, hands: Hands) -> Option<Order> {
    let order = said.order.as_ref()?;
    let paid = said.paid.as_ref();
    Some(Order {
        order: order.order.to_string(),
        amount: order.amount,
        iban: order.iban.last_four().to_owned(),
        ordered_on: order.on.to_string(),
        failed: said.failed.as_ref().filter(|_| said.step == Step::Failed).map(|failed| failed.reason.clone()),
        times: said.orders,
        paid_on: paid.map(|paid| paid.paid_on.to_string()),
        reference: paid.map(|paid| paid.reference.clone()),
        ordered: hands.ordered,
        answered: hands.answered,
        reconciled: hands.reconciled,
    })
}
