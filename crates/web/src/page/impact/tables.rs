//! What would change beside citizens and services: points and targets, milestones, claims, tranches, exposures. Rows that stay
//! as they are, are left out.

use traccia_projections::impact::{
    Amount, Claim, Exposure, Figure, Milestone, Money, Project, Stands, Targets, Tranche,
};

use super::{in_italian, signed};
use crate::page::{
    milestones::state_in_italian,
    shown::{Cell, italian},
};

/// A table of figures, each before and after.
pub(super) struct Table {
    /// Its name in the page.
    pub(super) id: &'static str,
    pub(super) caption: &'static str,
    pub(super) heads: &'static [&'static str],
    pub(super) rows: Vec<Row>,
}

/// A row: its project, and the other cells.
pub(super) struct Row {
    pub(super) project: Cell,
    pub(super) cells: Vec<String>,
}

/// The tables that have a row.
pub(super) fn tables(projects: &[Project]) -> Vec<Table> {
    let table = |id, caption, heads, rows: fn(&Project) -> Vec<Vec<String>>| {
        let of = |project: &Project| {
            let row = |cells| {
                let name = Cell::link(&project.project, format!("/progetti/{}", project.project));
                Row { project: name, cells }
            };
            rows(project).into_iter().map(row).collect::<Vec<_>>()
        };
        Table { id, caption, heads, rows: projects.iter().flat_map(of).collect() }
    };
    let tables = [
        table("punti", "Punti attivi e obiettivi", &["Che cosa", "ora", "dopo"], promised),
        table(
            "milestone",
            "Milestone: punti che contano, punti e cittadini necessari",
            &["Milestone", "Che cosa", "ora", "dopo"],
            milestones,
        ),
        table(
            "richieste",
            "Richieste di milestone: che cosa ne varrebbe ancora",
            &["Richiesta", "Cittadini ora", "dopo", "Punti ora", "dopo", "Milestone ora", "dopo"],
            claims,
        ),
        table("tranche", "Quote e assegnazione", &["Quota", "Che cosa", "ora", "dopo"], money),
        table(
            "esposizioni",
            "Esposizioni che si aprirebbero, cambierebbero o si chiuderebbero",
            &["Esposizione", "Quota", "Importo ora", "dopo", "Rientrato ora", "dopo", "Stato ora", "dopo"],
            exposures,
        ),
    ];
    tables.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

fn both(figure: Figure) -> [String; 2] {
    [signed(figure.before), signed(figure.after)]
}

fn euro(amount: Amount) -> [String; 2] {
    [amount.before, amount.after].map(|amount| italian::euro(amount.0))
}

fn words(stands: Stands, word: fn(&'static str) -> &'static str) -> [String; 2] {
    [stands.before, stands.after].map(|name| name.map_or("—", word).to_owned())
}

fn line(names: &[&str], pairs: impl IntoIterator<Item = [String; 2]>) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).chain(pairs.into_iter().flatten()).collect()
}

fn promised(project: &Project) -> Vec<Vec<String>> {
    let Targets { points, citizens, services } = project.targets;
    let figures = [
        ("punti attivi", project.active_points),
        ("obiettivo di punti", points),
        ("obiettivo di cittadini", citizens),
        ("obiettivo di servizi", services),
    ];
    figures
        .into_iter()
        .filter(|(_, figure)| figure.moves())
        .map(|(name, figure)| line(&[name], [both(figure)]))
        .collect()
}

fn milestones(project: &Project) -> Vec<Vec<String>> {
    let rows = project.milestones.iter().flat_map(|milestone: &Milestone| {
        let figures = [
            ("punti che contano", Some(milestone.points)),
            ("punti necessari", milestone.points_needed),
            ("cittadini necessari", milestone.citizens_needed),
        ];
        let moved =
            figures.into_iter().filter_map(|(name, figure)| Some((name, figure.filter(|figure| figure.moves())?)));
        moved.map(|(name, figure)| line(&[&milestone.milestone, name], [both(figure)])).collect::<Vec<_>>()
    });
    rows.collect()
}

fn claims(project: &Project) -> Vec<Vec<String>> {
    let moved = project.claims.iter().filter(|claim| claim.moves());
    let row = |Claim { claim, units, points, standing }: &Claim| {
        line(&[claim], [both(*units), both(*points), words(*standing, state_in_italian)])
    };
    moved.map(row).collect()
}

fn money(project: &Project) -> Vec<Vec<String>> {
    let Some(Money { award, tranches, .. }) = &project.money else { return Vec::new() };
    let award = award.moves().then(|| line(&["", "assegnazione"], [euro(*award)]));
    let rows = tranches.iter().flat_map(|Tranche { tranche, planned, payable, amount, state }: &Tranche| {
        let sums = [("prevista", planned), ("pagabile", payable), ("da pagare", amount)];
        let sums = sums.into_iter().filter(|(_, sum)| sum.moves());
        let sums = sums.map(|(name, sum)| line(&[tranche, name], [euro(*sum)]));
        let state = state.moves().then(|| line(&[tranche, "stato"], [words(*state, in_italian::tranche)]));
        sums.chain(state).collect::<Vec<_>>()
    });
    award.into_iter().chain(rows).collect()
}

fn exposures(project: &Project) -> Vec<Vec<String>> {
    let exposures = project.money.iter().flat_map(|money| &money.exposures);
    let row = |Exposure { exposure, tranche, amount, settled, state }: &Exposure| {
        line(&[exposure, tranche], [euro(*amount), euro(*settled), words(*state, in_italian::exposure)])
    };
    exposures.map(row).collect()
}
