// Questions page by page, and how many there are.
#include <charconv>

#include "links/portal/questions.h"
#include "links/portal/questions_own.h"

namespace hl::links::portal {

namespace {

// Without a due date last: both engines order, and index, by the expression alike.
#define HL_QUESTION_DUE "COALESCE(due, 9007199254740991)"
constexpr int64_t no_due = 9007199254740991;
// Not as a pair: that would not be looked for in the index of the expression.
constexpr std::string_view select_open =
    "SELECT " HL_QUESTION_COLUMNS " FROM portal_question WHERE agency = ? AND state < 10 AND " HL_QUESTION_DUE
    " >= ? AND (" HL_QUESTION_DUE " > ? OR number > ?) ORDER BY " HL_QUESTION_DUE ", number LIMIT ?";
constexpr std::string_view select_over =
    "SELECT " HL_QUESTION_COLUMNS
    " FROM portal_question WHERE agency = ? AND state >= 10 AND number < ? ORDER BY number DESC LIMIT ?";
constexpr std::string_view count_open = "SELECT COUNT(*), COALESCE(SUM(CASE WHEN " HL_QUESTION_DUE
                                        " < ? THEN 1 ELSE 0 END), 0) FROM portal_question WHERE agency = ? AND state < "
                                        "10";
constexpr std::string_view count_over = "SELECT COUNT(*) FROM portal_question WHERE agency = ? AND state >= 10";
constexpr std::string_view count_changed = "SELECT COUNT(*) FROM portal_question WHERE agency = ? AND changed = 1";
constexpr int most_on_a_page = 200;

}  // namespace

namespace own {

Error bad_cursor() {
    return {ErrorKind::invalid, "cursor.invalid", "Con trỏ trang không đúng. Hãy mở lại từ trang đầu.",
            "The page cursor is not right. Start again from the first page.", "/query/cursor"};
}

Result<int64_t> number_of_cursor(std::string_view text) {
    int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{} || end != text.data() + text.size()) return bad_cursor();
    return number;
}

}  // namespace own

namespace {

/// "due.number" of open ones, "number" of the others.
Result<std::array<int64_t, 2>> read_cursor(std::string_view cursor, bool open) {
    std::array<int64_t, 2> out{open ? std::numeric_limits<int64_t>::min() : 0,
                               open ? 0 : std::numeric_limits<int64_t>::max()};
    if (cursor.empty()) return out;
    const auto dot = cursor.find('.');
    if (open != (dot != std::string_view::npos)) return own::bad_cursor();
    if (open) {
        TRY(out[0], own::number_of_cursor(cursor.substr(0, dot)));
    }
    TRY(out[1], own::number_of_cursor(open ? cursor.substr(dot + 1) : cursor));
    return out;
}

}  // namespace

Result<QuestionPage> find_questions(store::Reader& reader, const QuestionQuery& query) {
    TRY(const auto from, read_cursor(query.cursor, query.open));
    const int limit = std::clamp(query.limit, 1, most_on_a_page);
    QuestionPage page;
    // One more than is shown says whether there is a page behind it.
    page.items = query.open
                     ? reader.all(select_open, {query.agency, from[0], from[0], from[1], limit + 1}, own::question_from)
                     : reader.all(select_over, {query.agency, from[1], limit + 1}, own::question_from);
    if (std::ssize(page.items) <= limit) return page;
    page.items.pop_back();
    const auto& last = page.items.back();
    page.next = query.open ? fmt::format("{}.{}", last.due ? to_ms(*last.due) : no_due, last.number)
                           : std::to_string(last.number);
    return page;
}

QuestionCounts count_questions(store::Reader& reader, const AgencyId& agency, Instant now) {
    QuestionCounts out;
    reader.query(count_open, {now, agency}, [&](const store::Row& r) {
        out.open = r.integer(0);
        out.overdue = r.integer(1);
    });
    reader.query(count_over, {agency}, [&](const store::Row& r) { out.over = r.integer(0); });
    reader.query(count_changed, {agency}, [&](const store::Row& r) { out.changed = r.integer(0); });
    return out;
}

}  // namespace hl::links::portal
