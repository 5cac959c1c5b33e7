#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "app/cli.h"
#include "app/exchange_routes.h"
#include "app/gateway_node.h"
#include "app/join.h"
#include "app/repin.h"
#include "base/files.h"
#include "base/log.h"
#include "http/server.h"

namespace hl::app {

namespace {

namespace fs = std::filesystem;

Result<fs::path> folder_of(const Cli& cli) {
    TRY(const auto config, cli.config());
    return config.data_dir / "gateway";
}

void say(const std::string& line) {
    std::cout << line << "\n" << std::flush;
}

struct JoinCommand {
    std::string code;
    JoinOptions options;
    bool no_check = false;
};

Result<void> join(const Cli& cli, JoinCommand o) {
    // Codes are long: `-` reads one from standard input, so that it is in no list of processes.
    if (o.code == "-") std::getline(std::cin, o.code);
    TRY(const auto code, exchange::join_code_from_text(o.code));
    TRY(o.options.folder, folder_of(cli));
    SystemRandom random;
    TRY(const auto joined, join_exchange(code, o.options, cli.clock, random, say));
    if (joined.waiting) {
        say("the authority has still to issue the certificates; repeat this command when it has");
        return Nothing{};
    }
    if (!o.no_check) TRY_VOID(check_round_trip(o.options.folder, cli.clock, random, say));
    say(fmt::format("{} has joined {}. Start it with: hienluong gateway run", exchange::to_path(joined.server),
                    joined.server.instance));
    return Nothing{};
}

Result<std::optional<Instant>> time_in(const http::Request& request, std::string_view name) {
    const auto given = request.query_value(name);
    if (!given) return std::optional<Instant>{};
    TRY(const auto at, parse_rfc3339(*given));
    return std::optional<Instant>{at};
}

Result<std::optional<exchange::ClientId>> client_in(const http::Request& request, std::string_view name) {
    const auto given = request.query_value(name);
    if (!given) return std::optional<exchange::ClientId>{};
    TRY(auto id, exchange::parse_client(*given));
    return std::optional<exchange::ClientId>{std::move(id)};
}

/// GET /messages?client=&provider=&service=&message_id=&from=&to=&cursor=: what passed, personal fields masked.
Result<boost::json::object> messages(const GatewayNode& node, const http::Request& request) {
    exchange::LogSearch what;
    TRY(what.client, client_in(request, "client"));
    TRY(what.provider, client_in(request, "provider"));
    what.service = request.query_value("service").value_or("");
    what.message_id = request.query_value("message_id").value_or("");
    what.cursor = request.query_value("cursor").value_or("");
    TRY(what.from, time_in(request, "from"));
    TRY(what.to, time_in(request, "to"));
    TRY(const auto page, node.index().search(what));
    boost::json::array items;
    for (const auto& row : page.rows)
        items.push_back({{"number", row.number},
                         {"at", to_rfc3339(row.at)},
                         {"side", row.side == exchange::Side::client ? "client" : "provider"},
                         {"direction", row.direction == exchange::Direction::request ? "request" : "response"},
                         {"message_id", row.message_id},
                         {"client", exchange::to_path(row.client)},
                         {"service", exchange::to_path(row.service)},
                         {"succeeded", row.succeeded},
                         {"fault_code", row.fault_code},
                         {"body_bytes", row.body_bytes},
                         {"erased", row.erased}});
    return boost::json::object{{"items", std::move(items)},
                               {"next", page.next.empty() ? boost::json::value() : boost::json::value(page.next)}};
}

/// GET /usage?from=&to=: exchanges by hour, client and service; the last 24 hours when nothing is said.
Result<boost::json::object> usage(const GatewayNode& node, const http::Request& request) {
    exchange::UsageQuery what;
    TRY(const auto from, time_in(request, "from"));
    TRY(const auto to, time_in(request, "to"));
    what.to = to.value_or(request.at);
    what.from = from.value_or(what.to - std::chrono::hours{24});
    TRY(const auto rows, node.operations().usage(what));
    boost::json::array items;
    for (const auto& row : rows) items.push_back(usage_view(row));
    return boost::json::object{{"items", std::move(items)}};
}

http::SyncHandler answered(Result<boost::json::object> (*ask)(const GatewayNode&, const http::Request&),
                           const GatewayNode& node) {
    return [ask, &node](const http::Request& request) {
        auto answer = ask(node, request);
        return answer.ok() ? http::Response::json(*answer) : http::Response::problem(answer.error(), request);
    };
}

/// Health, figures and what passed, for who watches the gateway; on loopback, apart from the entries.
Result<std::unique_ptr<http::Server>> watching(GatewayNode& node, int port, const Clock& clock, Random& random,
                                               http::Metrics& metrics) {
    http::Router router;
    http::add_health(router, [&node] { return node.health(); });
    http::add_metrics(router, metrics);
    router.get("/messages", answered(messages, node), true);
    router.get("/usage", answered(usage, node), true);
    http::ServerOptions options;
    options.port = static_cast<unsigned short>(port);
    options.io_threads = 1;
    options.workers = 1;
    options.access_log = false;
    auto server = std::make_unique<http::Server>(options, std::move(router), clock, random, metrics);
    TRY_VOID(server->start());
    return server;
}

Result<void> run(const Cli& cli, int watch_port) {
    // Taken by this thread alone: blocked before any other thread starts.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    log::in_blocks();
    TRY(const auto folder, folder_of(cli));
    SystemRandom random;
    TRY(const auto node, GatewayNode::open(folder, cli.clock, random));
    http::Metrics metrics;
    node->gateway().add_metrics(metrics);
    TRY_VOID(node->start());
    std::unique_ptr<http::Server> watch;
    if (watch_port >= 0) {
        TRY(watch, watching(*node, watch_port, cli.clock, random, metrics));
    }
    const auto ports = node->gateway().ports();
    const auto& settings = node->gateway().core().settings;
    if (ports.http >= 0) say(fmt::format("systems   http://{}:{}", settings.address, ports.http));
    if (ports.https >= 0) say(fmt::format("systems   https://{}:{}", settings.address, ports.https));
    say(fmt::format("gateways  {}:{}", settings.peer_address, ports.peers));
    if (watch) say(fmt::format("health    http://127.0.0.1:{}/healthz", watch->port()));
    int signal = 0;
    sigwait(&signals, &signal);
    log::info("exchange", "stopping", {{"signal", signal}});
    if (watch) watch->stop();
    node->stop();
    return Nothing{};
}

Result<void> check(const Cli& cli, bool round_trip) {
    TRY(const auto folder, folder_of(cli));
    TRY(const auto settings, exchange::load_gateway_settings(folder / "gateway.yaml"));
    say(fmt::format("{} of {}: {} subsystem(s), {} service(s)", exchange::to_path(settings.server), settings.instance,
                    settings.clients.size(), settings.services.size()));
    if (!round_trip) return Nothing{};
    SystemRandom random;
    return check_round_trip(folder, cli.clock, random, say);
}

Result<void> repin(const Cli& cli, const std::string& fingerprint) {
    TRY(const auto folder, folder_of(cli));
    TRY(const auto done, repin_gateway(folder, fingerprint, cli.clock));
    switch (done) {
        case Repinned::already:
            say("this key is pinned already");
            break;
        case Repinned::now:
            say("pinned; the configuration that it signed was taken. A gateway that runs takes it up with its next "
                "fetch");
            break;
        case Repinned::ahead:
            say("pinned for the day on which the registry begins to sign with it; until then the present key counts");
            break;
    }
    return Nothing{};
}

}  // namespace

void add_gateway_commands(Cli& cli) {
    auto* gateway = cli.root.add_subcommand(
        "gateway", "A gateway of the data-sharing platform at an agency: join, check, run (in DATA/gateway)");
    gateway->require_subcommand(1);

    auto* join_command = gateway->add_subcommand(
        "join",
        "Join the exchange with a code from the registry: keys, certificates, settings and a checked round trip");
    auto o = std::make_shared<JoinCommand>();
    join_command->add_option("code", o->code, "The join code; - reads it from standard input")->required();
    join_command->add_option("--address", o->options.address, "host:port where other gateways reach this one")
        ->required();
    join_command->add_option("--listen", o->options.listen,
                             "Address on which the gateways' entry listens (default 0.0.0.0)");
    join_command
        ->add_option("--http-port", o->options.http_port, "Information systems' HTTP entry (default 8080, -1: closed)")
        ->check(CLI::Range(-1, 65535));
    join_command
        ->add_option("--https-port", o->options.https_port,
                     "Information systems' HTTPS entry (default 8443, -1: closed)")
        ->check(CLI::Range(-1, 65535));
    join_command->add_option("--organisation", o->options.organisation,
                             "Name of the organisation, for the certificates");
    join_command
        ->add_option("--keys", o->options.keys, "Kind of the keys that are made: p256 (default), rsa2048 or rsa3072")
        ->transform(
            CLI::CheckedTransformer(std::map<std::string, exchange::KeyKind>{{"p256", exchange::KeyKind::p256},
                                                                             {"rsa2048", exchange::KeyKind::rsa2048},
                                                                             {"rsa3072", exchange::KeyKind::rsa3072}}));
    join_command->add_flag("--no-check", o->no_check, "Do not try a round trip");
    join_command->callback([cli, o] { cli.action = [cli, o] { return join(cli, *o); }; });

    auto* run_command = gateway->add_subcommand("run", "Run the gateway until it is told to stop");
    auto port = std::make_shared<int>(8099);
    run_command
        ->add_option("--watch-port", *port,
                     "Port of /healthz, /metrics, /messages and /usage on loopback (default 8099, -1: none)")
        ->check(CLI::Range(-1, 65535));
    run_command->callback([cli, port] { cli.action = [cli, port] { return run(cli, *port); }; });

    auto* check_command = gateway->add_subcommand("check", "Read the settings and say what is wrong with them");
    auto round_trip = std::make_shared<bool>(false);
    check_command->add_flag("--round-trip", *round_trip,
                            "Also send one exchange to another gateway (while none runs here)");
    check_command->callback([cli, round_trip] { cli.action = [cli, round_trip] { return check(cli, *round_trip); }; });

    auto* repin_command = gateway->add_subcommand(
        "repin",
        "Pin the key that signs configurations anew, after the registry changed it because it may have been stolen");
    auto words = std::make_shared<std::vector<std::string>>();
    repin_command
        ->add_option(
            "fingerprint", *words,
            "Of the new key, 64 hexadecimal digits. Get it from the registry's administrator by telephone or on "
            "paper, never over the line that is to be secured")
        ->required();
    repin_command->callback([cli, words] {
        cli.action = [cli, words] {
            std::string fingerprint;  // groups, as it is read out
            for (const auto& word : *words) fingerprint += word;
            return repin(cli, fingerprint);
        };
    });
}

}  // namespace hl::app
