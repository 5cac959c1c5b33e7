// hienluong ioc pull: values from the systems that the setting ioc_pull names, now.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "app/pull_service.h"

namespace hl::app {

namespace {

Result<void> pull_some(const Cli& cli, const std::string& name) {
    TRY(auto program, cli.open());
    PullService service(*program);
    int64_t problems = 0;
    for (const auto& settings : program->config().ioc_pull) {
        if (!name.empty() && settings.source.name != name) continue;
        TRY(const auto done, service.pull_now(settings.source.name));
        std::cout << settings.source.name << "\t" << done.asked << " asked\t" << done.stored << " stored\t" << done.same
                  << " the same\t" << done.missing << " without a value\n";
        for (const auto& p : done.problems) std::cout << "PROBLEM  " << p.at << ": " << p.en << " [" << p.code << "]\n";
        problems += static_cast<int64_t>(done.problems.size());
    }
    if (problems == 0) return Nothing{};
    return Error{ErrorKind::unavailable, "pull.problems", "Có số liệu chưa lấy được.",
                 fmt::format("{} problem(s)", problems)};
}

}  // namespace

void add_pull_command(Cli& cli) {
    const auto there = cli.root.get_subcommands([](const CLI::App* a) { return a->get_name() == "ioc"; });
    auto* command = there.front()->add_subcommand("pull", "Fetch values from the systems that ioc_pull names, now");
    auto name = std::make_shared<std::string>();
    command->add_option("name", *name, "One of them (default: all)");
    command->callback([cli, name] { cli.action = [cli, name] { return pull_some(cli, *name); }; });
}

}  // namespace hl::app
