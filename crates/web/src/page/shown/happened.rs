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
        "TrancheAuthorised" => "quota autorizzata",
        "PaymentOrdered" => "pagamento ordinato",
        "PaymentConfirmed" => "pagamento confermato dalla banca",
        "PaymentFailed" => "pagamento non riuscito",
        "PaymentReconciled" => "pagamento riconciliato",
        "BatchClosed" => "distinta di pagamento chiusa",
        "TrancheSuspended" => "quota sospesa",
        "TrancheReleased" => "quota riammessa",
        "TrancheRevoked" => "quota revocata",
        "ExposureDecided" => "deciso su un'esposizione",
        "RecoveryRecorded" => "restituzione registrata",
        "ReportSubmitted" => "report presentato",
        "ReportReturned" => "report restituito",
        "ReportAccepted" => "report accettato",
        "ReportReopened" => "mese riaperto",
        "RedistributionAdopted" => "rimodulazione adottata",
        "ExpenseNamed" => "nome di una spesa preso",
        "ExpenseDeclared" => "spesa dichiarata",
        "ExpenseAccepted" => "spesa accettata",
        "ExpenseRejected" => "spesa respinta",
        "NumberPresented" => "numero di documento presentato",
        "RecordErased" => "dati dell'anagrafica cancellati",
        "FingerprintKeyRotated" => "chiave delle impronte cambiata",
        "LogStarted" => "registro iniziato",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use traccia_domain::Event;

    use super::*;

    #[test]
    fn every_event_has_its_words() {
        let without: Vec<&str> = Event::kinds().map(|kind| kind.name).filter(|name| happened(name) == *name).collect();
        assert!(without.is_empty(), "{without:?}");
    }
}
