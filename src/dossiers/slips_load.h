// Fills the forms of Circular 03/2025/TT-VPCP from a dossier as it is stored. What is not known stays empty and prints
// as a blank. The caller has checked the right and logs the read. Threads: the reader's.
#pragma once
#include "dossiers/queries.h"
#include "dossiers/slips.h"

namespace hl::dossiers {

struct Slip {
    Document document;
    json::object data;
};
/// `form` is "01" … "06"; `base_url` begins the address in the QR code (empty: the code alone). Of several papers of
/// one kind the newest is taken. Errors: slip.form, slip.none (the dossier has no such paper), subject.erased.
[[nodiscard]] Result<Slip> load_slip(store::Reader& reader, const Context& ctx, const Dossier& dossier,
                                     std::string_view form, const std::string& base_url, Instant now);

/// Lines of the register (form 07) of a one-stop unit, received on [from, to], at most 5,000.
/// `subjects` gets everybody whose data is in it, for the log of reads.
[[nodiscard]] Result<RegisterSlip> load_register(store::Reader& reader, const Context& ctx, const AgencyId& reception,
                                                 Date from, Date to, Instant now, std::vector<SubjectId>& subjects);

}  // namespace hl::dossiers
