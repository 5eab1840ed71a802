//! What must hold whatever bytes a stranger sends. A target ends by a panic where it does not.

use std::io::{Cursor, Read};

use traccia_domain::document::{Document, DocumentKind, DocumentNumber, fiscal_code};
use traccia_import::{
    PointNames, layout,
    lines::{Lines, ReadError},
    notes,
    row::parse,
};

/// Something to try bytes on.
pub type Target = fn(&[u8]);

/// Every target by name.
pub const ALL: [(&str, Target); 3] = [("fiscal_code", code), ("document", document), ("import", import)];

const KINDS: [DocumentKind; 8] = [
    DocumentKind::FiscalCode,
    DocumentKind::IdentityCard,
    DocumentKind::Passport,
    DocumentKind::DrivingLicence,
    DocumentKind::ResidencePermit,
    DocumentKind::Stp,
    DocumentKind::Eni,
    DocumentKind::Other,
];

/// A code that is accepted has one form; its base form and the codes near it are codes, each near the other.
fn code(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if fiscal_code::check(&text).is_err() {
        assert!(fiscal_code::birth(&text).is_none());
    }
    let Ok(code) = of(DocumentKind::FiscalCode, None, &text) else { return };
    assert_eq!(fiscal_code::check(code.number()), Ok(()));
    assert!(of(DocumentKind::FiscalCode, None, &text.to_ascii_lowercase()).is_ok_and(|lower| lower == code));
    assert_eq!(code.base().is_some(), fiscal_code::is_omocodia(code.number()));
    if let Some(base) = code.base() {
        assert_eq!(fiscal_code::check(base.number()), Ok(()));
        assert_eq!(fiscal_code::birth(base.number()), fiscal_code::birth(code.number()));
        assert!(base.base().is_none());
    }
    for near in code.transposed() {
        assert!(near != code && near.transposed().contains(&code));
    }
}

/// The first byte is the kind; a zero byte parts issuer and number. What is accepted is normal, stays so, and never prints.
fn document(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let kind = KINDS[usize::from(*kind) % KINDS.len()];
    let text = String::from_utf8_lossy(rest);
    let (issuer, number) = match text.split_once('\0') {
        Some((issuer, number)) => (Some(issuer), number),
        None => (None, &*text),
    };
    let Ok(document) = of(kind, issuer, number) else { return };
    let normal = |text: &str| text.bytes().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    assert!(normal(document.number()) && (3..=32).contains(&document.number().len()));
    assert!(normal(document.issuer()) && document.issuer().len() <= 64);
    assert!(of(kind, Some(document.issuer()), document.number()).is_ok_and(|again| again == document));
    assert_eq!(document.masked().len(), document.number().len());
    assert!(!format!("{document:?}").contains(document.number()));
    if let Some(bare) = document.without_issuer() {
        assert!(bare.issuer().is_empty() && bare.number() == document.number());
    }
}

/// A file is read alike however its bytes arrive, and each of its rows is one that can be judged, or has a note.
fn import(bytes: &[u8]) {
    let header = layout::COLUMNS.join(",");
    for content in [bytes.to_vec(), [header.as_bytes(), b"\r\n", bytes].concat()] {
        let whole = read(Cursor::new(&content));
        assert_eq!(whole, read(Trickle { bytes: &content, at: 0 }));
        for (row, (number, _)) in (2_u64..).zip(whole.iter().flatten()) {
            assert!(*number >= row, "rows are numbered as they stand");
        }
    }
}

type Rows = Result<Vec<(u64, String)>, String>;

fn read(content: impl Read) -> Rows {
    let points = PointNames::default();
    let said = |error: ReadError| error.to_string();
    let mut lines = Lines::open(content).map_err(said)?;
    let mut rows = Vec::new();
    while let Some((number, line)) = lines.next_line().map_err(said)? {
        let row = match line.map(|line| parse(line, &points)) {
            Err(why) => format!("{why:?}"),
            Ok(Ok(row)) => format!("{row:?} {:?} {:?}", row.service, row.findings),
            Ok(Err(wrong)) => {
                let note = notes::joined(&wrong);
                assert!(!note.is_empty());
                note
            }
        };
        rows.push((number, row));
    }
    Ok(rows)
}

/// Bytes that arrive in small parts of different lengths.
struct Trickle<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let part = (1 + self.at % 7).min(self.bytes.len() - self.at).min(into.len());
        into[..part].copy_from_slice(&self.bytes[self.at..self.at + part]);
        self.at += part;
        Ok(part)
    }
}

fn of(kind: DocumentKind, issuer: Option<&str>, number: &str) -> Result<Document, ()> {
    Document::new(kind, issuer, &DocumentNumber(number.to_owned())).map_err(|_| ())
}
