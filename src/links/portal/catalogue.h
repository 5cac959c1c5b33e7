// A procedure as the portal describes it (LayThuTuc) beside ours, field by field. Shown and never applied: whoever
// keeps the catalogue decides which side is right. What one side does not say, or says in words that have no one
// meaning, is told as such and never counted as a difference. Any thread.
#pragma once
#include "base/json.h"
#include "procedures/model.h"
#include "store/db.h"

namespace hl::links::portal {

enum class DetailKind {
    differs,     // both say it, otherwise
    only_here,   // one of a list that the portal does not have
    only_there,  // one of a list that we do not have
    empty_here,  // we do not know it, the portal says it
    prose,       // said in free words: to be read beside ours
    unreadable,  // the portal's record contradicts itself
};
[[nodiscard]] std::string_view to_string(DetailKind kind);
/// What needs somebody to decide; the others are for reading.
[[nodiscard]] bool is_difference(DetailKind kind);

struct DetailDifference {
    std::string field;  // "name", "time.desk", "fees.online", "components"…
    DetailKind kind = DetailKind::differs;
    std::string ours, theirs;
};
/// `record`: the result of LayThuTuc. Error national.record: it is no object.
[[nodiscard]] Result<std::vector<DetailDifference>> compare_detail(const procedures::Release& ours,
                                                                   const json::value& record);

struct ComparedProcedure {
    std::string procedure;
    Instant seen_at;                     // asked
    std::optional<Instant> compared_at;  // the differences are of then
    std::string problem;                 // code; empty: it was compared when it was last asked
    int64_t differences = 0;
    std::vector<DetailDifference> lines;
};
void save_compared(store::Transaction& tx, const std::string& procedure,
                   const std::vector<DetailDifference>& differences, Instant now);
/// What was found before stays, with its time.
void save_not_compared(store::Transaction& tx, const std::string& procedure, const std::string& problem, Instant now);
/// Procedures that are no longer ours or no longer there.
void forget_compared(store::Transaction& tx, const std::vector<std::string>& kept);
/// By code, after `after`; `all`: those without a difference, too.
[[nodiscard]] std::vector<ComparedProcedure> compared_procedures(store::Reader& reader, std::string_view after,
                                                                 bool all, int limit);

}  // namespace hl::links::portal
