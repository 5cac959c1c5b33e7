// Statuses that come over the axis: what receivers say of what we sent, and senders who want something back.
#include "documents/events.h"
#include "documents/receive_parts.h"

namespace hl::documents {

namespace {

/// The sender wants back what he sent to one of ours.
Result<bool> asked_back(store::Transaction& tx, const Context& ctx, const StatusMessage& s, Outcome& out, Instant now) {
    const auto keys = tx.all("SELECT key FROM document WHERE document_id = ? AND direction = 'in' ORDER BY key",
                             {s.response_for.document_id}, [](const store::Row& r) { return r.id<DocumentKey>(0); });
    for (const auto& key : keys) {
        TRY(auto d, load_document(tx, key));
        if (!ctx.same_organ(d.from_organ, s.from.organ_id, local_date(now))) continue;
        out.documents.push_back(key);
        const bool seen = std::ranges::any_of(
            d.statuses, [&](const auto& row) { return !row.given && row.code == s.code && row.at == s.at; });
        if (seen) continue;
        add_status(tx, key, {0, false, s.from.organ_id, s.code, s.description, std::string{axis_actor}, s.at});
        if (!allowed(Direction::in, d.state, Command::answer)) continue;
        d.asked = "take_back";
        update_document(tx, d);
        append(tx, events::take_back_asked, d, axis_actor, now, {{"document_id", d.document_id}, {"by", "sender"}});
    }
    return !out.documents.empty();
}

Result<void> given_back(store::Transaction& tx, const DocumentKey& key, Instant now) {
    TRY(auto d, load_document(tx, key));
    if (d.state != State::taking_back) return Nothing{};
    const bool all = std::ranges::all_of(d.receivers, [](const auto& r) { return r.status == "15"; });
    const bool refused = std::ranges::any_of(d.receivers, [](const auto& r) { return r.status == "16"; });
    if (!all && !refused) return Nothing{};
    d.state = all ? State::taken_back : State::sent;  // one who keeps it: it is out, and may be asked for again
    update_document(tx, d);
    if (all) append(tx, events::taken_back, d, axis_actor, now, {{"document_id", d.document_id}});
    return Nothing{};
}

}  // namespace

Result<Outcome> receive_status(store::Transaction& tx, const Context& ctx, const Judged& in, const StatusMessage& s,
                               Instant now) {
    Outcome out;
    out.kind = Outcome::Kind::status;
    const auto message_key =
        fmt::format("{}|status|{}|{}|{}", s.response_for.document_id, s.from.organ_id, s.code, to_ms(s.at));
    // A status works by itself: from a signer who is not sure it waits, and is looked at again.
    if (!in.sure) {
        const auto& why = in.standing.reasons.back();
        const auto words = say(why);
        remember_certificate(tx, in.signature()->certificate, in.message.revocation, now);
        hold(tx, ctx, in,
             {{}, in.keyed(message_key), "", s.response_for.document_id, s.from.organ_id, why.code, words.vi, words.en},
             out, now);
        return out;
    }
    if (s.code == "13") {
        TRY(const auto placed, asked_back(tx, ctx, s, out, now));
        if (placed) return out;
    } else {
        const auto keys =
            tx.all("SELECT key FROM document WHERE document_id = ? AND direction = 'out' ORDER BY key",
                   {s.response_for.document_id}, [](const store::Row& r) { return r.id<DocumentKey>(0); });
        for (const auto& key : keys) {
            TRY(const auto d, load_document(tx, key));
            const auto from = std::ranges::find_if(d.receivers, [&](const auto& r) {
                return ctx.same_organ(r.organ_id, s.from.organ_id, local_date(now));
            });
            if (from == d.receivers.end()) continue;
            out.documents.push_back(key);
            const bool seen = std::ranges::any_of(d.statuses, [&](const auto& row) {
                return !row.given && row.code == s.code && row.at == s.at && row.organ_id == from->organ_id;
            });
            if (seen) continue;
            add_status(tx, key, {0, false, from->organ_id, s.code, s.description, std::string{axis_actor}, s.at});
            append(tx, events::status_received, d, axis_actor, now,
                   {{"organ", from->organ_id}, {"code", s.code}, {"at", to_rfc3339(s.at)}});
            // An older one that comes late is kept in the history and changes nothing.
            if (!from->status_at || *from->status_at <= s.at)
                tx.execute("UPDATE document_receiver SET status = ?, status_at = ? WHERE document = ? AND organ_id = ?",
                           {s.code, s.at, key, from->organ_id});
            TRY_VOID(given_back(tx, key, now));
        }
        if (!out.documents.empty()) return out;
    }
    hold(tx, ctx, in,
         {{},
          message_key,
          "",
          s.response_for.document_id,
          s.from.organ_id,
          "document.status_without_document",
          "Trạng thái nói về một văn bản không có ở đây, hoặc từ cơ quan không phải nơi nhận của văn bản đó.",
          "The status is about a document that is not here, or from an agency that is not its receiver."},
         out, now);
    return out;
}

}  // namespace hl::documents
