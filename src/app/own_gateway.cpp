#include "app/own_gateway.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/join.h"
#include "base/files.h"
#include "base/log.h"
#include "exchange/registry/seed.h"
#include "exchange/registry/servers.h"

namespace hl::app {

namespace fs = std::filesystem;
using exchange::ClientId;

namespace {

constexpr std::chrono::seconds own_registry_interval{2};

/// A port of loopback that nobody listens on now.
int free_port() {
    const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    int port = 0;
    if (s >= 0 && ::bind(s, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
        ::getsockname(s, reinterpret_cast<sockaddr*>(&address), &size) == 0)
        port = ntohs(address.sin_port);
    if (s >= 0) ::close(s);
    return port;
}

constexpr std::string_view businesses =
    "ma_so,ten,tinh_trang,dia_chi\n"
    "0100000001,Công ty TNHH Mẫu Một (dữ liệu mẫu),Đang hoạt động,\"Phường Đông Hà, tỉnh Quảng Trị\"\n"
    "0100000002,Hợp tác xã Mẫu Hai (dữ liệu mẫu),Tạm ngừng kinh doanh,\"Xã Triệu Phong, tỉnh Quảng Trị\"\n"
    "0100000003,Công ty cổ phần Mẫu Ba (dữ liệu mẫu),,\n";
constexpr std::string_view businesses_settings = R"json({
  "kind": "csv", "title": "Doanh nghiệp (dữ liệu mẫu)", "file": "businesses.csv", "key": "code",
  "columns": [
    {"header": "ma_so", "name": "code", "type": "text", "required": true},
    {"header": "ten", "name": "name", "type": "text", "required": true},
    {"header": "tinh_trang", "name": "status", "type": "text"},
    {"header": "dia_chi", "name": "address", "type": "text"}
  ]
}
)json";

/// A made-up system by its code.
template <class Clients, class F>
std::optional<ClientId> system(const Clients& clients, std::string_view code, const F& id_of) {
    for (const auto& client : clients)
        if (id_of(client).subsystem == code) return id_of(client);
    return std::nullopt;
}

/// The made-up register of businesses, asked by the made-up one-stop through the gateway: each question is an exchange
/// like any other.
std::optional<links::BusinessSource> demonstration_register(const exchange::GatewaySettings& settings, int port) {
    const auto of_settings = [](const exchange::ClientSettings& c) -> const ClientId& { return c.id; };
    const auto asks = system(settings.clients, "MOT-CUA", of_settings);
    const auto answers = system(settings.clients, "DKKD", of_settings);
    if (!asks || !answers || port < 0) return std::nullopt;
    links::BusinessSource out;
    out.url =
        fmt::format("http://{}:{}/r1/{}/doanh-nghiep/{{code}}", settings.address, port, exchange::to_path(*answers));
    out.client = exchange::to_path(*asks);
    out.code_at = "/code";
    out.name_at = "/name";
    out.status_at = "/status";
    out.address_at = "/address";
    return out;
}

}  // namespace

Result<void> join_demonstration(Program& program, const std::string& url) {
    const auto& clock = program.clock();
    const auto organisation = program.snapshots().organisation();
    exchange::NewJoinCode wanted;
    wanted.server_code = "cong-tinh";
    TRY(auto code, program.store().write([&](store::Transaction& tx) -> Result<exchange::JoinCode> {
        TRY_VOID(exchange::seed_exchange(tx, program.registry(), organisation, program.random(), clock.now()));
        wanted.clients = exchange::seeded_subsystems(tx);
        if (wanted.clients.empty())
            return Error{ErrorKind::conflict, "demo.no_exchange", "Không có hệ thống mẫu nào để kết nối.",
                         "There is no made-up system to connect."};
        wanted.owner = wanted.clients.front().member();
        const auto actor = access::Actor::system("demo", organisation);
        return exchange::make_join_code(tx, program.registry(), actor, wanted, program.random(), clock.now());
    }));
    code.url = url;
    JoinOptions options;
    options.folder = program.config().data_dir / "gateway";
    options.listen = "127.0.0.1";
    options.address = fmt::format("127.0.0.1:{}", free_port());
    options.http_port = free_port();
    options.https_port = -1;
    options.organisation = "Tỉnh Quảng Trị (dữ liệu mẫu)";
    TRY_VOID(write_file_durably(options.folder / "businesses.csv", businesses));
    TRY_VOID(write_file_durably(options.folder / "businesses.json", businesses_settings));
    if (const auto register_of = system(code.clients, "DKKD", [](const ClientId& c) { return c; }))
        options.services = fmt::format("  - id: {}/doanh-nghiep\n    type: openapi3\n    adapter: businesses.json\n",
                                       exchange::to_path(*register_of));
    TRY(const auto joined, join_exchange(code, options, clock, program.random(),
                                         [](const std::string& line) { log::info("exchange", line); }));
    return Nothing{};
}

Result<std::unique_ptr<GatewayNode>> start_own_gateway(Program& program, const std::string& url) {
    const auto folder = program.config().data_dir / "gateway";
    std::error_code ec;
    const bool demonstration = is_demonstration(program.config());
    if (!fs::exists(folder / "gateway.yaml", ec)) {
        if (!demonstration || !program.config().own_gateway) return std::unique_ptr<GatewayNode>{};
        fs::create_directories(folder, ec);
        TRY_VOID(join_demonstration(program, url));
    }
    TRY(auto settings, exchange::load_gateway_settings(folder / "gateway.yaml"));
    if (demonstration) settings.registry_url = url + "/api/v1/exchange/configuration";
    // Its registry is in this program: what was approved, and who has joined, holds here at once.
    if (settings.registry_url.starts_with(url + "/"))
        settings.configuration_interval = std::min(settings.configuration_interval, own_registry_interval);
    TRY(auto node, GatewayNode::open(std::move(settings), program.clock(), program.random()));
    TRY_VOID(node->start());
    if (demonstration && !program.config().business_register)
        program.business_register().set(
            demonstration_register(node->gateway().core().settings, node->gateway().ports().http));
    return node;
}

}  // namespace hl::app
