use super::*;

/// A cell of the table by province, by the province's name and the column.
fn cell(page: &str, row: &str, column: usize) -> String {
    let from = page.find(&format!("<th scope=\"row\">{row}</th>")).unwrap();
    let cells: Vec<&str> = page[from..].split("<td").skip(1).collect();
    cells[column].split_once('>').unwrap().1.split_once("</td>").unwrap().0.trim().to_owned()
}

#[tokio::test]
async fn before_anything_the_page_says_how_to_begin() {
    let server = Server::start().await;
    let page = server.send(Request::get("/"), "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Nessun programma"));
}

#[tokio::test]
async fn the_page_shows_numbers_and_hides_small_ones_from_the_public() {
    let server = Server::start().await;
    server.set_up().await;
    let mut position = 0;
    for number in 0..9 {
        let point = if number < 2 { "va-1" } else { "mi-1" };
        (_, _, position) = server.serve(&format!("AA000000{number}"), point, "2024-03-01").await;
    }
    server.get(&format!("/v1/points?min_position={position}"), &server.auditor()).await;
    let public = server.send(Request::get("/"), "").await;
    let page = public.text();
    assert_eq!(cell(page, "Varese", 1), "–", "two persons");
    assert_eq!(cell(page, "Milano", 1), "–", "or the two would follow from the total");
    assert!(page.contains("9 <span>su 100</span>"), "{page}");
    assert!(page.contains("1.000,01"), "the plan's difference");
    assert!(page.contains("M1") && page.contains("Obiettivi di monitoraggio"));
    let exact = server.get("/?programme=p", &server.auditor()).await;
    assert_eq!((cell(exact.text(), "Varese", 1), cell(exact.text(), "Milano", 1)), ("2".to_owned(), "7".to_owned()));
    let capofila = server.token(Role::Capofila, Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() });
    assert_eq!(cell(server.get("/", &capofila).await.text(), "Varese", 1), "–", "a project is not the programme");
    let before = server.get("/?programme=p&known_at=8", &server.auditor()).await;
    assert_eq!(cell(before.text(), "Milano", 1), "0");
}

#[tokio::test]
async fn what_a_page_cannot_show_it_says_in_italian() {
    let server = Server::start().await;
    for (path, status) in [("/?programme=x", 404), ("/?known_at=mai", 400), ("/?x=1", 400)] {
        let page = server.send(Request::get(path), "").await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert!(page.text().contains("La richiesta non va bene"), "{path}");
    }
}

#[tokio::test]
async fn the_docs_list_operations_and_codes() {
    let server = Server::start().await;
    let page = server.send(Request::get("/docs"), "").await;
    for text in ["id=\"PointNotOpen\"", "/v1/commands/OpenPoint", "id=\"schema-OpenPoint\"", "min_position"] {
        assert!(page.text().contains(text), "{text}");
    }
    assert!(!page.text().contains("<script"));
}
