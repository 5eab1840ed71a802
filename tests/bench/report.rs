//! What was measured, beside what was promised.

/// The figures.
#[derive(Default)]
pub struct Report(Vec<Figure>);

struct Figure {
    work: String,
    ours: f64,
    unit: &'static str,
    goal: f64,
    at_least: bool,
}

impl Report {
    /// A figure that should be at least its goal.
    pub fn at_least(&mut self, work: impl Into<String>, ours: f64, unit: &'static str, goal: f64) {
        self.add(work.into(), ours, unit, goal, true);
    }

    /// A figure that should be at most its goal.
    pub fn at_most(&mut self, work: impl Into<String>, ours: f64, unit: &'static str, goal: f64) {
        self.add(work.into(), ours, unit, goal, false);
    }

    fn add(&mut self, work: String, ours: f64, unit: &'static str, goal: f64, at_least: bool) {
        eprintln!("{work}: {ours:.1} {unit}");
        self.0.push(Figure { work, ours, unit, goal, at_least });
    }

    /// Prints the table.
    pub fn print(&self) {
        println!("{:<58} {:>12} {:<14} {:>14}  {:>6}  met", "work", "ours", "unit", "goal", "ratio");
        for figure in &self.0 {
            let (sign, met) = match figure.at_least {
                true => (">=", figure.ours >= figure.goal),
                false => ("<=", figure.ours <= figure.goal),
            };
            println!(
                "{:<58} {:>12.1} {:<14} {sign} {:>11.1}  {:>6.2}  {}",
                figure.work,
                figure.ours,
                figure.unit,
                figure.goal,
                figure.ours / figure.goal,
                if met { "yes" } else { "NO" }
            );
        }
    }
}
