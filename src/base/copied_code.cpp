#include "base/copied_code.h"

#include "base/crypto.h"

namespace hl {

namespace {

constexpr size_t checksum_size = 6;

std::string checksum(std::string_view bytes) {
    return std::string{crypto::view(crypto::sha256(bytes)).substr(0, checksum_size)};
}

}  // namespace

std::string copied_code(std::string_view prefix, const json::object& value) {
    const auto bytes = canonical_json(value);
    return std::string{prefix} + crypto::to_base64url(bytes) + "." + crypto::to_base64url(checksum(bytes));
}

std::optional<json::value> read_copied_code(std::string_view prefix, size_t longest, std::string_view text) {
    if (text.size() > longest) return std::nullopt;
    std::string plain;
    for (const char c : text)
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') plain += c;
    const auto dot = plain.rfind('.');
    if (!plain.starts_with(prefix) || dot == std::string::npos || dot < prefix.size()) return std::nullopt;
    const auto bytes = crypto::from_base64url(std::string_view{plain}.substr(prefix.size(), dot - prefix.size()));
    const auto sum = crypto::from_base64url(std::string_view{plain}.substr(dot + 1));
    if (!bytes || !sum || *sum != checksum(*bytes)) return std::nullopt;
    auto value = parse_json(*bytes);
    if (!value.ok()) return std::nullopt;
    return std::move(*value);
}

}  // namespace hl
