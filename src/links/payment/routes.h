// HTTP face of payments: the platform's call-back, a dossier's payments for the desk, odd ones for who clears them.
#pragma once
#include "access/api.h"
#include "links/payment/partner.h"

namespace hl::payment {

struct RouteParts {
    std::shared_ptr<Partner> partner;  // null: no platform is connected, and beginning a payment says so
    std::function<dossiers::Context()> context;
};
void add_routes(access::Api& api, const RouteParts& parts);

[[nodiscard]] Error not_connected();
/// Why a payment that was begun has no page: its message is held or was refused.
[[nodiscard]] std::optional<Saying> stuck(store::Reader& reader, const Payment& p);
/// The sealed receipt of a payment, opened. Errors: payment.no_receipt, subject.erased.
[[nodiscard]] Result<std::string> receipt_of(store::Reader& reader, const dossiers::Context& ctx, const Payment& p);

}  // namespace hl::payment
