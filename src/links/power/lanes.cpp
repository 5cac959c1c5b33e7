#include "links/power/lanes.h"

#include "dossiers/events.h"

namespace hl::power {

namespace {

#define HL_LANE_COLUMNS "dossier, code, task, agency, started_at, due, word, moved_at, finished_at, ended_at, ended_as"
constexpr std::string_view select_newest =
    "SELECT " HL_LANE_COLUMNS " FROM power_lane WHERE started_at < ? ORDER BY started_at DESC, dossier, task LIMIT ?";
constexpr std::string_view select_of =
    "SELECT " HL_LANE_COLUMNS " FROM power_lane WHERE code = ? ORDER BY started_at, task";
constexpr std::string_view select_period =
    "SELECT " HL_LANE_COLUMNS " FROM power_lane WHERE started_at >= ? AND started_at < ?";
constexpr std::string_view put_lane =
    "INSERT INTO power_lane (dossier, task, code, agency, started_at, due, word, moved_at, finished_at, ended_at, "
    "ended_as) VALUES (?, ?, ?, ?, ?, ?, '', NULL, NULL, NULL, '') ON CONFLICT (dossier, task) DO NOTHING";
constexpr std::string_view put_end =
    "UPDATE power_lane SET ended_at = ?, ended_as = ?, due = COALESCE(?, due) WHERE dossier = ? AND task = ?";
constexpr std::string_view put_due = "UPDATE power_lane SET due = ? WHERE dossier = ? AND task = ?";
// The lane that was open when the company moved: the newest of the dossier.
constexpr std::string_view put_word =
    "UPDATE power_lane SET word = ?, moved_at = ? WHERE code = ? AND task = (SELECT MAX(l.task) FROM power_lane l "
    "WHERE "
    "l.code = power_lane.code)";
constexpr std::string_view put_finish =
    "UPDATE power_lane SET word = ?, moved_at = ?, finished_at = COALESCE(finished_at, ?) WHERE code = ? AND task = "
    "(SELECT MAX(l.task) FROM power_lane l WHERE l.code = power_lane.code)";

Lane lane_from(const store::Row& r) {
    Lane l;
    l.dossier = r.id<DossierId>(0);
    l.code = r.id<DossierCode>(1);
    l.task = static_cast<int>(r.integer(2));
    l.agency = r.id<AgencyId>(3);
    l.started_at = r.instant(4);
    l.due = r.optional_instant(5);
    l.word = r.string(6);
    l.moved_at = r.optional_instant(7), l.finished_at = r.optional_instant(8), l.ended_at = r.optional_instant(9);
    l.ended_as = r.string(10);
    return l;
}

}  // namespace

std::string_view to_string(LaneJudgement judgement) {
    switch (judgement) {
        case LaneJudgement::running:
            return "running";
        case LaneJudgement::late_running:
            return "late_running";
        case LaneJudgement::in_time:
            return "in_time";
        case LaneJudgement::late:
            return "late";
        case LaneJudgement::dropped:
            return "dropped";
        case LaneJudgement::unknown:
            return "unknown";
    }
    return "unknown";
}

LaneJudgement judge(const Lane& lane, Instant now) {
    const auto end = lane.finished_at ? lane.finished_at : lane.ended_at;
    if (!lane.finished_at && lane.ended_at && lane.ended_as != "done") return LaneJudgement::dropped;
    if (!lane.due) return LaneJudgement::unknown;
    if (end) return *end <= *lane.due ? LaneJudgement::in_time : LaneJudgement::late;
    return now <= *lane.due ? LaneJudgement::running : LaneJudgement::late_running;
}

void LaneFollower::reset(store::Transaction& tx) {
    tx.execute("DELETE FROM power_lane");
}

Result<void> LaneFollower::apply(store::Transaction& tx, std::span<const store::StoredEvent> events) {
    // Without a mapping nobody knows whose lanes these are: it waits and says so, and passes over nothing.
    TRY(const auto company, agency_(tx));
    for (const auto& event : events) {
        if (event.type == "power.moved") {
            const auto text = [&](std::string_view name) {
                const auto* v = event.data.if_contains(name);
                return v && v->is_string() ? std::string{v->as_string()} : std::string{};
            };
            const auto at = parse_rfc3339(text("at"));
            if (!at.ok()) continue;
            if (text("meaning") == "finished")
                tx.execute(put_finish, {text("word"), *at, *at, text("code")});
            else
                tx.execute(put_word, {text("word"), *at, text("code")});
            continue;
        }
        if (company.empty() || !event.type.starts_with("dossier.")) continue;
        TRY(const auto change, dossiers::events::change_of(event));
        for (const auto& t : change.started)
            if (t.agency.value == company)
                tx.execute(put_lane, {event.stream, t.number, change.code, t.agency, event.at, t.due});
        for (const auto& t : change.moved)
            if (t.agency.value == company) tx.execute(put_due, {t.due, event.stream, t.number});
        for (const auto& t : change.ended)
            if (t.agency.value == company)
                tx.execute(put_end, {event.at, dossiers::to_string(t.state), t.due, event.stream, t.number});
    }
    return Nothing{};
}

std::vector<Lane> lanes(store::Reader& reader, Instant before, int limit) {
    return reader.all(select_newest, {before, limit}, lane_from);
}

std::vector<Lane> lanes_of(store::Reader& reader, std::string_view code) {
    return reader.all(select_of, {code}, lane_from);
}

LaneCounts count_lanes(store::Reader& reader, Instant from, Instant until, Instant now) {
    LaneCounts out;
    reader.query(select_period, {from, until}, [&](const store::Row& r) {
        switch (judge(lane_from(r), now)) {
            case LaneJudgement::running:
                ++out.running;
                break;
            case LaneJudgement::late_running:
                ++out.late_running;
                break;
            case LaneJudgement::in_time:
                ++out.in_time;
                break;
            case LaneJudgement::late:
                ++out.late;
                break;
            case LaneJudgement::dropped:
                ++out.dropped;
                break;
            case LaneJudgement::unknown:
                ++out.unknown;
        }
    });
    return out;
}

}  // namespace hl::power
