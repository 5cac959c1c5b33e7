#include "documents/routes.h"

#include "access/query_values.h"
#include "base/crypto.h"
#include "base/text.h"
#include "documents/edxml.h"
#include "documents/queries.h"
#include "documents/rows.h"

namespace hl::documents {

using access::Answer;
using access::Call;
using access::Right;

namespace {

constexpr size_t largest_body = 48u << 20;  // files come as base64
constexpr size_t most_files = 20;

Error no_axis() {
    return {ErrorKind::unavailable, "documents.not_configured",
            "Chưa có dữ liệu của trục văn bản trong gói của tỉnh. Quản trị viên bổ sung thư mục documents.",
            "The province's pack has no documents folder. An administrator adds it."};
}

class Routes {
  public:
    Routes(access::Api& api, const Axis* axis) : api_(api), axis_(axis) {}
    using Ask = Result<Answer> (*)(const Axis&, store::Reader&, const Call&);
    using Do = Result<Answer> (*)(const Axis&, store::Transaction&, const Call&);
    void query(const std::string& pattern, Ask run) {
        api_.query(pattern, [axis = axis_, run](store::Reader& reader, const Call& call) -> Result<Answer> {
            if (!axis) return no_axis();
            return run(*axis, reader, call);
        });
    }
    void command(const std::string& pattern, Do run, size_t max_body = 1u << 20) {
        access::RouteOptions options;
        options.max_body = max_body;
        if (max_body > 1u << 20) options.admit_first = true;
        api_.command(
            "POST", pattern,
            [axis = axis_, run](store::Transaction& tx, const Call& call) -> Result<Answer> {
                if (!axis) return no_axis();
                return run(*axis, tx, call);
            },
            std::move(options));
    }

  private:
    access::Api& api_;
    const Axis* axis_;
};

DocumentKey key_of(const Call& call) {
    return DocumentKey{call.param("key")};
}

/// The document, for who may read papers of its agency.
Result<Document> readable(store::Reader& reader, const Call& call) {
    TRY(auto d, load_document(reader, key_of(call)));
    TRY_VOID(access::require(call.actor, Right::read_dossier, d.agency, call.now));
    return d;
}

Answer shown(const Axis& axis, const Document& d, const Call& call, int status = 200) {
    Answer answer;
    answer.value = view(d, axis.context(), call.now);
    answer.status = status;
    answer.headers = {{"Cache-Control", "no-store"}};
    return answer;
}

Result<Answer> list(const Axis& axis, store::Reader& reader, const Call& call) {
    BoxQuery q;
    q.agency = AgencyId{call.request.query_value("agency").value_or("")};
    TRY_VOID(access::require(call.actor, Right::read_dossier, q.agency, call.now));
    const auto direction = direction_from(call.request.query_value("direction").value_or("in"));
    if (!direction)
        return Error{ErrorKind::invalid, "document.field", "Hướng văn bản phải là in hoặc out.",
                     "The direction must be in or out."}
            .pointing("/direction");
    q.direction = *direction;
    if (const auto states = call.request.query_value("state"))
        for (const auto& word : text::split(*states, ',')) {
            const auto state = state_from(word);
            if (!state)
                return Error{ErrorKind::invalid, "document.field", "Không có trạng thái này.",
                             "There is no such state."}
                    .pointing("/state");
            q.states.push_back(*state);
        }
    q.late_only = call.request.query_value("late") == "true";
    q.words = call.request.query_value("words").value_or("");
    q.cursor = call.request.query_value("cursor").value_or("");
    TRY(const auto limit, access::number_in_query(call, "limit", 50, 1, 200));
    q.limit = static_cast<int>(limit);
    const auto box = find_documents(reader, q, call.now);
    json::array items;
    const auto ctx = axis.context();
    for (const auto& d : box.items) items.push_back(view_row(d, ctx, call.now));
    return Answer{.value = json::object{{"items", std::move(items)},
                                        {"next", box.next.empty() ? json::value() : json::value(box.next)}}};
}

Result<Answer> counts(const Axis&, store::Reader& reader, const Call& call) {
    const AgencyId agency{call.request.query_value("agency").value_or("")};
    TRY_VOID(access::require(call.actor, Right::read_dossier, agency, call.now));
    const auto c = count(reader, agency, call.now);
    return Answer{.value = json::object{{"waiting", c.waiting},
                                        {"late_to_register", c.late_to_register},
                                        {"in_work", c.in_work},
                                        {"overdue", c.overdue},
                                        {"to_send", c.to_send},
                                        {"asked", c.asked}}};
}

Result<Answer> codes(const Axis& axis, store::Reader&, const Call& call) {
    json::array kinds, priorities, statuses;
    const auto& p = axis.profile();
    const auto today = local_date(call.now);
    for (const auto& k : p.kinds)
        if (p.kind(k.id, today)) kinds.push_back(json::object{{"id", k.id}, {"vi", k.vi}});
    for (const auto& x : p.priorities)
        priorities.push_back(json::object{{"code", x.code}, {"vi", x.vi}, {"en", x.en}, {"urgent", x.urgent}});
    for (const auto& s : p.status_codes)
        if (s.known) statuses.push_back(json::object{{"code", s.code}, {"vi", s.vi}, {"en", s.en}});
    return Answer{.value = json::object{{"source", p.source},
                                        {"kinds", std::move(kinds)},
                                        {"priorities", std::move(priorities)},
                                        {"statuses", std::move(statuses)}}};
}

Result<Answer> correspondents(const Axis& axis, store::Reader& reader, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, Right::receive_dossier, call.now));
    const auto words = call.request.query_value("words").value_or("");
    json::array items;
    std::set<std::string> seen;
    const auto folded = text::fold(words);
    const auto today = local_date(call.now);
    // Our own agencies first, as they stand in the directory; the axis' list after them.
    const auto organisation = axis.context().organisation;
    for (const auto* agency : organisation->agencies_at(today)) {
        const auto* v = agency->at(today);
        if (v->code.empty() || text::fold(v->code + " " + v->name).find(folded) == std::string::npos) continue;
        if (items.size() < 50 && seen.insert(v->code).second)
            items.push_back(json::object{{"organ_id", v->code}, {"name", v->name}, {"source", "directory"}});
    }
    for (const auto& c : find_correspondents(reader, words, 50))
        if (items.size() < 100 && seen.insert(c.organ_id).second)
            items.push_back(json::object{{"organ_id", c.organ_id}, {"name", c.name}, {"source", c.source}});
    return Answer{.value = json::object{{"items", std::move(items)}}};
}

Result<Answer> officers(const Axis& axis, store::Reader&, const Call& call) {
    const AgencyId agency{call.request.query_value("agency").value_or("")};
    TRY_VOID(access::require(call.actor, Right::read_dossier, agency, call.now));
    json::array items;
    const auto organisation = axis.context().organisation;
    for (const auto* o : organisation->officers_of(agency, local_date(call.now)))
        items.push_back(json::object{{"id", o->id.str()}, {"name", o->name}});
    return Answer{.value = json::object{{"items", std::move(items)}}};
}

Result<Answer> held(const Axis&, store::Reader& reader, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, Right::receive_dossier, call.now));
    json::array items;
    for (const auto& h : held_messages(reader)) {
        // What is nobody's is for who runs the installation.
        const auto right = h.agency.empty() ? Right::manage_links : Right::receive_dossier;
        if (!access::require(call.actor, right, h.agency, call.now).ok()) continue;
        items.push_back(json::object{{"key", h.key},
                                     {"agency", h.agency.empty() ? json::value() : json::value(h.agency.str())},
                                     {"document_id", h.document_id},
                                     {"of_document", h.of_document},
                                     {"from", h.from_organ},
                                     {"reason", h.reason_code},
                                     {"vi", h.reason_vi},
                                     {"en", h.reason_en},
                                     {"held_at", to_rfc3339(h.held_at)}});
    }
    return Answer{.value = json::object{{"items", std::move(items)}}};
}

Result<Answer> one(const Axis& axis, store::Reader& reader, const Call& call) {
    TRY(const auto d, readable(reader, call));
    return shown(axis, d, call);
}

/// As a file, never as a page of ours: its type is what its sender says.
Answer as_file(std::string bytes, std::string_view name, std::string_view type) {
    Answer answer;
    answer.bytes = std::move(bytes);
    std::string plain;
    for (const char c : name)
        plain += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-'
                     ? c
                     : '_';
    answer.headers = {{"Content-Type", std::string{type}},
                      {"Content-Disposition", "attachment; filename=\"" + plain + "\""},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Cache-Control", "no-store"}};
    return answer;
}

Result<Answer> file(const Axis& axis, store::Reader& reader, const Call& call) {
    TRY(const auto d, readable(reader, call));
    const auto wanted = call.param("position");
    for (const auto& f : d.files)
        if (std::to_string(f.position) == wanted) {
            TRY(auto bytes, axis.content(f.content));
            return as_file(std::move(bytes), f.name, "application/octet-stream");
        }
    return Error{ErrorKind::not_found, "document.file_unknown", "Văn bản không có tệp này. Tải lại văn bản.",
                 "The document has no such file. Load it again."};
}

Result<Answer> message(const Axis& axis, store::Reader& reader, const Call& call) {
    TRY(const auto d, readable(reader, call));
    if (d.content.empty())
        return Error{ErrorKind::not_found, "document.no_message", "Văn bản này không có tệp edXML.",
                     "There is no edXML file of this document."};
    TRY(auto bytes, axis.content(d.content));
    return as_file(std::move(bytes), d.key.str() + ".edxml", "application/octet-stream");
}

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
    TRY_VOID(access::require(call.actor, Right::receive_dossier, e.agency, call.now));
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
    TRY_VOID(access::require(call.actor, Right::receive_dossier, i.agency, call.now));
    TRY(i.files, files_of(axis, r));
    TRY_VOID(r.finish());
    TRY(const auto d, issue(tx, axis.context(), call.actor, i, call.now));
    return shown(axis, d, call, 201);
}

Result<Answer> enroll_one(const Axis& axis, store::Transaction& tx, const Call& call) {
    TRY(const auto d, enroll(tx, axis.context(), call.actor, key_of(call), call.now));
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
    TRY_VOID(access::require_anywhere(call.actor, Right::receive_dossier, call.now));
    json::array mistakes;
    for (const auto& e : axis.check(call.request.body, call.now))
        mistakes.push_back(json::object{{"code", e.code}, {"at", e.at}, {"vi", e.vi}, {"en", e.en}});
    const auto facts = axis.verify(call.request.body, call.now);
    return Answer{.value = json::object{{"mistakes", std::move(mistakes)},
                                        {"signer", facts.ok() ? json::value(facts->subject) : json::value()},
                                        {"weak", facts.ok() && facts->weak}}};
}

}  // namespace

void add_routes(access::Api& api, const Axis* axis) {
    Routes r(api, axis);
    r.query("/api/v1/documents", list);
    r.query("/api/v1/documents/counts", counts);
    r.query("/api/v1/documents/codes", codes);
    r.query("/api/v1/documents/correspondents", correspondents);
    r.query("/api/v1/documents/officers", officers);
    r.query("/api/v1/documents/held", held);
    r.query("/api/v1/documents/{key}", one);
    r.query("/api/v1/documents/{key}/files/{position}", file);
    r.query("/api/v1/documents/{key}/message", message);
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
