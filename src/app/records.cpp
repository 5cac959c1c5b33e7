#include "app/records.h"

#include "base/log.h"

namespace hl::app {

namespace {

constexpr std::string_view verification_stream = "ledger:verification";
constexpr std::string_view backup_stream = "backup";

void record(Program& program, std::string_view type, std::string_view stream, std::string_view actor,
            boost::json::object data) {
    const auto done = program.store().write([&](store::Transaction& tx) -> Result<void> {
        tx.append({std::string{type}, 1, std::string{stream}, std::string{actor}, program.clock().now(), data});
        return Nothing{};
    });
    if (!done.ok()) log::warning("app", "not recorded", {{"event", type}, {"code", done.error().code}});
}

int64_t number(const boost::json::object& data, std::string_view key) {
    const auto* value = data.if_contains(key);
    return value && value->is_int64() ? value->as_int64() : 0;
}

}  // namespace

void record_verification(Program& program, const store::VerifyReport& report, std::string_view actor) {
    record(program, "ledger.verified", verification_stream, actor,
           {{"events", report.events}, {"checkpoints", report.checkpoints}, {"problems", report.problems.size()}});
}

std::optional<VerificationRecord> last_verification(store::Reader& reader) {
    const auto event = store::last_of_stream(reader, verification_stream);
    if (!event) return std::nullopt;
    return VerificationRecord{event->at, number(event->data, "events"), number(event->data, "problems")};
}

void record_backup(Program& program, const BackupSummary& made, std::string_view actor) {
    record(program, "backup.made", backup_stream, actor,
           {{"events", made.events}, {"files", made.files}, {"bytes", made.bytes}});
}

std::optional<BackupRecord> last_backup(store::Reader& reader) {
    const auto event = store::last_of_stream(reader, backup_stream);
    if (!event) return std::nullopt;
    return BackupRecord{event->at,
                        {number(event->data, "events"), number(event->data, "files"), number(event->data, "bytes")}};
}

}  // namespace hl::app
