// JSON from outside: parsing ends in a value or an error, the reader's mistakes all have a place and both texts, and
// the canonical form parses to the same value.
#include <cstdlib>

#include "base/json.h"

namespace {
using namespace hl;

/// boost::json reads a decimal fraction only to its last place, so the round trip is promised for values without one.
bool has_fraction(const json::value& value) {
    if (value.is_double()) return true;
    if (value.is_array()) return std::any_of(value.get_array().begin(), value.get_array().end(), has_fraction);
    if (value.is_object())
        return std::any_of(value.get_object().begin(), value.get_object().end(),
                           [](const auto& m) { return has_fraction(m.value()); });
    return false;
}

void read(const json::value& value) {
    JsonReader in(value);
    (void)in.text("a", 10);
    (void)in.optional_text("b", 10);
    (void)in.integer("c", -5, 5);
    (void)in.boolean("d", true);
    (void)in.date("e");
    (void)in.optional_instant("f");
    (void)in.one_of("g", {"x", "y"});
    (void)in.secret("h");
    auto child = in.object("i");
    (void)child.text("a");
    in.absorb(std::move(child));
    (void)in.array("j", 3);
    if (in.finish().ok() != in.errors().empty()) std::abort();
    for (const auto& e : in.errors())
        if (e.code.empty() || e.vi.empty() || e.en.empty() || !e.at.starts_with('/')) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto value = parse_json({reinterpret_cast<const char*>(data), size});
    if (!value.ok()) return 0;
    read(*value);
    const auto text = canonical_json(*value);
    const auto again = parse_json(text);
    if (!again.ok()) std::abort();
    if (!has_fraction(*value) && (*again != *value || canonical_json(*again) != text)) std::abort();
    return 0;
}
