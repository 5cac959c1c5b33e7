// One function a page. Private to the room.
#pragma once
#include "portal/portal.h"

namespace hl::portal {

[[nodiscard]] std::string encoded(const std::string& s);  // for addresses

[[nodiscard]] http::Response home_page(const PortalParts& parts, const http::Request& request);
[[nodiscard]] http::Response catalogue_page(const PortalParts& parts, const http::Request& request);
[[nodiscard]] http::Response procedure_page(const PortalParts& parts, const http::Request& request);
[[nodiscard]] http::Response tracking_page(const PortalParts& parts, const http::Request& request);
/// The answer to code and phone. The phone comes in the body, never in an address that logs keep.
[[nodiscard]] http::Response tracked_page(const PortalParts& parts, const http::Request& request);
[[nodiscard]] http::Response figures_page(const PortalParts& parts, const http::Request& request);

}  // namespace hl::portal
