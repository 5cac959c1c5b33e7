// By which way a person hears of his dossiers: what he chose, else the rules' order; never by an address that refused
// for good. A person who signed out of notices gets none. Functions on a Reader or Transaction; any thread.
#pragma once
#include "access/access.h"
#include "dossiers/dossier.h"
#include "notices/book.h"
#include "store/sealing.h"

namespace hl::notices {

struct Choice {
    std::optional<Way> way{};  // nothing: the rules' order
    bool none = false;         // wants no notices
    std::string language = "vi";
    std::string source{};  // "self", "link"
    std::optional<Instant> changed_at{};
};
[[nodiscard]] Choice choice_of(store::Reader& reader, const SubjectId& subject);
/// `way`: "mail", "sms", "zalo", "none" or "" for the rules' order. Appends notices.choice_changed. Errors:
/// notices.way, notices.language.
[[nodiscard]] Result<void> choose(store::Transaction& tx, const SubjectId& subject, const std::string& way,
                                  const std::string& language, const std::string& source, const std::string& actor,
                                  Instant now);

/// Stands in every mail: whoever holds it can sign that person out, and nothing else.
[[nodiscard]] std::string unsubscribe_token(const store::Vault& vault, const SubjectId& subject);
/// Errors: notices.token.
[[nodiscard]] Result<SubjectId> subject_of_token(const store::Vault& vault, std::string_view token);

/// Addresses that refused for good, blinded.
[[nodiscard]] bool is_refused(store::Reader& reader, const store::Vault& vault, Way way, std::string_view address);
void mark_refused(store::Transaction& tx, const store::Vault& vault, Way way, std::string_view address,
                  const std::string& code, Instant now);

struct Picked {
    Way way = Way::mail;
    std::string address;
};
/// Nothing: he gave no address that any of `ways` reaches. `refused` says that there was one, and it refused.
struct Picking {
    std::optional<Picked> picked;
    bool refused = false;
};
[[nodiscard]] Picking pick_way(store::Reader& reader, const store::Vault& vault, const Rules& rules,
                               const Choice& choice, const dossiers::Applicant& applicant,
                               const std::vector<Way>& ways);

}  // namespace hl::notices
