// hienluong ioc 766: the index of service on the command line.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "app/progress.h"
#include "base/files.h"
#include "dossiers/statistics.h"
#include "ioc/index766/check.h"
#include "ioc/index766/follower.h"
#include "ioc/index766/views.h"

namespace hl::app {

namespace {

namespace json = boost::json;
using namespace index766;

struct IndexOptions {
    std::string month, quarter, year, agency, explain, criterion, compare;
    bool agencies = false, check = false, csv = false;
};

/// The tables stand where the ledger does before anything is asked of them.
struct Question {
    dossiers::Context ctx;
    std::shared_ptr<const RuleBook> book;
    const RuleSet* rules = nullptr;
    Period period;
    AgencyId agency;
    Instant now;
    [[nodiscard]] Asked asked(store::Reader& reader) const {
        return {*rules, *ctx.directory, period, agency, now, store::follower_position(reader, Index766{})};
    }
    [[nodiscard]] Lore lore() const { return {ctx.catalogue, ctx.calendars}; }
};

Result<Question> question(Program& program, store::Reader& reader, const IndexOptions& o, Instant now) {
    Question q;
    q.now = now;
    q.ctx = program.context();
    q.agency = AgencyId{o.agency};
    const auto& text = !o.month.empty() ? o.month : !o.quarter.empty() ? o.quarter : o.year;
    q.period = month_period(dossiers::month_of(now));
    if (!text.empty()) {
        TRY(q.period, period_from(text));
    }
    TRY(q.book, program.index_rules().get(reader));
    TRY(q.rules, q.book->at(q.period.to));
    if (!q.agency.empty() && !q.ctx.directory->agency(q.agency))
        return Error{ErrorKind::not_found, "directory.agency", "Không có cơ quan này.",
                     fmt::format("there is no agency {}", q.agency.value)};
    return q;
}

/// Of a sum: nothing of it known is no zero.
std::string points_of(const Sum& sum) {
    return sum.of > 0 ? points_text(sum.points) : std::string{"unknown"};
}

std::string points_or(const std::optional<Points>& points, std::string_view otherwise) {
    return points ? points_text(*points) : std::string{otherwise};
}

void print(const Question& q, const IndexScore& score, const std::optional<int64_t>& position) {
    std::cout << fmt::format("{} of {}, {}{} ({}; ledger position {})\n", "index 766",
                             q.agency.empty() ? "the province" : agency_name(*q.ctx.directory, q.agency, q.now),
                             q.period.text, end_of(q.period, q.now).provisional ? ", provisional" : "",
                             q.rules->instrument, position ? std::to_string(*position) : "unknown");
    for (const auto& g : score.groups) {
        std::cout << fmt::format("{}  {}: {} of {} (all: {}; {} to {})\n", g.group->code, g.group->name.en,
                                 points_of(g.sum), points_text(g.sum.of), points_text(g.sum.max),
                                 points_text(g.sum.low), points_text(g.sum.high));
        for (const auto& s : g.criteria) {
            const auto& c = *s.criterion;
            std::cout << fmt::format(
                "    {:4} {:7} of {:6}{} {:>7}/{:<7} unknown {:<6} {}\n", c.code, points_or(s.points, "unknown"),
                points_text(c.max), c.max_verified ? ' ' : '?', c.fact ? std::to_string(s.numerator) : "-",
                c.fact ? std::to_string(s.denominator) : "-", c.fact ? std::to_string(s.unknown) : "-", c.name.en);
        }
    }
    std::cout << fmt::format("total {} of {} that can be computed ({} to {} of {}); '?': the maximum is not verified\n",
                             points_of(score.sum), points_text(score.sum.of), points_text(score.sum.low),
                             points_text(score.sum.high), points_text(score.sum.max));
}

void put_out(const json::value& value) {
    std::cout << json::serialize(value) << "\n";
}

Result<void> explain_one(const Cli& cli, store::Reader& reader, const Question& q, const std::string& code) {
    TRY(const auto facts, facts_of(reader, code));
    const auto e = explain(facts, *q.rules, q.lore(), q.period, q.now);
    const auto whole = score(*q.rules, counts_of(reader, facts.agency, q.period, q.now));
    if (cli.options.json) {
        put_out(view(q.asked(reader), e, whole));
        return Nothing{};
    }
    std::cout << fmt::format("{}  {}  {}\n", code, facts.agency.value, q.period.text);
    for (const auto& c : e.criteria)
        std::cout << fmt::format("    {:4} {:14} {}\n", c.criterion->code,
                                 c.verdict ? to_string(*c.verdict) : "does not count", c.reason.vi);
    return Nothing{};
}

Result<void> compare_with(const Cli& cli, store::Reader& reader, const Question& q, const std::string& file) {
    TRY(const auto bytes, read_file(file, 16u << 20));
    TRY(const auto published, read_published(bytes, file));
    std::vector<Difference> differences;
    for (const auto& p : published) {
        TRY(const auto* rules, q.book->at(p.period.to));
        TRY(auto d, compare(p, score(*rules, counts_of(reader, p.agency, p.period, q.now))));
        differences.push_back(std::move(d));
    }
    if (cli.options.json) {
        put_out(view(q.asked(reader), differences));
        return Nothing{};
    }
    for (const auto& d : differences) {
        std::cout << fmt::format("{} {} {}: published {}, here {}{}\n", d.published.period.text,
                                 d.published.agency.empty() ? "the province" : d.published.agency.value,
                                 d.published.criterion, points_or(d.published.points, "unknown"),
                                 points_or(d.ours, "unknown"), d.agrees ? ": agrees" : "");
        if (!d.agrees)
            for (const auto& why : d.because) std::cout << "    " << why.en << "\n";
    }
    return Nothing{};
}

Result<void> check_all(Program& program) {
    Progress progress("ioc 766 --check");
    TRY(const auto report, program.store().read([&](store::Reader& reader) {
        return check(reader, [&](int64_t done, int64_t total) { progress.show(done, total); });
    }));
    progress.finish();
    for (const auto& p : report.problems) std::cout << p << "\n";
    std::cout << fmt::format("{} dossiers, {} months of dossiers and {} counts computed again from {} events\n",
                             report.dossiers, report.months, report.counts, report.position);
    if (report.problems.empty()) return Nothing{};
    return Error{ErrorKind::internal, "index766.differs",
                 "Bảng của Bộ chỉ số 766 khác với sổ cái. Hãy chạy «hienluong follower rebuild ioc.index766».",
                 fmt::format("{} differences; run 'hienluong follower rebuild ioc.index766'", report.problems.size())};
}

Result<void> run(const Cli& cli, const IndexOptions& o) {
    TRY(auto program, cli.open());
    TRY_VOID(program->followers().catch_up());
    if (o.check) return check_all(*program);
    return program->store().read([&](store::Reader& reader) -> Result<void> {
        TRY(const auto q, question(*program, reader, o, cli.clock.now()));
        if (!o.explain.empty()) return explain_one(cli, reader, q, o.explain);
        if (!o.compare.empty()) return compare_with(cli, reader, q, o.compare);
        const auto asked = q.asked(reader);
        if (!o.criterion.empty()) {
            DossierQuery query;
            query.agency = q.agency, query.period = q.period, query.criterion = o.criterion, query.limit = 10'000;
            TRY(const auto lines, dossiers_of(reader, *q.rules, q.lore(), query, q.now));
            if (cli.options.json)
                put_out(view(asked, query, lines, {}));
            else
                std::cout << csv(asked, lines, {});
            return Nothing{};
        }
        if (o.agencies) {
            const auto counts = counts_by_agency(reader, q.period, q.now);
            if (cli.options.json)
                put_out(view_agencies(asked, counts));
            else
                std::cout << csv_agencies(asked, counts);
            return Nothing{};
        }
        const auto whole = score(*q.rules, counts_of(reader, q.agency, q.period, q.now));
        if (cli.options.json)
            put_out(view(asked, whole));
        else if (o.csv)
            std::cout << csv(asked, whole);
        else
            print(q, whole, asked.position);
        return Nothing{};
    });
}

}  // namespace

void add_index766(Cli& cli) {
    const auto there = cli.root.get_subcommands([](const CLI::App* a) { return a->get_name() == "ioc"; });
    auto* ioc = there.empty() ? nullptr : there.front();
    if (!ioc) {
        ioc = cli.root.add_subcommand("ioc", "The operations centre: figures and indexes from the ledger");
        ioc->require_subcommand(1);
    }
    auto* command = ioc->add_subcommand("766", "The index of service of Decision 766/QĐ-TTg");
    auto o = std::make_shared<IndexOptions>();
    command->add_option("--month", o->month, "Month, e.g. 2026-10 (default: the present one)");
    command->add_option("--quarter", o->quarter, "Quarter, e.g. 2026-Q3");
    command->add_option("--year", o->year, "Year, e.g. 2026");
    command->add_option("--agency", o->agency, "One agency by its id (default: the province)");
    command->add_flag("--agencies", o->agencies, "Every agency, as CSV");
    command->add_option("--lost", o->criterion, "The dossiers that lost a criterion, e.g. 2.1, as CSV");
    command->add_option("--explain", o->explain, "One dossier by its code: what it counts for and why");
    command
        ->add_option("--compare", o->compare,
                     "Published scores: CSV with period,agency,criterion,numerator,denominator,points")
        ->check(CLI::ExistingFile);
    command->add_flag("--csv", o->csv, "The index as CSV");
    command->add_flag("--check", o->check, "Compute everything again from the events and compare");
    command->callback([cli, o] { cli.action = [cli, o] { return run(cli, *o); }; });
}

}  // namespace hl::app
