#include "documents/routes.h"

#include "base/crypto.h"
#include "documents/edxml.h"
#include "documents/route_parts.h"

namespace hl::documents {

namespace {

Result<std::vector<FileRow>> files_of(const Axis& axis, JsonReader& reader) {
    std::vector<FileRow> out;
    for (const auto& [value, at] : reader.array("files", most_files)) {
        JsonReader one(*value, at);
        const auto name = one.text("name", 300), type = one.text("type", 200), encoded = one.secret("base64");
        TRY_VOID(one.finish());
        if (name.find_first_of("/\\") != std::string::npos)
            return Error{ErrorKind::invalid, "document.field", "Tên tệp không được có dấu / hoặc \\. Đổi tên tệp.",
                         "A file's name may not have / or \\. Rename it."}
                .pointing(at + "/name");
        const auto bytes = crypto::from_base64(encoded);
        if (!bytes || bytes->empty())
            return Error{ErrorKind::invalid, "document.field", "Tệp trống hoặc không phải base64. Chọn lại tệp.",
                         "The file is empty or no base64. Choose it again."}
                .pointing(at + "/base64");
        TRY(auto row, axis.put_file(name, type, *bytes));
        row.position = static_cast<int64_t>(out.size());
        out.push_back(std::move(row));
    }
    return out;
}

Result<Answer> enter_one(const Axis& axis, store::Transaction& tx, const Call& call) {
    JsonReader r(call.body);
    Entered e;
    e.agency = r.id<AgencyId>("agency");
    e.channel = r.one_of("channel", {"paper", "mail"});
    e.from_organ = r.optional_text("from_organ", 35).value_or("");
    e.from_name = r.text("from_name", 300);
    e.number = r.optional_text("number", 50).value_or("");
    e.notation = r.optional_text("notation", 100).value_or("");
    e.kind = r.optional_text("kind", 50).value_or("");
    e.subject = r.text("subject", 2000);
    e.promulgated = r.date("promulgated");
    e.priority = static_cast<int>(r.integer("priority", 0, 99));
    e.due = r.optional_date("due");
    TRY_VOID(access::require(call.actor, Right::register_document, e.agency, call.now));
    TRY(e.files, files_of(axis, r));
    TRY_VOID(r.finish());
    TRY(const auto d, enter(tx, axis.context(), call.actor, e, call.now));
    return shown(axis, d, call, 201);
}

Result<Answer> issue_one(const Axis& axis, store::Transaction& tx, const Call& call) {
    JsonReader r(call.body);
    Issued i;
    i.agency = r.id<AgencyId>("agency");
    i.notation = r.text("notation", 100);
    i.place = r.optional_text("place", 100).value_or("");
    i.kind = r.text("kind", 50);
    i.subject = r.text("subject", 2000);
    i.priority = static_cast<int>(r.integer("priority", 0, 99));
    i.due = r.optional_date("due");
    i.business = static_cast<Business>(r.optional_integer("business", 0, 3).value_or(0));
    i.reason = r.optional_text("reason", 1000).value_or("");
    for (const auto& [value, at] : r.array("receivers", 500)) {
        JsonReader one(*value, at);
        ReceiverRow row;
        row.organ_id = one.text("organ_id", 35);
        row.name = one.optional_text("name", 300).value_or("");
        TRY_VOID(one.finish());
        i.receivers.push_back(std::move(row));
    }
    for (const auto* name : {"replies", "of"})
        for (const auto& [value, at] : r.array(name, 50)) {
            if (!value->is_string())
                return Error{ErrorKind::invalid, "document.field", "Mã định danh văn bản phải là chữ.",
                             "A DocumentId must be a text."}
                    .pointing(at);
            (name[0] == 'r' ? i.replies : i.of).emplace_back(value->get_string());
        }
    TRY_VOID(access::require(call.actor, Right::send_document, i.agency, call.now));
    TRY(i.files, files_of(axis, r));
    TRY_VOID(r.finish());
    TRY(const auto d, issue(tx, axis.context(), call.actor, i, call.now));
    return shown(axis, d, call, 201);
}

Result<Answer> enroll_one(const Axis& axis, store::Transaction& tx, const Call& call) {
    std::string despite;
    if (!call.body.is_null()) {
        JsonReader r(call.body);
        despite = r.optional_text("reason", 1000).value_or("");
        TRY_VOID(r.finish());
    }
    TRY(const auto d, enroll(tx, axis.context(), call.actor, key_of(call), call.now, despite));
    return shown(axis, d, call);
}

/// {"reason": "…"}
Result<std::string> reason_of(const Call& call) {
    JsonReader r(call.body);
    auto reason = r.optional_text("reason", 1000).value_or("");
    TRY_VOID(r.finish());
    return reason;
}

Result<Answer> refuse_one(const Axis& axis, store::Transaction& tx, const Call& call) {
    TRY(const auto reason, reason_of(call));
    TRY(const auto d, refuse(tx, axis.context(), call.actor, key_of(call), reason, call.now));
    return shown(axis, d, call);
}

Result<Answer> assign_one(const Axis& axis, store::Transaction& tx, const Call& call) {
    JsonReader r(call.body);
    const auto officer = r.id<OfficerId>("officer");
    const auto due = r.optional_date("due");
    TRY_VOID(r.finish());
    TRY(const auto d, assign(tx, axis.context(), call.actor, key_of(call), officer, due, call.now));
    return shown(axis, d, call);
}

Result<Answer> start_one(const Axis& axis, store::Transaction& tx, const Call& call) {
    TRY(const auto d, start(tx, axis.context(), call.actor, key_of(call), call.now));
    return shown(axis, d, call);
}

Result<Answer> finish_one(const Axis& axis, store::Transaction& tx, const Call& call) {
    TRY(const auto d, finish(tx, axis.context(), call.actor, key_of(call), call.now));
    return shown(axis, d, call);
}

Result<Answer> answer_one(const Axis& axis, store::Transaction& tx, const Call& call) {
    JsonReader r(call.body);
    const auto accept = r.boolean("accept", false);
    const auto reason = r.optional_text("reason", 1000).value_or("");
    TRY_VOID(r.finish());
    TRY(const auto d, answer(tx, axis.context(), call.actor, key_of(call), accept, reason, call.now));
    return shown(axis, d, call);
}

Result<Answer> take_back_one(const Axis& axis, store::Transaction& tx, const Call& call) {
    TRY(const auto reason, reason_of(call));
    TRY(const auto d, take_back(tx, axis.context(), call.actor, key_of(call), reason, call.now));
    return shown(axis, d, call);
}

Result<Answer> check_one(const Axis& axis, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, Right::register_document, call.now));
    json::array mistakes;
    for (const auto& e : axis.check(call.request.body, call.now))
        mistakes.push_back(json::object{{"code", e.code}, {"at", e.at}, {"vi", e.vi}, {"en", e.en}});
    const auto facts = axis.verify(call.request.body, call.now);
    return Answer{.value =
                      json::object{{"mistakes", std::move(mistakes)},
                                   {"signer", facts.ok() ? json::value(facts->certificate.subject) : json::value()},
                                   {"weak", facts.ok() && facts->weak}}};
}

}  // namespace

void add_routes(access::Api& api, const Axis* axis) {
    Routes r(api, axis);
    add_read_routes(r);
    add_signer_routes(api, r, axis);
    r.command("/api/v1/documents/incoming", enter_one, largest_body);
    r.command("/api/v1/documents/outgoing", issue_one, largest_body);
    r.command("/api/v1/documents/{key}/register", enroll_one);
    r.command("/api/v1/documents/{key}/refuse", refuse_one);
    r.command("/api/v1/documents/{key}/assign", assign_one);
    r.command("/api/v1/documents/{key}/start", start_one);
    r.command("/api/v1/documents/{key}/finish", finish_one);
    r.command("/api/v1/documents/{key}/answer", answer_one);
    r.command("/api/v1/documents/{key}/take-back", take_back_one);
    access::RouteOptions file_body;
    file_body.raw_body = true;
    file_body.admit_first = true;
    file_body.max_body = Limits{}.message;
    api.raw(
        "POST", "/api/v1/documents/check",
        [axis](const Call& call) -> Result<Answer> {
            if (!axis) return no_axis();
            return check_one(*axis, call);
        },
        file_body);
    // Signing and storing go before the transaction; sending twice is refused by the document's state.
    api.raw("POST", "/api/v1/documents/{key}/send", [axis](const Call& call) -> Result<Answer> {
        if (!axis) return no_axis();
        TRY(const auto d, axis->send(call.actor, key_of(call), call.now));
        return shown(*axis, d, call);
    });
}

}  // namespace hl::documents
