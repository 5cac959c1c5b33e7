// Decision tables: which rules fire for given inputs, and with what outputs. Pure; any thread.
// Errors: rules.no_match, rules.several (hit policy unique), rules.expression with the table and row in Error::at.
#pragma once
#include "procedures/feel.h"
#include "procedures/model.h"

namespace hl::procedures {

/// One map per rule that fired: output column → value. `first` and `unique` give exactly one; `collect` any number.
[[nodiscard]] Result<std::vector<feel::Fields>> run_table(const DecisionTable& table, const feel::Fields& context);

/// Answers as the expressions see them: every form field (null when not answered), channel, subject_kind, place.
struct Answers;
[[nodiscard]] feel::Fields make_context(const Form& form, const Answers& answers);

}  // namespace hl::procedures
