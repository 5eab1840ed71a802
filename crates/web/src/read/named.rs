//! Whether what a question names is there.

use traccia_projections::{
    answer::Reader,
    points::queries::{Missing, References, missing},
};

use crate::Problem;

/// Refuses a question about something that is not there, or not part of the rest it names: an empty answer would look
/// like nought. What the bearer may not see is not there either.
pub(crate) async fn check(reader: &Reader, named: References) -> Result<(), Problem> {
    let Some(missing) = missing(reader, &named).await? else { return Ok(()) };
    let (code, what, whole) = match missing {
        Missing::Programme => ("UnknownProgramme", "programme", ""),
        Missing::Project => ("UnknownProject", "project", named.programme.map_or("", |_| " in that programme")),
        Missing::Province => ("UnknownProvince", "province", " in what is asked for"),
        Missing::Point => {
            let within = named.programme.is_some() || named.project.is_some() || named.province.is_some();
            ("UnknownPoint", "point", if within { " in what is asked for" } else { "" })
        }
    };
    let detail = format!("there is no such {what}{whole}, or it is outside what your token may see");
    Err(Problem::not_found(code, detail))
}
