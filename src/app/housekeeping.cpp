#include "app/housekeeping.h"

#include "app/topic_service.h"
#include "base/log.h"
#include "documents/commands.h"
#include "dossiers/commands.h"
#include "dossiers/drafts.h"
#include "dossiers/reorganise.h"
#include "ioc/directives/commands.h"
#include "ioc/directives/evidence.h"
#include "ioc/indicators/alerts.h"

namespace hl::app {

namespace {
constexpr std::chrono::hours tidy_interval{1};
constexpr std::chrono::hours sweep_interval{24};
constexpr std::chrono::minutes judge_interval{1};
constexpr int drafts_at_once = 200;
constexpr std::chrono::days answer_life{7};
constexpr std::chrono::days session_record_life{90};  // central logs are kept at least three months (TCVN 14423:2026)

void report(std::string_view job, const Error& error) {
    log::error("app", job, {{"code", error.code}, {"detail", error.en}});
}
}  // namespace

Housekeeping::Housekeeping(Program& program) : program_(program) {}
Housekeeping::~Housekeeping() {
    stop();
}

void Housekeeping::start() {
    thread_ = std::thread([this] { loop(); });
}

void Housekeeping::stop() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    signal_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Housekeeping::sign() {
    const auto done = store::sign_checkpoint(program_.store(), program_.ledger_keys(), program_.clock().now());
    if (!done.ok()) report("checkpoint not signed", done.error());
}

void Housekeeping::tidy() {
    const Instant now = program_.clock().now();
    auto& store = program_.store();
    const auto closed = store.write(
        [&](store::Transaction& tx) { return access::close_idle_accounts(tx, program_.config().accounts, now); });
    if (!closed.ok()) report("idle accounts not closed", closed.error());
    const auto dropped = store.write([&](store::Transaction& tx) -> Result<void> {
        tx.execute("DELETE FROM idempotency WHERE at < ?", {now - answer_life});
        tx.execute("DELETE FROM session WHERE expires_at < ?", {now - session_record_life});
        tx.execute("DELETE FROM oidc_login WHERE at < ?", {now - std::chrono::hours{1}});
        return Nothing{};
    });
    if (!dropped.ok()) report("expired rows not dropped", dropped.error());
    for (int ended = drafts_at_once; ended == drafts_at_once;) {
        const auto expired = store.write(
            [&](store::Transaction& tx) { return dossiers::expire_drafts(tx, program_.vault(), drafts_at_once, now); });
        if (!expired.ok()) report("old drafts not ended", expired.error());
        ended = expired.ok() ? *expired : 0;
    }
    program_.topics().remove_expired();
}

void Housekeeping::urge() {
    const Instant now = program_.clock().now();
    const auto ctx = program_.context();
    const auto who = access::Actor::system("housekeeping", ctx.directory);
    const auto silences = program_.store().write(
        [&](store::Transaction& tx) { return dossiers::report_silences(tx, ctx, who, 200, now); });
    if (!silences.ok()) report("silences not reported", silences.error());
    // A reorganisation takes effect on its day: whatever is still with an ended agency goes to its successor.
    const auto moved =
        program_.store().write([&](store::Transaction& tx) { return dossiers::rehome(tx, ctx, who, now, 5'000); });
    if (!moved.ok()) report("open work not handed over", moved.error());
    const directives::Context told{ctx, program_.snapshots().book()};
    const auto directives =
        program_.store().write([&](store::Transaction& tx) { return directives::rehome(tx, told, who, now, 1'000); });
    if (!directives.ok()) report("open directives not handed over", directives.error());
}

void Housekeeping::judge() {
    const Instant now = program_.clock().now();
    const auto book = program_.snapshots().book();
    const auto organisation = program_.snapshots().organisation();
    const auto change = program_.store().read(
        [&](store::Reader& reader) { return ioc::alerts_change(reader, *book, *organisation, now); });
    if (!change.ok()) return report("alerts not judged", change.error());
    if (!*change) return;
    const auto judged = program_.store().write(
        [&](store::Transaction& tx) { return ioc::judge_alerts(tx, *book, *organisation, now); });
    if (!judged.ok()) report("alerts not judged", judged.error());
}

void Housekeeping::sweep() {
    const Instant now = program_.clock().now();
    // One short read a file: a long one would keep the database from trimming its log.
    const auto swept = program_.blobs().sweep(
        [&](const FileHash& content) {
            const auto needed = program_.store().read([&](store::Reader& reader) -> Result<bool> {
                return dossiers::content_is_referenced(reader, content, now) ||
                       directives::content_is_referenced(reader, content) ||
                       documents::content_is_referenced(reader, content) ||
                       links::vxp::content_is_referenced(reader, content);  // documents laid ready
            });
            return !needed.ok() || *needed;
        },
        now);
    if (!swept.ok()) return report("file store not swept", swept.error());
    if (*swept > 0) log::info("app", "files without a line removed", {{"files", *swept}});
}

void Housekeeping::loop() {
    Instant tidied{}, swept{}, judged{};
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        sign();
        if (program_.clock().now() - tidied >= tidy_interval) {
            tidy();
            urge();
            tidied = program_.clock().now();
        }
        if (program_.clock().now() - judged >= judge_interval) {
            judge();
            judged = program_.clock().now();
        }
        if (program_.clock().now() - swept >= sweep_interval) {
            sweep();
            swept = program_.clock().now();
        }
        lock.lock();
        signal_.wait_for(lock, program_.config().checkpoint_interval, [&] { return stopping_; });
    }
}

}  // namespace hl::app
