// One function a page. Private to the room.
#pragma once
#include "portal/visitor.h"

namespace hl::portal {

/// Where a list of newest first goes on: `?truoc=`, else from the newest.
[[nodiscard]] int64_t listed_before(const http::Request& request);
[[nodiscard]] std::string encoded(const std::string& s);  // for addresses

[[nodiscard]] http::Response home_page(const PortalParts& parts, const http::Request& request);
[[nodiscard]] http::Response catalogue_page(const PortalParts& parts, const http::Request& request);
[[nodiscard]] http::Response procedure_page(const PortalParts& parts, const http::Request& request);
[[nodiscard]] http::Response tracking_page(const PortalParts& parts, const http::Request& request);
/// The answer to code and phone. The phone comes in the body, never in an address that logs keep.
[[nodiscard]] http::Response tracked_page(const PortalParts& parts, const http::Request& request);
[[nodiscard]] http::Response figures_page(const PortalParts& parts, const http::Request& request);

// What tracking and one's own dossier show alike (tracking.cpp).
void set_stations(Data& data, const Pages& pages, const std::string& lang, const dossiers::Dossier& d);
void set_due(Data& data, const PortalParts& parts, const dossiers::Context& ctx, const std::string& lang,
             const dossiers::Dossier& d);
void set_times(Data& data, const PortalParts& parts, const dossiers::Context& ctx, const std::string& lang,
               const dossiers::Dossier& d);
void set_charges(Data& data, const Pages& pages, const std::string& lang, const std::vector<dossiers::Charge>& charges);

// Pages of a visitor: a GET makes a page; a POST that brought its mark acts, and mostly redirects.
using MakePage = http::Response (*)(const Portal&, const http::Request&, Visitor&);
using Act = http::Response (*)(const Portal&, const http::Request&, Visitor&, const Form&);
struct PersonalRoute {
    const char* pattern;
    MakePage get = nullptr;
    Act post = nullptr;
    bool files = false;         // the form may bring files
    bool citizens_only = true;  // others are sent to sign in
};
[[nodiscard]] std::vector<PersonalRoute> sign_in_routes();
[[nodiscard]] std::vector<PersonalRoute> filing_routes();
[[nodiscard]] std::vector<PersonalRoute> own_routes();

/// The sign-in page for somebody whose session ended while he typed: what he sent is kept in it.
[[nodiscard]] http::Response sign_in_again(const Portal& portal, const http::Request& request, const Visitor& visitor,
                                           const Form& form);
/// A 404 that says no more than that: also for what is there and not his.
[[nodiscard]] http::Response not_here(const Portal& portal, const http::Request& request);

}  // namespace hl::portal
