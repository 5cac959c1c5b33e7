// Is a name that was typed the one in the register? Exactly, after both were brought to one form by rules that stand in
// the pack: never by likeness. Pure.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hl::links::registers {

struct CompareRules {
    bool fold_case = true;                                   // letters of either size are the same
    bool tone_place = true;                                  // "Thuỷ" is "Thủy"
    std::string punctuation;                                 // these become a blank
    std::vector<std::pair<std::string, std::string>> words;  // whole words written in two ways: "TNHH" ↔ its long form
};
/// NFC, blanks collapsed, then what the rules say.
[[nodiscard]] std::string normal_form(const CompareRules& rules, std::string_view name);
struct Comparison {
    bool same = false;
    std::string left, right;  // normal forms
    size_t differs_at = 0;    // first differing word, from 0
};
[[nodiscard]] Comparison compare_names(const CompareRules& rules, std::string_view left, std::string_view right);

}  // namespace hl::links::registers
