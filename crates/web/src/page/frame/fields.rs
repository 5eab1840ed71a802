//! The fields of the forms on the pages: what each is called, and how a refused form gives it back.

/// How a field stands in the form that a refusal gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// What the page itself filled in.
    Hidden,
    /// A line of text with at most so many characters, which may have to be filled in.
    Line { most: u16, required: bool },
    /// The name of an act, or another text that may hold long numbers.
    Act { most: u16 },
    /// A text of more than one line, which may be empty.
    Long { most: u16 },
    /// A day.
    Day,
    /// An amount, or another number with decimals.
    Decimal,
    /// One of some values, each with its words.
    Choice(&'static [(&'static str, &'static str)]),
    /// What is never given back, though it was asked for: it is typed again.
    Blank { most: u16 },
    /// That somebody is sure: they say so again.
    Sure,
}

const TEXT: Shape = Shape::Line { most: 500, required: true };
const ACT: Shape = Shape::Act { most: 500 };
const DECISIONS: Shape = Shape::Choice(&[
    ("net", "si compensa con le prossime quote"),
    ("recover", "si chiede indietro"),
    ("waive", "si rinuncia al recupero"),
]);
const FINDINGS: Shape = Shape::Choice(&[("confirmed", "confermata"), ("error", "errata")]);

/// Where an expense is declared.
const DECLARED: &str = "/spese/dichiarazioni";

/// What a field of the form that is sent to a path is called, and how it is given back; none of a name that no form has.
/// A test walks the pages' templates, so that none has a field without a line here.
pub(super) fn field(path: &str, name: &str) -> Option<(&'static str, Shape)> {
    Some(match (path, name) {
        (DECLARED, "expense") => ("Nome della spesa", Shape::Line { most: 64, required: true }),
        (DECLARED, "amount") => ("Importo in euro", Shape::Decimal),
        (DECLARED, "date") => ("Data della fattura", Shape::Day),
        ("/erogazioni/restituzioni", "amount") => ("Importo in euro", Shape::Decimal),
        ("/erogazioni/esposizioni", "decision") => ("Decisione", DECISIONS),
        (_, "reason") => ("Motivo, senza nomi, documenti o recapiti", TEXT),
        (_, "legal_basis") => ("Base giuridica, senza nomi, documenti o recapiti", TEXT),
        (_, "obstacles") => ("Criticità, senza nomi, documenti o recapiti", Shape::Long { most: 2_000 }),
        (_, "act") => ("Atto", ACT),
        (_, "on") => ("Giorno dell'atto", Shape::Day),
        (_, "statement") => ("Estratto conto", ACT),
        (_, "received_on") => ("Arrivati il", Shape::Day),
        (_, "public_value") => ("Valore reso pubblico dopo la richiesta", TEXT),
        (_, "finding") => ("Esito", FINDINGS),
        (_, "note") => ("Nota, senza nomi né documenti", Shape::Line { most: 500, required: false }),
        (_, "iban") => ("IBAN del beneficiario", Shape::Blank { most: 42 }),
        (_, "supplier_tax_id") => ("Partita IVA o codice fiscale del fornitore", Shape::Blank { most: 40 }),
        (_, "item") => ("Voce", Shape::Hidden),
        (_, "invoice") => ("Numero della fattura", Shape::Act { most: 40 }),
        (_, "share") => ("Quota chiesta, da 0 a 1", Shape::Decimal),
        (_, "sure") => ("Conferma", Shape::Sure),
        (_, "project") => ("Progetto", Shape::Hidden),
        (_, "programme") => ("Programma", Shape::Hidden),
        (_, "tranche") => ("Quota", Shape::Hidden),
        (_, "milestone") => ("Milestone", Shape::Hidden),
        (_, "exposure") => ("Esposizione", Shape::Hidden),
        (_, "expense") => ("Spesa", Shape::Hidden),
        (_, "unit") => ("Unità estratta", Shape::Hidden),
        (_, "amount" | "total") => ("Importo", Shape::Hidden),
        (_, "one") => ("Prima anagrafica", Shape::Hidden),
        (_, "other") => ("Seconda anagrafica", Shape::Hidden),
        (_, "count") => ("Numero di unità", Shape::Hidden),
        (_, "root") => ("Radice dell'elenco", Shape::Hidden),
        (_, "number") => ("Numero della distinta", Shape::Hidden),
        (_, "orders") => ("Ordini", Shape::Hidden),
        (_, "settled") => ("Già restituito", Shape::Hidden),
        (_, "state") => ("Stato", Shape::Hidden),
        (_, "decision" | "step") => ("Decisione", Shape::Hidden),
        (_, "said_at" | "proposed" | "submitted") => ("Posizione", Shape::Hidden),
        _ => return None,
    })
}

/// What is wrong with a field, where the code alone would leave it to be guessed.
pub(super) fn explained(code: &str, name: &str) -> Option<&'static str> {
    Some(match (code, name) {
        ("Invalid", "on") => "L'atto accetta un mese finito: il suo giorno viene dopo l'ultimo del mese.",
        ("Invalid", "reason") => "Ciò che si decide ha un motivo.",
        ("Invalid", "act") => "Ciò che si decide ha un atto.",
        ("Invalid", "legal_basis") => "Una cancellazione ha una base giuridica.",
        ("Invalid", "public_value") => "Serve un valore reso pubblico dopo la richiesta.",
        ("Invalid", "item") => "Il programma non prevede questa voce di spesa.",
        ("Invalid", "invoice") => {
            "Il numero della fattura non è possibile: ha lettere o cifre latine, al massimo 40 segni."
        }
        ("Invalid", "supplier_tax_id") => {
            "La partita IVA non è possibile: ha undici cifre e la cifra di controllo giusta, o comincia con il Paese."
        }
        ("Invalid", "amount") => {
            "L'importo dev'essere più di zero, e non può superare quanto resta né contraddire quanto già dichiarato."
        }
        ("Invalid", "received_on") => "Quel giorno la quota non era ancora stata pagata.",
        ("Invalid", "share") => "La quota chiesta vale almeno un centesimo della fattura.",
        _ => return None,
    })
}

/// Where the form stood that was sent to a path: what it was about is among its fields.
pub(super) fn page(path: &str, fields: &[(String, String)]) -> String {
    let page = match path.split('/').nth(1) {
        Some(first @ ("spese" | "erogazioni")) => format!("/{first}"),
        _ => path.to_owned(),
    };
    if !["/spese", "/erogazioni", "/milestone"].contains(&page.as_str()) {
        return page;
    }
    let of = ["project", "programme"].into_iter().find_map(|of| fields.iter().find(|(name, _)| name == of));
    of.map_or(page.clone(), |(name, value)| super::truth::address(&page, &[(name.clone(), value.clone())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of an attribute in what follows `mark`, for each time that it stands there.
    fn all<'t>(text: &'t str, mark: &'t str) -> impl Iterator<Item = &'t str> {
        text.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap())
    }

    #[test]
    fn every_field_of_every_form_has_its_line() {
        let mut forms = 0;
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            for form in text.split("<form method=\"post\"").skip(1).map(|rest| rest.split("</form>").next().unwrap()) {
                let action = all(form, "action=\"").next().unwrap();
                if form.contains("multipart/form-data") || ["/accesso", "/uscita"].contains(&action) {
                    continue;
                }
                forms += 1;
                // What a refused form gives back has the names that were sent.
                for name in all(form, " name=\"").filter(|name| !name.contains("{{")) {
                    assert!(field(action, name).is_some(), "{}: {name} of {action}", path.display());
                }
            }
        }
        assert!(forms > 15, "{forms}");
    }

    #[test]
    fn a_form_leads_back_to_the_page_it_stood_on() {
        let of = |name: &str| vec![("step".to_owned(), "x".to_owned()), (name.to_owned(), "j".to_owned())];
        for (path, fields, back) in [
            ("/erogazioni/passi", of("project"), "/erogazioni?project=j"),
            ("/erogazioni/distinte", of("programme"), "/erogazioni?programme=j"),
            ("/spese", of("project"), "/spese?project=j"),
            ("/milestone", of("project"), "/milestone?project=j"),
            ("/rendicontazione/j/2024-01", of("submitted"), "/rendicontazione/j/2024-01"),
            ("/collegamenti", of("one"), "/collegamenti"),
        ] {
            assert_eq!(page(path, &fields), back);
        }
    }
}
