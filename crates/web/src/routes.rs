//! Every route, in one list. The published description is made of it, and a test asks each one without a token.

use axum::{Router, extract::DefaultBodyLimit, middleware::from_fn};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate as _,
        predicate::{DefaultPredicate, NotForContentType},
    },
};
use utoipa::OpenApi as _;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App, log, openapi,
    operate::{guard, health, metrics, observe},
    page,
    read::{citizens, counting, points, programmes, projects, services, targets, trail},
    write::{command, imports},
};

/// The routes and their description.
pub(crate) fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::Frame::openapi())
        .routes(routes!(command::batch))
        .routes(routes!(command::one))
        .routes(routes!(imports::send))
        .routes(routes!(imports::report))
        .routes(routes!(imports::rejected))
        .routes(routes!(programmes::all))
        .routes(routes!(programmes::one))
        .routes(routes!(projects::all))
        .routes(routes!(projects::one))
        .routes(routes!(points::all))
        .routes(routes!(points::one))
        .routes(routes!(targets::all))
        .routes(routes!(counting::waterfall))
        .routes(routes!(counting::units))
        .routes(routes!(counting::overlaps))
        .routes(routes!(citizens::find))
        .routes(routes!(citizens::one))
        .routes(routes!(services::one))
        .routes(routes!(trail::one))
        .routes(routes!(log::read))
        .routes(routes!(log::one))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::read))
        .routes(routes!(openapi::published))
        .routes(routes!(page::docs::page))
        .routes(routes!(page::home::page))
        .routes(routes!(page::style))
}

/// The whole of HTTP.
pub fn router(app: App) -> Router {
    let (router, _) = described().split_for_parts();
    // Lines are sent as they come: compression would hold them back.
    let compressed = DefaultPredicate::new().and(NotForContentType::new("application/x-ndjson"));
    router
        .method_not_allowed_fallback(guard::wrong_method)
        .fallback(guard::unknown_path)
        .layer(DefaultBodyLimit::max(app.limits.command))
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(from_fn(guard::headers))
        .layer(from_fn(observe::request))
        .layer(CompressionLayer::new().compress_when(compressed))
        .with_state(app)
}
