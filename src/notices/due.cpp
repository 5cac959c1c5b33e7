// Promises that pass without anybody writing an event: remembered by a follower, looked for at intervals.
#include "dossiers/events.h"
#include "links/connector/outbox.h"
#include "notices/notices.h"

namespace hl::notices {

namespace {

constexpr std::string_view put_due =
    "INSERT INTO notice_due (dossier, code, due) VALUES (?, ?, ?) ON CONFLICT (dossier) DO UPDATE SET code = "
    "excluded.code, due = excluded.due";
constexpr std::string_view drop_due = "DELETE FROM notice_due WHERE dossier = ?";
constexpr std::string_view select_passed =
    "SELECT dossier, code, due FROM notice_due WHERE due < ? AND NOT EXISTS (SELECT 1 FROM notice_overdue o WHERE "
    "o.dossier = notice_due.dossier AND o.due = notice_due.due) ORDER BY due LIMIT 500";
constexpr std::string_view put_told =
    "INSERT INTO notice_overdue (dossier, due) VALUES (?, ?) ON CONFLICT (dossier, due) DO NOTHING";

/// Somebody of the agencies owes the work now.
bool is_in_work(dossiers::State state) {
    using dossiers::State;
    return state == State::received || state == State::processing || state == State::consulting ||
           state == State::signing;
}

}  // namespace

void DueFollower::reset(store::Transaction& tx) {
    tx.execute("DELETE FROM notice_due");
}

Result<void> DueFollower::apply(store::Transaction& tx, std::span<const store::StoredEvent> events) {
    for (const auto& event : events) {
        if (!event.type.starts_with("dossier.")) continue;
        TRY(const auto change, dossiers::events::change_of(event));
        if (change.code.empty()) continue;
        if (is_in_work(change.to) && change.due)
            tx.execute(put_due, {event.stream, change.code, *change.due});
        else
            tx.execute(drop_due, {event.stream});
    }
    return Nothing{};
}

Result<int64_t> tell_overdue(store::Transaction& tx, const Rules& rules, Instant now) {
    struct Passed {
        std::string dossier, code;
        Instant due;
    };
    int64_t told = 0;
    const auto passed = tx.all(select_passed, {now}, [](const store::Row& r) {
        return Passed{r.string(0), r.string(1), r.instant(2)};
    });
    for (const auto& p : passed) {
        tx.execute(put_told, {p.dossier, p.due});
        // On the first day of a connection nobody is apologised to for promises of last year.
        if (p.due + std::chrono::days{rules.overdue_days} < now) continue;
        connector::Wanted w;
        w.key = key_of({p.code, "overdue", to_ms(p.due)});
        w.kind = "overdue";
        w.stream = p.dossier;
        w.snapshot = false;
        connector::enqueue(tx, connector_name, w, to_ms(p.due), now);
        ++told;
    }
    return told;
}

}  // namespace hl::notices
