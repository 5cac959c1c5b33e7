#include "links/connector/journal.h"

#include <zlib.h>

namespace hl::connector {

namespace {

constexpr std::string_view insert_exchange =
    "INSERT INTO link_exchange (connector, key, message, operation, url, at, took_ms, status, verdict, code, problem, "
    "subject, request_bytes, response_bytes, request, response) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?)";
#define HL_EXCHANGE_COLUMNS                                                                                         \
    "number, connector, key, operation, verdict, code, problem, url, message, at, took_ms, status, request_bytes, " \
    "response_bytes, subject"

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

/// A year of journals is mostly repetition: 'z' and the deflated text where that is shorter, 'p' and the text else.
std::string packed(const std::string& text) {
    if (text.size() > 200) {
        uLongf size = compressBound(text.size());
        std::string out(1 + size, 'z');
        if (compress2(reinterpret_cast<Bytef*>(out.data() + 1), &size, reinterpret_cast<const Bytef*>(text.data()),
                      text.size(), 1) == Z_OK &&
            size < text.size()) {
            out.resize(1 + size);
            return out;
        }
    }
    return "p" + text;
}

std::string unpacked(const std::string& bytes, int64_t size) {
    if (bytes.empty() || bytes.front() == 'p') return bytes.empty() ? std::string{} : bytes.substr(1);
    std::string out(static_cast<size_t>(std::max<int64_t>(size, 0)), '\0');
    uLongf length = out.size();
    if (uncompress(reinterpret_cast<Bytef*>(out.data()), &length, reinterpret_cast<const Bytef*>(bytes.data() + 1),
                   bytes.size() - 1) != Z_OK)
        return {};
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

Result<void> write_journal(store::Transaction& tx, store::Vault& vault, std::string_view connector,
                           const JournalEntry& entry) {
    const auto& e = entry.exchange;
    const auto subject = entry.subject.empty() ? own_subject(tx, vault, connector, e.at) : entry.subject;
    auto request = vault.seal(tx, subject, "link.request", packed(e.request));
    auto response = vault.seal(tx, subject, "link.response", packed(e.response));
    // Erased in this moment: what was exchanged goes with him, that it was stays.
    const std::string none;
    const bool sealed = request.ok() && response.ok();
    tx.execute(insert_exchange, {connector, entry.key, entry.message, e.operation, e.url, e.at, e.took_ms, e.status,
                                 entry.verdict, entry.code, e.problem, subject, static_cast<int64_t>(e.request.size()),
                                 static_cast<int64_t>(e.response.size()), store::Blob{sealed ? *request : none},
                                 store::Blob{sealed ? *response : none}});
    return Nothing{};
}

std::vector<JournalRow> find_exchanges(store::Reader& reader, const JournalQuery& q) {
    const int64_t before = q.before > 0 ? q.before : std::numeric_limits<int64_t>::max();
    if (!q.key.empty())
        return reader.all(
            "SELECT " HL_EXCHANGE_COLUMNS
            " FROM link_exchange WHERE connector = ? AND key = ? AND number < ? ORDER BY number DESC LIMIT ?",
            {q.connector, q.key, before, q.limit}, row_from);
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
    TRY(const auto request, vault.unseal(reader, found->row.subject, "link.request", found->request));
    TRY(const auto response, vault.unseal(reader, found->row.subject, "link.response", found->response));
    out.request = unpacked(request, found->row.request_bytes);
    out.response = unpacked(response, found->row.response_bytes);
    return out;
}

int64_t drop_old(store::Transaction& tx, std::string_view connector, const Pace& pace, Instant now) {
    const Instant journal = now - std::chrono::hours{24} * pace.journal_days;
    const Instant accepted = now - std::chrono::hours{24} * pace.accepted_days;
    const auto dropped = tx.execute("DELETE FROM link_exchange WHERE connector = ? AND at < ?", {connector, journal});
    return dropped + tx.execute("DELETE FROM link_message WHERE connector = ? AND state >= 10 AND made_at < ?",
                                {connector, accepted});
}

}  // namespace hl::connector
