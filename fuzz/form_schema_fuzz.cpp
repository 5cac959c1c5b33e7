// A schema and answers from outside, one line each: compiling and judging must end, what is refused must say why, and
// judging twice must say the same.
#include <cstdlib>

#include "procedures/form_formats.h"
#include "procedures/form_schema.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl;
    using namespace hl::procedures;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto cut = text.find('\n');
    const auto answers = text.substr(cut == std::string_view::npos ? text.size() : cut + 1);
    (void)phone_from_typed(answers);
    (void)looks_like_email(answers);
    if (const auto dong = money_from_typed(answers); dong && (*dong < 0 || *dong > form_largest)) std::abort();
    if (const auto date = date_from_typed(answers); date && date_from_typed(to_vietnamese(*date)) != date) std::abort();
    const Date today{std::chrono::year{2026} / 11 / 24};
    (void)look_at_personal_id(answers, today);

    const auto schema = parse_json(text.substr(0, cut));
    if (!schema.ok()) return 0;
    std::vector<Error> errors;
    const auto form = FormSchema::compile(*schema, errors);
    if (form.has_value() != errors.empty()) std::abort();
    for (const auto& e : errors)
        if (!e.code.starts_with("schema.") || e.vi.empty() || e.en.empty()) std::abort();
    if (!form) return 0;
    const auto given = parse_json(answers);
    if (!given.ok()) return 0;
    const auto wrong = form->check(*given, today);
    for (const auto& e : wrong)
        if (!e.code.starts_with("form.") || e.vi.empty() || e.en.empty()) std::abort();
    const auto again = form->check(*given, today);
    if (again.size() != wrong.size()) std::abort();
    return 0;
}
