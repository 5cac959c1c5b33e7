#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "app/pack.h"

namespace hl::app {

void print_errors(const std::vector<Error>& errors) {
    for (const auto& e : errors) std::cout << "error    " << e.at << ": " << e.vi << " [" << e.code << "]\n";
}

namespace {

void print(const PackReport& report) {
    print_errors(report.errors);
    for (const auto& w : report.warnings) std::cout << "warning  " << w << "\n";
    for (const auto& c : report.changes) std::cout << "change   " << c << "\n";
    std::cout << report.errors.size() << " errors, " << report.warnings.size() << " warnings, " << report.changes.size()
              << " changes\n";
}

Error pack_wrong(size_t errors) {
    return {ErrorKind::invalid, "pack.errors", "Gói dữ liệu còn lỗi.",
            fmt::format("the pack has {} error(s); nothing was applied", errors)};
}

}  // namespace

void add_pack_commands(Cli& cli) {
    auto* pack = cli.root.add_subcommand("pack", "A province as data: check a pack or apply it");
    pack->require_subcommand(1);
    auto folder = std::make_shared<std::string>();
    for (const bool apply : {false, true}) {
        auto* command = pack->add_subcommand(
            apply ? "apply" : "check",
            apply ? "Apply the pack in one transaction" : "Explain every mistake and every change; writes nothing");
        command->add_option("folder", *folder, "Pack folder (default: the configured one)")
            ->check(CLI::ExistingDirectory);
        command->callback([cli, folder, apply] {
            cli.action = [cli, folder, apply]() -> Result<void> {
                TRY(auto program, cli.open(apply));
                const std::filesystem::path path =
                    folder->empty() ? program->config().pack : std::filesystem::path{*folder};
                TRY(auto report, apply ? apply_pack(program->store(), path, {"system:command-line"}, cli.clock.now())
                                       : check_pack(program->store(), path, cli.clock.now()));
                print(report);
                if (!report.errors.empty()) return pack_wrong(report.errors.size());
                return Nothing{};
            };
        });
    }
}

}  // namespace hl::app
