// Checking what applicants type: names are taken as written, numbers are brought to one form, nothing is guessed. Pure.
#pragma once
#include "dossiers/dossier.h"

namespace hl::dossiers {

/// E.164 for Vietnamese numbers ("0912 345 678" → "+84912345678"; eleven-digit mobiles of before 2018 are brought to
/// their ten digits), other international numbers as they are. Errors: filing.phone.
[[nodiscard]] Result<std::string> normalise_phone(std::string_view typed);
/// Trims and normalises every text; checks what the forms need. Errors: filing.applicant, filing.phone.
[[nodiscard]] Result<Applicant> check_applicant(Applicant applicant);

}  // namespace hl::dossiers
