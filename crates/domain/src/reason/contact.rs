//! Addresses and telephone numbers in a text, told from the dates, acts and protocol numbers that reasons are full of.

/// Whether a text holds an e-mail address: something, an at sign, and a name with a dot.
pub(super) fn holds_email(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    parts.windows(2).any(|around| {
        let before = around[0].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._+-".contains(c));
        let name: String = around[1].chars().take_while(|c| c.is_alphanumeric() || ".-".contains(*c)).collect();
        before && name.trim_matches('.').contains('.')
    })
}

/// Whether a text holds a telephone number as they are written in Italy: with `+`, a mobile's ten digits from 3, a
/// landline's eight to eleven from 0 and an area code. A day is none, nor is a number of protocol.
pub(super) fn holds_telephone(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let international = rest[..start].ends_with('+');
        let written = run(&rest[start..]);
        if telephone(written, international) {
            return true;
        }
        rest = &rest[start + written.len()..];
    }
    false
}

/// The digits at the start of a text, with the single signs between them that people put into a number. A slash stands
/// between an area code and at least five digits; elsewhere it belongs to a day or an act.
fn run(text: &str) -> &str {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = digits(0);
    while let Some(sign) = bytes.get(end) {
        let next = if end + 1 < bytes.len() { digits(end + 1) } else { 0 };
        let joins = match sign {
            b' ' | b'.' | b'-' => next > 0,
            b'/' => next >= 5 && (2..=4).contains(&end),
            _ => false,
        };
        if !joins {
            break;
        }
        end += 1 + next;
    }
    &text[..end]
}

fn telephone(written: &str, international: bool) -> bool {
    let groups: Vec<&str> = written.split([' ', '.', '-', '/']).collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    if !international && matches!(lengths[..], [1 | 2, 1 | 2, 2 | 4] | [4, 2, 2]) {
        return false;
    }
    let digits = groups.concat();
    let long = |range: std::ops::RangeInclusive<usize>| range.contains(&digits.len());
    match digits.as_bytes() {
        _ if international => long(8..=15),
        [b'0', b'0', b'3', b'9', ..] => long(10..=15),
        [b'0', b'1'..=b'9', ..] => long(8..=11),
        [b'3', ..] => long(10..=10),
        _ => false,
    }
}
