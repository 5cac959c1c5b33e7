#include "links/registers/compare.h"

#include "base/text.h"

namespace hl::links::registers {

std::string normal_form(const CompareRules& rules, std::string_view name) {
    auto out = text::normalise(name);
    if (rules.fold_case) out = text::lower(out);
    if (rules.tone_place) out = rules.fold_case ? text::canonical_tone(out) : out;
    std::string spaced;
    for (const char c : out) spaced += rules.punctuation.find(c) == std::string::npos ? c : ' ';
    spaced = " " + text::normalise(spaced) + " ";
    for (const auto& [from, to] : rules.words) {
        const auto a = " " + (rules.fold_case ? text::lower(from) : from) + " ";
        const auto b = " " + (rules.fold_case ? text::lower(to) : to) + " ";
        if (a.size() <= 2) continue;
        for (size_t at = 0; (at = spaced.find(a, at)) != std::string::npos; at += b.size() - 1)
            spaced.replace(at, a.size(), b);
    }
    return text::trim(spaced);
}

Comparison compare_names(const CompareRules& rules, std::string_view left, std::string_view right) {
    Comparison out;
    out.left = normal_form(rules, left);
    out.right = normal_form(rules, right);
    // Nothing is the same as nothing: an empty name proves no one.
    out.same = !out.left.empty() && out.left == out.right;
    if (out.same) return out;
    const auto a = text::split(out.left, ' '), b = text::split(out.right, ' ');
    while (out.differs_at < a.size() && out.differs_at < b.size() && a[out.differs_at] == b[out.differs_at])
        ++out.differs_at;
    return out;
}

}  // namespace hl::links::registers
