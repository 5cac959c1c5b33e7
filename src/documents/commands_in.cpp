// The in-box: entering, registering, assigning, processing, answering.
#include "base/text.h"
#include "documents/command_parts.h"
#include "documents/events.h"

namespace hl::documents {

using access::Right;

Result<Document> enter(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Entered& e,
                       Instant now) {
    TRY_VOID(access::require(actor, Right::register_document, e.agency, now));
    if (e.channel != "paper" && e.channel != "mail")
        return field("/channel", "Nơi đến phải là paper (giấy) hoặc mail.", "The channel must be paper or mail.");
    if (text::trim(e.subject).empty())
        return field("/subject", "Thiếu trích yếu. Nhập trích yếu văn bản.", "The subject is missing. Write it.");
    if (text::trim(e.from_name).empty())
        return field("/from_name", "Thiếu nơi ban hành. Nhập tên cơ quan ban hành.", "Who issued it is missing.");
    if (!ctx.profile->priority(e.priority))
        return field("/priority", "Mức độ khẩn không có trong bảng mã. Chọn lại.", "There is no such priority.");
    if (!e.kind.empty() && !ctx.profile->kind(e.kind, e.promulgated))
        return field("/kind", "Loại văn bản không có hiệu lực vào ngày ban hành. Chọn lại loại văn bản.",
                     "There was no such kind of document on the day of promulgation. Choose another.");
    Document d;
    d.key = DocumentKey{make_uuid7(now, *ctx.random)};
    d.agency = e.agency;
    d.channel = e.channel;
    d.from_organ = e.from_organ;
    d.from_name = text::normalise(e.from_name);
    d.number = e.number;
    d.notation = e.notation;
    d.promulgated = e.promulgated;
    d.kind = e.kind;
    d.subject = text::normalise(e.subject);
    d.priority = e.priority;
    d.due = e.due;
    d.files = e.files;
    d.arrived_at = now;
    d.register_by = register_by(ctx, d.agency, d.priority, now);
    d.signature = "none";
    // The same paper brought twice: same issuer, number and day.
    const auto same = fmt::format("paper|{}|{}|{}|{}", text::fold(d.from_name), d.number, text::fold(d.notation),
                                  to_iso(e.promulgated));
    const bool numbered = !d.number.empty() || !d.notation.empty();
    if (numbered && find_by_message(tx, d.agency, Direction::in, same))
        return Error{ErrorKind::conflict, "document.duplicate",
                     "Văn bản cùng nơi ban hành, số, ký hiệu và ngày này đã có trong hộp đến. Tìm lại trong danh sách.",
                     "A document of this issuer, number and day is in the in-box already. Look it up in the list."};
    insert_document(tx, d, numbered ? same : "key|" + d.key.str());
    append(tx, events::arrived, d, actor.label(), now,
           {{"channel", d.channel},
            {"document_id", ""},
            {"from", d.from_organ},
            {"priority", d.priority},
            {"business", 0},
            {"register_by", to_rfc3339(*d.register_by)},
            {"signature", d.signature}});
    return d;
}

Result<Document> enroll(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const DocumentKey& key,
                        Instant now, const std::string& despite) {
    TRY(auto d, load_for(tx, actor, key, Command::enroll, Right::register_document, now));
    TRY_VOID(overrule(tx, ctx, actor, d, despite, now));
    enroll_in(tx, d, in_register, now);
    update_document(tx, d);
    append(tx, events::registered, d, actor.label(), now,
           {{"register", d.register_name},
            {"year", *d.register_year},
            {"number", *d.register_number},
            {"register_by", d.register_by ? json::value(to_rfc3339(*d.register_by)) : json::value()},
            {"late", d.register_by && now > *d.register_by}});
    give_status(tx, d, "03", d.from_organ, "", actor, now);
    return load_document(tx, key);
}

namespace {

Error reason_required() {
    return Error{ErrorKind::invalid, "document.reason_required", "Thiếu lý do. Ghi lý do rồi làm lại.",
                 "The reason is missing. Write it, then do it again."}
        .pointing("/reason");
}

}  // namespace

Result<Document> refuse(store::Transaction& tx, const Context&, const access::Actor& actor, const DocumentKey& key,
                        const std::string& reason, Instant now) {
    TRY(auto d, load_for(tx, actor, key, Command::refuse, Right::register_document, now));
    if (text::trim(reason).empty()) return reason_required();
    d.state = State::refused;
    update_document(tx, d);
    append(tx, events::refused, d, actor.label(), now, {});
    give_status(tx, d, "02", d.from_organ, text::normalise(reason), actor, now);
    return load_document(tx, key);
}

Result<Document> assign(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const DocumentKey& key,
                        const OfficerId& officer, std::optional<Date> due, Instant now) {
    TRY(auto d, load_document(tx, key));
    // The registry clerk passes on what the head has decided; the head may do it himself.
    if (!access::require(actor, Right::assign_document, d.agency, now).ok())
        TRY_VOID(access::require(actor, Right::register_document, d.agency, now));
    if (!allowed(d.direction, d.state, Command::assign)) return wrong_state(d);
    const auto today = local_date(now);
    const auto here = ctx.organisation->officers_of(d.agency, today);
    if (std::ranges::none_of(here, [&](const auto* o) { return o->id == officer; }))
        return Error{ErrorKind::invalid, "document.officer",
                     "Người này hôm nay không giữ vị trí nào ở cơ quan. Chọn người khác.",
                     "This officer holds no position of the agency today. Choose another."}
            .pointing("/officer");
    if (due && *due < today)
        return field("/due", "Hạn xử lý đã qua. Chọn ngày từ hôm nay.", "The due day has passed. Choose a later one.");
    d.officer = officer;
    if (due) d.due = due;
    d.assigned_at = now;
    d.state = State::assigned;
    update_document(tx, d);
    append(tx, events::assigned, d, actor.label(), now,
           {{"officer", officer.str()}, {"due", d.due ? json::value(to_iso(*d.due)) : json::value()}});
    give_status(tx, d, "04", d.from_organ, "", actor, now);
    return load_document(tx, key);
}

namespace {

/// His own work, or that of somebody whose work he may give to others.
Result<Document> load_work(store::Transaction& tx, const access::Actor& actor, const DocumentKey& key, Command command,
                           Instant now) {
    TRY(auto d, load_document(tx, key));
    if (actor.officer.empty() || actor.officer != d.officer) {
        TRY_VOID(access::require(actor, Right::assign_document, d.agency, now));
    } else {
        TRY_VOID(access::require(actor, Right::read_document, d.agency, now));
    }
    if (!allowed(d.direction, d.state, command)) return wrong_state(d);
    return d;
}

}  // namespace

Result<Document> start(store::Transaction& tx, const Context&, const access::Actor& actor, const DocumentKey& key,
                       Instant now) {
    TRY(auto d, load_work(tx, actor, key, Command::start, now));
    d.state = State::processing;
    update_document(tx, d);
    append(tx, events::started, d, actor.label(), now, {});
    give_status(tx, d, "05", d.from_organ, "", actor, now);
    return load_document(tx, key);
}

Result<Document> finish(store::Transaction& tx, const Context&, const access::Actor& actor, const DocumentKey& key,
                        Instant now) {
    TRY(auto d, load_work(tx, actor, key, Command::finish, now));
    d.state = State::finished;
    d.finished_at = now;
    update_document(tx, d);
    append(tx, events::finished, d, actor.label(), now,
           {{"due", d.due ? json::value(to_iso(*d.due)) : json::value()}, {"late", d.due && local_date(now) > *d.due}});
    give_status(tx, d, "06", d.from_organ, "", actor, now);
    return load_document(tx, key);
}

Result<Document> answer(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const DocumentKey& key,
                        bool accept, const std::string& reason, Instant now) {
    TRY(auto d, load_for(tx, actor, key, Command::answer, Right::register_document, now));
    if (d.asked.empty())
        return Error{ErrorKind::conflict, "document.nothing_asked",
                     "Bên gửi không yêu cầu lấy lại hay thay đổi văn bản này.",
                     "The sender asks nothing about this document."};
    if (!accept && text::trim(reason).empty()) return reason_required();
    // Its reason is then the one for going on though the signature is not sure.
    if (accept) TRY_VOID(overrule(tx, ctx, actor, d, reason, now));
    const auto asked = std::exchange(d.asked, "");
    if (accept && asked == "take_back") d.state = State::taken_back;
    update_document(tx, d);
    append(tx, events::change_answered, d, actor.label(), now,
           {{"business", static_cast<int>(d.business)}, {"asked", asked}, {"accepted", accept}});
    give_status(tx, d, accept ? "15" : "16", d.from_organ, text::normalise(reason), actor, now);
    if (accept && asked == "take_back")
        append(tx, events::taken_back, d, actor.label(), now, {{"document_id", d.document_id}});
    // A recall or a replacement takes the documents that it names out of work.
    if (accept && (d.business == Business::recall || d.business == Business::replacement))
        for (const auto& relation : d.relations) {
            if (relation.relation != "recalls" && relation.relation != "replaces") continue;
            const auto found = find_by_document_id(tx, d.agency, Direction::in, relation.document_id);
            if (!found || *found == d.key) continue;
            TRY(auto other, load_document(tx, *found, false));
            if (other.state == State::taken_back || other.state == State::refused) continue;
            other.state = State::taken_back;
            other.asked.clear();
            update_document(tx, other);
            append(tx, events::taken_back, other, actor.label(), now, {{"document_id", other.document_id}});
        }
    return load_document(tx, key);
}

}  // namespace hl::documents
