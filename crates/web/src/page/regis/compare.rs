//! `POST /regis`: the register's file beside our numbers, in four groups.

use std::{collections::BTreeMap, time::Duration};

use askama::Template;
use axum::{
    extract::{Multipart, State},
    response::Response,
};
use traccia_application::{Bearer, permission::Read};
use traccia_domain::ProgrammeId;
use traccia_projections::{
    answer::{KnownAt, Reader},
    points::queries::References,
    regis::{
        Indicator,
        differences::{Agreement, Difference},
        queries::{Carriers, carriers},
    },
};

use crate::{
    App,
    page::{
        access::own_site::OwnSite,
        frame::{Frame, SignedIn, Wrong, answer},
        shown::{Cell, italian},
    },
    read::{exports, named, right, within},
    regis,
};

/// Lines of a group on the page; the API has all of them.
const LINES: usize = 500;

#[derive(Template)]
#[template(path = "regis_compared.html")]
struct Page<'a> {
    frame: &'a Frame,
    position: String,
    programme: String,
    groups: Vec<Group>,
}

/// Lines that agree in one way.
struct Group {
    name: &'static str,
    about: &'static str,
    count: String,
    rows: Vec<Row>,
    /// Whether there are more than the page shows.
    cut: bool,
}

struct Row {
    cup: String,
    /// Whose CUP it is here.
    carriers: Vec<Cell>,
    indicator: &'static str,
    here: Cell,
    there: String,
    difference: String,
    targets: String,
}

/// Puts the register's file beside our numbers. It writes nothing.
#[utoipa::path(
    post, path = "/regis", tag = "Pagine", operation_id = "regis_compared_page",
    request_body(content = Object, content_type = "multipart/form-data", description = "`programme` and `file`"),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    form: Multipart,
) -> Response {
    answer(&frame, async {
        let (programme, file) = sent(form).await?;
        let there = regis::read(&file).map_err(|error| Wrong::request(not_the_layout(error)))?;
        compared(&app, &who, &frame, programme, &there).await
    })
    .await
}

async fn compared<'a>(
    app: &App,
    who: &Bearer,
    frame: &'a Frame,
    programme: ProgrammeId,
    there: &[traccia_projections::regis::Value],
) -> Result<Page<'a>, Wrong> {
    let reach = within(right(who, Read::Exports)?);
    let reader = Reader::open(&app.tables, KnownAt::Now, None, Duration::ZERO, reach).await?;
    named::check(&reader, References { programme: Some(programme.clone()), ..References::default() }).await?;
    let found = exports::reconciled(&reader, Some(&programme), None, there).await?;
    let groups = [
        (Agreement::Different, "Diversi", "Il registro e i nostri numeri non coincidono: nostri meno loro."),
        (Agreement::MissingThere, "Mancano nel registro", "Li abbiamo noi e il file non li ha."),
        (Agreement::MissingHere, "Mancano qui", "Il file li ha e qui non ci sono: di solito sono di altri programmi."),
        (Agreement::Equal, "Uguali", "Lo stesso valore realizzato."),
    ];
    let carriers = carriers(&reader, Some(&programme)).await?;
    let opens = Opens { position: found.position.0, programme: &programme, carriers: &carriers };
    let items = &found.body.items;
    let group = |(agreement, name, about)| {
        let of: Vec<_> = items.iter().filter(|item| item.agreement == agreement).collect();
        let rows = of.iter().take(LINES).map(|item| row(item, &opens)).collect();
        Group { name, about, count: italian::number(of.len() as u64), rows, cut: of.len() > LINES }
    };
    Ok(Page {
        frame,
        position: italian::number(found.position.0),
        programme: programme.to_string(),
        groups: groups.map(group).into(),
    })
}

/// What the form sends.
async fn sent(mut form: Multipart) -> Result<(ProgrammeId, Vec<u8>), Wrong> {
    let broken = |_| Wrong::request("Il modulo si è interrotto, o il file supera il limite.");
    let (mut programme, mut file) = (None, None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match (field.name(), field.file_name()) {
            (Some("programme"), _) => programme = field.text().await.map_err(broken)?.trim().parse().ok(),
            // A form without a choice still sends its field, without a name for the file.
            (Some("file"), Some("")) => {}
            (Some("file"), _) => file = Some(field.bytes().await.map_err(broken)?.to_vec()),
            (_, _) => {}
        }
    }
    let file = file.ok_or_else(|| Wrong::request("Non è stato scelto un file."))?;
    Ok((programme.ok_or_else(|| Wrong::request("Manca il programma."))?, file))
}

/// What a line opens into, at the position that the comparison was made at.
struct Opens<'a> {
    position: u64,
    programme: &'a ProgrammeId,
    carriers: &'a BTreeMap<String, Carriers>,
}

impl Opens<'_> {
    fn link(&self, text: impl Into<String>, path: &str) -> Cell {
        let mark = if path.contains('?') { '&' } else { '?' };
        Cell::link(text, format!("{path}{mark}known_at={}", self.position))
    }

    fn carriers(&self, cup: &str) -> Vec<Cell> {
        let Some(found) = self.carriers.get(cup) else { return Vec::new() };
        let programmes = found.programmes.iter().map(|id| self.link(id, &format!("/programmi/{id}")));
        programmes.chain(found.projects.iter().map(|id| self.link(id, &format!("/progetti/{id}")))).collect()
    }

    /// The list behind a figure of one project or programme; of several, their page, which has the figure of each.
    fn figure(&self, item: &Difference, text: String) -> Cell {
        let Some(Carriers { programmes, projects }) = self.carriers.get(&item.cup) else { return Cell::plain(text) };
        let place = match (programmes.as_slice(), projects.as_slice()) {
            ([programme], []) => format!("programme={programme}"),
            ([], [project]) => format!("project={project}"),
            (_, _) => return self.link(text, &format!("/programmi/{}", self.programme)),
        };
        match item.indicator {
            Indicator::T0107 => self.link(text, &format!("/punti?{place}")),
            Indicator::T0298 => self.link(text, &format!("/conteggio/cittadini?{place}")),
        }
    }
}

fn row(item: &Difference, opens: &Opens<'_>) -> Row {
    let figure = |figure: Option<u64>| figure.map_or_else(|| "–".to_owned(), italian::number);
    Row {
        cup: item.cup.clone(),
        carriers: opens.carriers(&item.cup),
        indicator: match item.indicator {
            Indicator::T0107 => "punti (T0107)",
            Indicator::T0298 => "cittadini (T0298)",
        },
        here: item.here.map_or_else(|| Cell::plain("–"), |here| opens.figure(item, italian::number(here))),
        there: figure(item.there),
        difference: item.difference.map_or_else(|| "–".to_owned(), italian::signed),
        targets: format!("{} / {}", figure(item.target_here), figure(item.target_there)),
    }
}

fn not_the_layout(error: regis::NotTheLayout) -> String {
    match error {
        regis::NotTheLayout::Header => {
            "La prima riga deve dare le 14 colonne del file degli indicatori di ReGiS, separate da punto e virgola."
                .to_owned()
        }
        regis::NotTheLayout::Line { line } => format!("La riga {line} non ha le 14 colonne."),
        regis::NotTheLayout::Value { line, column } => {
            format!("Alla riga {line} il valore della colonna {column} non ha la sua forma.")
        }
        regis::NotTheLayout::TooLong => "Il file ha più di 20.000 righe.".to_owned(),
    }
}
