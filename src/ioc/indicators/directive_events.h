// What the ledger is told of directives. The shapes live here, below the room that writes them (ioc/directives),
// because the indicators count them and includes go down. A shape never changes, it gets a new version. No text that a
// person wrote is in them.
#pragma once
#include "base/ids.h"
#include "base/json.h"

namespace hl::ioc::directive {

/// issued → working (acknowledged) → handed_in → closed; withdrawn from any open state.
enum class State : int { issued = 0, working = 1, handed_in = 2, closed = 3, withdrawn = 4 };
[[nodiscard]] std::string_view to_string(State s);
[[nodiscard]] std::optional<State> state_from(std::string_view word);
[[nodiscard]] constexpr bool is_open(State s) {
    return s == State::issued || s == State::working || s == State::handed_in;
}

/// Was it handed in by its deadline? Told when it is closed.
enum class Verdict : int { on_time = 0, late = 1 };
[[nodiscard]] std::string_view to_string(Verdict v);

/// An event is about "ioc:directive:CD-2026-000123".
inline constexpr std::string_view stream_prefix = "ioc:directive:";
inline constexpr std::string_view family = "ioc.directive_";
inline constexpr std::string_view issued = "ioc.directive_issued";  // + origin, rule, indicator, period, work_minutes
inline constexpr std::string_view acknowledged = "ioc.directive_acknowledged";
inline constexpr std::string_view reported = "ioc.directive_reported";              // + percent
inline constexpr std::string_view evidence_added = "ioc.directive_evidence_added";  // + evidence, kind, hash
inline constexpr std::string_view extension_asked = "ioc.directive_extension_asked";
inline constexpr std::string_view extended = "ioc.directive_extended";  // + was_due; due is the new one
inline constexpr std::string_view extension_refused = "ioc.directive_extension_refused";
inline constexpr std::string_view handed_in = "ioc.directive_handed_in";
inline constexpr std::string_view sent_back = "ioc.directive_sent_back";
inline constexpr std::string_view closed = "ioc.directive_closed";      // + verdict, handed_in
inline constexpr std::string_view reopened = "ioc.directive_reopened";  // + was_due
inline constexpr std::string_view withdrawn = "ioc.directive_withdrawn";
inline constexpr std::string_view moved = "ioc.directive_moved";  // + was_agency: its agency was succeeded

/// What every event of a directive tells, v1 {code, agency, area, issuer, officer, from, to, due, version, internal}
/// and what is named above. Instants are milliseconds; empty members are left out.
struct Told {
    std::string code;
    AgencyId agency;    // who is to do it
    UnitId area;        // where that agency is competent
    AgencyId issuer;    // in whose name it was given
    OfficerId officer;  // when it was given to one
    std::optional<State> from;
    State to = State::issued;
    Instant due;
    int64_t version = 1;
    /// Within one agency, by its own head: followed up, but not counted among what the agency owes to those above it.
    bool internal = false;
};
[[nodiscard]] json::object to_json(const Told& told, json::object more = {});

}  // namespace hl::ioc::directive
