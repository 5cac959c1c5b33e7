#include "http/events.h"

namespace hl::http {

namespace {

/// A line break inside a field would begin a field of its own.
std::string one_line(std::string_view text) {
    std::string out{text};
    std::erase_if(out, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    return out;
}

}  // namespace

std::string event_frame(std::string_view id, std::string_view type, std::string_view data) {
    std::string out;
    if (!id.empty()) out += fmt::format("id: {}\n", one_line(id));
    if (!type.empty()) out += fmt::format("event: {}\n", one_line(type));
    for (size_t from = 0;;) {
        const auto end = data.find_first_of("\r\n", from);
        out += fmt::format("data: {}\n", data.substr(from, end == std::string_view::npos ? end : end - from));
        if (end == std::string_view::npos) break;
        from = end + (data.substr(end, 2) == "\r\n" ? 2 : 1);
    }
    return out + "\n";
}

}  // namespace hl::http
