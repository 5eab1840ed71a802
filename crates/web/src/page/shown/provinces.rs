//! The provinces by their codes, for pages: a plan names only its own, and some have no table by province.

/// The name of a province; the code itself where it is none.
pub(crate) fn province(code: &str) -> String {
    NAMES.iter().find(|(known, _)| *known == code).map_or_else(|| code.to_owned(), |(_, name)| (*name).to_owned())
}

/// The 107 provinces as they were while the programme ran (Sardinia before its reform of 2025).
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("AG", "Agrigento"), ("AL", "Alessandria"), ("AN", "Ancona"), ("AO", "Aosta"), ("AP", "Ascoli Piceno"),
    ("AQ", "L'Aquila"), ("AR", "Arezzo"), ("AT", "Asti"), ("AV", "Avellino"), ("BA", "Bari"), ("BG", "Bergamo"),
    ("BI", "Biella"), ("BL", "Belluno"), ("BN", "Benevento"), ("BO", "Bologna"), ("BR", "Brindisi"), ("BS", "Brescia"),
    ("BT", "Barletta-Andria-Trani"), ("BZ", "Bolzano"), ("CA", "Cagliari"), ("CB", "Campobasso"), ("CE", "Caserta"),
    ("CH", "Chieti"), ("CL", "Caltanissetta"), ("CN", "Cuneo"), ("CO", "Como"), ("CR", "Cremona"), ("CS", "Cosenza"),
    ("CT", "Catania"), ("CZ", "Catanzaro"), ("EN", "Enna"), ("FC", "Forlì-Cesena"), ("FE", "Ferrara"), ("FG", "Foggia"),
    ("FI", "Firenze"), ("FM", "Fermo"), ("FR", "Frosinone"), ("GE", "Genova"), ("GO", "Gorizia"), ("GR", "Grosseto"),
    ("IM", "Imperia"), ("IS", "Isernia"), ("KR", "Crotone"), ("LC", "Lecco"), ("LE", "Lecce"), ("LI", "Livorno"),
    ("LO", "Lodi"), ("LT", "Latina"), ("LU", "Lucca"), ("MB", "Monza e della Brianza"), ("MC", "Macerata"),
    ("ME", "Messina"), ("MI", "Milano"), ("MN", "Mantova"), ("MO", "Modena"), ("MS", "Massa-Carrara"), ("MT", "Matera"),
    ("NA", "Napoli"), ("NO", "Novara"), ("NU", "Nuoro"), ("OR", "Oristano"), ("PA", "Palermo"), ("PC", "Piacenza"),
    ("PD", "Padova"), ("PE", "Pescara"), ("PG", "Perugia"), ("PI", "Pisa"), ("PN", "Pordenone"), ("PO", "Prato"),
    ("PR", "Parma"), ("PT", "Pistoia"), ("PU", "Pesaro e Urbino"), ("PV", "Pavia"), ("PZ", "Potenza"), ("RA", "Ravenna"),
    ("RC", "Reggio Calabria"), ("RE", "Reggio Emilia"), ("RG", "Ragusa"), ("RI", "Rieti"), ("RM", "Roma"),
    ("RN", "Rimini"), ("RO", "Rovigo"), ("SA", "Salerno"), ("SI", "Siena"), ("SO", "Sondrio"), ("SP", "La Spezia"),
    ("SR", "Siracusa"), ("SS", "Sassari"), ("SU", "Sud Sardegna"), ("SV", "Savona"), ("TA", "Taranto"), ("TE", "Teramo"),
    ("TN", "Trento"), ("TO", "Torino"), ("TP", "Trapani"), ("TR", "Terni"), ("TS", "Trieste"), ("TV", "Treviso"),
    ("UD", "Udine"), ("VA", "Varese"), ("VB", "Verbano-Cusio-Ossola"), ("VC", "Vercelli"), ("VE", "Venezia"),
    ("VI", "Vicenza"), ("VR", "Verona"), ("VT", "Viterbo"), ("VV", "Vibo Valentia"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_province_has_its_name_once() {
        let mut codes: Vec<&str> = NAMES.iter().map(|(code, _)| *code).collect();
        codes.dedup();
        assert_eq!(codes.len(), 107);
        assert!(codes.is_sorted());
        for (code, name) in NAMES {
            assert_eq!(
                traccia_import::provinces::by_name(name).map(|code| code.to_string()).as_deref(),
                Some(*code),
                "{name}"
            );
        }
        assert_eq!((province("SI").as_str(), province("XX").as_str()), ("Siena", "XX"));
    }
}
