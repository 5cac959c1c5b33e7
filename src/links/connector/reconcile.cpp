#include "links/connector/reconcile.h"

#include <set>

#include "links/connector/journal.h"
#include "links/connector/rows.h"

namespace hl::connector {

namespace {

constexpr int keys_at_once = 200;

// What is held or refused changes nothing there: such a key is compared by what was accepted of it. That it refuses
// progress of a dossier that it said it took is just what a comparison has to find.
constexpr std::string_view select_on_its_way =
    "SELECT 1 FROM link_message WHERE connector = ? AND key = ? AND number > 0 AND state < 10 AND +state = 1 LIMIT 1";
constexpr std::string_view insert_run =
    "INSERT INTO link_comparison (connector, started_at, compared, differences, waiting, problem) VALUES (?, ?, 0, 0, "
    "0, "
    "'')";
constexpr std::string_view put_run =
    "UPDATE link_comparison SET ended_at = ?, compared = ?, differences = ?, waiting = ?, problem = ? WHERE number = ?";
constexpr std::string_view select_runs =
    "SELECT number, connector, started_at, ended_at, compared, differences, waiting, problem FROM link_comparison "
    "WHERE "
    "connector = ? ORDER BY number DESC LIMIT ?";
// Settled ones that were laid aside with a reason count as long as both values stay as they were then.
constexpr std::string_view select_same =
    "SELECT number, state FROM link_difference WHERE connector = ? AND key = ? AND kind = ? AND field = ? AND ours = ? "
    "AND theirs = ? AND +state < 4 ORDER BY number DESC LIMIT 1";
constexpr std::string_view see_again =
    "UPDATE link_difference SET last_run = ?, state = CASE WHEN state = 2 THEN 1 ELSE state END WHERE number = ?";
constexpr std::string_view insert_difference =
    "INSERT INTO link_difference (connector, key, kind, field, ours, theirs, state, first_run, last_run, found_at, "
    "settled_by, note) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, '', '')";
constexpr std::string_view close_others =
    "UPDATE link_difference SET state = 4, settled_at = ?, settled_by = 'system:links' WHERE connector = ? AND key = ? "
    "AND +state < 3 AND last_run < ?";
#define HL_DIFFERENCE_COLUMNS                                                                               \
    "number, connector, key, kind, field, ours, theirs, state, first_run, last_run, found_at, settled_at, " \
    "settled_by, "                                                                                          \
    "note"

json::value value_from(std::string_view text) {
    auto value = parse_json(text);
    return value.ok() ? std::move(*value) : json::value();
}

Comparison run_from(const store::Row& r) {
    return {r.integer(0), r.string(1),  r.instant(2), r.optional_instant(3),
            r.integer(4), r.integer(5), r.integer(6), r.string(7)};
}

/// One key as both sides have it.
struct Compared {
    std::string key;
    bool waiting = false;
    struct Found {
        DifferenceKind kind;
        std::string field, ours, theirs;
    };
    std::vector<Found> found;
};

/// What we know it accepted, kinds together, in the order of keys.
std::vector<std::pair<std::string, json::object>> group(const std::vector<KeyRow>& rows) {
    std::vector<std::pair<std::string, json::object>> out;
    for (const auto& row : rows) {
        if (out.empty() || out.back().first != row.key) out.emplace_back(row.key, json::object{});
        for (const auto& member : row.facts) out.back().second[member.key()] = member.value();
    }
    return out;
}

Compared compare(const std::string& key, const json::object& ours, const std::optional<json::object>& theirs) {
    Compared out;
    out.key = key;
    if (!theirs) {
        out.found.push_back({DifferenceKind::missing_there, "", canonical_json(ours), "null"});
        return out;
    }
    for (const auto& member : ours) {
        const auto* there = theirs->if_contains(member.key());
        if (!there || *there == member.value()) continue;
        out.found.push_back(
            {DifferenceKind::field, std::string{member.key()}, canonical_json(member.value()), canonical_json(*there)});
    }
    return out;
}

class Run {
  public:
    Run(const Ground& ground, Connector& connector, Line& line, const std::function<bool()>& stop)
        : ground_(ground), connector_(connector), line_(line), stop_(stop), name_(connector.name()) {}

    Result<Comparison> go(std::string_view actor) {
        run_.connector = name_;
        run_.started_at = ground_.clock.now();
        TRY_VOID(ground_.store.write([&](store::Transaction& tx) -> Result<void> {
            // One that ended with its process.
            tx.execute(
                "UPDATE link_comparison SET ended_at = ?, problem = 'link.interrupted' WHERE connector = ? AND "
                "ended_at IS NULL",
                {run_.started_at, name_});
            tx.execute(insert_run, {name_, run_.started_at});
            run_.number = comparisons(tx, name_, 1).front().number;
            return Nothing{};
        }));
        auto walked = walk_ours();
        if (walked.ok() && connector_.can_list()) walked = walk_theirs();
        if (!walked.ok()) run_.problem = walked.error().code;
        run_.ended_at = ground_.clock.now();
        TRY_VOID(ground_.store.write([&](store::Transaction& tx) -> Result<void> {
            tx.execute(put_run,
                       {*run_.ended_at, run_.compared, run_.differences, run_.waiting, run_.problem, run_.number});
            tx.append({"link.compared", 1, "link:" + name_, std::string{actor}, *run_.ended_at,
                       json::object{{"connector", name_},
                                    {"run", run_.number},
                                    {"compared", run_.compared},
                                    {"differences", run_.differences},
                                    {"problem", run_.problem.empty() ? json::value() : json::value(run_.problem)}}});
            return Nothing{};
        }));
        if (!walked.ok()) return std::move(walked).error();
        return run_;
    }

  private:
    Result<void> walk_ours() {
        std::string after;
        for (;;) {
            std::vector<std::pair<std::string, json::object>> keys;
            std::set<std::string> waiting;
            TRY_VOID(ground_.store.read([&](store::Reader& reader) -> Result<void> {
                keys = group(accepted_keys(reader, name_, after, keys_at_once));
                for (const auto& [key, facts] : keys)
                    if (reader.first(select_on_its_way, {name_, key}, [](const store::Row&) { return 1; }))
                        waiting.insert(key);
                return Nothing{};
            }));
            if (keys.empty()) return Nothing{};
            if (stop_ && stop_())
                return Error{ErrorKind::unavailable, "link.interrupted", "Đối soát dừng giữa chừng vì máy chủ tắt.",
                             "The comparison was interrupted: the server stops."};
            std::vector<Compared> compared;
            for (const auto& [key, facts] : keys) {
                if (waiting.contains(key)) {
                    ++run_.waiting;
                    continue;
                }
                TRY(const auto theirs, connector_.look_up(line_, key));
                compared.push_back(compare(key, facts, theirs));
            }
            TRY_VOID(write(compared));
            after = keys.back().first;
        }
    }

    /// What it has and never told us that it accepted.
    Result<void> walk_theirs() {
        std::string cursor;
        do {
            TRY(auto page, connector_.list(line_, cursor));
            std::vector<Compared> compared;
            TRY_VOID(ground_.store.read([&](store::Reader& reader) -> Result<void> {
                for (const auto& item : page.items) {
                    if (is_waiting(reader, name_, item.key)) continue;
                    const auto have = reader.first("SELECT 1 FROM link_key WHERE connector = ? AND key = ?",
                                                   {name_, item.key}, [](const store::Row&) { return 1; });
                    if (have) continue;
                    Compared c;
                    c.key = item.key;
                    c.found.push_back({DifferenceKind::missing_here, "", "null", canonical_json(item.facts)});
                    compared.push_back(std::move(c));
                }
                return Nothing{};
            }));
            TRY_VOID(write(compared));
            cursor = page.next;
        } while (!cursor.empty());
        return Nothing{};
    }

    Result<void> write(const std::vector<Compared>& compared) {
        const auto exchanges = line_.take();
        const Instant now = ground_.clock.now();
        TRY_VOID(ground_.store.write([&](store::Transaction& tx) -> Result<void> {
            for (const auto& c : compared) {
                for (const auto& f : c.found) {
                    const int kind = static_cast<int>(f.kind);
                    const auto same = tx.first(select_same, {name_, c.key, kind, f.field, f.ours, f.theirs},
                                               [](const store::Row& r) { return r.integer(0); });
                    if (same)
                        tx.execute(see_again, {run_.number, *same});
                    else
                        tx.execute(insert_difference,
                                   {name_, c.key, kind, f.field, f.ours, f.theirs, run_.number, run_.number, now});
                }
                tx.execute(close_others, {now, name_, c.key, run_.number});
            }
            // Look-ups that agreed are not kept one by one: the comparison itself is the record.
            for (const auto& e : exchanges)
                if (!e.problem.empty() || e.status != 200)
                    TRY_VOID(write_journal(tx, ground_.vault, name_, {"", 0, {}, "failed", "", e}));
            return Nothing{};
        }));
        for (const auto& c : compared) run_.differences += static_cast<int64_t>(c.found.size());
        run_.compared += static_cast<int64_t>(compared.size());
        return Nothing{};
    }

    const Ground& ground_;
    Connector& connector_;
    Line& line_;
    const std::function<bool()>& stop_;
    std::string name_;
    Comparison run_;
};

}  // namespace

std::string_view to_string(DifferenceKind kind) {
    switch (kind) {
        case DifferenceKind::missing_there:
            return "missing_there";
        case DifferenceKind::missing_here:
            return "missing_here";
        case DifferenceKind::field:
            break;
    }
    return "field";
}

std::string_view to_string(DifferenceState state) {
    switch (state) {
        case DifferenceState::sent_again:
            return "sent_again";
        case DifferenceState::explained:
            return "explained";
        case DifferenceState::gone:
            return "gone";
        case DifferenceState::open:
            break;
    }
    return "open";
}

Result<Comparison> reconcile(const Ground& ground, Connector& connector, Line& line, std::string_view actor,
                             const std::function<bool()>& stop) {
    if (!connector.can_look_up()) return connector.look_up(line, "").error();
    return Run(ground, connector, line, stop).go(actor);
}

std::vector<Comparison> comparisons(store::Reader& reader, std::string_view connector, int limit) {
    return reader.all(select_runs, {connector, limit}, run_from);
}

std::vector<Difference> differences(store::Reader& reader, std::string_view connector,
                                    std::optional<DifferenceState> state, int64_t after, int limit) {
    const auto read = [](const store::Row& r) {
        Difference d;
        d.number = r.integer(0);
        d.connector = r.string(1);
        d.key = r.string(2);
        d.kind = static_cast<DifferenceKind>(r.integer(3));
        d.field = r.string(4);
        d.ours = value_from(r.text(5));
        d.theirs = value_from(r.text(6));
        d.state = static_cast<DifferenceState>(r.integer(7));
        d.first_run = r.integer(8);
        d.last_run = r.integer(9);
        d.found_at = r.instant(10);
        d.settled_at = r.optional_instant(11);
        d.settled_by = r.string(12);
        d.note = r.string(13);
        return d;
    };
    if (state)
        return reader.all(
            "SELECT " HL_DIFFERENCE_COLUMNS
            " FROM link_difference WHERE connector = ? AND state = ? AND number > ? ORDER BY number LIMIT ?",
            {connector, static_cast<int>(*state), after, limit}, read);
    return reader.all("SELECT " HL_DIFFERENCE_COLUMNS
                      " FROM link_difference WHERE connector = ? AND number > ? ORDER BY number LIMIT ?",
                      {connector, after, limit}, read);
}

int64_t count_differences(store::Reader& reader, std::string_view connector, DifferenceState state) {
    return reader
        .first("SELECT COUNT(*) FROM link_difference WHERE connector = ? AND state = ?",
               {connector, static_cast<int>(state)}, [](const store::Row& r) { return r.integer(0); })
        .value_or(0);
}

}  // namespace hl::connector
