#include "documents/axis.h"

#include "base/crypto.h"
#include "base/log.h"
#include "documents/edxml.h"
#include "documents/rows.h"

namespace hl::documents {

Result<std::unique_ptr<Axis>> Axis::open(Ground ground, AxisSettings settings) {
    std::unique_ptr<Axis> axis(new Axis(std::move(ground), std::move(settings)));
    const auto& data = axis->settings_.data;
    TRY(axis->profile_, Profile::read(data / "edxml.yaml"));
    TRY(axis->codes_, CodeTable::read(data / "agency-codes.csv"));
    TRY(axis->schema_, Schema::read(data / "edxml.xsd"));
    if (!axis->settings_.trust.empty()) {
        TRY(axis->verifier_,
            Verifier::read(axis->settings_.trust, axis->settings_.accept_sha1, axis->settings_.stampers));
    }
    TRY(axis->fixed_signers_, read_signers(data / "signers.csv"));
    axis->judging_ = axis->read_judging();
    return axis;
}

Context Axis::context() const {
    return {ground_.organisation(), ground_.calendars(), profile_, codes_, &ground_.random, judging()};
}

Result<SignatureFacts> Axis::verify(std::string_view edxml, Instant at) const {
    if (!verifier_)
        return Error{
            ErrorKind::unavailable, "documents.no_trust",
            "Chưa khai kho chứng thư tin cậy nên không kiểm tra được chữ ký. Quản trị viên khai documents.trust.",
            "No trust store is set, so signatures cannot be checked. An administrator sets documents.trust."};
    return verifier_->verify(edxml, at);
}

std::vector<Error> Axis::check(std::string_view edxml, Instant now) const {
    auto mistakes = schema_->check(edxml, Limits{}.message);
    auto reading = check_edxml(edxml, *profile_);
    // What cannot be parsed at all is said once.
    if (!mistakes.empty() && mistakes.front().code == "edxml.malformed") return mistakes;
    std::ranges::move(reading.mistakes, std::back_inserter(mistakes));
    if (auto facts = verify(edxml, now); !facts.ok() && facts.error().code != "documents.no_trust")
        mistakes.push_back(std::move(facts).error());
    return mistakes;
}

Result<FileRow> Axis::put_file(std::string_view name, std::string_view type, std::string_view bytes) const {
    FileRow row;
    row.name = std::string{name};
    row.type = std::string{type};
    row.size = static_cast<int64_t>(bytes.size());
    row.sha256 = crypto::to_hex(crypto::sha256(bytes));
    row.content_id = crypto::to_hex(crypto::random_bytes(ground_.random, 16));
    TRY(row.content, ground_.blobs.put(bytes, ground_.random));
    return row;
}

Result<std::optional<SignatureFacts>> Axis::judge(std::string_view edxml, Instant now) const {
    std::optional<SignatureFacts> out;
    auto facts = verify(edxml, now);
    if (facts.ok()) {
        out = std::move(*facts);
    } else {
        // Unsigned may be let in and is marked; a wrong signature never is.
        const auto& code = facts.error().code;
        const bool without = code == "edxml.unsigned" || code == "documents.no_trust";
        if (!without || !settings_.accept_unsigned) return std::move(facts).error();
    }
    if (auto wrong = schema_->check(edxml, Limits{}.message); !wrong.empty()) return std::move(wrong.front());
    return out;
}

Result<Incoming> Axis::read(std::string_view edxml, Instant now) const {
    Incoming in;
    TRY(in.signature, judge(edxml, now));
    // Here and not in the write: it is cryptography, and lists may be long.
    if (in.signature) in.revocation = judging()->revocation(in.signature->certificate, now);
    TRY(in.message, read_edxml(edxml, *profile_));
    TRY(in.content, ground_.blobs.put(edxml, ground_.random));
    if (auto* m = std::get_if<BusinessMessage>(&in.message))
        for (auto& a : m->attachments) {
            TRY(auto row, put_file(a.name, a.content_type, a.bytes));
            row.position = static_cast<int64_t>(in.files.size());
            row.content_id = a.content_id;
            row.description = a.description;
            in.files.push_back(std::move(row));
            std::string{}.swap(a.bytes);
        }
    return in;
}

Result<Outcome> Axis::take_in(std::string_view edxml, Instant now) const {
    TRY(const auto in, read(edxml, now));
    const auto ctx = context();
    TRY(auto outcome, ground_.store.write([&](store::Transaction& tx) { return receive(tx, ctx, in, now); }));
    if (outcome.kind == Outcome::Kind::stored) release_waiting(std::get<BusinessMessage>(in.message).document_id, now);
    return outcome;
}

void Axis::release_waiting(std::string_view document_id, Instant now) const {
    const auto waiting = ground_.store.read(
        [&](store::Reader& reader) -> Result<std::vector<HeldMessage>> { return held_messages(reader, document_id); });
    if (!waiting.ok()) return;
    for (const auto& held : *waiting)
        if (release_one(held, now)) release_waiting(held.document_id, now);
}

/// Did its document come of it, for which others may wait?
bool Axis::release_one(const HeldMessage& held, Instant now) const {
    const auto ctx = context();
    const auto again = [&]() -> Result<Outcome> {
        TRY(const auto bytes, ground_.blobs.get(held.content));
        TRY(auto in, read(bytes, now));
        return ground_.store.write([&](store::Transaction& tx) -> Result<Outcome> {
            TRY(auto outcome, receive(tx, ctx, in, now));
            release(tx, held, outcome, now);
            return outcome;
        });
    }();
    // It stays held and is looked at again with the next message of its document.
    if (!again.ok())
        log::error("documents", "a held message could not be released",
                   {{"held", held.key}, {"code", again.error().code}});
    return again.ok() && again->kind == Outcome::Kind::stored;
}

Result<std::string> Axis::sign(std::string_view edxml, const AgencyId& agency) const {
    std::error_code ec;
    for (const auto& name : {agency.str(), std::string{"default"}}) {
        if (settings_.signing_keys.empty() || name.find('/') != std::string::npos) break;
        const auto key = settings_.signing_keys / (name + ".key");
        if (!std::filesystem::exists(key, ec)) continue;
        TRY(const auto identity, SigningIdentity::read(key, settings_.signing_keys / (name + ".crt")));
        return sign_edxml(edxml, identity);
    }
    if (settings_.send_unsigned) return std::string{edxml};
    return Error{ErrorKind::unavailable, "documents.no_key",
                 fmt::format("Cơ quan {} chưa có khóa ký số. Quản trị viên đặt tệp .key và .crt vào thư mục khóa ký.",
                             agency.str()),
                 fmt::format("The agency {} has no signing key. An administrator puts its .key and .crt files into the "
                             "folder of signing keys.",
                             agency.str())};
}

Result<Document> Axis::send(const access::Actor& actor, const DocumentKey& key, Instant now) const {
    const auto ctx = context();
    TRY(const auto document, ground_.store.read([&](store::Reader& reader) { return load_document(reader, key); }));
    TRY_VOID(access::require(actor, access::Right::send_document, document.agency, now));
    TRY(auto message, message_of(ctx, document, now));
    for (size_t i = 0; i < message.attachments.size(); ++i) {
        TRY(message.attachments[i].bytes, ground_.blobs.get(document.files[i].content));
    }
    TRY(const auto plain, write_edxml(message, *profile_));
    if (auto wrong = schema_->check(plain, Limits{}.message); !wrong.empty()) return std::move(wrong.front());
    TRY(const auto bytes, sign(plain, document.agency));
    TRY(const auto content, ground_.blobs.put(bytes, ground_.random));
    const bool is_signed = bytes.size() != plain.size();
    return ground_.store.write(
        [&](store::Transaction& tx) { return documents::send(tx, ctx, actor, key, content, is_signed, now); });
}

Result<std::string> Axis::status_edxml(store::Reader& reader, const DocumentKey& key, int64_t number) const {
    TRY(const auto message, status_message(reader, context(), key, number));
    TRY(const auto document, load_document(reader, key, false));
    TRY(const auto plain, write_edxml(message, *profile_));
    return sign(plain, document.agency);
}

}  // namespace hl::documents
