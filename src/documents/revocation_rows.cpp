#include "documents/revocation_rows.h"

namespace hl::documents {

std::string_view ListRow::state(Instant now) const {
    if (!fetched_at) return "none";
    return next_update && now < *next_update ? "good" : "stale";
}

std::vector<ListRow> list_rows(store::Reader& reader) {
    return reader.all(
        "SELECT source, issuer, this_update, next_update, fetched_at, entries, verified, tried_at, problem, "
        "problem_vi, "
        "problem_en FROM document_revocation_list ORDER BY source",
        {}, [](const store::Row& r) {
            return ListRow{r.string(0),           r.string(1),  r.optional_instant(2), r.optional_instant(3),
                           r.optional_instant(4), r.integer(5), r.integer(6) != 0,     r.instant(7),
                           r.string(8),           r.string(9),  r.string(10)};
        });
}

std::vector<RevocationList> stored_lists(store::Reader& reader) {
    return reader.all(
        "SELECT issuer, this_update, next_update, entries, verified, content FROM document_revocation_list WHERE "
        "fetched_at IS NOT NULL ORDER BY source",
        {}, [](const store::Row& r) {
            return RevocationList{r.string(0),  r.instant(1),      r.instant(2),
                                  r.integer(3), r.integer(4) != 0, r.string(5)};
        });
}

Result<void> save_list(store::Transaction& tx, const std::string& source, const RevocationList& list, Instant now) {
    // Whoever answers for the address may not put an older list in the place of a newer one.
    const auto newest = tx.first(
        "SELECT MAX(this_update) FROM document_revocation_list WHERE source = ? AND issuer = ? AND fetched_at IS NOT "
        "NULL",
        {source, list.issuer}, [](const store::Row& r) { return r.optional_instant(0); });
    if (newest && *newest && **newest > list.this_update)
        return Error{ErrorKind::invalid, "documents.revocation_list",
                     "Danh sách thu hồi lấy được cũ hơn bản đang có. Vẫn dùng bản đang có; kiểm tra địa chỉ.",
                     "The list that was fetched is older than the one we have, which stays. Check the address."};
    tx.execute(
        "INSERT INTO document_revocation_list (source, issuer, this_update, next_update, entries, verified, content, "
        "fetched_at, tried_at, problem, problem_vi, problem_en) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '') ON "
        "CONFLICT (source) DO UPDATE SET issuer = excluded.issuer, this_update = excluded.this_update, next_update = "
        "excluded.next_update, entries = excluded.entries, verified = excluded.verified, content = excluded.content, "
        "fetched_at = excluded.fetched_at, tried_at = excluded.tried_at, problem = '', problem_vi = '', problem_en = "
        "''",
        {source, list.issuer, list.this_update, list.next_update, list.entries, list.verified ? 1 : 0,
         store::Blob{list.der}, now, now});
    return Nothing{};
}

void save_list_problem(store::Transaction& tx, const std::string& source, const Error& problem, Instant now) {
    tx.execute(
        "INSERT INTO document_revocation_list (source, issuer, this_update, next_update, entries, verified, content, "
        "fetched_at, tried_at, problem, problem_vi, problem_en) VALUES (?, '', NULL, NULL, 0, 0, NULL, NULL, ?, ?, ?, "
        "?) ON CONFLICT (source) DO UPDATE SET tried_at = excluded.tried_at, problem = excluded.problem, problem_vi = "
        "excluded.problem_vi, problem_en = excluded.problem_en",
        {source, now, problem.code, problem.vi, problem.en});
}

void drop_lists_but(store::Transaction& tx, const std::vector<std::string>& sources) {
    for (const auto& row : list_rows(tx))
        if (std::ranges::find(sources, row.source) == sources.end())
            tx.execute("DELETE FROM document_revocation_list WHERE source = ?", {row.source});
}

}  // namespace hl::documents
