// What the connector does about questions and about the detail of procedures: fetched, compared, told.
#include "links/portal/portal.h"
#include "links/portal/questions_own.h"

namespace hl::links::portal {

using connector::Building;
using connector::Built;
using connector::Held;

namespace {

constexpr std::string_view purpose = "trả lời câu hỏi của công dân trên Cổng Dịch vụ công quốc gia";
/// So many calls in a row without an answer: the portal is away, and the rest waits for the next time.
constexpr int most_failures = 3;
constexpr size_t written_at_once = 50;

Held missing(const char* field, std::string_view vi, std::string_view en) {
    return Held{
        "datum.missing", field, {fmt::format("Thiếu {}: {}", field, vi), fmt::format("{} is missing: {}", field, en)}};
}

/// The title of a position that the officer holds in the agency that day.
std::string title_of(const directory::Directory& directory, const OfficerId& id, const AgencyId& agency, Date day) {
    const auto* officer = directory.officer(id);
    if (!officer) return {};
    for (const auto& h : officer->holdings) {
        if (!h.valid.covers(day)) continue;
        const auto* position = directory.position(h.position);
        if (position && position->agency == agency) return position->title;
    }
    return {};
}

}  // namespace

Result<json::object> PortalConnector::fetch_questions(connector::Line& line, Instant now) {
    TRY(const auto p, profile(now));
    if (!p->questions) return json::object{{"taken", 0}};
    const auto ctx = parts_.context();
    const auto* centre = ctx.directory->agency(p->questions->centre);
    if (!centre || !centre->at(local_date(now)))
        return Error{ErrorKind::conflict, "question.centre",
                     fmt::format("Ánh xạ khai cơ quan giao câu hỏi (questions: centre) là «{}», không có trong danh bạ "
                                 "hôm nay. Không lấy câu hỏi về khi chưa có ai giao.",
                                 p->questions->centre.value),
                     fmt::format("The mapping's questions: centre is '{}', which the directory does not have today. "
                                 "No question is fetched while nobody could give it out.",
                                 p->questions->centre.value)};
    const auto service = p->service("questions");
    TRY(const auto answer, call_masked(line, *p, service, json::serialize(json::object{{"service", service}})));
    if (!p->ok.contains(answer.code) || !answer.result.is_array())
        return Error{ErrorKind::unavailable, "portal.answer", "Cổng không cho danh sách câu hỏi.",
                     fmt::format("The portal does not give the questions (code {}).", answer.code)};
    const auto listed = read_questions(answer.result, *p->questions);
    int64_t taken = 0, known = 0, changed = 0, answered_there = 0;
    json::array refused;
    // One write each: one that cannot be taken in must not keep the others out.
    for (const auto& asked : listed.items) {
        const auto done = parts_.store.write(
            [&](store::Transaction& tx) { return take_question(tx, ctx, *p->questions, asked, now); });
        if (!done.ok()) {
            refused.push_back(
                {{"key", asked.id}, {"code", done.error().code}, {"vi", done.error().vi}, {"en", done.error().en}});
            continue;
        }
        taken += *done == Taken::fresh;
        known += *done == Taken::known;
        changed += *done == Taken::changed;
        answered_there += *done == Taken::answered_there;
    }
    return json::object{{"taken", taken},
                        {"known", known},
                        {"changed", changed},
                        {"answered_there", answered_there},
                        {"refused", std::move(refused)},
                        {"unreadable", listed.unreadable}};
}

Result<Building> PortalConnector::build_answer(store::Reader& reader, const connector::Message& message,
                                               const Profile& p, Instant now) {
    const auto ctx = parts_.context();
    TRY(const auto q, load_question(reader, message.key.substr(question_key.size())));
    const auto answer = answer_of(reader, *ctx.vault, q);
    if (!answer.ok())
        return Building{Held{answer.error().code, "NOIDUNGTRALOI", {answer.error().vi, answer.error().en}}};
    if (answer->empty() || !q.answered_at) return Building{connector::Unneeded{}};
    if (q.unit.empty())
        return Building{missing("MADONVI", "Cổng không ghi đơn vị của câu hỏi.", "the portal gave no unit.")};
    const auto* officer = ctx.directory->officer(q.answered_by);
    if (!officer || officer->name.empty())
        return Building{missing("NGUOITRALOI", "danh bạ không còn tên cán bộ đã trả lời.",
                                "the directory has no name of who answered.")};
    json::object fields{{"HOIDAPID", q.id},
                        {"MADONVI", q.unit},
                        {"NGUOITRALOI", officer->name},
                        {"NGAYTRALOI", portal_time(*q.answered_at)},
                        {"NOIDUNGTRALOI", *answer}};
    Built out;
    const auto title = title_of(*ctx.directory, q.answered_by, q.agency, local_date(*q.answered_at));
    if (title.empty())
        out.marks.push_back({"CHUCVUNGUOITRALOI",
                             "unknown",
                             {"Danh bạ không ghi chức vụ của người trả lời ở cơ quan này nên không gửi.",
                              "The directory has no position of who answered in this agency; not sent."}});
    else
        fields["CHUCVUNGUOITRALOI"] = title;
    // A keyed fingerprint: what is compared stands unsealed and must not be the text.
    out.facts = {{"NOIDUNGTRALOI", ctx.vault->blind(own::answer_column, *answer)}};
    out.bytes = json::serialize(
        json::object{{"service", p.service("answer_question")}, {"data", json::array{std::move(fields)}}});
    out.mapping = p.hash;
    out.subject = q.subject;
    out.read = access::PersonalRead{access::Actor::system("links", ctx.directory).label(),
                                    std::string{purpose},
                                    "link_message",
                                    q.subject.value,
                                    "",
                                    now};
    return Building{std::move(out)};
}

Result<std::optional<json::object>> PortalConnector::look_up_answer(connector::Line& line, const Profile& p,
                                                                    const std::string& question) {
    const auto service = p.service("answer_of_question");
    // Without that service nothing is known of what it has: nothing is compared.
    if (service.empty()) return std::optional{json::object{}};
    const auto body = json::serialize(json::object{{"service", service}, {"cauhoiid", question}});
    TRY(const auto answer, call_masked(line, p, service, body));
    if (p.unknown_key.contains(answer.code)) return std::optional<json::object>{};
    if (!p.ok.contains(answer.code))
        return Error{ErrorKind::unavailable, "portal.answer", "Cổng trả lời tra cứu câu trả lời không đúng dạng.",
                     "The portal's answer to the look-up cannot be read."};
    TRY(const auto text, read_answer_there(answer.result));
    if (text.empty()) return std::optional<json::object>{};
    const auto ctx = parts_.context();
    return std::optional{json::object{{"NOIDUNGTRALOI", ctx.vault->blind(own::answer_column, text)}}};
}

/// Each of ours that the portal has, one call each. What cannot be read keeps what was found before, with its time.
Result<json::object> PortalConnector::compare_details(connector::Line& line, const Profile& p,
                                                      const std::set<std::string>& there, Instant now) {
    const auto service = p.service("procedure");
    if (service.empty()) return json::object{};
    const auto ctx = parts_.context();
    struct Done {
        std::string procedure, problem;
        std::vector<DetailDifference> differences;
    };
    std::vector<Done> done;
    std::vector<std::string> kept;
    int64_t compared = 0, failed = 0, fields = 0;
    int in_a_row = 0;
    const auto write = [&]() -> Result<void> {
        TRY_VOID(parts_.store.write([&](store::Transaction& tx) -> Result<void> {
            for (const auto& d : done)
                if (d.problem.empty())
                    save_compared(tx, d.procedure, d.differences, now);
                else
                    save_not_compared(tx, d.procedure, d.problem, now);
            return Nothing{};
        }));
        done.clear();
        return Nothing{};
    };
    for (const auto& release : ctx.catalogue->all_valid(now)) {
        const auto& code = release->procedure.value;
        if (!there.contains(code)) continue;
        kept.push_back(code);
        if (in_a_row >= most_failures) continue;
        Done one{code, "", {}};
        const auto answer =
            session_.call(line, p, service, json::serialize(json::object{{"service", service}, {"maTTHC", code}}));
        in_a_row = answer.ok() ? 0 : in_a_row + 1;
        if (!answer.ok()) {
            one.problem = answer.error().code;
        } else if (!p.ok.contains(answer->code)) {
            one.problem = "portal.refused";
        } else if (auto found = compare_detail(*release, answer->result); found.ok()) {
            one.differences = std::move(*found);
        } else {
            one.problem = found.error().code;
        }
        compared += one.problem.empty();
        failed += !one.problem.empty();
        fields += std::count_if(one.differences.begin(), one.differences.end(),
                                [](const auto& d) { return is_difference(d.kind); });
        done.push_back(std::move(one));
        if (done.size() >= written_at_once) TRY_VOID(write());
    }
    TRY_VOID(write());
    TRY_VOID(parts_.store.write([&](store::Transaction& tx) -> Result<void> {
        forget_compared(tx, kept);
        return Nothing{};
    }));
    return json::object{{"details_compared", compared},
                        {"details_failed", failed},
                        {"details_left", static_cast<int64_t>(kept.size()) - compared - failed},
                        {"field_differences", fields}};
}

}  // namespace hl::links::portal
