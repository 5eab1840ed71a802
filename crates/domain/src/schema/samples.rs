//! One sample of each event in its current version, every field of it filled. Nobody in it exists.
//!
//! A sample written to disk is frozen: a new version gets a new one here, and the old file stays.

mod plan;

use std::{fmt::Debug, str::FromStr};

use jiff::civil::{Date, date};

use self::plan::{application, approval, definition, expense_caps, point_rules};
use crate::{
    Cents, Event, Position, RecordId, TimeOfDay,
    document::{DocumentKind, KeyVersion},
    expense::ExpenseNamed,
    facilitator::{FacilitatorEnded, FacilitatorEnrolled, command::FacilitatorRole},
    genesis::{FingerprintKeyRotated, LogStarted},
    hash::Hex,
    invoice::{ExpenseAccepted, ExpenseDeclared, ExpenseRejected, Supplier},
    link::{
        BreakProposed, BreakRejected, LinkBasis, LinkBroken, LinkConfirmed, LinkProposed, LinkRejected, Proposer,
        RecordsLinked,
    },
    milestone::{FindingRecorded, MilestoneCertified, MilestoneClaimed, SampleDrawn, Terms, command::Checked},
    money::reduction::Gate,
    number::NumberPresented,
    payments::{BatchClosed, Batched, Layout},
    point::{PointClosed, PointOpened, PointResumed, PointSuspended, PointVoided, command::PointKind},
    programme::{
        ProgrammeDefined, RedistributionAdopted, ReportingWindowSet, Reserve, RulesAdopted,
        command::NewCommitment,
        rules::{CountingRules, PointsBasis, Reduction},
    },
    project::{ApplicationRejected, FundingLineSwitched, command::Funding},
    record::{RecordErased, RecordRegistered, SealedProfile},
    report::{ReportAccepted, ReportReopened, ReportReturned, ReportSubmitted},
    service::{
        ServiceDisputed, ServiceKind, ServiceRecorded, ServiceUpheld, ServiceVoided,
        details::{Mode, Questionnaire},
    },
    tranche::{
        Cause, ExposureDecided, OrderId, PaymentConfirmed, PaymentFailed, PaymentOrdered, PaymentReconciled,
        RecoveryRecorded, Rest, TrancheAuthorised, TrancheReleased, TrancheRevoked, TrancheSuspended,
        command::ExposureDecision,
        entry::{Difference, Entry, EntryCode},
    },
};

fn of<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a sample is well formed")
}

const DAY: Date = date(2024, 3, 8);
const ACT: &str = "D.d.u.o. 1 del 15 febbraio 2023";
const RECORD: &str = "000102030405060708090a0b0c0d0e0f";
const OTHER_RECORD: &str = "101112131415161718191a1b1c1d1e1f";

/// A sample of every event, in the order of `Event::kinds`.
#[must_use]
pub fn samples() -> Vec<Event> {
    let reason = || "Registrato due volte".to_owned();
    vec![
        service().into(),
        ServiceDisputed { reason: reason() }.into(),
        ServiceUpheld { reason: reason() }.into(),
        ServiceVoided { reason: reason() }.into(),
        RecordRegistered {
            document: DocumentKind::Passport,
            key_version: KeyVersion(1),
            profile: Some(SealedProfile("00".repeat(64))),
            followed_by: Some(RecordId(Hex([3; 16]))),
        }
        .into(),
        RecordErased { legal_basis: "Art. 17, par. 1, lett. b), reg. (UE) 2016/679".to_owned() }.into(),
        NumberPresented { record: of(RECORD) }.into(),
        RecordsLinked { records: pair(), basis: LinkBasis::PresentedTogether }.into(),
        LinkProposed {
            records: pair(),
            proposer: Proposer::Person("ufficio-1".to_owned()),
            reason: "Stessa persona, due documenti".to_owned(),
        }
        .into(),
        LinkConfirmed { records: pair(), reason: "Documenti confrontati".to_owned() }.into(),
        LinkRejected { records: pair(), reason: "Omonimi".to_owned() }.into(),
        BreakProposed {
            records: pair(),
            proposer: "ufficio-1".to_owned(),
            reason: "Due fratelli allo stesso sportello".to_owned(),
        }
        .into(),
        LinkBroken { records: pair(), reason: "Documenti confrontati".to_owned() }.into(),
        BreakRejected { records: pair(), reason: "Documenti confrontati".to_owned() }.into(),
        point().into(),
        PointSuspended { on: DAY, reason: "Lavori".to_owned() }.into(),
        PointResumed { on: DAY, reason: "Lavori finiti".to_owned() }.into(),
        PointClosed { on: DAY, reason: "Sede chiusa".to_owned() }.into(),
        PointVoided { on: DAY, reason: "Aperto per errore".to_owned() }.into(),
        FacilitatorEnrolled {
            project: of("lombardia-mi"),
            role: FacilitatorRole::Facilitator,
            points: vec![of("mi-001"), of("mi-002")],
            from: DAY,
            until: Some(date(2025, 1, 1)),
            certificate: Some("DTD-100".to_owned()),
        }
        .into(),
        FacilitatorEnded { on: DAY }.into(),
        application().into(),
        approval().into(),
        ApplicationRejected { reason: "Documenti mancanti".to_owned(), on: DAY }.into(),
        FundingLineSwitched {
            from: DAY,
            funding: Funding::Other,
            source: "Fondi regionali".to_owned(),
            act: ACT.to_owned(),
        }
        .into(),
        ReportSubmitted {
            project: of("lombardia-mi"),
            month: of("2024-03"),
            obstacles: Some("Due presidi senza connessione per una settimana".to_owned()),
            submitter: "capofila-1".to_owned(),
        }
        .into(),
        ReportReturned {
            project: of("lombardia-mi"),
            month: of("2024-03"),
            reason: "Criticità da chiarire".to_owned(),
        }
        .into(),
        ReportAccepted {
            project: of("lombardia-mi"),
            month: of("2024-03"),
            on: date(2024, 4, 20),
            act: ACT.to_owned(),
        }
        .into(),
        ReportReopened {
            project: of("lombardia-mi"),
            month: of("2024-03"),
            reason: "Servizi da aggiungere".to_owned(),
        }
        .into(),
        MilestoneClaimed { milestone: "M1".to_owned(), terms: terms(), cure: true }.into(),
        MilestoneCertified {
            milestone: "M1".to_owned(),
            claim: Position(4711),
            count: 2014,
            root: Hex([7; 32]),
            points: Some(Gate { reached: 8, needed: 8 }),
            citizens: Some(Gate { reached: 2014, needed: 2014 }),
            reduction: Reduction::WeakestLink,
            rules: 1,
        }
        .into(),
        SampleDrawn {
            milestone: "M1".to_owned(),
            claim: Position(4711),
            root: Hex([7; 32]),
            count: 2014,
            public_value: "Lotto, Milano, 5 marzo 2024: 11 22 33 44 55".to_owned(),
            units: pair().to_vec(),
        }
        .into(),
        FindingRecorded {
            milestone: "M1".to_owned(),
            claim: Position(4711),
            unit: of(RECORD),
            finding: Checked::Confirmed,
            note: Some("Registro delle presenze visto".to_owned()),
        }
        .into(),
        ProgrammeDefined { definition: Box::new(definition()) }.into(),
        RulesAdopted {
            act: ACT.to_owned(),
            effective_on: DAY,
            counting: Some(CountingRules { minimum_age: 18, ..CountingRules::default() }),
            points: Some(point_rules()),
            expense_caps: Some(expense_caps()),
        }
        .into(),
        RedistributionAdopted {
            act: ACT.to_owned(),
            effective_on: DAY,
            projects: vec![NewCommitment {
                project: of("lombardia-mi"),
                award: of("329976.03"),
                points: 10,
                citizens: 6_040,
                services: 9_060,
            }],
            reserve: Some(Reserve {
                name: "riserva-2025".to_owned(),
                award: of("110083.07"),
                points: 0,
                citizens: 2_015,
                services: 2_940,
            }),
        }
        .into(),
        ReportingWindowSet { month: of("2024-03"), until: date(2024, 4, 15), act: ACT.to_owned() }.into(),
        ExpenseDeclared {
            expense: of("lombardia-mi-1"),
            project: of("lombardia-mi"),
            item: "training".to_owned(),
            supplier: Supplier::Vat("12345678903".to_owned()),
            number: "FT-12/2024".to_owned(),
            date: DAY,
            amount: of("1220.00"),
            share: of("0.50"),
            declared_by: "ufficio-1".to_owned(),
        }
        .into(),
        ExpenseAccepted { expense: of("lombardia-mi-1") }.into(),
        ExpenseRejected { expense: of("lombardia-mi-1"), reason: "Non pertinente".to_owned() }.into(),
        ExpenseNamed { project: of("lombardia-mi"), invoice: of(RECORD) }.into(),
        authorised().into(),
        PaymentOrdered { tranche: "T2".to_owned(), order: ORDER, amount: of("87973.57"), iban: of(IBAN), on: DAY }
            .into(),
        PaymentConfirmed { tranche: "T2".to_owned(), order: ORDER, paid_on: DAY, reference: "TRN 0001".to_owned() }
            .into(),
        PaymentFailed { tranche: "T2".to_owned(), order: ORDER, reason: "Conto chiuso".to_owned() }.into(),
        PaymentReconciled { tranche: "T2".to_owned(), order: ORDER, statement: "Estratto 3/2024".to_owned() }.into(),
        TrancheSuspended { tranche: "T3".to_owned(), act: ACT.to_owned(), reason: "Verifica in corso".to_owned() }
            .into(),
        TrancheReleased { tranche: "T3".to_owned(), act: ACT.to_owned(), reason: "Verifica conclusa".to_owned() }
            .into(),
        TrancheRevoked {
            tranche: "T5".to_owned(),
            planned: of("8801.18"),
            act: ACT.to_owned(),
            reason: "Rinuncia".to_owned(),
        }
        .into(),
        ExposureDecided {
            exposure: "T1-900".to_owned(),
            tranche: "T1".to_owned(),
            amount: of("27.32"),
            causes: vec![Cause { position: Position(900), units: 2, points: 0, amount: Difference(of("27.32")) }],
            position: Position(950),
            decision: ExposureDecision::Net,
            act: ACT.to_owned(),
            rests: vec![Rest { exposure: "T1-800".to_owned(), amount: of("27.32") }],
        }
        .into(),
        RecoveryRecorded {
            exposure: "T1-900".to_owned(),
            tranche: "T1".to_owned(),
            received_on: DAY,
            amount: of("27.32"),
        }
        .into(),
        BatchClosed {
            number: 1,
            on: DAY,
            orders: vec![Batched {
                project: of("lombardia-mi"),
                tranche: "T2".to_owned(),
                order: ORDER,
                amount: of("87973.57"),
            }],
            total: of("87973.57"),
            position: Position(960),
            layout: Layout::WithCup,
        }
        .into(),
        LogStarted { epoch: Hex([0x2a; 16]) }.into(),
        FingerprintKeyRotated { version: KeyVersion(2) }.into(),
    ]
}

const ORDER: OrderId = OrderId(Hex([5; 16]));
/// The country's published example.
const IBAN: &str = "IT60X0542811101000000123456";

fn authorised() -> TrancheAuthorised {
    let entry = |code, amount: &str, origin: &str| Entry {
        code,
        amount: Difference(-of::<Cents>(amount)),
        origin: origin.to_owned(),
    };
    TrancheAuthorised {
        tranche: "T2".to_owned(),
        by: "tesoreria-1".to_owned(),
        position: Position(950),
        on: DAY,
        rules: 1,
        certificate: Some(MilestoneCertified {
            milestone: "M1".to_owned(),
            claim: Position(800),
            count: 1_611,
            root: Hex([4; 32]),
            points: Some(Gate { reached: 8, needed: 8 }),
            citizens: Some(Gate { reached: 1_611, needed: 2_014 }),
            reduction: Reduction::WeakestLink,
            rules: 1,
        }),
        approved: of("110014.78"),
        planned: of("110014.78"),
        payable: of("88000.89"),
        withheld: of("22013.89"),
        entries: vec![entry(EntryCode::Reduction, "22013.89", "M1"), entry(EntryCode::Netting, "27.32", "T1-900")],
        amount: of("87973.57"),
    }
}

fn pair() -> [RecordId; 2] {
    [of(RECORD), of(OTHER_RECORD)]
}

fn service() -> ServiceRecorded {
    ServiceRecorded {
        record: of(RECORD),
        point: of("mi-001"),
        facilitator: of("v-mi-001"),
        supported_by: Some(of("f-mi-001-1")),
        occurred_on: DAY,
        start_time: TimeOfDay::new(9, 30),
        minutes: 45,
        kind: ServiceKind::IndividualFacilitation,
        age: Some(44),
        mode: Some(Mode::InPerson),
        competences: vec![1, 4],
        domains: vec!['A', 'S'],
        questionnaire: Some(Questionnaire {
            discovery: Some('A'),
            reason: Some('B'),
            again: Some('C'),
            helpful: vec!['A', 'O'],
            usefulness: Some(5),
        }),
        refers_to: Some(of("202122232425262728292a2b2c2d2e2f")),
    }
}

fn point() -> PointOpened {
    PointOpened {
        project: of("lombardia-mi"),
        name: "Punto Milano 1".to_owned(),
        kind: PointKind::Fixed,
        province: of("MI"),
        municipality: "Milano".to_owned(),
        address: Some("Piazza d'Esempio 1".to_owned()),
        opened_on: DAY,
        weekly_hours: 18,
        days_per_week: Some(6),
        workstations: 2,
        megabits_per_second: 100,
        services: ServiceKind::ALL.to_vec(),
        upgraded: true,
        reduced_hours_reason: Some("Sede condivisa".to_owned()),
    }
}

fn terms() -> Terms {
    Terms {
        counts_until: DAY,
        accepted_until: date(2024, 4, 7),
        points_on: DAY,
        points_basis: PointsBasis::ActiveOnDate,
        points_needed: Some(8),
        citizens_needed: Some(2014),
        reduction: Reduction::WeakestLink,
        rules: 1,
    }
}
