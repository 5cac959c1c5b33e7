// hienluong ioc forecast: which dossiers will be late, how well that was told before, arrivals, unusual changes.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "app/progress.h"
#include "ioc/forecast/views.h"

namespace hl::app {

namespace {

using namespace forecast;

struct Asked {
    std::string agency, procedure, dossier, period;
    bool agencies = false, calibration = false, backtest = false, intake = false, changes = false;
    int limit = 30, every = 3;
};

void put_out(const boost::json::value& v) {
    std::cout << boost::json::serialize(v) << "\n";
}

Scope scope_of(const Asked& a) {
    Scope scope;
    if (!a.agency.empty()) scope.agencies = std::vector{AgencyId{a.agency}};
    scope.procedure = a.procedure;
    return scope;
}

std::string percent_text(const Outlook& o) {
    return o.standing == Standing::unknown ? "-" : fmt::format("{:.1f} %", o.probability * 100);
}

Result<void> risks(const Cli& cli, Program& program, const Asked& a) {
    const Lore lore{program.snapshots().catalogue(), program.snapshots().calendars()};
    TRY(const auto found,
        program.store().read([&](store::Reader& r) { return board(r, lore, scope_of(a), cli.clock.now()); }));
    if (!found.position)
        return Error{ErrorKind::conflict, "forecast.not_ready", "Dự báo đang được tính lại từ sổ cái.",
                     "the forecast is being made anew from the ledger; run 'hienluong serve' or 'follower status'"};
    if (a.agencies) {
        boost::json::array items;
        for (const auto& s : by_agency(found)) {
            if (cli.options.json)
                items.push_back(view(s));
            else
                std::cout << fmt::format("{}\topen {}\tlate {}\texpected {:.1f}\tlikely {}\tunknown {}\n",
                                         s.agency.value, s.open, s.late, s.expected, s.likely, s.unknown);
        }
        if (cli.options.json) put_out(items);
        return Nothing{};
    }
    boost::json::array items;
    int shown = 0;
    for (const auto& r : found.items) {
        if (r.outlook.standing == Standing::late || r.outlook.standing == Standing::unknown) continue;
        if (shown++ >= a.limit) break;
        if (cli.options.json) {
            items.push_back(view(r, lore));
            continue;
        }
        const auto* worst = r.outlook.worst();
        std::cout << fmt::format("{}\t{}\t{}\t{}\t{}\n", r.open.code.value, r.open.agency.value,
                                 percent_text(r.outlook), worst ? worst->step : "-", reason(r.outlook).en);
    }
    if (cli.options.json) put_out(items);
    return Nothing{};
}

Result<void> one(const Cli& cli, Program& program, const Asked& a) {
    const Lore lore{program.snapshots().catalogue(), program.snapshots().calendars()};
    TRY(const auto found, program.store().read([&](store::Reader& r) {
        return risk_of(r, lore, DossierCode{a.dossier}, cli.clock.now());
    }));
    if (!found)
        return Error{ErrorKind::not_found, "forecast.not_open", "Không có hồ sơ đang mở với mã này.",
                     "there is no open dossier of this code"};
    if (cli.options.json) {
        put_out(view_with_steps(*found, lore));
        return Nothing{};
    }
    std::cout << found->open.code.value << "\t" << to_string(found->outlook.standing) << "\t"
              << percent_text(found->outlook) << "\n"
              << reason(found->outlook).en << "\n";
    for (const auto& s : found->outlook.steps)
        std::cout << fmt::format("{}\t{}\tmisses {:.1f} %\ttypical {:.0f} min\tslow {:.0f} min\tfrom {} ({} cases)\n",
                                 s.step, s.open ? fmt::format("open for {} min", s.elapsed) : "later", s.misses * 100,
                                 s.typical, s.slow, to_string(s.level), s.cases);
    return Nothing{};
}

void print(const char* name, const Score& s, const Score& base) {
    std::cout << fmt::format(
        "{:<32}Brier {:.4f} ({:.2f} of base rate)  log loss {:.4f} ({:.2f})  AUC {:.3f}  off by {:.3f}\n", name,
        s.brier, s.brier / base.brier, s.log_loss, s.log_loss / base.log_loss, s.auc, s.reliability);
}

/// Arrivals of the whole installation and of the busiest procedures and agencies.
Result<boost::json::array> past_arrivals(const Cli& cli, Program& program) {
    const auto now = cli.clock.now();
    const auto book = program.snapshots().book();
    const auto calendar = program.snapshots().calendars()->for_agency(AgencyId{});
    if (!calendar) return boost::json::array{};
    TRY(const auto all, program.store().read([&](store::Reader& r) { return arrivals_of(r, *book, {}, now); }));
    std::vector<std::pair<std::string, std::vector<Arrivals>>> groups{{"province", {all.arrivals}}};
    for (const auto by : {ioc::Dimension::agency, ioc::Dimension::procedure}) {
        TRY(auto each, program.store().read([&](store::Reader& r) { return arrivals_by(r, *book, {}, by, 10, now); }));
        groups.emplace_back(by == ioc::Dimension::agency ? "agencies" : "procedures", std::vector<Arrivals>{});
        for (auto& [key, arrivals] : each) groups.back().second.push_back(std::move(arrivals));
    }
    boost::json::array out;
    for (const auto& [name, series] : groups) {
        double ours = 0, naive = 0;
        int64_t n = 0, inside = 0;
        for (const auto& arrivals : series)
            for (const auto& p : past_forecasts(arrivals, *calendar, local_date(now), 20)) {
                if (p.horizon == 0) continue;
                const auto y = static_cast<double>(p.happened);
                ours += std::abs(y - p.expected);
                naive += std::abs(y - p.naive);
                inside += y >= p.low && y <= p.high;
                ++n;
            }
        if (n == 0) continue;
        out.push_back({{"of", name},
                       {"weeks", n},
                       {"mase", naive > 0 ? boost::json::value(ours / naive) : boost::json::value()},
                       {"interval_covers", static_cast<double>(inside) / static_cast<double>(n)}});
    }
    return out;
}

Result<void> test(const Cli& cli, Program& program, const Asked& a) {
    BacktestOptions how;
    how.every = a.every;
    Progress progress("back-test");
    TRY(const auto tested,
        backtest(program.store(), how, [&](int64_t done, int64_t all) { progress.show(done, all); }));
    progress.finish();
    const auto base = score(tested.base_rate), ours = score(tested.ours);
    TRY(const auto arrivals, past_arrivals(cli, program));
    if (cli.options.json) {
        put_out(boost::json::object{{"events", tested.events},
                                    {"dossiers", tested.dossiers},
                                    {"mornings", tested.mornings},
                                    {"forecast", view(ours)},
                                    {"not_calibrated", view(score(tested.uncalibrated))},
                                    {"time_left", view(score(tested.time_left))},
                                    {"base_rate", view(base)},
                                    {"arrivals", arrivals}});
        return Nothing{};
    }
    std::cout << fmt::format(
        "{} events, {} dossiers, {} things said on {} mornings, {:.1f} % came late; {} times nothing could "
        "be said\n",
        tested.events, tested.dossiers, ours.n, tested.mornings,
        100 * static_cast<double>(ours.late) / static_cast<double>(std::max<int64_t>(1, ours.n)), tested.unknown);
    if (ours.n == 0) return Nothing{};
    print("forecast", ours, base);
    print("forecast, not calibrated", score(tested.uncalibrated), base);
    print("by the part of the time left", score(tested.time_left), base);
    print("base rate of the procedure", base, base);
    std::cout << "said    happened  times\n";
    for (const auto& b : ours.table)
        if (b.n > 0)
            std::cout << fmt::format("{:5.1f} %   {:5.1f} %  {}\n", b.said * 100,
                                     100 * static_cast<double>(b.late) / static_cast<double>(b.n), b.n);
    for (const auto& row : arrivals) {
        const auto& o = row.as_object();
        std::cout << fmt::format(
            "arrivals of {}: error {} of seasonal naive, 80 % interval covers {:.0f} % ({} weeks)\n",
            std::string{o.at("of").as_string()},
            o.at("mase").is_null() ? "-" : fmt::format("{:.2f}", o.at("mase").as_double()),
            o.at("interval_covers").as_double() * 100, o.at("weeks").as_int64());
    }
    return Nothing{};
}

Result<void> arrivals(const Cli& cli, Program& program, const Asked& a) {
    const auto now = cli.clock.now();
    ioc::Where where;
    where.agencies = scope_of(a).agencies;
    where.procedure = a.procedure;
    const auto calendar = program.snapshots().calendars()->for_agency(AgencyId{a.agency});
    if (!calendar)
        return Error{ErrorKind::conflict, "forecast.no_calendar", "Chưa có lịch làm việc.",
                     "there is no working calendar; apply a pack first"};
    TRY(const auto asked, program.store().read([&](store::Reader& r) {
        return arrivals_of(r, *program.snapshots().book(), where, now);
    }));
    const auto told = forecast_intake(asked.arrivals, *calendar, local_date(now));
    if (cli.options.json) {
        put_out(view(told, {0, true}));
        return Nothing{};
    }
    std::cout << "method\t" << to_string(told.method) << "\t" << told.weeks << " weeks of history\n";
    for (const auto& w : told.ahead)
        std::cout << fmt::format("{}\t{:.1f}\t{:.1f} to {:.1f}\t{} working days{}\n", to_iso(w.monday), w.expected,
                                 w.low, w.high, w.workdays, w.provisional ? " (provisional)" : "");
    return Nothing{};
}

Result<void> moved(const Cli& cli, Program& program, const Asked& a) {
    ChangeQuestion q;
    q.now = cli.clock.now();
    q.sight = {scope_of(a).agencies, true};
    q.period = ioc::period_of(ioc::Grain::week, q.now).next(-1);
    if (!a.period.empty()) {
        TRY(q.period, ioc::parse_period(a.period));
    }
    const auto calendar = program.snapshots().calendars()->for_agency(AgencyId{a.agency});
    if (!calendar)
        return Error{ErrorKind::conflict, "forecast.no_calendar", "Chưa có lịch làm việc.",
                     "there is no working calendar; apply a pack first"};
    TRY(const auto found, program.store().read([&](store::Reader& r) {
        return find_changes(r, *program.snapshots().book(), *calendar, q);
    }));
    boost::json::array items;
    for (const auto& c : found.items) {
        if (cli.options.json) {
            items.push_back(view(c));
            continue;
        }
        std::cout << fmt::format("{}\t{}\t{:.2f} instead of {:.2f}\tz {:.1f}\n", c.indicator->code,
                                 c.agency.empty() ? "all" : c.agency.value, c.test.value, c.test.expected, c.test.z);
        if (c.why.empty()) continue;
        for (const auto& m : c.why.front().second.movers)
            std::cout << fmt::format("    {} {}\t{:+.2f}\n", ioc::to_string(c.why.front().first),
                                     m.key.empty() ? fmt::format("({} others)", m.others) : m.key, m.contribution);
    }
    if (cli.options.json)
        put_out(items);
    else
        std::cout << fmt::format("{}: {} series tested, {} with too little, {} unusual\n", q.period.text(),
                                 found.tested, found.untested, found.items.size());
    return Nothing{};
}

Result<void> run(const Cli& cli, const Asked& a) {
    TRY(auto program, cli.open());
    if (a.backtest) return test(cli, *program, a);
    if (a.intake) return arrivals(cli, *program, a);
    if (a.changes) return moved(cli, *program, a);
    if (!a.dossier.empty()) return one(cli, *program, a);
    if (a.calibration) {
        TRY(const auto c, program->store().read([&](store::Reader& r) { return calibration_of(r, cli.clock.now()); }));
        put_out(view(c));
        return Nothing{};
    }
    return risks(cli, *program, a);
}

}  // namespace

void add_forecast(Cli& cli) {
    auto* ioc = cli.root.get_subcommand("ioc");
    auto* command = ioc->add_subcommand("forecast", "Which open dossiers will be late, arrivals, unusual changes");
    auto a = std::make_shared<Asked>();
    command->add_option("--agency", a->agency, "Of one agency by its id (default: all)");
    command->add_option("--procedure", a->procedure, "Of one procedure by its code");
    command->add_option("--limit", a->limit, "Dossiers shown (default 30)")->check(CLI::Range(1, 100000));
    command->add_flag("--agencies", a->agencies, "How many each agency has, and how many will be late");
    command->add_option("--dossier", a->dossier, "One dossier by its code, with its steps");
    command->add_flag("--calibration", a->calibration, "What was said against what happened, as JSON");
    command->add_flag("--backtest", a->backtest,
                      "Go through the ledger from its beginning and score what would have been said");
    command->add_option("--every", a->every, "Back-test: working days between two sayings (default 3)")
        ->check(CLI::Range(1, 60));
    command->add_flag("--intake", a->intake, "Arrivals of the next eight weeks");
    command->add_flag("--changes", a->changes, "Unusual changes of the last week, and where they come from");
    command->add_option("--period", a->period, "Changes of another week or month: 2026-W47, 2026-10");
    command->callback([cli, a] { cli.action = [cli, a] { return run(cli, *a); }; });
}

}  // namespace hl::app
