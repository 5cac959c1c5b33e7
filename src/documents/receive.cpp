// What comes over the axis: placed once, in order, or held with the reason.
#include "documents/command_parts.h"
#include "documents/events.h"

namespace hl::documents {

namespace {

constexpr std::string_view axis = "system:axis";

struct Hold {
    AgencyId agency;  // empty: nobody's
    std::string message_key, document_id, of_document, from, code, vi, en;
};

std::string signature_word(const Incoming& in) {
    return !in.signature ? "none" : in.signature->weak ? "weak" : "valid";
}

void hold(store::Transaction& tx, const Context& ctx, const Incoming& in, const Hold& h, Outcome& out, Instant now) {
    const auto key = make_uuid7(now, *ctx.random);
    const auto added = tx.execute(
        "INSERT INTO document_held (key, agency, message_key, document_id, of_document, from_organ, reason_code, "
        "reason_vi, reason_en, content, signature, signer, held_at, released_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?, NULL) ON CONFLICT (agency, message_key) DO NOTHING",
        {key, h.agency, h.message_key, h.document_id, h.of_document, h.from, h.code, h.vi, h.en, in.content,
         signature_word(in), in.signature ? in.signature->subject : std::string{}, now});
    out.kind = Outcome::Kind::held;
    out.held_reason = h.code;
    if (added == 0) return;
    tx.append({std::string{events::held},
               1,
               "document_held:" + key,
               std::string{axis},
               now,
               {{"agency", h.agency.empty() ? json::value() : json::value(h.agency.str())},
                {"reason", h.code},
                {"document_id", h.document_id},
                {"of_document", h.of_document}}});
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

Document document_of(const Context& ctx, const Incoming& in, const BusinessMessage& m, const AgencyId& agency,
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
    d.signature = signature_word(in);
    d.signer = in.signature ? in.signature->subject : "";
    d.content = in.content;
    d.files = in.files;
    for (auto& [relation, id] : relations(m)) d.relations.push_back({relation, id, {}});
    return d;
}

Result<void> store_for(store::Transaction& tx, const Context& ctx, const Incoming& in, const BusinessMessage& m,
                       const AgencyId& agency, Outcome& out, Instant now) {
    const auto key = message_key(m);
    if (auto known = find_by_message(tx, agency, Direction::in, key)) {
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
    append(tx, events::arrived, d, axis, now,
           {{"channel", d.channel},
            {"document_id", d.document_id},
            {"from", d.from_organ},
            {"priority", d.priority},
            {"business", static_cast<int>(d.business)},
            {"register_by", to_rfc3339(*d.register_by)},
            {"signature", d.signature}});
    give_status(tx, d, "01", d.from_organ, "", access::Actor::system("axis", ctx.organisation), now);
    out.documents.push_back(d.key);
    out.kind = Outcome::Kind::stored;
    return Nothing{};
}

Result<Outcome> receive_business(store::Transaction& tx, const Context& ctx, const Incoming& in,
                                 const BusinessMessage& m, Instant now) {
    Outcome out;
    out.kind = Outcome::Kind::duplicate;
    const auto today = local_date(now);
    std::set<AgencyId> ours;
    for (const auto& to : m.to)
        if (const auto* agency = ctx.agency(to.organ_id, today)) ours.insert(agency->id);
    if (ours.empty()) {
        hold(tx, ctx, in,
             {{},
              message_key(m),
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
        add_status(tx, key, {0, false, s.from.organ_id, s.code, s.description, std::string{axis}, s.at});
        if (!allowed(Direction::in, d.state, Command::answer)) continue;
        d.asked = "take_back";
        update_document(tx, d);
        append(tx, events::take_back_asked, d, axis, now, {{"document_id", d.document_id}, {"by", "sender"}});
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
    if (all) append(tx, events::taken_back, d, axis, now, {{"document_id", d.document_id}});
    return Nothing{};
}

Result<Outcome> receive_status(store::Transaction& tx, const Context& ctx, const Incoming& in, const StatusMessage& s,
                               Instant now) {
    Outcome out;
    out.kind = Outcome::Kind::status;
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
            add_status(tx, key, {0, false, from->organ_id, s.code, s.description, std::string{axis}, s.at});
            append(tx, events::status_received, d, axis, now,
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
          fmt::format("{}|status|{}|{}|{}", s.response_for.document_id, s.from.organ_id, s.code, to_ms(s.at)),
          "",
          s.response_for.document_id,
          s.from.organ_id,
          "document.status_without_document",
          "Trạng thái nói về một văn bản không có ở đây, hoặc từ cơ quan không phải nơi nhận của văn bản đó.",
          "The status is about a document that is not here, or from an agency that is not its receiver."},
         out, now);
    return out;
}

}  // namespace

Result<Outcome> receive(store::Transaction& tx, const Context& ctx, const Incoming& in, Instant now) {
    if (const auto* m = std::get_if<BusinessMessage>(&in.message)) return receive_business(tx, ctx, in, *m, now);
    return receive_status(tx, ctx, in, std::get<StatusMessage>(in.message), now);
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
         std::string{axis},
         now,
         {{"document", outcome.documents.empty() ? json::value() : json::value(outcome.documents.front().str())}}});
}

}  // namespace hl::documents
