//! A batch of payment orders as a customer credit transfer, ISO 20022 `pain.001.001.09`, in the subset that SEPA banks take.
//!
//! The account that pays is the treasury's own and is not known here: it is `NOTPROVIDED`, as the standard has it, and the
//! treasury's program puts its own. Elements stand in the schema's order; texts have its lengths and SEPA's characters.

use std::fmt::Write as _;

use traccia_projections::tranches::queries::{BatchFile, PaymentOrder};

/// The longest name of a party.
const NAME: usize = 70;
/// The longest unstructured remittance information.
const REMITTANCE: usize = 140;

/// The message of a batch: always the same, for everything in it was said when the batch was closed.
pub(super) fn message(batch: &BatchFile) -> String {
    let debtor = plain(batch.items.first().map_or("", |order| &order.region), NAME);
    let BatchFile { message, total, on, .. } = batch;
    let count = batch.items.len();
    // To the second.
    let closed_at = batch.closed_at.split('.').next().unwrap_or_default();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n<CstmrCdtTrfInitn>\n");
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "<GrpHdr><MsgId>{message}</MsgId><CreDtTm>{closed_at}Z</CreDtTm><NbOfTxs>{count}</NbOfTxs>\
         <CtrlSum>{total}</CtrlSum><InitgPty><Nm>{debtor}</Nm></InitgPty></GrpHdr>",
    );
    // One who pays on one day: one group, which has the message's own name.
    let _ = writeln!(
        text,
        "<PmtInf><PmtInfId>{message}</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>{count}</NbOfTxs><CtrlSum>{total}</CtrlSum>\
         <PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf><ReqdExctnDt><Dt>{on}</Dt></ReqdExctnDt>\
         <Dbtr><Nm>{debtor}</Nm></Dbtr><DbtrAcct><Id><Othr><Id>NOTPROVIDED</Id></Othr></Id></DbtrAcct>\
         <DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>",
    );
    for order in &batch.items {
        transfer(&mut text, order);
    }
    text.push_str("</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n");
    text
}

fn transfer(text: &mut String, order: &PaymentOrder) {
    let mut about = format!("{} {} {}", order.programme, order.project, order.tranche);
    // First, so that no long name cuts it off.
    if let Some(cup) = order.codes.as_ref().and_then(|codes| codes.cup.as_ref()) {
        about = format!("CUP {cup} {about}");
    }
    let _ = writeln!(
        text,
        "<CdtTrfTxInf><PmtId><EndToEndId>{}</EndToEndId></PmtId><Amt><InstdAmt Ccy=\"EUR\">{}</InstdAmt></Amt>\
         <Cdtr><Nm>{}</Nm></Cdtr><CdtrAcct><Id><IBAN>{}</IBAN></Id></CdtrAcct><RmtInf><Ustrd>{}</Ustrd></RmtInf></CdtTrfTxInf>",
        order.order,
        order.amount,
        plain(&order.creditor, NAME),
        order.iban.whole(),
        plain(&about, REMITTANCE),
    );
}

/// A text in the characters that every SEPA bank takes, which need no escape: letters without accents, digits and little
/// else; never longer than it may be, and never empty.
fn plain(text: &str, most: usize) -> String {
    let plain: String = text.chars().map(|letter| unaccented(letter).unwrap_or(' ')).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    // All of it is ASCII by now.
    let mut short = words.join(" ");
    short.truncate(most);
    // It neither begins nor ends with a slash, nor has two of them (EPC217-08).
    let trimmed = short.replace("//", "/").trim_matches(['/', ' ']).to_owned();
    if trimmed.is_empty() { "NOTPROVIDED".to_owned() } else { trimmed }
}

fn unaccented(letter: char) -> Option<char> {
    Some(match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '/' | '-' | '?' | ':' | '(' | ')' | '.' | ',' | '\'' | '+' | ' ' => letter,
        'à' | 'á' | 'â' | 'ä' => 'a',
        'À' | 'Á' | 'Â' | 'Ä' => 'A',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'È' | 'É' | 'Ê' | 'Ë' => 'E',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'Ì' | 'Í' | 'Î' | 'Ï' => 'I',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'Ò' | 'Ó' | 'Ô' | 'Ö' => 'O',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'Ù' | 'Ú' | 'Û' | 'Ü' => 'U',
        'ç' => 'c',
        'ñ' => 'n',
        '’' | '‘' => '\'',
        '&' => '+',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use traccia_domain::{Cents, hash::ShortHash};
    use traccia_projections::tranches::queries::Codes;

    use super::*;

    fn order(tranche: &str, amount: i64, creditor: &str) -> PaymentOrder {
        PaymentOrder {
            order: ShortHash::of_parts([tranche.as_bytes()]).to_string(),
            programme: "lombardia".to_owned(),
            region: "Regione <Lombardia> & C.".to_owned(),
            project: "rete-milano".to_owned(),
            tranche: tranche.to_owned(),
            amount: Cents(amount),
            iban: "IT60X0542811101000000123456".parse().unwrap(),
            creditor: creditor.to_owned(),
            ordered_on: "2024-06-28".to_owned(),
            batch: Some(3),
            codes: None,
        }
    }

    fn message_of(items: Vec<PaymentOrder>) -> String {
        message(&BatchFile {
            programme: "lombardia".to_owned(),
            number: 3,
            message: "0123456789abcdef0123456789abcdef".to_owned(),
            total: items.iter().map(|order| order.amount).sum(),
            on: "2024-06-30".to_owned(),
            closed_at: "2024-06-30T10:00:00.123456Z".to_owned(),
            items,
        })
    }

    /// The elements in the order in which they open.
    fn elements(text: &str) -> Vec<&str> {
        let opened = text.split('<').skip(2).filter(|part| !part.starts_with('/'));
        opened.map(|part| part.split(['>', ' ']).next().unwrap()).collect()
    }

    #[test]
    fn elements_stand_in_the_schemas_order() {
        let text = message_of(vec![order("T1", 4_400_591, "Comune di Milano")]);
        let expected = "Document CstmrCdtTrfInitn GrpHdr MsgId CreDtTm NbOfTxs CtrlSum InitgPty Nm PmtInf PmtInfId PmtMtd \
                        NbOfTxs CtrlSum PmtTpInf SvcLvl Cd ReqdExctnDt Dt Dbtr Nm DbtrAcct Id Othr Id DbtrAgt FinInstnId \
                        Othr Id ChrgBr CdtTrfTxInf PmtId EndToEndId Amt InstdAmt Cdtr Nm CdtrAcct Id IBAN RmtInf Ustrd";
        assert_eq!(elements(&text).join(" "), expected.split_whitespace().collect::<Vec<_>>().join(" "));
        for part in [
            "<CtrlSum>44005.91</CtrlSum>",
            "<InstdAmt Ccy=\"EUR\">44005.91<",
            "<Ustrd>lombardia rete-milano T1<",
            "<MsgId>0123456789abcdef0123456789abcdef<",
            "<CreDtTm>2024-06-30T10:00:00Z<",
            "<ReqdExctnDt><Dt>2024-06-30<",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn the_purpose_names_the_cup_before_any_name_however_long() {
        let codes = Some(Codes { cup: Some("E81D23000080006".to_owned()), creditor_tax_id: None });
        let text = message_of(vec![PaymentOrder { codes: codes.clone(), ..order("T1", 1, "Comune") }]);
        assert!(text.contains("<Ustrd>CUP E81D23000080006 lombardia rete-milano T1</Ustrd>"), "{text}");
        let project = "p".repeat(64);
        let long = PaymentOrder { codes, programme: project.clone(), project, ..order("T1", 1, "Comune") };
        let text = message_of(vec![long]);
        let purpose = text.split("<Ustrd>").nth(1).and_then(|rest| rest.split("</Ustrd>").next()).unwrap();
        assert!(purpose.starts_with("CUP E81D23000080006 pp") && purpose.len() == REMITTANCE, "{purpose}");
        let none = Some(Codes { cup: None, creditor_tax_id: None });
        let text = message_of(vec![PaymentOrder { codes: none, ..order("T1", 1, "Comune") }]);
        assert!(text.contains("<Ustrd>lombardia rete-milano T1</Ustrd>"), "{text}");
    }

    #[test]
    fn texts_have_only_characters_that_every_bank_takes() {
        assert_eq!(plain("Città di Forlì & <Cesena> “nord”", 70), "Citta di Forli + Cesena nord");
        assert_eq!(plain("//a//b/", 70), "a/b");
        assert_eq!(plain("ひ", 70), "NOTPROVIDED");
        assert_eq!(plain(&"à".repeat(200), 70).len(), 70);
        let text = message_of(vec![order("T1", 1, "</Nm><IBAN>XX&amp;")]);
        assert!(!text.contains('&') && text.matches("<IBAN>").count() == 1, "{text}");
        assert!(text.contains("<Nm>Regione Lombardia + C.</Nm>"));
    }

    #[test]
    fn the_sums_are_of_all_orders() {
        let text = message_of(vec![order("T1", 1_050, "A"), order("T2", 2_000, "B"), order("T3", 5, "C")]);
        assert_eq!((text.matches("<PmtInf>").count(), text.matches("<CdtTrfTxInf>").count()), (1, 3));
        assert_eq!(text.matches("<NbOfTxs>3</NbOfTxs><CtrlSum>30.55<").count(), 2, "{text}");
    }
}
