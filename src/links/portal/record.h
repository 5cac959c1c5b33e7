// A dossier in the portal's fields. Pure: what is not known is left out, what is required and not known makes the
// message a held one that names the field. Any thread.
#pragma once
#include "dossiers/context.h"
#include "links/connector/connector.h"
#include "links/portal/profile.h"
#include "links/portal/story.h"

namespace hl::links::portal {

/// yyyyMMddHHmmss in Viet Nam.
[[nodiscard]] std::string portal_time(Instant t);
[[nodiscard]] std::optional<Instant> from_portal_time(std::string_view text);

struct Material {
    const Story& story;
    const dossiers::Context& ctx;
    const Profile& profile;
    const dossiers::Person& person;
    std::map<int, json::object> notes{};   // contents by number, for supplements
    std::optional<Instant> returned_at{};  // what the dossier's row says where its events do not
};
struct Record {
    json::object fields;
    std::vector<connector::Mark> marks;
    std::optional<connector::Held> held;
};
[[nodiscard]] Record dossier_record(const Material& m);
/// DongBo…'s fields that are compared, without anybody's data: from our record or from what the portal says it has.
[[nodiscard]] json::object facts_of(const json::object& record);
/// The portal's names of a dossier's fields, to find one in a sentence of its.
[[nodiscard]] std::string field_named_in(std::string_view sentence);
/// All lines of progress so far, oldest first.
struct ProgressRecord {
    json::array lines;
    std::vector<connector::Mark> marks;
    std::optional<connector::Held> held;
};
[[nodiscard]] ProgressRecord progress_record(const Story& story, const dossiers::Context& ctx, const Profile& profile);

}  // namespace hl::links::portal
