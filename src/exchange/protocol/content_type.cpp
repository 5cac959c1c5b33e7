#include "exchange/protocol/content_type.h"

#include "http/parse.h"

namespace hl::exchange {

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
}

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

std::string media_type(std::string_view content_type) {
    return lower_case(trimmed(content_type.substr(0, content_type.find(';'))));
}

std::string content_type_parameter(std::string_view content_type, std::string_view name) {
    for (auto at = content_type.find(';'); at < content_type.size();) {
        const auto from = at + 1;
        const auto equals = content_type.find_first_of("=;", from);
        if (equals == std::string_view::npos) break;
        if (content_type[equals] == ';') {
            at = equals;
            continue;
        }
        const auto key = trimmed(content_type.substr(from, equals - from));
        auto value = content_type.find_first_not_of(" \t", equals + 1);
        std::string text;
        if (value != std::string_view::npos && content_type[value] == '"') {
            for (++value; value < content_type.size() && content_type[value] != '"'; ++value) {
                if (content_type[value] == '\\' && value + 1 < content_type.size()) ++value;
                text += content_type[value];
            }
            if (value >= content_type.size()) return {};  // the quote is never closed
            at = content_type.find(';', value);
        } else {
            at = content_type.find(';', equals);
            const auto end = std::min(at, content_type.size());
            text = trimmed(content_type.substr(equals + 1, end - equals - 1));
        }
        if (http::equal_ignoring_case(key, name)) return text;
    }
    return {};
}

}  // namespace hl::exchange
