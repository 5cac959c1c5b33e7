#include "exchange/adapters/byte_range.h"

#include <charconv>
#include <optional>

namespace hl::exchange::adapters {

namespace {

std::optional<int64_t> whole_number(std::string_view text) {
    int64_t out = 0;
    const auto* end = text.data() + text.size();
    const auto [at, problem] = std::from_chars(text.data(), end, out);
    if (text.empty() || text.front() == '-' || problem != std::errc{} || at != end) return std::nullopt;
    return out;
}

std::string_view trimmed(std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
    return s;
}

}  // namespace

AskedRange read_range(std::string_view header, int64_t size) {
    constexpr std::string_view unit = "bytes=";
    header = trimmed(header);
    if (!header.starts_with(unit)) return {};
    header = trimmed(header.substr(unit.size()));
    const auto dash = header.find('-');
    if (dash == std::string_view::npos || header.find(',') != std::string_view::npos) return {};
    const auto first = header.substr(0, dash), last = header.substr(dash + 1);
    if (first.empty()) {  // the last n bytes
        const auto n = whole_number(last);
        if (!n) return {};
        if (*n == 0 || size == 0) return {AskedRange::Kind::beyond, {}};
        return {AskedRange::Kind::part, {size - std::min(*n, size), size}};
    }
    const auto from = whole_number(first);
    const auto to = last.empty() ? std::optional{size - 1} : whole_number(last);
    if (!from || !to || (!last.empty() && *to < *from)) return {};
    if (*from >= size) return {AskedRange::Kind::beyond, {}};
    return {AskedRange::Kind::part, {*from, std::min(*to, size - 1) + 1}};
}

bool etag_listed(std::string_view header, std::string_view etag) {
    while (!header.empty()) {
        const auto comma = std::min(header.find(','), header.size());
        auto one = trimmed(header.substr(0, comma));
        if (one == "*") return true;
        if (one.starts_with("W/")) one.remove_prefix(2);
        if (one == etag) return true;
        header.remove_prefix(std::min(comma + 1, header.size()));
    }
    return false;
}

}  // namespace hl::exchange::adapters
