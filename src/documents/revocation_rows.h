// Lists of revoked certificates as they were fetched, in the database: every node of an installation judges by the
// same.
#pragma once
#include "documents/revocation.h"
#include "store/db.h"

namespace hl::documents {

struct ListRow {
    std::string source, issuer;
    std::optional<Instant> this_update, next_update, fetched_at;
    int64_t entries = 0;
    bool verified = false;
    Instant tried_at;
    std::string problem, problem_vi, problem_en;  // of the last try; empty: it went well
    /// "good", "stale" (its next one should be there), "none" (never had one).
    [[nodiscard]] std::string_view state(Instant now) const;
};
[[nodiscard]] std::vector<ListRow> list_rows(store::Reader& reader);
[[nodiscard]] std::vector<RevocationList> stored_lists(store::Reader& reader);
/// Errors: documents.revocation_list, when the one we have is newer.
[[nodiscard]] Result<void> save_list(store::Transaction& tx, const std::string& source, const RevocationList& list,
                                     Instant now);
void save_list_problem(store::Transaction& tx, const std::string& source, const Error& problem, Instant now);
/// Sources that are no longer named.
void drop_lists_but(store::Transaction& tx, const std::vector<std::string>& sources);

}  // namespace hl::documents
