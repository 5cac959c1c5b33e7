// Fills the forms of Circular 03/2025/TT-VPCP from a dossier as it is stored and from its events: a paper printed again
// says what it said on its day. What is not known stays empty and prints as a blank. The caller has checked the right
// and logs the read. Threads: the reader's.
#pragma once
#include "dossiers/queries.h"
#include "dossiers/slips.h"

namespace hl::dossiers {

struct Slip {
    Document document;
    json::object data;
};
struct SlipQuery {
    std::string form;           // "01" … "06"
    std::optional<int> note{};  // which of several papers of the form, from 1 in order of time; nothing: the newest
    std::string base_url{};     // begins the address in the QR code; empty: the code alone
};
/// Errors: slip.form, slip.none (the dossier has no such paper), slip.note (not so many), slip.wait (made a moment ago
/// on another node), subject.erased.
[[nodiscard]] Result<Slip> load_slip(store::Reader& reader, const Context& ctx, const Dossier& dossier,
                                     const SlipQuery& query, Instant now);

struct RegisterQuery {
    AgencyId reception;    // the one-stop unit
    Date from, to;         // days of reception, both included
    std::string cursor{};  // RegisterSlip::next of the part before
    int limit = most_in_a_register;
    static constexpr int most_in_a_register = 5000;
};
/// Lines of the register (form 07), or the part of it from the cursor on. What did not fit is told in the slip and on
/// the paper. `subjects` gets everybody whose data is in it, for the log of reads. Errors: cursor.invalid.
[[nodiscard]] Result<RegisterSlip> load_register(store::Reader& reader, const Context& ctx, const RegisterQuery& query,
                                                 Instant now, std::vector<SubjectId>& subjects);

}  // namespace hl::dossiers
