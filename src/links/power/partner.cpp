#include "links/power/partner.h"

#include <algorithm>

#include "dossiers/events.h"
#include "dossiers/own.h"
#include "dossiers/queries.h"
#include "procedures/catalogue.h"

namespace hl::power {

namespace {

using connector::Reply;
using connector::Verdict;

std::string code_in(const store::StoredEvent& event) {
    const auto* code = event.data.if_contains("code");
    return code && code->is_string() ? std::string{code->as_string()} : std::string{};
}

bool among(const std::vector<std::string>& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

Result<std::string> Partner::agency(store::Reader& reader) {
    TRY(const auto p, profile(reader, parts_.clock.now()));
    return p->agency;
}

std::string Partner::page_of(const std::string& key) const {
    return "/desk?open=" + key;
}

Result<void> Partner::wants(store::Reader& reader, const store::StoredEvent& event,
                            std::vector<connector::Wanted>& out) {
    if (!event.type.starts_with("dossier.")) return Nothing{};
    const auto has = [&](std::string_view name) {
        const auto* v = event.data.if_contains(name);
        return v && v->is_array() && !v->as_array().empty();
    };
    if (!has("started") && !has("ended")) return Nothing{};
    TRY(const auto company, agency(reader));
    if (company.empty()) return Nothing{};
    TRY(const auto change, dossiers::events::change_of(event));
    const auto wanted = [&](const char* kind) {
        connector::Wanted w;
        w.key = code_in(event);
        w.kind = kind;
        w.stream = event.stream;
        w.snapshot = false;
        out.push_back(std::move(w));
    };
    for (const auto& t : change.started)
        if (t.agency.value == company) wanted("request");
    for (const auto& t : change.ended)
        if (t.agency.value == company && t.state == dossiers::TaskState::dropped) wanted("cancel");
    return Nothing{};
}

Result<connector::Building> Partner::build(store::Reader& reader, const connector::Message& message, Instant now) {
    TRY(const auto p, profile(reader, now));
    const auto events = store::read_events(reader, message.position, 1);
    if (events.empty() || events.front().stream != message.stream) return connector::Building{connector::Unneeded{}};
    const auto ctx = parts_.context();
    const auto system = access::Actor::system("power", ctx.directory);
    TRY(const auto d, dossiers::find_dossier(reader, system, message.key, now));
    std::map<std::string, std::string> values = {{"code", d.code.value}, {"procedure", d.procedure.value}};
    values["sent_at"] = to_rfc3339_local(events.front().at);
    json::value answers;
    connector::Built built;
    built.mapping = p->hash;
    if (message.kind == "request") {
        TRY(const auto change, dossiers::events::change_of(events.front()));
        for (const auto& t : change.started)
            if (t.agency.value == p->agency && t.due) values["due"] = to_rfc3339_local(*t.due);
        TRY(const auto person, dossiers::person_of(reader, ctx, d));
        values["applicant"] = person.applicant.name;
        values["phone"] = person.applicant.phone;
        values["email"] = person.applicant.email;
        values["address"] = person.applicant.address;
        values["summary"] = person.summary;
        answers = person.answers;
        built.subject = d.subject;
        built.read = access::PersonalRead{"system:power", "cấp điện", "link_message", d.id.value, "", now};
        for (const auto& name : p->required)
            if (name == "answers" ? person.answers.empty() : values[name].empty())
                return connector::Building{
                    connector::Held{"datum.missing",
                                    p->fields.contains(name) ? p->fields.at(name) : name,
                                    {fmt::format("Hồ sơ chưa có «{}» mà Công ty Điện lực cần.", name),
                                     fmt::format("The dossier lacks '{}', which the power company needs.", name)}}};
    }
    json::object body;
    for (const auto& [ours, theirs] : p->fields) {
        if (ours == "answers") {
            if (!answers.is_null()) body[theirs] = answers;
        } else if (const auto it = values.find(ours); it != values.end() && !it->second.empty()) {
            body[theirs] = it->second;
        }
    }
    built.bytes = canonical_json(body);
    built.facts = {{"held", message.kind == "request"}};
    return connector::Building{std::move(built)};
}

Result<http::Response> Partner::call(connector::Line& line, const std::string& method, const std::string& path,
                                     std::string body, std::string_view operation) {
    TRY(const auto secret, connector::read_secret(parts_.settings.secret_file));
    line.hide(secret);
    http::ClientRequest request;
    request.method = method;
    request.url = parts_.settings.url + path;
    request.timeout = parts_.settings.pace.timeout;
    request.ca_file = parts_.settings.ca_file.string();
    request.headers = {{"Authorization", "Bearer " + secret}, {"Accept", "application/json"}};
    if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    request.body = std::move(body);
    return line.send(request, operation);
}

Reply Partner::send(connector::Line& line, const connector::Message& message, std::string_view bytes) {
    Reply out;
    const auto p = profile(parts_.clock.now());
    if (!p.ok()) {
        out.code = p.error().code, out.why = {p.error().vi, p.error().en}, out.trouble = false;
        return out;
    }
    const auto& path = message.kind == "cancel" ? (*p)->cancel_path : (*p)->request_path;
    const auto answer = call(line, "POST", path, std::string{bytes}, message.kind);
    if (!answer.ok()) {
        out.code = answer.error().code, out.why = {answer.error().vi, answer.error().en};
        return out;
    }
    const auto read = read_answer(**p, answer->body);
    if (!read.ok()) {
        out.code = answer->status == 200 ? read.error().code : fmt::format("http.{}", answer->status);
        out.why = {read.error().vi, read.error().en};
        return out;
    }
    out.code = read->code;
    out.trouble = false;
    // A request with the same dossier's code is the same request: the company has it.
    if (among((*p)->good, read->code) || among((*p)->exists, read->code)) {
        out.verdict = Verdict::accepted;
    } else if (among((*p)->refused, read->code)) {
        out.verdict = Verdict::refused;
        out.why = {"Công ty Điện lực không nhận: " + read->message,
                   "The power company will not have it: " + read->message};
    } else {
        // A word that the mapping does not know is no acceptance.
        out.trouble = answer->status >= 500 || answer->status == 401;
        out.why = {"Công ty Điện lực trả lời mã chưa khai trong ánh xạ.", "The answer's code is not in the mapping."};
    }
    return out;
}

Result<std::optional<json::object>> Partner::look_up(connector::Line& line, const std::string& key) {
    TRY(const auto p, profile(parts_.clock.now()));
    auto path = p->look_up_path;
    path.replace(path.find("{code}"), 6, key);
    TRY(const auto answer, call(line, "GET", path, "", "look_up"));
    if (answer.status == 404) return std::optional<json::object>{};
    const auto parsed = parse_json(answer.body);
    const auto word = parsed.ok() ? text_at(*parsed, p->held_at) : std::nullopt;
    if (answer.status != 200 || !word)
        return Error{ErrorKind::unavailable, "power.answer", "Công ty Điện lực trả lời không đúng dạng đã khai.",
                     "The power company answered in another form than the mapping says."};
    return std::optional{json::object{{"held", *word != "huy"}}};
}

std::vector<connector::Task> Partner::tasks() {
    connector::Task task;
    task.name = "progress";
    task.title = {"Đọc tiến độ của Công ty Điện lực", "Read the power company's progress"};
    task.every = std::chrono::minutes{5};
    task.run = [this](connector::Line& line, Instant now) { return progress(line, now); };
    return {task};
}

Result<json::object> Partner::progress(connector::Line& line, Instant now) {
    TRY(const auto p, profile(now));
    int64_t taken = 0, unreadable = 0, ended = 0, waiting = 0;
    for (int page = 0; page < 1000; ++page) {
        TRY(const auto last, parts_.store.read([&](store::Reader& r) -> Result<int64_t> {
            return r
                .first("SELECT last FROM power_read WHERE id = 1", {},
                       [](const store::Row& row) { return row.integer(0); })
                .value_or(0);
        }));
        auto path = p->progress_path;
        path.replace(path.find("{after}"), 7, std::to_string(last));
        TRY(const auto answer, call(line, "GET", path, "", "progress"));
        if (answer.status != 200)
            return Error{ErrorKind::unavailable, "power.answer",
                         fmt::format("Công ty Điện lực trả lời HTTP {}.", answer.status),
                         fmt::format("The power company answered HTTP {}.", answer.status)};
        TRY(const auto list, read_movements(*p, answer.body));
        // A page that brought nothing new shows the same rows again.
        unreadable = std::max(unreadable, list.unreadable);
        TRY(const auto fresh,
            parts_.store.write([&](store::Transaction& tx) { return take_movements(tx, list.items, now); }));
        taken += fresh;
        // Only what moved the place on asks for another page.
        if (fresh == 0 || list.items.empty() || list.items.back().number <= last) break;
    }
    TRY(const auto finishes,
        parts_.store.read([](store::Reader& r) -> Result<std::vector<Pending>> { return pending_finishes(r); }));
    for (const auto& f : finishes) {
        const auto ctx = parts_.context();
        const auto done =
            parts_.store.write([&](store::Transaction& tx) { return finish_lane(tx, ctx, p->agency, f.number, now); });
        if (done.ok()) {
            ++ended;
            continue;
        }
        // A dossier that waits for papers cannot end a step: it is tried again, and shown until then.
        ++waiting;
        const auto code = done.error().code;
        TRY_VOID(parts_.store.write([&](store::Transaction& tx) -> Result<void> {
            tx.execute("UPDATE power_movement SET problem = ? WHERE number = ?", {code, f.number});
            return Nothing{};
        }));
    }
    return json::object{{"taken", taken}, {"unreadable", unreadable}, {"ended", ended}, {"waiting", waiting}};
}

}  // namespace hl::power
