//! A form that is refused comes back as it was filled in, with the field to blame, and is sent again once it is put right.

use super::*;

/// The form that a page gives back.
fn given_back(page: &Answered) -> &str {
    let text = page.text();
    let from = text.find("Correggere e inviare di nuovo").unwrap_or_else(|| panic!("no form is given back: {text}"));
    let form = &text[from..];
    &form[..form.find("</form>").unwrap()]
}

/// What the form holds, as a browser would send it: hidden fields, boxes, texts of more lines and what is chosen.
fn holds(page: &Answered) -> Vec<(String, String)> {
    let form = given_back(page);
    let part = |text: &str, from: &str, to: &str| {
        text.split_once(from).map(|(_, rest)| rest.split(to).next().unwrap().to_owned())
    };
    let fields = form.split('<').filter_map(|tag| {
        let name = part(tag, " name=\"", "\"")?;
        let value = match tag.split(' ').next().unwrap() {
            "textarea" => part(tag, ">", "<")?,
            "select" => part(form.split(&format!(" name=\"{name}\"")).nth(1).unwrap(), "<option value=\"", "</select>")
                .map(|options| {
                    let chosen = options.find("\" selected").unwrap_or_else(|| panic!("nothing is chosen: {options}"));
                    options[..chosen].rsplit('"').next().unwrap().to_owned()
                })?,
            _ => part(tag, " value=\"", "\"")?,
        };
        Some((name, value.replace("&#39;", "'").replace("&#34;", "\"")))
    });
    fields.collect()
}

/// The body that a browser sends of fields, of which one is filled in otherwise.
fn body(fields: &[(String, String)], name: &str, value: &str) -> String {
    let pairs = fields.iter().map(|(of, was)| format!("{of}={}", if of == name { value } else { was }));
    pairs.collect::<Vec<_>>().join("&").replace(' ', "+")
}

fn value<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    fields.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value)
}

impl Server {
    async fn fills_in(&self, path: &str, cookie: &str, body: impl Into<String>) -> Answered {
        self.send(form(path).header("cookie", cookie), body.into()).await
    }
}

#[tokio::test]
async fn a_report_that_cannot_be_accepted_so_is_accepted_from_the_form_that_comes_back() {
    let server = Server::start().await;
    server.set_up().await;
    server.serve("YA0000001", "mi-1", "2024-03-04").await;
    let submit = json!({"project": "j", "month": "2024-03"});
    let done = server.post("/v1/commands/SubmitReport", &server.of("carla", Role::Capofila), submit.to_string()).await;
    let position = done.json()["position"].clone();
    let (path, rita) = ("/rendicontazione/j/2024-03", server.signed_in(&server.of("rita", Role::Region)).await);
    let accept = |on: &str| format!("step=accept&submitted={position}&act=D.d.s.+7+%22bis%22&on={on}");
    for (on, status, said) in [
        (
            "2024-03-15",
            StatusCode::UNPROCESSABLE_ENTITY,
            "viene dopo l&#39;ultimo del mese. Riguarda il campo «Giorno dell&#39;atto»",
        ),
        (
            "2999-01-01",
            StatusCode::UNPROCESSABLE_ENTITY,
            "Il giorno deve ancora venire. Riguarda il campo «Giorno dell&#39;atto»",
        ),
        ("2024-02-30", StatusCode::BAD_REQUEST, "Il valore di «giorno dell&#39;atto» non va bene: è un giorno"),
    ] {
        let refused = server.fills_in(path, &rita, accept(on)).await;
        assert_eq!(refused.status, status, "{}", refused.text());
        assert!(plain(refused.text()).contains(&plain(said)), "{said}: {}", refused.text());
        assert!(given_back(&refused).contains("value=\"D.d.s. 7 &#34;bis&#34;\""), "{}", refused.text());
        assert!(refused.text().contains(&format!("<a href=\"{path}\">")), "{}", refused.text());
    }
    let refused = server.fills_in(path, &rita, accept("2024-03-15")).await;
    assert!(
        given_back(&refused)
            .contains("name=\"on\" type=\"date\" required value=\"2024-03-15\" autocomplete=\"off\" aria-invalid")
    );
    let fields = holds(&refused);
    let put_right = server.fills_in(path, &rita, body(&fields, "on", "2024-04-10")).await;
    assert_eq!(put_right.status, StatusCode::SEE_OTHER, "{}", put_right.text());
}

#[tokio::test]
async fn what_only_a_person_has_does_not_come_back_and_the_rest_does() {
    let server = Server::start().await;
    server.set_up().await;
    let (citizen, service, _) = server.serve("YA0000001", "mi-1", "2024-03-04").await;
    let admin = server.signed_in(&server.admin()).await;
    let path = format!("/cittadini/{citizen}");
    let named = "legal_basis=Richiesta+di+RSSMRA80A01F205X%2C+art.+17&sure=yes";
    let refused = server.fills_in(&path, &admin, named).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(!refused.text().contains("RSSMRA"), "{}", refused.text());
    for text in
        ["contiene un codice fiscale", "Riguarda il campo «Base giuridica", "type=\"checkbox\" required value=\"yes\""]
    {
        assert!(refused.text().contains(text), "{text}: {}", refused.text());
    }
    assert_eq!(value(&holds(&refused), "legal_basis"), "Richiesta di […] art. 17");
    let unsure = server.fills_in(&path, &admin, "legal_basis=Richiesta+protocollo+7").await;
    assert_eq!(value(&holds(&unsure), "sure"), "yes", "the box stands there, to be ticked");
    assert!(!unsure.text().contains("checked"), "{}", unsure.text());
    let put_right = server.fills_in(&path, &admin, body(&holds(&unsure), "", "")).await;
    assert_eq!(put_right.status, StatusCode::SEE_OTHER, "{}", put_right.text());
    // A name that no form has is nobody's form.
    let foreign = server.fills_in(&path, &admin, format!("legal_basis=x&service={service}&other_field=y")).await;
    assert!(!foreign.text().contains("Correggere"), "{}", foreign.text());
}

#[tokio::test]
async fn an_account_number_is_typed_again_and_the_step_is_the_same() {
    let server = Server::start().await;
    server.set_up().await;
    server.does(&server.operator("anna"), "AuthoriseTranche", &json!({"project": "j", "tranche": "T1"})).await;
    caught_up(&server).await;
    let bruno = server.signed_in(&server.operator("bruno")).await;
    let page = server.browse("/erogazioni?project=j&state=authorised", &bruno).await;
    let from = page.text().find("name=\"said_at\" value=\"").unwrap();
    let said_at = page.text()[from..].split('"').nth(3).unwrap();
    let order = format!("project=j&tranche=T1&said_at={said_at}&amount=100.00&iban=IT61X0542811101000000123456");
    let refused = server.fills_in("/erogazioni", &bruno, order).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.text().contains("0542811101"), "{}", refused.text());
    assert!(refused.text().contains("Riguarda il campo «IBAN del beneficiario»"), "{}", refused.text());
    assert!(refused.text().contains("<a href=\"/erogazioni?project=j\">"), "{}", refused.text());
    let put_right = body(&holds(&refused), "iban", "IT60X0542811101000000123456");
    assert_eq!(server.fills_in("/erogazioni", &bruno, put_right).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_sum_and_a_choice_come_back_and_an_old_page_gives_only_what_was_written() {
    let server = Server::start().await;
    let exposure = server.exposed(true).await;
    let bruno = server.signed_in(&server.operator("bruno")).await;
    let decide =
        |amount: &str, act: &str| format!("project=j&exposure={exposure}&amount={amount}&decision=recover&act={act}");
    let refused = server.fills_in("/erogazioni/esposizioni", &bruno, decide("36.00", "")).await;
    assert!(given_back(&refused).contains("<option value=\"recover\" selected>si chiede indietro</option>"));
    let old = server.fills_in("/erogazioni/esposizioni", &bruno, decide("35.00", "D.d.s.+9")).await;
    assert_eq!(old.status, StatusCode::CONFLICT);
    for text in
        ["Ciò che era stato scritto", "<dd>D.d.s. 9</dd>", "<dd>si chiede indietro</dd>", "Guarda di nuovo la pagina"]
    {
        assert!(old.text().contains(text), "{text}: {}", old.text());
    }
    assert!(!old.text().contains("Invia di nuovo"), "it would be refused again: {}", old.text());
    let decided = server.fills_in("/erogazioni/esposizioni", &bruno, body(&holds(&refused), "act", "D.d.s. 9")).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text());

    let give = format!("project=j&exposure={exposure}&settled=0.00&received_on=2025-03-01&amount=36%2C01");
    let refused = server.fills_in("/erogazioni/restituzioni", &bruno, give).await;
    assert!(refused.text().contains("Riguarda il campo «Importo in euro»"), "{}", refused.text());
    let fields = holds(&refused);
    assert_eq!((value(&fields, "amount"), value(&fields, "received_on")), ("36,01", "2025-03-01"));
    let given = server.fills_in("/erogazioni/restituzioni", &bruno, body(&fields, "amount", "36,00")).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text());
}

#[tokio::test]
async fn a_file_and_a_token_do_not_come_back() {
    let server = Server::start().await;
    server.set_up().await;
    let anna = server.signed_in(&server.operator("anna")).await;
    let refused = server.upload_to("/erogazioni/esiti", &anna, &chosen("a,b\n1,2\n")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text().contains("<a href=\"/erogazioni\">Guarda di nuovo la pagina</a>"), "{}", refused.text());
    assert!(!refused.text().contains("Invia di nuovo"), "{}", refused.text());
    let pasted = server.send(form("/accesso"), "token=geheim&token=geheim").await;
    assert!(pasted.status == StatusCode::BAD_REQUEST && !pasted.text().contains("geheim"), "{}", pasted.text());
}
