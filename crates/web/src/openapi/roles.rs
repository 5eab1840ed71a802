//! Who may do what, in the description: each operation names its roles. What of it each sees is within its token.

use serde_json::{Value, json};
use traccia_application::permission::{Read, askers, foreseers, readers};
use traccia_domain::{CommandKind, Role};

/// What an operation asks a right to.
enum Right {
    /// A command.
    Command(CommandKind),
    /// One of some commands.
    AnyOf(&'static [CommandKind]),
    /// Some command or other.
    AnyCommand,
    /// What some command or other would change.
    AnyImpact,
    /// Something that is read.
    Read(Read),
}

/// The steps of a monthly report.
const STEPS: [CommandKind; 4] =
    [CommandKind::SubmitReport, CommandKind::ReturnReport, CommandKind::AcceptReport, CommandKind::ReopenReport];

/// The steps of a milestone.
const OF_A_MILESTONE: [CommandKind; 4] =
    [CommandKind::ClaimMilestone, CommandKind::CertifyMilestone, CommandKind::DrawSample, CommandKind::RecordFinding];

/// The steps of a tranche beside those that release it.
const OF_A_TRANCHE: [CommandKind; 4] = [
    CommandKind::ReconcilePayment,
    CommandKind::SuspendTranche,
    CommandKind::ReleaseTranche,
    CommandKind::RevokeTranche,
];

/// The right an operation asks for, by its id; `None` when anyone may.
fn right(operation: &str) -> Option<Right> {
    if let Some(command) = CommandKind::ALL.iter().find(|command| command.name() == operation) {
        return Some(Right::Command(*command));
    }
    Some(match operation {
        "commands" => Right::AnyCommand,
        "impact" | "impact_page" => Right::AnyImpact,
        "import" => Right::Command(CommandKind::RecordService),
        "import_report" | "import_rejected" => Right::Read(Read::Imports),
        "list_programmes" | "programme" => Right::Read(Read::Programmes),
        "list_projects" | "project" => Right::Read(Read::Projects),
        "list_points" | "point" => Right::Read(Read::Points),
        "targets" => Right::Read(Read::Targets),
        "counting" => Right::Read(Read::Counting),
        "milestones" | "milestones_page" => Right::Read(Read::Milestones),
        "milestone_page" => Right::AnyOf(&OF_A_MILESTONE),
        "units" | "claim_units" | "claim_units_page" | "counting_persons" | "difference" | "difference_page" => {
            Right::Read(Read::Units)
        }
        "overlaps" => Right::Read(Read::Overlaps),
        "citizen" => Right::Read(Read::Citizen),
        "find_citizen" => Right::Read(Read::FindCitizen),
        "service" | "counting_services" => Right::Read(Read::Service),
        "reports" | "report" | "reports_page" | "report_page" | "report_print" => Right::Read(Read::Reports),
        "step_report_page" => Right::AnyOf(&STEPS),
        "links" | "links_page" => Right::Read(Read::Links),
        "decide_link_page" => Right::Command(CommandKind::ConfirmLink),
        "void_service_page" => Right::Command(CommandKind::VoidService),
        "erase_record_page" => Right::Command(CommandKind::EraseRecord),
        "tranches" | "exposures" | "tranches_page" => Right::Read(Read::Tranches),
        "payment_orders" | "payment_batches" | "payment_batch" | "payment_batch_page" => Right::Read(Read::Payments),
        "tranche_step_page" => Right::AnyOf(&OF_A_TRANCHE),
        "payment_confirmations" | "payment_confirmations_page" => Right::Command(CommandKind::ConfirmPayment),
        "close_batch_page" => Right::Command(CommandKind::CloseBatch),
        "decide_exposure_page" => Right::Command(CommandKind::DecideExposure),
        "record_recovery_page" => Right::Command(CommandKind::RecordRecovery),
        "release_page" => Right::Command(CommandKind::AuthoriseTranche),
        "findings" | "finding_services" | "findings_page" | "finding_page" => Right::Read(Read::Findings),
        "expenses" | "expenses_page" => Right::Read(Read::Expenses),
        "redistribution_proposal" | "redistribution_page" => Right::Read(Read::Redistribution),
        "declare_expense_page" => Right::Command(CommandKind::DeclareExpense),
        "decide_expense_page" => Right::Command(CommandKind::AcceptExpense),
        "export_regis"
        | "regis_differences"
        | "export_ocds"
        | "regis_page"
        | "regis_compared_page"
        | "regis_values_page"
        | "ocds_page" => Right::Read(Read::Exports),
        "export_controls" | "controls_page" => Right::Read(Read::Controls),
        "trail" | "trail_page" => Right::Read(Read::Trail),
        "log" | "commit" | "commit_page" | "entries" | "proof" => Right::Read(Read::Log),
        "programme_page" | "project_page" => Right::Read(Read::Targets),
        "points_page" | "point_page" => Right::Read(Read::Points),
        "counting_page" => Right::Read(Read::Counting),
        "persons_page" => Right::Read(Read::Units),
        "services_page" | "service_page" => Right::Read(Read::Service),
        "citizen_page" => Right::Read(Read::Citizen),
        "uploads_page" | "upload_page" => Right::Command(CommandKind::RecordService),
        "upload_report_page" | "upload_rejected_page" => Right::Read(Read::Imports),
        "metrics" => Right::Read(Read::Metrics),
        _ => return None,
    })
}

/// Names the roles of every operation: as `x-roles`, and at the end of its description.
pub(super) fn describe(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(|path| path.values_mut()) {
        let Some(right) = operation["operationId"].as_str().and_then(right) else { continue };
        let roles: Vec<Role> = match right {
            Right::Command(command) => askers(command).collect(),
            Right::AnyOf(commands) => {
                let may = |role| commands.iter().any(|command| askers(*command).any(|asker| asker == role));
                Role::ALL.into_iter().filter(|role| may(*role)).collect()
            }
            Right::AnyCommand => some(|command, role| askers(command).any(|asker| asker == role)),
            Right::AnyImpact => some(|command, role| foreseers(command).any(|asker| asker == role)),
            Right::Read(read) => readers(read).collect(),
        };
        let names: Vec<&str> = roles.into_iter().map(Role::as_str).collect();
        let about = operation["description"].as_str().map_or_else(String::new, |about| format!("{about}\n\n"));
        operation["description"] = format!("{about}Roles: {}.", names.join(", ")).into();
        operation["x-roles"] = json!(names);
    }
}

/// The roles that have a right to some command or other.
fn some(may: impl Fn(CommandKind, Role) -> bool) -> Vec<Role> {
    Role::ALL.into_iter().filter(|role| CommandKind::ALL.iter().any(|command| may(*command, *role))).collect()
}
