#include "exchange/registry/compact_jws.h"

namespace hl::exchange {

namespace {

std::string header_of(std::string_view fingerprint, std::string_view type) {
    return fmt::format(R"({{"alg":"EdDSA","kid":"{}","typ":"{}"}})", fingerprint, type);
}

Error not_so(std::string_view why) {
    return {ErrorKind::malformed, "exchange.jws", "Văn bản ký không hợp lệ.", std::string{why}};
}

struct Parts {
    std::string_view header, payload, signature, signed_part;
};

std::optional<Parts> parts_of(std::string_view text) {
    const auto first = text.find('.'), last = text.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    return Parts{text.substr(0, first), text.substr(first + 1, last - first - 1), text.substr(last + 1),
                 text.substr(0, last)};
}

}  // namespace

std::string key_fingerprint(std::string_view public_key) {
    return crypto::to_hex(crypto::sha256(public_key));
}

std::string sign_compact(std::string_view type, std::string_view payload, const crypto::SigningKey& key) {
    std::string out = crypto::to_base64url(header_of(key_fingerprint(key.public_key), type));
    out += '.';
    out += crypto::to_base64url(payload);
    const auto signature = crypto::sign(out, key);
    out += '.';
    out += crypto::to_base64url(signature);
    return out;
}

Result<std::string> open_compact(std::string_view text, std::string_view type, std::string_view public_key) {
    const auto parts = parts_of(text);
    if (!parts) return not_so("it is not a compact JWS");
    if (parts->header != crypto::to_base64url(header_of(key_fingerprint(public_key), type)))
        return not_so("it was signed with another key or algorithm");
    const auto signature = crypto::from_base64url(parts->signature);
    if (!signature || signature->size() != 64 || !crypto::verify(parts->signed_part, *signature, public_key))
        return not_so("its signature does not hold");
    auto payload = crypto::from_base64url(parts->payload);
    if (!payload) return not_so("its payload is not base64url");
    return *std::move(payload);
}

std::optional<std::string> signer_of_compact(std::string_view text, std::string_view type) {
    const auto parts = parts_of(text);
    // Every header of this type is as long as every other: what is longer is not read at all.
    const std::string some(64, '0');
    const auto pattern = header_of(some, type);
    if (!parts || parts->header.size() != crypto::to_base64url(pattern).size()) return std::nullopt;
    const auto header = crypto::from_base64url(parts->header);
    if (!header || header->size() != pattern.size()) return std::nullopt;
    auto out = header->substr(pattern.find(some), some.size());
    if (out.find_first_not_of("0123456789abcdef") != std::string::npos || *header != header_of(out, type))
        return std::nullopt;
    return out;
}

std::optional<std::string> unverified_payload(std::string_view text) {
    const auto parts = parts_of(text);
    if (!parts) return std::nullopt;
    return crypto::from_base64url(parts->payload);
}

}  // namespace hl::exchange
