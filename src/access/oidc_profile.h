// A provider that is not quite OpenID Connect as the book has it, as data: where its endpoints are (behind the
// province's data-sharing platform there is no discovery document), what it calls its claims, how sure it must have
// been of the person. packs/…/sign-in/NAME.yaml. Values; any thread.
#pragma once
#include <boost/json.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace hl::access {

struct OidcProfile {
    std::string provider;  // the name in the settings file: "vneid"
    /// Under the issuer, or whole addresses. Empty: the discovery document says it.
    std::string authorization, token, jwks, userinfo;
    std::vector<std::pair<std::string, std::string>> parameters;  // added where sign-in begins: acr_values…
    std::map<std::string, std::string> claims;                    // ours → theirs
    std::map<std::string, std::string> kinds;                     // their word → "citizen" | "organisation"
    std::vector<std::string> levels;                              // assurance that is enough; empty: not asked
    Date from;
    std::optional<Date> to;
    [[nodiscard]] bool has_endpoints() const { return !authorization.empty(); }
};
/// All files of the pack's folder, checked. Errors are collected with file and line: oidc.profile.
[[nodiscard]] std::vector<OidcProfile> read_oidc_profiles(const std::filesystem::path& pack,
                                                          std::vector<Error>& errors);
[[nodiscard]] std::optional<OidcProfile> parse_oidc_profile(const std::string& text, const std::string& file,
                                                            std::vector<Error>& errors);
/// The profile of a provider on a day.
[[nodiscard]] const OidcProfile* profile_of(const std::vector<OidcProfile>& profiles, std::string_view provider,
                                            Date on);

/// What the provider vouches for. Personal: sealed at once, never in an event.
struct ProvedPerson {
    std::string kind, name, number, born, phone, email, tax_code, level;
};
/// Errors: oidc.level (not sure enough), oidc.kind (an account of another sort), oidc.claims (what every sort must have
/// is missing: nothing is filled in).
[[nodiscard]] Result<ProvedPerson> proved_person(const OidcProfile& profile, const boost::json::object& claims);
[[nodiscard]] boost::json::object to_json(const ProvedPerson& person);

}  // namespace hl::access
