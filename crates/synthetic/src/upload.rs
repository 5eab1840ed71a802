//! An upload in the national layout, with the mess of real ones.

use std::io::Write;

use jiff::{ToSpan as _, civil::Date};
use traccia_domain::document::fiscal_code;

use crate::network::{Network, Site};

/// Somebody who comes for help.
struct Visitor {
    code: String,
    document: Option<(char, String)>,
    woman: bool,
    born: Date,
    home: usize,
}

const LAST_DAY: Date = jiff::civil::date(2025, 12, 31);
const LETTERS: &[u8] = b"BCDFGLMNPRSTVZ";
const MONTHS: &[u8] = b"ABCDEHLMPRST";
const PLACES: [&str; 8] = ["F205", "A794", "B157", "C933", "D150", "E507", "Z129", "Z330"];

impl Network {
    /// Writes an upload of so many rows in the national layout.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn upload(&self, rows: usize, random: &mut fastrand::Rng, file: impl Write) -> csv::Result<()> {
        let mut file = csv::Writer::from_writer(file);
        file.write_record(traccia_import::layout::COLUMNS)?;
        let total: u64 = self.sites.iter().map(|site| site.weight).sum();
        let mut visitors: Vec<Visitor> = Vec::new();
        let mut last: Option<Vec<String>> = None;
        for _ in 0..rows {
            if let Some(last) = &last
                && random.f32() < 0.015
            {
                file.write_record(last)?;
                continue;
            }
            let seen_before = !visitors.is_empty() && random.f32() < 0.33;
            if !seen_before {
                visitors.push(visitor(self.site(random.u64(0..total)), random));
            }
            let recent = visitors.len().saturating_sub(5_000);
            let visitor = if seen_before {
                &visitors[random.usize(recent..visitors.len())]
            } else {
                &visitors[visitors.len() - 1]
            };
            let at_home = random.f32() < 0.85 || !seen_before;
            let site = &self.sites[if at_home { visitor.home } else { self.site(random.u64(0..total)) }];
            let row = row(site, visitor, random);
            file.write_record(&row)?;
            last = Some(row);
        }
        file.flush()?;
        Ok(())
    }
}

fn visitor(home: usize, random: &mut fastrand::Rng) -> Visitor {
    let born = jiff::civil::date(1932, 1, 1).saturating_add(random.i32(0..74 * 365).days());
    let woman = random.f32() < 0.55;
    let letters: String = (0..6).map(|_| pick(random, LETTERS)).collect();
    let month = char::from(MONTHS[usize::from(born.month().unsigned_abs()) - 1]);
    let day = born.day() + if woman { 40 } else { 0 };
    let base = format!("{letters}{:02}{month}{day:02}{}", born.year() % 100, PLACES[random.usize(0..PLACES.len())]);
    let code = ('A'..='Z').map(|check| format!("{base}{check}")).find(|code| fiscal_code::check(code).is_ok());
    let document =
        (random.f32() < 0.01).then(|| (pick(random, b"ABCD"), format!("AY{:07}", random.u32(0..10_000_000))));
    Visitor { code: code.unwrap_or(base), document, woman, born, home }
}

/// One of some letters.
fn pick(random: &mut fastrand::Rng, letters: &[u8]) -> char {
    char::from(letters[random.usize(0..letters.len())])
}

fn row(site: &Site, visitor: &Visitor, random: &mut fastrand::Rng) -> Vec<String> {
    let days = (LAST_DAY - site.opened_on).get_days().max(1);
    let mut on = site.opened_on.saturating_add(random.i32(0..days).days());
    let mess = random.f32();
    if mess < 0.005 {
        on = jiff::civil::date(2026, 2, 1).saturating_add(random.i32(0..20).days());
    } else if mess < 0.010 {
        on = site.opened_on.saturating_sub(random.i32(1..20).days());
    }
    let mut code = visitor.code.clone();
    let mut point = site.point.clone();
    let mut day = on.to_string();
    match random.u32(0..1_000) {
        0..10 => code.replace_range(15.., if code.ends_with('A') { "B" } else { "A" }),
        10..60 => code = code.to_lowercase(),
        60..63 => point = "zz-999".to_owned(),
        63..66 => day = on.strftime("%d/%m/%Y").to_string(),
        _ => {}
    }
    let age = on.year() - visitor.born.year();
    let band = match age {
        ..18 => "E",
        18..30 => "A",
        30..55 => "B",
        55..75 => "C",
        _ => "D",
    };
    let code_of = |random: &mut fastrand::Rng, list: &str| pick(random, list.as_bytes()).to_string();
    let competence = random.u8(1..=13);
    let area = match competence {
        1..=3 => "A",
        4..=9 => "B",
        10 => "C",
        11 | 12 => "D",
        _ => "E",
    };
    let (document, number) =
        visitor.document.clone().map_or_else(Default::default, |(kind, number)| (kind.to_string(), number));
    let has_code = document.is_empty();
    let text = |text: &str| text.to_owned();
    vec![
        site.staff[random.usize(0..site.staff.len())].clone(),
        text("Cognome Nome"),
        point,
        text("Punto"),
        text("Nome"),
        text("Cognome, d'Esempio"),
        if has_code { code } else { String::new() },
        text(if has_code { "" } else { "SI" }),
        document,
        number,
        text(if visitor.woman { "A" } else { "B" }),
        text(band),
        code_of(random, "ABCDEFGHIJKL"),
        code_of(random, "ABCDEFGH"),
        code_of(random, "AAAAAABC"),
        site.province.clone(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        day,
        format!("{:02}:{:02}", random.u8(0..=2), 15 * random.u8(1..=3)),
        code_of(random, "AAAAAABBCCDE"),
        text(area),
        competence.to_string(),
        code_of(random, "ABCDEFGHIJKLMNOPQRS"),
        text(if random.f32() < 0.2 { "Aiuto con \"SPID\", prenotazione" } else { "" }),
        code_of(random, "ABCDEFGHIJKLM"),
        code_of(random, "ABCDEFGHIJKL"),
        code_of(random, "ABCDE"),
        String::new(),
        code_of(random, "ABCDEFGHIJKLMNO"),
        random.u8(1..=5).to_string(),
    ]
}
