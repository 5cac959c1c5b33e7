#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "app/records.h"

namespace hl::app {

void add_store_commands(Cli& cli) {
    cli.root.add_subcommand("migrate", "Create or update the database and the keys, then stop")->callback([cli] {
        cli.action = [cli]() -> Result<void> {
            TRY(auto program, cli.open(true));
            std::cout << "the database is up to date: "
                      << program->config().database.substr(0, program->config().database.find(':')) << "\n";
            return Nothing{};
        };
    });

    auto folder = std::make_shared<std::string>();
    auto* backup_command =
        cli.root.add_subcommand("backup", "Copy database and files into an empty folder while the server runs");
    backup_command->add_option("folder", *folder, "Empty or new folder")->required();
    backup_command->callback([cli, folder] {
        cli.action = [cli, folder]() -> Result<void> {
            TRY(auto program, cli.open());
            TRY(auto done, backup(*program, *folder));
            record_backup(*program, done, "system:command-line");
            std::cout << done.events << " events, " << done.files << " files, " << done.bytes << " bytes in " << *folder
                      << "\nthe keys in " << program->config().keys.string()
                      << " are not in it: keep a copy of them elsewhere\n";
            return Nothing{};
        };
    });
    auto* restore_command = cli.root.add_subcommand("restore", "Put a backup into an empty installation and verify it");
    restore_command->add_option("folder", *folder, "Folder that 'backup' wrote")
        ->required()
        ->check(CLI::ExistingDirectory);
    restore_command->callback([cli, folder] {
        cli.action = [cli, folder]() -> Result<void> {
            TRY(auto config, cli.config());
            TRY(auto done, restore(config, cli.clock, *folder));
            std::cout << done.events << " events and " << done.files << " files restored; the ledger is whole\n";
            return Nothing{};
        };
    });

    auto* follower = cli.root.add_subcommand("follower", "Followers of the ledger: position, lag, rebuild");
    follower->require_subcommand(1);
    follower->add_subcommand("status", "Where each follower stands")->callback([cli] {
        cli.action = [cli]() -> Result<void> {
            TRY(auto program, cli.open());
            for (const auto& s : program->followers().status())
                std::cout << s.name << "\tposition " << s.position << "\tlag " << s.lag
                          << (s.problem.empty() ? "" : "\tPROBLEM " + s.problem) << "\n";
            return Nothing{};
        };
    });
    auto name = std::make_shared<std::string>();
    auto* rebuild = follower->add_subcommand("rebuild", "Throw a follower's tables away and read the ledger again");
    rebuild->add_option("name", *name, "Follower")->required();
    rebuild->callback([cli, name] {
        cli.action = [cli, name]() -> Result<void> {
            TRY(auto program, cli.open());
            TRY_VOID(program->followers().restart(*name, "system:command-line"));
            return program->followers().catch_up();
        };
    });
}

}  // namespace hl::app
