#include "faults.h"

namespace sim {

namespace {
struct Word {
    std::string_view word;
    Act act;
};
constexpr Word words[] = {{"none", Act::none},     {"slow", Act::slow}, {"down", Act::down},
                          {"error", Act::error},   {"half", Act::half}, {"lie", Act::lie},
                          {"refuse", Act::refuse}, {"lose", Act::lose}, {"duplicate", Act::duplicate}};

std::optional<int64_t> number(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    if (!v || !v->is_int64()) return std::nullopt;
    return v->get_int64();
}
}  // namespace

std::string Faults::set(const json::value& body) {
    if (!body.is_object()) return "an object is wanted";
    const auto& o = body.get_object();
    const auto* word = o.if_contains("fault");
    if (!word || !word->is_string()) return "fault is missing";
    for (const auto& w : words) {
        if (w.word != std::string_view{word->get_string()}) continue;
        const std::scoped_lock lock(mutex_);
        act_ = w.act;
        word_ = w.word;
        milliseconds_ = number(o, "milliseconds").value_or(act_ == Act::slow ? 500 : 0);
        of_ = std::max<int64_t>(1, number(o, "of").value_or(1));
        times_ = number(o, "times").value_or(-1);
        seen_ = done_ = 0;
        return {};
    }
    return "fault is none, slow, down, error, half, lie, refuse, lose or duplicate";
}

Decision Faults::next() {
    const std::scoped_lock lock(mutex_);
    if (act_ == Act::none || times_ == 0) return {};
    if (++seen_ % of_ != 0) return {};
    if (times_ > 0) --times_;
    ++done_;
    return {act_, std::chrono::milliseconds{milliseconds_}};
}

json::object Faults::describe() const {
    const std::scoped_lock lock(mutex_);
    return {{"fault", word_}, {"milliseconds", milliseconds_}, {"of", of_}, {"times", times_}, {"done", done_}};
}

}  // namespace sim
