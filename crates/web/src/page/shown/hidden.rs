//! What the public is not shown: figures from 1 to 4, which could point at somebody, and as many more as it takes that
//! none of them follows from a total by subtraction.

/// What is done with a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mask {
    /// It is shown.
    #[default]
    Open,
    /// It is from 1 to 4.
    Small,
    /// It is larger, and hides a small one.
    Withheld,
}

impl Mask {
    /// Whether it hides.
    pub(crate) fn hides(self) -> bool {
        self != Mask::Open
    }

    /// Of a figure that stands alone.
    pub(crate) fn of(figure: u64) -> Mask {
        if small(figure) { Mask::Small } else { Mask::Open }
    }
}

/// What is hidden of a column and of its total.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hidden {
    pub(crate) cells: Vec<Mask>,
    pub(crate) total: Mask,
}

impl Hidden {
    /// Nothing.
    pub(crate) fn none(cells: usize) -> Hidden {
        Hidden { cells: vec![Mask::Open; cells], total: Mask::Open }
    }

    /// For a column whose cells sum to a total that is shown beside them.
    pub(crate) fn of_column(figures: &[Figure]) -> Hidden {
        let mut cells: Vec<Mask> =
            figures.iter().map(|figure| figure.elsewhere.unwrap_or(Mask::of(figure.value))).collect();
        let total = Mask::of(figures.iter().map(|figure| figure.value).sum());
        // A total that is hidden by itself gives nothing away; any other may take more cells with it.
        while !total.hides() && told_by_total(figures, &cells) {
            let free = |figure: &Figure| figure.elsewhere.is_none() && figure.value > 0;
            let shown = figures.iter().enumerate().filter(|(place, figure)| !cells[*place].hides() && free(figure));
            match shown.min_by_key(|(_, figure)| figure.value) {
                Some((place, _)) => cells[place] = Mask::Withheld,
                None => return Hidden { cells, total: Mask::Withheld },
            }
        }
        Hidden { cells, total }
    }
}

/// A figure of a column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    value: u64,
    /// What is done with it where it is shown elsewhere: here it can only be the same.
    elsewhere: Option<Mask>,
}

impl Figure {
    /// Shown here alone.
    pub(crate) fn here(value: u64) -> Figure {
        Figure { value, elsewhere: None }
    }

    /// Shown elsewhere, too, or hidden there.
    pub(crate) fn elsewhere(value: u64, mask: Mask) -> Figure {
        Figure { value, elsewhere: Some(mask) }
    }
}

/// A figure that could point at somebody.
pub(crate) fn small(figure: u64) -> bool {
    traccia_projections::answer::hidden_below_five(figure).is_none()
}

/// Whether hidden cells follow from the total. The page says which are from 1 to 4 and which are larger, so each follows
/// where all are as small, or all as large, as they can be; one alone always does.
fn told_by_total(figures: &[Figure], cells: &[Mask]) -> bool {
    let count = |mask| cells.iter().filter(|cell| **cell == mask).count() as u64;
    let (small, withheld) = (count(Mask::Small), count(Mask::Withheld));
    let sum: u64 = figures.iter().zip(cells).filter(|(_, mask)| mask.hides()).map(|(figure, _)| figure.value).sum();
    match (small, withheld) {
        (0, 0) => false,
        (1, 0) | (0, 1) => true,
        (small, 0) => sum == small || sum == 4 * small,
        (small, withheld) => sum == small + 5 * withheld,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(values: &[u64]) -> (Vec<usize>, bool) {
        let figures: Vec<Figure> = values.iter().copied().map(Figure::here).collect();
        let Hidden { cells, total } = Hidden::of_column(&figures);
        let places = cells.iter().enumerate().filter(|(_, mask)| mask.hides()).map(|(place, _)| place);
        (places.collect(), total.hides())
    }

    #[test]
    fn large_cells_and_noughts_are_shown() {
        assert_eq!(hidden(&[5, 0, 120]), (vec![], false));
    }

    #[test]
    fn a_hidden_cell_takes_the_next_smallest_with_it() {
        assert_eq!(hidden(&[3, 50, 20, 0]), (vec![0, 2], false));
    }

    #[test]
    fn two_hidden_cells_protect_each_other() {
        assert_eq!(hidden(&[3, 50, 2]), (vec![0, 2], false));
    }

    #[test]
    fn cells_whose_sum_tells_each_take_another_with_them() {
        assert_eq!(hidden(&[1, 50, 1]), (vec![0, 1, 2], false));
        assert_eq!(hidden(&[4, 50, 4, 90]), (vec![0, 1, 2], false));
        assert_eq!(hidden(&[1, 5, 90]), (vec![0, 1, 2], false), "6 can only be 1 and 5");
    }

    #[test]
    fn where_nothing_is_left_to_hide_the_total_is_hidden() {
        assert_eq!(hidden(&[4, 0, 4]), (vec![0, 2], true));
        assert_eq!(hidden(&[3, 0]), (vec![0], true));
    }

    /// Whoever knows the marks and the total can still not tell any hidden cell: for each there are two columns that
    /// look the same and differ in it.
    #[test]
    fn no_hidden_cell_of_a_column_can_be_worked_out() {
        let marks = |values: &[u64]| Hidden::of_column(&values.iter().copied().map(Figure::here).collect::<Vec<_>>());
        let mut random: u64 = 9;
        for _ in 0..300 {
            let mut draw = |below: u64| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) % below
            };
            let values: Vec<u64> = (0..4).map(|_| draw(9)).collect();
            let Hidden { cells, total } = marks(&values);
            if total.hides() {
                continue;
            }
            let bounds = |mask: Mask, value: u64| match mask {
                Mask::Open => value..=value,
                Mask::Small => 1..=4,
                Mask::Withheld => 5..=40,
            };
            let ranges: Vec<_> = values.iter().zip(&cells).map(|(value, mask)| bounds(*mask, *value)).collect();
            let sum: u64 = values.iter().sum();
            let mut seen = vec![std::collections::BTreeSet::new(); 4];
            for a in ranges[0].clone() {
                for b in ranges[1].clone() {
                    for c in ranges[2].clone() {
                        let Some(d) = sum.checked_sub(a + b + c).filter(|d| ranges[3].contains(d)) else { continue };
                        seen.iter_mut().zip([a, b, c, d]).for_each(|(seen, value)| seen.extend([value]));
                    }
                }
            }
            for (mask, seen) in cells.iter().zip(&seen) {
                assert!(!mask.hides() || seen.len() > 1, "{values:?} {cells:?}");
            }
        }
    }

    #[test]
    fn a_cell_shown_elsewhere_is_never_hidden_here() {
        let figures = [Figure::here(3), Figure::elsewhere(40, Mask::Open)];
        let found = Hidden::of_column(&figures);
        assert_eq!(found, Hidden { cells: vec![Mask::Small, Mask::Open], total: Mask::Withheld });
        let figures = [Figure::here(30), Figure::elsewhere(40, Mask::Withheld)];
        let found = Hidden::of_column(&figures);
        assert_eq!(found, Hidden { cells: vec![Mask::Withheld, Mask::Withheld], total: Mask::Open });
    }
}
