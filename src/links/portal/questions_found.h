// Finding questions that were answered before, so that the same is not written twice: by words of the question and of
// its answer, by procedure, agency, state and day. Words are in the index as blinded tokens only; what is found tells
// the answer and never who asked or what he wrote. The index follows the ledger (QuestionSearch).
#pragma once
#include "links/portal/questions.h"
#include "store/followers.h"
#include "store/search.h"

namespace hl::links::portal {

[[nodiscard]] const store::SearchIndex& question_index();

/// Keeps the index. Reads the present row, so that who was erased is not found after a rebuild either.
class QuestionSearch final : public store::Follower {
  public:
    /// `context` gives the snapshots of the moment.
    explicit QuestionSearch(std::function<dossiers::Context()> context) : context_(std::move(context)) {}
    [[nodiscard]] std::string name() const override { return "links.portal.questions"; }
    void reset(store::Transaction& tx) override;
    Result<void> apply(store::Transaction& tx, std::span<const store::StoredEvent> events) override;

  private:
    std::function<dossiers::Context()> context_;
};

struct FoundQuery {
    std::string words{};               // each of them, diacritics or not; empty: all
    std::optional<AgencyId> agency{};  // nothing: every agency's
    std::string procedure{};
    std::optional<QuestionState> state{};
    std::optional<Date> from{}, to{};  // days on which they were fetched, both counted
    std::string except{};              // this one is not looked for
    std::string cursor{};              // the `next` of the page before
    int limit = 10;
};
/// Newest first; with words typed with diacritics, those spelled alike first. A page may hold fewer than `limit` and
/// still have a `next`. Errors: cursor.invalid.
[[nodiscard]] Result<QuestionPage> look_for_questions(store::Reader& reader, const store::Vault& vault,
                                                      const FoundQuery& query);

}  // namespace hl::links::portal
