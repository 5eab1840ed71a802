//! Events as pages call them.

/// What happened, in words; an event that pages do not know keeps its name.
pub(crate) fn happened(event: &str) -> &str {
    match event {
        "ServiceRecorded" => "servizio registrato",
        "ServiceDisputed" => "servizio contestato",
        "ServiceUpheld" => "servizio confermato",
        "ServiceVoided" => "servizio annullato",
        "RecordRegistered" => "anagrafica registrata",
        "RecordsLinked" => "documenti presentati insieme",
        "LinkProposed" => "collegamento proposto",
        "LinkConfirmed" => "collegamento confermato",
        "LinkRejected" => "collegamento respinto",
        "BreakProposed" => "rottura del collegamento chiesta",
        "LinkBroken" => "collegamento rotto",
        "BreakRejected" => "rottura del collegamento respinta",
        "PointOpened" => "punto aperto",
        "PointSuspended" => "punto sospeso",
        "PointResumed" => "punto ripreso",
        "PointClosed" => "punto chiuso",
        "PointVoided" => "punto annullato",
        "FacilitatorEnrolled" => "facilitatore dichiarato",
        "FacilitatorEnded" => "facilitatore cessato",
        "ApplicationSubmitted" => "progetto presentato",
        "ApplicationApproved" => "progetto approvato",
        "ApplicationRejected" => "progetto respinto",
        "FundingLineSwitched" => "finanziamento cambiato",
        "ProgrammeDefined" => "programma definito",
        "RulesAdopted" => "regole adottate",
        "ReportingWindowSet" => "finestra di rendicontazione stabilita",
        "MilestoneClaimed" => "milestone richiesta",
        "MilestoneCertified" => "milestone certificata",
        "SampleDrawn" => "campione estratto",
        "FindingRecorded" => "esito di una verifica registrato",
        other => other,
    }
}
