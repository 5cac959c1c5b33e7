#include "app/server.h"

#include <csignal>
#include <cstring>
#include <thread>

#include "access/api.h"
#include "access/routes.h"
#include "app/boundary_routes.h"
#include "app/briefing_sources.h"
#include "app/child_service.h"
#include "app/console_routes.h"
#include "app/documents.h"
#include "app/exchange_routes.h"
#include "app/exchange_try.h"
#include "app/housekeeping.h"
#include "app/ledger_routes.h"
#include "app/link_cost.h"
#include "app/own_gateway.h"
#include "app/pack_routes.h"
#include "app/pages.h"
#include "app/pull_service.h"
#include "app/revocation_service.h"
#include "app/system_routes.h"
#include "app/topic_service.h"
#include "app/trial_routes.h"
#include "base/files.h"
#include "base/log.h"
#include "directory/views.h"
#include "documents/routes.h"
#include "dossiers/draft_routes.h"
#include "dossiers/file_routes.h"
#include "dossiers/routes.h"
#include "exchange/registry/configuration_keys.h"
#include "exchange/registry/issue.h"
#include "exchange/registry/routes.h"
#include "http/server.h"
#include "ioc/briefing/routes.h"
#include "ioc/directives/routes.h"
#include "ioc/forecast/routes.h"
#include "ioc/index766/routes.h"
#include "ioc/indicators/routes.h"
#include "ioc/warnings/routes.h"
#include "links/connector/routes.h"
#include "links/payment/routes.h"
#include "links/portal/routes.h"
#include "links/post/routes.h"
#include "links/power/routes.h"
#include "links/registers/routes.h"
#include "links/routes.h"
#include "notices/routes.h"
#include "procedures/routes.h"

namespace hl::app {

namespace {

boost::json::object health(Program& program) {
    boost::json::object out{{"status", "ok"}, {"node", program.config().node}};
    const auto size = program.store().read([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); });
    if (!size.ok()) {
        out["status"] = "failing";
        out["database"] = size.error().code;
        return out;
    }
    out["ledger"] = *size;
    boost::json::array followers;
    for (const auto& f : program.followers().status()) {
        followers.push_back({{"name", f.name},
                             {"lag", f.lag},
                             {"problem", f.problem.empty() ? boost::json::value() : boost::json::value(f.problem)}});
        if (!f.problem.empty()) out["status"] = "failing";
    }
    out["followers"] = std::move(followers);
    const auto keys =
        program.store().read([&](store::Reader& r) { return exchange::require_keys_here(r, program.registry()); });
    if (!keys.ok()) {
        out["status"] = "failing";
        out["configuration_key"] = keys.error().en;
    }
    return out;
}

void add_gauges(http::Metrics& metrics, Program& program) {
    metrics.gauge("hienluong_ledger_events", "Events in the ledger", [&program]() -> double {
        const auto size =
            program.store().read([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); });
        return size.ok() ? static_cast<double>(*size) : std::nan("");
    });
    metrics.gauge("hienluong_follower_lag_events", "Events that the slowest follower has still to read",
                  [&program]() -> double {
                      double lag = 0;
                      for (const auto& f : program.followers().status())
                          lag = std::max(lag, static_cast<double>(f.lag));
                      return lag;
                  });
}

/// A profile with a mistake is not used: signing in through its provider would prove the wrong thing.
std::vector<access::OidcProfile> sign_in_profiles(Program& program) {
    std::vector<Error> errors;
    auto profiles = access::read_oidc_profiles(program.config().pack, errors);
    for (const auto& e : errors) log::error("app", "sign-in profile", {{"at", e.at}, {"what", e.en}});
    return profiles;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> add_all_routes(http::Router& router, Program& program,
                                                                access::Sessions& sessions, dossiers::Desk& desk,
                                                                ioc::WallFeed& wall, http::Metrics& metrics) {
    access::Api api(router, program.store(), sessions, program.clock(), program.random(), metrics);
    access::add_routes(api, {program.store(), sessions, program.vault(), program.clock(), program.random()},
                       program.config().oidc, sign_in_profiles(program));
    add_directory_routes(api, program);
    procedures::add_routes(api, {[&program] { return program.snapshots().catalogue(); },
                                 [&program] { return program.snapshots().organisation(); },
                                 [&program] { program.snapshots().wake(); }, needs_four_eyes(program.config())});
    dossiers::add_routes(
        api, [&program] { return program.context(); }, program.guesses());
    dossiers::add_file_routes(
        api, [&program] { return program.context(); }, program.files());
    dossiers::add_desk_routes(api, {[&program] { return program.context(); }, program.files(), desk});
    dossiers::add_draft_routes(
        api, [&program] { return program.context(); }, program.files());
    add_ledger_routes(api, program);
    add_console_routes(api, program);
    add_system_routes(api, program);
    add_pack_routes(api, program);
    add_boundary_routes(api, program);
    add_trial_routes(api, program);
    ioc::add_indicator_routes(
        api, {program.store(), program.ledger_keys(), [&program] { return program.snapshots().book(); }});
    warnings::add_routes(api, [&program] {
        return warnings::Context{program.snapshots().organisation(), &program.random(), program.config().origin};
    });
    directives::add_routes(api, {[&program] {
                                     return directives::Context{program.context(), program.snapshots().book()};
                                 },
                                 program.files()});
    // Another centre's figures are seen by all, and are no events of this ledger.
    program.children().add_routes(api, [&wall] { wall.tell({}); });
    ioc::add_feed_route(api, wall);
    index766::add_routes(api, {[&program] { return program.context(); }, program.store(), program.index_rules()});
    briefing::add_routes(
        api, {program.store(), [&program](store::Reader& reader) { return briefing_sources(program, reader); }});
    forecast::add_routes(api,
                         {program.store(), [&program] { return program.snapshots().book(); },
                          [&program] {
                              return forecast::Lore{program.snapshots().catalogue(), program.snapshots().calendars()};
                          }});
    links::add_routes(api, program.business_register());
    documents::add_routes(api, program.documents());
    add_vxp_routes(router, program);  // documents of other systems
    connector::add_routes(api, {program.links(), link_cost(program)});
    payment::add_routes(api, {program.partners().payment, [&program] { return program.context(); }});
    post::add_routes(api, {program.partners().post});
    program.links().add_metrics(metrics);
    links::registers::add_routes(api, {program.store(), program.clock(),
                                       [&program](const std::string& name) {
                                           return name == "budget" ? program.partners().budget
                                                                   : program.partners().business;
                                       },
                                       [&program] { return connector::Line(program.clock()); }});
    power::add_routes(api);
    links::portal::add_routes(
        api, {program.store(), program.vault(), program.partners().portal, [&program] { return program.context(); },
              [&program] { return connector::Line(program.clock()); }});
    notices::add_routes(api, {program.vault(), program.notice_books()});
    exchange::add_registry_routes(api, {program.store(), program.registry(), program.random()});
    add_exchange_routes(api, program);
    program.topics().add_routes(api);
    add_exchange_try_routes(api, program);
    http::add_health(router, [&program] { return health(program); });
    http::add_metrics(router, metrics);
    auto routes = api.registered();
    routes.emplace_back("GET", "/healthz");
    routes.emplace_back("GET", "/metrics");
    return routes;
}

Result<void> run_server(Program& program, const std::function<void(const Listening&)>& ready) {
    // The signals are taken by this thread alone: block them before any other thread starts.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    log::in_blocks();

    access::Sessions sessions(
        program.store(), program.config().accounts, [&program] { return program.snapshots().organisation(); },
        program.clock(), program.random());
    http::Metrics metrics;
    dossiers::Desk desk(program.store());
    ioc::WallFeed wall([&program]() -> std::optional<int64_t> {
        auto found = program.store().read([&](store::Reader& r) -> Result<std::optional<int64_t>> {
            return store::follower_position(r, *program.rollup());
        });
        return found.ok() ? *found : std::nullopt;
    });
    http::Router router;
    (void)add_all_routes(router, program, sessions, desk, wall, metrics);
    TRY_VOID(add_pages(router, program, sessions));
    add_gauges(metrics, program);
    http::Server server(program.config().server, std::move(router), program.clock(), program.random(), metrics);
    TRY_VOID(server.start());
    program.snapshots().watch();
    program.followers().start();
    program.links().start();
    desk.feed.start();
    program.rollup()->on_change([&desk, &wall](const ioc::Rollup::Change& change) {
        wall.tell(change);
        desk.feed.say("ioc", change.agencies, fmt::format("{{\"position\":{}}}", change.position));
    });
    wall.start();
    const bool secure = !program.config().server.tls_certificate.empty();
    const auto own_url =
        fmt::format("{}://{}:{}", secure ? "https" : "http", program.config().server.address, server.port());
    const auto registry_url = program.config().exchange_url.empty() ? own_url : program.config().exchange_url;
    program.registry().set_url(registry_url);
    exchange::Refresher refresher(program.store(), program.registry(), program.clock());
    refresher.start();
    TRY(auto started_gateway, start_own_gateway(program, registry_url));
    const std::shared_ptr<GatewayNode> gateway = std::move(started_gateway);
    program.set_own_gateway(gateway);
    if (gateway) program.topics().start();
    TRY_VOID(program.children().start());
    PullService pulls(program);
    pulls.start();
    Housekeeping housekeeping(program);
    housekeeping.start();
    RevocationService revocation(program);
    revocation.start();
    ready({server.port(), secure, gateway ? gateway->gateway().ports().http : -1});

    int signal = 0;
    sigwait(&signals, &signal);
    log::info("app", "stopping", {{"signal", signal}});
    program.topics().stop_waiting();
    server.stop();
    program.children().stop();
    pulls.stop();
    program.topics().stop();
    program.set_own_gateway(nullptr);
    if (gateway) gateway->stop();
    program.rollup()->on_change({});
    wall.stop();
    desk.feed.stop();
    revocation.stop();
    housekeeping.stop();
    refresher.stop();
    program.followers().stop();
    program.links().stop();
    housekeeping.sign();
    return Nothing{};
}

}  // namespace hl::app
