// What the national portal answers: whatever bytes come, the answer is read or refused, and what was read is within
// what the readers promise.
#include "links/portal/portal.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto answer = hl::links::portal::parse_answer(bytes);
    if (!answer.ok()) return answer.error().code == "portal.answer" ? 0 : (__builtin_trap(), 0);
    if (answer->code < -1'000'000 || answer->code > 1'000'000) __builtin_trap();
    hl::links::portal::Profile profile;
    profile.ok = {0};
    (void)hl::links::portal::parse_session(bytes, profile);
    (void)hl::links::portal::field_named_in(answer->message);
    if (const auto* object = answer->result.if_object()) (void)hl::links::portal::facts_of(*object);
    if (const auto* text = answer->result.if_string())
        if (const auto t = hl::links::portal::from_portal_time(*text))
            if (hl::links::portal::portal_time(*t) != std::string_view{*text}) __builtin_trap();
    const hl::links::portal::QuestionRules rules{hl::AgencyId{"centre"}, {}, true, {"0"}, {}};
    for (const auto& q : hl::links::portal::read_questions(answer->result, rules).items)
        if (q.id.empty() || q.id.size() > 64 || q.id.find('/') != std::string::npos || q.text.empty()) __builtin_trap();
    (void)hl::links::portal::read_answer_there(answer->result);
    if (const auto found = hl::links::portal::read_results(answer->result); found.ok())
        for (const auto& r : found->items)
            if (r.code.empty() && r.name.empty()) __builtin_trap();
    hl::procedures::Release ours;
    ours.procedure = hl::ProcedureCode{"1.000000"};
    (void)hl::links::portal::compare_detail(ours, answer->result);
    return 0;
}
