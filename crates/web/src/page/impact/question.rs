//! Which decision a page of impact is about: read from its address, and the addresses of those pages.

use traccia_application::{Bearer, permission::may_foresee};
use traccia_domain::{
    Command, CommandKind, PointId, RecordId, ServiceId,
    link::command::{ConfirmBreak, ConfirmLink},
    point::command::ClosePoint,
    service::command::VoidService,
};
use traccia_projections::counting::queries::Link;

use crate::page::{
    counting::lists::short,
    frame::{Asked, Field, Wrong},
    links::decide,
    shown::Cell,
};

/// A reason has to be given, and is written nowhere.
const REASON: &str = "impatto";

/// What is asked.
pub(super) struct Question {
    pub(super) command: Command,
    /// In words.
    pub(super) what: String,
    /// What can be decided on the page itself.
    pub(super) decision: Option<decide::Question>,
    /// Where it was asked.
    pub(super) back: Cell,
}

impl Question {
    pub(super) fn read(asked: &Asked) -> Result<Question, Wrong> {
        asked.only(&["command", "one", "other", "proposed", "service", "point", "on"])?;
        if asked.text("known_at").is_some() || asked.text("giorno").is_some() {
            return Err(Wrong::request("Che cosa cambierebbe si chiede di adesso, non di com'era."));
        }
        match asked.text("command") {
            Some("confirm_link") => pair(asked, "proposed"),
            Some("confirm_break") => pair(asked, "break_proposed"),
            Some("void_service") => void(asked),
            Some("close_point") => close(asked),
            _ => {
                let expected = "è uno di confirm_link, confirm_break, void_service, close_point";
                Err(Wrong::field(Field("command"), expected))
            }
        }
    }
}

fn given<T: std::str::FromStr>(asked: &Asked, name: &'static str, expected: &str) -> Result<T, Wrong> {
    asked.read(name, expected)?.ok_or_else(|| Wrong::field(Field(name), expected))
}

fn pair(asked: &Asked, state: &str) -> Result<Question, Wrong> {
    let record = "è l'identificativo di una anagrafica";
    let citizens: [RecordId; 2] = [given(asked, "one", record)?, given(asked, "other", record)?];
    let proposed: Option<u64> = asked.read("proposed", "è una posizione del registro")?;
    let [one, other] = citizens.map(|citizen| citizen.to_string());
    let names = format!("{} e {}", short(&one), short(&other));
    let decision = proposed.and_then(|proposed| decide::Question::on(state, one, other, proposed));
    let (reason, list) = (REASON.to_owned(), Cell::link("Collegamenti da decidere", decide::list(state).to_owned()));
    let (command, what) = match state {
        "proposed" => (
            ConfirmLink { citizens, reason }.into(),
            format!("Se le anagrafiche {names} fossero della stessa persona."),
        ),
        _ => (
            ConfirmBreak { citizens, reason }.into(),
            format!("Se il collegamento fra le anagrafiche {names} fosse rotto."),
        ),
    };
    Ok(Question { command, what, decision, back: list })
}

fn void(asked: &Asked) -> Result<Question, Wrong> {
    let service: ServiceId = given(asked, "service", "è l'identificativo di un servizio")?;
    let name = format!("Servizio {}", short(&service.to_string()));
    Ok(Question {
        command: VoidService { service, reason: REASON.to_owned() }.into(),
        what: format!("Se il servizio {} fosse annullato.", short(&service.to_string())),
        decision: None,
        back: Cell::link(name, format!("/servizi/{service}")),
    })
}

fn close(asked: &Asked) -> Result<Question, Wrong> {
    let point: PointId = given(asked, "point", "è l'identificativo di un punto")?;
    let on: jiff::civil::Date = given(asked, "on", "è un giorno, per esempio 2024-06-30")?;
    let what = format!(
        "Se il punto {point} fosse chiuso dal {}: i servizi dati fino al giorno prima restano.",
        crate::page::shown::italian::day_of(&on.to_string())
    );
    let back = Cell::link(point.as_str(), format!("/punti/{point}"));
    let command = ClosePoint { point, on, reason: REASON.to_owned() }.into();
    Ok(Question { command, what, decision: None, back })
}

/// Where it says what confirming a proposal would change; `proposed`, where the reader may decide on it.
pub(crate) fn of_link(link: &Link, decides: bool) -> Option<String> {
    let command = match link.state.as_str() {
        "proposed" => "confirm_link",
        "break_proposed" => "confirm_break",
        _ => return None,
    };
    let proposed = if decides { format!("&proposed={}", link.last.said_at) } else { String::new() };
    Some(format!("/impatto?command={command}&one={}&other={}{proposed}", link.one.citizen, link.other.citizen))
}

/// Where it says what voiding a service would change, for those who may ask.
pub(crate) fn voiding(who: &Bearer, service: &str) -> Option<String> {
    may_foresee(who, CommandKind::VoidService).ok().map(|_| format!("/impatto?command=void_service&service={service}"))
}

/// Whether a bearer may ask what closing a point would change.
pub(crate) fn closing(who: &Bearer) -> bool {
    may_foresee(who, CommandKind::ClosePoint).is_ok()
}
