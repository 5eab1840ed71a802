//! From a line to a row: what is kept is checked and typed, and everything else ends here.
//!
//! Names, contacts and free text have no field to go to. What is dropped is not asked for either, though the layout
//! calls names mandatory. The age band (AN8) goes nowhere: where there is no fiscal code it would be all that tells
//! an age, but a band is not a year of birth and none is invented; such a service is recorded without an age.

use std::fmt;

use csv::ByteRecord;
use traccia_application::RowService;
use traccia_domain::{
    FacilitatorId, PointId, TimeOfDay,
    document::{Document, DocumentKind, DocumentNumber},
    registration::Profile,
    service::details::Questionnaire,
};

use crate::{
    codes,
    findings::{Finding, findings},
    layout::Column,
    notes::{Note, Wrong},
    points::PointNames,
    provinces,
};

/// A row that can be judged by the rules.
#[derive(Clone)]
pub struct ParsedRow {
    /// What the citizen was registered with.
    pub document: Document,
    /// What is known of the citizen.
    pub profile: Profile,
    /// What was given.
    pub service: RowService,
    /// What does not fit together, without being wrong.
    pub findings: Vec<Finding>,
}

impl fmt::Debug for ParsedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParsedRow({:?}, {})", self.document, self.service.point)
    }
}

/// Reads a line that has the layout's columns, in UTF-8.
///
/// # Errors
/// A note for every column that is wrong.
pub fn parse(line: &ByteRecord, points: &PointNames) -> Result<ParsedRow, Vec<Note>> {
    let mut cells = Cells { line, notes: Vec::new() };
    let facilitator = cells.must(Column::FACILITATOR, Wrong::Facilitator, facilitator);
    let point = cells.point(points);
    let document = cells.document();
    let gender = cells.must(Column::AN7, Wrong::Letter('D'), |text| codes::value(codes::GENDERS, text));
    let band = cells.must(Column::AN8, Wrong::Letter('E'), |text| codes::value(codes::AGE_BANDS, text));
    let mut profile = Profile {
        birth_year: None,
        gender,
        education: cells.must(Column::AN9, Wrong::Letter('L'), |text| codes::letter_to(text, 'L')),
        occupation: cells.must(Column::AN10, Wrong::Letter('H'), |text| codes::letter_to(text, 'H')),
        citizenship: cells.must(Column::AN11, Wrong::Letter('C'), |text| codes::value(codes::CITIZENSHIPS, text)),
        province: cells.must(Column::AN12, Wrong::Province, provinces::by_name),
    };
    let occurred_on = cells.must(Column::SE1, Wrong::Day, codes::day);
    let minutes = cells.must(Column::SE2, Wrong::Duration, codes::minutes);
    let kind = cells.must(Column::SE3, Wrong::Letter('E'), |text| codes::value(codes::SERVICES, text));
    let competences = cells.must(Column::SE5, Wrong::Numbers(13), |text| {
        codes::several(text, |part| codes::number_to(part, 13)).filter(|several| !several.is_empty())
    });
    let domains = cells.must(Column::SE6, Wrong::Letters('S'), |text| {
        codes::several(text, |part| codes::letter_to(part, 'S')).filter(|several| !several.is_empty())
    });
    let questionnaire = cells.questionnaire();
    let areas = cells.text(Column::SE4);
    match (facilitator, point, document, band, occurred_on, minutes, kind, competences, domains) {
        (
            Some(facilitator),
            Some(point),
            Some(document),
            Some(band),
            Some(occurred_on),
            Some(minutes),
            Some(kind),
            Some(competences),
            Some(domains),
        ) if cells.notes.is_empty() => {
            let service = RowService {
                point,
                facilitator,
                occurred_on,
                start_time: None::<TimeOfDay>,
                minutes,
                kind,
                mode: None,
                competences,
                domains,
                questionnaire,
            };
            let findings = findings(&document, &mut profile, band, areas, &service);
            Ok(ParsedRow { document, profile, service, findings })
        }
        _ => Err(cells.notes),
    }
}

fn facilitator(text: &str) -> Option<FacilitatorId> {
    text.to_ascii_lowercase().parse().ok()
}

struct Cells<'a> {
    line: &'a ByteRecord,
    notes: Vec<Note>,
}

impl<'a> Cells<'a> {
    fn text(&self, column: Column) -> &'a str {
        // The line was examined: it has the column, and it is UTF-8.
        self.line.get(column.index()).and_then(|cell| std::str::from_utf8(cell).ok()).unwrap_or_default().trim()
    }

    /// A value that has to be there.
    fn must<T>(&mut self, column: Column, wrong: Wrong, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(column);
        let value = read(text);
        if value.is_none() {
            let missing = text.is_empty() && wrong != Wrong::Facilitator;
            self.notes.push(if missing { Wrong::Missing } else { wrong }.at(column));
        }
        value
    }

    /// A value that may be absent, but not wrong.
    fn may<T>(&mut self, column: Column, wrong: Wrong, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        if self.text(column).is_empty() { None } else { self.must(column, wrong, read) }
    }

    /// The point by its id, or by its name where nobody knows the id.
    fn point(&mut self, points: &PointNames) -> Option<PointId> {
        let id = self.text(Column::POINT).to_ascii_lowercase().parse::<PointId>().ok();
        let point = points.resolve(id, self.text(Column::POINT_NAME));
        if point.is_none() {
            self.notes.push(Wrong::Point.at(Column::POINT));
        }
        point
    }

    /// The fiscal code, or another document where there is none.
    fn document(&mut self) -> Option<Document> {
        let code = self.text(Column::AN3);
        let (column, kind, number) = if !code.is_empty() {
            (Column::AN3, DocumentKind::FiscalCode, code)
        } else if self.text(Column::AN5).is_empty() && self.text(Column::AN6).is_empty() {
            self.notes.push(Wrong::NoDocument.at(Column::AN3));
            return None;
        } else {
            let kind = self.must(Column::AN5, Wrong::Letter('E'), |text| codes::value(codes::DOCUMENTS, text));
            let number = self.text(Column::AN6);
            if number.is_empty() {
                self.notes.push(Wrong::Missing.at(Column::AN6));
                return None;
            }
            (Column::AN6, kind?, number)
        };
        match Document::new(kind, None, &DocumentNumber(number.to_owned())) {
            Ok(document) => Some(document),
            Err(why) => {
                self.notes.push(Wrong::Document(why).at(column));
                None
            }
        }
    }

    fn questionnaire(&mut self) -> Option<Questionnaire> {
        let helpful =
            self.may(Column::ES5, Wrong::Letters('O'), |text| codes::several(text, |part| codes::letter_to(part, 'O')));
        let questionnaire = Questionnaire {
            discovery: self.may(Column::ES1, Wrong::Letter('M'), |text| codes::letter_to(text, 'M')),
            reason: self.may(Column::ES2, Wrong::Letter('L'), |text| codes::letter_to(text, 'L')),
            again: self.may(Column::ES3, Wrong::Letter('E'), |text| codes::letter_to(text, 'E')),
            helpful: helpful.unwrap_or_default(),
            usefulness: self.may(Column::ES6, Wrong::Number(5), |text| codes::number_to(text, 5)),
        };
        (questionnaire != Questionnaire::default()).then_some(questionnaire)
    }
}
