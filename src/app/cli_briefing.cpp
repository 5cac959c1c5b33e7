// hienluong ioc briefing: the morning meeting's paper as a PDF file.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/briefing_sources.h"
#include "app/cli.h"
#include "base/files.h"

namespace hl::app {

namespace {

Result<void> write_briefing(const Cli& cli, const std::string& date, const std::string& file) {
    TRY(auto program, cli.open(false));
    TRY_VOID(program->followers().catch_up());
    const auto now = cli.clock.now();
    Date day = local_date(now);
    if (!date.empty()) {
        TRY(day, parse_date(date));
    }
    // Whoever may read the database's files sees all of it.
    const auto actor = access::Actor::system("command-line", program->snapshots().organisation());
    TRY(const auto found, program->store().read([&](store::Reader& reader) -> Result<briefing::Briefing> {
        TRY(auto sources, briefing_sources(*program, reader));
        return briefing::gather(reader, std::move(sources), actor, day, now);
    }));
    TRY(const auto bytes, briefing::to_pdf(found));
    TRY_VOID(write_file(file, bytes));
    std::cout << fmt::format("{}: {} bytes, ledger position {}\n", file, bytes.size(), found.position.value_or(0));
    return Nothing{};
}

}  // namespace

void add_briefing(Cli& cli) {
    auto* ioc = cli.root.get_subcommand("ioc");
    auto* command = ioc->add_subcommand("briefing", "The morning meeting's paper as a PDF");
    auto date = std::make_shared<std::string>(), file = std::make_shared<std::string>();
    command->add_option("--date", *date, "Of which day, YYYY-MM-DD (default: today); a past one as it was known then");
    command->add_option("--out", *file, "The PDF file to write")->required();
    command->callback(
        [cli, date, file] { cli.action = [cli, date, file] { return write_briefing(cli, *date, *file); }; });
}

}  // namespace hl::app
