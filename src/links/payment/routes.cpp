#include "links/payment/routes.h"

#include "access/query_values.h"
#include "dossiers/queries.h"
#include "links/connector/runner.h"

namespace hl::payment {

namespace {

using access::Answer;
using access::Call;
using access::Right;

constexpr int most_listed = 100;

access::PersonalRead read_of(const Call& call, const Payment& p) {
    return {call.actor.label(), "nộp phí trực tuyến", "receipt", p.subject.value, call.request.request_id, call.now};
}

Result<Payment> readable(store::Reader& reader, const Call& call) {
    auto p = rows::find(reader, call.param("reference"));
    if (!p) return unknown_reference();
    if (access::require_anywhere(call.actor, Right::manage_links, call.now).ok()) return std::move(*p);
    TRY_VOID(dossiers::find_dossier(reader, call.actor, p->code.value, call.now));
    return std::move(*p);
}

json::object with_notices(store::Reader& reader, const Payment& p) {
    auto out = to_json(p);
    json::array notices;
    for (const auto& n : rows::notices_of(reader, p.reference))
        notices.push_back(json::object{{"at", to_rfc3339(n.at)},
                                       {"source", n.source},
                                       {"code", n.code},
                                       {"amount", n.amount},
                                       {"currency", n.currency},
                                       {"transaction", n.transaction},
                                       {"outcome", n.outcome}});
    out["notices"] = std::move(notices);
    return out;
}

Result<Answer> of_dossier(store::Reader& reader, const Call& call, bool connected) {
    TRY(const auto d, dossiers::find_dossier(reader, call.actor, call.param("code"), call.now));
    json::array items;
    for (const auto& p : rows::of_dossier(reader, d.id)) {
        auto one = to_json(p);
        if (const auto why = stuck(reader, p))
            one["problem"] = {{"code", "payment.stuck"}, {"vi", why->vi}, {"en", why->en}};
        items.push_back(std::move(one));
    }
    return Answer{json::object{{"connected", connected}, {"unpaid", d.unpaid}, {"items", std::move(items)}}};
}

Result<Answer> open_at_desk(store::Transaction& tx, const Call& call, Partner& partner) {
    TRY(const auto profile, partner.profile(tx, call.now));
    TRY(const auto p, open_payment(tx, partner.parts().context(), call.actor, *profile,
                                   {DossierCode{call.param("code")}, "desk", call.request.remote}, call.now));
    return Answer{to_json(p), 201};
}

Result<Answer> odd(store::Reader& reader, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, Right::manage_links, call.now));
    TRY(const auto before, access::number_in_query(call, "before", 0, 0, std::numeric_limits<int64_t>::max()));
    json::array items;
    auto found = rows::odd(reader, before, most_listed + 1);
    const bool more = std::ssize(found) > most_listed;
    if (more) found.pop_back();
    for (const auto& p : found) items.push_back(to_json(p));
    const json::value next = more ? json::value(found.back().number) : json::value();
    return Answer{json::object{{"items", std::move(items)}, {"next", next}}};
}

Result<Answer> ask(store::Transaction& tx, const Call& call) {
    TRY(const auto p, ask_again(tx, call.actor, call.param("reference"), call.now));
    connector::request_task(tx, "payment", "query", call.now);
    return Answer{to_json(p), 202};
}

Result<Answer> explained(store::Transaction& tx, const Call& call) {
    JsonReader in(call.body);
    const auto note = in.text("note", 1000);
    TRY_VOID(in.finish());
    TRY(const auto p, explain(tx, call.actor, call.param("reference"), note, call.now));
    return Answer{to_json(p)};
}

}  // namespace

Error not_connected() {
    return {ErrorKind::unavailable, "payment.not_connected",
            "Chưa nối với nền tảng thanh toán. Hãy nộp tại bộ phận một cửa.",
            "No payment platform is connected. Pay at the one-stop unit."};
}

std::optional<Saying> stuck(store::Reader& reader, const Payment& p) {
    if (p.state != PaymentState::opened) return std::nullopt;
    for (const auto& m : connector::find_messages(reader, {"payment", {}, p.reference}))
        if (m.state == connector::MessageState::held || m.state == connector::MessageState::dead)
            return Saying{m.reason.vi, m.reason.en};
    return std::nullopt;
}

Result<std::string> receipt_of(store::Reader& reader, const dossiers::Context& ctx, const Payment& p) {
    const auto sealed = rows::receipt_of(reader, p.reference);
    if (sealed.empty())
        return Error{ErrorKind::not_found, "payment.no_receipt",
                     "Chưa có biên lai. Nền tảng thanh toán gửi sau khi ghi nhận tiền; hãy xem lại sau.",
                     "There is no receipt yet. The platform sends it after the money is booked; look again later."};
    return ctx.vault->unseal(reader, p.subject, "payment.receipt", sealed);
}

void add_routes(access::Api& api, const RouteParts& parts) {
    const auto partner = parts.partner;
    const auto context = parts.context;
    access::RouteOptions open;
    open.who = access::Who::anyone;
    open.raw_body = true;
    open.max_body = 128u << 10;
    api.raw(
        "POST", "/api/v1/links/payment/confirm",
        [partner](const Call& call) -> Result<Answer> {
            if (!partner) return not_connected();
            auto answered = partner->call_back(call.request.body, call.now);
            if (answered.body.empty()) return not_connected();
            return Answer{std::move(answered.body), answered.status};
        },
        open);
    api.query("/api/v1/dossiers/{code}/payments", [partner](store::Reader& reader, const Call& call) {
        return of_dossier(reader, call, partner != nullptr);
    });
    api.command("POST", "/api/v1/dossiers/{code}/payments",
                [partner](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    if (!partner) return not_connected();
                    return open_at_desk(tx, call, *partner);
                });
    api.query("/api/v1/payments", odd);
    api.query("/api/v1/payments/{reference}", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto p, readable(reader, call));
        return Answer{with_notices(reader, p)};
    });
    api.query("/api/v1/payments/{reference}/receipt",
              [context](store::Reader& reader, const Call& call) -> Result<Answer> {
                  TRY(const auto p, readable(reader, call));
                  TRY(auto bytes, receipt_of(reader, context(), p));
                  Answer answer;
                  answer.bytes = std::move(bytes);
                  answer.headers = {
                      {"Content-Type", "application/pdf"},
                      {"Content-Disposition", fmt::format("inline; filename=\"bien-lai-{}.pdf\"", p.reference)}};
                  answer.reads = {read_of(call, p)};
                  return answer;
              });
    api.command("POST", "/api/v1/payments/{reference}/ask", ask);
    api.command("POST", "/api/v1/payments/{reference}/explain", explained);
}

}  // namespace hl::payment
