// The out-box: numbering, the message, sending, taking back.
#include "base/text.h"
#include "documents/command_parts.h"
#include "documents/events.h"

namespace hl::documents {

using access::Right;

namespace {

json::array organs(const std::vector<ReceiverRow>& receivers) {
    json::array out;
    for (const auto& r : receivers) out.emplace_back(r.organ_id);
    return out;
}

Result<void> check(const Context& ctx, const Issued& i, Date today) {
    if (text::trim(i.subject).empty())
        return field("/subject", "Thiếu trích yếu. Nhập trích yếu văn bản.", "The subject is missing. Write it.");
    if (text::trim(i.notation).empty())
        return field("/notation", "Thiếu ký hiệu văn bản, ví dụ UBND-NC.", "The notation is missing, e.g. UBND-NC.");
    if (!ctx.profile->kind(i.kind, today))
        return field("/kind", "Loại văn bản không có trong danh mục hôm nay. Chọn lại.",
                     "There is no such kind of document today. Choose another.")
            .under("Nghị định 30/2020/NĐ-CP, Điều 7");
    if (!ctx.profile->priority(i.priority))
        return field("/priority", "Mức độ khẩn không có trong bảng mã. Chọn lại.", "There is no such priority.");
    if (i.receivers.empty())
        return field("/receivers", "Chưa chọn nơi nhận. Chọn ít nhất một cơ quan.",
                     "There is no receiver. Choose one.");
    std::set<std::string> seen;
    for (size_t n = 0; n < i.receivers.size(); ++n) {
        const auto at = fmt::format("/receivers/{}/organ_id", n);
        if (auto code = AgencyCode::parse(i.receivers[n].organ_id); !code.ok())
            return Error{std::move(code).error()}.pointing(at);
        if (!seen.insert(i.receivers[n].organ_id).second)
            return field(at, "Nơi nhận bị lặp. Bỏ bớt một dòng.", "A receiver is named twice. Remove one.");
    }
    if (i.business != Business::fresh && (i.of.empty() || text::trim(i.reason).empty()))
        return field("/of", "Nêu văn bản bị thu hồi, cập nhật hoặc thay thế và lý do.",
                     "Name the document that it recalls, updates or replaces, and the reason.");
    return Nothing{};
}

std::string_view relation_of(Business b) {
    return b == Business::recall ? "recalls" : b == Business::update ? "updates" : "replaces";
}

Result<const directory::AgencyVersion*> agency_of(const Context& ctx, const AgencyId& id, Date at) {
    const auto* agency = ctx.organisation->agency(id);
    const auto* version = agency ? agency->at(at) : nullptr;
    if (!version || version->code.empty())
        return field("/agency", "Cơ quan chưa có mã định danh nên không gửi được trên trục văn bản. Bổ sung mã.",
                     "The agency has no code, so nothing can be sent on the axis. Add its code.");
    return version;
}

}  // namespace

Result<Document> issue(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Issued& i,
                       Instant now) {
    TRY_VOID(access::require(actor, Right::send_document, i.agency, now));
    const auto today = local_date(now);
    TRY_VOID(check(ctx, i, today));
    TRY(const auto* agency, agency_of(ctx, i.agency, today));
    Document d;
    d.key = DocumentKey{make_uuid7(now, *ctx.random)};
    d.agency = i.agency;
    d.direction = Direction::out;
    d.channel = "axis";
    d.from_organ = agency->code;
    d.from_name = agency->name;
    d.notation = text::normalise(i.notation);
    d.place = i.place;
    d.promulgated = today;
    d.kind = i.kind;
    d.subject = text::normalise(i.subject);
    d.priority = i.priority;
    d.business = i.business;
    d.reason = text::normalise(i.reason);
    d.due = i.due;
    d.receivers = i.receivers;
    d.files = i.files;
    for (const auto& id : i.replies) d.relations.push_back({"replies", id, {}});
    for (const auto& id : i.of) d.relations.push_back({std::string{relation_of(i.business)}, id, {}});
    d.arrived_at = now;
    d.register_by = register_by(ctx, d.agency, d.priority, now);  // the day by which it must be out
    d.signature = "none";
    enroll_in(tx, d, out_register, now);
    d.number = std::to_string(*d.register_number);
    d.document_id = make_document_id(d.from_organ, today, {d.number, d.notation});
    insert_document(tx, d, fmt::format("{}|{}", d.document_id, static_cast<int>(d.business)));
    append(tx, events::issued, d, actor.label(), now,
           {{"register", d.register_name},
            {"year", *d.register_year},
            {"number", *d.register_number},
            {"document_id", d.document_id},
            {"to", organs(d.receivers)}});
    return load_document(tx, d.key);
}

Result<BusinessMessage> message_of(const Context& ctx, const Document& d, Instant now) {
    if (d.direction != Direction::out) return wrong_state(d);
    BusinessMessage m;
    m.from.organ_id = d.from_organ;
    m.from.name = d.from_name;
    for (const auto& r : d.receivers) {
        Organisation to;
        to.organ_id = r.organ_id;
        to.name = r.name;
        m.to.push_back(std::move(to));
    }
    m.document_id = d.document_id;
    m.code = {d.number, d.notation};
    m.place = d.place;
    m.promulgated = d.promulgated;
    if (const auto* kind = ctx.profile->kind(d.kind, *d.promulgated)) {
        m.type.type = kind->wire;  // left out where the code is not known
        m.type.name = kind->vi;
    }
    m.subject = d.subject;
    m.due = d.due;
    m.other.priority = d.priority;
    m.business = d.business;
    m.reason = d.reason;
    m.trace = {{d.from_organ, std::chrono::floor<std::chrono::seconds>(now)}};
    for (const auto& r : d.relations) {
        if (r.relation == "replies" || r.relation == "recalls") {
            // DocumentId = OrganId,date,code: what it says of itself is taken, nothing is looked up.
            const auto organ = r.document_id.substr(0, r.document_id.find(','));
            m.response_for.push_back({organ, {}, {}, r.document_id});
        } else if (r.relation == "replaces") {
            m.replaced.push_back({r.document_id, {}});
        } else {
            m.of_document = r.document_id;
            m.change = Change{true, std::nullopt, {}};
        }
    }
    for (const auto& f : d.files) m.attachments.push_back({f.content_id, f.name, f.type, f.description, {}});
    return m;
}

Result<Document> send(store::Transaction& tx, const Context&, const access::Actor& actor, const DocumentKey& key,
                      const FileHash& content, bool is_signed, Instant now) {
    TRY(auto d, load_for(tx, actor, key, Command::send, Right::send_document, now));
    d.state = State::sent;
    d.sent_at = now;
    d.content = content;
    d.signature = is_signed ? "valid" : "none";
    update_document(tx, d);
    tx.execute("UPDATE document_receiver SET sent_at = ? WHERE document = ?", {now, key});
    append(tx, events::sent, d, actor.label(), now,
           {{"document_id", d.document_id},
            {"to", organs(d.receivers)},
            {"content", content.str()},
            {"late", d.register_by && now > *d.register_by}});
    return load_document(tx, key);
}

Result<Document> take_back(store::Transaction& tx, const Context&, const access::Actor& actor, const DocumentKey& key,
                           const std::string& reason, Instant now) {
    TRY(auto d, load_for(tx, actor, key, Command::take_back, Right::send_document, now));
    if (text::trim(reason).empty())
        return Error{ErrorKind::invalid, "document.reason_required", "Thiếu lý do lấy lại. Ghi lý do.",
                     "Why it is taken back is missing. Write the reason."}
            .pointing("/reason");
    d.state = State::taking_back;
    update_document(tx, d);
    append(tx, events::take_back_asked, d, actor.label(), now, {{"document_id", d.document_id}, {"by", "us"}});
    for (const auto& r : d.receivers) give_status(tx, d, "13", r.organ_id, text::normalise(reason), actor, now);
    return load_document(tx, key);
}

Result<StatusMessage> status_message(store::Reader& reader, const Context& ctx, const DocumentKey& key,
                                     int64_t number) {
    TRY(const auto d, load_document(reader, key));
    const auto found = std::ranges::find(d.statuses, number, &StatusRow::number);
    if (found == d.statuses.end() || !found->given)
        return Error{ErrorKind::not_found, "document.not_found", "Không có trạng thái này.",
                     "There is no such status."};
    TRY(const auto* agency, agency_of(ctx, d.agency, local_date(found->at)));
    StatusMessage m;
    m.from.organ_id = agency->code;
    m.from.name = agency->name;
    // Whom it is told: the sender of what came, a receiver of what was sent.
    m.response_for = {found->organ_id, {d.number, d.notation}, d.promulgated, d.document_id};
    m.code = found->code;
    m.description = found->description;
    m.at = std::chrono::floor<std::chrono::seconds>(found->at);
    return m;
}

bool content_is_referenced(store::Reader& reader, const FileHash& content) {
    return reader
        .first(
            "SELECT 1 FROM document WHERE content = ? UNION ALL SELECT 1 FROM document_file WHERE content = ? UNION "
            "ALL "
            "SELECT 1 FROM document_held WHERE content = ?",
            {content, content, content}, [](const store::Row&) { return true; })
        .has_value();
}

}  // namespace hl::documents
