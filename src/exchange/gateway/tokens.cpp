#include "exchange/gateway/tokens.h"

#include <charconv>

#include "base/crypto.h"

namespace hl::exchange::gateway {

namespace {
constexpr std::chrono::seconds lifetime{600};
constexpr size_t tag_size = 32;
}  // namespace

Tokens::Tokens(const std::vector<ClientSettings>& clients, const Clock& clock, Random& random)
    : clock_(clock), key_(crypto::random_bytes(random, crypto::key_size)), random_(random) {
    for (const auto& c : clients)
        for (const auto& o : c.oauth) {
            clients_.emplace(o.id, Known{c.id, o.secret_hash});
            if (decoy_.empty()) decoy_ = o.secret_hash;
        }
}

Result<Tokens::Issued> Tokens::issue(std::string_view id, std::string_view secret) {
    const auto it = clients_.find(id);
    const bool right = crypto::check_password(secret, it == clients_.end() ? decoy_ : it->second.secret_hash);
    if (it == clients_.end() || !right)
        return Error{ErrorKind::unauthenticated, "exchange.oauth",
                     "Mã ứng dụng hoặc khoá bí mật không đúng. Xin quản trị viên cổng cấp lại.",
                     "The client id or secret is wrong. Ask the gateway's administrator for a new one."};
    std::string payload = fmt::format("{}|{}|", to_ms(clock_.now() + lifetime) / 1000, id);
    payload += crypto::to_hex(crypto::random_bytes(random_, 8));
    const auto tag = crypto::hmac_sha256(key_, payload);
    return Issued{crypto::to_base64url(std::string(crypto::view(tag)) + payload), lifetime};
}

std::optional<ClientId> Tokens::check(std::string_view token) const {
    const auto bytes = crypto::from_base64url(token);
    if (!bytes || bytes->size() <= tag_size) return std::nullopt;
    const auto payload = std::string_view(*bytes).substr(tag_size);
    const auto tag = crypto::hmac_sha256(key_, payload);
    if (!crypto::equal_constant_time(crypto::view(tag), std::string_view(*bytes).substr(0, tag_size)))
        return std::nullopt;
    const auto bar = payload.find('|');
    const auto last = payload.rfind('|');
    int64_t until = 0;
    std::from_chars(payload.data(), payload.data() + bar, until);
    if (until * 1000 <= to_ms(clock_.now())) return std::nullopt;
    const auto it = clients_.find(payload.substr(bar + 1, last - bar - 1));
    if (it == clients_.end()) return std::nullopt;
    return it->second.subsystem;
}

}  // namespace hl::exchange::gateway
