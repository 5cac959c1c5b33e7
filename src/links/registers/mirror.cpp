#include "links/registers/mirror.h"

#include "dossiers/queries.h"

namespace hl::links::registers {

namespace {

#define HL_MIRROR_COLUMNS                                                                                         \
    "code, procedure, unit, status, status_there, received_at, due, finished_at, returned_at, ours, first_seen, " \
    "last_seen, changed_at, gone_at"
constexpr std::string_view select_one =
    "SELECT " HL_MIRROR_COLUMNS " FROM mirror_dossier WHERE system = ? AND code = ?";
constexpr std::string_view select_page =
    "SELECT " HL_MIRROR_COLUMNS " FROM mirror_dossier WHERE system = ? AND code > ? ORDER BY code LIMIT ?";
constexpr std::string_view put_row =
    "INSERT INTO mirror_dossier (system, code, procedure, unit, status, status_there, received_at, due, finished_at, "
    "returned_at, ours, first_seen, last_seen, changed_at, gone_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "NULL) ON CONFLICT (system, code) DO UPDATE SET procedure = excluded.procedure, unit = excluded.unit, status = "
    "excluded.status, status_there = excluded.status_there, received_at = excluded.received_at, due = excluded.due, "
    "finished_at = excluded.finished_at, returned_at = excluded.returned_at, ours = excluded.ours, last_seen = "
    "excluded.last_seen, changed_at = excluded.changed_at, gone_at = NULL";
constexpr std::string_view touch = "UPDATE mirror_dossier SET last_seen = ? WHERE system = ? AND code = ?";
constexpr std::string_view select_gone =
    "SELECT code FROM mirror_dossier WHERE system = ? AND last_seen < ? AND gone_at IS NULL ORDER BY code LIMIT 500";
constexpr std::string_view put_gone = "UPDATE mirror_dossier SET gone_at = ? WHERE system = ? AND code = ?";
constexpr std::string_view select_counted =
    "SELECT status, due, finished_at, ours, gone_at FROM mirror_dossier WHERE system = ? AND received_at >= ? AND "
    "received_at < ?";

MirrorRow row_from(const store::Row& r) {
    MirrorRow row;
    auto& d = row.dossier;
    d.code = r.string(0), d.procedure = r.string(1), d.unit = r.string(2);
    d.status = static_cast<int>(r.integer(3));
    d.status_there = r.string(4);
    d.received_at = r.instant(5);
    d.due = r.optional_instant(6), d.finished_at = r.optional_instant(7), d.returned_at = r.optional_instant(8);
    row.ours = r.integer(9) != 0;
    row.first_seen = r.instant(10), row.last_seen = r.instant(11), row.changed_at = r.instant(12);
    row.gone_at = r.optional_instant(13);
    return row;
}

bool same(const Mirrored& a, const Mirrored& b) {
    return a.procedure == b.procedure && a.unit == b.unit && a.status == b.status && a.status_there == b.status_there &&
           a.received_at == b.received_at && a.due == b.due && a.finished_at == b.finished_at &&
           a.returned_at == b.returned_at;
}

json::value time_or_null(const std::optional<Instant>& at) {
    return at ? json::value(to_rfc3339(*at)) : json::value();
}

struct Tally {
    int64_t listed = 0, added = 0, changed = 0, same = 0, unknown = 0, unreadable = 0, ours = 0, gone = 0;
};

void take(store::Transaction& tx, const dossiers::Context& ctx, const std::string& system, const Mirrored& m,
          Instant now, Tally& tally) {
    const auto before = tx.first(select_one, {system, m.code}, [](const store::Row& r) { return row_from(r); });
    if (m.status == 0) ++tally.unknown;
    const auto actor = access::Actor::system("mirror", ctx.directory);
    const bool ours = dossiers::find_dossier(tx, actor, m.code, now).ok();
    if (ours) ++tally.ours;
    if (before && same(before->dossier, m) && before->ours == ours && !before->gone_at) {
        tx.execute(touch, {now, system, m.code});
        ++tally.same;
        return;
    }
    tx.execute(put_row, {system, m.code, m.procedure, m.unit, m.status, m.status_there, m.received_at, m.due,
                         m.finished_at, m.returned_at, ours ? 1 : 0, now, now, now});
    tx.append({"mirror.changed",
               1,
               "mirror:" + system + ":" + m.code,
               "system:links",
               now,
               {{"system", system},
                {"code", m.code},
                {"procedure", m.procedure},
                {"unit", m.unit},
                {"status", m.status},
                {"status_there", m.status_there},
                {"ours", ours},
                {"received_at", to_rfc3339(m.received_at)},
                {"due", time_or_null(m.due)},
                {"finished_at", time_or_null(m.finished_at)},
                {"returned_at", time_or_null(m.returned_at)}}});
    ++(before ? tally.changed : tally.added);
}

}  // namespace

Result<json::object> mirror_all(store::Store& store, const std::function<dossiers::Context()>& context,
                                const std::string& system, const MirrorShape& shape,
                                const std::function<Result<std::string>(int page)>& fetch, Instant now) {
    constexpr int most_pages = 10'000;
    Tally all;
    std::optional<int64_t> total;
    for (int page = shape.first_page; page < shape.first_page + most_pages; ++page) {
        TRY(const auto body, fetch(page));
        TRY(const auto read, read_mirror_page(shape, body));
        if (read.total) total = read.total;
        const auto ctx = context();
        TRY(const auto tally, store.write([&](store::Transaction& tx) -> Result<Tally> {
            Tally t;  // made anew when the write runs again
            for (const auto& m : read.items) take(tx, ctx, system, m, now, t);
            return t;
        }));
        all.added += tally.added, all.changed += tally.changed, all.same += tally.same;
        all.unknown += tally.unknown, all.ours += tally.ours;
        all.unreadable += read.unreadable;
        all.listed += read.given;
        if (read.given < shape.size) break;
    }
    // Rows were unreadable or fewer than the system says it has: what was not seen may still be there.
    const bool whole = all.unreadable == 0 && (!total || *total == all.listed);
    while (whole) {
        TRY(const auto gone, store.write([&](store::Transaction& tx) -> Result<int64_t> {
            const auto codes = tx.all(select_gone, {system, now}, [](const store::Row& r) { return r.string(0); });
            for (const auto& code : codes) {
                tx.execute(put_gone, {now, system, code});
                tx.append({"mirror.gone",
                           1,
                           "mirror:" + system + ":" + code,
                           "system:links",
                           now,
                           {{"system", system}, {"code", code}}});
            }
            return static_cast<int64_t>(codes.size());
        }));
        all.gone += gone;
        if (gone == 0) break;
    }
    return json::object{{"listed", all.listed},
                        {"added", all.added},
                        {"changed", all.changed},
                        {"same", all.same},
                        {"unknown_status", all.unknown},
                        {"unreadable", all.unreadable},
                        {"ours", all.ours},
                        {"gone", all.gone},
                        {"total_there", total ? json::value(*total) : json::value()},
                        {"agrees", total ? json::value(whole) : json::value()}};
}

MirrorCounts count_mirrored(store::Reader& reader, std::string_view system, Instant from, Instant until, Instant now) {
    MirrorCounts out;
    reader.query(select_counted, {system, from, until}, [&](const store::Row& r) {
        if (!r.is_null(4)) {
            ++out.gone;
            return;
        }
        if (r.integer(3) != 0) {
            ++out.ours;
            return;
        }
        ++out.received;
        const auto due = r.optional_instant(1), finished = r.optional_instant(2);
        const auto status = r.integer(0);
        if (status == 0) {
            ++out.unknown;
        } else if (status == 3 || status == 7 || status == 8) {
            ++out.ended;
        } else if (finished) {
            ++(!due ? out.no_due : *finished <= *due ? out.in_time : out.late);
        } else if (status >= 9) {
            // Finished by its status and without a date of it: whether in time nobody can say.
            ++out.unknown;
        } else {
            ++out.open;
            // While papers or money are awaited nobody there is late.
            if (due && *due < now && status != 5 && status != 6) ++out.open_late;
        }
    });
    out.seen_at = reader
                      .first("SELECT MAX(last_seen) FROM mirror_dossier WHERE system = ?", {system},
                             [](const store::Row& r) { return r.optional_instant(0); })
                      .value_or(std::nullopt);
    return out;
}

std::vector<std::string> mirrored_systems(store::Reader& reader) {
    return reader.all("SELECT DISTINCT system FROM mirror_dossier ORDER BY system", {},
                      [](const store::Row& r) { return r.string(0); });
}

std::vector<MirrorRow> find_mirrored(store::Reader& reader, std::string_view system, std::string_view after,
                                     int limit) {
    return reader.all(select_page, {system, after, limit}, row_from);
}

}  // namespace hl::links::registers
