//! Reasons in words.

use crate::counting::Reason;

impl Reason {
    /// Why a service does not count, as pages say it.
    #[must_use]
    pub fn in_italian(self) -> &'static str {
        match self {
            Reason::Voided => "Il servizio è stato annullato.",
            Reason::Duplicate => "È lo stesso servizio già registrato con un altro documento della stessa persona.",
            Reason::Scd => "È stato erogato da un volontario del Servizio civile digitale e si conta a parte.",
            Reason::OtherFunding => "In quella data il progetto era finanziato da altra fonte.",
            Reason::Kind => "Il tipo di servizio non è tra quelli che contano per il programma.",
            Reason::OutsideProject => "La data è fuori dal periodo del progetto.",
            Reason::PointNotOpen => "In quella data il punto non era aperto.",
            Reason::FacilitatorNotValid => "In quella data il facilitatore non era valido presso il punto.",
            Reason::UnderAge => "In quella data la persona non aveva l'età minima del programma.",
        }
    }

    /// The reason that the tables write so.
    #[must_use]
    pub fn named(name: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}
