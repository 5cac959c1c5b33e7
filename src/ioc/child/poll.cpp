// What a child asks: what number the parent has, what there is for it, and its own batches back.
#include "ioc/child/events.h"
#include "ioc/child/parent_parts.h"

namespace hl::ioc::child {

namespace {

constexpr std::string_view lock_child = "SELECT id FROM ioc_child WHERE id = ? FOR UPDATE";
constexpr std::string_view mark_contact =
    "UPDATE ioc_child SET contact_at = ?, skew_ms = ?, waiting = ?, head = ?, down_confirmed = ? WHERE id = ?";
constexpr std::string_view mark_current = "UPDATE ioc_child SET current_at = ? WHERE id = ?";
constexpr std::string_view mark_parted = "UPDATE ioc_child SET refusal = 'child.parted', refused_at = ? WHERE id = ?";
constexpr std::string_view mark_together =
    "UPDATE ioc_child SET refusal = '', refused_at = NULL WHERE id = ? AND refusal = 'child.parted'";
constexpr std::string_view select_hash = "SELECT hash FROM ioc_child_batch WHERE child = ? AND number = ?";
constexpr std::string_view select_down_hash =
    "SELECT hash FROM ioc_child_down WHERE child = ? AND series = ? AND number = ?";
constexpr std::string_view select_down =
    "SELECT signer, text, signature FROM ioc_child_down WHERE child = ? AND series = ? AND number > ? ORDER BY number "
    "LIMIT ?";
constexpr std::string_view select_down_texts =
    "SELECT text FROM ioc_child_down WHERE child = ? AND series = ? ORDER BY number";
constexpr std::string_view insert_down =
    "INSERT INTO ioc_child_down (child, series, number, previous, hash, signer, signature, text, message, made_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view find_down = "SELECT 1 FROM ioc_child_down WHERE child = ? AND series = ? AND message = ?";
constexpr std::string_view move_down = "UPDATE ioc_child SET series = ?, down_number = ?, down_hash = ? WHERE id = ?";
constexpr std::string_view select_copies =
    "SELECT number, hash, signer, text, signature FROM ioc_child_batch WHERE child = ? AND number >= ? AND number <= ? "
    "ORDER BY number LIMIT ?";
constexpr int64_t down_at_once = 50, copies_at_once = 500;
constexpr size_t bytes_at_once = 2u << 20;

Sealed sealed_row(const store::Row& r, int first) {
    return {r.string(first), r.string(first + 1), crypto::from_base64(r.text(first + 2)).value_or("")};
}

/// The next message of the child's present series.
void append_down(store::Transaction& tx, const Parent& parent, ChildRow& child, const Message& message, Instant now) {
    Batch batch;
    batch.child = child.id;
    batch.series = child.series;
    batch.number = child.down.number + 1;
    batch.previous = child.down.hash;
    batch.made_at = now;
    batch.messages = {message};
    const auto sealed = seal(to_json(batch, "down"), parent.key);
    const auto hash = hash_of(sealed.text);
    tx.execute(insert_down, {child.id, batch.series, batch.number, batch.previous, hash, sealed.key,
                             crypto::to_base64(sealed.signature), sealed.text, message.id, now});
    child.down = {batch.number, hash};
    tx.execute(move_down, {child.series, child.down.number, child.down.hash, child.id});
}

}  // namespace

void restart_down(store::Transaction& tx, const Parent& parent, ChildRow& child, Random& random, Instant now) {
    const auto before = child.series;
    const auto last = child.down.number;
    const auto texts = tx.all(select_down_texts, {child.id, before}, [](const store::Row& r) { return r.string(0); });
    child.series = make_uuid7(now, random);
    child.down = {};
    tx.execute(move_down, {child.series, 0, no_hash, child.id});
    for (const auto& text : texts) {
        const auto value = parse_json(text);
        if (!value.ok()) continue;
        const auto old = read_batch(*value, "down");
        if (!old.ok()) continue;
        for (const auto& m : old->messages) append_down(tx, parent, child, m, now);
    }
    tx.append(
        {std::string{events::down_restarted},
         1,
         child_stream(child.id),
         "system:ioc",
         now,
         {{"child", child.id.value}, {"before", {{"series", before}, {"number", last}}}, {"series", child.series}}});
}

Result<void> tell_down(store::Transaction& tx, const Parent& parent, const ChildId& id, const Message& message,
                       Random& random, Instant now) {
    tx.query(lock_child, {id}, [](const store::Row&) {});
    auto child = load_child(tx, id);
    if (!child) return no_child();
    if (child->series.empty()) child->series = make_uuid7(now, random);
    if (tx.first(find_down, {id, child->series, message.id}, [](const store::Row&) { return 0; })) return Nothing{};
    append_down(tx, parent, *child, message, now);
    tx.append({std::string{events::told_down},
               1,
               child_stream(id),
               "system:ioc",
               now,
               {{"child", id.value},
                {"series", child->series},
                {"number", child->down.number},
                {"hash", child->down.hash},
                {"message", message.id},
                {"kind", message.type}}});
    return Nothing{};
}

Result<Sealed> answer_poll(store::Transaction& tx, const Parent& parent, const Sealed& sealed, Random& random,
                           Instant now) {
    TRY(auto child, lock_signer(tx, sealed));
    TRY(const auto payload, open_sealed(sealed, child.public_key));
    constexpr auto most = std::numeric_limits<int64_t>::max();
    JsonReader in(payload);
    (void)in.one_of("type", {"poll"});
    const ChildId named{in.secret("child")};
    const auto nonce = in.secret("nonce");
    const auto sent_at = in.instant("sent_at");
    const auto current_at = in.optional_instant("current_at");
    const auto last = read_mark(in, "last");
    auto down_in = in.object("down");
    const auto series = down_in.optional_text("series", 60).value_or("");
    const Mark down{down_in.integer("number", 0, most), down_in.secret("hash")};
    in.absorb(std::move(down_in));
    const auto head = in.integer("head", 0, most), waiting = in.integer("waiting", 0, most);
    TRY_VOID(in.finish());
    if (named != child.id) return unknown_key();

    int64_t after = 0;
    if (!child.series.empty() && series == child.series) {
        const auto hash = down.number == 0 ? std::optional{std::string{no_hash}}
                                           : tx.first(select_down_hash, {child.id, series, down.number},
                                                      [](const store::Row& r) { return r.string(0); });
        // The child knows more of this series than we do, or something else: we were restored from a backup.
        if (hash != down.hash)
            restart_down(tx, parent, child, random, now);
        else
            after = down.number;
    }
    tx.execute(mark_contact, {now, to_ms(sent_at) - to_ms(now), waiting, head,
                              series == child.series ? after : int64_t{0}, child.id});
    if (last == child.last && current_at) tx.execute(mark_current, {std::min(*current_at, now), child.id});
    const auto known =
        last.number == 0 || last.number > child.last.number
            ? std::optional{last.hash}
            : tx.first(select_hash, {child.id, last.number}, [](const store::Row& r) { return r.string(0); });
    // Its chain ends before ours, or is another one: it was restored from a backup, and waits for its operator.
    if (child.last.number > last.number || known != last.hash)
        tx.execute(mark_parted, {now, child.id});
    else
        tx.execute(mark_together, {child.id});

    json::array downs;
    size_t bytes = 0;
    bool more = false;
    tx.query(select_down, {child.id, child.series, after, down_at_once + 1}, [&](const store::Row& r) {
        bytes += r.text(1).size();
        if (static_cast<int64_t>(downs.size()) >= down_at_once || (bytes > bytes_at_once && !downs.empty())) {
            more = true;
            return;
        }
        if (!more) downs.push_back(to_json(sealed_row(r, 0)));
    });
    return seal(json::object{{"type", "word"},
                             {"child", child.id.value},
                             {"nonce", nonce},
                             {"now", to_rfc3339(now)},
                             {"last", to_json(child.last)},
                             {"held", child.held},
                             {"silent_after", parent.settings.silent_after.count()},
                             {"down", std::move(downs)},
                             {"more", more}},
                parent.key);
}

Result<Sealed> answer_copies(store::Reader& reader, const Parent& parent, const Sealed& sealed) {
    TRY(const auto child, signer_of(reader, sealed));
    TRY(const auto payload, open_sealed(sealed, child.public_key));
    constexpr auto most = std::numeric_limits<int64_t>::max();
    JsonReader in(payload);
    (void)in.one_of("type", {"copies"});
    const ChildId named{in.secret("child")};
    const auto nonce = in.secret("nonce");
    const auto from = in.integer("from", 1, most), to = in.integer("to", 0, most);
    const bool texts = in.boolean("texts", false);
    TRY_VOID(in.finish());
    if (named != child.id) return unknown_key();
    json::array items;
    size_t bytes = 0;
    reader.query(select_copies, {child.id, from, to, copies_at_once}, [&](const store::Row& r) {
        if (texts) bytes += r.text(3).size();
        // From the first that does not fit, none: it only grows.
        if (bytes > bytes_at_once && !items.empty()) return;
        json::object one{{"number", r.integer(0)}, {"hash", r.text(1)}};
        if (texts) one["sealed"] = to_json(sealed_row(r, 2));
        items.push_back(std::move(one));
    });
    return seal(json::object{{"type", "copies"},
                             {"child", child.id.value},
                             {"nonce", nonce},
                             {"last", to_json(child.last)},
                             {"items", std::move(items)}},
                parent.key);
}

}  // namespace hl::ioc::child
