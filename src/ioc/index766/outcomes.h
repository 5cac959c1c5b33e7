// What is seen of one dossier in one period, before any rule says what that is worth: eight facts, each with a small
// set of outcomes. The rules (rules.h) say which outcome meets, loses, does not concern or leaves unknown a criterion
// of Decision 766/QĐ-TTg, so that a reading of the official formula can change without counting again. Values; any
// thread.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hl::index766 {

/// The order is stored: a new fact goes to the end.
enum class Fact : int { timing, filing, payment, result, digitised, reused, national, rating };
inline constexpr size_t fact_count = 8;

/// In which month a fact of a dossier counts.
enum class Belongs {
    span,      // every month from reception to the end: unfinished dossiers are judged at the month's end
    received,  // the month of reception
    ended,     // the month in which the work ended
};
struct FactRow {
    Fact fact;
    std::string_view word, vi, en;
    Belongs belongs;
};
[[nodiscard]] const std::array<FactRow, fact_count>& fact_table();
[[nodiscard]] const FactRow& row_of(Fact fact);
[[nodiscard]] std::optional<Fact> fact_from(std::string_view word);

/// A letter is what is stored, small and unique within its fact; '-' in a row of letters: the fact does not count
/// there.
inline constexpr char no_outcome = '-';
struct OutcomeRow {
    Fact fact;
    char letter;
    std::string_view word, vi, en;
};
[[nodiscard]] const std::vector<OutcomeRow>& outcome_table();
[[nodiscard]] const OutcomeRow* outcome_of(Fact fact, char letter);
[[nodiscard]] std::optional<char> letter_from(Fact fact, std::string_view word);
/// Of timing: it stands at a period's end and for nothing after it, so that months cannot be added up.
[[nodiscard]] bool is_unfinished(Fact fact, char letter);

/// One letter for each fact.
using Outcomes = std::array<char, fact_count>;
[[nodiscard]] inline Outcomes nothing_seen() {
    Outcomes out;
    out.fill(no_outcome);
    return out;
}

}  // namespace hl::index766
