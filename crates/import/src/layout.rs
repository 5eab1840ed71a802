//! The national upload layout: its 33 columns, in their order, and the check of a file's first line.

/// A column of the national layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column(u8);

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// The header's names, in order.
        pub const COLUMNS: [&str; columns!(@count $($name)+)] = [$($text),+];

        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "only numbers the constants below")]
        enum Index { $($name,)+ }

        impl Column {
            $($(#[$doc])* pub const $name: Column = Column(Index::$name as u8);)+
        }
    };
    (@count $($name:ident)+) => { [$(stringify!($name)),+].len() };
}

columns! {
    /// The facilitator's id.
    FACILITATOR = "IDFacilitatore",
    /// The facilitator's name: dropped.
    FACILITATOR_NAME = "NominativoFacilitatore",
    /// The point's id.
    POINT = "IDSede",
    /// The point's name: what it is found by where the id says nothing.
    POINT_NAME = "NominativoSede",
    /// First name: dropped.
    AN1 = "AN1",
    /// Family name: dropped.
    AN2 = "AN2",
    /// Fiscal code.
    AN3 = "AN3",
    /// Whether there is no fiscal code: ignored, an empty `AN3` says it.
    AN4 = "AN4",
    /// Kind of document.
    AN5 = "AN5",
    /// Number of the document.
    AN6 = "AN6",
    /// Gender.
    AN7 = "AN7",
    /// Age band.
    AN8 = "AN8",
    /// Education.
    AN9 = "AN9",
    /// Occupation.
    AN10 = "AN10",
    /// Citizenship.
    AN11 = "AN11",
    /// Province of domicile.
    AN12 = "AN12",
    /// E-mail: dropped.
    AN14 = "AN14",
    /// Telephone: dropped.
    AN17 = "AN17",
    /// First time: ignored.
    PR1 = "PR1",
    /// Service had before: ignored.
    PR2 = "PR2",
    /// Day of the service.
    SE1 = "SE1",
    /// Duration.
    SE2 = "SE2",
    /// Kind of service.
    SE3 = "SE3",
    /// Areas of competence: computed again from `SE5`.
    SE4 = "SE4",
    /// Competences.
    SE5 = "SE5",
    /// Domains of public digital services.
    SE6 = "SE6",
    /// Description: dropped.
    SE7 = "SE7",
    /// How the citizen came to know.
    ES1 = "ES1",
    /// Why they came.
    ES2 = "ES2",
    /// Whether they would come again.
    ES3 = "ES3",
    /// Field of interest: dropped.
    ES4 = "ES4",
    /// What helped most.
    ES5 = "ES5",
    /// How useful it was.
    ES6 = "ES6",
}

impl Column {
    /// Columns that hold names, contacts or free text, and those nobody reads. Nothing of them is kept or shown.
    pub const DROPPED: [Column; 10] = [
        Column::FACILITATOR_NAME,
        Column::AN1,
        Column::AN2,
        Column::AN4,
        Column::AN14,
        Column::AN17,
        Column::PR1,
        Column::PR2,
        Column::SE7,
        Column::ES4,
    ];

    /// Every column, in order.
    pub fn all() -> impl Iterator<Item = Column> {
        (0u8..).map(Column).take(COLUMNS.len())
    }

    /// Its name in the header.
    #[must_use]
    pub fn name(self) -> &'static str {
        COLUMNS[self.index()]
    }

    /// Where it stands, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The file is not in the national layout: it is refused whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLayout {
    /// There is no first line.
    #[error("the file is empty: its first line should name the 33 columns of the national layout")]
    Empty,
    /// A column is not the one that belongs there.
    #[error("column {number} of the header is {found}, it should be {expected}")]
    Column {
        /// Its place, from 1.
        number: usize,
        /// What stands there, where it can be said.
        found: Found,
        /// What should.
        expected: &'static str,
    },
    /// The columns go on after the last.
    #[error("the header goes on after its 33 columns: column 34 is {found}, and none should follow ES6")]
    Longer {
        /// What stands in the first place too many.
        found: Found,
    },
    /// It names columns and separates them by another sign, as spreadsheets in Italian do.
    #[error(
        "the columns of the header are separated by {separator}, the national layout separates them by commas: save the \
         file as CSV with commas"
    )]
    Separator {
        /// By which.
        separator: Separator,
    },
}

/// A sign that files of other programs separate columns by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `;`
    Semicolon,
    /// The tabulator.
    Tab,
}

impl Separator {
    /// The one that stands between the first two names of a header whose commas separate nothing.
    fn of(header: &[u8]) -> Option<Separator> {
        let header = std::str::from_utf8(header).ok()?;
        let separates = |sign: char| {
            let mut names = header.split(sign).map(|name| name.trim_matches(['"', ' ']));
            names.next().is_some_and(is_name) && names.next().is_some_and(is_name)
        };
        [Separator::Semicolon, Separator::Tab].into_iter().find(|separator| separates(separator.sign()))
    }

    fn sign(self) -> char {
        match self {
            Separator::Semicolon => ';',
            Separator::Tab => '\t',
        }
    }
}

impl std::fmt::Display for Separator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Separator::Semicolon => "semicolons",
            Separator::Tab => "tabulators",
        })
    }
}

/// What stands in a place of the header. A file without header has a citizen there: what is no name is not quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing: the header ends before.
    Nothing,
    /// A text that looks like a column's name.
    Name(String),
    /// Any other text.
    Other,
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Found::Nothing => f.write_str("missing"),
            Found::Name(name) => f.write_str(name),
            Found::Other => f.write_str("something else"),
        }
    }
}

impl Found {
    fn of(field: &[u8]) -> Found {
        let known = std::str::from_utf8(field).ok().map(str::trim).filter(|name| is_name(name));
        known.map_or(Found::Other, |name| Found::Name(name.to_owned()))
    }
}

/// A known column in any writing, or two letters and up to two digits: `AN13` is quoted, a family name is not.
fn is_name(text: &str) -> bool {
    let numbered = matches!(text.as_bytes(), [a, b, digits @ ..]
        if a.is_ascii_uppercase() && b.is_ascii_uppercase() && (1..=2).contains(&digits.len())
            && digits.iter().all(u8::is_ascii_digit));
    numbered || COLUMNS.iter().any(|column| column.eq_ignore_ascii_case(text))
}

/// Compares a header with the layout, name by name.
///
/// # Errors
/// The first column that is wrong.
pub fn check_header<'a>(fields: impl IntoIterator<Item = &'a [u8]>) -> Result<(), InvalidLayout> {
    let mut fields = fields.into_iter();
    for (index, expected) in COLUMNS.iter().enumerate() {
        let found = match fields.next() {
            Some(field) if field == expected.as_bytes() => continue,
            Some(field) => match Separator::of(field) {
                Some(separator) => return Err(InvalidLayout::Separator { separator }),
                None => Found::of(field),
            },
            None => Found::Nothing,
        };
        return Err(InvalidLayout::Column { number: index + 1, found, expected });
    }
    match fields.next() {
        None => Ok(()),
        Some(field) => Err(InvalidLayout::Longer { found: Found::of(field) }),
    }
}
