// POST /api/v1/dossiers and POST /api/v1/dossiers/{code}/…: one route a command. Each answers the dossier without
// anything personal, with its version as ETag; If-Match makes a command wait for nobody's overwritten change.
#include <charconv>

#include "dossiers/bodies.h"
#include "dossiers/codes.h"
#include "dossiers/refusals.h"
#include "dossiers/routes_support.h"
#include "dossiers/storage.h"

namespace hl::dossiers {

using access::Answer;
using access::Call;
using access::Who;

namespace {

/// `"5"`, `W/"5"` or `*`. Errors: http.if_match.
Result<std::optional<int64_t>> wanted_version(const Call& call) {
    std::string_view tag = call.request.header("If-Match");
    if (tag.empty() || tag == "*") return std::optional<int64_t>{};
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag.size() > 2 && tag.front() == '"' && tag.back() == '"') {
        tag = tag.substr(1, tag.size() - 2);
        int64_t n = 0;
        const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), n);
        if (error == std::errc{} && end == tag.data() + tag.size()) return std::optional{n};
    }
    return refusal(ErrorKind::malformed, "http.if_match", "Tiêu đề If-Match phải là ETag đã nhận.",
                   "If-Match must be an ETag that was received.");
}

using Run =
    std::function<Result<Dossier>(store::Transaction&, const Context&, const Call&, const Target&, JsonReader&)>;

/// What the command reads beside the dossier and its open tasks: the subject's key when it always writes a note.
storage::AlsoAsk also_asked(std::string_view word) {
    constexpr std::array plain{"receive", "transfer", "claim", "reassign", "release", "complete", "charge", "rating"};
    storage::AlsoAsk also;
    also.sealing = std::find(plain.begin(), plain.end(), word) == plain.end();
    also.officers = word == "return-step";
    return also;
}

void on_dossier(access::Api& api, const ContextSource& context, std::string_view word, Run run,
                access::RouteOptions options = {}) {
    options.ahead = [also = also_asked(word)](store::Ahead& ahead, const Call& call) {
        storage::ask_ahead(ahead, call.param("code"), also);
    };
    api.command(
        "POST", fmt::format("/api/v1/dossiers/{{code}}/{}", word),
        [context, run = std::move(run)](store::Transaction& tx, const Call& call) -> Result<Answer> {
            TRY(const auto version, wanted_version(call));
            const auto ctx = context();
            JsonReader in(body_of(call));
            TRY(const auto d, run(tx, ctx, call, {DossierCode{call.param("code")}, version}, in));
            return answer_of(d);
        },
        std::move(options));
}

void add_filing(access::Api& api, const ContextSource& context) {
    api.command("POST", "/api/v1/dossiers", [context](store::Transaction& tx, const Call& call) -> Result<Answer> {
        const auto ctx = context();
        JsonReader in(body_of(call));
        const auto filing = bodies::filing(in);
        TRY_VOID(in.finish());
        TRY(const auto d, file(tx, ctx, call.actor, filing, call.now));
        auto answer = answer_of(d, 201);
        answer.headers.push_back({"Location", "/api/v1/dossiers/" + d.code.value});
        return answer;
    });
}

void add_reception(access::Api& api, const ContextSource& context) {
    on_dossier(api, context, "receive", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
        Reception r;
        if (in.raw("components")) r.components = bodies::components(in, "components");
        r.amounts = bodies::charges(in, "amounts");
        TRY_VOID(in.finish());
        return receive(tx, ctx, call.actor, target, r, call.now);
    });
    on_dossier(api, context, "refuse", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
        const auto reasons = bodies::texts(in, "reasons", 50, 4000);
        TRY_VOID(in.finish());
        return refuse(tx, ctx, call.actor, target, reasons, call.now);
    });
    on_dossier(api, context, "transfer",
               [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
                   TRY_VOID(in.finish());
                   return transfer(tx, ctx, call.actor, target, call.now);
               });
}

void add_steps(access::Api& api, const ContextSource& context) {
    on_dossier(api, context, "claim", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
        const auto task = bodies::task(in);
        TRY_VOID(in.finish());
        return claim(tx, ctx, call.actor, target, task, call.now);
    });
    on_dossier(api, context, "reassign",
               [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
                   const auto task = bodies::task(in);
                   const auto officer = in.template id<OfficerId>("officer");
                   const auto reason = in.optional_text("reason", 2000).value_or("");
                   TRY_VOID(in.finish());
                   return reassign(tx, ctx, call.actor, target, task, officer, reason, call.now);
               });
    on_dossier(api, context, "release", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
        const auto to = in.template id<ReleaseId>("release");
        TRY_VOID(in.finish());
        return move_release(tx, ctx, call.actor, target, to, call.now);
    });
    on_dossier(api, context, "complete",
               [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
                   Completion c;
                   c.task = bodies::task(in);
                   c.note = in.optional_text("note", 4000).value_or("");
                   c.assignee = OfficerId{in.optional_text("assignee", 100).value_or("")};
                   TRY_VOID(in.finish());
                   return complete(tx, ctx, call.actor, target, c, call.now);
               });
    on_dossier(api, context, "return-step",
               [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
                   SendBack b;
                   b.task = bodies::task(in);
                   b.to_step = in.optional_text("to_step", 100).value_or("");
                   b.reason = in.text("reason", 4000);
                   TRY_VOID(in.finish());
                   return return_step(tx, ctx, call.actor, target, b, call.now);
               });
    on_dossier(api, context, "consult", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
        Consultation c;
        c.agency = in.template id<AgencyId>("agency");
        c.question = in.text("question", 4000);
        c.within = directory::work_hours(in.integer("hours", 1, 480));
        c.silence = in.one_of("silence", {"report", "agree"}, "report");
        c.task = bodies::task(in);
        TRY_VOID(in.finish());
        return consult(tx, ctx, call.actor, target, c, call.now);
    });
    on_dossier(api, context, "opinion", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
        Opinion o;
        o.task = bodies::task(in);
        o.answer = in.one_of("answer", {"agree", "disagree", "other"});
        o.text = in.optional_text("text", 4000).value_or("");
        TRY_VOID(in.finish());
        return give_opinion(tx, ctx, call.actor, target, o, call.now);
    });
}

void add_supplement_and_money(access::Api& api, const ContextSource& context) {
    on_dossier(api, context, "supplement",
               [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
                   SupplementRequest r;
                   r.items = bodies::texts(in, "items", 50, 4000);
                   r.reason = in.text("reason", 4000);
                   r.contact = in.optional_text("contact", 500).value_or("");
                   TRY_VOID(in.finish());
                   return request_supplement(tx, ctx, call.actor, target, r, call.now);
               });
    on_dossier(api, context, "supplement-answer",
               [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
                   const auto components = bodies::components(in, "components");
                   const auto note = in.optional_text("note", 4000).value_or("");
                   TRY_VOID(in.finish());
                   return answer_supplement(tx, ctx, call.actor, target, components, note, call.now);
               });
    on_dossier(api, context, "charge", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
        const auto charges = bodies::charges(in, "charges");
        TRY_VOID(in.finish());
        return charge(tx, ctx, call.actor, target, charges, call.now);
    });
    on_dossier(api, context, "payment", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
        Payment p;
        p.charges = bodies::texts(in, "charges", 50, 100);
        p.method = in.one_of("method", {"cash", "transfer", "online"});
        p.receipt = in.text("receipt", 100);
        TRY_VOID(in.finish());
        return pay(tx, ctx, call.actor, target, p, call.now);
    });
}

void add_ends(access::Api& api, const ContextSource& context) {
    on_dossier(api, context, "extend", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
        const auto date = in.date("date");
        const auto reason = in.text("reason", 4000);
        TRY_VOID(in.finish());
        return extend(tx, ctx, call.actor, target, date, reason, call.now);
    });
    on_dossier(api, context, "withdraw",
               [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
                   const auto reason = in.optional_text("reason", 4000).value_or("");
                   TRY_VOID(in.finish());
                   return withdraw(tx, ctx, call.actor, target, reason, call.now);
               });
    on_dossier(api, context, "stop", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
        const auto reason = in.text("reason", 4000);
        const auto basis = in.text("basis", 1000);
        TRY_VOID(in.finish());
        return stop(tx, ctx, call.actor, target, reason, basis, call.now);
    });
    on_dossier(api, context, "result", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
        ResultInput r;
        r.task = bodies::task(in);
        r.kind = in.optional_text("kind", 100).value_or("");
        r.number = in.optional_text("number", 200).value_or("");
        r.outcome = in.one_of("outcome", {"granted", "declined"}, "granted") == "declined" ? Outcome::declined
                                                                                           : Outcome::granted;
        r.signature = in.one_of("signature", {"digital", "ink"}, "ink");
        r.file = FileHash{in.optional_text("file", 64).value_or("")};
        r.reason = in.optional_text("reason", 4000).value_or("");
        TRY_VOID(in.finish());
        return record_result(tx, ctx, call.actor, target, r, call.now);
    });
    on_dossier(api, context, "deliver", [](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
        Delivery d;
        d.method = in.one_of("method", {"desk", "post", "electronic"});
        d.receiver = in.optional_text("receiver", 800).value_or("");
        d.tracking = in.optional_text("tracking", 100).value_or("");
        TRY_VOID(in.finish());
        return deliver(tx, ctx, call.actor, target, d, call.now);
    });
}

}  // namespace

void add_command_routes(access::Api& api, const ContextSource& context, PhoneGuesses& guesses) {
    add_filing(api, context);
    add_reception(api, context);
    add_steps(api, context);
    add_supplement_and_money(api, context);
    add_ends(api, context);
    access::RouteOptions anyone;
    anyone.who = Who::anyone;
    on_dossier(
        api, context, "rating",
        [&guesses](auto& tx, auto& ctx, auto& call, auto& target, auto& in) -> Result<Dossier> {
            Rating r;
            r.overall = static_cast<int>(in.optional_integer("overall", 1, 5).value_or(0));
            r.scores = in.optional_text("scores", 9).value_or("");
            r.comment = in.optional_text("comment", 4000).value_or("");
            r.phone = in.optional_text("phone", 40);
            TRY_VOID(in.finish());
            const auto code = normalise_code(target.code.value);
            if (!guesses.allowed(code, call.request.remote, call.now)) return throttled();
            auto rated = rate(tx, ctx, call.actor, target, r, call.now);
            if (!rated.ok() && rated.error().code == "rating.phone")
                guesses.failed(code, call.request.remote, call.now);
            return rated;
        },
        anyone);
}

}  // namespace hl::dossiers
