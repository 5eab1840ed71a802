//! Near forms of a document: what the same person's document may have been written as at another desk.
//!
//! They are for proposals and findings only. Two codes that are near each other are mostly two persons', and somebody has
//! to look.

use super::{Document, DocumentKind, fiscal_code};

impl Document {
    /// The code that this one would be with digits for its *omocodia* letters; `None` of any other document.
    #[must_use]
    pub fn base(&self) -> Option<Document> {
        let coded = self.kind() == DocumentKind::FiscalCode && fiscal_code::is_omocodia(self.number());
        let number = fiscal_code::base_form(self.number()).filter(|_| coded)?;
        Some(self.numbered(number))
    }

    /// The fiscal codes that differ from this one by a transposition: two characters exchanged that stand side by side
    /// or with one between them, as they are mistyped. Most are no codes. The check character gives away nearly all
    /// exchanges side by side and none of the others, whose two places weigh the same.
    #[must_use]
    pub fn transposed(&self) -> Vec<Document> {
        if self.kind() != DocumentKind::FiscalCode {
            return Vec::new();
        }
        let code = self.number();
        let pairs = [1, 2].into_iter().flat_map(|apart| (apart..code.len()).map(move |place| (place - apart, place)));
        let exchanged = pairs.filter_map(|(one, other)| {
            let mut near = code.as_bytes().to_vec();
            near.swap(one, other);
            let near = String::from_utf8(near).ok().filter(|near| near != code)?;
            fiscal_code::check(&near).is_ok().then(|| self.numbered(near))
        });
        exchanged.collect()
    }

    /// The document as a desk presents it that does not name the issuer; `None` of a kind that is numbered for the whole
    /// country, where no issuer tells two documents apart.
    #[must_use]
    pub fn without_issuer(&self) -> Option<Document> {
        match self.kind() {
            DocumentKind::FiscalCode | DocumentKind::Stp | DocumentKind::Eni => None,
            DocumentKind::IdentityCard
            | DocumentKind::Passport
            | DocumentKind::DrivingLicence
            | DocumentKind::ResidencePermit
            | DocumentKind::Other => Some(self.issued_by_nobody()),
        }
    }

    /// The document of the same kind and issuer with the next number: the last run of digits plus one. None for a fiscal
    /// code, which is made of a birth and a name, for a number without digits, and after a run of nines.
    #[must_use]
    pub fn following(&self) -> Option<Document> {
        match self.kind() {
            DocumentKind::FiscalCode => return None,
            DocumentKind::IdentityCard
            | DocumentKind::Passport
            | DocumentKind::DrivingLicence
            | DocumentKind::ResidencePermit
            | DocumentKind::Stp
            | DocumentKind::Eni
            | DocumentKind::Other => {}
        }
        let end = self.number().rfind(|c: char| c.is_ascii_digit())? + 1;
        let (before, after) = self.number().split_at(end);
        let begin = before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (letters, digits) = before.split_at(begin);
        // At most 32 digits: there is room for them.
        let next = digits.parse::<u128>().ok()? + 1;
        let next = format!("{next:0width$}", width = digits.len());
        (next.len() == digits.len()).then(|| self.numbered(format!("{letters}{next}{after}")))
    }
}
