//! Every route, in one list. The published description is made of it, and a test asks each one without a token.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::post,
};
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
    App, ledger, log, openapi,
    operate::{guard, health, metrics, observe},
    page,
    read::{
        behind, citizens, counting, difference, expenses, exports, findings, impact, links, milestones, payments,
        points, programmes, projects, redistribution, reports, services, targets, trail, tranches,
    },
    write::{command, confirmations, imports},
};

/// The routes and their description.
pub(crate) fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::Frame::openapi())
        .routes(routes!(command::batch))
        .routes(routes!(command::one))
        .routes(routes!(impact::ask))
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
        .routes(routes!(behind::services))
        .routes(routes!(behind::persons))
        .routes(routes!(difference::one))
        .routes(routes!(counting::overlaps))
        .routes(routes!(citizens::find))
        .routes(routes!(citizens::one))
        .routes(routes!(services::one))
        .routes(routes!(reports::all))
        .routes(routes!(reports::one))
        .routes(routes!(links::all))
        .routes(routes!(tranches::all))
        .routes(routes!(tranches::exposures))
        .routes(routes!(payments::orders))
        .routes(routes!(payments::batches))
        .routes(routes!(payments::batch))
        .routes(routes!(confirmations::send))
        .routes(routes!(findings::all))
        .routes(routes!(findings::services))
        .routes(routes!(milestones::all))
        .routes(routes!(milestones::units))
        .routes(routes!(expenses::all))
        .routes(routes!(redistribution::proposal))
        .routes(routes!(exports::values_file))
        .routes(routes!(exports::compare))
        .routes(routes!(exports::controls))
        .routes(routes!(exports::ocds))
        .routes(routes!(trail::one))
        .routes(routes!(log::read))
        .routes(routes!(log::one))
        .routes(routes!(ledger::proof))
        .routes(routes!(ledger::checkpoint))
        .routes(routes!(ledger::bundle))
        .routes(routes!(ledger::tile))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::read))
        .routes(routes!(openapi::published))
        .routes(routes!(page::docs::page))
        .routes(routes!(page::home::page))
        .routes(routes!(page::access::page))
        .routes(routes!(page::counting::page))
        .routes(routes!(page::counting::lists::of_services))
        .routes(routes!(page::counting::lists::of_persons))
        .routes(routes!(page::counting::difference::page))
        .routes(routes!(page::counting::service::page, page::counting::void::send))
        .routes(routes!(page::counting::citizen::page, page::counting::erase::send))
        .routes(routes!(page::milestones::page, page::milestones::send::send))
        .routes(routes!(page::milestones::units::page))
        .routes(routes!(page::network::programme::page))
        .routes(routes!(page::network::project::page))
        .routes(routes!(page::network::points::page))
        .routes(routes!(page::network::point::page))
        .routes(routes!(page::reports::page))
        .routes(routes!(page::reports::one::page, page::reports::step::send))
        .routes(routes!(page::reports::print::page))
        .routes(routes!(page::links::page, page::links::decide::send))
        .routes(routes!(page::release::page, page::release::send::send))
        .routes(routes!(page::release::batches::close))
        .routes(routes!(page::release::exposures::decide))
        .routes(routes!(page::release::exposures::give_back))
        .routes(routes!(page::release::batches::file))
        .routes(routes!(page::release::steps::send))
        .routes(routes!(page::release::outcomes::send))
        .routes(routes!(page::findings::page))
        .routes(routes!(page::findings::services::page))
        .routes(routes!(page::trail::page))
        .routes(routes!(page::trail::commit::page))
        .routes(routes!(page::expenses::page, page::expenses::decide::send))
        .routes(routes!(page::expenses::declare::send))
        .routes(routes!(page::redistribution::page))
        .routes(routes!(page::regis::page, page::regis::compare::send))
        .routes(routes!(page::regis::files::values))
        .routes(routes!(page::regis::files::controls))
        .routes(routes!(page::regis::files::ocds))
        .routes(routes!(page::impact::page))
        .routes(routes!(page::uploads::page, page::uploads::send))
        .routes(routes!(page::uploads::report::page))
        .routes(routes!(page::uploads::report::rejected))
        .routes(routes!(page::style))
}

/// Health and metrics, and what only who follows the log can answer, for a process that serves nothing else.
pub fn operation(app: App) -> Router {
    let router = OpenApiRouter::new()
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::read))
        .routes(routes!(impact::ask));
    guarded(router.split_for_parts().0, app)
}

/// The whole of HTTP.
pub fn router(app: App) -> Router {
    let (router, _) = described().split_for_parts();
    // What a browser sends to sign in and out is no part of the API: programs send their token with each request.
    let router = router.route("/accesso", post(page::access::sign_in)).route("/uscita", post(page::access::sign_out));
    let router = router.layer(from_fn(page::frame::given_back));
    guarded(router, app)
}

/// What holds for every route.
fn guarded(router: Router<App>, app: App) -> Router {
    // Lines are sent as they come: compression would hold them back.
    let compressed = DefaultPredicate::new().and(NotForContentType::new("application/x-ndjson"));
    router
        .method_not_allowed_fallback(guard::wrong_method)
        .fallback(guard::unknown_path)
        .layer(DefaultBodyLimit::max(app.limits.command))
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(from_fn_with_state(app.clone(), guard::headers))
        .layer(from_fn(observe::request))
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(from_fn(guard::as_it_stands))
        .with_state(app)
}
