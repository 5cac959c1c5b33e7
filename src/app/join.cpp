#include "app/join.h"

#include <charconv>
#include <thread>

#include "app/gateway_node.h"
#include "app/repin.h"
#include "base/files.h"
#include "base/json.h"
#include "base/text.h"
#include "http/client.h"

namespace hl::app {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds round_trip_pause{2};

using exchange::ClientId;
using exchange::gateway::Identity;

std::string member_text(const boost::json::value& from, std::string_view name) {
    const auto* found = from.is_object() ? from.as_object().if_contains(name) : nullptr;
    return found != nullptr && found->is_string() ? std::string{found->get_string()} : std::string{};
}

Error answered(const std::string& url, const http::Response& response) {
    // A problem document says in words what to do.
    std::string why = fmt::format("HTTP {}", response.status);
    if (const auto body = parse_json(response.body); body.ok())
        if (auto detail = member_text(*body, "detail"); !detail.empty()) why = std::move(detail);
    return {ErrorKind::conflict, "gateway.registry", fmt::format("Sổ đăng ký {} từ chối: {}", url, why),
            fmt::format("The registry at {} refused: {}", url, why)};
}

/// Members whose subsystems the gateway serves: each signs for itself.
std::vector<ClientId> members_of(const std::vector<ClientId>& clients) {
    std::set<ClientId> out;
    for (const auto& client : clients) out.insert(client.member());
    return {out.begin(), out.end()};
}

/// The keys of an earlier attempt are used again: the registry answers the same requests with the same certificates.
Result<boost::json::object> requests(Identity& identity, const exchange::JoinCode& code, const JoinOptions& options,
                                     const Told& told) {
    const auto request_for = [&](std::optional<ClientId> member) -> Result<std::string> {
        const std::string who = member ? exchange::to_path(*member) : exchange::to_path(code.server);
        const exchange::SubjectName name{"VN", options.organisation, who, member ? member->member_code : ""};
        for (const auto& waiting : identity.current()->waiting)
            if (waiting.member == member) return identity.request(waiting.key, name);
        const auto now = identity.current();
        if (!member && now->authentication) return identity.request(now->authentication->name, name);
        if (member)
            if (const auto own = now->signing.find(*member); own != now->signing.end())
                return identity.request(own->second->name, name);
        told(fmt::format("making the {} key of {}", member ? "signing" : "authentication", who));
        return identity.make_key(member, options.keys, name);
    };
    TRY(auto authentication, request_for(std::nullopt));
    boost::json::array signing;
    for (const auto& member : members_of(code.clients)) {
        TRY(auto request, request_for(member));
        signing.push_back({{"member", exchange::to_path(member)}, {"request", std::move(request)}});
    }
    return boost::json::object{{"code", code.id},
                               {"secret", code.secret},
                               {"address", options.address},
                               {"authentication", std::move(authentication)},
                               {"signing", std::move(signing)}};
}

std::string yaml_text(std::string_view text) {
    return boost::json::serialize(boost::json::value(text));  // a JSON string is a YAML one
}

Result<int> port_of(const std::string& address) {
    const auto colon = address.rfind(':');
    int port = 0;
    const auto* end = address.data() + address.size();
    if (colon != std::string::npos && colon > 0)
        if (const auto read = std::from_chars(address.data() + colon + 1, end, port);
            read.ec == std::errc{} && read.ptr == end && port > 0 && port < 65536)
            return port;
    return Error{ErrorKind::invalid, "gateway.address",
                 "Cần địa chỉ dạng máy:cổng mà các cổng kết nối khác gọi tới, ví dụ lgsp.coquan.vn:5500.",
                 "An address like host:port is wanted, at which other gateways reach this one (gateway.example:5500)."};
}

Result<std::string> settings_text(const exchange::JoinCode& code, const JoinOptions& options,
                                  const std::string& public_key) {
    TRY(const auto port, port_of(options.address));
    std::string out =
        "# A gateway of the data-sharing platform. `hienluong gateway check` explains every mistake in this file.\n";
    out += fmt::format("instance: {}\nserver: {}\nregistry_url: {}\nregistry_key: {}\n",
                       yaml_text(code.server.instance), yaml_text(exchange::to_path(code.server)),
                       yaml_text(code.url + "/api/v1/exchange/configuration"), yaml_text(public_key));
    // Keys, log and configuration lie beside this file.
    out += "folder: .\n";
    out += fmt::format(
        "# Where information systems come in: this machine alone until you say another address.\n"
        "address: 127.0.0.1\nhttp_port: {}\nhttps_port: {}\n"
        "# Where other gateways come in.\npeer_address: {}\npeer_port: {}\n",
        options.http_port, options.https_port, yaml_text(options.listen), port);
    out +=
        "# Whose information systems call through this gateway, and how they must come: http, https-no-auth, or https\n"
        "# with a certificate whose SHA-256 is in a list `certificates`.\nclients:\n";
    for (const auto& client : code.clients)
        if (!client.subsystem.empty())
            out += fmt::format("  - id: {}\n    connection: http\n", yaml_text(exchange::to_path(client)));
    out +=
        "# What those subsystems answer, e.g.\n"
        "#  - id: INSTANCE/GOV/CODE/SUBSYSTEM/service\n"
        "#    url: http://127.0.0.1:9000/base\n"
        "services:";
    out += options.services.empty() ? " []\n" : "\n" + options.services;
    return out;
}

}  // namespace

Result<Joined> join_exchange(const exchange::JoinCode& code, const JoinOptions& options, const Clock& clock,
                             Random& random, const Told& told) {
    if (clock.now() >= code.expires)
        return Error{ErrorKind::conflict, "gateway.code_expired",
                     fmt::format("Mã gia nhập đã hết hạn lúc {}. Hãy xin mã mới.", to_vietnamese(code.expires)),
                     fmt::format("The join code ended at {}. Ask for a new one.", to_rfc3339(code.expires))};
    TRY_VOID(port_of(options.address));
    std::error_code ec;
    const auto file = options.folder / "gateway.yaml";
    if (fs::exists(file, ec)) {
        TRY(const auto there, exchange::load_gateway_settings(file));
        if (there.server != code.server)
            return Error{
                ErrorKind::conflict, "gateway.joined",
                fmt::format("Thư mục này đã là cổng {}. Hãy chọn thư mục khác.", exchange::to_text(there.server)),
                fmt::format("The folder already is {}. Choose another one.", exchange::to_text(there.server)),
                options.folder.string()};
    }
    fs::create_directories(options.folder / "keys", ec);
    if (!ec) fs::permissions(options.folder, fs::perms::owner_all, ec);
    if (ec)
        return Error{ErrorKind::unavailable, "config.folder",
                     fmt::format("Không tạo được thư mục {}.", options.folder.string()),
                     fmt::format("The folder {} cannot be made: {}.", options.folder.string(), ec.message())};
    TRY(auto master, gateway_master_key(options.folder, random));
    TRY(const auto identity, Identity::open(options.folder / "keys", std::move(master), clock, random));
    TRY(const auto body, requests(*identity, code, options, told));

    told(fmt::format("registering {} at {}", exchange::to_path(code.server), code.url));
    http::ClientRequest request;
    request.method = "POST";
    request.url = code.url + "/api/v1/exchange/join";
    request.headers = {{"Content-Type", "application/json"}};
    request.body = boost::json::serialize(body);
    request.timeout = std::chrono::seconds{30};
    request.max_response = exchange::largest_configuration;
    TRY(const auto response, http::send(request));
    if (response.status != 200) return answered(code.url, response);
    TRY(const auto answer, parse_json(response.body));
    const auto* waits = answer.is_object() ? answer.as_object().if_contains("waiting") : nullptr;
    const auto* signing = answer.is_object() ? answer.as_object().if_contains("signing") : nullptr;
    if (waits == nullptr || !waits->is_bool() || signing == nullptr || !signing->is_array())
        return answered(code.url, response);
    const bool waiting = waits->as_bool();
    const auto key = crypto::from_base64(member_text(answer, "key"));
    // A code that was made before the key was changed: statements lead from the one that it names to the new one.
    const auto by_chain = [&] {
        return key && key->size() == 32 &&
               believe_by_chain(code.url + "/api/v1/exchange/configuration", code.fingerprint, *key, clock.now()).ok();
    };
    if (!key || (exchange::key_fingerprint(*key) != code.fingerprint && !by_chain()))
        return Error{ErrorKind::conflict, "gateway.registry_key",
                     "Khóa của sổ đăng ký không khớp mã gia nhập. Không gia nhập; hãy hỏi lại người cấp mã.",
                     "The registry's key is not the one that the join code names. Nothing was joined; ask whoever gave "
                     "you the code."};
    if (!waiting) {
        TRY_VOID(identity->take_certificate(member_text(answer, "authentication")));
        for (const auto& one : signing->as_array())
            TRY_VOID(identity->take_certificate(member_text(one, "certificate")));
        told("certificates taken in");
    }
    const bool joined_before = fs::exists(file, ec);
    std::string pinned = *key;
    if (joined_before) {
        TRY(const auto there, exchange::load_gateway_settings(file));
        pinned = there.registry_key;
    }
    exchange::KeptConfiguration kept(options.folder / "configuration.jws", pinned);
    // The code vouches for its key, whichever this folder pinned when it joined before.
    TRY_VOID(kept.repin(*key, member_text(answer, "configuration"), clock.now()));
    told(fmt::format("configuration {} of {} kept", kept.current()->configuration().number, code.server.instance));
    if (!joined_before) {
        TRY(const auto text, settings_text(code, options, crypto::to_base64(*key)));
        TRY_VOID(write_file_durably(file, text, 0600));
        told(fmt::format("{} written", file.string()));
    }
    return Joined{code.server, code.clients, waiting};
}

Result<void> check_round_trip(const fs::path& folder, const Clock& clock, Random& random, const Told& told) {
    TRY(const auto node, GatewayNode::open(folder, clock, random));
    // The newest configuration, before its certificates' state is asked for: whoever joined meanwhile is in it.
    if (const auto fetched = node->gateway().fetch_configuration(); !fetched.ok())
        told(fmt::format("the registry does not answer, what is kept is used: {}", fetched.error().en));
    TRY_VOID(node->start());
    const auto configuration = node->configuration().current();
    const auto& settings = node->gateway().core().settings;
    if (settings.clients.empty() || !configuration)
        return Error{ErrorKind::conflict, "gateway.no_client", "Cổng này chưa phục vụ hệ thống nào; chưa có gì để thử.",
                     "The gateway serves no subsystem yet; there is nothing to try with."};
    // Somebody else's subsystem, at another gateway: metaservices need no right, and are signed and logged.
    std::optional<ClientId> there;
    for (const auto& server : configuration->configuration().servers)
        for (const auto& client : server.clients)
            if (server.id != settings.server && !client.subsystem.empty() && !there) there = client;
    if (!there)
        return Error{ErrorKind::conflict, "gateway.nobody",
                     "Chưa có cổng kết nối nào khác trong cấu hình; thử lại khi đã có.",
                     "The configuration names no other gateway yet. Try again when there is one."};
    const auto port = node->gateway().ports().http;
    if (port < 0)
        return Error{ErrorKind::conflict, "gateway.no_http", "Cửa HTTP đang đóng; không tự thử được.",
                     "The HTTP entry is closed; the gateway cannot try itself."};
    http::ClientRequest request;
    request.url = fmt::format("http://{}:{}/r1/{}/listMethods", settings.address, port, exchange::to_path(*there));
    request.headers = {{"X-Road-Client", exchange::to_path(settings.clients.front().id)}};
    request.timeout = std::chrono::seconds{30};
    told(fmt::format("asking {} what it offers, through both gateways", exchange::to_path(*there)));
    // The other gateway closes the connection of one that it does not know, and learns of this one when it next fetches
    // the configuration.
    const auto patience = clock.now() + 2 * settings.configuration_interval;
    Result<http::Response> answer = http::send(request);
    std::string id, fault;
    const auto unknown_there = [&] {
        id = fault = "";
        if (!answer.ok()) return false;
        for (const auto& h : answer->headers) {
            if (text::fold(h.name) == "x-road-id") id = h.value;
            if (text::fold(h.name) == "x-road-error") fault = h.value;
        }
        return fault.ends_with("NetworkError") || fault.ends_with("network_error");
    };
    for (bool first = true; unknown_there() && clock.now() < patience; first = false) {
        if (first) told("the other gateway may not know this one yet; waiting for it to fetch the configuration");
        std::this_thread::sleep_for(round_trip_pause);
        answer = http::send(request);
    }
    node->stop();
    if (!answer.ok()) return answer.error();
    if (answer->status == 200 && fault.empty()) {
        told(fmt::format("answered, signed by both sides and logged: message {}", id));
        return Nothing{};
    }
    const auto body = parse_json(answer->body);
    auto words = body.ok() ? member_text(*body, "message") : std::string{};
    if (words.empty()) words = answer->body.substr(0, 500);
    return Error{ErrorKind::unavailable, "gateway.round_trip",
                 fmt::format("Lượt thử không thành ({}): {}", fault, words),
                 fmt::format("The round trip failed ({}): {}", fault, words)};
}

}  // namespace hl::app
