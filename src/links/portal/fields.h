// Reading what the portal lists: members as texts, objects with the place of what cannot be read. Private to the room.
#pragma once
#include "base/json.h"
#include "base/text.h"

namespace hl::links::portal {

/// As it is written; numbers as their digits; empty without one.
[[nodiscard]] inline std::string raw_at(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    if (!v) return {};
    if (const auto* s = v->if_string()) return std::string{*s};
    if (v->is_int64()) return std::to_string(v->get_int64());
    return {};
}
[[nodiscard]] inline std::string text_at(const json::object& o, std::string_view name) {
    return text::normalise(raw_at(o, name));
}

/// As it was written, line ends alone made one, ends trimmed.
[[nodiscard]] inline std::string tidy(std::string words) {
    std::erase(words, '\r');
    return text::trim(words);
}

/// Cut to so many bytes, between characters, and marked as cut.
[[nodiscard]] inline std::string cut(const std::string& words, size_t most) {
    if (words.size() <= most) return words;
    size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xC0) == 0x80) --end;
    return words.substr(0, end) + "…";
}

/// Calls `each(object, bad)` for the objects of a list; `bad(field)` takes down where something could not be read.
template <class Each>
void each_listed(const json::value& result, json::array& unreadable, Each each) {
    const auto* list = result.if_array();
    if (!list) return;
    int at = -1;
    for (const auto& value : *list) {
        ++at;
        const auto bad = [&](std::string_view field) { unreadable.push_back({{"at", at}, {"field", field}}); };
        if (const auto* o = value.if_object())
            each(*o, bad);
        else
            bad("");
    }
}

}  // namespace hl::links::portal
