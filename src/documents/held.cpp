// What waits: a message that cannot be placed yet, with the reason.
#include "documents/events.h"
#include "documents/receive_parts.h"

namespace hl::documents {

void hold(store::Transaction& tx, const Context& ctx, const Judged& in, const Hold& h, Outcome& out, Instant now) {
    const auto key = make_uuid7(now, *ctx.random);
    const auto added = tx.execute(
        "INSERT INTO document_held (key, agency, message_key, document_id, of_document, from_organ, reason_code, "
        "reason_vi, reason_en, content, signature, signer, held_at, released_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?, NULL) ON CONFLICT (agency, message_key) DO NOTHING",
        {key, h.agency, h.message_key, h.document_id, h.of_document, h.from, h.code, h.vi, h.en, in.message.content,
         in.standing.word, in.signature() ? in.signature()->certificate.subject : std::string{}, now});
    out.kind = Outcome::Kind::held;
    out.held_reason = h.code;
    if (added == 0) return;
    tx.append({std::string{events::held},
               1,
               "document_held:" + key,
               std::string{axis_actor},
               now,
               {{"agency", h.agency.empty() ? json::value() : json::value(h.agency.str())},
                {"reason", h.code},
                {"document_id", h.document_id},
                {"of_document", h.of_document}}});
}

std::vector<HeldMessage> held_messages(store::Reader& reader, std::string_view of_document) {
    return reader.all(
        "SELECT key, document_id, of_document, from_organ, reason_code, reason_vi, reason_en, signature, signer, "
        "agency, content, held_at FROM document_held WHERE released_at IS NULL AND (? = '' OR of_document = ?) ORDER "
        "BY held_at, key",
        {of_document, of_document}, [](const store::Row& r) {
            return HeldMessage{r.string(0), r.string(1),       r.string(2),        r.string(3),
                               r.string(4), r.string(5),       r.string(6),        r.string(7),
                               r.string(8), r.id<AgencyId>(9), r.id<FileHash>(10), r.instant(11)};
        });
}

void release(store::Transaction& tx, const HeldMessage& held, const Outcome& outcome, Instant now) {
    if (outcome.kind == Outcome::Kind::held) return;
    const auto changed =
        tx.execute("UPDATE document_held SET released_at = ? WHERE key = ? AND released_at IS NULL", {now, held.key});
    if (changed == 0) return;
    tx.append(
        {std::string{events::released},
         1,
         "document_held:" + held.key,
         std::string{axis_actor},
         now,
         {{"document", outcome.documents.empty() ? json::value() : json::value(outcome.documents.front().str())}}});
}

}  // namespace hl::documents
