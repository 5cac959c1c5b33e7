#include "exchange/registry/join_code.h"

#include "base/copied_code.h"

namespace hl::exchange {

namespace {

constexpr std::string_view prefix = "HL1.";
constexpr size_t longest_code = 32u << 10, most_clients = 200;

Error damaged() {
    return {ErrorKind::invalid, "exchange.join_code_damaged",
            "Mã kết nối bị thiếu hoặc sai ký tự. Hãy chép lại nguyên vẹn từ nơi đăng ký.",
            "The join code is incomplete or has a wrong character. Copy it again, whole, from the registry."};
}

}  // namespace

std::string to_text(const JoinCode& code) {
    json::array clients;
    for (const auto& client : code.clients) clients.push_back(json::value(to_path(client)));
    return copied_code(prefix, {{"id", code.id},
                                {"secret", code.secret},
                                {"url", code.url},
                                {"key", code.fingerprint},
                                {"server", to_path(code.server)},
                                {"clients", std::move(clients)},
                                {"expires", to_rfc3339(code.expires)}});
}

Result<JoinCode> join_code_from_text(std::string_view text) {
    const auto value = read_copied_code(prefix, longest_code, text);
    if (!value) return damaged();
    JsonReader in(*value);
    JoinCode out;
    out.id = in.secret("id");
    out.secret = in.secret("secret");
    out.url = in.secret("url");
    out.fingerprint = in.secret("key");
    const auto server = in.secret("server");
    out.expires = in.instant("expires");
    const auto clients = in.array("clients", most_clients);
    if (!in.finish().ok()) return damaged();
    TRY(out.server, parse_server(server));
    for (const auto& [item, at] : clients) {
        if (!item->is_string()) return damaged();
        TRY(auto client, parse_client(std::string_view{item->get_string()}));
        out.clients.push_back(std::move(client));
    }
    return out;
}

}  // namespace hl::exchange
