// The tape as compact JSON: in the dossier's row and in events.
#include "dossiers/clocks.h"

namespace hl::dossiers {

namespace {

struct ActWord {
    ClockAct act;
    std::string_view word;
};
constexpr std::array<ActWord, 6> act_words{{{ClockAct::start, "s"},
                                            {ClockAct::pause, "p"},
                                            {ClockAct::resume, "r"},
                                            {ClockAct::restart, "n"},
                                            {ClockAct::extend, "e"},
                                            {ClockAct::stop, "x"}}};

std::string_view word_of(ClockAct act) {
    for (const auto& w : act_words)
        if (w.act == act) return w.word;
    throw std::logic_error("a clock act has no word");
}

Error damaged() {
    return {ErrorKind::internal, "clock.damaged", "Dữ liệu đồng hồ của hồ sơ bị hỏng. Hãy chạy kiểm tra sổ cái.",
            "The clock data of the dossier is damaged. Run the ledger check."};
}

}  // namespace

std::string_view to_string(PauseReason reason) {
    switch (reason) {
        case PauseReason::none:
            return "none";
        case PauseReason::supplement:
            return "supplement";
        case PauseReason::payment:
            return "payment";
    }
    throw std::logic_error("a pause reason has no word");
}

std::string_view to_string(ClockState state) {
    switch (state) {
        case ClockState::not_started:
            return "not_started";
        case ClockState::running:
            return "running";
        case ClockState::paused:
            return "paused";
        case ClockState::stopped:
            return "stopped";
    }
    throw std::logic_error("a clock state has no word");
}

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::on_time:
            return "on_time";
        case Verdict::late:
            return "late";
        case Verdict::unknown:
            return "unknown";
    }
    throw std::logic_error("a verdict has no word");
}

json::array to_json(const std::vector<ClockEvent>& acts) {
    json::array out;
    out.reserve(acts.size());
    for (const auto& e : acts) {
        json::array one{to_ms(e.at), word_of(e.act)};
        if (e.act == ClockAct::pause) one.emplace_back(e.reason == PauseReason::payment ? "payment" : "supplement");
        if (e.act == ClockAct::extend && e.due) one.emplace_back(to_ms(*e.due));
        out.push_back(std::move(one));
    }
    return out;
}

Result<std::vector<ClockEvent>> acts_from_json(const json::value& value) {
    std::vector<ClockEvent> out;
    const auto* list = value.if_array();
    if (!list) return damaged();
    out.reserve(list->size());
    for (const auto& item : *list) {
        const auto* one = item.if_array();
        if (!one || one->size() < 2 || !(*one)[0].is_int64() || !(*one)[1].is_string()) return damaged();
        ClockEvent e;
        e.at = from_ms((*one)[0].get_int64());
        const std::string_view word = (*one)[1].get_string();
        const auto found =
            std::find_if(act_words.begin(), act_words.end(), [&](const ActWord& w) { return w.word == word; });
        if (found == act_words.end()) return damaged();
        e.act = found->act;
        if (e.act == ClockAct::pause) {
            if (one->size() < 3 || !(*one)[2].is_string()) return damaged();
            e.reason = (*one)[2].get_string() == "payment" ? PauseReason::payment : PauseReason::supplement;
        }
        if (e.act == ClockAct::extend && one->size() > 2 && (*one)[2].is_int64())
            e.due = from_ms((*one)[2].get_int64());
        out.push_back(e);
    }
    return out;
}

json::object to_json(const ClockTape& tape) {
    json::object out;
    out["a"] = to_json(tape.acts);
    if (tape.limit) {
        if (tape.limit->same_day)
            out["l"] = json::array{tape.limit->value, procedures::to_string(tape.limit->unit), true};
        else
            out["l"] = json::array{tape.limit->value, procedures::to_string(tape.limit->unit)};
    }
    return out;
}

Result<ClockTape> tape_from_json(const json::value& value) {
    const auto* object = value.if_object();
    if (!object) return damaged();
    ClockTape tape;
    if (const auto* acts = object->if_contains("a")) {
        TRY(tape.acts, acts_from_json(*acts));
    }
    if (const auto* limit = object->if_contains("l")) {
        const auto* one = limit->if_array();
        if (!one || one->size() < 2 || !(*one)[0].is_int64() || !(*one)[1].is_string()) return damaged();
        const auto unit = procedures::time_unit_from(std::string_view{(*one)[1].get_string()});
        if (!unit) return damaged();
        tape.limit = LegalTime{static_cast<int>((*one)[0].get_int64()), *unit, one->size() > 2};
    }
    return tape;
}

}  // namespace hl::dossiers
