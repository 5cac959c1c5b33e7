#include "exchange/trust/token_uri.h"

#include "base/crypto.h"

namespace hl::exchange {

namespace {

std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto byte = i + 3 <= text.size() ? crypto::from_hex(text.substr(i + 1, 2)) : std::nullopt;
        if (!byte) return std::nullopt;
        out += *byte;
        i += 2;
    }
    return out;
}

Error wrong(std::string_view uri, std::string_view vi, std::string_view en) {
    return {
        ErrorKind::invalid, "exchange.token_uri",
        fmt::format("Địa chỉ khoá “{}” không dùng được: {}. Viết dạng pkcs11:token=TÊN;object=TÊN-KHOÁ.", uri, vi),
        fmt::format("The key's address “{}” cannot be used: {}. Write it as pkcs11:token=NAME;object=KEY.", uri, en)};
}

}  // namespace

Result<TokenUri> parse_token_uri(std::string_view uri) {
    constexpr std::string_view scheme = "pkcs11:";
    if (!uri.starts_with(scheme)) return wrong("…", "không bắt đầu bằng pkcs11:", "it does not begin with pkcs11:");
    std::string_view rest = uri.substr(scheme.size());
    if (rest.find('?') != std::string_view::npos)
        return wrong(uri.substr(0, uri.find('?')), "mã PIN và mô-đun được khai riêng, không nằm trong địa chỉ",
                     "the PIN and the module are given apart from it");
    TokenUri out;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(';'), rest.size());
        const std::string_view part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto equals = part.find('=');
        const auto value = equals == std::string_view::npos ? std::nullopt : decoded(part.substr(equals + 1));
        if (!value)
            return wrong(uri, fmt::format("phần “{}” viết sai", part), fmt::format("its part “{}” is malformed", part));
        const std::string_view name = part.substr(0, equals);
        if (name == "token")
            out.token = *value;
        else if (name == "serial")
            out.serial = *value;
        else if (name == "manufacturer")
            out.manufacturer = *value;
        else if (name == "model")
            out.model = *value;
        else if (name == "object")
            out.object = *value;
        else if (name == "id")
            out.id = *value;
        else if (name != "type" || *value != "private")
            return wrong(uri, fmt::format("thuộc tính “{}” không được hỗ trợ", name),
                         fmt::format("the attribute “{}” is not supported", name));
    }
    if (!out.object && !out.id) return wrong(uri, "thiếu object hoặc id của khoá", "the key's object or id is missing");
    return out;
}

}  // namespace hl::exchange
