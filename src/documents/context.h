// What commands work with: the organisation and calendars as they are now, the axis' codes, the table of agency codes.
// A value; cheap to copy.
#pragma once
#include <memory>

#include "base/ids.h"
#include "directory/commands.h"
#include "documents/agency_code.h"
#include "documents/profile.h"

namespace hl::documents {

struct Judging;

struct Context {
    std::shared_ptr<const directory::Directory> organisation;
    std::shared_ptr<const directory::Calendars> calendars;
    std::shared_ptr<const Profile> profile;
    std::shared_ptr<const CodeTable> codes;
    Random* random = nullptr;
    std::shared_ptr<const Judging> judging{};  // null: signers are not judged (the command line's readings)

    /// The agency of this installation that a code names at `at`; null: none, or only by a guess.
    [[nodiscard]] const directory::Agency* agency(std::string_view organ_id, Date at) const;
    [[nodiscard]] bool same_organ(std::string_view a, std::string_view b, Date at) const {
        return codes->same(a, b, at);
    }
};

/// When a document must stand in the register: at the closing of the next working day, an urgent one at once (Decree
/// 30/2020/NĐ-CP; the numbers are the profile's).
[[nodiscard]] Instant register_by(const Context& ctx, const AgencyId& agency, int priority, Instant arrived);

}  // namespace hl::documents
