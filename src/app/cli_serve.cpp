#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "app/links_config.h"
#include "app/server.h"
#include "base/files.h"
#include "base/log.h"

namespace hl::app {

namespace {

struct ServeOptions {
    std::string address;
    int port = -1;
    std::string simulator;  // a demonstration's partners
    bool no_first_administrator = false;
};

Result<void> serve(const Cli& cli, const ServeOptions& o) {
    TRY(auto config, cli.config());
    if (!o.address.empty()) config.server.address = o.address;
    if (o.port >= 0) config.server.port = static_cast<unsigned short>(o.port);
    TRY_VOID(use_simulator(config, o.simulator));
    log::set_level(config.log_level == "debug"     ? log::Level::debug
                   : config.log_level == "warning" ? log::Level::warning
                                                   : log::Level::info);
    TRY(auto program, Program::open(std::move(config), cli.clock, true));
    TRY(auto secret, program->store().write([&](store::Transaction& tx) {
        return access::first_administrator(tx, program->config().accounts, program->random(), cli.clock.now());
    }));
    if (secret) {
        std::cout << "First start. Sign in as 'admin' with this one-time password (shown once):\n\n    " << *secret
                  << "\n\n"
                  << std::flush;
    }
    return run_server(*program, [&](const Listening& on) {
        std::cout << (on.secure ? "https://" : "http://") << program->config().server.address << ":" << on.port << "\n"
                  << std::flush;
        if (on.gateway >= 0) std::cout << "gateway  http://127.0.0.1:" << on.gateway << "\n" << std::flush;
    });
}

}  // namespace

namespace {

/// Every route of the API, for the comparison with the API document; opens an empty installation in memory.
Result<void> list_routes(const Cli& cli) {
    TRY(const auto folder, ScratchFolder::make("hienluong-routes"));
    log::set_level(log::Level::warning);
    Config config;
    config.data_dir = folder.path();
    complete(config);
    TRY(auto program, Program::open(std::move(config), cli.clock, true));
    access::Sessions sessions(
        program->store(), program->config().accounts, [&] { return program->snapshots().organisation(); }, cli.clock,
        program->random());
    http::Metrics metrics;
    dossiers::Desk desk(program->store());
    ioc::WallFeed wall({});
    http::Router router;
    for (const auto& [method, path] : add_all_routes(router, *program, sessions, desk, wall, metrics))
        std::cout << method << " " << path << "\n";
    return Nothing{};
}

}  // namespace

void add_serve(Cli& cli) {
    cli.root.add_subcommand("routes", "Print every route of the API")->callback([cli] {
        cli.action = [cli] { return list_routes(cli); };
    });
    auto* command = cli.root.add_subcommand("serve", "Run the server");
    auto o = std::make_shared<ServeOptions>();
    command->add_option("--address", o->address, "Address to listen on (default 127.0.0.1)");
    command->add_option("--port", o->port, "Port (default 8080, 0 = any free one)")->check(CLI::Range(0, 65535));
    command->add_option("--simulator", o->simulator,
                        "Address of hienluong-sim: it plays the partners of a demonstration");
    command->callback([cli, o] { cli.action = [cli, o] { return serve(cli, *o); }; });
}

}  // namespace hl::app
