//! Whether a role may open an address: what the description says of its route.

use std::sync::OnceLock;

use serde_json::Value;
use traccia_domain::Role;

use super::document;

/// A route that is read, and the roles that may; `None` when anyone may.
struct Route {
    path: Vec<String>,
    roles: Option<Vec<String>>,
}

/// Whether a role may read what is at a path. What is no route is nobody's secret.
pub(crate) fn may_open(role: Role, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    // A route that names all of a path comes before one with a blank in it, as the router has it.
    let found = routes().iter().filter(|route| route.is(&parts)).max_by_key(|route| route.named());
    let roles = found.and_then(|route| route.roles.as_ref());
    roles.is_none_or(|roles| roles.iter().any(|may| may == role.as_str()))
}

impl Route {
    fn is(&self, path: &[&str]) -> bool {
        let same = |(own, asked): (&String, &&str)| own == asked || own.starts_with('{');
        self.path.len() == path.len() && self.path.iter().zip(path).all(same)
    }

    fn named(&self) -> usize {
        self.path.iter().filter(|part| !part.starts_with('{')).count()
    }
}

fn routes() -> &'static [Route] {
    static ROUTES: OnceLock<Vec<Route>> = OnceLock::new();
    ROUTES.get_or_init(|| {
        let paths = document()["paths"].as_object().into_iter().flatten();
        let read = paths.filter_map(|(path, item)| Some((path, item.get("get")?)));
        read.map(|(path, operation)| Route {
            path: path.split('/').map(ToOwned::to_owned).collect(),
            roles: operation["x-roles"].as_array().map(|roles| roles.iter().filter_map(name).collect()),
        })
        .collect()
    })
}

fn name(role: &Value) -> Option<String> {
    role.as_str().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_opens_for_the_roles_of_its_route() {
        let may =
            |path| Role::ALL.into_iter().filter(|role| may_open(*role, path)).map(Role::as_str).collect::<Vec<_>>();
        let persons = ["facilitator", "capofila", "region", "auditor", "admin"];
        assert_eq!(may("/conteggio/cittadini"), persons);
        assert_eq!(may("/cittadini/0123"), persons);
        assert_eq!(may("/registro/12"), ["auditor", "admin"]);
        assert_eq!(may("/registro"), ["capofila", "region", "treasurer", "auditor", "admin"]);
        for open in ["/", "/docs", "/style.css"] {
            assert_eq!(may(open).len(), Role::ALL.len(), "{open}");
        }
    }
}
