// What one can ask: the list of a box with who is late, one document, the counts that a head looks at. Everything is
// limited to agencies whose papers the actor may read. JSON here is the API's.
#pragma once
#include "access/access.h"
#include "base/json.h"
#include "documents/context.h"
#include "documents/document.h"

namespace hl::documents {

struct BoxQuery {
    AgencyId agency;
    Direction direction = Direction::in;
    std::vector<State> states{};  // empty: all
    bool late_only = false;
    std::string words{};  // in subject, number or issuer
    std::string cursor{};
    int limit = 50;
};
struct Box {
    std::vector<Document> items;
    std::string next;
};
[[nodiscard]] Box find_documents(store::Reader& reader, const BoxQuery& query, Instant now);

/// Why it is late now or was: "register" (not registered in time), "send", "due"; empty: in time.
[[nodiscard]] std::string lateness(const Document& d, Instant now);

/// As this room's views show what may be missing.
[[nodiscard]] json::value or_null(const std::optional<Instant>& t);
[[nodiscard]] json::value or_null(const std::optional<Date>& d);
[[nodiscard]] json::value or_null(const std::string& s);

/// What it offers is what `actor` may do (null: whatever its state allows).
[[nodiscard]] json::object view(const Document& d, const Context& ctx, Instant now,
                                const access::Actor* actor = nullptr);
[[nodiscard]] json::object view_row(const Document& d, const Context& ctx, Instant now,
                                    const access::Actor* actor = nullptr);
/// Is this one's to do it, whatever the state?
[[nodiscard]] bool may(const access::Actor& actor, const Document& d, std::string_view command, Instant now);
struct Counts {
    int64_t waiting = 0, late_to_register = 0, in_work = 0, overdue = 0, to_send = 0, asked = 0;
};
/// An agency that can be written to on the axis, as the axis' list names it.
struct Correspondent {
    std::string organ_id, old_code, name, source;
};
[[nodiscard]] std::vector<Correspondent> find_correspondents(store::Reader& reader, std::string_view words,
                                                             size_t limit);
/// Takes over the axis' list: what it names is there afterwards, what it no longer names is gone.
void replace_correspondents(store::Transaction& tx, const std::vector<Correspondent>& all, Instant now);
[[nodiscard]] Counts count(store::Reader& reader, const AgencyId& agency, Instant now);

}  // namespace hl::documents
