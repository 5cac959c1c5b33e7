// What one can do to a payment; each in the caller's transaction with its event. `settle` is the heart: what the
// platform said becomes a paid fee, or is held and shown, in one transaction with the dossier's own command, so that
// neither stands without the other. Money is never refused, refunded or invented here.
#pragma once
#include "dossiers/commands.h"
#include "links/payment/payment.h"
#include "links/payment/wire.h"

namespace hl::payment {

struct Opening {
    DossierCode code;
    std::string via;     // citizen: his own; tracking: the caller has checked code and phone; desk
    std::string remote;  // address of who begins it: the platform wants it
};
/// Begins a payment of everything that is owed and known, or gives the one that is open for just that.
/// Errors: dossier.not_found, dossier.wrong_state, access.*, payment.nothing_due, payment.amount_unknown.
[[nodiscard]] Result<Payment> open_payment(store::Transaction& tx, const dossiers::Context& ctx,
                                           const access::Actor& actor, const Profile& profile, const Opening& opening,
                                           Instant now);
/// The platform has a page for it. Nothing happens to one that is paid meanwhile.
[[nodiscard]] Result<void> offer(store::Transaction& tx, const Profile& profile, std::string_view reference,
                                 const std::string& url, Instant now);

enum class Outcome { paid, repeated, held, failed, pending, unknown };
[[nodiscard]] std::string_view to_string(Outcome outcome);
struct Settled {
    Outcome outcome = Outcome::unknown;
    std::optional<Payment> payment;
    bool news = false;  // something was written that was not there before
};
/// `notice` is signed and its signature was checked. Errors: store and ledger failures only; what does not fit is held.
[[nodiscard]] Result<Settled> settle(store::Transaction& tx, const dossiers::Context& ctx, const Profile& profile,
                                     const Notice& notice, std::string_view source, Instant now);
/// It was asked about and nothing was paid: asked again later, or given up when its time is over.
[[nodiscard]] Result<void> still_waiting(store::Transaction& tx, const Profile& profile, std::string_view reference,
                                         Instant now);
/// Lets the platform be asked at once. Errors: payment.unknown, access.*.
[[nodiscard]] Result<Payment> ask_again(store::Transaction& tx, const access::Actor& actor, std::string_view reference,
                                        Instant now);
/// Somebody has dealt with what was odd. Right: manage_links. Errors: payment.unknown, payment.not_odd,
/// payment.note_required, access.*.
[[nodiscard]] Result<Payment> explain(store::Transaction& tx, const access::Actor& actor, std::string_view reference,
                                      const std::string& note, Instant now);

[[nodiscard]] Error unknown_reference();

}  // namespace hl::payment
