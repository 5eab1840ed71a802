//! The provinces by their Italian names.

use std::{collections::HashMap, sync::LazyLock};

use traccia_domain::ProvinceCode;

/// The code of a province written out, in any case, with or without accents, apostrophes and "provincia di"; codes
/// themselves are taken too.
#[must_use]
pub fn by_name(name: &str) -> Option<ProvinceCode> {
    let folded = fold(name);
    BY_NAME.get(folded.as_str()).or_else(|| BY_NAME.get(without_title(&folded))).cloned()
}

/// What stands before the name in formal writing.
fn without_title(folded: &str) -> &str {
    let titles = ["cittametropolitanadi", "provinciaautonomadi", "provinciadi", "provincia"];
    titles.iter().find_map(|title| folded.strip_prefix(title)).unwrap_or(folded)
}

/// Small letters alone: no accents, spaces, hyphens or apostrophes.
fn fold(name: &str) -> String {
    let plain = |c: char| match c {
        'à' | 'á' | 'â' => 'a',
        'è' | 'é' | 'ê' => 'e',
        'ì' | 'í' | 'î' => 'i',
        'ò' | 'ó' | 'ô' => 'o',
        'ù' | 'ú' | 'ü' => 'u',
        other => other,
    };
    name.chars().flat_map(char::to_lowercase).map(plain).filter(char::is_ascii_lowercase).collect()
}

static BY_NAME: LazyLock<HashMap<String, ProvinceCode>> = LazyLock::new(|| {
    let codes = NAMES.iter().filter_map(|(name, code)| Some((*name, code.parse::<ProvinceCode>().ok()?)));
    codes.flat_map(|(name, code)| [(name.to_owned(), code.clone()), (fold(code.as_str()), code)]).collect()
});

/// The 107 provinces as they were while the programme ran (Sardinia before its reform of 2025), names folded.
#[rustfmt::skip]
pub(crate) const NAMES: &[(&str, &str)] = &[
    ("agrigento", "AG"), ("alessandria", "AL"), ("altoadige", "BZ"), ("ancona", "AN"), ("aosta", "AO"),
    ("aoste", "AO"), ("aquila", "AQ"), ("arezzo", "AR"), ("ascolipiceno", "AP"), ("asti", "AT"), ("avellino", "AV"),
    ("bari", "BA"), ("barlettaandriatrani", "BT"), ("bat", "BT"), ("belluno", "BL"), ("benevento", "BN"),
    ("bergamo", "BG"), ("biella", "BI"), ("bologna", "BO"), ("bolzano", "BZ"), ("bolzanobozen", "BZ"),
    ("bozen", "BZ"), ("brescia", "BS"), ("brindisi", "BR"), ("cagliari", "CA"), ("caltanissetta", "CL"),
    ("campobasso", "CB"), ("caserta", "CE"), ("catania", "CT"), ("catanzaro", "CZ"), ("chieti", "CH"), ("como", "CO"),
    ("cosenza", "CS"), ("cremona", "CR"), ("crotone", "KR"), ("cuneo", "CN"), ("enna", "EN"), ("fermo", "FM"),
    ("ferrara", "FE"), ("firenze", "FI"), ("foggia", "FG"), ("forli", "FC"), ("forlicesena", "FC"),
    ("forliecesena", "FC"), ("frosinone", "FR"), ("genova", "GE"), ("gorizia", "GO"), ("grosseto", "GR"),
    ("imperia", "IM"), ("isernia", "IS"), ("laquila", "AQ"), ("laspezia", "SP"), ("latina", "LT"), ("lecce", "LE"),
    ("lecco", "LC"), ("livorno", "LI"), ("lodi", "LO"), ("lucca", "LU"), ("macerata", "MC"), ("mantova", "MN"),
    ("massa", "MS"), ("massacarrara", "MS"), ("massaecarrara", "MS"), ("matera", "MT"), ("messina", "ME"),
    ("milano", "MI"), ("modena", "MO"), ("monza", "MB"), ("monzabrianza", "MB"), ("monzaebrianza", "MB"),
    ("monzaedellabrianza", "MB"), ("napoli", "NA"), ("novara", "NO"), ("nuoro", "NU"), ("oristano", "OR"),
    ("padova", "PD"), ("palermo", "PA"), ("parma", "PR"), ("pavia", "PV"), ("perugia", "PG"), ("pesaro", "PU"),
    ("pesaroeurbino", "PU"), ("pesarourbino", "PU"), ("pescara", "PE"), ("piacenza", "PC"), ("pisa", "PI"),
    ("pistoia", "PT"), ("pordenone", "PN"), ("potenza", "PZ"), ("prato", "PO"), ("ragusa", "RG"), ("ravenna", "RA"),
    ("reggiocalabria", "RC"), ("reggiodicalabria", "RC"), ("reggiodiemilia", "RE"), ("reggioemilia", "RE"),
    ("reggionellemilia", "RE"), ("rieti", "RI"), ("rimini", "RN"), ("roma", "RM"), ("romacapitale", "RM"),
    ("rovigo", "RO"), ("salerno", "SA"), ("sassari", "SS"), ("savona", "SV"), ("siena", "SI"), ("siracusa", "SR"),
    ("sondrio", "SO"), ("spezia", "SP"), ("sudsardegna", "SU"), ("sudtirol", "BZ"), ("taranto", "TA"),
    ("teramo", "TE"), ("terni", "TR"), ("torino", "TO"), ("trapani", "TP"), ("trentino", "TN"), ("trento", "TN"),
    ("treviso", "TV"), ("trieste", "TS"), ("udine", "UD"), ("valledaosta", "AO"), ("valledaostavalleedaoste", "AO"),
    ("varese", "VA"), ("vco", "VB"), ("venezia", "VE"), ("verbania", "VB"), ("verbanocusioossola", "VB"),
    ("vercelli", "VC"), ("verona", "VR"), ("vibovalentia", "VV"), ("vicenza", "VI"), ("viterbo", "VT"),
];
