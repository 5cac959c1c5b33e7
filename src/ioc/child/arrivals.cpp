// What comes down to the child, and how a parted line goes on.
#include "ioc/child/events.h"
#include "ioc/child/line_rows.h"
#include "ioc/child/outbox.h"
#include "ioc/child/refusals.h"

namespace hl::ioc::child {

namespace {

constexpr std::string_view select_received = "SELECT hash FROM ioc_line_received WHERE series = ? AND number = ?";
constexpr std::string_view insert_received =
    "INSERT INTO ioc_line_received (series, number, hash, signature, text, not_understood, received_at) VALUES (?, ?, "
    "?, "
    "?, ?, ?, ?)";
constexpr std::string_view move_down = "UPDATE ioc_line SET series = ?, down_number = ?, down_hash = ?";
constexpr std::string_view put_aside =
    "INSERT INTO ioc_line_abandoned (key, number, hash, signature, text, abandoned_at) SELECT ?, number, hash, "
    "signature, text, ? FROM ioc_line_batch WHERE number = ?";
constexpr std::string_view select_numbers_after = "SELECT number FROM ioc_line_batch WHERE number > ? ORDER BY number";
constexpr std::string_view select_abandoned_text = "SELECT text FROM ioc_line_batch WHERE number = ?";
constexpr std::string_view drop_after = "DELETE FROM ioc_line_batch WHERE number > ?";
constexpr std::string_view forget_told = "DELETE FROM ioc_line_told";
constexpr std::string_view go_on =
    "UPDATE ioc_line SET state = 'running', number = ?, hash = ?, acknowledged = ?, parent_number = ?, parent_hash = "
    "?, "
    "whole = 1, problem = '', problem_vi = '', problem_en = '', failures = 0";

Error out_of_order(int64_t expected, int64_t got) {
    return {ErrorKind::conflict, "child.down_order",
            fmt::format("Tin từ cấp trên không nối tiếp: cần số {}, nhận số {}.", expected, got),
            fmt::format("What comes from the parent is out of order: {} is wanted, {} came.", expected, got)};
}

/// Messages of other rooms in batches that are put aside wait again: the parent never had them.
void wait_again(store::Transaction& tx, const std::string& text) {
    const auto value = parse_json(text);
    if (!value.ok()) return;
    const auto batch = read_batch(*value, "batch");
    if (!batch.ok()) return;
    for (const auto& m : batch->messages) {
        const bool own =
            m.type == figures_type || m.type == restatements_type || m.type == alerts_type || m.type == indicators_type;
        if (!own) tell_up(tx, m);
    }
}

}  // namespace

Result<bool> take_down(store::Transaction& tx, const Sealed& sealed, const std::map<std::string, TakeDown>& takers,
                       Instant now) {
    const auto line = line_of(tx);
    if (!line) return no_line();
    TRY(const auto payload, open_sealed(sealed, line->parent_key));
    TRY(const auto batch, read_batch(payload, "down"));
    if (batch.child != line->child)
        return Error{ErrorKind::conflict, "child.down_order", "Tin này gửi cho IOC con khác.",
                     "This is for another child."};
    const auto hash = hash_of(sealed.text);
    const auto there =
        tx.first(select_received, {batch.series, batch.number}, [](const store::Row& r) { return r.string(0); });
    if (there && *there == hash && (batch.series != line->series || batch.number <= line->down.number)) return false;
    // Another series begins at one: the parent was restored from a backup and tells everything again.
    const Mark last = batch.series == line->series ? line->down : Mark{};
    if (batch.number != last.number + 1 || batch.previous != last.hash || there)
        return out_of_order(last.number + 1, batch.number);
    int64_t not_understood = 0;
    for (const auto& m : batch.messages) {
        const auto taker = takers.find(m.type);
        if (taker == takers.end()) {
            ++not_understood;
            continue;
        }
        TRY_VOID(taker->second(tx, m, now));
    }
    tx.execute(insert_received, {batch.series, batch.number, hash, crypto::to_base64(sealed.signature), sealed.text,
                                 not_understood, now});
    tx.execute(move_down, {batch.series, batch.number, hash});
    json::array ids;
    for (const auto& m : batch.messages) ids.emplace_back(m.id);
    tx.append({std::string{events::received},
               1,
               std::string{line_stream},
               "system:ioc",
               now,
               {{"series", batch.series}, {"number", batch.number}, {"hash", hash}, {"messages", std::move(ids)}}});
    return true;
}

Result<ToldResume> resume(store::Transaction& tx, const Resume& wanted, Random& random, Instant now) {
    const auto line = line_of(tx);
    if (!line) return no_line();
    if (line->state == LineState::running)
        return Error{ErrorKind::conflict, "child.not_parted", "Đường nối đang chạy, không có gì phải quyết định.",
                     "The line is running; there is nothing to decide."};
    if (wanted.reason.empty())
        return Error{ErrorKind::invalid, "child.reason", "Hãy ghi lý do: quyết định này được lưu ở cả hai nơi.",
                     "Give a reason: the decision is kept on both sides.", "reason"};
    const auto not_ours = Error{ErrorKind::conflict, "child.copies",
                                "Các bản sao của cấp trên không nối thành chuỗi tới số cuối của cấp trên.",
                                "The parent's copies do not lead to what the parent says it has."};
    const auto common = hash_of_batch(tx, wanted.common);
    if (!common) return not_ours;
    Mark at{wanted.common, *common};
    std::vector<Batch> copies;
    for (const auto& [mark, sealed] : wanted.copies) {
        TRY(const auto value, parse_json(sealed.text));
        TRY(auto batch, read_batch(value, "batch"));
        if (batch.child != line->child || batch.number != at.number + 1 || batch.previous != at.hash ||
            hash_of(sealed.text) != mark.hash || mark.number != batch.number)
            return not_ours;
        at = mark;
        copies.push_back(std::move(batch));
    }
    if (at != wanted.parent_last) return not_ours;

    ToldResume told{wanted.reason, wanted.by, wanted.common, static_cast<int64_t>(wanted.copies.size()), 0, now};
    for (const auto number :
         tx.all(select_numbers_after, {wanted.common}, [](const store::Row& r) { return r.integer(0); })) {
        tx.execute(put_aside, {tx.next_number("ioc.line_abandoned"), now, number});
        if (const auto text =
                tx.first(select_abandoned_text, {number}, [](const store::Row& r) { return r.string(0); }))
            wait_again(tx, *text);
        ++told.abandoned;
    }
    tx.execute(drop_after, {wanted.common});
    for (size_t i = 0; i < copies.size(); ++i) {
        const auto& [mark, sealed] = wanted.copies[i];
        tx.execute(insert_line_batch, {mark.number, copies[i].previous, mark.hash, sealed.key,
                                       crypto::to_base64(sealed.signature), sealed.text, copies[i].made_at, 1});
    }
    tx.execute(forget_told, {});
    tx.execute(go_on, {at.number, at.hash, at.number, at.number, at.hash});
    tell_up(tx, {"resumed:" + make_uuid7(now, random), std::string{resumed_type}, 1, to_json(told)});
    tx.append({std::string{events::line_resumed},
               1,
               std::string{line_stream},
               wanted.by,
               now,
               {{"common", told.common},
                {"adopted", told.adopted},
                {"abandoned", told.abandoned},
                {"parent", to_json(wanted.parent_last)}}});
    return told;
}

}  // namespace hl::ioc::child
