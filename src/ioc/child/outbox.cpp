#include "ioc/child/outbox.h"

#include "ioc/child/events.h"
#include "ioc/child/line_rows.h"
#include "ioc/child/refusals.h"

namespace hl::ioc::child {

namespace {

constexpr std::string_view select_line =
    "SELECT child, parent, url, parent_key, own_key, state, number, hash, covered, acknowledged, parent_number, "
    "parent_hash, whole, series, down_number, down_hash, made_at, looked_at, contact_at, tried_at, failures, problem, "
    "problem_vi, problem_en, skew_ms FROM ioc_line";
constexpr std::string_view insert_line =
    "INSERT INTO ioc_line (name, child, parent, url, parent_key, own_key, state, number, hash, covered, acknowledged, "
    "parent_number, parent_hash, whole, series, down_number, down_hash, failures, problem, problem_vi, problem_en, "
    "skew_ms, opened_at) VALUES ('parent', ?, ?, ?, ?, ?, 'running', 0, ?, 0, 0, ?, ?, 1, '', 0, ?, 0, '', '', '', 0, "
    "?)";
constexpr std::string_view change_line =
    "UPDATE ioc_line SET parent = ?, url = ?, parent_key = ?, own_key = ?, failures = 0, problem = '', problem_vi = "
    "'', "
    "problem_en = ''";
constexpr std::string_view insert_waiting = "INSERT INTO ioc_line_waiting (key, id, message) VALUES (?, ?, ?)";
constexpr std::string_view find_waiting = "SELECT 1 FROM ioc_line_waiting WHERE id = ?";
constexpr std::string_view drop_waiting = "DELETE FROM ioc_line_waiting WHERE key = ?";
constexpr std::string_view move_line =
    "UPDATE ioc_line SET number = ?, hash = ?, covered = ?, made_at = ?, looked_at = ?, whole = 0";
constexpr std::string_view put_told =
    "INSERT INTO ioc_line_told (indicator, newest, period, hash) VALUES (?, ?, ?, ?) ON CONFLICT (indicator, newest, "
    "period) DO UPDATE SET hash = excluded.hash";
constexpr std::string_view set_looked = "UPDATE ioc_line SET looked_at = ?";
constexpr std::string_view select_after =
    "SELECT number, hash, signer, text, signature FROM ioc_line_batch WHERE number > ? ORDER BY number LIMIT ?";
constexpr std::string_view select_hash = "SELECT hash FROM ioc_line_batch WHERE number = ?";
constexpr std::string_view set_receipt = "UPDATE ioc_line_batch SET receipt = ? WHERE number = ? AND hash = ?";
constexpr std::string_view set_acknowledged =
    "UPDATE ioc_line SET acknowledged = ?, parent_number = ?, parent_hash = ?, contact_at = ?";
constexpr std::string_view set_parent =
    "UPDATE ioc_line SET state = ?, parent_number = ?, parent_hash = ?, acknowledged = ?";
constexpr std::string_view set_contact =
    "UPDATE ioc_line SET contact_at = ?, tried_at = ?, skew_ms = ?, failures = 0, problem = '', problem_vi = '', "
    "problem_en = ''";
constexpr std::string_view set_failure =
    "UPDATE ioc_line SET tried_at = ?, failures = failures + 1, problem = ?, problem_vi = ?, problem_en = ?";

LineState state_from(std::string_view word) {
    return word == "behind" ? LineState::behind : word == "forked" ? LineState::forked : LineState::running;
}

}  // namespace

std::string_view to_string(LineState s) {
    return s == LineState::behind ? "behind" : s == LineState::forked ? "forked" : "running";
}

std::optional<Line> line_of(store::Reader& reader) {
    return reader.first(select_line, {}, [](const store::Row& r) {
        Line l;
        l.child = r.id<ChildId>(0);
        l.parent = r.string(1), l.url = r.string(2);
        l.parent_key = crypto::from_base64(r.text(3)).value_or("");
        l.own_key = r.string(4);
        l.state = state_from(r.text(5));
        l.last = {r.integer(6), r.string(7)};
        l.covered = r.integer(8);
        l.acknowledged = r.integer(9);
        l.parent_last = {r.integer(10), r.string(11)};
        l.whole = r.integer(12) == 1;
        l.series = r.string(13);
        l.down = {r.integer(14), r.string(15)};
        l.made_at = r.optional_instant(16), l.looked_at = r.optional_instant(17);
        l.contact_at = r.optional_instant(18), l.tried_at = r.optional_instant(19);
        l.failures = r.integer(20);
        l.problem = r.string(21), l.problem_vi = r.string(22), l.problem_en = r.string(23);
        l.skew_ms = r.integer(24);
        return l;
    });
}

Result<void> open_line(store::Transaction& tx, const EnrolCode& code, const std::string& parent,
                       const std::string& parent_key, const std::string& own_key, const Mark& parent_last,
                       Instant now) {
    const auto key = crypto::to_base64(parent_key);
    const auto there = line_of(tx);
    if (there && there->child != code.child)
        return Error{
            ErrorKind::conflict, "child.line_open",
            fmt::format("Nơi này đã là IOC con {} của {}.", there->child.value, there->parent),
            fmt::format("This installation is {}, a child of {}, already.", there->child.value, there->parent)};
    if (there)
        tx.execute(change_line, {parent, code.url, key, own_key});
    else
        tx.execute(insert_line, {code.child, parent, code.url, key, own_key, no_hash, parent_last.number,
                                 parent_last.hash, no_hash, now});
    tx.append({std::string{events::line_opened},
               1,
               std::string{line_stream},
               "system:ioc",
               now,
               {{"child", code.child.value}, {"parent", fingerprint(parent_key)}, {"key", own_key}}});
    return Nothing{};
}

void tell_up(store::Transaction& tx, const Message& message) {
    if (!line_of(tx) || tx.first(find_waiting, {message.id}, [](const store::Row&) { return 0; })) return;
    tx.execute(insert_waiting,
               {tx.next_number("ioc.line_waiting"), message.id, canonical_json(json::value(to_json(message)))});
}

Result<bool> make_batch(store::Transaction& tx, const crypto::SigningKey& key, const News& news, Instant now) {
    const auto line = line_of(tx);
    if (!line || line->state != LineState::running || line->last != news.after) return false;
    Batch batch;
    batch.child = line->child;
    batch.number = line->last.number + 1;
    batch.previous = line->last.hash;
    batch.from = news.from, batch.to = news.to;
    batch.made_at = now;
    batch.messages = news.messages;
    const auto sealed = seal(to_json(batch, "batch"), key);
    if (sealed.text.size() > largest_batch)
        return Error{ErrorKind::too_large, "child.too_much",
                     "Lô quá lớn. Hãy giảm số kỳ gửi lên trong thiết lập child_ioc.",
                     "The batch is too large. Tell fewer periods: setting child_ioc."};
    const auto hash = hash_of(sealed.text);
    tx.execute(insert_line_batch, {batch.number, batch.previous, hash, sealed.key, crypto::to_base64(sealed.signature),
                                   sealed.text, now, 0});
    for (const auto& t : news.told) tx.execute(put_told, {t.indicator, t.newest ? 1 : 0, t.period, t.hash});
    for (const auto waiting : news.waiting) tx.execute(drop_waiting, {waiting});
    tx.execute(move_line, {batch.number, hash, batch.to, now, now});
    return true;
}

void mark_looked(store::Transaction& tx, Instant now) {
    tx.execute(set_looked, {now});
}

std::vector<std::pair<Mark, Sealed>> batches_after(store::Reader& reader, int64_t number, int64_t limit) {
    return reader.all(select_after, {number, limit}, [](const store::Row& r) {
        return std::pair{Mark{r.integer(0), r.string(1)},
                         Sealed{r.string(2), r.string(3), crypto::from_base64(r.text(4)).value_or("")}};
    });
}

std::optional<std::string> hash_of_batch(store::Reader& reader, int64_t number) {
    if (number == 0) return std::string{no_hash};
    return reader.first(select_hash, {number}, [](const store::Row& r) { return r.string(0); });
}

Result<void> keep_receipt(store::Transaction& tx, const Line& line, const Mark& batch, const Sealed& receipt,
                          Instant now) {
    TRY(const auto payload, open_sealed(receipt, line.parent_key));
    JsonReader in(payload);
    (void)in.one_of("type", {"receipt"});
    const ChildId child{in.secret("child")};
    const Mark of{in.integer("number", 0, std::numeric_limits<int64_t>::max()), in.secret("hash")};
    (void)in.instant("received_at");
    (void)in.one_of("verdict", {"accepted"});
    (void)in.integer("not_understood", 0, 1'000'000);
    if (!in.finish().ok() || child != line.child || of != batch)
        return Error{ErrorKind::conflict, "child.receipt", "Biên nhận của cấp trên không phải của lô này.",
                     "The parent's receipt is not for this batch."};
    tx.execute(set_receipt, {json::serialize(to_json(receipt)), batch.number, batch.hash});
    // Of two who send at once, the later answer may be of the earlier batch.
    if (const auto there = line_of(tx); there && there->acknowledged < batch.number)
        tx.execute(set_acknowledged, {batch.number, batch.number, batch.hash, now});
    return Nothing{};
}

Result<LineState> compare(store::Transaction& tx, const Mark& parent_last, int64_t asked_at, Instant now) {
    const auto line = line_of(tx);
    if (!line) return no_line();
    const auto own = hash_of_batch(tx, parent_last.number);
    const auto state = parent_last.number > line->last.number ? LineState::behind
                       : own != parent_last.hash              ? LineState::forked
                                                              : LineState::running;
    const auto marks = [&](std::string_view how) {
        return json::object{{"how", how}, {"own", to_json(line->last)}, {"parent", to_json(parent_last)}};
    };
    if (state != line->state && state != LineState::running)
        tx.append({std::string{events::line_parted}, 1, std::string{line_stream}, "system:ioc", now,
                   marks(to_string(state))});
    // A parted line is closed by its operator, even when the parent meanwhile says what we say.
    const auto kept = line->state != LineState::running && state == LineState::running ? line->state : state;
    const bool sent_since = line->acknowledged != asked_at;
    if (state == LineState::running && !sent_since && parent_last.number < line->acknowledged)
        tx.append({std::string{events::parent_went_back},
                   1,
                   std::string{line_stream},
                   "system:ioc",
                   now,
                   {{"acknowledged", line->acknowledged}, {"parent", to_json(parent_last)}}});
    const auto acknowledged = state == LineState::running && !sent_since ? parent_last.number : line->acknowledged;
    tx.execute(set_parent, {to_string(kept), parent_last.number, parent_last.hash, acknowledged});
    return kept;
}

void mark_contact(store::Transaction& tx, int64_t skew_ms, Instant now) {
    tx.execute(set_contact, {now, now, skew_ms});
}

void mark_failure(store::Transaction& tx, const Error& error, Instant now) {
    tx.execute(set_failure, {now, error.code, error.vi, error.en});
}

}  // namespace hl::ioc::child
