// What one can do to a postal order; each in the caller's transaction with its event. What the post says of a piece
// moves the order, and a delivered result returns the dossier in the same transaction.
#pragma once
#include "dossiers/commands.h"
#include "links/post/profile.h"

namespace hl::post {

struct Asking {
    DossierCode code;
    Way way = Way::hand_over;
    Place place;       // where the post goes to
    bool cod = false;  // the post collects what is owed
    std::string by;    // citizen: his own; desk
};
/// Errors: dossier.not_found, access.*, post.asked (one is under way), post.too_late, post.name, post.phone,
/// post.address (names no commune of today).
[[nodiscard]] Result<Order> ask_post(store::Transaction& tx, const dossiers::Context& ctx, const access::Actor& actor,
                                     const Profile& profile, const Asking& asking, Instant now);
/// Errors: post.unknown, post.too_late (the post has the piece), access.*.
[[nodiscard]] Result<Order> cancel(store::Transaction& tx, const access::Actor& actor, std::string_view number,
                                   std::string_view by, Instant now);

/// The post took the order. Makes the row of one that nobody asked for by hand (filed by post).
[[nodiscard]] Result<void> registered(store::Transaction& tx, const dossiers::Context& ctx, std::string_view number,
                                      const DossierCode& code, int64_t amount, const std::string& item, Instant now);
[[nodiscard]] Result<void> cancelled(store::Transaction& tx, std::string_view number, Instant now);
/// A movement of the post's list. False: not one of our orders. Errors: store and ledger failures only.
[[nodiscard]] Result<bool> moved(store::Transaction& tx, const dossiers::Context& ctx, const Profile& profile,
                                 const Movement& movement, Instant now);
/// Somebody has looked at what was odd. Right: manage_links. Errors: post.unknown, access.*.
[[nodiscard]] Result<Order> clear(store::Transaction& tx, const access::Actor& actor, std::string_view number,
                                  Instant now);

[[nodiscard]] Error unknown_order();
/// May the actor ask for this dossier's post. Errors: dossier.not_found, access.*.
[[nodiscard]] Result<void> may_ask(const access::Actor& actor, const dossiers::Dossier& d, std::string_view by,
                                   Instant now);

}  // namespace hl::post
