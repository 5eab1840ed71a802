//! What the public is not shown: figures from 1 to 4, which could point at somebody, and as many more as it takes that
//! none of them follows from a total by subtraction.

/// Which cells of a column are hidden, and whether its total is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    pub(super) cells: Vec<bool>,
    pub(super) total: bool,
}

impl Hidden {
    /// Nothing.
    pub(super) fn none(cells: usize) -> Hidden {
        Hidden { cells: vec![false; cells], total: false }
    }

    /// For a column whose cells sum to a total that is shown beside them.
    pub(super) fn of_column(cells: &[Cell]) -> Hidden {
        let mut hidden: Vec<bool> = cells.iter().map(|cell| cell.elsewhere.unwrap_or(small(cell.figure))).collect();
        let total = small(cells.iter().map(|cell| cell.figure).sum());
        // A total that is hidden by itself gives nothing away; any other may take more cells with it.
        while !total && told_by_total(cells, &hidden) {
            let free = |cell: &Cell| cell.elsewhere.is_none() && cell.figure > 0;
            let shown = cells.iter().enumerate().filter(|(place, cell)| !hidden[*place] && free(cell));
            match shown.min_by_key(|(_, cell)| cell.figure) {
                Some((place, _)) => hidden[place] = true,
                None => return Hidden { cells: hidden, total: true },
            }
        }
        Hidden { cells: hidden, total }
    }
}

/// A figure of a column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    figure: u64,
    /// Whether it is hidden where it is shown elsewhere: here it can only be the same.
    elsewhere: Option<bool>,
}

impl Cell {
    /// Shown here alone.
    pub(super) fn here(figure: u64) -> Cell {
        Cell { figure, elsewhere: None }
    }

    /// Shown elsewhere, too, or hidden there.
    pub(super) fn hidden_elsewhere(figure: u64, hidden: bool) -> Cell {
        Cell { figure, elsewhere: Some(hidden) }
    }
}

/// A figure that could point at somebody.
pub(super) fn small(figure: u64) -> bool {
    traccia_projections::answer::hidden_below_five(figure).is_none()
}

/// Whether a hidden cell follows from the total: it stands alone, or all are as small, or all as large, as hidden cells
/// can be.
fn told_by_total(cells: &[Cell], hidden: &[bool]) -> bool {
    let hidden = cells.iter().zip(hidden).filter(|(_, hidden)| **hidden);
    let hidden: Vec<u64> = hidden.map(|(cell, _)| cell.figure).collect();
    let all = |figure| !hidden.is_empty() && hidden.iter().all(|cell| *cell == figure);
    hidden.len() == 1 || all(1) || all(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(cells: &[u64]) -> (Vec<usize>, bool) {
        let cells: Vec<Cell> = cells.iter().copied().map(Cell::here).collect();
        let Hidden { cells, total } = Hidden::of_column(&cells);
        (cells.iter().enumerate().filter(|(_, hidden)| **hidden).map(|(place, _)| place).collect(), total)
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
    }

    #[test]
    fn where_nothing_is_left_to_hide_the_total_is_hidden() {
        assert_eq!(hidden(&[4, 0, 4]), (vec![0, 2], true));
        assert_eq!(hidden(&[3, 0]), (vec![0], true));
    }
    #[test]
    fn a_cell_shown_elsewhere_is_never_hidden_here() {
        let cells = [Cell::here(3), Cell::hidden_elsewhere(40, false)];
        assert_eq!(Hidden::of_column(&cells), Hidden { cells: vec![true, false], total: true });
        let cells = [Cell::here(30), Cell::hidden_elsewhere(40, true)];
        assert_eq!(Hidden::of_column(&cells), Hidden { cells: vec![true, true], total: false });
    }
}
