#include "links/connector/commands.h"

#include "links/connector/rows.h"

namespace hl::connector {

namespace {

Result<void> may(const access::Actor& actor, Instant now) {
    return access::require(actor, access::Right::manage_links, AgencyId{}, now);
}

Error no_reason() {
    return {ErrorKind::invalid, "link.reason_required", "Hãy ghi lý do.", "Say why.", "/reason"};
}

void tell(store::Transaction& tx, const access::Actor& actor, std::string type, std::string_view connector,
          json::object data, Instant now) {
    data["connector"] = connector;
    tx.append({std::move(type), 1, fmt::format("link:{}", connector), actor.label(), now, std::move(data)});
}

constexpr std::string_view put_pause =
    "INSERT INTO link_partner (connector, paused_at, paused_by, paused_reason, subject) VALUES (?, ?, ?, ?, '') ON "
    "CONFLICT (connector) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by, paused_reason "
    "= "
    "excluded.paused_reason";
constexpr std::string_view try_anew =
    "UPDATE link_message SET state = 1, not_before = 0, attempts = 0, built = 0, reason_code = '', reason_datum = "
    "'', "
    "reason_vi = '', reason_en = '' WHERE connector = ? AND number = ? AND state IN (1, 2, 3) AND holder = ''";
constexpr std::string_view try_all_anew =
    "UPDATE link_message SET state = 1, not_before = 0, attempts = 0, built = 0, reason_code = '', reason_datum = "
    "'', "
    "reason_vi = '', reason_en = '' WHERE connector = ? AND state = ? AND holder = ''";

Result<Difference> difference_of(store::Reader& reader, std::string_view connector, int64_t number) {
    auto found = differences(reader, connector, std::nullopt, number - 1, 1);
    if (!found.empty() && found.front().number == number) return std::move(found.front());
    return Error{ErrorKind::not_found, "link.difference_unknown", "Không có sai lệch này.",
                 "There is no such difference."};
}

}  // namespace

std::optional<Paused> paused(store::Reader& reader, std::string_view connector) {
    return reader.first(
        "SELECT paused_at, paused_by, paused_reason FROM link_partner WHERE connector = ? AND paused_at IS NOT NULL",
        {connector}, [](const store::Row& r) {
            return Paused{r.instant(0), r.string(1), r.string(2)};
        });
}

Result<void> pause(store::Transaction& tx, const access::Actor& actor, std::string_view connector,
                   const std::string& reason, Instant now) {
    TRY_VOID(may(actor, now));
    if (reason.empty()) return no_reason();
    tx.execute(put_pause, {connector, now, actor.label(), reason});
    tell(tx, actor, "link.paused", connector, {{"reason", reason}}, now);
    return Nothing{};
}

Result<void> resume(store::Transaction& tx, const access::Actor& actor, std::string_view connector, Instant now) {
    TRY_VOID(may(actor, now));
    tx.execute("UPDATE link_partner SET paused_at = NULL, paused_by = '', paused_reason = '' WHERE connector = ?",
               {connector});
    tell(tx, actor, "link.resumed", connector, {}, now);
    return Nothing{};
}

Result<int64_t> replay(store::Transaction& tx, const access::Actor& actor, std::string_view connector,
                       const Replay& what, Instant now) {
    TRY_VOID(may(actor, now));
    int64_t n = 0;
    // As things are now: a snapshot of today takes the place of what was accepted then.
    const int64_t head = std::max<int64_t>(0, store::ledger_size(tx) - 1);
    const auto again = [&](const KeyRow& row) {
        enqueue(tx, connector, {row.key, row.kind, row.stream, row.snapshot}, row.snapshot ? head : row.position, now);
        ++n;
    };
    const Instant since = what.since.value_or(Instant{});
    if (!what.key.empty()) {
        std::vector<KeyRow> rows;
        for (const auto& kind : tx.all("SELECT kind FROM link_key WHERE connector = ? AND key = ? ORDER BY kind",
                                       {connector, what.key}, [](const store::Row& r) { return r.string(0); }))
            if (const auto row = accepted_key(tx, connector, what.key, kind)) rows.push_back(*row);
        // Refused snapshots of the key stand behind it: what they lacked may be what goes out before them now.
        struct Refused {
            std::string kind, stream;
            int64_t position;
        };
        const auto refused = tx.all(
            "SELECT kind, stream, position FROM link_message WHERE connector = ? AND key = ? AND state = 3 AND "
            "snapshot = "
            "1 AND holder = '' ORDER BY number",
            {connector, what.key}, [](const store::Row& r) {
                return Refused{r.string(0), r.string(1), r.integer(2)};
            });
        tx.execute(
            "DELETE FROM link_message WHERE connector = ? AND key = ? AND state = 3 AND snapshot = 1 AND holder = ''",
            {connector, what.key});
        for (const auto& row : rows) again(row);
        for (const auto& r : refused) {
            enqueue(tx, connector, {what.key, r.kind, r.stream, true}, std::max(head, r.position), now);
            ++n;
        }
        if (n == 0 && !is_waiting(tx, connector, what.key))
            return Error{ErrorKind::not_found, "link.key_unknown",
                         "Chưa gửi mã này lần nào nên không có gì để gửi lại.",
                         "Nothing was ever sent under this key, so there is nothing to send again.", "/key"};
    } else {
        std::string after;
        for (;;) {
            const auto rows = accepted_keys(tx, connector, after, 1000);
            if (rows.empty()) break;
            for (const auto& row : rows)
                if (row.accepted_at >= since) again(row);
            after = rows.back().key;
        }
    }
    json::object data{{"messages", n}};
    if (!what.key.empty()) data["key"] = what.key;
    if (what.since) data["since"] = to_rfc3339(*what.since);
    tell(tx, actor, "link.replayed", connector, std::move(data), now);
    return n;
}

Result<void> retry(store::Transaction& tx, const access::Actor& actor, std::string_view connector, int64_t message,
                   Instant now) {
    TRY_VOID(may(actor, now));
    TRY(const auto row, load_message(tx, connector, message));
    if (tx.execute(try_anew, {connector, message}) != 1)
        return Error{ErrorKind::conflict, "link.state", "Thông điệp này đã xong hoặc đang được gửi.",
                     "This message is done or on its way."};
    tell(tx, actor, "link.retried", connector, {{"message", message}, {"key", row.message.key}}, now);
    return Nothing{};
}

Result<int64_t> retry_all(store::Transaction& tx, const access::Actor& actor, std::string_view connector,
                          MessageState state, Instant now) {
    TRY_VOID(may(actor, now));
    if (state != MessageState::held && state != MessageState::dead)
        return Error{ErrorKind::invalid, "link.state", "Chỉ gửi lại được thông điệp đang giữ hoặc bị từ chối.",
                     "Only held or dead messages can be tried again.", "/state"};
    const auto n = tx.execute(try_all_anew, {connector, static_cast<int>(state)});
    tell(tx, actor, "link.retried", connector, {{"messages", n}, {"state", to_string(state)}}, now);
    return n;
}

Result<void> explain_message(store::Transaction& tx, const access::Actor& actor, std::string_view connector,
                             int64_t message, const std::string& why, Instant now) {
    TRY_VOID(may(actor, now));
    if (why.empty()) return no_reason();
    TRY(const auto row, load_message(tx, connector, message));
    if (tx.execute("UPDATE link_message SET state = 12, built = 0, reason_vi = ?, reason_en = ? WHERE connector = ? "
                   "AND number = ? AND state IN (2, 3)",
                   {why, why, connector, message}) != 1)
        return Error{ErrorKind::conflict, "link.state", "Chỉ gác lại được thông điệp đang giữ hoặc bị từ chối.",
                     "Only held or dead messages can be laid aside."};
    tx.execute(drop_bytes, {message});
    tell(tx, actor, "link.explained", connector, {{"message", message}, {"key", row.message.key}}, now);
    return Nothing{};
}

Result<void> explain_difference(store::Transaction& tx, const access::Actor& actor, std::string_view connector,
                                int64_t difference, const std::string& why, Instant now) {
    TRY_VOID(may(actor, now));
    if (why.empty()) return no_reason();
    TRY(const auto d, difference_of(tx, connector, difference));
    tx.execute("UPDATE link_difference SET state = 3, settled_at = ?, settled_by = ?, note = ? WHERE number = ?",
               {now, actor.label(), why, difference});
    tell(tx, actor, "link.explained", connector, {{"difference", difference}, {"key", d.key}}, now);
    return Nothing{};
}

Result<void> repair_difference(store::Transaction& tx, const access::Actor& actor, std::string_view connector,
                               int64_t difference, Instant now) {
    TRY_VOID(may(actor, now));
    TRY(const auto d, difference_of(tx, connector, difference));
    if (d.kind == DifferenceKind::missing_here)
        return Error{ErrorKind::conflict, "link.nothing_to_send",
                     "Hồ sơ này chỉ có ở đối tác: hãy lấy về, hoặc ghi lý do.",
                     "Only the partner has this one: fetch it, or explain it."};
    if (d.state != DifferenceState::open && d.state != DifferenceState::sent_again)
        return Error{ErrorKind::conflict, "link.state", "Sai lệch này đã được giải quyết.",
                     "This difference is settled."};
    TRY(const auto n, replay(tx, actor, connector, {d.key, {}}, now));
    (void)n;
    tx.execute("UPDATE link_difference SET state = 2, settled_by = ? WHERE connector = ? AND key = ? AND state = 1",
               {actor.label(), connector, d.key});
    return Nothing{};
}

}  // namespace hl::connector
