// What the company tells, taken over once, and the step that it ends.
#include "dossiers/commands.h"
#include "dossiers/queries.h"
#include "links/power/partner.h"

namespace hl::power {

namespace {

constexpr std::string_view put_movement =
    "INSERT INTO power_movement (number, code, word, meaning, at, learned_at, pending, problem) VALUES (?, ?, ?, ?, ?, "
    "?, ?, '') ON CONFLICT (number) DO NOTHING";
constexpr std::string_view put_last =
    "INSERT INTO power_read (id, last) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET last = CASE WHEN power_read.last < "
    "excluded.last THEN excluded.last ELSE power_read.last END";
constexpr std::string_view select_pending =
    "SELECT number, code, problem, at FROM power_movement WHERE pending = 1 ORDER BY number LIMIT 500";
constexpr std::string_view select_movement = "SELECT code, at FROM power_movement WHERE number = ? AND pending = 1";
constexpr std::string_view settle = "UPDATE power_movement SET pending = 0, problem = ? WHERE number = ?";

}  // namespace

Result<int64_t> take_movements(store::Transaction& tx, const std::vector<Movement>& list, Instant now) {
    int64_t taken = 0;
    for (const auto& m : list) {
        const bool finish = m.meaning == "finished";
        if (tx.execute(put_movement, {m.number, m.code, m.word, m.meaning, m.at, now, finish ? 1 : 0}) == 0) continue;
        tx.execute(put_last, {m.number});
        tx.append({"power.moved",
                   1,
                   "power:" + m.code,
                   "system:power",
                   now,
                   {{"number", m.number},
                    {"code", m.code},
                    {"word", m.word},
                    {"meaning", m.meaning.empty() ? "unknown" : m.meaning},
                    {"at", to_rfc3339(m.at)}}});
        ++taken;
    }
    return taken;
}

std::vector<Pending> pending_finishes(store::Reader& reader) {
    return reader.all(select_pending, {}, [](const store::Row& r) {
        return Pending{r.integer(0), r.string(1), r.string(2), r.instant(3)};
    });
}

Result<void> finish_lane(store::Transaction& tx, const dossiers::Context& ctx, const std::string& agency,
                         int64_t movement, Instant now) {
    struct Told {
        std::string code;
        Instant at;
    };
    const auto told = tx.first(select_movement, {movement}, [](const store::Row& r) {
        return Told{r.string(0), r.instant(1)};
    });
    if (!told) return Nothing{};  // settled by somebody else
    const auto system = access::Actor::system("power", ctx.directory);
    TRY(const auto d, dossiers::find_dossier(tx, system, told->code, now));
    TRY(const auto whole, dossiers::load_whole(tx, ctx, d));
    std::optional<int> open;
    bool ended = false;
    for (const auto& t : whole.tasks) {
        if (t.agency.value != agency) continue;
        if (t.state == dossiers::TaskState::open)
            open = t.number;
        else
            ended = true;
    }
    if (!open) {
        if (!ended)
            return Error{ErrorKind::conflict, "power.no_lane",
                         "Hồ sơ này không có phần việc nào của Công ty Điện lực đang mở.",
                         "This dossier has no open step of the power company."};
        // Somebody ended it by hand before the company's word came.
        tx.execute(settle, {"", movement});
        return Nothing{};
    }
    dossiers::Completion done;
    done.task = open;
    done.note = fmt::format("Công ty Điện lực báo xong lúc {}.", to_vietnamese(told->at));
    TRY(const auto after, dossiers::complete(tx, ctx, system, {d.code}, done, now));
    (void)after;
    tx.execute(settle, {"", movement});
    return Nothing{};
}

}  // namespace hl::power
