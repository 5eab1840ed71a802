//! What is taken to the bank is what the bank's schema takes, whatever the parties are called and whenever it was ordered.

use traccia_application::{Bearer, IdempotencyKey, Scope};
use traccia_domain::{Actor, Command};
use traccia_log::Log as _;

use super::{bank_schema::BankSchema, *};

/// What bodies are called, and what could break a file.
const NAMES: [&str; 6] = [
    "Comune di Forlì & <Cesena> “nord”",
    "]]></Nm><IBAN>XX</IBAN>",
    "//Unione/dei//Comuni/",
    "ひらがな",
    " \t‘Città’ Metropolitana; di {Reggio} | Calabria* ",
    "Comunità Montana della Valtellina di Sondrio e dei Comuni dell’Alta Valle, Ente capofila della rete regionale",
];

/// A programme whose Region and bodies have odd names; each project has one tranche, due on its approval.
async fn oddly_named() -> House {
    let house = House::start().await;
    let mut odd = definition();
    odd["region"]["name"] = json!("Valle d’Aosta / Vallée d’Aoste <&> „Region“");
    odd["tranches"] = json!([{"id": "T1", "share": "1.00", "trigger": "approval"}]);
    odd["milestones"] = json!([]);
    odd["cup"] = json!("E81D23000080006");
    house.done("DefineProgramme", odd).await;
    for (number, name) in NAMES.iter().enumerate() {
        let mut application = json!({
            "project": format!("p{number}"), "programme": "prog", "name": "Rete",
            "lead": {"name": name, "tax_id": "80012000826"},
            "award": "100.01", "targets": {"points": 1, "citizens": 4, "services": 8}, "provinces": ["MI"],
            "starts": "2024-01-01", "ends": "2025-12-31",
        });
        if number == 1 {
            application["cup"] = json!("F81H23000750001");
        }
        house.done("SubmitApplication", application).await;
        let approval = json!({"project": format!("p{number}"), "act": "DGR 1", "on": "2024-01-02"});
        house.done("ApproveApplication", approval).await;
    }
    house
}

/// A treasurer's command, so many days from now.
async fn on_a_day(house: &House, days: i64, name: &str, command: &str, body: Value) {
    let later = house.in_days(days).await;
    let scope = Scope { programmes: vec!["prog".parse().unwrap()], ..Scope::default() };
    let who = Bearer { actor: Actor { subject: name.to_owned(), role: Role::Treasurer }, scope };
    let said = Command::read(command, body).unwrap().unwrap();
    later.carry_out(&who, None::<IdempotencyKey>, said).await.unwrap_or_else(|failure| panic!("{command}: {failure}"));
}

/// Two batches, closed on two days, of orders given on four.
async fn files() -> Vec<String> {
    let house = oddly_named().await;
    for number in 0..NAMES.len() {
        let day = i64::try_from(number / 2).unwrap();
        let of = json!({"project": format!("p{number}"), "tranche": "T1"});
        let order = json!({"project": format!("p{number}"), "tranche": "T1", "iban": IBAN});
        on_a_day(&house, day, "anna", "AuthoriseTranche", of).await;
        on_a_day(&house, day, "bruno", "OrderPayment", order).await;
        if number == 3 {
            on_a_day(&house, 2, "anna", "CloseBatch", json!({"programme": "prog"})).await;
        }
    }
    on_a_day(&house, 5, "anna", "CloseBatch", json!({"programme": "prog"})).await;
    let token = house.named("anna", Role::Treasurer, &["programme:prog"]);
    let head = house.log.head().await.unwrap();
    let mut files = Vec::new();
    for (number, format) in [(1, "pain001"), (2, "pain001"), (1, "csv")] {
        let path = format!("/v1/payments/batches/prog/{number}?format={format}&min_position={head}");
        let file = house.get(&token, &path).await;
        assert_eq!(file.status.as_u16(), 200, "{}", file.text);
        files.push(file.text);
    }
    assert_eq!([&files[0], &files[1]].map(|text| text.matches("<CdtTrfTxInf>").count()), [4, 2]);
    files
}

#[tokio::test]
async fn a_batch_names_the_cup_of_each_payment_and_the_tax_id_of_who_is_paid() {
    let files = files().await;
    for purpose in ["CUP E81D23000080006 prog p0 T1", "CUP F81H23000750001 prog p1 T1"] {
        assert!(files[0].contains(&format!("<Ustrd>{purpose}</Ustrd>")), "{purpose}: {}", files[0]);
    }
    let lines: Vec<&str> = files[2].lines().collect();
    let columns = "order,programme,region,project,tranche,amount,iban,creditor,ordered_on,batch,cup,creditor_tax_id";
    assert_eq!(lines[0], columns);
    assert!(lines[1].ends_with(",1,E81D23000080006,80012000826"), "{}", lines[1]);
    assert!(lines[2].ends_with(",1,F81H23000750001,80012000826"), "{}", lines[2]);
}

#[tokio::test]
async fn a_batch_is_a_file_that_the_published_schema_takes() {
    let Some(schema) = BankSchema::had() else { return };
    let files = files().await;
    let takes: Vec<_> = schema.takes(&[&files[0], &files[1]]);
    assert_eq!(takes, [true, true], "{files:?}");
    // The same check refuses a file with any of this wrong.
    let name = files[0].split("MsgId>").nth(1).unwrap().trim_end_matches("</").to_owned();
    let damages = [
        ("<ChrgBr>SLEV<", "<ChrgBr>NONE<".to_owned()),
        ("<PmtMtd>TRF</PmtMtd>", String::new()),
        ("pain.001.001.09", "pain.001.001.03".to_owned()),
        ("<InstdAmt Ccy=\"EUR\">100.01<", "<InstdAmt Ccy=\"EUR\">100,01<".to_owned()),
        ("<InstdAmt Ccy=\"EUR\">100.01<", "<InstdAmt>100.01<".to_owned()),
        (name.as_str(), "x".repeat(36)),
        ("<ReqdExctnDt><Dt>", "<ReqdExctnDt><Dt>2024-02-3".to_owned()),
        (IBAN, "IT60 X054".to_owned()),
        ("</PmtInf>", String::new()),
        ("<InitgPty>", "<Odd/><InitgPty>".to_owned()),
    ];
    let damaged: Vec<String> = damages.iter().map(|(from, to)| files[0].replacen(from, to, 1)).collect();
    assert!(damaged.iter().all(|text| *text != files[0]));
    let damaged: Vec<&str> = damaged.iter().map(String::as_str).collect();
    assert_eq!(schema.takes(&damaged), vec![false; damages.len()]);
}
