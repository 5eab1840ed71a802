use super::*;

const COLUMNS: &str = "IDFacilitatore,NominativoFacilitatore,IDSede,NominativoSede,AN1,AN2,AN3,AN4,AN5,AN6,AN7,AN8,AN9,AN10,\
                       AN11,AN12,AN14,AN17,PR1,PR2,SE1,SE2,SE3,SE4,SE5,SE6,SE7,ES1,ES2,ES3,ES4,ES5,ES6";

/// A row of the layout.
pub(super) fn row(document: &str, point: &str, on: &str) -> String {
    let mut cells = vec![String::new(); 33];
    for (place, value) in [
        (0, "f-1"),
        (2, point),
        (4, "Nome"),
        (5, "Cognome"),
        (7, "SI"),
        (8, "B"),
        (9, document),
        (10, "A"),
        (11, "C"),
        (12, "A"),
        (13, "A"),
        (14, "A"),
        (15, "MI"),
        (20, on),
        (21, "00:30"),
        (22, "A"),
        (23, "A"),
        (24, "1"),
        (25, "A"),
    ] {
        cells[place] = value.to_owned();
    }
    cells.join(",")
}

pub(super) fn file(rows: &[String]) -> String {
    format!("{COLUMNS}\n{}\n", rows.join("\n"))
}

#[tokio::test]
async fn an_upload_is_recorded_once_and_its_rejected_rows_are_kept() {
    let server = Server::with(Limits { command: 2_000, ..Limits::default() }).await;
    server.set_up().await;
    let mut rows: Vec<String> =
        (0..29).map(|number| row(&format!("AA00000{number:02}"), "mi-1", "2024-03-01")).collect();
    rows.push(row("AA0000099", "zz-9", "2024-03-01"));
    let capofila = server.token(Role::Capofila, Scope { projects: vec!["j".parse().unwrap()], ..Scope::default() });
    let tried = server.post("/v1/imports?dry_run=true", &capofila, file(&rows)).await.json();
    let head = server.app.application.log();
    let before = traccia_log::Log::head(&**head).await.unwrap();
    assert_eq!((&tried["recorded"], &tried["rejected"]), (&json!(29), &json!(1)), "{tried}");
    let first = server.post("/v1/imports", &capofila, file(&rows)).await.json();
    assert_eq!((&first["recorded"], &first["rejected"], &first["new_citizens"]), (&json!(29), &json!(1), &json!(29)));
    assert!(first["position"].as_u64().unwrap() > before.0);
    let form = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{}\r\n--x--\r\n",
        file(&rows)
    );
    let request = Request::post("/v1/imports")
        .header("authorization", format!("Bearer {capofila}"))
        .header("content-type", "multipart/form-data; boundary=x");
    let again = server.send(request, form).await.json();
    assert_eq!((&again["file"], &again["recorded"], &again["duplicates"]), (&first["file"], &json!(0), &json!(29)));
    assert_eq!(again["position"], first["position"], "nothing was recorded: the counts are true at the log's end");
    let foreseen = server.post("/v1/imports?dry_run=true", &capofila, file(&rows)).await.json();
    for count in ["recorded", "duplicates", "rejected", "new_citizens", "known_citizens", "position"] {
        assert_eq!(foreseen[count], again[count], "{count}");
    }
    let id = first["id"].as_str().unwrap();
    assert_eq!(
        server.get(&format!("/v1/imports/{id}"), &capofila).await.json(),
        first,
        "another run is another report"
    );
    let rejected = server.get(&format!("/v1/imports/{id}/rejected"), &capofila).await;
    assert_eq!(rejected.text().lines().count(), 2);
    assert!(!rejected.text().contains("Cognome") && !rejected.text().contains("AA0000099"));
    assert_eq!(server.get(&format!("/v1/imports/{id}"), &server.auditor()).await.json()["rows"], 30);
    let region = |programme: &str| {
        server.token(Role::Region, Scope { programmes: vec![programme.parse().unwrap()], ..Scope::default() })
    };
    let point = Scope { points: vec!["mi-1".parse().unwrap()], ..Scope::default() };
    for path in [format!("/v1/imports/{id}"), format!("/v1/imports/{id}/rejected")] {
        assert_eq!(server.get(&path, &region("p")).await.status, StatusCode::OK, "the Region's own programme");
        for other in [region("q"), server.token(Role::Facilitator, point.clone())] {
            assert_eq!(server.get(&path, &other).await.code(), "UnknownImport", "an upload is its sender's");
        }
    }
}

#[tokio::test]
async fn a_file_that_is_mostly_wrong_is_refused_with_its_counts() {
    let server = Server::start().await;
    server.set_up().await;
    let rows = [row("AA0000001", "mi-1", "2024-03-01"), row("AA0000002", "zz-9", "2024-03-01")];
    let refused = server.post("/v1/imports", &server.admin(), file(&rows)).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "MostlyWrong"));
    assert_eq!((&refused.json()["report"]["rejected"], &refused.json()["report"]["rows"]), (&json!(1), &json!(2)));
    let layout = server.post("/v1/imports", &server.admin(), "a,b\n1,2\n").await;
    assert_eq!((layout.status.as_u16(), layout.code().as_str()), (400, "Malformed"));
    let header = server.post("/v1/imports", &server.admin(), format!("{COLUMNS}\n")).await;
    assert_eq!(header.json()["detail"], "the file has no rows: nothing follows its header");
}

#[tokio::test]
async fn while_every_place_for_uploads_is_taken_another_is_told_to_wait() {
    let server = Server::with(Limits { uploads: 1, ..Limits::default() }).await;
    server.set_up().await;
    let rows = file(&[row("AA0000001", "mi-1", "2024-03-01")]);
    let head = async || traccia_log::Log::head(&**server.app.application.log()).await.unwrap();
    let before = head().await;
    let taken = server.app.uploads().try_acquire_owned().unwrap();
    let waits = server.post("/v1/imports", &server.admin(), rows.clone()).await;
    assert_eq!((waits.status.as_u16(), waits.code().as_str()), (429, "TooManyUploads"));
    assert_eq!(head().await, before, "nothing is written");
    drop(taken);
    for _ in 0..2 {
        let taken_in = server.post("/v1/imports", &server.admin(), rows.clone()).await;
        assert_eq!(taken_in.status, StatusCode::OK, "an upload gives its place back: {}", taken_in.text());
    }
}
