#include "dossiers/statistics.h"

namespace hl::dossiers {

namespace {

// Counters from the period's beginning on: what is open now less all that came and went since is what was carried over,
// so that old months need not be read.
constexpr std::string_view select_all =
    "SELECT month, agency, procedure, sector, channel, received, refused, promise_on_time, promise_late, "
    "promise_unknown, "
    "index_on_time, index_late, index_unknown, withdrawn, stopped, returned, minutes, supplements, extensions, "
    "moved_in, "
    "moved_out FROM dossier_stat WHERE agency = '' AND month >= ?";
constexpr std::string_view select_each_agency =
    "SELECT month, agency, procedure, sector, channel, received, refused, promise_on_time, promise_late, "
    "promise_unknown, "
    "index_on_time, index_late, index_unknown, withdrawn, stopped, returned, minutes, supplements, extensions, "
    "moved_in, "
    "moved_out FROM dossier_stat WHERE procedure = '' AND month >= ?";
constexpr std::string_view select_of_agency =
    "SELECT month, agency, procedure, sector, channel, received, refused, promise_on_time, promise_late, "
    "promise_unknown, "
    "index_on_time, index_late, index_unknown, withdrawn, stopped, returned, minutes, supplements, extensions, "
    "moved_in, "
    "moved_out FROM dossier_stat WHERE agency = ? AND procedure <> '' AND month >= ?";
constexpr std::string_view open_all =
    "SELECT agency, procedure, sector, channel, COUNT(*), SUM(CASE WHEN due < ? THEN 1 ELSE 0 END), "
    "SUM(CASE WHEN due IS NULL THEN 1 ELSE 0 END) FROM dossier_stat_open WHERE received_at IS NOT NULL AND state < 8 "
    "GROUP BY agency, procedure, sector, channel";
constexpr std::string_view open_of_agency =
    "SELECT agency, procedure, sector, channel, COUNT(*), SUM(CASE WHEN due < ? THEN 1 ELSE 0 END), "
    "SUM(CASE WHEN due IS NULL THEN 1 ELSE 0 END) FROM dossier_stat_open WHERE agency = ? AND received_at IS NOT NULL "
    "AND state < 8 GROUP BY agency, procedure, sector, channel";

std::string key_of(GroupBy by, int64_t month, std::string_view agency, std::string_view procedure,
                   std::string_view sector, int64_t channel) {
    switch (by) {
        case GroupBy::total:
            return "";
        case GroupBy::agency:
            return std::string{agency};
        case GroupBy::sector:
            return std::string{sector};
        case GroupBy::procedure:
            return std::string{procedure};
        case GroupBy::month:
            return month_text(month);
        case GroupBy::channel:
            return std::string{procedures::to_string(static_cast<Channel>(channel))};
    }
    throw std::logic_error("a grouping has no key");
}

}  // namespace

std::vector<StatisticsRow> statistics(store::Reader& reader, const StatisticsQuery& q, Instant as_of) {
    std::map<std::string, StatisticsRow> groups;
    std::map<int64_t, int64_t> net;  // by month: what came in less what went out
    int64_t open_now = 0;
    const auto group = [&](const std::string& key) -> StatisticsRow& {
        auto& row = groups[key];
        row.key = key;
        return row;
    };
    const auto add_open = [&](const store::Row& r) {
        open_now += r.integer(4);
        if (q.by == GroupBy::month) return;
        auto& row = group(key_of(q.by, 0, r.text(0), r.text(1), r.text(2), r.integer(3)));
        row.in_progress += r.integer(4);
        row.carried_over += r.integer(4);
        row.overdue += r.integer(5);
        row.due_unknown += r.integer(6);
    };
    if (q.agency.empty())
        reader.query(open_all, {as_of}, add_open);
    else
        reader.query(open_of_agency, {as_of, q.agency}, add_open);

    const auto add = [&](const store::Row& r) {
        const int64_t month = r.integer(0);
        const int64_t finished = r.integer(7) + r.integer(8) + r.integer(9);
        const int64_t balance = r.integer(5) + r.integer(19) - r.integer(20) - finished - r.integer(13) - r.integer(14);
        net[month] += balance;
        if (month > q.to && q.by == GroupBy::month) return;
        auto& row = group(key_of(q.by, month, r.text(1), r.text(2), r.text(3), r.integer(4)));
        if (q.by != GroupBy::month) row.carried_over -= balance;
        if (month > q.to) return;
        row.received += r.integer(5);
        row.refused += r.integer(6);
        row.promise.on_time += r.integer(7);
        row.promise.late += r.integer(8);
        row.promise.unknown += r.integer(9);
        row.index.on_time += r.integer(10);
        row.index.late += r.integer(11);
        row.index.unknown += r.integer(12);
        row.withdrawn += r.integer(13);
        row.stopped += r.integer(14);
        row.returned += r.integer(15);
        row.minutes += r.integer(16);
        row.supplements += r.integer(17);
        row.extensions += r.integer(18);
        row.moved_in += r.integer(19);
        row.moved_out += r.integer(20);
        row.finished += finished;
    };
    if (q.agency.empty())
        reader.query(q.by == GroupBy::agency ? select_each_agency : select_all, {q.from}, add);
    else
        reader.query(select_of_agency, {q.agency, q.from}, add);
    if (q.by == GroupBy::month)
        for (auto& [key, row] : groups) {
            row.carried_over = open_now;
            for (const auto& [month, balance] : net)
                if (month_text(month) >= key) row.carried_over -= balance;
        }
    std::vector<StatisticsRow> out;
    for (auto& [key, row] : groups) out.push_back(std::move(row));
    return out;
}

}  // namespace hl::dossiers
