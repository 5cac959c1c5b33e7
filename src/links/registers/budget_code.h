// Codes of units that use the state budget (Circular 185/2015/TT-BTC): seven digits, N X1…X6. Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace hl::links::registers {

enum class BudgetKind { budget_unit, other_unit, project };
[[nodiscard]] std::string_view to_string(BudgetKind kind);

struct BudgetCode {
    std::string code;  // seven digits
    int leading = 1;   // N
    int sequence = 0;  // X1…X6
    BudgetKind kind = BudgetKind::budget_unit;
};
/// Blanks and dots are taken out; nothing else is mended. Errors: budget.code.
[[nodiscard]] Result<BudgetCode> budget_code(std::string_view typed);

/// May a unit keep its code when it becomes another kind? Between 1 and 2, and a project that changes its owner: yes;
/// between 3 and 1 or 2: it gets a new one.
[[nodiscard]] bool keeps_code(const BudgetCode& before, const BudgetCode& after);

}  // namespace hl::links::registers
