#include "http/parse.h"

#include "base/text.h"

namespace hl::http {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

Error bad_target(std::string_view why) {
    return {ErrorKind::malformed, "http.target", "Địa chỉ yêu cầu không hợp lệ.",
            fmt::format("The request target is not valid: {}.", why)};
}

enum class Plus { literal, space };

Result<std::string> decode(std::string_view s, Plus plus) {
    std::string out;
    out.reserve(s.size());
    for (size_t i = 0; i < s.size(); ++i) {
        const auto c = static_cast<unsigned char>(s[i]);
        if (c == '%') {
            if (i + 2 >= s.size()) return bad_target("broken escape");
            const int high = hex_value(s[i + 1]), low = hex_value(s[i + 2]);
            if (high < 0 || low < 0) return bad_target("broken escape");
            const int value = high * 16 + low;
            if (value == 0) return bad_target("a zero byte");
            if (plus == Plus::literal && (value == '/' || value == '\\')) return bad_target("an encoded slash");
            out += static_cast<char>(value);
            i += 2;
        } else if (c == '+' && plus == Plus::space) {
            out += ' ';
        } else if (c <= 0x20 || c == 0x7F || (plus == Plus::literal && c == '\\')) {
            return bad_target("a forbidden character");
        } else {
            out += s[i];
        }
    }
    if (!text::is_valid_utf8(out)) return bad_target("not UTF-8");
    return out;
}

std::string_view trim(std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
    return s;
}

/// The next comma-separated item; `rest` moves on.
std::string_view next_item(std::string_view& rest) {
    const auto comma = rest.find(',');
    const auto item = trim(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    return item;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

Result<Target> parse_target(std::string_view target) {
    if (target.empty() || target.front() != '/') return bad_target("it must begin with a slash");
    const auto mark = target.find('?');
    const std::string_view raw = target.substr(0, mark);
    TRY(auto path, decode(raw, Plus::literal));
    for (size_t from = 1; from <= path.size();) {
        const auto end = std::min(path.find('/', from), path.size());
        const std::string_view segment = std::string_view{path}.substr(from, end - from);
        if (segment == "." || segment == "..") return bad_target("a dot segment");
        if (segment.empty() && end != path.size()) return bad_target("an empty segment");
        from = end + 1;
    }
    Target out{std::move(path), {}};
    if (mark == std::string_view::npos) return out;
    std::string_view rest = target.substr(mark + 1);
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const std::string_view pair = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        if (pair.empty()) continue;
        if (out.query.size() >= 100) return bad_target("more than 100 query parameters");
        const auto equals = pair.find('=');
        TRY(auto name, decode(pair.substr(0, equals), Plus::space));
        TRY(auto value,
            decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), Plus::space));
        out.query.emplace_back(std::move(name), std::move(value));
    }
    return out;
}

bool has_folded_line(std::string_view bytes) {
    if (bytes.starts_with("\r\n")) return false;  // the head ends here
    for (size_t at = 0; (at = bytes.find("\r\n", at)) != std::string_view::npos; at += 2) {
        const auto next = bytes.substr(at + 2);
        if (next.starts_with("\r\n")) return false;
        if (next.starts_with(' ') || next.starts_with('\t')) return true;
    }
    return false;
}

bool accepts(std::string_view accept_encoding, std::string_view coding) {
    while (!accept_encoding.empty()) {
        const auto item = next_item(accept_encoding);
        const auto semicolon = item.find(';');
        if (!equal_ignoring_case(trim(item.substr(0, semicolon)), coding)) continue;
        if (semicolon == std::string_view::npos) return true;
        const auto q = trim(item.substr(semicolon + 1));
        return !(q == "q=0" || q == "q=0.0" || q == "q=0.00" || q == "q=0.000");
    }
    return false;
}

bool etag_matches(std::string_view if_none_match, std::string_view tag) {
    if (tag.empty()) return false;
    const auto strong = [](std::string_view t) { return t.starts_with("W/") ? t.substr(2) : t; };
    while (!if_none_match.empty()) {
        const auto item = next_item(if_none_match);
        if (item == "*" || strong(item) == strong(tag)) return true;
    }
    return false;
}

bool good_request_id(std::string_view id) {
    return id.size() >= 8 && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
                      c == '_' || c == '-';
           });
}

}  // namespace hl::http
