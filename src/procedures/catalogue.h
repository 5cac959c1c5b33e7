// The catalogue of published releases. Catalogue is a snapshot that loads releases on demand and keeps them in memory;
// it is replaced after publishing. Safe on any thread.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "directory/directory.h"
#include "procedures/model.h"
#include "store/store.h"

namespace hl::procedures {

[[nodiscard]] const store::Migrations& migrations();

class Catalogue {
  public:
    [[nodiscard]] static Result<std::shared_ptr<const Catalogue>> load(store::Reader& reader);
    /// The release valid at `at`. Errors: procedure.unknown, procedure.not_valid (not yet, or ended; says when).
    [[nodiscard]] Result<ReleasePtr> valid(const ProcedureCode& code, Instant at) const;
    [[nodiscard]] Result<ReleasePtr> release(const ReleaseId& id) const;
    [[nodiscard]] std::vector<ReleasePtr> all_valid(Instant at) const;
    /// By words without diacritics, abbreviation ("GKS"), code.
    [[nodiscard]] std::vector<ReleasePtr> find(std::string_view words, Instant at, size_t limit = 20) const;

    /// Every release of one procedure, newest first.
    [[nodiscard]] std::vector<ReleasePtr> history(const ProcedureCode& code) const;

  private:
    friend class CatalogueLoader;
    struct Entry {  // what find() looks into, made once
        ReleasePtr release;
        std::string name_words, name_exact, words, exact,
            initials;  // "words" are folded; the latter three hold all names
    };
    std::vector<ReleasePtr> releases_;
    std::unordered_map<std::string, std::vector<ReleasePtr>> by_code_;
    std::unordered_map<std::string, ReleasePtr> by_id_;
    std::vector<Entry> entries_;
};

/// What a dossier's answers decide: documents required, fee, legal time, competent function.
struct Decision {
    std::vector<Component> components;
    struct Charge {
        std::string id, name, kind;
        std::optional<int64_t> amount;  // nothing: not verified, must be typed with its basis
    };
    std::optional<std::vector<Charge>> charges;
    std::optional<LegalTime> time;  // of this channel
    struct Competent {
        std::string function, agency;
    };
    std::optional<Competent> competent;  // when a table decides it; else the flow's own functions hold
};
struct Answers {
    json::object fields;  // by stable field id
    Channel channel = Channel::desk;
    std::string subject_kind = "citizen";
    UnitId place;
};
/// Always run on the server. Errors: rules.no_match, rules.expression.
[[nodiscard]] Result<Decision> decide(const Release& release, const Answers& answers);
/// Every mistake in the answers against the form, each with its pointer ("/fields/child_name"): the rule of
/// form_schema.h. `today` absent: nothing is judged against the present day.
[[nodiscard]] std::vector<Error> check_answers(const Release& release, const json::object& fields,
                                               const std::optional<Date>& today = {});

}  // namespace hl::procedures
