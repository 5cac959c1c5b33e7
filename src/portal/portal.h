// The citizen's pages. `add_portal` puts them on the router; what it is given outlives the router.
#pragma once
#include "access/sessions.h"
#include "dossiers/context.h"
#include "dossiers/files.h"
#include "dossiers/throttle.h"
#include "http/router.h"
#include "portal/outside.h"
#include "portal/pages.h"
#include "store/store.h"

namespace hl::portal {

/// A warning to the public that is in force, in the language of the page.
struct PublicWarning {
    std::string headline, description, instruction, area, sender, href;
    Instant until;
};

struct PortalParts {
    store::Store& store;
    const Clock& clock;
    std::function<dossiers::Context()> context;
    dossiers::PhoneGuesses& guesses;  // shared with the API's tracking
    std::shared_ptr<const Pages> pages;
    std::string national_portal;  // where one files online; empty: not said
    access::Sessions& sessions;
    std::shared_ptr<const dossiers::Files> files;
    Random& random;
    std::vector<std::string> providers{};      // of OpenID Connect, by name
    std::shared_ptr<const Outside> outside{};  // paying online and the post; null: neither
    /// Shown above everything else on the start page; none when it is empty.
    std::function<std::vector<PublicWarning>(store::Reader&, std::string_view language, Instant now)> warnings{};
};
void add_portal(http::Router& router, PortalParts parts);

/// Fields of an HTML form (application/x-www-form-urlencoded, at most 100). Errors: http.media_type, form.malformed.
[[nodiscard]] Result<std::map<std::string, std::string>> form_fields(const http::Request& request);

}  // namespace hl::portal
