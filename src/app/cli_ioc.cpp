// hienluong ioc: the operations centre's figures on the command line.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "app/progress.h"
#include "ioc/indicators/recompute.h"
#include "ioc/indicators/supplied.h"

namespace hl::app {

namespace {

Result<void> recompute(const Cli& cli, bool check) {
    TRY(auto program, cli.open());
    if (!check) {
        TRY_VOID(program->followers().restart(program->rollup()->name(), "system:command-line"));
        TRY_VOID(program->followers().catch_up());
        std::cout << "the indicators' cells are made anew from the ledger\n";
        return Nothing{};
    }
    Progress progress("recompute");
    TRY(const auto report, ioc::recompute_check(program->store(), program->snapshots().book(),
                                                [&](int64_t done, int64_t total) { progress.show(done, total); }));
    progress.finish();
    if (cli.options.json) {
        boost::json::array list;
        for (const auto& d : report.differences) list.emplace_back(d);
        std::cout << boost::json::serialize(boost::json::object{{"position", report.position},
                                                                {"cells", report.cells},
                                                                {"facts", report.facts},
                                                                {"dossiers", report.dossiers},
                                                                {"restated", report.restated},
                                                                {"different", report.different},
                                                                {"differences", std::move(list)}})
                  << "\n";
    } else {
        std::cout << "events     " << report.events << "\ncells      " << report.cells << "\nfacts      "
                  << report.facts << "\ndossiers   " << report.dossiers << "\nrestated   " << report.restated << "\n";
        for (const auto& d : report.differences) std::cout << "DIFFERENT  " << d << "\n";
        std::cout << (report.different == 0 ? "every figure is what the events give\n"
                                            : "the figures are not what the events give\n");
    }
    if (report.different == 0) return Nothing{};
    return Error{
        ErrorKind::conflict, "ioc.different", "Số liệu khác với sổ cái. Hãy chạy «hienluong ioc recompute» để làm lại.",
        fmt::format("{} row(s) differ from what the events give; run 'hienluong ioc recompute'", report.different)};
}

struct Ask {
    std::string code, period, agency;
    int64_t at = 0;
};

Result<void> figure(const Cli& cli, const Ask& ask) {
    TRY(auto program, cli.open());
    const auto book = program->snapshots().book();
    ioc::Question q;
    q.now = cli.clock.now();
    q.small = true;
    TRY(q.first, ioc::parse_period(ask.period));
    q.last = q.first;
    q.indicator = book->find(ask.code, q.first.first_day());
    if (!q.indicator)
        return Error{ErrorKind::not_found, "ioc.no_indicator", "Không có chỉ tiêu này.", "there is no such indicator"};
    if (!ask.agency.empty()) q.where.agencies = std::vector{AgencyId{ask.agency}};
    Progress progress("recompute");
    TRY(const auto found, ask.at > 0
                              ? ioc::figures_at(program->store(), book, q, ask.at,
                                                [&](int64_t done, int64_t total) { progress.show(done, total); })
                              : program->store().read([&](store::Reader& r) { return ioc::figures(r, *book, q); }));
    if (ask.at > 0) progress.finish();
    for (const auto& f : found.items) {
        std::cout << ask.code << "\t" << f.period.text() << "\t" << ioc::to_string(f.status) << "\t"
                  << (f.value ? fmt::format("{}", *f.value) : "-");
        if (f.numerator && f.denominator) std::cout << "\t" << *f.numerator << "/" << *f.denominator;
        if (!f.why.empty()) std::cout << "\t" << f.why.vi;
        if (found.position) std::cout << "\tposition " << *found.position;
        std::cout << "\n";
    }
    return Nothing{};
}

}  // namespace

void add_ioc_commands(Cli& cli) {
    auto* ioc = cli.root.add_subcommand("ioc", "The operations centre: figures and indexes from the ledger");
    ioc->require_subcommand(1);
    auto* command = ioc->add_subcommand("recompute", "Make the indicators' cells anew from the ledger, or check them");
    auto check = std::make_shared<bool>(false);
    command->add_flag("--check", *check, "Rebuild beside the live ones and compare; ends with 1 when they differ");
    command->callback([cli, check] { cli.action = [cli, check] { return recompute(cli, *check); }; });

    auto* one = ioc->add_subcommand("figure", "One figure, also as it was known at a position of the ledger");
    auto ask = std::make_shared<Ask>();
    one->add_option("indicator", ask->code, "Code of the indicator")->required();
    one->add_option("period", ask->period, "2026-11-23, 2026-W48, 2026-11, 2026-Q4, 2026-H2, 2026, 2026-2030")
        ->required();
    one->add_option("--agency", ask->agency, "Of one agency (default: the whole province)");
    one->add_option("--at", ask->at, "Fold the ledger anew until this position")->check(CLI::PositiveNumber);
    one->callback([cli, ask] { cli.action = [cli, ask] { return figure(cli, *ask); }; });
}

}  // namespace hl::app
