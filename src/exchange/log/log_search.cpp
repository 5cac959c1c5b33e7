// Searching the index. The statement is put together from constant pieces; values are bound.
#include <charconv>

#include "base/text.h"
#include "exchange/log/log_errors.h"
#include "exchange/log/log_index.h"
#include "exchange/log/log_state.h"

namespace hl::exchange {

using namespace journal;

namespace {

constexpr std::string_view select_messages =
    "SELECT number, at, side, direction, message_id, request_id, client, provider, service, version, rest, status, "
    "succeeded, "
    "fault_code, bodies, body_bytes FROM exchange_message WHERE log = ?";
constexpr std::string_view in_order = " ORDER BY at DESC, number DESC LIMIT ?";

struct Cursor {
    int64_t at = 0, number = 0;
};
std::optional<Cursor> cursor_of(std::string_view text) {
    Cursor cursor;
    const auto* end = text.data() + text.size();
    const auto at = std::from_chars(text.data(), end, cursor.at);
    if (at.ec != std::errc{} || at.ptr == end || *at.ptr != '_') return std::nullopt;
    const auto number = std::from_chars(at.ptr + 1, end, cursor.number);
    if (number.ec != std::errc{} || number.ptr != end) return std::nullopt;
    return cursor;
}

Error wrong_search(std::string at) {
    return Error{ErrorKind::invalid, "exchange.search",
                 "Điều kiện tìm kiếm không hợp lệ; hãy tìm lại từ trang đầu, mỗi trang từ 1 đến 200 dòng.",
                 "The search cannot be run: search again from the first page, with 1 to 200 rows a page."}
        .pointing(std::move(at));
}

/// The last three characters of a longer number, nothing of a short one.
std::string masked(const std::string& value) {
    if (value.empty()) return {};
    if (value.size() < 8) return "***";
    size_t from = value.size();
    for (int i = 0; i < 3; ++i) {
        --from;
        while (from > 0 && (static_cast<uint8_t>(value[from]) & 0xC0) == 0x80) --from;
    }
    return "***" + value.substr(from);
}

LogRow row_of(const store::Row& r) {
    LogRow row;
    row.number = r.integer(0);
    row.at = r.instant(1);
    row.side = static_cast<Side>(r.integer(2));
    row.direction = static_cast<Direction>(r.integer(3));
    row.message_id = r.string(4);
    row.request_id = r.string(5);
    if (auto client = client_from_text(r.text(6)); client.ok()) row.client = std::move(*client);
    if (auto provider = client_from_text(r.text(7)); provider.ok()) row.service.provider = std::move(*provider);
    row.service.code = r.string(8);
    row.service.version = r.string(9);
    row.rest = r.integer(10) != 0;
    row.status = static_cast<int>(r.integer(11));
    row.succeeded = r.integer(12) != 0;
    row.fault_code = r.string(13);
    row.bodies = r.integer(14);
    row.body_bytes = r.integer(15);
    return row;
}

}  // namespace

Result<LogPage> LogIndex::search(const LogSearch& what) const {
    if (what.limit < 1 || what.limit > 200) return wrong_search("/limit");
    std::string sql{select_messages};
    std::vector<store::Param> params{store::Param(name_)};
    const auto client = what.client ? to_text(*what.client) : "",
               provider = what.provider ? to_text(*what.provider) : "";
    const auto user = blind(what.user_id);
    const auto where = [&](bool wanted, std::string_view condition, store::Param value) {
        if (!wanted) return;
        sql += condition;
        params.push_back(value);
    };
    where(what.client.has_value(), " AND client = ?", client);
    where(what.provider.has_value(), " AND provider = ?", provider);
    where(!what.service.empty(), " AND service = ?", what.service);
    where(!what.message_id.empty(), " AND message_id = ?", what.message_id);
    where(!what.request_id.empty(), " AND request_id = ?", what.request_id);
    where(!what.user_id.empty(), " AND user_blind <> '' AND user_blind = ?", user);
    where(what.from.has_value(), " AND at >= ?", what.from);
    where(what.to.has_value(), " AND at < ?", what.to);
    where(what.succeeded.has_value(), " AND succeeded = ?", what.succeeded.value_or(false));
    where(what.side.has_value(), " AND side = ?", static_cast<int64_t>(what.side.value_or(Side::client)));
    where(what.direction.has_value(), " AND direction = ?",
          static_cast<int64_t>(what.direction.value_or(Direction::request)));
    if (!what.cursor.empty()) {
        const auto cursor = cursor_of(what.cursor);
        if (!cursor) return wrong_search("/cursor");
        sql += " AND (at < ? OR (at = ? AND number < ?))";
        params.insert(params.end(), {cursor->at, cursor->at, cursor->number});
    }
    sql += in_order;
    params.emplace_back(what.limit + 1);
    TRY(auto rows, store_.read([&](store::Reader& reader) -> Result<std::vector<LogRow>> {
        std::vector<LogRow> found;
        reader.query(sql, params, [&](const store::Row& row) { found.push_back(row_of(row)); });
        return found;
    }));
    LogPage page;
    page.rows = std::move(rows);
    if (page.rows.size() > static_cast<size_t>(what.limit)) {
        page.rows.pop_back();
        page.next = fmt::format("{}_{}", to_ms(page.rows.back().at), page.rows.back().number);
    }
    const auto& log = log_.state();
    for (auto& row : page.rows) {
        row.masked = !what.personal_data;
        TRY(const auto record, log.message_record(row.number, nullptr));
        const auto key = log.keys->key(record.slot);
        if (!key.ok()) {
            if (key.error().code != "exchange.erased") return key.error();
            row.erased = true;
            continue;
        }
        const auto plain = unseal_once(record.sealed, *key, 0, true);
        const auto text = plain ? decode_private(*plain) : std::nullopt;
        if (!text) return log_damaged(fmt::format("record {}", row.number), "a message that does not open");
        row.user_id = row.masked ? masked(text->user_id) : text->user_id;
        row.issue = row.masked ? masked(text->issue) : text->issue;
        row.represented_party = row.masked ? masked(text->represented_party) : text->represented_party;
    }
    return page;
}

}  // namespace hl::exchange
