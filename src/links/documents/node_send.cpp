// What a system sends: judged, taken once, into our in-boxes and ready for other systems.
#include "base/crypto.h"
#include "base/text.h"
#include "documents/edxml.h"
#include "http/multipart.h"
#include "links/documents/node_parts.h"

namespace hl::links::vxp {

namespace {

/// Who sent it, about which document, to whom.
struct Envelope {
    std::string from, document_id, message_key;
    std::vector<std::string> to;
    bool status = false;
};
Envelope envelope_of(const documents::Message& message) {
    Envelope out;
    if (const auto* m = std::get_if<documents::BusinessMessage>(&message)) {
        out.from = m->from.organ_id;
        out.document_id = m->document_id;
        out.message_key = fmt::format("{}|{}", m->document_id, static_cast<int>(m->business));
        for (const auto& to : m->to) out.to.push_back(to.organ_id);
        return out;
    }
    const auto& s = std::get<documents::StatusMessage>(message);
    out.status = true;
    out.from = s.from.organ_id;
    out.document_id = s.response_for.document_id;
    out.message_key =
        fmt::format("{}|status|{}|{}|{}|{}", out.document_id, out.from, s.response_for.organ_id, s.code, to_ms(s.at));
    out.to = {s.response_for.organ_id};
    return out;
}

}  // namespace

Result<http::Response> Node::send(const NodeSystem& system, const http::Request& request) const {
    http::MultipartLimits limits;
    limits.field = largest_body;
    TRY(const auto parts, http::parse_multipart(request.header("Content-Type"), request.body, limits));
    std::string_view file, hash;
    for (const auto& part : parts) {
        if (part.name == shape_->parts.at("file")) file = part.bytes;
        if (part.name == shape_->parts.at("hash")) hash = part.bytes;
    }
    if (file.empty() || !equal_in_constant_time(text::lower(hash), crypto::to_hex(crypto::sha256(file))))
        return bad_request("vxp.hash", "Tệp không khớp mã băm. Gửi lại.",
                           "The file does not fit its hash. Send again.");
    TRY(const auto message, documents::read_edxml(file, axis_.profile()));
    const auto envelope = envelope_of(message);
    if (!system.speaks_for(envelope.from))
        return bad_request("vxp.sender", "Hệ thống này không được gửi thay cơ quan đó.",
                           "This system may not send for that agency.");
    const auto now = clock_.now();
    TRY(const auto facts, axis_.judge(file, now));
    (void)facts;
    const auto known = axis_.ground().store.read([&](store::Reader& reader) -> Result<std::optional<std::string>> {
        return reader.first("SELECT hash FROM vxp_taken WHERE system = ? AND message_key = ?",
                            {system.id, envelope.message_key}, [](const store::Row& r) { return r.string(0); });
    });
    if (!known.ok()) return Error{known.error()};
    if (*known)
        return **known == text::lower(hash) ? say(shape_->answer.at("exists"), "known")
                                            : say("vxp.changed", "this message came before with other content");
    const auto today = local_date(now);
    const auto ctx = axis_.context();
    std::set<std::string> targets;
    bool here = false;
    for (const auto& organ : envelope.to) {
        here = here || ctx.agency(organ, today) != nullptr;
        if (const auto* target = system_of(organ)) targets.insert(target->id);
    }
    if (!here && targets.empty())
        return bad_request("vxp.receiver", "Không nơi nhận nào được biết ở đây.",
                           "None of its receivers is known here.");
    // Taking in is idempotent: killed between the two, the sender sends again and both are done once.
    if (here)
        TRY_VOID([&]() -> Result<void> {
            TRY(const auto taken, axis_.take_in(file, now));
            (void)taken;
            return Nothing{};
        }());
    TRY(const auto content, axis_.ground().blobs.put(file, axis_.ground().random));
    const auto& kind = shape_->words.at(envelope.status ? "status" : "document");
    TRY_VOID(axis_.ground().store.write([&](store::Transaction& tx) -> Result<void> {
        for (const auto& target : targets)
            tx.execute(
                "INSERT INTO vxp_delivery (system, kind, from_organ, message_key, document_id, content, document, "
                "status_number, state, reason, at) VALUES (?, ?, ?, ?, ?, ?, '', 0, 'initial', '', ?) ON CONFLICT "
                "(system, message_key) DO NOTHING",
                {target, kind, envelope.from, envelope.message_key, envelope.document_id, content, now});
        tx.execute(
            "INSERT INTO vxp_taken (system, message_key, document_id, hash, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT "
            "(system, message_key) DO NOTHING",
            {system.id, envelope.message_key, envelope.document_id, text::lower(hash), now});
        return Nothing{};
    }));
    return say(shape_->answer.at("ok"), "", {{shape_->answer.at("id"), envelope.message_key}});
}

}  // namespace hl::links::vxp
