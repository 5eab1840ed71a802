//! What has happened in one project of the demo by the time it is opened: reports, expenses, a milestone, its money.

use std::time::Duration;

use serde_json::{Value, json};
use traccia_application::{Bearer, Scope};
use traccia_domain::{Actor, ProjectId, Role};
use traccia_projections::{
    answer::{KnownAt, Paging, Reader, Within},
    counting::queries::citizen,
    milestones::queries::{claim_units, frozen},
};

use super::send;
use crate::house::House;

/// Whose story it is: the largest.
const PROJECT: &str = "lombardia-mi";

/// The day on which its milestones are worth a look: after it the invented data goes on, and M2 is still ahead.
const ON: &str = "2024-06-30";

/// Months reported and accepted: those up to the deadline of M1.
const ACCEPTED: [&str; 10] =
    ["2023-03", "2023-04", "2023-05", "2023-06", "2023-07", "2023-08", "2023-09", "2023-10", "2023-11", "2023-12"];

/// Tells it: each step by who may take it, and what takes two persons by two. Told again, it adds nothing.
pub(super) async fn tell(house: &House, seed: u64) -> anyhow::Result<()> {
    let mut story = Story { house, seed, steps: 0 };
    story.reports().await?;
    story.expenses().await?;
    story.first_tranche().await?;
    story.milestone().await?;
    println!("{} commands tell the story of {PROJECT}", story.steps);
    Ok(())
}

/// The pages that show it, and what of it.
pub(super) fn to_look_at() -> [(String, &'static str); 5] {
    [
        ("/rendicontazione".to_owned(), "monthly reports: accepted, returned, waiting, overdue"),
        (
            format!("/milestone?project={PROJECT}&on={ON}"),
            "M1 claimed, certified as met in part, and what of it still holds; pace, forecast and margin of M2",
        ),
        (format!("/erogazioni?project={PROJECT}"), "T1 paid, T2 authorised, and exposed since a service was voided"),
        (format!("/spese?project={PROJECT}"), "expenses, and how far their caps reach"),
        (format!("/rimodulazione?programme=lombardia&on={ON}"), "a redistribution by pace, which writes nothing"),
    ]
}

struct Story<'a> {
    house: &'a House,
    seed: u64,
    steps: usize,
}

impl Story<'_> {
    /// Ten months accepted, one sent back, one that waits; the later ones are overdue.
    async fn reports(&mut self) -> anyhow::Result<()> {
        let of = |month: &str| json!({"project": PROJECT, "month": month});
        for month in ACCEPTED {
            self.step(&capofila()?, "SubmitReport", of(month)).await?;
            let accepted =
                json!({"project": PROJECT, "month": month, "on": "2024-01-20", "act": "D.d.s. 12/2024 (inventato)"});
            self.step(&region()?, "AcceptReport", accepted).await?;
        }
        self.step(&capofila()?, "SubmitReport", of("2024-01")).await?;
        let returned = json!({"project": PROJECT, "month": "2024-01", "reason": "Manca la nota sulle aperture serali"});
        self.step(&region()?, "ReturnReport", returned).await?;
        self.step(&capofila()?, "SubmitReport", of("2024-02")).await
    }

    /// One accepted, one rejected, one that waits.
    async fn expenses(&mut self) -> anyhow::Result<()> {
        for (expense, item, invoice, amount) in [
            ("demo-1", "training", "FT 101", "48000.00"),
            ("demo-2", "equipment", "FT 102", "36500.00"),
            ("demo-3", "communication", "FT 103", "1220.00"),
        ] {
            let declared = json!({"project": PROJECT, "expense": expense, "item": item, "invoice": invoice,
                "supplier_tax_id": "12345678903", "date": "2024-01-15", "amount": amount});
            self.step(&capofila()?, "DeclareExpense", declared).await?;
        }
        self.step(&region()?, "AcceptExpense", json!({"expense": "demo-1"})).await?;
        let rejected = json!({"expense": "demo-3", "reason": "Spesa precedente all'avvio del progetto"});
        self.step(&region()?, "RejectExpense", rejected).await
    }

    /// Paid: what caps are a share of.
    async fn first_tranche(&mut self) -> anyhow::Result<()> {
        let tranche = json!({"project": PROJECT, "tranche": "T1"});
        self.step(&treasurer("demo-tesoreria-1")?, "AuthoriseTranche", tranche).await?;
        let ordered = json!({"project": PROJECT, "tranche": "T1", "iban": "IT60X0542811101000000123456"});
        self.step(&treasurer("demo-tesoreria-2")?, "OrderPayment", ordered).await?;
        let paid = json!({"project": PROJECT, "tranche": "T1", "paid_on": "2024-01-31", "reference": "CRO 1"});
        self.step(&treasurer("demo-tesoreria-2")?, "ConfirmPayment", paid).await
    }

    /// M1 claimed as it stood and certified, T2 authorised on it; then a service is voided that it rested on.
    async fn milestone(&mut self) -> anyhow::Result<()> {
        let project: ProjectId = PROJECT.parse()?;
        self.step(&capofila()?, "ClaimMilestone", json!({"project": PROJECT, "milestone": "M1"})).await?;
        let reader = self.reader().await?;
        let Some(claim) = frozen(&reader, &project, "M1").await?.filter(|claim| claim.count > 0) else {
            return Ok(());
        };
        let certified = json!({"project": PROJECT, "milestone": "M1", "count": claim.count, "root": claim.root});
        self.step(&region()?, "CertifyMilestone", certified).await?;
        let tranche = json!({"project": PROJECT, "tranche": "T2"});
        self.step(&treasurer("demo-tesoreria-1")?, "AuthoriseTranche", tranche).await?;
        // Whoever was served once only is counted no more.
        for unit in claim_units(&reader, &project, "M1", &Paging::default()).await?.body.items {
            let person = citizen(&reader, unit.person.parse()?).await?;
            if person.is_some_and(|person| person.body.services.len() == 1) {
                let voided = json!({"service": unit.service, "reason": "Registrato per errore"});
                return self.step(&region()?, "VoidService", voided).await;
            }
        }
        Ok(())
    }

    async fn step(&mut self, who: &Bearer, name: &str, body: Value) -> anyhow::Result<()> {
        self.steps += 1;
        send(self.house, who, &format!("demo-{}-story-{}", self.seed, self.steps), name, &body).await
    }

    async fn reader(&self) -> anyhow::Result<Reader> {
        self.house.caught_up().await?;
        Ok(Reader::open(self.house.tables(), KnownAt::Now, None, Duration::ZERO, Within::everything()).await?)
    }
}

fn capofila() -> anyhow::Result<Bearer> {
    Ok(bearer("demo-capofila", Role::Capofila, Scope { projects: vec![PROJECT.parse()?], ..Scope::default() }))
}

fn region() -> anyhow::Result<Bearer> {
    Ok(bearer("demo-regione", Role::Region, programme()?))
}

fn treasurer(subject: &str) -> anyhow::Result<Bearer> {
    Ok(bearer(subject, Role::Treasurer, programme()?))
}

fn programme() -> anyhow::Result<Scope> {
    Ok(Scope { programmes: vec!["lombardia".parse()?], ..Scope::default() })
}

fn bearer(subject: &str, role: Role, scope: Scope) -> Bearer {
    Bearer { actor: Actor { subject: subject.into(), role }, scope }
}
