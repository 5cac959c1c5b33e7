#include "links/documents/axis_connector.h"

#include "base/crypto.h"
#include "base/text.h"
#include "documents/events.h"
#include "documents/queries.h"
#include "store/ledger.h"

namespace hl::links::vxp {

using connector::Verdict;

namespace {

constexpr size_t largest_edoc = 96u << 20;

std::string member(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    const auto* s = v ? v->if_string() : nullptr;
    if (s) return std::string{*s};
    return v && v->is_int64() ? std::to_string(v->get_int64()) : std::string{};
}

/// The event that a message stands for: the outbox keeps its position.
Result<store::StoredEvent> event_of(store::Reader& reader, const connector::Message& message) {
    auto found = store::read_events(reader, message.position, 1);
    if (found.empty() || found[0].position != message.position)
        return Error{ErrorKind::internal, "vxp.event", "Không thấy sự kiện của thông điệp trong sổ cái.",
                     "The message's event is not in the ledger."};
    return std::move(found[0]);
}

/// What makes the key of a status its own: it must not take the place of its document at the partner.
std::string key_of(const store::StoredEvent& event) {
    return member(event.data, "document_id");
}

}  // namespace

AxisConnector::AxisConnector(const documents::Axis& axis, std::shared_ptr<const Shape> shape,
                             connector::PartnerSettings settings, const Clock& clock,
                             std::function<bool(std::string_view)> served_here)
    : axis_(axis),
      shape_(std::move(shape)),
      settings_(std::move(settings)),
      clock_(clock),
      served_here_(std::move(served_here)) {}

Result<void> AxisConnector::wants(store::Reader&, const store::StoredEvent& event,
                                  std::vector<connector::Wanted>& out) {
    const auto here = [&](std::string_view organ) { return served_here_ && served_here_(organ); };
    const auto* to = event.data.if_contains("to");
    if (to && to->is_string() && here(to->get_string())) return Nothing{};
    if (to && to->is_array() && !to->get_array().empty() &&
        std::ranges::all_of(to->get_array(),
                            [&](const auto& organ) { return organ.is_string() && here(organ.get_string()); }))
        return Nothing{};
    // In order per document; none takes another's place: each status is said.
    if (event.type == documents::events::sent)
        out.push_back({key_of(event), shape_->words.at("document"), event.stream, false});
    else if (event.type == documents::events::status_given)
        out.push_back({key_of(event), shape_->words.at("status"), event.stream, false});
    return Nothing{};
}

Result<connector::Building> AxisConnector::build(store::Reader& reader, const connector::Message& message, Instant) {
    TRY(const auto event, event_of(reader, message));
    const documents::DocumentKey key{event.stream.substr(event.stream.find(':') + 1)};
    connector::Built built;
    built.facts = {{"document_id", message.key}, {"kind", message.kind}};
    const auto ctx = axis_.context();
    const auto* agency = ctx.organisation->agency(AgencyId{member(event.data, "agency")});
    const auto* version = agency ? agency->at(local_date(event.at)) : nullptr;
    if (!version || version->code.empty())
        return connector::Building{connector::Held{
            "datum.missing", "from", {"Cơ quan gửi chưa có mã định danh.", "The sending agency has no code."}}};
    json::object bytes{{"from", version->code}, {"kind", message.kind}};
    if (message.kind == shape_->words.at("document")) {
        // The signed file lies in the file store; the outbox names it and does not double it.
        bytes["content"] = member(event.data, "content");
    } else {
        const auto* number = event.data.if_contains("number");
        auto edxml = axis_.status_edxml(reader, key, number && number->is_int64() ? number->get_int64() : 0);
        if (!edxml.ok()) {
            const auto& e = edxml.error();
            if (e.code == "documents.no_key" || e.code == "document.field" || e.code.starts_with("edxml."))
                return connector::Building{connector::Held{e.code, e.at, {e.vi, e.en}}};
            return std::move(edxml).error();
        }
        bytes["edxml"] = *std::move(edxml);
        built.facts["status"] = member(event.data, "code");
        built.facts["to"] = member(event.data, "to");
    }
    built.bytes = json::serialize(bytes);
    return connector::Building{std::move(built)};
}

connector::Reply AxisConnector::reply_to(const Result<http::Response>& answer) const {
    connector::Reply out;
    if (!answer.ok()) {
        out.code = answer.error().code;
        out.why = {answer.error().vi, answer.error().en};
        return out;
    }
    if (answer->status >= 500 || answer->status == 429) {
        out.code = fmt::format("http.{}", answer->status);
        out.why = {"Trục văn bản đang không phục vụ.", "The axis does not serve just now."};
        return out;
    }
    const auto read = read_answer(*shape_, answer->body);
    if (!read.ok()) {
        out.code = read.error().code;
        out.why = {read.error().vi, read.error().en};
        return out;
    }
    out.code = read->code;
    out.why = {read->message, read->message};
    // It has the same file under the same DocumentId: that is what was wanted.
    const bool good = answer->status == 200 && (read->ok(*shape_) || read->code == shape_->answer.at("exists"));
    out.verdict = good ? Verdict::accepted : Verdict::refused;
    return out;
}

connector::Reply AxisConnector::send(connector::Line& line, const connector::Message& message, std::string_view bytes) {
    connector::Reply failed;
    const auto secret = connector::read_secret(settings_.secret_file);
    const auto value = parse_json(bytes);
    const auto* o = value.ok() ? value->if_object() : nullptr;
    if (!secret.ok() || !o) {
        failed.code = secret.ok() ? "vxp.bytes" : secret.error().code;
        if (!secret.ok()) failed.why = {secret.error().vi, secret.error().en};
        return failed;
    }
    line.hide(*secret);
    auto edxml = member(*o, "edxml");
    if (edxml.empty()) {
        auto stored = axis_.content(FileHash{member(*o, "content")});
        if (!stored.ok()) {
            failed.code = stored.error().code;
            failed.why = {stored.error().vi, stored.error().en};
            failed.trouble = false;
            return failed;
        }
        edxml = *std::move(stored);
    }
    const auto form = write_multipart(*shape_, edxml);
    http::ClientRequest request;
    request.method = "POST";
    request.url = settings_.url + shape_->operations.at("send");
    request.headers = sign_headers(*shape_, settings_.user, *secret, clock_.now(),
                                   {{shape_->request.at("service"), shape_->words.at("service")},
                                    {shape_->request.at("message"), message.kind},
                                    {shape_->request.at("from"), member(*o, "from")}});
    request.headers.push_back({"Content-Type", form.type});
    request.body = form.body;
    request.timeout = settings_.pace.timeout;
    request.ca_file = settings_.ca_file.string();
    return reply_to(line.send(request, "sendEdoc"));
}

Result<http::Response> AxisConnector::call(connector::Line& line, const std::string& operation,
                                           const json::object& body, size_t largest) {
    TRY(const auto secret, connector::read_secret(settings_.secret_file));
    line.hide(secret);
    http::ClientRequest request;
    request.method = "POST";
    request.url = settings_.url + shape_->operations.at(operation);
    request.headers = sign_headers(*shape_, settings_.user, secret, clock_.now());
    request.headers.push_back({"Content-Type", "application/json; charset=utf-8"});
    request.body = json::serialize(body);
    request.timeout = settings_.pace.timeout;
    request.max_response = largest;
    request.ca_file = settings_.ca_file.string();
    TRY(auto answer, line.send(request, operation));
    if (answer.status != 200)
        return Error{ErrorKind::unavailable, fmt::format("http.{}", answer.status),
                     "Trục văn bản không trả lời được. Hệ thống sẽ thử lại.",
                     fmt::format("The axis answered with {}. It will be tried again.", answer.status)};
    return answer;
}

Result<std::optional<json::object>> AxisConnector::look_up(connector::Line& line, const std::string& key) {
    TRY(const auto answer, call(line, "sent", {{shape_->request.at("document"), key}}));
    TRY(const auto read, read_answer(*shape_, answer.body));
    if (!read.ok(*shape_))
        return Error{ErrorKind::unavailable, "vxp.answer", "Trục văn bản không cho tra cứu.",
                     fmt::format("The axis refused the look-up: {}.", read.message)};
    for (const auto& item : read.list)
        if (const auto* o = item.if_object(); o && member(*o, "documentId") == key)
            return std::optional{json::object{{"document_id", key}}};
    return std::optional<json::object>{};
}

std::vector<connector::Task> AxisConnector::tasks() {
    return {{"receive",
             {"Nhận văn bản và trạng thái", "Documents and statuses received"},
             std::chrono::seconds{60},
             [this](connector::Line& line, Instant now) { return fetch(line, now); }},
            {"agencies",
             {"Danh sách cơ quan trên trục", "Agencies on the axis"},
             std::chrono::seconds{86'400},
             [this](connector::Line& line, Instant now) { return fetch_agencies(line, now); }}};
}

Result<json::object> AxisConnector::fetch(connector::Line& line, Instant) {
    json::object counts{{"stored", 0}, {"duplicate", 0}, {"status", 0}, {"held", 0}, {"refused", 0}};
    for (const auto* kind : {"document", "status"}) {
        const auto& word = shape_->words.at(kind);
        const json::object body{{shape_->request.at("service"), shape_->words.at("service")},
                                {shape_->request.at("message"), word}};
        TRY(const auto answer, call(line, "received", body));
        TRY(const auto read, read_answer(*shape_, answer.body));
        if (!read.ok(*shape_))
            return Error{ErrorKind::unavailable, "vxp.answer", "Trục văn bản không cho lấy danh sách.",
                         fmt::format("The axis refused its list: {}.", read.message)};
        for (const auto& item : read.list) {
            const auto* o = item.if_object();
            if (!o) continue;
            TRY_VOID(fetch_one(line, member(*o, shape_->request.at("document")), member(*o, shape_->request.at("from")),
                               word, counts));
        }
    }
    return counts;
}

Result<void> AxisConnector::fetch_one(connector::Line& line, const std::string& id, const std::string& from,
                                      const std::string& kind, json::object& counts) {
    const json::object body{{shape_->request.at("service"), shape_->words.at("service")},
                            {shape_->request.at("message"), kind},
                            {shape_->request.at("document"), id},
                            {shape_->request.at("from"), from}};
    TRY(const auto file, call(line, "get", body, largest_edoc));
    // Half a file is no file: it stays on the axis' list and is fetched again.
    const auto hash =
        file.headers.end() != std::ranges::find_if(file.headers, [&](const auto& h) {
            return text::lower(h.name) == shape_->parts.at("hash") &&
                   equal_in_constant_time(text::lower(h.value), crypto::to_hex(crypto::sha256(file.body)));
        });
    if (!hash)
        return Error{ErrorKind::unavailable, "vxp.hash", "Tệp từ trục văn bản không khớp mã băm. Sẽ lấy lại.",
                     "A file of the axis does not fit its hash. It is fetched again."};
    const auto taken = axis_.take_in(file.body, clock_.now());
    auto told = body;
    if (taken.ok()) {
        constexpr std::array words{"stored", "duplicate", "status", "held"};
        auto& n = counts[words[static_cast<size_t>(taken->kind)]];
        n = n.as_int64() + 1;
        told[shape_->request.at("status")] = shape_->words.at("done");
    } else {
        const auto& e = taken.error();
        // Our own trouble is no reason to refuse it.
        if (e.kind == ErrorKind::unavailable || e.kind == ErrorKind::internal || e.kind == ErrorKind::full)
            return Error{e};
        counts["refused"] = counts["refused"].as_int64() + 1;
        counts["last_refusal"] = e.code;
        told[shape_->request.at("status")] = shape_->words.at("failed");
        told[shape_->request.at("reason")] = e.code;
    }
    TRY(const auto answer, call(line, "status", told));
    TRY(const auto read, read_answer(*shape_, answer.body));
    if (!read.ok(*shape_))
        return Error{ErrorKind::unavailable, "vxp.answer", "Trục văn bản không ghi nhận trạng thái nhận.",
                     fmt::format("The axis did not take our word that a message was fetched: {}.", read.message)};
    return Nothing{};
}

Result<json::object> AxisConnector::fetch_agencies(connector::Line& line, Instant now) {
    TRY(const auto answer, call(line, "agencies", {}));
    TRY(const auto read, read_answer(*shape_, answer.body));
    if (!read.ok(*shape_) || read.list.empty())
        return Error{ErrorKind::unavailable, "vxp.answer", "Trục văn bản không cho danh sách cơ quan.",
                     fmt::format("The axis gave no list of agencies: {}.", read.message)};
    std::vector<documents::Correspondent> all;
    int64_t unreadable = 0;
    std::set<std::string> seen;
    for (const auto& item : read.list) {
        const auto* o = item.if_object();
        if (!o) continue;
        auto code = member(*o, shape_->agency.at("code"));
        if (!documents::AgencyCode::parse(code).ok() || !seen.insert(code).second) {
            ++unreadable;
            continue;
        }
        all.push_back({code, member(*o, shape_->agency.at("code102")), member(*o, shape_->agency.at("name")), "axis"});
    }
    TRY_VOID(axis_.ground().store.write([&](store::Transaction& tx) -> Result<void> {
        documents::replace_correspondents(tx, all, now);
        return Nothing{};
    }));
    return json::object{{"agencies", static_cast<int64_t>(all.size())}, {"unreadable", unreadable}};
}

}  // namespace hl::links::vxp
