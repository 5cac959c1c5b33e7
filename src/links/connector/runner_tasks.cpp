// What a connector does at intervals, and the nightly comparison.
#include "base/log.h"
#include "links/connector/claimed.h"
#include "links/connector/journal.h"
#include "links/connector/reconcile.h"
#include "links/connector/rows.h"

namespace hl::connector {

namespace {

constexpr std::string_view take_task =
    "UPDATE link_task SET next_at = ? WHERE connector = ? AND task = ? AND next_at <= ?";
constexpr std::string_view add_task =
    "INSERT INTO link_task (connector, task, next_at, code, vi, en, report) VALUES (?, ?, ?, '', '', '', '{}') ON "
    "CONFLICT (connector, task) DO NOTHING";
constexpr std::string_view put_report =
    "UPDATE link_task SET next_at = ?, last_at = ?, last_good = COALESCE(?, last_good), code = ?, vi = ?, en = ?, "
    "report "
    "= CASE WHEN ? = '' THEN report ELSE ? END WHERE connector = ? AND task = ?";
constexpr std::string_view select_tasks =
    "SELECT task, last_at, last_good, next_at, code, vi, en, report FROM link_task WHERE connector = ? ORDER BY task";
constexpr int night_hour = 2;

/// The next two o'clock in the night.
Instant next_night(Instant now) {
    const auto today = at_local(local_date(now), night_hour);
    return today > now ? today : at_local(add_days(local_date(now), 1), night_hour);
}

}  // namespace

std::vector<TaskRow> task_rows(store::Reader& reader, std::string_view connector) {
    return reader.all(select_tasks, {connector}, [](const store::Row& r) {
        TaskRow row{r.string(0), r.optional_instant(1), r.optional_instant(2), r.instant(3),
                    {},          object_from(r.text(7))};
        if (!r.text(4).empty()) row.problem = Error{ErrorKind::unavailable, r.string(4), r.string(5), r.string(6)};
        return row;
    });
}

void request_task(store::Transaction& tx, std::string_view connector, std::string_view task, Instant now) {
    tx.execute(add_task, {connector, task, now});
    tx.execute("UPDATE link_task SET next_at = ? WHERE connector = ? AND task = ?", {now, connector, task});
}

std::vector<Task> Runner::all_tasks() {
    auto tasks = connector_->tasks();
    if (connector_->can_look_up()) {
        Task compare;
        compare.name = reconcile_task;
        compare.title = {"Đối soát với đối tác", "Compare with the partner"};
        compare.every = std::chrono::hours{24};
        compare.run = [this](Line& line, Instant) -> Result<json::object> {
            TRY(const auto done, reconcile(ground_, *connector_, line, "system:links", [this] { return stopping(); }));
            return json::object{
                {"compared", done.compared}, {"differences", done.differences}, {"waiting", done.waiting}};
        };
        tasks.push_back(std::move(compare));
    }
    return tasks;
}

Result<json::object> Runner::keep_report(const std::string& task, Result<json::object> done, Instant next) {
    const auto name = connector_->name();
    const Instant now = ground_.clock.now();
    const auto report = done.ok() ? json::serialize(*done) : std::string{};
    const Error error = done.ok() ? Error{} : done.error();
    TRY_VOID(ground_.store.write([&](store::Transaction& tx) -> Result<void> {
        tx.execute(put_report, {next, now, done.ok() ? std::optional{now} : std::nullopt, error.code, error.vi,
                                error.en, report, report, name, task});
        return Nothing{};
    }));
    if (!done.ok()) {
        log::warning("links", "task failed", {{"connector", name}, {"task", task}, {"code", error.code}});
        return error;
    }
    return done;
}

Result<json::object> Runner::run_task(std::string_view wanted) {
    const auto name = connector_->name();
    for (const auto& task : all_tasks()) {
        if (task.name != wanted) continue;
        TRY_VOID(ground_.store.write([&](store::Transaction& tx) -> Result<void> {
            tx.execute(add_task, {name, task.name, ground_.clock.now()});
            return Nothing{};
        }));
        auto own = line();
        auto done = task.run(own, ground_.clock.now());
        const auto exchanges = own.take();
        if (!exchanges.empty())
            TRY_VOID(ground_.store.write([&](store::Transaction& tx) -> Result<void> {
                for (const auto& e : exchanges)
                    TRY_VOID(write_journal(tx, ground_.vault, name, {"", 0, {}, done.ok() ? "task" : "failed", "", e}));
                return Nothing{};
            }));
        const Instant now = ground_.clock.now();
        const Instant next = task.name == reconcile_task ? next_night(now)
                             : done.ok()                 ? now + task.every
                                         : now + std::min<std::chrono::seconds>(task.every, std::chrono::minutes{1});
        return keep_report(task.name, std::move(done), next);
    }
    return Error{ErrorKind::not_found, "link.task_unknown", "Kết nối này không có việc tên như vậy.",
                 "This connector has no such task."};
}

void Runner::look_after_tasks() {
    const auto name = connector_->name();
    const auto tasks = all_tasks();
    (void)ground_.store.write([&](store::Transaction& tx) -> Result<void> {
        for (const auto& task : tasks)
            tx.execute(add_task, {name, task.name,
                                  task.name == reconcile_task ? next_night(ground_.clock.now()) : ground_.clock.now()});
        return Nothing{};
    });
    std::unique_lock lock(mutex_);
    Instant cleaned{};
    while (!stopping_) {
        const uint64_t seen = wakes_;
        lock.unlock();
        const Instant now = ground_.clock.now();
        const auto due = ground_.store.write([&](store::Transaction& tx) -> Result<std::vector<std::string>> {
            std::vector<std::string> out;
            if (tx.first("SELECT 1 FROM link_partner WHERE connector = ? AND paused_at IS NOT NULL", {name},
                         [](const store::Row&) { return 1; }))
                return out;
            for (const auto& row : task_rows(tx, name))
                // Taken with a day's lease: it is set again when the task has run.
                if (row.next_at && *row.next_at <= now &&
                    tx.execute(take_task, {now + std::chrono::hours{24}, name, row.task, now}) == 1)
                    out.push_back(row.task);
            return out;
        });
        if (due.ok())
            for (const auto& task : *due) (void)run_task(task);
        if (now - cleaned >= std::chrono::hours{1}) {
            if (const auto dropped = drop_old(ground_.store, name, pace_, now); !dropped.ok())
                log::warning("links", "old rows not dropped", {{"connector", name}, {"code", dropped.error().code}});
            cleaned = now;
        }
        lock.lock();
        woken_.wait_for(lock, std::chrono::seconds{2}, [&] { return stopping_ || wakes_ != seen; });
    }
}

}  // namespace hl::connector
