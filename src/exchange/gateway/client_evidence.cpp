// GET /asic: the signed containers of a subsystem's own messages (X-Road's signed document download). The system comes
// as it comes for messages; answers in plain text say what is wrong.
#include <boost/asio/post.hpp>

#include "exchange/gateway/client_entry.h"
#include "exchange/trust/container_zip.h"

namespace hl::exchange::gateway {

namespace {

constexpr int64_t largest = 64 << 20;  // of all bodies together; larger ones are exported by the administrator

struct Question {
    std::string id;
    ClientId client;
    bool requests = true, answers = true, unique = false;
};

Result<Question> read_question(std::string_view target) {
    const auto mark = target.find('?');
    TRY(const auto query, parse_query(mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1)));
    Question out;
    for (const auto& [name, value] : query) {
        if (name == "queryId") out.id = value;
        if (name == "xRoadInstance") out.client.instance = value;
        if (name == "memberClass") out.client.member_class = value;
        if (name == "memberCode") out.client.member_code = value;
        if (name == "subsystemCode") out.client.subsystem = value;
        if (name == "requestOnly") out.answers = false;
        if (name == "responseOnly") out.requests = false;
        if (name == "unique") out.unique = true;
    }
    if (out.id.empty() || out.client.instance.empty() || out.client.member_class.empty() ||
        out.client.member_code.empty())
        return Error{
            ErrorKind::malformed, "exchange.asic", "Thiếu tham số.",
            "queryId, xRoadInstance, memberClass and memberCode are needed (and subsystemCode of a subsystem)."};
    if (!out.requests && !out.answers)
        return Error{ErrorKind::malformed, "exchange.asic", "Chỉ chọn một.",
                     "Give requestOnly or responseOnly, not both."};
    return out;
}

struct Found {
    std::string type, name, bytes;
};

Result<Found> find(const Core& core, const Question& question) {
    TRY(const auto numbers, core.find_messages(question.client, question.id));
    std::vector<std::pair<std::string, RecordNumber>> wanted;
    int64_t bytes = 0;
    for (const auto n : numbers) {
        TRY(const auto entry, core.log.entry(n));
        const bool request = entry.direction == Direction::request;
        if (entry.client != question.client || entry.message_id != question.id) continue;
        if (!(request ? question.requests : question.answers)) continue;
        for (const auto& body : entry.bodies) bytes += body.size;
        wanted.emplace_back(fmt::format("{}-{}.asice", request ? "request" : "response", n), n);
    }
    if (wanted.empty())
        return Error{ErrorKind::not_found, "exchange.asic", "Không có thông điệp này.",
                     "No message of this client has that id."};
    if (question.unique && wanted.size() > 1)
        return Error{ErrorKind::malformed, "exchange.asic", "Có nhiều thông điệp cùng mã.",
                     "More than one message has that id; leave 'unique' out, or ask for requestOnly or responseOnly."};
    if (bytes > largest)
        return Error{ErrorKind::too_large, "exchange.asic", "Thông điệp quá lớn.",
                     "The messages are too large for this way; the gateway's administrator can export them."};
    if (wanted.size() == 1) {
        TRY(auto container, export_container(core.log, wanted[0].second));
        return Found{"application/vnd.etsi.asic-e+zip", wanted[0].first, std::move(container)};
    }
    TRY(auto zip, ZipWriter::to_memory(core.clock.now()));
    for (const auto& [name, number] : wanted) {
        TRY(auto container, export_container(core.log, number));
        TRY_VOID(zip.add(name, std::move(container), ZipWriter::Packing::stored));
    }
    TRY(auto all, std::move(zip).finish());
    return Found{"application/zip", "messages.zip", std::move(all)};
}

int status_for(const Error& error) {
    switch (error.kind) {
        case ErrorKind::malformed:
        case ErrorKind::invalid:
            return 400;
        case ErrorKind::not_found:
            return 404;
        default:
            return 500;
    }
}

}  // namespace

Awaitable<void> ClientEntry::evidence(Session& session) {
    constexpr std::string_view text = "text/plain; charset=utf-8";
    co_await finish_request(session);
    const auto knowledge = core_.knowledge(client_proxy);
    const auto question = read_question(session.head.target);
    if (!question.ok() || !knowledge.ok()) {
        const auto& error = question.ok() ? knowledge.error() : question.error();
        (void)co_await answer_with(session, question.ok() ? 500 : 400, text, error.en);
        co_return;
    }
    if (const auto admitted = admit(session, *knowledge.value(), question.value().client, nullptr); !admitted.ok()) {
        (void)co_await answer_with(session, 401, text, admitted.error().en);
        co_return;
    }
    if (!core_.find_messages) {
        (void)co_await answer_with(session, 404, text, "This gateway keeps no index of its message log.");
        co_return;
    }
    auto found = co_await called_back<std::shared_ptr<Result<Found>>>([&](auto done) {
        asio::post(workers_,
                   [this, &question, done] { done(std::make_shared<Result<Found>>(find(core_, question.value()))); });
    });
    if (!found->ok()) {
        (void)co_await answer_with(session, status_for(found->error()), text, found->error().en);
        co_return;
    }
    const auto& file = found->value();
    const auto disposition = fmt::format("Content-Disposition: attachment; filename=\"{}\"\r\n", file.name);
    (void)co_await answer_with(session, 200, file.type, file.bytes, disposition);
    session.connection.never_expire();
}

}  // namespace hl::exchange::gateway
