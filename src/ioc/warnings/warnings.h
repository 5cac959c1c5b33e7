// Warnings to the public: issued by leaders for their area, updated, cancelled; taken in from other sources as they
// came. Whether one is in force is a question to the clock and to what came after it, never a stored state. Commands
// run inside store::Store::write; questions on any snapshot.
#pragma once
#include "access/access.h"
#include "ioc/warnings/cap.h"

namespace hl::warnings {

struct Context {
    std::shared_ptr<const directory::Directory> organisation;
    Random* random = nullptr;
    std::string origin;  // names this installation: the sender is "<agency>@<origin>"
};

/// A received message without an end is shown for a day.
inline constexpr std::chrono::hours assumed_life{24};
/// Communes are named by their code of the official statistics.
inline constexpr std::string_view commune_code = "GSO-COMMUNE";

struct Warning {
    int64_t key = 0;
    std::string id;
    bool own = false;
    AgencyId agency;   // who issued it here
    Instant at;        // when it came to be here
    std::string feed;  // who handed it in, in the words of that call
    Instant begins, ends;
    std::optional<int64_t> ended_by;
    std::string ended_by_id, ended_how;  // id, and "Update" or "Cancel"
    std::string xml;
    Message message;
    [[nodiscard]] bool active(Instant now) const { return !ended_by && begins <= now && now < ends; }
};

struct Words {
    std::string event, headline, description, instruction;
};
struct Draft {
    AgencyId agency;
    Status status = Status::actual;  // actual, exercise or test
    std::vector<Category> categories;
    std::vector<Response> responses;
    Urgency urgency = Urgency::unknown;
    Severity severity = Severity::unknown;
    Certainty certainty = Certainty::unknown;
    std::optional<Instant> onset;
    Instant expires;
    Words vi;
    std::optional<Words> en;
    std::string contact, web;
    std::vector<std::string> communes;  // codes; with none and without shapes: the agency's whole area
    std::vector<std::vector<Point>> polygons;
    std::vector<Circle> circles;
};
/// Errors: access.denied, warning.agency, warning.text, warning.expires, warning.area (a commune outside the agency's
/// area, or a shape by who answers for a commune only), warning.category.
[[nodiscard]] Result<Warning> issue(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                    const Draft& draft, Instant now);
/// Replaces it by a newer message. Errors: those of issue, and warning.not_found, warning.over, warning.not_own.
[[nodiscard]] Result<Warning> update(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                     std::string_view id, const Draft& draft, Instant now);
/// Errors: access.denied, warning.not_found, warning.over, warning.not_own, warning.text.
[[nodiscard]] Result<Warning> cancel(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                     std::string_view id, const std::string& why_vi, const std::string& why_en,
                                     Instant now);

struct Received {
    Warning warning;
    bool fresh = true;  // false: it was here already, byte by byte or but for its form
};
/// Kept as received. An update or cancellation ends what it names, also when that comes later; only of its own sender.
/// Errors: access.denied, cap.*, warning.altered (the same message with another content), warning.from_us.
[[nodiscard]] Result<Received> receive(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                       std::string_view xml, const std::string& feed, Instant now);

/// For the public: actual, public, in force now; the most severe first.
[[nodiscard]] std::vector<Warning> active_warnings(store::Reader& reader, Instant now);
/// All of them, newest first. `before`: a page's last key.
[[nodiscard]] std::vector<Warning> all_warnings(store::Reader& reader, std::optional<int64_t> before, int64_t limit);
/// Errors: warning.not_found.
[[nodiscard]] Result<Warning> find_warning(store::Reader& reader, std::string_view id);
/// What everybody may see: public messages that are actual, exercises or tests.
[[nodiscard]] bool is_public(const Warning& w);

}  // namespace hl::warnings
