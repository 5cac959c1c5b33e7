// Queues: pages of open tasks and of dossiers, by keys of their indexes so that the last page is as quick as the first.
#include <charconv>

#include "dossiers/queries.h"
#include "dossiers/refusals.h"
#include "dossiers/storage.h"

namespace hl::dossiers {

namespace {

#define HL_QUEUE_COLUMNS                                                                                             \
    "t.dossier, t.number, t.stage, t.lane, t.step, t.kind, t.function, t.agency, t.position, t.officer, t.planned, " \
    "t.started, t.due, t.ended, t.state, t.flags, d.code, d.procedure, d.state, d.due, d.received_at, "              \
    "d.release, d.unpaid, d.requests, d.extensions, d.due_provisional"
// The filters stand on the index's own row; the join to the dossier is made for what is shown only.
constexpr std::string_view by_agency =
    "SELECT " HL_QUEUE_COLUMNS
    " FROM dossier_task t JOIN dossier d ON d.key = t.dossier WHERE t.agency = ? AND "
    "t.ended IS NULL AND (t.due, t.dossier, t.number) > (?, ?, ?) ORDER BY t.due, t.dossier, t.number LIMIT ?";
constexpr std::string_view by_agency_function =
    "SELECT " HL_QUEUE_COLUMNS
    " FROM dossier_task t JOIN dossier d ON d.key = t.dossier WHERE t.agency = ? AND "
    "t.function = ? AND t.ended IS NULL AND (t.due, t.dossier, t.number) > (?, ?, ?) "
    "ORDER BY t.due, t.dossier, t.number LIMIT ?";
constexpr std::string_view by_agency_step =
    "SELECT " HL_QUEUE_COLUMNS
    " FROM dossier_task t JOIN dossier d ON d.key = t.dossier WHERE t.agency = ? AND "
    "t.step = ? AND t.ended IS NULL AND (t.due, t.dossier, t.number) > (?, ?, ?) "
    "ORDER BY t.due, t.dossier, t.number LIMIT ?";
constexpr std::string_view by_agency_unclaimed =
    "SELECT " HL_QUEUE_COLUMNS
    " FROM dossier_task t JOIN dossier d ON d.key = t.dossier WHERE t.agency = ? AND "
    "t.officer = '' AND t.ended IS NULL AND (t.due, t.dossier, t.number) > (?, ?, ?) "
    "ORDER BY t.due, t.dossier, t.number LIMIT ?";
constexpr std::string_view by_officer =
    "SELECT " HL_QUEUE_COLUMNS
    " FROM dossier_task t JOIN dossier d ON d.key = t.dossier WHERE t.officer = ? AND "
    "t.officer <> '' AND t.ended IS NULL AND (t.due, t.dossier, t.number) > (?, ?, ?) "
    "ORDER BY t.due, t.dossier, t.number LIMIT ?";
constexpr std::string_view open_by_state =
    "SELECT " HL_DOSSIER_COLUMNS
    " FROM dossier WHERE agency = ? AND state = ? AND returned_at IS NULL AND (due, key) > (?, ?) "
    "ORDER BY due, key LIMIT ?";
constexpr std::string_view closed_by_state =
    "SELECT " HL_DOSSIER_COLUMNS " FROM dossier WHERE agency = ? AND state = ? AND key < ? ORDER BY key DESC LIMIT ?";
constexpr std::string_view newest_of_agency =
    "SELECT " HL_DOSSIER_COLUMNS " FROM dossier WHERE agency = ? AND key < ? ORDER BY key DESC LIMIT ?";

constexpr int most_on_a_page = 200;
constexpr int64_t newest = std::numeric_limits<int64_t>::max();

Error bad_cursor() {
    return invalid("cursor.invalid", "Con trỏ trang không đúng. Hãy mở lại từ trang đầu.",
                   "The page cursor is not right. Start again from the first page.", "/cursor");
}

/// "a.b.c": whole numbers.
Result<std::vector<int64_t>> read_cursor(std::string_view text, size_t parts, std::vector<int64_t> start) {
    if (text.empty()) return start;
    std::vector<int64_t> out;
    while (true) {
        const size_t dot = std::min(text.find('.'), text.size());
        int64_t n = 0;
        const auto part = text.substr(0, dot);
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), n);
        if (part.empty() || error != std::errc{} || end != part.data() + part.size()) return bad_cursor();
        out.push_back(n);
        if (dot == text.size()) break;
        text.remove_prefix(dot + 1);
    }
    if (out.size() != parts) return bad_cursor();
    return out;
}

}  // namespace

Result<QueuePage> queue(store::Reader& reader, const QueueQuery& q) {
    if (q.agency.empty() == q.officer.empty())
        return invalid("queue.which", "Hãy chọn hàng việc của một cơ quan hoặc của một cán bộ.",
                       "Choose the queue of one agency or of one officer.", "/agency");
    TRY(const auto from, read_cursor(q.cursor, 3, {-1, 0, 0}));
    const int limit = std::clamp(q.limit, 1, most_on_a_page);
    QueuePage page;
    const auto add = [&](const store::Row& row) {
        page.items.push_back({row.id<DossierCode>(16), row.id<ProcedureCode>(17), static_cast<State>(row.integer(18)),
                              storage::task_from(row), storage::due_from(row.integer(19)), row.optional_instant(20),
                              row.id<ReleaseId>(21), row.integer(22), static_cast<int>(row.integer(23)),
                              static_cast<int>(row.integer(24)), row.integer(25) != 0});
        page.next = fmt::format("{}.{}.{}", row.integer(12), row.integer(0), row.integer(1));
    };
    if (!q.officer.empty())
        reader.query(by_officer, {q.officer, from[0], from[1], from[2], limit}, add);
    else if (!q.step.empty())
        reader.query(by_agency_step, {q.agency, q.step, from[0], from[1], from[2], limit}, add);
    else if (!q.function.empty())
        reader.query(by_agency_function, {q.agency, q.function, from[0], from[1], from[2], limit}, add);
    else if (q.unclaimed)
        reader.query(by_agency_unclaimed, {q.agency, from[0], from[1], from[2], limit}, add);
    else
        reader.query(by_agency, {q.agency, from[0], from[1], from[2], limit}, add);
    if (page.items.size() < static_cast<size_t>(limit)) page.next.clear();
    return page;
}

Result<DossierPage> list_dossiers(store::Reader& reader, const DossierListQuery& q) {
    const int limit = std::clamp(q.limit, 1, most_on_a_page);
    DossierPage page;
    const auto add = [&](const store::Row& row) { page.items.push_back(storage::dossier_from(row)); };
    if (q.state && is_open(*q.state)) {
        TRY(const auto from, read_cursor(q.cursor, 2, {-1, 0}));
        reader.query(open_by_state, {q.agency, static_cast<int>(*q.state), from[0], from[1], limit}, add);
        if (!page.items.empty())
            page.next = fmt::format("{}.{}", storage::due_column(page.items.back().due), page.items.back().key);
    } else {
        TRY(const auto from, read_cursor(q.cursor, 1, {newest}));
        if (q.state)
            reader.query(closed_by_state, {q.agency, static_cast<int>(*q.state), from[0], limit}, add);
        else
            reader.query(newest_of_agency, {q.agency, from[0], limit}, add);
        if (!page.items.empty()) page.next = std::to_string(page.items.back().key);
    }
    if (page.items.size() < static_cast<size_t>(limit)) page.next.clear();
    return page;
}

}  // namespace hl::dossiers
