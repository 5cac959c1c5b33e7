// What the national portal answers: whatever bytes come, the answer is read or refused, and what was read is within what
// the readers promise.
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
    return 0;
}
