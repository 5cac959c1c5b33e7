// Dossier codes. Ours is MX1X2.Y1Y2Y3.Z1Z2-YYMMDD-XXXX (Decree 118/2025/NĐ-CP, Circular 03/2025/TT-VPCP Art 13): the
// electronic code of the agency that takes the dossier in, the local date, a running number of that agency's day, at
// least four digits and longer when needed. Codes of other forms are read, never made. Pure except next_code.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "store/db.h"

namespace hl::dossiers {

enum class CodeForm {
    standard,     // H50.12.34-261123-0001
    centralised,  // H50.12.34-261123-12XXXX: AA = the agency of a national system (Circular 04/2025/TT-VPCP Art 23.2)
    old,          // 000.34.12.H50-210105-0001: right to left (Circular 01/2018/TT-VPCP)
};
struct ParsedCode {
    CodeForm form = CodeForm::standard;
    std::string agency;  // left to right whatever the form
    Date date;
    int64_t number = 0;
    std::string system;  // the AA of a centralised code
};
/// Trimmed, upper case; what is stored and looked up.
[[nodiscard]] std::string normalise_code(std::string_view text);
/// Errors: dossier_code.invalid. A tail of six or more digits is read as centralised.
[[nodiscard]] Result<ParsedCode> parse_code(std::string_view text);
[[nodiscard]] DossierCode make_code(std::string_view agency_code, Date date, int64_t number);
/// The next code of that agency's day; unique between nodes, with gaps when a transaction fails.
[[nodiscard]] DossierCode next_code(store::Transaction& tx, std::string_view agency_code, Date date);

}  // namespace hl::dossiers
