#include "links/portal/portal.h"

#include "dossiers/own.h"
#include "dossiers/queries.h"
#include "links/portal/masked.h"

namespace hl::links::portal {

using connector::Building;
using connector::Built;
using connector::Held;
using connector::Message;
using connector::Reply;
using connector::Verdict;
using connector::Wanted;

namespace {

constexpr std::string_view purpose = "đồng bộ hồ sơ lên Cổng Dịch vụ công quốc gia";

/// Events that change nothing of what the portal is told.
bool matters(std::string_view type) {
    if (!type.starts_with("dossier.")) return false;
    for (const auto silent : {"dossier.rated", "dossier.claimed", "dossier.reassigned", "dossier.file_added",
                              "dossier.file_withdrawn", "dossier.silence_reported"})
        if (type == silent) return false;
    return true;
}

bool moves_work(const store::StoredEvent& event) {
    if (event.type == dossiers::events::Extended::type) return true;
    const auto* ended = event.data.if_contains("ended");
    if (ended && ended->is_array() && !ended->get_array().empty()) return true;
    const auto *from = event.data.if_contains("from"), *to = event.data.if_contains("to");
    return from && to && *from != *to;
}

}  // namespace

PortalConnector::PortalConnector(Parts parts, connector::PartnerSettings settings)
    : Mapped("portal", read_profile, parts.store),
      parts_(std::move(parts)),
      settings_(settings),
      session_(std::move(settings)) {}

connector::Words PortalConnector::title() const {
    return {"Cổng Dịch vụ công quốc gia", "National Public Service Portal"};
}

std::string PortalConnector::page_of(const std::string& key) const {
    if (key.starts_with(question_key)) return "/app/desk/questions?open=" + key.substr(question_key.size());
    return "/app/desk?open=" + key;
}

Result<void> PortalConnector::wants(store::Reader&, const store::StoredEvent& event, std::vector<Wanted>& out) {
    if (event.type == "portal.question_answered") {
        const auto* id = event.data.if_contains("question");
        // A correction that comes before the answer went out takes its place.
        if (id && id->is_string())
            out.push_back({std::string{question_key} + std::string{id->get_string()}, "answer", event.stream});
        return Nothing{};
    }
    if (!matters(event.type) && event.type != papers_taken) return Nothing{};
    const auto* code = event.data.if_contains("code");
    if (!code || !code->is_string()) return Nothing{};
    const std::string key{code->get_string()};
    // The dossier first: the portal takes progress of dossiers that it knows.
    out.push_back({key, "dossier", event.stream});
    if (moves_work(event)) out.push_back({key, "progress", event.stream});
    return Nothing{};
}

Result<Building> PortalConnector::build(store::Reader& reader, const Message& message, Instant now) {
    TRY(const auto p, profile_of_batch(now, reader));
    if (message.kind == "answer") return build_answer(reader, message, *p, now);
    TRY(const auto kept, stories_.get(reader, message.stream, message.position));
    const Story& story = *kept;
    const auto ctx = parts_.context();
    if (message.kind == "progress") {
        auto record = progress_record(story, ctx, *p);
        if (record.held) return Building{std::move(*record.held)};
        if (record.lines.empty()) return Building{connector::Unneeded{}};
        Built out;
        out.bytes =
            json::serialize(json::object{{"service", p->service("progress")}, {"data", std::move(record.lines)}});
        out.marks = std::move(record.marks);
        out.mapping = p->hash;
        out.subject = story.dossier.subject;
        return Building{std::move(out)};
    }
    const auto system = access::Actor::system("links", ctx.directory);
    TRY(const auto d, dossiers::find_dossier(reader, system, message.key, now));
    const auto person = dossiers::person_of(reader, ctx, d);
    if (!person.ok()) return Building{Held{person.error().code, "ChuHoSo", {person.error().vi, person.error().en}}};
    Material material{story, ctx, *p, *person};
    if (!story.supplements.empty()) {
        TRY(const auto whole, dossiers::load_whole(reader, ctx, d));
        for (const auto& note : whole.notes) material.notes[note.number] = note.content;
    }
    // A dossier that another system returned: its event does not say when, the row does.
    if (story.state == dossiers::State::returned && !story.returned_at) material.returned_at = d.returned_at;
    auto record = dossier_record(material);
    if (record.held) return Building{std::move(*record.held)};
    Built out;
    out.facts = facts_of(record.fields);
    out.bytes = json::serialize(
        json::object{{"service", p->service("dossier")}, {"data", json::array{std::move(record.fields)}}});
    out.marks = std::move(record.marks);
    out.mapping = p->hash;
    out.subject = d.subject;
    out.read = access::PersonalRead{system.label(), std::string{purpose}, "link_message", d.subject.value, "", now};
    return Building{std::move(out)};
}

Reply PortalConnector::reply_to(const Result<PortalAnswer>& answer, const Profile& p, bool of_question) const {
    if (!answer.ok()) {
        const auto& e = answer.error();
        return {Verdict::again, e.code, "", {e.vi, e.en}};
    }
    if (p.ok.contains(answer->code)) return {Verdict::accepted, std::to_string(answer->code), "", {}};
    if (p.exists.contains(answer->code)) return {Verdict::exists, std::to_string(answer->code), "", {}, false};
    Reply out{Verdict::refused, std::to_string(answer->code), "", {}, false};
    // The portal's sentence may name people: only a field's name is taken out of it.
    const bool unknown = p.unknown_key.contains(answer->code);
    out.datum = !unknown ? field_named_in(answer->message) : of_question ? "HOIDAPID" : "MaHoSo";
    if (unknown && of_question) {
        out.why = {fmt::format("Cổng không có câu hỏi này nữa. Mã lỗi {}.", answer->code),
                   fmt::format("The portal does not have this question any more. Code {}.", answer->code)};
        return out;
    }
    const auto known = p.refusals.find(answer->code);
    const auto field = out.datum.empty() ? std::string{} : " (" + out.datum + ")";
    out.why = {
        fmt::format("{}{} Mã lỗi {}. Xem câu trả lời ở nhật ký.",
                    known == p.refusals.end() ? "Cổng từ chối." : known->second.first, field, answer->code),
        fmt::format("{}{} Code {}. The journal has the answer.",
                    known == p.refusals.end() ? "The portal refuses." : known->second.second, field, answer->code)};
    return out;
}

Reply PortalConnector::send(connector::Line& line, const Message& message, std::string_view bytes) {
    const auto p = profile_of_batch(parts_.clock.now());
    if (!p.ok()) return {Verdict::again, p.error().code, "", {p.error().vi, p.error().en}, false};
    if (message.kind == "progress")
        return reply_to(session_.call(line, **p, (*p)->service("progress"), bytes), **p, false);
    const bool of_question = message.kind == "answer";
    const auto operation = (*p)->service(of_question ? "answer_question" : "dossier");
    const auto put = [&](bool update) {
        return session_.call(line, **p, operation, bytes, {{"isUpdating", update ? "True" : "False"}});
    };
    auto answer = put(message.update);
    // It forgot the dossier that it once said it had: as a new one, then.
    if (message.update && answer.ok() && (*p)->unknown_key.contains(answer->code)) answer = put(false);
    return reply_to(answer, **p, of_question);
}

Result<PortalAnswer> PortalConnector::call_masked(connector::Line& line, const Profile& profile,
                                                  const std::string& service, std::string_view body) {
    auto answer = session_.call(line, profile, service, body);
    mask_answer(line, service);
    return answer;
}

Result<std::optional<json::object>> PortalConnector::look_up(connector::Line& line, const std::string& key) {
    TRY(const auto p, profile(parts_.clock.now()));
    if (key.starts_with(question_key)) return look_up_answer(line, *p, key.substr(question_key.size()));
    const auto body = json::serialize(json::object{{"service", p->service("look_up")}, {"mahoso", key}});
    TRY(const auto answer, call_masked(line, *p, p->service("look_up"), body));
    if (p->unknown_key.contains(answer.code)) return std::optional<json::object>{};
    const Error strange{ErrorKind::unavailable, "portal.answer", "Cổng trả lời tra cứu không đúng dạng.",
                        "The portal's answer to the look-up cannot be read."};
    if (!p->ok.contains(answer.code)) return strange;
    const json::value* found = &answer.result;
    if (const auto* list = found->if_array()) {
        if (list->empty()) return std::optional<json::object>{};
        found = &list->front();
    }
    if (found->is_null()) return std::optional<json::object>{};
    const auto* object = found->if_object();
    if (!object) return strange;
    const auto* code = object->if_contains("MaHoSo");
    if (!code || !code->is_string() || code->get_string() != key) return strange;
    return std::optional{facts_of(*object)};
}

Result<StoredResults> PortalConnector::find_results(connector::Line& line, const ResultsQuestion& question) {
    const Instant now = parts_.clock.now();
    TRY(const auto p, profile(now));
    const auto service = p->service("results");
    if (service.empty())
        return Error{ErrorKind::unavailable, "results.no_service",
                     "Ánh xạ với Cổng không khai dịch vụ kho giấy tờ số hóa (results).",
                     "The mapping names no service of the national store (results)."};
    TRY(auto fields, results_body(question, *p));
    json::object body{{"service", service}};
    for (auto& member : fields) body[member.key()] = std::move(member.value());
    TRY(const auto answer, session_.call(line, *p, service, json::serialize(body)));
    if (!p->ok.contains(answer.code))
        return Error{
            ErrorKind::unavailable, "portal.refused",
            fmt::format("Kho quốc gia không trả lời câu hỏi này (mã {}). Nhận giấy tờ như thường lệ.", answer.code),
            fmt::format("The national store does not answer this (code {}). Take the papers as usual.", answer.code)};
    TRY(auto found, read_results(answer.result));
    found.asked_at = now;
    return found;
}

}  // namespace hl::links::portal
