// What is asked about documents over HTTP.
#include "base/text.h"
#include "documents/route_parts.h"

namespace hl::documents {

namespace {

Result<Answer> list(const Axis& axis, store::Reader& reader, const Call& call) {
    BoxQuery q;
    q.agency = AgencyId{call.request.query_value("agency").value_or("")};
    TRY_VOID(access::require(call.actor, Right::read_document, q.agency, call.now));
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
    for (const auto& d : box.items) items.push_back(view_row(d, ctx, call.now, &call.actor));
    return Answer{.value = json::object{{"items", std::move(items)},
                                        {"next", box.next.empty() ? json::value() : json::value(box.next)}}};
}

Result<Answer> counts(const Axis&, store::Reader& reader, const Call& call) {
    const AgencyId agency{call.request.query_value("agency").value_or("")};
    TRY_VOID(access::require(call.actor, Right::read_document, agency, call.now));
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
    TRY_VOID(access::require_anywhere(call.actor, Right::send_document, call.now));
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
    TRY_VOID(access::require(call.actor, Right::read_document, agency, call.now));
    json::array items;
    const auto organisation = axis.context().organisation;
    for (const auto* o : organisation->officers_of(agency, local_date(call.now)))
        items.push_back(json::object{{"id", o->id.str()}, {"name", o->name}});
    return Answer{.value = json::object{{"items", std::move(items)}}};
}

Result<Answer> held(const Axis&, store::Reader& reader, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, Right::register_document, call.now));
    json::array items;
    for (const auto& h : held_messages(reader)) {
        // What is nobody's is for who runs the installation.
        const auto right = h.agency.empty() ? Right::manage_links : Right::register_document;
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

}  // namespace

void add_read_routes(Routes& r) {
    r.query("/api/v1/documents", list);
    r.query("/api/v1/documents/counts", counts);
    r.query("/api/v1/documents/codes", codes);
    r.query("/api/v1/documents/correspondents", correspondents);
    r.query("/api/v1/documents/officers", officers);
    r.query("/api/v1/documents/held", held);
    r.query("/api/v1/documents/{key}", one);
    r.query("/api/v1/documents/{key}/files/{position}", file);
    r.query("/api/v1/documents/{key}/message", message);
}

}  // namespace hl::documents
