#include "links/connector/journal.h"

#include <zlib.h>

#include "links/connector/rows.h"

namespace hl::connector {

namespace {

constexpr std::string_view insert_exchange =
    "INSERT INTO link_exchange (connector, key, message, operation, url, at, took_ms, status, verdict, code, problem, "
    "subject, request_bytes, response_bytes, request, response) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?)";
// Both texts of an exchange are one sealed text, the question first: one key, one frame.
constexpr std::string_view both_texts = "link.exchange";
constexpr std::string_view oldest_exchanges =
    "SELECT number, at, 1 FROM link_exchange WHERE connector = ? AND number > ? ORDER BY number LIMIT ?";
constexpr std::string_view drop_exchange = "DELETE FROM link_exchange WHERE number = ?";
constexpr std::string_view oldest_messages =
    "SELECT number, made_at, CASE WHEN state >= 10 THEN 1 ELSE 0 END FROM link_message WHERE connector = ? AND number "
    "> ? ORDER BY number LIMIT ?";
#define HL_EXCHANGE_COLUMNS                                                                                         \
    "number, connector, key, operation, verdict, code, problem, url, message, at, took_ms, status, request_bytes, " \
    "response_bytes, subject"

// Of a key: what went well by its messages, whose numbers grow with time, as the exchanges' do; all else by the key.
constexpr std::string_view select_of_key =
    "SELECT " HL_EXCHANGE_COLUMNS
    " FROM link_exchange WHERE number IN (SELECT e.number FROM link_message m JOIN link_exchange e ON e.message = "
    "m.number AND e.message > 0 AND e.verdict = 'accepted' WHERE m.connector = ? AND m.key = ? UNION ALL SELECT number "
    "FROM link_exchange WHERE connector = ? AND key = ? AND (message = 0 OR verdict <> 'accepted')) AND number < ? "
    "ORDER BY number DESC LIMIT ?";

JournalRow row_from(const store::Row& r) {
    JournalRow row;
    row.number = r.integer(0);
    row.connector = r.string(1);
    row.key = r.string(2);
    row.operation = r.string(3);
    row.verdict = r.string(4);
    row.code = r.string(5);
    row.problem = r.string(6);
    row.url = r.string(7);
    row.message = r.integer(8);
    row.at = r.instant(9);
    row.took_ms = r.integer(10);
    row.status = static_cast<int>(r.integer(11));
    row.request_bytes = r.integer(12);
    row.response_bytes = r.integer(13);
    row.subject = SubjectId{r.text(14)};
    return row;
}

/// Entries of before hold their texts one by one: 'z' and zlib's bytes, 's' and zstd's, or 'p' and the text.
Result<std::string> unpacked(store::Reader& reader, const std::string& bytes, int64_t size) {
    if (bytes.empty() || bytes.front() != 'z') return unpack(reader, bytes);
    std::string out(static_cast<size_t>(std::max<int64_t>(size, 0)), '\0');
    uLongf length = out.size();
    if (uncompress(reinterpret_cast<Bytef*>(out.data()), &length, reinterpret_cast<const Bytef*>(bytes.data() + 1),
                   bytes.size() - 1) != Z_OK)
        return std::string{};
    out.resize(length);
    return out;
}

}  // namespace

SubjectId own_subject(store::Transaction& tx, store::Vault& vault, std::string_view connector, Instant now) {
    const auto have = tx.first("SELECT subject FROM link_partner WHERE connector = ?", {connector},
                               [](const store::Row& r) { return SubjectId{r.text(0)}; });
    if (have && !have->empty()) return *have;
    const auto made = vault.create_subject(tx, now);
    tx.execute(
        "INSERT INTO link_partner (connector, paused_by, paused_reason, subject) VALUES (?, '', '', ?) ON CONFLICT "
        "(connector) DO UPDATE SET subject = excluded.subject",
        {connector, made});
    return made;
}

void prepare_for_journal(Exchange& e, const Packing& packing) {
    const auto words = packing.find(e.operation);
    e.kept = pack(e.request + e.response, words.get());
}

Result<void> write_journal(store::Transaction& tx, store::Vault& vault, std::string_view connector,
                           const JournalEntry& entry) {
    const auto& e = entry.exchange;
    const auto subject = entry.subject.empty() ? own_subject(tx, vault, connector, e.at) : entry.subject;
    const auto sealed = vault.seal(tx, subject, both_texts, e.kept.empty() ? pack(e.request + e.response) : e.kept);
    // Erased in this moment: what was exchanged goes with him, that it was stays.
    const std::string none;
    tx.execute(insert_exchange,
               {connector, entry.key, entry.message, e.operation, e.url, e.at, e.took_ms, e.status, entry.verdict,
                entry.code, e.problem, subject, static_cast<int64_t>(e.request.size()),
                static_cast<int64_t>(e.response.size()), store::Blob{sealed.ok() ? *sealed : none}, store::Blob{none}});
    return Nothing{};
}

std::vector<JournalRow> find_exchanges(store::Reader& reader, const JournalQuery& q) {
    const int64_t before = q.before > 0 ? q.before : std::numeric_limits<int64_t>::max();
    if (!q.key.empty())
        return reader.all(select_of_key, {q.connector, q.key, q.connector, q.key, before, q.limit}, row_from);
    return reader.all("SELECT " HL_EXCHANGE_COLUMNS
                      " FROM link_exchange WHERE connector = ? AND number < ? ORDER BY number DESC LIMIT ?",
                      {q.connector, before, q.limit}, row_from);
}

Result<Opened> open_exchange(store::Reader& reader, store::Vault& vault, std::string_view connector, int64_t number) {
    struct Sealed {
        JournalRow row;
        std::string request, response;
    };
    const auto found = reader.first("SELECT " HL_EXCHANGE_COLUMNS
                                    ", request, response FROM link_exchange WHERE connector = ? AND number = ?",
                                    {connector, number}, [](const store::Row& r) {
                                        return Sealed{row_from(r), r.string(15), r.string(16)};
                                    });
    if (!found)
        return Error{ErrorKind::not_found, "link.exchange_unknown",
                     "Không có lần trao đổi này. Có thể đã hết hạn lưu nhật ký.",
                     "There is no such exchange. The journal may have dropped it after its time."};
    Opened out{found->row, {}, {}};
    if (found->response.empty() && !found->request.empty()) {
        TRY(const auto packed, vault.unseal(reader, found->row.subject, both_texts, found->request));
        TRY(const auto both, unpack(reader, packed));
        const auto cut = std::min(both.size(), static_cast<size_t>(std::max<int64_t>(found->row.request_bytes, 0)));
        out.request = both.substr(0, cut);
        out.response = both.substr(cut);
        return out;
    }
    TRY(const auto request, vault.unseal(reader, found->row.subject, "link.request", found->request));
    TRY(const auto response, vault.unseal(reader, found->row.subject, "link.response", found->response));
    TRY(out.request, unpacked(reader, request, found->row.request_bytes));
    TRY(out.response, unpacked(reader, response, found->row.response_bytes));
    return out;
}

namespace {

/// Rows come in the order of time: the oldest are looked at, some at a time, so that the writer is not held for long.
Result<int64_t> drop_older(store::Store& store, std::string_view connector, std::string_view oldest,
                           std::string_view drop, Instant until) {
    constexpr int64_t some = 1'000;
    struct Old {
        int64_t number;
        Instant at;
        bool ended;
    };
    struct Round {
        int64_t last = 0, dropped = 0;  // last: 0 when there is nothing older
    };
    int64_t dropped = 0;
    for (int64_t after = 0;;) {
        TRY(const auto round, store.write([&](store::Transaction& tx) -> Result<Round> {
            const auto rows = tx.all(oldest, {connector, after, some}, [](const store::Row& r) {
                return Old{r.integer(0), r.instant(1), r.integer(2) != 0};
            });
            Round r;
            for (const auto& row : rows) {
                if (row.at >= until) return Round{0, r.dropped};
                if (row.ended) r.dropped += tx.execute(drop, {row.number});
                r.last = row.number;
            }
            if (static_cast<int64_t>(rows.size()) < some) r.last = 0;
            return r;
        }));
        dropped += round.dropped;
        if (round.last == 0) return dropped;
        after = round.last;
    }
}

}  // namespace

Result<int64_t> drop_old(store::Store& store, std::string_view connector, const Pace& pace, Instant now) {
    // An exchange that went well is found through its message, which outlives it.
    const Instant journal = now - std::chrono::hours{24} * pace.journal_days;
    const Instant accepted = now - std::chrono::hours{24} * std::max(pace.accepted_days, pace.journal_days);
    TRY(const auto exchanges, drop_older(store, connector, oldest_exchanges, drop_exchange, journal));
    TRY(const auto messages, drop_older(store, connector, oldest_messages, drop_message, accepted));
    return exchanges + messages;
}

}  // namespace hl::connector
