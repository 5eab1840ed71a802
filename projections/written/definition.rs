//! The programmes of a written history.

use serde_json::{Value as Json, json};

pub(super) fn definition(programme: &str) -> Json {
    let province = |code: &str, semesters: Json| {
        json!({"code": code, "istat": "000", "name": code, "citizens": 50, "award": "500.00", "points": 2, "services": 75,
            "semester_citizens": semesters})
    };
    let mut definition = json!({"definition": {"id": programme, "name": programme, "measure": "M1C1-1.7.2", "award": "1000.00",
        "region": {"istat": "03", "name": "Lombardia"}, "currency": "EUR", "starts": "2024-01-01", "ends": "2025-12-31",
        "targets": {"points": 5, "citizens": 101, "services": 150},
        "milestones": [{"id": "M1", "deadline": "2024-12-31", "points_share": "0.75", "citizens_share": "0.25"}],
        "monitoring_targets": [{"by": "2024-12-31", "citizens": 24, "services": 40},
            {"by": "2025-12-31", "citizens": 101, "services": 150}],
        "expense_caps": [{"item": "training", "share": "0.90"},
            {"item": "equipment", "share": "0.05", "measure_share": "0.15"}],
        "provinces": [province("BG", json!([10, 20, 10, 10])), province("LO", json!([10, 21, 10, 10]))]}});
    if programme == "p" {
        definition["definition"]["cup"] = json!("E81D23000080006");
    }
    definition
}
