// The own gateway's message log for people: what passed, one message, its container, erasing it. Who manages the
// exchange sees everything; who connects an agency's systems sees what they sent and answered; auditors see that it
// passed. What is personal stays masked until somebody says why he needs it, and that is logged before he gets it.
#include <charconv>

#include "app/exchange_routes.h"
#include "base/json.h"
#include "base/text.h"
#include "exchange/trust/digest.h"

namespace hl::app {

namespace {

using access::Answer;
using access::Call;
using access::Right;
using exchange::ClientId;

constexpr std::string_view message_erased = "exchange.message_erased";  // v1 {gateway, record, message: bool}

enum class Sees { nothing, passing, own, all };

/// What a person may see of a message between these two.
Sees sight(Program& program, const Call& call, const std::optional<ClientId>& client,
           const std::optional<ClientId>& provider) {
    if (access::require(call.actor, Right::manage_exchange, AgencyId{}, call.now).ok()) return Sees::all;
    const auto acts_for = [&](const std::optional<ClientId>& one) {
        return one && program.store()
                          .read([&](store::Reader& reader) {
                              return exchange::require_acting_for(reader, call.actor, *one, call.now);
                          })
                          .ok();
    };
    if (acts_for(client) || acts_for(provider)) return Sees::own;
    if (access::require_anywhere(call.actor, Right::read_ledger, call.now).ok()) return Sees::passing;
    return Sees::nothing;
}

Error not_yours() {
    return {
        ErrorKind::denied, "access.denied",
        "Hãy chọn bên gọi hoặc bên cung cấp là hệ thống của cơ quan bạn; xem toàn trục cần quyền quản trị trục hoặc "
        "kiểm toán.",
        "Choose a caller or a provider that is your agency's; the whole exchange is for its administrators and "
        "auditors."};
}

/// The reason that a person gives for seeing what is personal. Errors: exchange.purpose, access.denied.
Result<std::string> purpose(const Call& call, Sees sees) {
    if (sees != Sees::own && sees != Sees::all)
        return Error{ErrorKind::denied, "access.denied",
                     "Vai trò của bạn chỉ xem được thông tin đã che. Hãy nhờ quản trị viên của trục.",
                     "Your role sees masked data only. Ask the exchange's administrator."};
    auto why = text::normalise(call.request.query_value("purpose").value_or(""));
    if (why.size() < 5 || why.size() > 300)
        return Error{ErrorKind::invalid, "exchange.purpose",
                     "Hãy ghi mục đích xem dữ liệu cá nhân (5 đến 300 ký tự); mục đích được ghi vào nhật ký.",
                     "Say why personal data is to be seen (5 to 300 characters); it is logged.", "/query/purpose"};
    return why;
}

access::PersonalRead read_of(const Call& call, std::string why, std::string_view what, std::string subject) {
    return {call.actor.label(), std::move(why),          std::string{what},
            std::move(subject), call.request.request_id, call.now};
}

std::string subject_of(GatewayNode& node, exchange::RecordNumber number) {
    return fmt::format("{}/{}", node.gateway().core().settings.server.server_code, number);
}

std::string_view word(exchange::Side side) {
    return side == exchange::Side::client ? "client" : "provider";
}
std::string_view word(exchange::Direction direction) {
    return direction == exchange::Direction::request ? "request" : "response";
}

Result<exchange::LogSearch> search_in_query(const Call& call) {
    exchange::LogSearch out;
    const auto text = [&](std::string_view name) { return call.request.query_value(name).value_or(""); };
    TRY(out.client, client_in_query(call, "client"));
    TRY(out.provider, client_in_query(call, "provider"));
    out.service = text("service");
    out.message_id = text("message_id");
    out.request_id = text("request_id");
    out.user_id = text("user_id");
    out.cursor = text("cursor");
    TRY(out.from, time_in_query(call, "from"));
    TRY(out.to, time_in_query(call, "to"));
    TRY(out.succeeded, flag_in_query(call, "succeeded"));
    TRY(const auto limit, number_in_query(call, "limit", 1, 200));
    out.limit = static_cast<int>(limit.value_or(50));
    const auto one_of = [&](std::string_view name, std::string_view first,
                            std::string_view second) -> Result<std::optional<bool>> {
        const auto given = text(name);
        if (given.empty()) return std::optional<bool>{};
        if (given == first || given == second) return std::optional{given == second};
        return Error{ErrorKind::invalid, "query.value", fmt::format("{} là {} hoặc {}.", name, first, second),
                     fmt::format("{} is {} or {}.", name, first, second), fmt::format("/query/{}", name)};
    };
    TRY(const auto provider_side, one_of("side", "client", "provider"));
    if (provider_side) out.side = *provider_side ? exchange::Side::provider : exchange::Side::client;
    TRY(const auto response, one_of("direction", "request", "response"));
    if (response) out.direction = *response ? exchange::Direction::response : exchange::Direction::request;
    return out;
}

json::object view(const exchange::LogRow& row) {
    return {{"number", row.number},
            {"at", to_rfc3339(row.at)},
            {"side", word(row.side)},
            {"direction", word(row.direction)},
            {"message_id", row.message_id},
            {"request_id", text_or_null(row.request_id)},
            {"client", exchange::to_path(row.client)},
            {"service", exchange::to_path(row.service)},
            {"protocol", row.rest ? "rest" : "soap"},
            {"status", row.status > 0 ? json::value(row.status) : json::value()},
            {"succeeded", row.succeeded},
            {"fault_code", text_or_null(row.fault_code)},
            {"bodies", row.bodies},
            {"body_bytes", row.body_bytes},
            {"user_id", text_or_null(row.user_id)},
            {"issue", text_or_null(row.issue)},
            {"represented_party", text_or_null(row.represented_party)},
            {"masked", row.masked},
            {"erased", row.erased}};
}

Result<Answer> search(Program& program, const Call& call) {
    TRY(const auto node, own_gateway(program));
    TRY(auto what, search_in_query(call));
    const auto sees = sight(program, call, what.client, what.provider);
    if (sees == Sees::nothing) return not_yours();
    TRY(const auto personal, flag_in_query(call, "personal"));
    Answer out;
    // To look for one person's messages is to see something of that person, masked or not.
    if (personal.value_or(false) || !what.user_id.empty()) {
        TRY(auto why, purpose(call, sees));
        what.personal_data = personal.value_or(false);
        out.reads.push_back(read_of(call, std::move(why), "exchange_messages",
                                    what.client     ? exchange::to_path(*what.client)
                                    : what.provider ? exchange::to_path(*what.provider)
                                                    : "*"));
    }
    TRY(const auto behind, node->index().behind());
    TRY(const auto page, node->index().search(what));
    json::array items;
    for (const auto& row : page.rows) items.push_back(view(row));
    out.value = json::object{{"items", std::move(items)}, {"next", text_or_null(page.next)}, {"behind", behind}};
    return out;
}

struct Found {
    std::shared_ptr<GatewayNode> node;
    exchange::RecordNumber number = 0;
    exchange::LogEntry entry;
    Sees sees = Sees::nothing;
};

Result<Found> found(Program& program, const Call& call) {
    Found out;
    TRY(out.node, own_gateway(program));
    const auto text = call.param("number");
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out.number);
    if (problem != std::errc{} || end != text.data() + text.size())
        return Error{ErrorKind::not_found, "exchange.record_missing", "Số bản ghi không hợp lệ.",
                     "The record's number is none."};
    // A stranger learns nothing, not even which numbers there are.
    const bool anybody = access::require_anywhere(call.actor, Right::use_exchange, call.now).ok() ||
                         sight(program, call, {}, {}) != Sees::nothing;
    if (!anybody) return not_yours();
    TRY(out.entry, out.node->log().entry(out.number));
    out.sees = sight(program, call, out.entry.client, out.entry.service.provider);
    if (out.sees == Sees::nothing) return not_yours();
    return out;
}

json::array view(const std::vector<exchange::LogEntry::Body>& bodies) {
    json::array out;
    for (const auto& body : bodies)
        out.push_back(json::object{{"sha512", crypto::to_hex(exchange::view(body.digest))},
                                   {"size", body.size},
                                   {"kept", !body.handle.empty()}});
    return out;
}

Result<Answer> one(Program& program, const Call& call) {
    TRY(const auto m, found(program, call));
    TRY(const auto personal, flag_in_query(call, "personal"));
    const bool shown = personal.value_or(false);
    Answer out;
    if (shown) {
        TRY(auto why, purpose(call, m.sees));
        out.reads.push_back(read_of(call, std::move(why), "exchange_message", subject_of(*m.node, m.number)));
    }
    const auto& e = m.entry;
    TRY(const auto stamp, m.node->log().stamp(m.number));
    const auto said = [&](const std::string& text) {
        return shown || text.empty() ? text_or_null(text) : json::value("***");
    };
    out.value =
        json::object{{"number", m.number},
                     {"at", to_rfc3339(e.at)},
                     {"side", word(e.side)},
                     {"direction", word(e.direction)},
                     {"message_id", e.message_id},
                     {"request_id", text_or_null(e.request_id)},
                     {"client", exchange::to_path(e.client)},
                     {"service", exchange::to_path(e.service)},
                     {"protocol", e.rest ? "rest" : "soap"},
                     {"status", e.status > 0 ? json::value(e.status) : json::value()},
                     {"succeeded", e.succeeded},
                     {"fault_code", text_or_null(e.fault_code)},
                     {"user_id", said(e.user_id)},
                     {"issue", said(e.issue)},
                     {"represented_party", said(e.represented_party)},
                     {"masked", !shown},
                     {"erased", e.message_erased},
                     {"message", shown && text::is_valid_utf8(e.message) ? text_or_null(e.message) : json::value()},
                     {"bodies", view(e.bodies)},
                     {"signer", text_or_null(e.signer_sha256)},
                     {"signed_in_batch", e.signature.chain_result != nullptr},
                     {"time_stamped", stamp.has_value()}};
    return out;
}

Result<Answer> container(Program& program, const Call& call) {
    TRY(const auto m, found(program, call));
    TRY(auto why, purpose(call, m.sees));
    Answer out;
    TRY(out.bytes, exchange::export_container(m.node->log(), m.number));
    out.headers = {{"Content-Type", "application/vnd.etsi.asic-e+zip"},
                   {"Content-Disposition",
                    fmt::format("attachment; filename=\"{}-{}.asice\"", word(m.entry.direction), m.number)}};
    out.reads.push_back(read_of(call, std::move(why), "exchange_container", subject_of(*m.node, m.number)));
    return out;
}

/// Keys are destroyed first: the ledger never says that something was erased which is still there. The reason stays in
/// the message log, since it is somebody's words.
Result<Answer> erase(Program& program, const Call& call) {
    TRY_VOID(access::require(call.actor, Right::manage_exchange, AgencyId{}, call.now));
    JsonReader in(call.body);
    const auto reason = in.text("reason", 500);
    const bool message = in.boolean("message", false);
    TRY_VOID(in.finish());
    TRY(const auto m, found(program, call));
    TRY_VOID(m.node->log().erase(m.number, message, reason, call.actor.label()));
    TRY_VOID(program.store().write([&](store::Transaction& tx) -> Result<void> {
        const auto server = exchange::to_path(m.node->gateway().core().settings.server);
        tx.append({std::string{message_erased}, 1, "exchange_log:" + server, call.actor.label(), call.now,
                   json::object{{"gateway", server}, {"record", m.number}, {"message", message}}});
        return Nothing{};
    }));
    return Answer{{}, 204};
}

}  // namespace

void add_exchange_log_routes(access::Api& api, Program& program) {
    // Raw: the log is no table of the database.
    api.raw("GET", "/api/v1/exchange/messages", [&program](const Call& call) { return search(program, call); });
    api.raw("GET", "/api/v1/exchange/messages/{number}", [&program](const Call& call) { return one(program, call); });
    api.raw("GET", "/api/v1/exchange/messages/{number}/container",
            [&program](const Call& call) { return container(program, call); });
    api.raw("POST", "/api/v1/exchange/messages/{number}/erasure",
            [&program](const Call& call) { return erase(program, call); });
}

}  // namespace hl::app
