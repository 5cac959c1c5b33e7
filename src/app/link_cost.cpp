#include "app/link_cost.h"

#include "app/program.h"
#include "dossiers/statistics.h"
#include "ioc/index766/score.h"
#include "ioc/index766/views.h"

namespace hl::app {

namespace json = boost::json;

namespace {

/// Criterion 1.4: dossiers that the national portal has, of all.
constexpr std::string_view synchronised = "1.4";

json::value cost_of(Program& program, store::Reader& reader, const std::vector<std::string>& keys, Instant now) {
    const auto book = program.index_rules().get(reader);
    if (!book.ok()) return nullptr;
    const auto month = dossiers::month_of(now);
    const auto rules = (*book)->at(month);
    if (!rules.ok()) return nullptr;
    const auto* criterion = (*rules)->criterion(synchronised);
    if (!criterion) return nullptr;
    // By the month of reception: a dossier counts there.
    std::map<int64_t, std::map<std::string, int64_t>> missing;
    int64_t unknown = 0;
    for (const auto& key : keys) {
        const auto facts = index766::facts_of(reader, key);
        if (!facts.ok() || !facts->received_at) {
            ++unknown;
            continue;
        }
        ++missing[dossiers::month_of(*facts->received_at)][facts->agency.value];
    }
    const auto organisation = program.snapshots().organisation();
    json::array months;
    for (const auto& [m, agencies] : missing) {
        const auto period = index766::month_period(m);
        const auto counts = index766::counts_by_agency(reader, period, now);
        json::array list;
        for (const auto& [agency, n] : agencies) {
            int64_t all = 0;
            if (const auto it = counts.find(agency); it != counts.end())
                for (const auto& [seen, count] : it->second.seen)
                    if (seen.first == index766::Fact::filing) all += count;
            if (all < n) continue;
            const auto whole = index766::points_for(*criterion, all, all);
            const auto left = index766::points_for(*criterion, all - n, all);
            list.push_back({{"agency", agency},
                            {"name", index766::agency_name(*organisation, AgencyId{agency}, now)},
                            {"missing", n},
                            {"dossiers", all},
                            {"points_lost", index766::points_text(whole - left)},
                            {"points_each", index766::points_text((whole - left + n / 2) / n)}});
        }
        months.push_back({{"month", period.text}, {"agencies", std::move(list)}});
    }
    return json::object{{"criterion", synchronised},
                        {"vi", criterion->name.vi},
                        {"en", criterion->name.en},
                        {"max", index766::points_text(criterion->max)},
                        {"max_verified", criterion->max_verified},
                        {"not_counted", unknown},
                        {"months", std::move(months)}};
}

}  // namespace

std::function<json::value(store::Reader&, std::string_view, const std::vector<std::string>&, Instant)> link_cost(
    Program& program) {
    return [&program](store::Reader& reader, std::string_view connector, const std::vector<std::string>& keys,
                      Instant now) -> json::value {
        // Other partners' messages are not what the index counts.
        if (connector != "portal") return nullptr;
        return cost_of(program, reader, keys, now);
    };
}

}  // namespace hl::app
