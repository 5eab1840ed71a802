//! The package, from the answers that everybody else reads.

use std::collections::BTreeMap;

use serde::Deserialize;
use traccia_domain::{
    Cents, Position, ProgrammeId,
    programme::Definition,
    project::{ApplicationSubmitted, command::Organisation},
};

use super::{
    Award, Budget, Contract, Identifier, Implementation, Milestone, Package, Party, Period, Planning, Publisher,
    Reference, Release, Transaction, Value,
};
use crate::{
    answer::{Answer, Page, Paging, ReadError, Reader},
    milestones::queries::{self as milestones},
    points::queries::{self as points, Project},
    trail::{self, decided::Decided},
    tranches::queries::{self as tranches, Tranche, TrancheFilter},
};

/// What is known of a programme's approved projects; none where there is no such programme within.
///
/// # Errors
/// When the tables cannot be read.
pub async fn package(reader: &Reader, programme: &ProgrammeId) -> Result<Option<Answer<Package>>, ReadError> {
    let Some(found) = points::programme(reader, programme).await? else { return Ok(None) };
    let definition: Definition = serde_json::from_value(found.body.definition).map_err(ReadError::damaged)?;
    let filter = &TrancheFilter { programme: Some(programme.clone()), ..TrancheFilter::default() };
    let known = Known {
        position: reader.position(),
        at: reader.recorded_at().unwrap_or_default().to_string(),
        milestones: every(|page| async move { milestones::milestones(reader, Some(programme), None, &page).await })
            .await?,
        tranches: every(|page| async move { tranches::tranches(reader, filter, &page).await }).await?,
        certified: BTreeMap::new(),
        returned: Vec::new(),
        definition,
    };
    let known = Known { certified: known.certified(reader).await?, returned: known.returned(reader).await?, ..known };
    let projects = every(|page| async move { points::projects(reader, Some(programme), &page).await }).await?;
    let approved = projects.into_iter().filter(|project| project.state == "approved");
    Ok(Some(reader.answer(Package {
        uri: format!("urn:traccia:{programme}:{}", known.position),
        version: "1.1",
        published_date: known.at.clone(),
        publisher: Publisher { name: known.definition.region.name.clone() },
        releases: approved.map(|project| known.release(project)).collect::<Result<_, _>>()?,
    })))
}

/// All items of a list, the largest pages at a time.
async fn every<T, F>(list: impl Fn(Paging) -> F) -> Result<Vec<T>, ReadError>
where
    F: Future<Output = Result<Answer<Page<T>>, ReadError>>,
{
    let (mut items, mut next) = (Vec::new(), None::<String>);
    loop {
        let page = list(Paging::new(next.as_deref(), Some(Paging::MOST))?).await?.body;
        items.extend(page.items);
        next = page.next;
        if next.is_none() {
            return Ok(items);
        }
    }
}

/// What is known of all projects of a programme.
struct Known {
    position: Position,
    at: String,
    definition: Definition,
    milestones: Vec<milestones::Milestone>,
    tranches: Vec<Tranche>,
    /// When each certificate was written, by its position.
    certified: BTreeMap<u64, String>,
    /// What was given back, each time, with where the log has it.
    returned: Vec<(u64, Decided)>,
}

/// What is needed of an application besides what was submitted.
#[derive(Deserialize)]
struct Approved {
    approved_on: Option<String>,
}

impl Known {
    async fn certified(&self, reader: &Reader) -> Result<BTreeMap<u64, String>, ReadError> {
        let certificates = self.milestones.iter().filter_map(|milestone| milestone.certificate.as_ref());
        let positions = certificates.filter_map(|certificate| i64::try_from(certificate.position).ok()).collect();
        let entries = trail::queries::at(reader, positions).await?;
        Ok(entries.into_iter().map(|entry| (entry.at, entry.recorded_at)).collect())
    }

    async fn returned(&self, reader: &Reader) -> Result<Vec<(u64, Decided)>, ReadError> {
        trail::queries::recoveries(reader, self.tranches.iter().map(|tranche| tranche.project.clone())).await
    }

    /// What a project gave back.
    fn returned_by<'a>(&'a self, project: &'a str) -> impl Iterator<Item = &'a (u64, Decided)> {
        self.returned.iter().filter(move |(_, said)| said.project.as_deref() == Some(project))
    }

    fn release(&self, project: Project) -> Result<Release, ReadError> {
        let Approved { approved_on } = Approved::deserialize(&project.application).map_err(ReadError::damaged)?;
        let application = ApplicationSubmitted::deserialize(&project.application).map_err(ReadError::damaged)?;
        let (istat, id, title, value) =
            (&self.definition.region.istat, project.id.clone(), project.name.clone(), euro(project.award)?);
        let parties = self.parties(&application, self.returned_by(&id).next().is_some());
        let [payer, payee] = [0, 1].map(|place| parties[place].reference());
        Ok(Release {
            ocid: format!("unregistered-it-{istat}-{id}"),
            id: format!("{id}-{}", self.position),
            date: self.at.clone(),
            tag: ["implementation"],
            initiation_type: "tender",
            language: "it",
            buyer: payer.clone(),
            planning: Planning {
                budget: Budget {
                    description: self.definition.name.clone(),
                    project: title.clone(),
                    project_id: application.cup.or_else(|| self.definition.cup.clone()),
                },
            },
            awards: [Award {
                id: id.clone(),
                title: title.clone(),
                date: approved_on.map(from),
                value,
                suppliers: parties[1..].iter().map(Party::reference).collect(),
            }],
            contracts: [Contract {
                id: id.clone(),
                award_id: id,
                title,
                period: Period { start_date: from(&project.starts), end_date: until(&project.ends) },
                value,
                implementation: Implementation {
                    milestones: self.milestones_of(&project.id),
                    transactions: self.transactions(&project.id, &payer, &payee)?,
                },
            }],
            parties,
        })
    }

    /// The Region first, then the body that leads, then its partners; a body that stands there twice is one.
    fn parties(&self, application: &ApplicationSubmitted, returned: bool) -> Vec<Party> {
        let roles: [&[&str]; 2] = if returned {
            [&["buyer", "funder", "payer", "payee"], &["supplier", "payee", "payer"]]
        } else {
            [&["buyer", "funder", "payer"], &["supplier", "payee"]]
        };
        let region = &self.definition.region;
        let mut parties = vec![
            Party {
                id: format!("region-{}", region.istat),
                name: region.name.clone(),
                identifier: None,
                roles: roles[0],
            },
            Party::of("lead", &application.lead, roles[1]),
        ];
        for (place, partner) in application.partners.iter().enumerate() {
            let party = Party::of(&format!("partner-{}", place + 1), partner, &["supplier"]);
            if parties.iter().all(|known| known.id != party.id) {
                parties.push(party);
            }
        }
        parties
    }

    fn milestones_of(&self, project: &str) -> Vec<Milestone> {
        let own = self.milestones.iter().filter(|milestone| milestone.project == project);
        own.map(|milestone| Milestone {
            id: milestone.milestone.clone(),
            title: format!("Milestone {}", milestone.milestone),
            kind: "delivery",
            due_date: until(milestone.deadline),
            date_met: met(milestone).and_then(|certificate| self.certified.get(&certificate.position)).cloned(),
            status: status(milestone),
        })
        .collect()
    }

    /// What the bank paid, in the order of the schedule; then what was given back, each time from the lead to the Region.
    fn transactions(&self, project: &str, region: &Reference, lead: &Reference) -> Result<Vec<Transaction>, ReadError> {
        let source = |tranche: &str| format!("urn:traccia:{project}:{tranche}");
        let mut transactions = Vec::new();
        for tranche in self.tranches.iter().filter(|tranche| tranche.project == project) {
            let Some(order) = tranche.order.as_ref().filter(|order| order.paid_on.is_some()) else { continue };
            transactions.push(Transaction {
                id: order.order.clone(),
                source: source(&tranche.tranche),
                date: order.paid_on.as_ref().map(from),
                value: euro(order.amount)?,
                payer: region.clone(),
                payee: lead.clone(),
            });
        }
        for (position, said) in self.returned_by(project) {
            let Decided { exposure: Some(exposure), tranche: Some(tranche), amount: Some(amount), on, .. } = said
            else {
                return Err(ReadError::damaged("what came back says of what, and how much"));
            };
            transactions.push(Transaction {
                id: format!("{exposure}-{position}"),
                source: source(tranche),
                date: on.map(from),
                value: euro(*amount)?,
                payer: lead.clone(),
                payee: region.clone(),
            });
        }
        Ok(transactions)
    }
}

impl Party {
    /// Eleven digits are a body's tax id; a person's is never published, whoever wrote it there.
    fn of(place: &str, body: &Organisation, roles: &'static [&'static str]) -> Party {
        let bodys = |id: &&String| id.len() == 11 && id.bytes().all(|digit| digit.is_ascii_digit());
        let identifier = body.tax_id.as_ref().filter(bodys).map(|id| Identifier {
            scheme: "IT-CF",
            id: id.clone(),
            legal_name: body.name.clone(),
        });
        let id = identifier.as_ref().map_or_else(|| place.to_owned(), |known| format!("{}-{}", known.scheme, known.id));
        Party { id, name: body.name.clone(), identifier, roles }
    }

    fn reference(&self) -> Reference {
        Reference { id: self.id.clone(), name: self.name.clone() }
    }
}

/// What certifies a milestone as met: it does not fall back by itself.
fn met(milestone: &milestones::Milestone) -> Option<&milestones::Certificate> {
    milestone.certificate.as_ref().filter(|certificate| certificate.met)
}

/// A second claim follows a first that was certified as met in part.
fn status(milestone: &milestones::Milestone) -> &'static str {
    let second = milestone.claim.as_ref().is_some_and(|claim| claim.cure);
    match &milestone.certificate {
        Some(certificate) if certificate.met => "met",
        Some(_) => "partiallyMet",
        None if second => "partiallyMet",
        None if milestone.state == "missed" => "notMet",
        None => "scheduled",
    }
}

/// Through its text: the nearest number to it is written with the same two decimals.
fn euro(amount: Cents) -> Result<Value, ReadError> {
    Ok(Value { amount: amount.to_string().parse().map_err(ReadError::damaged)?, currency: "EUR" })
}

/// A day's begin: the standard has instants, and a day alone stands at its midnight.
fn from(day: impl std::fmt::Display) -> String {
    format!("{day}T00:00:00Z")
}

/// A day's end.
fn until(day: impl std::fmt::Display) -> String {
    format!("{day}T23:59:59Z")
}
