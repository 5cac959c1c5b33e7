// Expressions and unary tests from outside: parsing and evaluating must end in a value or an error, and what is printed
// must parse to the same tree.
#include <cstdlib>

#include "procedures/feel.h"

namespace {
using namespace hl::procedures::feel;

const Fields& context() {
    static const Fields fields = {{"a", {Number{3}}},
                                  {"b", {std::string{"Đông Hà"}}},
                                  {"c", {true}},
                                  {"d", {}},
                                  {"e", {hl::Date{std::chrono::year{2026} / 11 / 23}}},
                                  {"f", {Fields{{"a", {Number{1}}}}}},
                                  {"g", {List{{Number{1}}, {Number{2}}}}}};
    return fields;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto node = parse(text); node.ok()) {
        if (const auto value = evaluate(**node, context()); value.ok()) (void)to_json(*value);
        const auto printed = print(**node);
        // Brackets may push a text that was just short enough over the limits of size or depth.
        if (printed.size() <= max_length)
            if (const auto again = parse(printed); again.ok() && !same(**node, **again)) std::abort();
    }
    if (const auto node = parse_tests(text); node.ok()) (void)passes(**node, {Number{3}}, context());
    return 0;
}
