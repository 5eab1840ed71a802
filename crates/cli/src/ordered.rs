//! JSON whose fields stay in the order in which the API writes them: columns are read from left to right.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Truth(bool),
    Whole(i128),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// A field; null where there is none.
    pub(crate) fn get(&self, name: &str) -> &Json {
        self.fields().iter().find(|(field, _)| field == name).map_or(&Json::Null, |(_, value)| value)
    }

    /// Its fields; none where it has none.
    pub(crate) fn fields(&self) -> &[(String, Json)] {
        match self {
            Json::Object(fields) => fields,
            Json::Null | Json::Truth(_) | Json::Whole(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => &[],
        }
    }

    /// Its items, where it is a list.
    pub(crate) fn items(&self) -> Option<&[Json]> {
        match self {
            Json::List(items) => Some(items),
            Json::Null | Json::Truth(_) | Json::Whole(_) | Json::Number(_) | Json::Text(_) | Json::Object(_) => None,
        }
    }
}

impl Json {
    /// Adds the next page of a list to those before it.
    pub(crate) fn followed_by(&mut self, page: Json) {
        let (Json::Object(fields), Json::Object(more)) = (self, page) else { return };
        for (name, value) in more {
            let Some((_, before)) = fields.iter_mut().find(|(field, _)| *field == name) else { continue };
            match (before, value) {
                (Json::List(items), Json::List(next)) if name == "items" => items.extend(next),
                (before, value) if name == "next" => *before = value,
                _ => {}
            }
        }
    }
}

/// As a cell shows it: text without quotes, nothing for null.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => Ok(()),
            Json::Truth(truth) => truth.fmt(f),
            Json::Whole(number) => number.fmt(f),
            Json::Number(number) => number.fmt(f),
            Json::Text(text) => f.write_str(text),
            Json::List(items) => {
                for (place, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if place == 0 { "" } else { "; " })?;
                }
                Ok(())
            }
            Json::Object(fields) => {
                for (place, (name, value)) in fields.iter().enumerate() {
                    write!(f, "{}{name}={value}", if place == 0 { "" } else { " " })?;
                }
                Ok(())
            }
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => serializer.serialize_unit(),
            Json::Truth(truth) => serializer.serialize_bool(*truth),
            Json::Whole(number) => serializer.serialize_i128(*number),
            Json::Number(number) => serializer.serialize_f64(*number),
            Json::Text(text) => serializer.serialize_str(text),
            Json::List(items) => serializer.collect_seq(items),
            Json::Object(fields) => serializer.collect_map(fields.iter().map(|(name, value)| (name, value))),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Json::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Json, E> {
        Ok(Json::Truth(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Whole(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Whole(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Number(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stay_in_their_order() {
        let text = r#"{"z":1,"a":{"y":null,"b":[true,-2,0.5]},"m":"x"}"#;
        let json: Json = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&json).unwrap(), text);
        assert_eq!(json.get("a").get("b").to_string(), "true; -2; 0.5");
        assert_eq!(json.get("none"), &Json::Null);
    }
}
