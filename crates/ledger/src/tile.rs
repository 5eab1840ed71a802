//! Tiles: where a run of hashes, or of entries, stands in the tree, and what its file is called (C2SP `tlog-tiles`).

/// Hashes in a full tile.
pub const FULL: u16 = 256;

/// Levels of the tree that one tile spans.
pub(crate) const HEIGHT: u32 = 8;

/// A run of hashes of one level. What is in it follows from its coordinates and the log: it never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// 0 for the hashes of leaves; above, each hash stands for a full tile below.
    pub level: u8,
    /// Its number in its level, from 0.
    pub index: u64,
    /// How many hashes it has: 256, or fewer in a tile that the tree does not fill yet.
    pub width: u16,
}

impl Tile {
    /// The highest level there can be.
    const TOP: u8 = 63;

    /// Its file, below the ledger's folder or address.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, number(self.index, self.width))
    }

    /// Reads a level and what follows it in a path; nothing for any other spelling than [`Tile::path`]'s.
    #[must_use]
    pub fn parse(level: &str, rest: &str) -> Option<Tile> {
        let level = decimal(level).filter(|level| *level <= u64::from(Tile::TOP))?;
        let (index, width) = parse_number(rest)?;
        Some(Tile { level: u8::try_from(level).ok()?, index, width })
    }

    /// Whether a tree of this size has all of it.
    #[must_use]
    pub fn within(&self, size: u64) -> bool {
        reaches(self.index, self.width, at_level(size, self.level))
    }

    /// The same place, full.
    #[must_use]
    pub fn filled(self) -> Tile {
        Tile { width: FULL, ..self }
    }

    /// The tile of a level that a tree of this size does not fill; none where it ends with a full one.
    #[must_use]
    pub fn partial(level: u8, size: u64) -> Option<Tile> {
        let hashes = at_level(size, level);
        let width = u16::try_from(hashes % u64::from(FULL)).ok().filter(|width| *width > 0)?;
        Some(Tile { level, index: hashes / u64::from(FULL), width })
    }

    /// All partial tiles of a tree of this size, from the leaves up.
    pub fn partials(size: u64) -> impl Iterator<Item = Tile> {
        (0..8).filter_map(move |level| Tile::partial(level, size))
    }

    /// The tile of a level that holds a hash, in a tree of this size that has it.
    #[must_use]
    pub(crate) fn holding(level: u8, hash: u64, size: u64) -> Tile {
        let index = hash / u64::from(FULL);
        match Tile::partial(level, size) {
            Some(partial) if partial.index == index => partial,
            Some(_) | None => Tile { level, index, width: FULL },
        }
    }
}

/// A run of entries: those whose hashes make the tile of level 0 with the same number and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Its number, from 0.
    pub index: u64,
    /// How many entries it has.
    pub width: u16,
}

impl Bundle {
    /// Its file, below the ledger's folder or address.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tile/entries/{}", number(self.index, self.width))
    }

    /// Reads what follows `tile/entries/` in a path.
    #[must_use]
    pub fn parse(rest: &str) -> Option<Bundle> {
        parse_number(rest).map(|(index, width)| Bundle { index, width })
    }

    /// Whether a tree of this size has all of it.
    #[must_use]
    pub fn within(&self, size: u64) -> bool {
        reaches(self.index, self.width, size)
    }

    /// The leaf before its first one, counted from 1: the position after which the log is read.
    #[must_use]
    pub fn after(&self) -> u64 {
        self.index * u64::from(FULL)
    }

    /// All bundles of a tree of this size, in order.
    pub fn all(size: u64) -> impl Iterator<Item = Bundle> {
        let full = size / u64::from(FULL);
        let rest = Tile::partial(0, size).map(|tile| Bundle { index: tile.index, width: tile.width });
        (0..full).map(|index| Bundle { index, width: FULL }).chain(rest)
    }

    /// The hashes of its entries.
    #[must_use]
    pub fn tile(&self) -> Tile {
        Tile { level: 0, index: self.index, width: self.width }
    }
}

/// How many hashes a level has in a tree of this size.
pub(crate) fn at_level(size: u64, level: u8) -> u64 {
    size.checked_shr(HEIGHT * u32::from(level)).unwrap_or(0)
}

fn reaches(index: u64, width: u16, hashes: u64) -> bool {
    let end = index.checked_mul(u64::from(FULL)).and_then(|start| start.checked_add(u64::from(width)));
    end.is_some_and(|end| end <= hashes)
}

/// `x001/x234/067`, and `.p/8` behind it for a partial one.
fn number(index: u64, width: u16) -> String {
    let mut text = format!("{:03}", index % 1_000);
    let mut above = index / 1_000;
    while above > 0 {
        text = format!("x{:03}/{text}", above % 1_000);
        above /= 1_000;
    }
    if width < FULL { format!("{text}.p/{width}") } else { text }
}

/// Reads what [`number`] writes, and no other spelling: a tile has one address.
fn parse_number(text: &str) -> Option<(u64, u16)> {
    let (path, width) = match text.split_once(".p/") {
        Some((path, width)) => (path, u16::try_from(decimal(width)?).ok().filter(|width| (1..FULL).contains(width))?),
        None => (text, FULL),
    };
    let mut index = 0_u64;
    for group in path.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        let three = digits.len() == 3 && digits.bytes().all(|digit| digit.is_ascii_digit());
        index = index.checked_mul(1_000)?.checked_add(digits.parse().ok().filter(|_| three)?)?;
    }
    (number(index, width) == text).then_some((index, width))
}

fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

#[cfg(test)]
mod tests;
