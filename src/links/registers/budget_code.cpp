#include "links/registers/budget_code.h"

#include <fmt/format.h>

namespace hl::links::registers {

std::string_view to_string(BudgetKind kind) {
    switch (kind) {
        case BudgetKind::budget_unit:
            return "budget_unit";
        case BudgetKind::other_unit:
            return "other_unit";
        case BudgetKind::project:
            return "project";
    }
    return "budget_unit";
}

Result<BudgetCode> budget_code(std::string_view typed) {
    BudgetCode out;
    for (const char c : typed)
        if (c != ' ' && c != '.') out.code += c;
    const bool digits = out.code.size() == 7 && out.code.find_first_not_of("0123456789") == std::string::npos;
    if (digits) {
        out.leading = out.code[0] - '0';
        for (size_t i = 1; i < 7; ++i) out.sequence = out.sequence * 10 + (out.code[i] - '0');
        if (out.leading == 1 || out.leading == 2) out.kind = BudgetKind::budget_unit;
        if (out.leading == 3) out.kind = BudgetKind::other_unit;
        if (out.leading == 7 || out.leading == 8) out.kind = BudgetKind::project;
    }
    const bool leads = out.leading == 1 || out.leading == 2 || out.leading == 3 || out.leading == 7 || out.leading == 8;
    if (digits && leads && out.sequence > 0) return out;
    return Error{ErrorKind::invalid,
                 "budget.code",
                 "Mã số đơn vị có quan hệ với ngân sách có 7 chữ số, bắt đầu bằng 1, 2, 3, 7 hoặc 8. Hãy xem lại số đã "
                 "nhập.",
                 "A budget-unit code has 7 digits and begins with 1, 2, 3, 7 or 8. Check what was typed.",
                 "/code",
                 "Thông tư 185/2015/TT-BTC"};
}

bool keeps_code(const BudgetCode& before, const BudgetCode& after) {
    return before.code == after.code && before.kind == after.kind;
}

}  // namespace hl::links::registers
