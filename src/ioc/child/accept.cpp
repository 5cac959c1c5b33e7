// A batch that comes up: whose, in turn, unchanged; then kept with its receipt and what it feeds, in one transaction.
#include "ioc/child/events.h"
#include "ioc/child/parent_parts.h"

namespace hl::ioc::child {

namespace {

constexpr std::string_view select_batch = "SELECT hash, receipt FROM ioc_child_batch WHERE child = ? AND number = ?";
constexpr std::string_view insert_batch =
    "INSERT INTO ioc_child_batch (child, number, previous, hash, signer, signature, text, bytes, from_position, "
    "to_position, made_at, received_at, not_understood, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view move_child =
    "UPDATE ioc_child SET number = ?, hash = ?, position = ?, made_at = ?, received_at = ?, contact_at = ?, current_at "
    "= ?, refusal = '', refused_at = NULL WHERE id = ?";
constexpr std::string_view select_used =
    "SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM ioc_child_batch WHERE child = ? AND received_at > ?";
constexpr std::string_view put_refusal =
    "INSERT INTO ioc_child_refusal (child, number, hash, reason, first_at, last_at, times) VALUES (?, ?, ?, ?, ?, ?, "
    "1) "
    "ON CONFLICT (child, number, hash, reason) DO UPDATE SET last_at = excluded.last_at, times = "
    "ioc_child_refusal.times + 1";
constexpr std::string_view count_refusals = "SELECT COUNT(*) FROM ioc_child_refusal WHERE child = ?";
constexpr std::string_view oldest_refusals = "DELETE FROM ioc_child_refusal WHERE child = ? AND last_at < ?";
constexpr std::string_view find_refusal =
    "SELECT times FROM ioc_child_refusal WHERE child = ? AND number = ? AND hash = ? AND reason = ?";
constexpr std::string_view mark_refused = "UPDATE ioc_child SET refusal = ?, refused_at = ? WHERE id = ?";
constexpr int64_t most_refusals = 1000;
constexpr std::chrono::days refusal_life{90};

Result<void> within_quota(store::Reader& reader, const ParentSettings& s, const ChildId& child, size_t bytes,
                          Instant now) {
    const auto used = [&](Instant since) {
        return reader
            .first(select_used, {child, since},
                   [](const store::Row& r) {
                       return std::pair{r.integer(0), r.integer(1)};
                   })
            .value_or(std::pair<int64_t, int64_t>{});
    };
    if (used(now - std::chrono::minutes{1}).first >= s.batches_per_minute)
        return over_quota(fmt::format("{} lô mỗi phút", s.batches_per_minute),
                          fmt::format("{} batches a minute", s.batches_per_minute));
    if (used(now - std::chrono::days{1}).second + static_cast<int64_t>(bytes) > s.bytes_per_day)
        return over_quota(fmt::format("{} byte mỗi ngày", s.bytes_per_day),
                          fmt::format("{} bytes a day", s.bytes_per_day));
    return Nothing{};
}

/// In turn: the next number, the hash of the one before, the ledger position where that one ended.
Result<void> in_turn(const ChildRow& child, const Batch& batch, bool resumed) {
    if (batch.number > child.last.number + 1) return gap(child.last.number + 1, batch.number);
    if (batch.previous != child.last.hash) return forked(batch.number);
    if (batch.from != child.position && !resumed && child.last.number > 0)
        return wrong_positions(child.position, batch.from);
    return Nothing{};
}

}  // namespace

Result<Sealed> take_batch(store::Transaction& tx, const Parent& parent, const Sealed& sealed, Instant now) {
    TRY(const auto child, lock_signer(tx, sealed));
    TRY(const auto payload, open_sealed(sealed, child.public_key));
    if (!child.held.empty()) return held_back(child.held);
    TRY(const auto batch, read_batch(payload, "batch"));
    if (batch.child != child.id) return unknown_key();
    const auto hash = hash_of(sealed.text);
    if (batch.number <= child.last.number) {
        const auto stored = tx.first(select_batch, {child.id, batch.number}, [](const store::Row& r) {
            return std::pair{r.string(0), r.string(1)};
        });
        if (!stored || stored->first != hash) return forked(batch.number);
        return read_sealed(stored->second);  // sent again: the same receipt
    }
    TRY(const auto content, read_content(batch));
    TRY_VOID(in_turn(child, batch, content.resume.has_value()));
    TRY_VOID(within_quota(tx, parent.settings, child.id, sealed.text.size(), now));

    int64_t not_understood = 0;
    for (const auto* m : content.others) {
        const auto taker = parent.takers.find(m->type);
        if (taker == parent.takers.end()) {
            ++not_understood;
            continue;
        }
        TRY_VOID(taker->second(tx, child.id, *m, now));
    }
    feed(tx, child.id, batch, content, now);
    const auto receipt = seal(json::object{{"type", "receipt"},
                                           {"child", child.id.value},
                                           {"number", batch.number},
                                           {"hash", hash},
                                           {"received_at", to_rfc3339(now)},
                                           {"verdict", "accepted"},
                                           {"not_understood", not_understood}},
                              parent.key);
    tx.execute(insert_batch, {child.id, batch.number, batch.previous, hash, sealed.key,
                              crypto::to_base64(sealed.signature), sealed.text, sealed.text.size(), batch.from,
                              batch.to, batch.made_at, now, not_understood, json::serialize(to_json(receipt))});
    // A clock that is ahead makes nothing fresher than its arrival.
    tx.execute(move_child,
               {batch.number, hash, batch.to, batch.made_at, now, now, std::min(batch.made_at, now), child.id});
    tx.append({std::string{events::batch_taken},
               1,
               child_stream(child.id),
               "child:" + child.id.value,
               now,
               {{"child", child.id.value},
                {"number", batch.number},
                {"hash", hash},
                {"from", batch.from},
                {"to", batch.to},
                {"messages", batch.messages.size()},
                {"not_understood", not_understood}}});
    if (content.resume)
        tx.append({std::string{events::resume_seen},
                   1,
                   child_stream(child.id),
                   "child:" + child.id.value,
                   now,
                   {{"child", child.id.value},
                    {"number", batch.number},
                    {"common", content.resume->common},
                    {"adopted", content.resume->adopted},
                    {"abandoned", content.resume->abandoned}}});
    return receipt;
}

void record_refusal(store::Transaction& tx, const Sealed& sealed, const Error& error, Instant now) {
    const auto child = signer_of(tx, sealed);
    // Whoever cannot sign as a child writes nothing here.
    if (!child.ok()) return;
    const auto payload = open_sealed(sealed, child->public_key);
    if (!payload.ok()) return;
    int64_t number = 0;
    if (const auto* o = payload->if_object())
        if (const auto* n = o->if_contains("number"); n && n->is_int64()) number = n->get_int64();
    const auto hash = hash_of(sealed.text);
    const bool seen =
        tx.first(find_refusal, {child->id, number, hash, error.code}, [](const store::Row&) { return 0; }).has_value();
    if (!seen) {
        const auto count = tx.first(count_refusals, {child->id}, [](const store::Row& r) { return r.integer(0); });
        if (count.value_or(0) >= most_refusals) tx.execute(oldest_refusals, {child->id, now - refusal_life});
        if (count.value_or(0) >= 2 * most_refusals) return;
    }
    tx.execute(put_refusal, {child->id, number, hash, error.code, now, now});
    tx.execute(mark_refused, {error.code, now, child->id});
    if (!seen)
        tx.append({std::string{events::batch_refused},
                   1,
                   child_stream(child->id),
                   "child:" + child->id.value,
                   now,
                   {{"child", child->id.value}, {"number", number}, {"hash", hash}, {"reason", error.code}}});
}

}  // namespace hl::ioc::child
