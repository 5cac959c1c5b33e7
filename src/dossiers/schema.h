// Tables of the one-stop.
#pragma once
#include "store/migrations.h"
#include "store/search.h"

namespace hl::dossiers {

[[nodiscard]] const store::Migrations& migrations();
/// Full-text index of dossiers: code, procedure and blinded words of the applicant. Key = dossier key × 2, plus 1 for
/// the entry under the agency that took it in when that is another one.
[[nodiscard]] const store::SearchIndex& search_index();

}  // namespace hl::dossiers
