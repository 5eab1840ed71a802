//! What is taken to the bank: each order in one batch, and each batch one file for ever.

use super::*;
use crate::program::ran;

const FORMATS: [&str; 3] = ["json", "csv", "pain001"];

impl Programme {
    /// The first tranche of a project, authorised and ordered.
    async fn gives_order(&self, project: &str) {
        let of = json!({"project": project, "tranche": "T1"});
        self.does("anna", Role::Treasurer, "AuthoriseTranche", of).await;
        self.orders_again(project).await;
    }

    async fn orders_again(&self, project: &str) {
        let order = json!({"project": project, "tranche": "T1", "iban": IBAN});
        self.does("bruno", Role::Treasurer, "OrderPayment", order).await;
    }

    async fn closes(&self) -> Answer {
        self.asks("anna", Role::Treasurer, "CloseBatch", json!({"programme": "prog"})).await
    }

    /// The projects in each batch, the first closed first.
    async fn batches(&self) -> Vec<Vec<String>> {
        self.house.caught_up().await;
        let list = self.house.read("/v1/payments/batches?programme=prog").await;
        let mut batches = Vec::new();
        for batch in list["items"].as_array().unwrap().iter().rev() {
            let file = self.house.read(&format!("/v1/payments/batches/prog/{}", batch["number"])).await;
            let items = file["items"].as_array().unwrap();
            batches.push(items.iter().map(|order| order["project"].as_str().unwrap().to_owned()).collect());
        }
        batches
    }
}

/// Each form of the first batch.
async fn first_batch(house: &House) -> Vec<String> {
    house.caught_up().await;
    let mut files = Vec::new();
    for format in FORMATS {
        let file = house.get(&house.admin(), &format!("/v1/payments/batches/prog/1?format={format}")).await;
        assert_eq!(file.status.as_u16(), 200, "{}", file.text);
        files.push(file.text);
    }
    files
}

#[tokio::test]
async fn a_batch_is_the_same_file_after_more_orders_an_answer_of_the_bank_and_a_rebuild() {
    let programme = Programme::begun().await;
    programme.gives_order("p").await;
    let empty = |answer: Answer| (answer.status.as_u16(), answer.body["code"].as_str().unwrap_or_default().to_owned());
    assert_eq!(empty(programme.closes().await), done());
    assert_eq!(empty(programme.closes().await), refused(422, "NoOrders"));
    let first = first_batch(&programme.house).await;
    programme.gives_order("q").await;
    let receipt = json!({"project": "p", "tranche": "T1", "paid_on": "2024-06-01", "reference": "TRN 1"});
    programme.does("anna", Role::Treasurer, "ConfirmPayment", receipt).await;
    assert_eq!(empty(programme.closes().await), done());
    assert_eq!(programme.batches().await, [["p"], ["q"]]);
    assert_eq!(first_batch(&programme.house).await, first);

    let Programme { mut house } = programme;
    let folder = std::mem::replace(&mut house.folder, tempfile::tempdir().unwrap());
    drop(house);
    let data = folder.path().to_str().unwrap();
    ran(&["rebuild", "--data", data]);
    let checked = ran(&["verify", "--data", data]);
    assert!(checked.contains("2 payment batches closed again"), "{checked}");
    let file = folder.path().join("distinta.xml");
    ran(&["payments", "batch", "prog", "1", "--pain001", "--out", file.to_str().unwrap(), "--data", data]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), first[2]);
    assert_eq!(ran(&["payments", "batch", "prog", "1", "--data", data]), first[1]);
    let listed = ran(&["payments", "batches", "--csv", "--data", data]);
    assert_eq!(listed.lines().count(), 3, "{listed}");
    let orders = ran(&["payments", "orders", "--data", data]);
    assert!(orders.contains(",q,T1,") && !orders.contains(",p,T1,"), "the bank has not answered of q alone: {orders}");
    let house = House::open(folder).await;
    assert_eq!(first_batch(&house).await, first, "rebuilt");
}

#[tokio::test]
async fn an_order_that_the_bank_returns_is_in_the_next_batch_and_in_none_before_it_is_given_again() {
    let programme = Programme::begun().await;
    programme.gives_order("p").await;
    programme.gives_order("q").await;
    assert_eq!(programme.closes().await.status.as_u16(), 200);
    let returned = json!({"reason": "conto chiuso"});
    assert_eq!(programme.treasurer("anna", "FailPayment", "T1", returned).await, done());
    assert_eq!(programme.closes().await.body["code"], "NoOrders");
    programme.orders_again("p").await;
    assert_eq!(programme.closes().await.status.as_u16(), 200);
    assert_eq!(programme.batches().await, [vec!["p", "q"], vec!["p"]]);
    let unanswered = programme.house.read("/v1/payments/orders?format=json").await;
    let told: Vec<_> =
        unanswered["items"].as_array().unwrap().iter().map(|o| json!([o["project"], o["batch"]])).collect();
    assert_eq!(told, [json!(["p", 2]), json!(["q", 1])]);
}

#[tokio::test]
async fn orders_and_closes_at_once_lose_no_order_and_put_none_in_two_batches() {
    let programme = Programme::begun().await;
    for project in ["p", "q"] {
        let of = json!({"project": project, "tranche": "T1"});
        programme.does("anna", Role::Treasurer, "AuthoriseTranche", of).await;
    }
    let orders = ["p", "q"].map(|project| programme.orders_again(project));
    let closes = (0..6).map(|_| programme.closes());
    let (_, answers) = tokio::join!(futures::future::join_all(orders), futures::future::join_all(closes));
    for answer in &answers {
        let nothing = [&json!("NoOrders"), &json!("Conflict")].contains(&&answer.body["code"]);
        assert!(answer.status.as_u16() == 200 || nothing, "{}", answer.text);
    }
    programme.closes().await;
    let mut all = programme.batches().await.concat();
    all.sort_unstable();
    assert_eq!(all, ["p", "q"]);
}
