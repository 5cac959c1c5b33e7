// Finding dossiers by code, words of the procedure, and the applicant's name, identity number or phone, diacritics or
// not. Names and numbers are in the index as blinded tokens only. The index follows the ledger (DossierSearch).
#pragma once
#include "access/access.h"
#include "dossiers/queries.h"
#include "store/followers.h"

namespace hl::dossiers {

/// Keeps the search index. Reads the present dossier and person, so that what was erased is not found after a rebuild.
class DossierSearch final : public store::Follower {
  public:
    /// `context` gives the snapshots of the moment.
    explicit DossierSearch(std::function<Context()> context) : context_(std::move(context)) {}
    [[nodiscard]] std::string name() const override { return "dossiers.search"; }
    void reset(store::Transaction& tx) override;
    Result<void> apply(store::Transaction& tx, std::span<const store::StoredEvent> events) override;

  private:
    std::function<Context()> context_;
};

struct SearchQuery {
    std::string words;
    std::string cursor{};
    int limit = 20;
};
/// Only dossiers of agencies the actor may read. Errors: access.denied, search.words, cursor.invalid.
[[nodiscard]] Result<DossierPage> search_dossiers(store::Reader& reader, const Context& ctx, const access::Actor& actor,
                                                  const SearchQuery& query, Instant now);

}  // namespace hl::dossiers
