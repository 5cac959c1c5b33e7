// Sending a batch and recording what came of it.
#include <unordered_set>

#include "base/log.h"
#include "links/connector/claimed.h"
#include "links/connector/journal.h"
#include "links/connector/rows.h"

namespace hl::connector {

namespace {

constexpr std::string_view put_accepted =
    "UPDATE link_message SET state = 10, holder = '', not_before = 0, built = 0, attempts = ?, is_update = ?, "
    "first_try = COALESCE(first_try, ?), last_try = ?, accepted_at = ?, reason_code = '', reason_datum = '', reason_vi "
    "= '', reason_en = '' WHERE number = ? AND holder = ?";
constexpr std::string_view put_later =
    "UPDATE link_message SET holder = '', not_before = ?, attempts = ?, is_update = ?, first_try = COALESCE(first_try, "
    "?), last_try = ?, state = ?, reason_code = ?, reason_datum = ?, reason_vi = ?, reason_en = ? WHERE number = ? AND "
    "holder = ?";
constexpr std::string_view put_back =
    "UPDATE link_message SET holder = '', not_before = ? WHERE number = ? AND holder = ?";
constexpr std::string_view put_key =
    "INSERT INTO link_key (connector, key, kind, stream, position, snapshot, facts, marks, mapping, accepted_at) "
    "VALUES "
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (connector, key, kind) DO UPDATE SET stream = excluded.stream, "
    "position "
    "= excluded.position, snapshot = excluded.snapshot, facts = excluded.facts, marks = excluded.marks, mapping = "
    "excluded.mapping, accepted_at = excluded.accepted_at WHERE link_key.position <= excluded.position";

std::string_view word(Verdict verdict) {
    switch (verdict) {
        case Verdict::accepted:
            return "accepted";
        case Verdict::exists:
            return "exists";
        case Verdict::refused:
            return "refused";
        case Verdict::again:
            break;
    }
    return "again";
}

}  // namespace

void Runner::send_one(Line& line, Claimed& c) {
    for (int round = 0; round < 2; ++round) {
        c.reply = connector_->send(line, c.row.message, c.bytes);
        auto exchanges = line.take();
        for (auto& e : exchanges) prepare_for_journal(e, packing_);
        c.exchanges.emplace_back(c.reply, std::move(exchanges));
        if (c.reply.verdict != Verdict::exists) break;
        if (c.row.message.update) {
            // Already said so to an update: there is nothing more to try.
            c.reply.verdict = Verdict::refused;
            break;
        }
        c.row.message.update = true;
    }
    if (c.reply.verdict == Verdict::exists) c.reply.verdict = Verdict::refused;
    ++c.row.message.attempts;
    c.tried = true;
}

void Runner::send(Line& line, Batch& batch) {
    std::unordered_set<std::string> stuck;  // keys one of whose messages did not go out: nothing behind it does
    for (auto& c : batch) {
        const Instant now = ground_.clock.now();
        const auto& key = c.row.message.key;
        if (c.ended) {
            if (*c.ended == MessageState::held) stuck.insert(key);
            continue;
        }
        if (stuck.contains(key)) {
            c.later = Instant{};
            continue;
        }
        // Without the bytes of a row that went meanwhile there is nothing to send.
        if (c.bytes.empty() || c.gone || now + pace_.timeout > c.lease || stopping()) {
            c.later = Instant{};
            stuck.insert(key);
            continue;
        }
        c.probe = breaker_.state(now) != Breaker::State::closed;
        if (!breaker_.admit(now)) {
            c.later = std::max(breaker_.open_until(), now + std::chrono::seconds{1});
            stuck.insert(key);
            continue;
        }
        send_one(line, c);
        if (c.reply.verdict == Verdict::again && c.reply.trouble)
            breaker_.bad(ground_.clock.now());
        else
            breaker_.good();
        if (c.reply.verdict != Verdict::accepted) stuck.insert(key);
    }
}

Result<void> Runner::record(store::Transaction& tx, const Batch& batch,
                            const std::vector<std::chrono::milliseconds>& waits, Instant now) {
    const auto name = connector_->name();
    json::array accepted;
    for (size_t i = 0; i < batch.size(); ++i) {
        const auto& c = batch[i];
        const auto& m = c.row.message;
        for (const auto& [reply, exchanges] : c.exchanges)
            for (const auto& e : exchanges) {
                packing_.learn(tx, e.operation, e.request, now);
                TRY_VOID(
                    write_journal(tx, ground_.vault, name,
                                  {m.key, m.number, c.row.subject, std::string{word(reply.verdict)}, reply.code, e}));
            }
        if (c.later) {
            tx.execute(put_back, {*c.later, m.number, holder_});
            continue;
        }
        if (!c.tried) continue;
        if (c.reply.verdict == Verdict::accepted) {
            if (tx.execute(put_accepted, {m.attempts, m.update ? 1 : 0, now, now, now, m.number, holder_}) == 1)
                tx.execute(drop_bytes, {m.number});
            const auto facts = json::serialize(c.row.facts);
            const auto marks = json::serialize(c.row.marks);
            tx.execute(put_key, {name, m.key, m.kind, m.stream, m.position, c.row.snapshot ? 1 : 0, facts, marks,
                                 c.row.mapping, now});
            accepted.push_back({{"key", m.key},
                                {"kind", m.kind},
                                {"position", m.position},
                                {"update", m.update},
                                {"marks", c.row.marks.size()}});
            continue;
        }
        // Attempts while the partner served nobody say nothing about the message.
        const bool told_when = c.reply.verdict == Verdict::again && c.reply.not_before;
        const bool uncounted = c.probe || told_when;
        const bool given_up = c.reply.verdict == Verdict::again && !uncounted && m.attempts >= pace_.give_up;
        const bool dead = c.reply.verdict == Verdict::refused || given_up;
        const int attempts = uncounted ? m.attempts - 1 : m.attempts;
        const auto code = given_up ? std::string{"link.given_up"} : c.reply.code;
        tx.execute(put_later, {dead        ? now
                               : told_when ? *c.reply.not_before
                                           : now + waits[i],
                               attempts, m.update ? 1 : 0, now, now,
                               static_cast<int>(dead ? MessageState::dead : MessageState::queued), code, c.reply.datum,
                               c.reply.why.vi, c.reply.why.en, m.number, holder_});
    }
    if (!accepted.empty())
        tx.append({"link.accepted", 1, "link:" + name, "system:links", now,
                   json::object{{"connector", name}, {"messages", std::move(accepted)}}});
    return Nothing{};
}

}  // namespace hl::connector
