#include "exchange/registry/join_code.h"

#include "base/crypto.h"
#include "base/json.h"

namespace hl::exchange {

namespace {

constexpr std::string_view prefix = "HL1.";
constexpr size_t checksum_size = 6, longest_code = 32u << 10, most_clients = 200;

std::string checksum(std::string_view bytes) {
    return std::string{crypto::view(crypto::sha256(bytes)).substr(0, checksum_size)};
}

Error damaged() {
    return {ErrorKind::invalid, "exchange.join_code_damaged",
            "Mã kết nối bị thiếu hoặc sai ký tự. Hãy chép lại nguyên vẹn từ nơi đăng ký.",
            "The join code is incomplete or has a wrong character. Copy it again, whole, from the registry."};
}

}  // namespace

std::string to_text(const JoinCode& code) {
    json::array clients;
    for (const auto& client : code.clients) clients.push_back(json::value(to_path(client)));
    const auto bytes = canonical_json(json::object{{"id", code.id},
                                                   {"secret", code.secret},
                                                   {"url", code.url},
                                                   {"key", code.fingerprint},
                                                   {"server", to_path(code.server)},
                                                   {"clients", std::move(clients)},
                                                   {"expires", to_rfc3339(code.expires)}});
    return std::string{prefix} + crypto::to_base64url(bytes) + "." + crypto::to_base64url(checksum(bytes));
}

Result<JoinCode> join_code_from_text(std::string_view text) {
    std::string plain;
    if (text.size() > longest_code) return damaged();
    for (const char c : text)
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') plain += c;
    const auto dot = plain.rfind('.');
    if (!plain.starts_with(prefix) || dot == std::string::npos || dot < prefix.size()) return damaged();
    const auto bytes = crypto::from_base64url(std::string_view{plain}.substr(prefix.size(), dot - prefix.size()));
    const auto sum = crypto::from_base64url(std::string_view{plain}.substr(dot + 1));
    if (!bytes || !sum || *sum != checksum(*bytes)) return damaged();
    TRY(const auto value, parse_json(*bytes));
    JsonReader in(value);
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
