// What comes over the axis: placed once, in order, or held with the reason.
#include "documents/events.h"
#include "documents/receive_parts.h"
#include "documents/signer_commands.h"

namespace hl::documents {

namespace {

Judged judged(store::Reader& reader, const Context& ctx, const Incoming& in, std::string_view organ, Instant now) {
    Judged out{in, {}, true};
    if (!in.signature) return out;
    const auto& s = *in.signature;
    // Without a time-stamp the moment at which we have it is all that is proven.
    out.standing = judge_signer(ctx, ctx.judging ? signer_bindings(reader) : std::vector<SignerBinding>{},
                                s.certificate, s.weak, in.revocation, organ, std::min(s.stamped_at.value_or(now), now));
    out.sure = settled(ctx.judging.get(), out.standing.word);
    return out;
}

/// The documents that a message needs to be known before it.
std::vector<std::pair<std::string, std::string>> relations(const BusinessMessage& m) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& r : m.response_for)
        out.emplace_back(m.business == Business::recall ? "recalls" : "replies", r.document_id);
    if (m.business == Business::update) out.emplace_back("updates", m.of_document);
    if (m.business == Business::replacement)
        for (const auto& r : m.replaced) out.emplace_back("replaces", r.document_id);
    return out;
}

/// The first that must be here and is not: one can only change what one has. A replacement stands alone.
std::string missing(store::Reader& reader, const AgencyId& agency, const BusinessMessage& m) {
    if (m.business != Business::recall && m.business != Business::update) return {};
    for (const auto& [relation, id] : relations(m))
        if (relation != "replies" && !find_by_document_id(reader, agency, Direction::in, id)) return id;
    return {};
}

std::string kind_of(const Context& ctx, const BusinessMessage& m) {
    for (const auto& k : ctx.profile->kinds)
        if ((!k.wire.empty() && k.wire == m.type.type) || (!m.type.name.empty() && k.vi == m.type.name)) return k.id;
    return {};
}

constexpr std::array<std::string_view, 4> asks{"", "recall", "update", "replacement"};

Document document_of(const Context& ctx, const Judged& in, const BusinessMessage& m, const AgencyId& agency,
                     Instant now) {
    Document d;
    d.key = DocumentKey{make_uuid7(now, *ctx.random)};
    d.agency = agency;
    d.channel = "axis";
    d.document_id = m.document_id;
    d.from_organ = m.from.organ_id;
    d.from_name = m.from.name;
    d.number = m.code.number;
    d.notation = m.code.notation;
    d.place = m.place;
    d.promulgated = m.promulgated;
    d.kind = kind_of(ctx, m);
    d.subject = m.subject;
    d.priority = m.other.priority;
    d.business = m.business;
    d.asked = std::string{asks[static_cast<size_t>(m.business)]};
    d.reason = m.business == Business::fresh ? "" : m.reason;
    d.due = m.due;
    d.arrived_at = now;
    d.register_by = register_by(ctx, agency, d.priority, now);
    d.signature = in.standing.word;
    d.signer = in.signature() ? in.signature()->certificate.subject : "";
    d.content = in.message.content;
    d.files = in.message.files;
    for (auto& [relation, id] : relations(m)) d.relations.push_back({relation, id, {}});
    return d;
}

/// The document that this message is, when it came before: by the same signer, or as one that is sure.
std::optional<DocumentKey> known_as(store::Reader& reader, const AgencyId& agency, const BusinessMessage& m,
                                    const Judged& in) {
    const auto key = message_key(m);
    const auto own = find_by_message(reader, agency, Direction::in, key + "|" + in.certificate());
    if (own) return own;
    const auto plain = find_by_message(reader, agency, Direction::in, key);
    if (!plain || in.sure) return plain;
    const auto there = reader.first("SELECT certificate FROM document_signature WHERE document = ?", {*plain},
                                    [](const store::Row& r) { return r.string(0); });
    return there && *there == in.certificate() ? plain : std::nullopt;
}

Result<void> store_for(store::Transaction& tx, const Context& ctx, const Judged& in, const BusinessMessage& m,
                       const AgencyId& agency, Outcome& out, Instant now) {
    const auto key = in.keyed(message_key(m));
    if (auto known = known_as(tx, agency, m, in)) {
        out.documents.push_back(*known);
        return Nothing{};
    }
    if (auto lacks = missing(tx, agency, m); !lacks.empty()) {
        hold(tx, ctx, in,
             {agency, key, m.document_id, lacks, m.from.organ_id, "document.before_its_document",
              fmt::format("Thông điệp này thay đổi văn bản {} chưa đến. Chờ văn bản đó đến.", lacks),
              fmt::format("This message changes {}, which has not arrived. It waits for it.", lacks)},
             out, now);
        return Nothing{};
    }
    const auto d = document_of(ctx, in, m, agency, now);
    insert_document(tx, d, key);
    if (in.signature()) {
        const auto& s = *in.signature();
        remember_certificate(tx, s.certificate, in.message.revocation, now);
        save_signature(tx, d.key,
                       {s.certificate.sha256,
                        s.weak,
                        s.stamped_at,
                        in.standing.bound_by,
                        write_reasons(in.standing.reasons),
                        in.standing.as_of,
                        now,
                        "",
                        "",
                        {}});
    }
    append(tx, events::arrived, d, axis_actor, now,
           {{"channel", d.channel},
            {"document_id", d.document_id},
            {"from", d.from_organ},
            {"priority", d.priority},
            {"business", static_cast<int>(d.business)},
            {"register_by", to_rfc3339(*d.register_by)},
            {"signature", d.signature}});
    // Whoever it claims to be from is told once it is known to be his.
    if (in.sure) give_status(tx, d, "01", d.from_organ, "", access::Actor::system("axis", ctx.organisation), now);
    out.documents.push_back(d.key);
    out.kind = Outcome::Kind::stored;
    return Nothing{};
}

Result<Outcome> receive_business(store::Transaction& tx, const Context& ctx, const Judged& in, const BusinessMessage& m,
                                 Instant now) {
    Outcome out;
    out.kind = Outcome::Kind::duplicate;
    const auto today = local_date(now);
    std::set<AgencyId> ours;
    for (const auto& to : m.to)
        if (const auto* agency = ctx.agency(to.organ_id, today)) ours.insert(agency->id);
    if (ours.empty()) {
        hold(tx, ctx, in,
             {{},
              in.keyed(message_key(m)),
              m.document_id,
              "",
              m.from.organ_id,
              "document.nobody_here",
              "Không nơi nhận nào là cơ quan của hệ thống này. Kiểm tra bảng mã tương đương.",
              "None of the receivers is an agency of this installation. Check the table of agency codes."},
             out, now);
        return out;
    }
    for (const auto& agency : ours) TRY_VOID(store_for(tx, ctx, in, m, agency, out, now));
    return out;
}

}  // namespace

Result<Outcome> receive(store::Transaction& tx, const Context& ctx, const Incoming& in, Instant now) {
    if (const auto* m = std::get_if<BusinessMessage>(&in.message))
        return receive_business(tx, ctx, judged(tx, ctx, in, m->from.organ_id, now), *m, now);
    const auto& s = std::get<StatusMessage>(in.message);
    return receive_status(tx, ctx, judged(tx, ctx, in, s.from.organ_id, now), s, now);
}

}  // namespace hl::documents
