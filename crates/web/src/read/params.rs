//! The parameters of reads. Unknown ones are refused: a misspelt filter would silently answer for everything.

use traccia_projections::answer::Paging;

use crate::Problem;

/// What every read can be asked for.
pub(crate) trait Known {
    /// What the log knew: a position or an instant.
    fn known_at(&self) -> Option<&str>;

    /// How far the read models must have come.
    fn min_position(&self) -> Option<u64>;
}

/// What every list can be asked for.
pub(crate) trait Listed {
    /// Which page.
    fn paging(&self) -> Result<Paging, Problem>;
}

/// Declares the parameters of a read. They are written flat: serde refuses unknown names only then.
macro_rules! params {
    ($(#[$doc:meta])* list $name:ident { $($(#[$about:meta])* $field:ident: $type:ty,)* }) => {
        params! {
            $(#[$doc])* $name {
                $($(#[$about])* $field: $type,)*
                ;
                /// Begin after this cursor, the `next` of the page before.
                after: Option<String>,
                /// Items on a page, 1 to 1,000; 100 unless told.
                limit: Option<u32>,
            }
        }
        impl $crate::read::params::Listed for $name {
            fn paging(&self) -> Result<traccia_projections::answer::Paging, $crate::Problem> {
                Ok(traccia_projections::answer::Paging::new(self.after.as_deref(), self.limit)?)
            }
        }
    };
    ($(#[$doc:meta])* $name:ident {
        $($(#[$about:meta])* $field:ident: $type:ty,)*
        $(; $($(#[$page_about:meta])* $page:ident: $page_type:ty,)*)?
    }) => {
        $(#[$doc])*
        #[derive(serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name {
            $($(#[$about])* #[param(value_type = Option<String>)] $field: $type,)*
            $($($(#[$page_about])* $page: $page_type,)*)?
            /// What the log knew: a position, or an RFC 3339 instant. Now, unless told.
            known_at: Option<String>,
            /// Wait, up to 5 s, until the read models have reached this position: read your writes.
            min_position: Option<u64>,
        }
        impl $crate::read::params::Known for $name {
            fn known_at(&self) -> Option<&str> {
                self.known_at.as_deref()
            }
            fn min_position(&self) -> Option<u64> {
                self.min_position
            }
        }
    };
}
pub(crate) use params;

params! {
    /// What every read takes.
    Moment {}
}
