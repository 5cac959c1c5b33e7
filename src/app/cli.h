// The command line. Every command prints what it did on standard output, a one-line error on standard error, and ends
// with 0 (done), 1 (refused or failed) or 2 (used wrongly).
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "app/program.h"

namespace CLI {
class App;
}

namespace hl::app {

/// Settings as given on the command line; each subcommand keeps a reference.
struct Options {
    std::string config_file;
    std::string data_dir, database, pack, keys;
    bool json = false;
};

/// What a subcommand registers with: `action` is run after parsing.
struct Cli {
    CLI::App& root;
    Options& options;
    const Clock& clock;
    std::function<Result<void>()>& action;

    [[nodiscard]] Result<Config> config() const;
    [[nodiscard]] Result<std::unique_ptr<Program>> open(bool create = false) const;
};

/// A line each, as `pack check` prints them.
void print_errors(const std::vector<Error>& errors);

void add_serve(Cli& cli);
void add_store_commands(Cli& cli);  // migrate, backup, restore, follower
void add_pack_commands(Cli& cli);
void add_card_commands(Cli& cli);      // into "pack": after it
void add_boundary_commands(Cli& cli);  // into "pack", too
void add_user_commands(Cli& cli);
void add_ledger_commands(Cli& cli);
void add_demo(Cli& cli);
void add_reorganise(Cli& cli);
void add_exchange_commands(Cli& cli);
void add_configuration_key_commands(Cli& cli);  // into "exchange": after it
void add_gateway_commands(Cli& cli);
void add_ioc_commands(Cli& cli);
void add_links_commands(Cli& cli);
void add_documents_commands(Cli& cli);
void add_directives(Cli& cli);      // into "ioc"
void add_pull_command(Cli& cli);    // into "ioc": after it
void add_child_commands(Cli& cli);  // into "ioc": after it
void add_briefing(Cli& cli);        // into "ioc": after it
void add_forecast(Cli& cli);        // into "ioc"
void add_index766(Cli& cli);        // into "ioc", made when it is not there yet

[[nodiscard]] int run_command_line(int argc, char** argv);

}  // namespace hl::app
