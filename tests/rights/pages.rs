//! The pages of those who have signed in, as `reads` has the API's routes.

use super::reads::{
    Route,
    Sees::{All, No, Own, Whole},
    get,
};

/// What only a browser sends: where from is asked before what, as the tests of `web` show.
pub(super) const FORMS: [&str; 15] = [
    "POST /caricamenti",
    "POST /collegamenti",
    "POST /cittadini/{id}",
    "POST /rendicontazione/{project}/{month}",
    "POST /servizi/{id}",
    "POST /spese",
    "POST /spese/dichiarazioni",
    "POST /milestone",
    "POST /regis",
    "POST /erogazioni",
    "POST /erogazioni/distinte",
    "POST /erogazioni/esiti",
    "POST /erogazioni/esposizioni",
    "POST /erogazioni/passi",
    "POST /erogazioni/restituzioni",
];

pub(super) const PAGES: &[Route] = &[
    Route {
        operation: "GET /erogazioni",
        rights: [No, Own, Own, Own],
        ask: |side, _| get(format!("/erogazioni?project={}", side.project), "Chi autorizza non ordina"),
    },
    // Whole account numbers are for who pays.
    Route {
        operation: "GET /erogazioni/distinte/{programme}/{number}",
        rights: [No, No, No, Own],
        ask: |side, _| get(format!("/erogazioni/distinte/{}/1?format=pain001", side.programme), "</Document>"),
    },
    Route {
        operation: "GET /collegamenti",
        rights: [No, No, Own, No],
        ask: |side, _| get("/collegamenti", side.citizen.clone()),
    },
    Route {
        operation: "GET /programmi/{id}",
        rights: [Whole, Own, Own, Own],
        ask: |side, _| get(format!("/programmi/{}", side.programme), format!("/progetti/{}", side.project)),
    },
    Route {
        operation: "GET /progetti/{id}",
        rights: [Whole, Own, Own, Own],
        ask: |side, _| get(format!("/progetti/{}", side.project), format!("/punti/{}", side.point)),
    },
    Route {
        operation: "GET /punti",
        rights: [Own, Own, Own, Own],
        ask: |side, _| get(format!("/punti?point={}", side.point), format!("/punti/{}", side.point)),
    },
    Route {
        operation: "GET /punti/{id}",
        rights: [Own, Own, Own, Own],
        ask: |side, _| get(format!("/punti/{}", side.point), "Registrata il"),
    },
    Route {
        operation: "GET /conteggio",
        rights: [Own, Own, Own, Own],
        ask: |side, _| get(format!("/conteggio?point={}", side.point), format!("/punti/{}", side.point)),
    },
    Route {
        operation: "GET /conteggio/servizi",
        rights: [Own, Own, Own, No],
        ask: |side, _| get(format!("/conteggio/servizi?point={}", side.point), side.service.clone()),
    },
    Route {
        operation: "GET /conteggio/cittadini",
        rights: [Own, Own, Own, No],
        ask: |side, _| get(format!("/conteggio/cittadini?point={}", side.point), side.citizen.clone()),
    },
    Route {
        operation: "GET /conteggio/differenze",
        rights: [Own, Own, Own, No],
        ask: |side, _| get(format!("/conteggio/differenze?from=0&point={}", side.point), side.citizen.clone()),
    },
    Route {
        operation: "GET /servizi/{id}",
        rights: [Own, Own, Own, No],
        ask: |side, _| get(format!("/servizi/{}", side.service), side.citizen.clone()),
    },
    Route {
        operation: "GET /cittadini/{id}",
        rights: [Own, Own, Own, No],
        ask: |side, _| get(format!("/cittadini/{}", side.citizen), side.service.clone()),
    },
    Route {
        operation: "GET /rendicontazione",
        rights: [No, Own, Own, Own],
        ask: |side, _| get("/rendicontazione", format!("/rendicontazione/{}/2024-03", side.project)),
    },
    Route {
        operation: "GET /rendicontazione/{project}/{month}",
        rights: [No, Own, Own, Own],
        ask: |side, _| get(format!("/rendicontazione/{}/2024-03", side.project), "Report di marzo 2024"),
    },
    Route {
        operation: "GET /report/{project}/{month}/stampa",
        rights: [No, Own, Own, Own],
        ask: |side, _| get(format!("/report/{}/2024-03/stampa", side.project), "Firma"),
    },
    Route {
        operation: "GET /segnalazioni",
        rights: [No, Own, Own, No],
        ask: |side, _| get("/segnalazioni", format!("minutes_of_a_day.{}.2024-03-01", side.facilitator)),
    },
    Route {
        operation: "GET /segnalazioni/servizi",
        rights: [No, Own, Own, No],
        ask: |side, _| {
            let day = format!("minutes_of_a_day.{}.2024-03-01", side.facilitator);
            get(format!("/segnalazioni/servizi?finding={day}"), side.service.clone())
        },
    },
    Route {
        operation: "GET /registro",
        rights: [No, Own, Own, Own],
        ask: |side, _| get(format!("/registro?entity=point.{}", side.point), "<td>punto aperto</td>"),
    },
    Route {
        operation: "GET /registro/{position}",
        rights: [No, No, No, No],
        ask: |_, _| get("/registro/1", "log_started"),
    },
    Route {
        operation: "GET /spese",
        rights: [No, Own, Own, Own],
        ask: |side, _| get(format!("/spese?project={}", side.project), format!("spesa-{}", side.project)),
    },
    Route {
        operation: "GET /milestone",
        rights: [No, Own, Own, Own],
        ask: |side, _| get("/milestone", format!("/progetti/{}", side.project)),
    },
    Route {
        operation: "GET /milestone/unita",
        rights: [Own, Own, Own, No],
        ask: |side, _| get(format!("/milestone/unita?project={}&milestone=M2", side.project), side.citizen.clone()),
    },
    Route {
        operation: "GET /rimodulazione",
        rights: [No, No, Own, No],
        ask: |side, _| {
            get(format!("/rimodulazione?programme={}", side.programme), format!("/progetti/{}", side.project))
        },
    },
    Route {
        operation: "GET /regis",
        rights: [No, No, Own, Own],
        ask: |side, _| get("/regis", format!("/regis/indicatori?programme={}", side.programme)),
    },
    Route {
        operation: "GET /regis/indicatori",
        rights: [No, No, Own, Own],
        ask: |side, _| get(format!("/regis/indicatori?programme={}", side.programme), "codice_univoco_submisura"),
    },
    Route {
        operation: "GET /regis/controlli",
        rights: [No, No, Own, No],
        ask: |side, _| {
            get(format!("/regis/controlli?programme={}", side.programme), format!("project.{}", side.project))
        },
    },
    Route {
        operation: "GET /regis/ocds",
        rights: [No, No, Own, Own],
        ask: |side, _| get(format!("/regis/ocds?programme={}", side.programme), format!("-{}\"", side.project)),
    },
    Route {
        operation: "GET /caricamenti",
        rights: [All, All, No, No],
        ask: |_, _| get("/caricamenti", "name=\"file\""),
    },
    Route {
        operation: "GET /caricamenti/{id}",
        rights: [Own, Own, Own, No],
        ask: |_, kept| get(format!("/caricamenti/{kept}"), "Righe del file"),
    },
    Route {
        operation: "GET /caricamenti/{id}/scartate",
        rights: [Own, Own, Own, No],
        ask: |_, kept| get(format!("/caricamenti/{kept}/scartate"), "Numero Riga"),
    },
];
