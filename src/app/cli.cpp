#include "app/cli.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "base/crypto.h"
#include "base/log.h"

namespace hl::app {

Result<Config> Cli::config() const {
    Config config;
    if (!options.config_file.empty()) {
        TRY(config, load_config(options.config_file));
    }
    if (!options.data_dir.empty()) config.data_dir = options.data_dir;
    if (!options.database.empty()) config.database = options.database;
    if (!options.pack.empty()) config.pack = options.pack;
    if (!options.keys.empty()) config.keys = options.keys;
    complete(config);
    return config;
}

Result<std::unique_ptr<Program>> Cli::open(bool create) const {
    TRY(auto settings, config());
    return Program::open(std::move(settings), clock, create);
}

int run_command_line(int argc, char** argv) {
    crypto::init();
    const SystemClock clock;
    Options options;
    std::function<Result<void>()> action;

    CLI::App root{"Hiền Lương: hệ thống chính quyền số của một tỉnh — digital government of a province", "hienluong"};
    root.set_version_flag("--version", fmt::format("hienluong {}", program_version));
    root.require_subcommand(1);
    root.fallthrough();
    root.add_option("-c,--config", options.config_file, "Settings file (YAML)")->check(CLI::ExistingFile);
    root.add_option("--data", options.data_dir, "Data folder (default: var)");
    root.add_option("--database", options.database,
                    "sqlite:/path or postgresql://… (default: sqlite in the data folder)");
    root.add_option("--keys", options.keys, "Folder of the keys (default: keys in the data folder)");
    root.add_option("--pack", options.pack, "Pack folder (default: packs/quang-tri)");
    root.add_flag("--json", options.json, "Print results as JSON");

    Cli cli{root, options, clock, action};
    add_serve(cli);
    add_store_commands(cli);
    add_pack_commands(cli);
    add_card_commands(cli);
    add_boundary_commands(cli);
    add_user_commands(cli);
    add_ledger_commands(cli);
    add_demo(cli);
    add_reorganise(cli);
    add_exchange_commands(cli);
    add_configuration_key_commands(cli);
    add_gateway_commands(cli);
    add_ioc_commands(cli);
    add_child_commands(cli);
    add_pull_command(cli);
    add_links_commands(cli);
    add_documents_commands(cli);
    add_directives(cli);
    add_forecast(cli);
    add_index766(cli);
    add_briefing(cli);

    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        // --help and --version are no errors.
        return root.exit(e) == 0 ? 0 : 2;
    }
    try {
        const auto done = action();
        if (done.ok()) return 0;
        const Error& error = done.error();
        std::cerr << "hienluong: " << (error.at.empty() ? "" : error.at + ": ") << error.en << " [" << error.code
                  << "]\n";
        return 1;
    } catch (const std::exception& e) {
        std::cerr << "hienluong: " << e.what() << " [bug]\n";
        return 1;
    }
}

}  // namespace hl::app
