// Every exchange with a partner: when, how long, what was asked and answered, and what it meant. Both texts are sealed,
// with the key of whom they are about or the connector's own; who opens one is logged. Any thread.
#pragma once
#include "links/connector/packing.h"
#include "links/connector/runner.h"

namespace hl::connector {

struct JournalRow {
    int64_t number = 0;
    std::string connector, key, operation, verdict, code, problem, url;
    int64_t message = 0;  // 0: none
    Instant at;
    int64_t took_ms = 0;
    int status = 0;
    int64_t request_bytes = 0, response_bytes = 0;
    SubjectId subject;
};
struct JournalEntry {
    std::string key;
    int64_t message = 0;
    SubjectId subject;  // empty: the connector's own
    std::string verdict, code;
    Exchange exchange;
};
/// Packs its texts beforehand: the writer is not held for that.
void prepare_for_journal(Exchange& exchange, const Packing& packing);
[[nodiscard]] Result<void> write_journal(store::Transaction& tx, store::Vault& vault, std::string_view connector,
                                         const JournalEntry& entry);
struct JournalQuery {
    std::string connector;
    std::string key{};
    int64_t before = 0;  // 0: from the newest
    int limit = 50;
};
[[nodiscard]] std::vector<JournalRow> find_exchanges(store::Reader& reader, const JournalQuery& query);
struct Opened {
    JournalRow row;
    std::string request, response;
};
/// The caller logs the read. Errors: link.exchange_unknown, subject.erased.
[[nodiscard]] Result<Opened> open_exchange(store::Reader& reader, store::Vault& vault, std::string_view connector,
                                           int64_t number);
/// Drops what is older than its connector keeps, in writes of a thousand rows. How many rows.
[[nodiscard]] Result<int64_t> drop_old(store::Store& store, std::string_view connector, const Pace& pace, Instant now);
/// The key for what is nobody's; made on first use.
[[nodiscard]] SubjectId own_subject(store::Transaction& tx, store::Vault& vault, std::string_view connector,
                                    Instant now);

}  // namespace hl::connector
