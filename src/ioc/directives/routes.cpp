#include "ioc/directives/routes.h"

#include "access/query_values.h"
#include "dossiers/file_routes.h"
#include "dossiers/file_types.h"
#include "ioc/directives/evidence.h"
#include "ioc/directives/views.h"

namespace hl::directives {

using access::Answer;
using access::Call;

namespace {

constexpr size_t longest_title = 200, longest_text = 4000;
constexpr std::string_view base = "/api/v1/ioc/directives";

std::string param(const Call& call, std::string_view name) {
    return call.request.query_value(name).value_or("");
}

const json::value& body_of(const Call& call) {
    static const json::value nothing = json::object{};
    return call.body.is_null() ? nothing : call.body;
}

access::PersonalRead read_of(const Call& call, std::string_view what, const Directive& d) {
    return {call.actor.label(), "chỉ đạo điều hành",     std::string{what},
            d.subject.value,    call.request.request_id, call.now};
}

Answer answer_of(const Context& ctx, const Directive& d, Instant now, int status = 200) {
    Answer answer{view(d, timing_of(d, *ctx.calendar(d.agency), now), ctx.organisation()), status};
    answer.headers = {{"ETag", fmt::format("\"{}\"", d.version)}};
    if (status == 201) answer.headers.push_back({"Location", fmt::format("{}/{}", base, d.code)});
    return answer;
}

Wish wish_in(JsonReader& in) {
    Wish out;
    if (const auto hours = in.optional_integer("work_hours", 1, most_work_hours)) out.work_minutes = *hours * 60;
    out.due = in.optional_instant("due");
    return out;
}

/// all | open | a state.
Result<void> states_in(const std::string& word, Filter& out) {
    if (word.empty() || word == "all") return Nothing{};
    if (word == "open") {
        out.most = State::handed_in;
        return Nothing{};
    }
    const auto state = ioc::directive::state_from(word);
    if (!state)
        return Error{ErrorKind::invalid, "query.state",
                     "state là open, issued, working, handed_in, closed, withdrawn hoặc all.",
                     "state is open, issued, working, handed_in, closed, withdrawn or all.", "state"};
    out.least = out.most = *state;
    return Nothing{};
}

Result<bool> yes_in(const Call& call, std::string_view name) {
    const auto word = param(call, name);
    if (word.empty() || word == "false") return false;
    if (word == "true") return true;
    return Error{ErrorKind::invalid, "query.boolean", fmt::format("«{}» là true hoặc false.", name),
                 fmt::format("'{}' is true or false.", name), std::string{name}};
}

void add_questions(access::Api& api, const RouteSources& s) {
    api.query(std::string{base}, [s](store::Reader& reader, const Call& call) -> Result<Answer> {
        const auto ctx = s.context();
        Filter filter;
        TRY_VOID(states_in(param(call, "state"), filter));
        TRY(filter.overdue, yes_in(call, "overdue"));
        TRY(filter.due_soon, yes_in(call, "due_soon"));
        filter.agency = AgencyId{param(call, "agency")};
        filter.rule = param(call, "rule");
        if (const auto agency = call.request.query_value("rule_agency")) filter.rule_agency = AgencyId{*agency};
        constexpr int64_t last = std::numeric_limits<int64_t>::max();
        TRY(const auto cursor, access::number_in_query(call, "cursor", 0, 1, last));
        TRY(const auto limit, access::number_in_query(call, "limit", 50, 1, 200));
        TRY(const auto page,
            list(reader, ctx, call.actor, filter, cursor > 0 ? std::optional{cursor} : std::nullopt, limit, call.now));
        json::array items;
        for (const auto& one : page.items) items.push_back(view(one.directive, one.timing, ctx.organisation()));
        return Answer{json::object{{"items", std::move(items)},
                                   {"next", page.next ? json::value(std::to_string(*page.next)) : json::value()}}};
    });
    api.query(fmt::format("{}/summary", base), [s](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto found, summary(reader, s.context(), call.actor, call.now));
        return Answer{view(found)};
    });
    api.query(fmt::format("{}/deadline", base), [s](store::Reader&, const Call& call) -> Result<Answer> {
        const auto ctx = s.context();
        const AgencyId agency{param(call, "agency")};
        TRY_VOID(access::require(call.actor, access::Right::issue_directive, agency, call.now));
        Wish wish;
        TRY(const auto hours, access::number_in_query(call, "work_hours", 0, 1, most_work_hours));
        if (hours > 0) wish.work_minutes = hours * 60;
        if (const auto due = param(call, "due"); !due.empty()) {
            TRY(wish.due, parse_rfc3339(due));
        }
        TRY(const auto deadline, deadline_for(ctx, agency, wish, call.now));
        return Answer{view(deadline)};
    });
    api.query(fmt::format("{}/proposal", base), [s](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto found,
            propose(reader, s.context(), call.actor, param(call, "rule"), AgencyId{param(call, "agency")}, call.now));
        return Answer{view(found)};
    });
    access::RouteOptions personal;
    personal.purpose = "chỉ đạo điều hành";
    api.query(
        fmt::format("{}/{{code}}", base),
        [s](store::Reader& reader, const Call& call) -> Result<Answer> {
            const auto ctx = s.context();
            TRY(const auto found, whole(reader, ctx, call.actor, call.param("code"), call.now));
            Answer answer{view(found, ctx.organisation())};
            answer.headers = {{"ETag", fmt::format("\"{}\"", found.directive.version)}};
            answer.reads.push_back(read_of(call, "directive", found.directive));
            return answer;
        },
        personal);
    api.query(
        fmt::format("{}/{{code}}/files/{{id}}", base),
        [s](store::Reader& reader, const Call& call) -> Result<Answer> {
            TRY(auto found, file_content(reader, s.context(), *s.files, call.actor, call.param("code"),
                                         call.param("id"), call.now));
            const auto* type = dossiers::file_type(found.evidence.file_kind);
            Answer answer;
            answer.bytes = std::move(found.bytes);
            answer.headers = {{"Content-Type", std::string{type ? type->mime : "application/octet-stream"}},
                              {"Content-Disposition", dossiers::content_disposition(found.evidence.name.value_or(""))},
                              // Opened in a tab all the same, it runs nothing and reaches nothing.
                              {"Content-Security-Policy", "sandbox; default-src 'none'"}};
            answer.reads.push_back(read_of(call, "directive_file", found.directive));
            return answer;
        },
        personal);
}

using Run =
    std::function<Result<Directive>(store::Transaction&, const Context&, const Call&, const Target&, JsonReader&)>;

void on_directive(access::Api& api, const RouteSources& s, std::string_view word, Run run) {
    api.command("POST", fmt::format("{}/{{code}}/{}", base, word),
                [s, run = std::move(run)](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY(const auto version, access::version_in_if_match(call));
                    const auto ctx = s.context();
                    JsonReader in(body_of(call));
                    TRY(const auto d, run(tx, ctx, call, {call.param("code"), version}, in));
                    return answer_of(ctx, d, call.now);
                });
}

/// A command that takes words and nothing else.
using Simple = Result<Directive> (*)(store::Transaction&, const Context&, const access::Actor&, const Target&,
                                     const std::string&, Instant);
void with_words(access::Api& api, const RouteSources& s, std::string_view word, Simple run) {
    on_directive(api, s, word, [run](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Directive> {
        const auto text = in.optional_text("text", longest_text).value_or("");
        TRY_VOID(in.finish());
        return run(tx, ctx, call.actor, target, text, call.now);
    });
}

void add_commands(access::Api& api, const RouteSources& s) {
    api.command("POST", std::string{base}, [s](store::Transaction& tx, const Call& call) -> Result<Answer> {
        const auto ctx = s.context();
        JsonReader in(body_of(call));
        Issue what;
        what.agency = in.id<AgencyId>("agency");
        what.officer = OfficerId{in.optional_text("officer", 100).value_or("")};
        what.title = in.text("title", longest_title);
        what.text = in.text("text", longest_text);
        what.deadline = wish_in(in);
        what.rule = in.optional_text("rule", 80).value_or("");
        what.rule_agency = AgencyId{in.optional_text("rule_agency", 100).value_or("")};
        TRY_VOID(in.finish());
        TRY(const auto d, issue(tx, ctx, call.actor, what, call.now));
        return answer_of(ctx, d, call.now, 201);
    });
    with_words(api, s, "acknowledge", acknowledge);
    with_words(api, s, "hand-in", hand_in);
    with_words(api, s, "accept", accept);
    with_words(api, s, "send-back", send_back);
    with_words(api, s, "refuse-extension", refuse_extension);
    with_words(api, s, "withdraw", withdraw);
    on_directive(api, s, "report", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Directive> {
        const auto percent = static_cast<int>(in.integer("percent", 0, 100));
        const auto text = in.text("text", longest_text);
        TRY_VOID(in.finish());
        return report(tx, ctx, call.actor, target, percent, text, call.now);
    });
    on_directive(api, s, "ask-extension",
                 [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Directive> {
                     const auto hours = in.integer("work_hours", 1, most_work_hours);
                     const auto text = in.text("text", longest_text);
                     TRY_VOID(in.finish());
                     return ask_extension(tx, ctx, call.actor, target, directory::work_hours(hours), text, call.now);
                 });
    on_directive(api, s, "grant-extension",
                 [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Directive> {
                     const auto hours = in.optional_integer("work_hours", 1, most_work_hours);
                     const auto text = in.optional_text("text", longest_text).value_or("");
                     TRY_VOID(in.finish());
                     const auto more = hours ? std::optional{directory::work_hours(*hours)} : std::nullopt;
                     return grant_extension(tx, ctx, call.actor, target, more, text, call.now);
                 });
    on_directive(api, s, "reopen", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Directive> {
        const auto wish = wish_in(in);
        const auto text = in.text("text", longest_text);
        TRY_VOID(in.finish());
        return reopen(tx, ctx, call.actor, target, wish, text, call.now);
    });
    on_directive(api, s, "evidence", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Directive> {
        const auto kind = in.one_of("kind", {"figure", "dossier"});
        if (kind == "figure") {
            const auto indicator = in.text("indicator", 60), period = in.text("period", 30);
            TRY_VOID(in.finish());
            return add_figure(tx, ctx, call.actor, target, indicator, period, call.now);
        }
        const auto code = in.text("code", 100);
        TRY_VOID(in.finish());
        return add_dossier(tx, ctx, call.actor, target, code, call.now);
    });
    // The bytes are the body, as with a dossier's files; the same ones sent again are there once.
    api.raw(
        "POST", fmt::format("{}/{{code}}/files", base),
        [s](const Call& call) -> Result<Answer> {
            TRY(const auto version, access::version_in_if_match(call));
            TRY(const auto input, dossiers::file_input(call));
            const auto ctx = s.context();
            TRY(const auto d, add_file(ctx, *s.files, call.actor, {call.param("code"), version}, input.name,
                                       call.request.body, call.now));
            return answer_of(ctx, d, call.now);
        },
        dossiers::upload_options(s.files->rules()));
}

}  // namespace

void add_routes(access::Api& api, RouteSources sources) {
    add_questions(api, sources);
    add_commands(api, sources);
}

}  // namespace hl::directives
