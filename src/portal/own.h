// A citizen's own dossiers. Private to the room.
#pragma once
#include "dossiers/queries.h"
#include "portal/portal_pages.h"

namespace hl::portal {

inline constexpr const char* own_purpose = "xem hồ sơ của chính mình";

/// One of the visitor's dossiers with everything in it. The read is not logged here. Errors: dossier.not_found, also
/// for another person's.
[[nodiscard]] Result<dossiers::WholeDossier> own_dossier(const Portal& portal, const http::Request& request,
                                                         const Visitor& visitor);
[[nodiscard]] Data own_data(const Portal& portal, const http::Request& request, const Visitor& visitor,
                            const dossiers::Dossier& d);

[[nodiscard]] http::Response receipt_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response supplement_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response supplement_sent(const Portal&, const http::Request&, Visitor&, const Form&);
[[nodiscard]] http::Response rating_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response rating_sent(const Portal&, const http::Request&, Visitor&, const Form&);
[[nodiscard]] http::Response withdraw_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response withdraw_sent(const Portal&, const http::Request&, Visitor&, const Form&);
/// Rating by code and phone, without an account.
[[nodiscard]] http::Response stranger_rating_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response stranger_rating_sent(const Portal&, const http::Request&, Visitor&, const Form&);
/// own_outside.cpp
[[nodiscard]] http::Response payment_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response payment_begun(const Portal&, const http::Request&, Visitor&, const Form&);
[[nodiscard]] http::Response payment_receipt_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response stranger_payment_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response stranger_payment_begun(const Portal&, const http::Request&, Visitor&, const Form&);
[[nodiscard]] http::Response posting_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response posting_asked(const Portal&, const http::Request&, Visitor&, const Form&);
[[nodiscard]] http::Response held_page(const Portal&, const http::Request&, Visitor&);

}  // namespace hl::portal
