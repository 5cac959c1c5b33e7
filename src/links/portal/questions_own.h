// What only the files on questions share: rows under lock, names of sealed columns, numbers in cursors.
#pragma once
#include "links/portal/questions.h"

namespace hl::links::portal::own {

inline constexpr std::string_view content_column = "portal_question.content", answer_column = "portal_question.answer",
                                  note_column = "portal_question.note";
// What question_from reads.
#define HL_QUESTION_COLUMNS                                                                                           \
    "number, id, subject, print, unit, unit_name, sector, procedure, agency, rule, state, received_at, assigned_at, " \
    "assign_due, due, due_rule, answers, answered_at, answered_by, changed, version, erased_at, answer_from"
[[nodiscard]] Question question_from(const store::Row& row);
[[nodiscard]] Error unknown();
/// Nobody can read it any more.
[[nodiscard]] Error erased();
/// Errors: question.changed: another version than the one that was seen.
[[nodiscard]] Result<void> unchanged(const Question& q, const std::optional<int64_t>& version);
/// Errors: question.unknown.
[[nodiscard]] Result<Question> lock(store::Transaction& tx, std::string_view id);
/// Of a page.
[[nodiscard]] Error bad_cursor();
[[nodiscard]] Result<int64_t> number_of_cursor(std::string_view text);
/// What commands change, with the next version.
void save(store::Transaction& tx, Question& q);

}  // namespace hl::links::portal::own
