#include "ioc/indicators/directive_events.h"

namespace hl::ioc::directive {

namespace {
constexpr std::string_view state_words[] = {"issued", "working", "handed_in", "closed", "withdrawn"};
}

std::string_view to_string(State s) {
    return state_words[static_cast<size_t>(s)];
}

std::optional<State> state_from(std::string_view word) {
    for (size_t n = 0; n < std::size(state_words); ++n)
        if (state_words[n] == word) return static_cast<State>(n);
    return std::nullopt;
}

std::string_view to_string(Verdict v) {
    return v == Verdict::late ? "late" : "on_time";
}

json::object to_json(const Told& told, json::object more) {
    json::object out{{"code", told.code},        {"agency", told.agency.value}, {"issuer", told.issuer.value},
                     {"to", to_string(told.to)}, {"due", to_ms(told.due)},      {"version", told.version}};
    if (!told.area.empty()) out["area"] = told.area.value;
    if (!told.officer.empty()) out["officer"] = told.officer.value;
    if (told.from) out["from"] = to_string(*told.from);
    if (told.internal) out["internal"] = true;
    for (auto& [name, value] : more) out[name] = std::move(value);
    return out;
}

}  // namespace hl::ioc::directive
