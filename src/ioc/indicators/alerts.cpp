#include "ioc/indicators/alerts.h"

#include <cmath>

#include "base/json.h"
#include "ioc/indicators/events.h"

namespace hl::ioc {

namespace {

constexpr std::string_view select_states = "SELECT rule, agency, raised, since, pending, period, value FROM ioc_alert";
constexpr std::string_view put_state =
    "INSERT INTO ioc_alert (rule, agency, raised, since, pending, period, value) VALUES (?, ?, ?, ?, ?, ?, ?) ON "
    "CONFLICT (rule, agency) DO UPDATE SET raised = excluded.raised, since = excluded.since, pending = "
    "excluded.pending, period = excluded.period, value = excluded.value";
constexpr std::string_view select_position = "SELECT position FROM follower_cursor WHERE name = 'ioc.indicators'";
constexpr std::string_view newest_supply = "SELECT MAX(at) FROM ioc_supplied WHERE indicator = ? AND kind <> 1";

struct State {
    bool raised = false;
    std::optional<Instant> since, pending;
    std::string period;
    std::optional<double> value;
    bool operator==(const State&) const = default;
};
using Key = std::pair<std::string, std::string>;  // rule, agency
std::map<Key, State> states_of(store::Reader& reader) {
    std::map<Key, State> out;
    reader.query(select_states, {}, [&](const store::Row& r) {
        State s{r.integer(2) == 1, r.optional_instant(3), r.optional_instant(4), r.string(5), {}};
        if (!r.is_null(6)) s.value = r.real(6);
        out[{r.string(0), r.string(1)}] = s;
    });
    return out;
}

/// How a figure stands to a rule: beyond the limit, on the calm side, or in between (then nothing changes).
enum class Stand { beyond, between, calm, unknown };
struct Seen {
    Stand stand = Stand::unknown;
    std::string period;
    std::optional<double> value;
};
Stand stand(const AlertRule& rule, double v) {
    const bool falls = rule.kind == AlertRule::Kind::below;
    if (falls ? v < rule.raise : v > rule.raise) return Stand::beyond;
    if (falls ? v >= rule.clear : v <= rule.clear) return Stand::calm;
    return Stand::between;
}

/// The figures a rule looks at, by agency ("" = the whole province).
Result<std::map<std::string, Seen>> look(store::Reader& reader, const Book& book, const Indicator& i,
                                         const AlertRule& rule, const directory::Directory& organisation, Instant now) {
    std::map<std::string, Seen> out;
    const Period running = period_of(rule.grain, now);
    if (rule.kind == AlertRule::Kind::stale && i.supplied) {
        const auto at =
            reader.first(newest_supply, {i.code}, [](const store::Row& r) { return r.optional_instant(0); });
        Seen seen{Stand::unknown, running.text(), {}};
        if (at && *at) {
            seen.value = std::floor(std::chrono::duration<double, std::ratio<3600>>(now - **at).count());
            seen.stand = stand(rule, *seen.value);
        }
        out[""] = seen;
        return out;
    }
    // What moves is judged as it runs; a fall against the last period, and silence, only when the period is over.
    const bool over = rule.kind == AlertRule::Kind::rise || rule.kind == AlertRule::Kind::fall ||
                      rule.kind == AlertRule::Kind::absent || rule.kind == AlertRule::Kind::stale;
    Question q;
    q.indicator = &i;
    q.first = q.last = over ? running.next(-1) : running;
    q.now = now;
    q.small = true;
    if (rule.each_agency) q.by = Dimension::agency;
    TRY(const auto found, figures(reader, book, q));
    for (const auto& f : found.items) {
        Seen seen{Stand::unknown, f.period.text(), f.value};
        switch (rule.kind) {
            case AlertRule::Kind::above:
            case AlertRule::Kind::below:
                if (f.value) seen.stand = stand(rule, *f.value);
                break;
            case AlertRule::Kind::rise:
            case AlertRule::Kind::fall:
                if (f.value && f.previous && *f.previous != 0) {
                    const double change = (*f.value - *f.previous) / std::abs(*f.previous) * 100;
                    seen.stand = stand(rule, rule.kind == AlertRule::Kind::rise ? change : -change);
                }
                break;
            case AlertRule::Kind::stale:
                seen.stand = f.status == Status::stale ? Stand::beyond : Stand::calm;
                break;
            case AlertRule::Kind::absent:
                // Where the ledger cannot know, silence is no alarm; a supplied value that did not come is.
                if (f.status == Status::unknown)
                    seen.stand = i.supplied ? Stand::beyond : Stand::unknown;
                else
                    seen.stand = f.value && *f.value == 0 && !i.supplied ? Stand::beyond : Stand::calm;
                break;
        }
        out[f.key] = seen;
    }
    if (rule.each_agency)
        std::erase_if(out, [&](const auto& entry) { return !organisation.agency(AgencyId{entry.first}); });
    return out;
}

struct Change {
    const Indicator* indicator = nullptr;
    const AlertRule* rule = nullptr;
    Key key;
    State state;
    std::optional<bool> told;  // raised or cleared
};

State next_state(const AlertRule& rule, State s, const Seen& seen, Instant now, std::optional<bool>& told) {
    if (seen.stand == Stand::unknown || seen.stand == Stand::between) {
        if (!s.raised) s.pending.reset();
        return s;
    }
    if (seen.stand == Stand::calm) {
        s.pending.reset();
        if (s.raised) {
            told = false;
            s = {false, {}, {}, seen.period, seen.value};
        }
        return s;
    }
    if (s.raised) return s;
    if (!s.pending) s.pending = now;
    const bool lasted = now - *s.pending >= std::chrono::minutes{rule.hold_minutes};
    const bool quiet = rule.quiet && !rule.critical && within_quiet(*rule.quiet, to_local(now).minute_of_day);
    if (lasted && !quiet) {
        told = true;
        s = {true, now, {}, seen.period, seen.value};
    }
    return s;
}

Result<std::vector<Change>> changes_of(store::Reader& reader, const Book& book,
                                       const directory::Directory& organisation, Instant now, int64_t* judged) {
    const auto states = states_of(reader);
    std::vector<Change> out;
    for (const auto& i : book.all()) {
        if (!i.covers(local_date(now))) continue;
        for (const auto& rule : i.alerts) {
            TRY(const auto seen, look(reader, book, i, rule, organisation, now));
            for (const auto& [agency, one] : seen) {
                if (judged) ++*judged;
                const Key key{rule.id, agency};
                const auto it = states.find(key);
                const State before = it == states.end() ? State{} : it->second;
                Change c{&i, &rule, key, {}, {}};
                c.state = next_state(rule, before, one, now, c.told);
                if (c.state != before) out.push_back(std::move(c));
            }
        }
    }
    return out;
}

}  // namespace

bool within_quiet(const std::pair<int, int>& quiet, int minute) {
    if (quiet.first <= quiet.second) return minute >= quiet.first && minute < quiet.second;
    return minute >= quiet.first || minute < quiet.second;
}

Result<bool> alerts_change(store::Reader& reader, const Book& book, const directory::Directory& organisation,
                           Instant now) {
    TRY(const auto changes, changes_of(reader, book, organisation, now, nullptr));
    return !changes.empty();
}

Result<AlertRun> judge_alerts(store::Transaction& tx, const Book& book, const directory::Directory& organisation,
                              Instant now) {
    AlertRun run;
    TRY(const auto changes, changes_of(tx, book, organisation, now, &run.judged));
    const int64_t position =
        tx.first(select_position, {}, [](const store::Row& r) { return r.integer(0); }).value_or(0);
    for (const auto& c : changes) {
        const auto& s = c.state;
        const auto value = s.value;
        tx.execute(put_state, {c.key.first, c.key.second, s.raised ? 1 : 0, s.since, s.pending, s.period,
                               value ? store::Param(*value) : store::Param(std::nullopt)});
        if (!c.told) continue;
        (*c.told ? run.raised : run.cleared)++;
        json::object data{{"rule", c.rule->id},
                          {"indicator", c.indicator->code},
                          {"period", s.period},
                          {"limit", *c.told ? c.rule->raise : c.rule->clear},
                          {"position", position}};
        if (value) data["value"] = *value;
        if (!c.key.second.empty()) data["agency"] = c.key.second;
        if (*c.told) data["critical"] = c.rule->critical;
        tx.append({std::string{*c.told ? events::alert_raised : events::alert_cleared}, 1, "ioc:alert:" + c.rule->id,
                   "system:ioc", now, std::move(data)});
    }
    return run;
}

std::vector<Alert> standing_alerts(store::Reader& reader, const Book& book,
                                   const std::optional<std::vector<AgencyId>>& agencies) {
    std::vector<Alert> out;
    for (const auto& [key, s] : states_of(reader)) {
        if (!s.raised) continue;
        const AgencyId agency{key.second};
        if (agencies && std::find(agencies->begin(), agencies->end(), agency) == agencies->end()) continue;
        for (const auto& i : book.all())
            for (const auto& rule : i.alerts)
                if (rule.id == key.first)
                    out.push_back({&rule, &i, agency, s.since.value_or(Instant{}), s.period, s.value});
    }
    std::stable_sort(out.begin(), out.end(), [](const Alert& a, const Alert& b) { return a.since > b.since; });
    return out;
}

}  // namespace hl::ioc
