// People the desk knows: the name beside a row of a queue, and what a person gave in an earlier dossier, so that nobody
// is asked twice (Law on Administrative Procedures' principle of asking once; Decree 118/2025/NĐ-CP). Every answer is a
// read of personal data: whoever shows it logs it. Any thread with its own Reader.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "access/access.h"
#include "dossiers/addresses.h"
#include "dossiers/context.h"
#include "dossiers/dossier.h"
#include "store/db.h"

namespace hl::dossiers {

/// "Nguyễn Thị Mẫu" → "Nguyễn T. M.": enough to tell rows apart.
[[nodiscard]] std::string masked_name(std::string_view name);

inline constexpr size_t most_names = 100;
struct NameOfDossier {
    DossierCode code;
    SubjectId subject;
    std::optional<std::string> name;  // nothing when the subject was erased
    bool masked = false;
};
/// The applicants of dossiers that the actor may read, in the order asked for; what he may not read or does not exist
/// is left out. Whole for who works on it (receives, handles, signs), masked for who only watches over it.
[[nodiscard]] Result<std::vector<NameOfDossier>> names_of(store::Reader& reader, const Context& ctx,
                                                          const access::Actor& actor,
                                                          const std::vector<std::string>& codes, Instant now);

struct KnownPerson {
    Dossier from;  // the newest dossier that has him
    Applicant applicant;
    std::optional<AddressToday> address_today;
};
/// By the exact 12-digit number, over the whole province: people move. Only for who receives dossiers.
/// Errors: access.denied, known.number.
[[nodiscard]] Result<std::optional<KnownPerson>> known_person(store::Reader& reader, const Context& ctx,
                                                              const access::Actor& actor, std::string_view number,
                                                              Instant now);

}  // namespace hl::dossiers
