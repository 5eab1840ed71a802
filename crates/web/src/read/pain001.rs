//! Payment orders as a customer credit transfer, ISO 20022 `pain.001.001.09`, in the subset that SEPA banks take.
//!
//! The account that pays is the treasury's own and is not known here: it is `NOTPROVIDED`, as the standard has it, and the
//! treasury's program puts its own. Elements stand in the schema's order; texts have its lengths and SEPA's characters.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::Timestamp;
use traccia_domain::{Cents, hash::ShortHash};
use traccia_projections::tranches::queries::PaymentOrder;

/// The longest name of a party.
const NAME: usize = 70;
/// The longest unstructured remittance information.
const REMITTANCE: usize = 140;

/// A message with the orders, one group for each debtor and day. It has one order at least.
pub(super) fn message(orders: &[PaymentOrder], made_at: Timestamp) -> String {
    let mut groups = BTreeMap::<(&str, &str), Vec<&PaymentOrder>>::new();
    for order in orders {
        groups.entry((&order.region, &order.ordered_on)).or_default().push(order);
    }
    let all: Vec<&PaymentOrder> = orders.iter().collect();
    let debtor = orders.first().map_or("", |order| &order.region);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n<CstmrCdtTrfInitn>\n");
    let made_at = made_at.strftime("%Y-%m-%dT%H:%M:%SZ");
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "<GrpHdr><MsgId>{}</MsgId><CreDtTm>{made_at}</CreDtTm><NbOfTxs>{}</NbOfTxs><CtrlSum>{}</CtrlSum><InitgPty><Nm>{}</Nm></InitgPty></GrpHdr>",
        name_of(&all),
        all.len(),
        sum(&all),
        plain(debtor, NAME),
    );
    for ((debtor, day), orders) in &groups {
        group(&mut text, debtor, day, orders);
    }
    text.push_str("</CstmrCdtTrfInitn>\n</Document>\n");
    text
}

/// The orders of one debtor and day.
fn group(text: &mut String, debtor: &str, day: &str, orders: &[&PaymentOrder]) {
    let _ = writeln!(
        text,
        "<PmtInf><PmtInfId>{}</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>{}</NbOfTxs><CtrlSum>{}</CtrlSum>\
         <PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf><ReqdExctnDt><Dt>{day}</Dt></ReqdExctnDt>\
         <Dbtr><Nm>{}</Nm></Dbtr><DbtrAcct><Id><Othr><Id>NOTPROVIDED</Id></Othr></Id></DbtrAcct>\
         <DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>",
        name_of(orders),
        orders.len(),
        sum(orders),
        plain(debtor, NAME),
    );
    for order in orders {
        let about = format!("{} {} {}", order.programme, order.project, order.tranche);
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
    text.push_str("</PmtInf>\n");
}

/// A name that follows from the orders and the accounts they go to: the same again is the same message.
fn name_of(orders: &[&PaymentOrder]) -> String {
    let parts = orders.iter().flat_map(|order| [order.order.as_bytes(), order.iban.whole().as_bytes()]);
    ShortHash::of_parts(parts).to_string()
}

fn sum(orders: &[&PaymentOrder]) -> Cents {
    orders.iter().map(|order| order.amount).sum()
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
    use super::*;

    fn order(tranche: &str, amount: i64, creditor: &str, day: &str) -> PaymentOrder {
        PaymentOrder {
            order: ShortHash::of_parts([tranche.as_bytes()]).to_string(),
            programme: "lombardia".to_owned(),
            region: "Regione <Lombardia> & C.".to_owned(),
            project: "rete-milano".to_owned(),
            tranche: tranche.to_owned(),
            amount: Cents(amount),
            iban: "IT60X0542811101000000123456".parse().unwrap(),
            creditor: creditor.to_owned(),
            ordered_on: day.to_owned(),
        }
    }

    fn message_of(orders: &[PaymentOrder]) -> String {
        message(orders, "2024-06-30T10:00:00Z".parse().unwrap())
    }

    /// The elements in the order in which they open.
    fn elements(text: &str) -> Vec<&str> {
        let opened = text.split('<').skip(2).filter(|part| !part.starts_with('/'));
        opened.map(|part| part.split(['>', ' ']).next().unwrap()).collect()
    }

    #[test]
    fn elements_stand_in_the_schemas_order() {
        let text = message_of(&[order("T1", 4_400_591, "Comune di Milano", "2024-06-30")]);
        let expected = "Document CstmrCdtTrfInitn GrpHdr MsgId CreDtTm NbOfTxs CtrlSum InitgPty Nm PmtInf PmtInfId PmtMtd \
                        NbOfTxs CtrlSum PmtTpInf SvcLvl Cd ReqdExctnDt Dt Dbtr Nm DbtrAcct Id Othr Id DbtrAgt FinInstnId \
                        Othr Id ChrgBr CdtTrfTxInf PmtId EndToEndId Amt InstdAmt Cdtr Nm CdtrAcct Id IBAN RmtInf Ustrd";
        assert_eq!(elements(&text).join(" "), expected.split_whitespace().collect::<Vec<_>>().join(" "));
        for part in
            ["<CtrlSum>44005.91</CtrlSum>", "<InstdAmt Ccy=\"EUR\">44005.91<", "<Ustrd>lombardia rete-milano T1<"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn texts_have_only_characters_that_every_bank_takes() {
        assert_eq!(plain("Città di Forlì & <Cesena> “nord”", 70), "Citta di Forli + Cesena nord");
        assert_eq!(plain("//a//b/", 70), "a/b");
        assert_eq!(plain("ひ", 70), "NOTPROVIDED");
        assert_eq!(plain(&"à".repeat(200), 70).len(), 70);
        let text = message_of(&[order("T1", 1, "</Nm><IBAN>XX&amp;", "2024-06-30")]);
        assert!(!text.contains('&') && text.matches("<IBAN>").count() == 1, "{text}");
        assert!(text.contains("<Nm>Regione Lombardia + C.</Nm>"));
    }

    #[test]
    fn the_same_orders_are_the_same_message_and_sums_are_by_group() {
        let orders = [
            order("T1", 1_050, "A", "2024-06-29"),
            order("T2", 2_000, "B", "2024-06-30"),
            order("T3", 5, "C", "2024-06-30"),
        ];
        let text = message_of(&orders);
        assert_eq!(text, message_of(&orders));
        assert_eq!(text.matches("<PmtInf>").count(), 2);
        for sum in [
            "<NbOfTxs>3</NbOfTxs><CtrlSum>30.55<",
            "<NbOfTxs>1</NbOfTxs><CtrlSum>10.50<",
            "<NbOfTxs>2</NbOfTxs><CtrlSum>20.05<",
        ] {
            assert!(text.contains(sum), "{sum}: {text}");
        }
        let id = |text: &str| text.split("<MsgId>").nth(1).unwrap()[..32].to_owned();
        assert_ne!(id(&text), id(&message_of(&orders[1..])));
        for id in text.split("Id>").filter(|part| part.ends_with("</MsgId>") || part.ends_with("</EndToEnd")) {
            assert!(id.len() <= 35 + 8, "an id has at most 35 characters: {id}");
        }
    }
}
