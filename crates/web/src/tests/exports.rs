//! Our numbers for the plan's register, beside it, and the register of controls.

use super::*;
use crate::regis::tests::FIXTURE;

/// The programme of these tests has no CUP: a project with one of its own joins it.
async fn with_cup(server: &Server) -> u64 {
    server.set_up().await;
    let application = json!({
        "project": "k", "programme": "p", "name": "Con CUP", "cup": "E00A00000000000", "lead": {"name": "Comune"},
        "award": "1.00", "targets": {"points": 2, "citizens": 341_000, "services": 1}, "provinces": ["MI"],
        "starts": "2024-01-01", "ends": "2025-12-31",
    });
    server.command("SubmitApplication", application).await;
    server.command("ApproveApplication", json!({"project": "k", "act": "DGR 2", "on": "2024-01-02"})).await;
    let mut point = open_point("mi-9", "MI");
    point["project"] = json!("k");
    server.command("OpenPoint", point).await;
    let enrol =
        json!({"facilitator": "f-9", "project": "k", "role": "facilitator", "points": ["mi-9"], "from": "2024-01-10"});
    server.command("EnrolFacilitator", enrol).await;
    let citizen = server.register("AA0000001").await;
    let mut body = service(&citizen, "mi-9", "2024-03-01");
    body["facilitator"] = json!("f-9");
    server.command("RecordService", body).await["position"].as_u64().unwrap()
}

impl Server {
    fn of_region(&self, programme: &str) -> String {
        self.token(Role::Region, Scope { programmes: vec![programme.parse().unwrap()], ..Scope::default() })
    }
}

#[tokio::test]
async fn our_values_are_written_as_the_register_writes_them() {
    let server = Server::start().await;
    let position = with_cup(&server).await;
    let path = format!("/v1/exports/regis?programme=p&on=2024-06-30&min_position={position}");
    let file = server.get(&path, &server.of_region("p")).await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let expected = FIXTURE.replace("1.076,00", "1,00");
    assert_eq!(file.text(), expected);
    assert_eq!(file.headers["traccia-position"], position.to_string().as_str());
    let targets = server.get("/v1/targets?programme=p&by=project&on=2024-06-30", &server.auditor()).await.json();
    assert_eq!(targets["items"][1]["citizens"]["counted"], 1, "{targets}");
    let before = server.get(&format!("{path}&known_at={}", position - 1), &server.auditor()).await;
    assert_eq!(before.text(), expected.replacen(";1,00;341", ";0,00;341", 1), "as the log knew it before the service");
}

#[tokio::test]
async fn the_registers_file_is_put_beside_our_numbers() {
    let server = Server::start().await;
    let position = with_cup(&server).await;
    let path = format!("/v1/exports/regis/differences?programme=p&on=2024-06-30&min_position={position}");
    let other = FIXTURE.lines().nth(1).unwrap().replace("E00A00000000000", "E00A00000000001");
    let compared = server.post(&path, &server.of_region("p"), format!("{FIXTURE}{other}\n")).await.json();
    let counts = ["equal", "different", "missing_here", "missing_there"].map(|name| compared[name].as_u64().unwrap());
    assert_eq!(counts, [1, 1, 1, 0], "{compared}");
    let citizens = &compared["items"][1];
    assert_eq!((&citizens["indicator"], &citizens["difference"]), (&json!("T0298"), &json!(-1_075)));
    let none = server.post(&path, &server.auditor(), FIXTURE.lines().next().unwrap().to_owned()).await.json();
    assert_eq!(none["missing_there"], 2);
    let broken = server.post(&path, &server.auditor(), FIXTURE.replace("1.076,00", "segreto")).await;
    assert_eq!(broken.code(), "Malformed");
    assert!(broken.text().contains("line 3: the column valore_realizzato") && !broken.text().contains("segreto"));
    let long = "x".repeat(Limits::default().command + 1);
    assert_eq!(server.post(&path, &server.auditor(), long).await.code(), "TooLarge");
}

/// The measure's public file beside a programme that stands under a CUP of it, where the file is at hand.
#[tokio::test]
async fn the_measures_public_file_is_put_beside_a_regions_numbers() {
    let Some(file) = crate::regis::tests::public_file() else { return };
    let server = Server::start().await;
    let mut region = programme();
    region["cup"] = json!("E81D23000080006");
    let position = &server.command("DefineProgramme", region).await["position"];
    let path = format!("/v1/exports/regis/differences?programme=p&min_position={position}");
    let compared = server.post(&path, &server.of_region("p"), file).await.json();
    assert_eq!((&compared["missing_here"], &compared["missing_there"]), (&json!(930), &json!(0)));
    let ours = compared["items"].as_array().unwrap().iter().filter(|item| item["cup"] == "E81D23000080006");
    let told: Vec<_> = ours.map(|item| [&item["here"], &item["target_here"], &item["target_there"]]).collect();
    assert_eq!(json!(told[1]), json!([0, 100, 341_000]));
}

#[tokio::test]
async fn the_register_of_controls_is_a_file_and_for_whom_it_concerns() {
    let server = Server::start().await;
    let position = with_cup(&server).await;
    let path = format!("/v1/exports/controls?programme=p&min_position={position}");
    let request = Request::get(&path)
        .header("authorization", format!("Bearer {}", server.of_region("p")))
        .header("accept", "text/csv");
    let csv = server.send(request, "").await;
    let head = "position,recorded_at,subject,role,what,about,outcome,reason,project,month,milestone,tranche,exposure,expense,\
                records,unit,decision,count,amount,act,on\n";
    assert!(csv.text().starts_with(head), "{}", csv.text());
    let approved = ",admin,admin,application,project.k,approved,DGR 2,k,,,,,,,,,,1.00,DGR 2,\n";
    assert!(csv.text().contains(approved), "{}", csv.text());
    assert_eq!(server.get("/v1/exports/controls", &server.auditor()).await.code(), "Malformed");
    let capofila = server.token(Role::Capofila, Scope { projects: vec!["k".parse().unwrap()], ..Scope::default() });
    for path in ["controls", "regis", "ocds"].map(|file| format!("/v1/exports/{file}?programme=p")) {
        let path = path.as_str();
        assert_eq!(server.get(path, &server.of_region("q")).await.code(), "UnknownProgramme", "{path}");
        assert_eq!(server.get(path, &capofila).await.code(), "Forbidden", "{path}");
    }
}

#[tokio::test]
async fn the_page_has_the_files_and_puts_the_registers_beside_our_numbers() {
    let server = Server::start().await;
    let position = with_cup(&server).await;
    server.get(&format!("/v1/points?min_position={position}"), &server.auditor()).await;
    let region = server.of_region("p");
    let page = server.get("/regis", &region).await;
    for link in
        ["/regis/indicatori?programme=p", "/regis/controlli?programme=p", "/regis/ocds?programme=p", "name=\"file\""]
    {
        assert!(page.text().contains(link), "{link}: {}", page.text());
    }
    assert!(server.get("/regis/indicatori?programme=p", &region).await.text().contains("E00A00000000000;T0298"));
    assert!(server.get("/regis/controlli?programme=p", &region).await.text().contains("project.k,approved"));
    assert!(server.get("/regis/ocds?programme=p", &region).await.text().contains("unregistered-it-03-k"));
    let sent = async |token: &str, programme: &str, file: &str| {
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"programme\"\r\n\r\n{programme}\r\n--x\r\nContent-Disposition: \
             form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{file}\r\n--x--\r\n"
        );
        let request = Request::post("/regis")
            .header("content-type", "multipart/form-data; boundary=x")
            .header("sec-fetch-site", "same-origin")
            .header("authorization", format!("Bearer {token}"));
        server.send(request, body).await
    };
    let compared = sent(&region, "p", FIXTURE).await;
    for text in ["Diversi: 1", "−1.075", "Uguali: 1", "Mancano qui: 0", "Mancano nel registro: 0"] {
        assert!(compared.text().contains(text), "{text}: {}", compared.text());
    }
    for (path, rows) in
        [("/progetti/k?", None), ("/conteggio/cittadini?project=k&", Some(1)), ("/punti?project=k&", Some(1))]
    {
        let path = format!("{path}known_at={position}");
        assert!(
            compared.text().contains(&format!("href=\"{}\"", path.replace('&', "&#38;"))),
            "{path}: {}",
            compared.text()
        );
        let behind = server.get(&path, &region).await;
        assert_eq!(behind.status, StatusCode::OK, "{path}");
        let found = behind.text().matches("<tr><th scope=\"row\">").count();
        assert!(rows.is_none_or(|rows| rows == found), "{path}: {found}");
    }
    assert!(server.get("/regis?programme=p", &region).await.text().contains("/regis/indicatori?programme=p"));
    assert_eq!(server.get("/regis?programme=q", &region).await.status, StatusCode::NOT_FOUND);
    let broken = sent(&region, "p", &FIXTURE.replace("1.076,00", "segreto")).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    assert!(broken.text().contains("Alla riga 3") && !broken.text().contains("segreto"), "{}", broken.text());
    assert_eq!(sent(&server.of_region("q"), "p", FIXTURE).await.status, StatusCode::NOT_FOUND);
    let capofila = server.token(Role::Capofila, Scope { projects: vec!["k".parse().unwrap()], ..Scope::default() });
    assert_eq!(sent(&capofila, "p", FIXTURE).await.status, StatusCode::FORBIDDEN);
    assert_eq!(server.get("/regis", &capofila).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_control_on_money_names_project_tranche_and_amount() {
    let server = Server::start().await;
    server.set_up().await;
    server.ordered().await;
    let head = traccia_log::Log::head(&**server.app.application.log()).await.unwrap();
    let path = format!("/v1/exports/controls?programme=p&min_position={head}");
    let controls = server.get(&path, &server.of_region("p")).await.json();
    let told: Vec<_> = controls["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| ["outcome", "project", "tranche", "amount", "act"].map(|field| one[field].clone()))
        .collect();
    let expected = json!([
        ["approved", "j", null, "1000.00", "DGR 1"],
        ["authorised", "j", "T1", "100.00", null],
        ["ordered", "j", "T1", "100.00", null],
    ]);
    assert_eq!(json!(told), expected);
    assert_eq!(controls["items"][2]["about"], "money.j", "what was there before still is");
}

/// What the published schema of a release package (OCDS 1.1.5) asks for: fields that are there, and how some are written.
fn is_a_release_package(package: &Value) {
    let has = |value: &Value, fields: &[&str]| {
        for field in fields {
            assert!(value.get(field).is_some_and(|value| !value.is_null() && *value != ""), "{field}: {value}");
        }
    };
    let instant = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap();
    has(package, &["uri", "version", "publishedDate", "publisher", "releases"]);
    has(&package["publisher"], &["name"]);
    assert_eq!(package["version"], "1.1");
    assert!(package["uri"].as_str().unwrap().starts_with("urn:"));
    for release in package["releases"].as_array().unwrap() {
        has(release, &["ocid", "id", "date", "tag", "initiationType"]);
        assert!(!release["id"].as_str().unwrap().contains('#'));
        assert!(instant(&release["date"]) <= instant(&package["publishedDate"]));
        assert_eq!((&release["tag"], &release["initiationType"]), (&json!(["implementation"]), &json!("tender")));
        let parties = release["parties"].as_array().unwrap();
        let refers = |reference: &Value| {
            assert!(parties.iter().any(|party| party["id"] == reference["id"] && party["name"] == reference["name"]));
        };
        refers(&release["buyer"]);
        for award in release["awards"].as_array().unwrap() {
            has(award, &["id"]);
            award["suppliers"].as_array().unwrap().iter().for_each(refers);
        }
        for contract in release["contracts"].as_array().unwrap() {
            has(contract, &["id", "awardID"]);
            assert_eq!(contract["awardID"], release["awards"][0]["id"]);
            assert!(contract["value"]["amount"].is_number() && contract["value"]["currency"] == "EUR");
            assert!(instant(&contract["period"]["startDate"]) <= instant(&contract["period"]["endDate"]));
            for milestone in contract["implementation"]["milestones"].as_array().unwrap() {
                has(milestone, &["id", "title", "type"]);
                instant(&milestone["dueDate"]);
                let known = ["scheduled", "met", "notMet", "partiallyMet"];
                assert!(known.contains(&milestone["status"].as_str().unwrap()), "{milestone}");
            }
            for transaction in contract["implementation"]["transactions"].as_array().unwrap() {
                has(transaction, &["id", "source"]);
                instant(&transaction["date"]);
                assert!(transaction["value"]["amount"].is_number() && transaction["value"]["currency"] == "EUR");
                [&transaction["payer"], &transaction["payee"]].into_iter().for_each(refers);
            }
        }
    }
}

#[tokio::test]
async fn the_open_view_is_a_release_package_with_what_the_bank_has_paid() {
    let server = Server::start().await;
    server.set_up().await;
    server.ordered().await;
    let asked = async || {
        let head = traccia_log::Log::head(&**server.app.application.log()).await.unwrap();
        let path = format!("/v1/exports/ocds?programme=p&min_position={head}");
        (head, server.get(&path, &server.of_region("p")).await)
    };
    let (ordered, answered) = asked().await;
    is_a_release_package(&answered.json());
    let paid =
        |answered: &Answered| answered.json()["releases"][0]["contracts"][0]["implementation"]["transactions"].clone();
    assert_eq!(paid(&answered), json!([]), "what is ordered is not paid");
    let confirmed = json!({"project": "j", "tranche": "T1", "paid_on": "2024-03-01", "reference": "TRN 7"});
    assert_eq!(server.pay("bruno", "ConfirmPayment", confirmed).await.status, StatusCode::OK);
    let (position, answered) = asked().await;
    is_a_release_package(&answered.json());
    assert_eq!(answered.headers["traccia-position"], position.to_string().as_str());
    let tranches = server.get("/v1/tranches?project=j", &server.treasurer("anna")).await.json();
    let order = &tranches["items"][0]["order"];
    let transaction = &paid(&answered)[0];
    assert_eq!(json!([transaction["id"], transaction["value"]["amount"]]), json!([order["order"], 100.0]));
    assert_eq!((&transaction["date"], &order["paid_on"]), (&json!("2024-03-01T00:00:00Z"), &json!("2024-03-01")));
    let words =
        answered.text().split(|c: char| !c.is_alphanumeric()).any(|word| word.ends_with("123456") || word == "3456");
    assert!(!words, "not even the end of an account number: {}", answered.text());
    let then = server.get(&format!("/v1/exports/ocds?programme=p&known_at={ordered}"), &server.auditor()).await;
    assert_eq!(paid(&then), json!([]), "as the log knew it before the bank had paid");
    assert_eq!(server.get("/v1/exports/ocds", &server.auditor()).await.code(), "Malformed");
}
