#include "dossiers/own.h"

#include "dossiers/refusals.h"
#include "dossiers/storage.h"

namespace hl::dossiers {

namespace {

constexpr std::string_view select_own =
    "SELECT " HL_DOSSIER_COLUMNS " FROM dossier WHERE subject = ? AND key < ? ORDER BY key DESC LIMIT ?";
constexpr std::string_view select_rating = "SELECT overall FROM dossier_rating WHERE dossier = ?";
constexpr std::string_view take_draft = "UPDATE draft SET owner = ?, token = '' WHERE id = ? AND owner = ''";

}  // namespace

std::vector<Dossier> dossiers_of(store::Reader& reader, const SubjectId& subject, int64_t before, int limit) {
    if (subject.empty()) return {};
    return reader.all(select_own, {subject, before, limit},
                      [](const store::Row& row) { return storage::dossier_from(row); });
}

Result<Person> person_of(store::Reader& reader, const Context& ctx, const Dossier& d) {
    return storage::load_person(reader, ctx, d);
}

bool is_rated(store::Reader& reader, const Dossier& d) {
    return reader.first(select_rating, {d.key}, [](const store::Row&) { return true; }).has_value();
}

Result<void> adopt_draft(store::Transaction& tx, const DraftHolder& holder, const DraftId& id, Instant now) {
    TRY(const auto draft, drafts::find(tx, holder, id, now));
    if (!draft.owner.empty() || holder.actor.kind == access::ActorKind::anonymous) return Nothing{};
    if (std::ssize(list_drafts(tx, holder.actor, now)) >= most_drafts)
        return conflict("draft.too_many", fmt::format("Bạn đã có {} bản nháp. Hãy nộp hoặc xoá bớt.", most_drafts),
                        fmt::format("You have {} drafts. File or throw away some.", most_drafts));
    const auto owner = holder.actor.label();
    tx.execute(take_draft, {owner, id});
    return Nothing{};
}

}  // namespace hl::dossiers
