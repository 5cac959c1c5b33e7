// Applying a pack's organisation: the pack's rows replace the pack's earlier rows, what was reorganised by command
// since then stays reorganised, and nothing that ever existed disappears.
#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "directory/calendar_json.h"
#include "directory/commands.h"
#include "directory/events.h"
#include "directory/rows.h"
#include "directory/words.h"

namespace hl::directory {

namespace {

constexpr std::string_view select_pack = "SELECT hash FROM directory_packs WHERE name = ?";
constexpr std::string_view upsert_pack =
    "INSERT INTO directory_packs (name, hash, applied_at, applied_by) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, applied_at = excluded.applied_at, applied_by = "
    "excluded.applied_by";
constexpr std::string_view delete_pack_successions = "DELETE FROM directory_successions WHERE origin = 'pack'";
constexpr std::string_view select_newest_calendar =
    "SELECT version, hash FROM directory_calendars WHERE id = ? ORDER BY version DESC LIMIT 1";
constexpr std::string_view insert_calendar =
    "INSERT INTO directory_calendars (id, version, data, hash, loaded_at) VALUES (?, ?, ?, ?, ?)";
constexpr std::string_view select_moved = "SELECT id, date FROM directory_moved";
constexpr std::string_view select_live_positions = "SELECT id FROM directory_positions WHERE valid_to IS NULL";
constexpr std::string_view close_position =
    "UPDATE directory_positions SET valid_to = ? WHERE id = ? AND valid_from < ?";

struct CalendarState {
    int version = 0;
    std::string hash;
};

std::optional<CalendarState> stored_calendar(store::Reader& reader, const std::string& id) {
    return reader.first(select_newest_calendar, {id}, [](const store::Row& r) {
        return CalendarState{static_cast<int>(r.integer(0)), r.string(1)};
    });
}

std::string content_hash(const CalendarData& c) {
    auto content = calendar_to_json(c);
    content.erase("version");
    return crypto::to_hex(crypto::sha256(canonical_json(content)));
}

Result<void> apply_calendar(store::Transaction& tx, const CalendarData& calendar, std::string_view actor, Instant now) {
    const auto hash = content_hash(calendar);
    const auto stored = stored_calendar(tx, calendar.id);
    if (stored && stored->version == calendar.version && stored->hash == hash) return Nothing{};
    if (stored && calendar.version <= stored->version)
        return Error{ErrorKind::conflict, "calendar.version",
                     fmt::format("Lịch “{}” đã thay đổi nhưng vẫn ghi bản {}: hãy nâng version lên {}, vì thời hạn đã "
                                 "in dựa trên bản cũ.",
                                 calendar.id, calendar.version, stored->version + 1),
                     fmt::format("the calendar \"{}\" changed but still says version {}; raise it to {}, printed "
                                 "deadlines rest on the old one",
                                 calendar.id, calendar.version, stored->version + 1),
                     "calendar/" + calendar.id};
    const auto data = canonical_json(calendar_to_json(calendar));
    tx.execute(insert_calendar, {calendar.id, calendar.version, data, hash, now});
    json::array years;
    for (const auto& [year, notice] : calendar.notices) years.push_back(year);
    tx.append(
        {std::string{events::calendar_loaded},
         1,
         "calendar:" + calendar.id,
         std::string{actor},
         now,
         {{"calendar", calendar.id}, {"version", calendar.version}, {"years", std::move(years)}, {"hash", hash}}});
    return Nothing{};
}

/// A pack that does not know of a reorganisation by command must not undo it: it knows when it, too, has something
/// begin or end on that day or later.
template <class Thing>
bool knows(const Thing& thing, Date moved) {
    return std::ranges::any_of(
        thing.versions, [&](const auto& v) { return v.valid.from >= moved || (v.valid.to && *v.valid.to >= moved); });
}

/// Positions that the pack no longer has end today; who held them stays on record.
void close_missing(store::Transaction& tx, const OrganisationPack& pack, Date today) {
    std::set<std::string_view> kept;
    for (const auto& p : pack.positions) kept.insert(p.id.value);
    std::vector<std::string> gone;
    tx.query(select_live_positions, {}, [&](const store::Row& r) {
        if (!kept.contains(r.text(0))) gone.push_back(r.string(0));
    });
    for (const auto& id : gone) tx.execute(close_position, {today, id, today});
}

}  // namespace

Result<void> apply_organisation(store::Transaction& tx, const OrganisationPack& pack, std::string_view actor,
                                Instant now) {
    const auto applied = tx.first(select_pack, {pack.name}, [](const store::Row& r) { return r.string(0); });
    if (applied && *applied == pack.hash) return Nothing{};
    std::unordered_map<std::string, Date> moved;
    tx.query(select_moved, {}, [&](const store::Row& r) { moved.emplace(r.string(0), r.date(1)); });
    const auto untouched = [&](const auto& thing) {
        const auto it = moved.find(thing.id.value);
        return it == moved.end() || knows(thing, it->second);
    };
    std::unordered_map<std::string, Date> ended;  // agencies that a command ended
    for (const auto& unit : pack.units)
        if (untouched(unit)) rows::replace(tx, unit);
    for (const auto& agency : pack.agencies) {
        if (untouched(agency)) {
            rows::replace(tx, agency);
        } else if (const auto end = rows::end_of(tx, agency.id)) {
            ended.emplace(agency.id.value, *end);
        }
    }
    const auto clipped = [&](auto thing) {
        if (const auto it = ended.find(thing.agency.value); it != ended.end())
            thing.valid.to = thing.valid.to ? std::min(*thing.valid.to, it->second) : it->second;
        return thing;
    };
    for (const auto& d : pack.departments) rows::put(tx, clipped(d));
    for (const auto& p : pack.positions) rows::put(tx, clipped(p));
    close_missing(tx, pack, local_date(now));
    tx.execute(delete_pack_successions);
    for (const auto& s : pack.successions) rows::put(tx, s, "pack");
    for (const auto& c : pack.calendars) TRY_VOID(apply_calendar(tx, c, actor, now));
    tx.execute(upsert_pack, {pack.name, pack.hash, now, actor});
    tx.append({std::string{events::pack_applied},
               1,
               "pack:" + pack.name,
               std::string{actor},
               now,
               {{"pack", pack.name},
                {"hash", pack.hash},
                {"units", pack.units.size()},
                {"agencies", pack.agencies.size()},
                {"positions", pack.positions.size()},
                {"calendars", pack.calendars.size()}}});
    return Nothing{};
}

}  // namespace hl::directory
