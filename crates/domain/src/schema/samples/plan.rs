//! A programme, an application, and its approval.

use jiff::civil::date;

use super::{ACT, DAY, of};
use crate::{
    Share,
    programme::{
        definition::{
            Definition, ExpenseCap, Milestone, MonitoringTarget, Province, Region, Targets, TrancheRule, Trigger,
        },
        rules::{CountingRules, PointRules},
    },
    project::{
        ApplicationApproved, ApplicationSubmitted, PlannedTranche,
        command::{Commitment, Organisation},
    },
};

pub(super) fn application() -> ApplicationSubmitted {
    ApplicationSubmitted {
        programme: of("lombardia"),
        name: "Rete Milano".to_owned(),
        cup: Some("E00A00000000001".to_owned()),
        lead: Organisation { name: "Comune capofila".to_owned(), tax_id: Some("12345678903".to_owned()) },
        partners: vec![Organisation { name: "Associazione d'esempio".to_owned(), tax_id: None }],
        award: of("440059.10"),
        targets: Commitment { points: 10, citizens: 8_055, services: 12_000 },
        provinces: vec![of("MI"), of("MB")],
        starts: date(2023, 3, 1),
        ends: date(2025, 12, 31),
    }
}

pub(super) fn approval() -> ApplicationApproved {
    let tranche = |id: &str, share, trigger, amount| PlannedTranche {
        id: id.to_owned(),
        share: of(share),
        trigger,
        amount: of(amount),
    };
    ApplicationApproved {
        act: ACT.to_owned(),
        on: DAY,
        tranches: vec![
            tranche("T1", "0.10", Trigger::Named(Trigger::APPROVAL.to_owned()), "44005.91"),
            tranche("T2", "0.88", Trigger::Named("M1".to_owned()), "387252.01"),
            tranche("T3", "0.02", Trigger::Day(date(2026, 6, 30)), "8801.18"),
        ],
    }
}

pub(super) fn expense_caps() -> Vec<ExpenseCap> {
    vec![ExpenseCap { item: "training".to_owned(), share: of("0.90"), measure_share: None }]
}

pub(super) fn point_rules() -> PointRules {
    PointRules {
        days_per_week: Some(6),
        synchronous_training_hours_per_year: Some(50),
        award_limit: Some(of("30000.00")),
        ..PointRules::default()
    }
}

pub(super) fn definition() -> Definition {
    let tranche = |id: &str, share, trigger| TrancheRule { id: id.to_owned(), share: of(share), trigger };
    Definition {
        id: of("lombardia"),
        name: "Programma d'esempio".to_owned(),
        measure: "M1C1-1.7.2".to_owned(),
        cup: Some("E00A00000000000".to_owned()),
        region: Region { istat: "03".to_owned(), name: "Lombardia".to_owned() },
        award: of("440059.10"),
        currency: "EUR".to_owned(),
        starts: date(2023, 1, 1),
        ends: date(2026, 6, 30),
        targets: Targets { points: 10, citizens: 8_055, services: 12_000, services_binding: false },
        milestones: vec![Milestone {
            id: "M1".to_owned(),
            deadline: date(2023, 12, 31),
            points_share: Some(of("0.75")),
            citizens_share: Share::from_millionths(250_000),
        }],
        monitoring_targets: vec![MonitoringTarget { by: date(2023, 12, 31), citizens: 2_000, services: 3_000 }],
        tranches: vec![
            tranche("T1", "0.10", Trigger::Named(Trigger::APPROVAL.to_owned())),
            tranche("T2", "0.88", Trigger::Named("M1".to_owned())),
            tranche("T3", "0.02", Trigger::Day(date(2026, 6, 30))),
        ],
        expense_caps: expense_caps(),
        points: point_rules(),
        counting: CountingRules::default(),
        provinces: vec![Province {
            code: of("MI"),
            istat: "015".to_owned(),
            name: "Milano".to_owned(),
            citizens: 8_055,
            award: of("440059.10"),
            points: 10,
            services: 12_000,
            semester_citizens: vec![1_000, 1_000],
        }],
    }
}
