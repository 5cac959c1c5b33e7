// What the platform said, made into a paid fee or held. The order of the questions matters: a signed notice is money
// that somebody may have parted with, so it is never thrown away; but a fee is paid only when everything fits.
#include <algorithm>

#include "base/log.h"
#include "dossiers/storage.h"
#include "links/payment/commands.h"
#include "links/payment/events.h"

namespace hl::payment {

namespace {

constexpr std::string_view actor_label = "system:payment";
/// After its time is over the platform is asked once more, for who paid in the last minute.
constexpr std::chrono::hours last_look{24};

bool among(const std::vector<std::string>& codes, const std::string& code) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

void note(store::Transaction& tx, const Notice& n, std::string_view source, std::string_view outcome, Instant now) {
    (void)rows::keep_notice(tx, {n.reference, n.digest(), std::string{source}, n.code, n.amount_text, n.currency,
                                 n.transaction, n.bank, std::string{outcome}, now});
}

Result<Settled> hold(store::Transaction& tx, Payment p, const Notice& n, std::string problem, std::string_view source,
                     Instant now) {
    note(tx, n, source, problem, now);
    const bool news = p.state != PaymentState::held || p.problem != problem || p.transaction != n.transaction;
    if (!news) return Settled{Outcome::held, std::move(p), false};
    p.state = PaymentState::held;
    p.problem = std::move(problem);
    p.transaction = n.transaction;
    p.bank = n.bank;
    p.ask_at.reset();
    rows::update(tx, p);
    tx.append({std::string{events::held}, 1, events::stream_of(p.reference), std::string{actor_label}, now,
               json::object{{"reference", p.reference},
                            {"dossier", p.dossier.value},
                            {"code", p.code.value},
                            {"problem", p.problem},
                            {"amount", p.amount},
                            {"told", n.amount},
                            {"transaction", n.transaction},
                            {"source", source}}});
    return Settled{Outcome::held, std::move(p), true};
}

/// The charges as they stand: what the payment was begun for, or why not.
std::string misfit(const Payment& p, const dossiers::Dossier& d, const dossiers::Detail& detail) {
    for (const auto& item : p.items) {
        const auto it = std::find_if(detail.charges.begin(), detail.charges.end(),
                                     [&](const dossiers::Charge& c) { return c.id == item.id; });
        if (it == detail.charges.end() || !it->amount) return "charge_changed";
        if (it->paid_at) return "charge_paid";
        if (*it->amount != item.amount) return "charge_changed";
    }
    return dossiers::allow(d.state, dossiers::Command::pay).ok() ? "" : "dossier_closed";
}

Result<Settled> take_money(store::Transaction& tx, const dossiers::Context& ctx, const Profile& profile, Payment p,
                           const Notice& n, std::string_view source, Instant now) {
    if (p.state == PaymentState::paid) {
        if (p.transaction == n.transaction && p.amount == n.amount)
            return Settled{Outcome::repeated, std::move(p), false};
        const auto known = rows::outcome_of(tx, n.reference, n.digest());
        if (known) return Settled{Outcome::repeated, std::move(p), false};
        note(tx, n, source, "second_transaction", now);
        p.problem = "second_transaction";
        rows::update(tx, p);
        tx.append(
            {std::string{events::second}, 1, events::stream_of(p.reference), std::string{actor_label}, now,
             json::object{
                 {"reference", p.reference}, {"transaction", n.transaction}, {"told", n.amount}, {"source", source}}});
        return Settled{Outcome::held, std::move(p), true};
    }
    if (p.state == PaymentState::explained && rows::outcome_of(tx, n.reference, n.digest()))
        return Settled{Outcome::repeated, std::move(p), false};
    if (n.currency != profile.currency) return hold(tx, std::move(p), n, "currency_differs", source, now);
    if (n.amount_text.empty() || n.amount != p.amount) return hold(tx, std::move(p), n, "amount_differs", source, now);
    if (n.transaction.empty()) return hold(tx, std::move(p), n, "transaction_missing", source, now);
    const auto d = dossiers::storage::find(tx, p.code.value);
    if (!d.ok()) return hold(tx, std::move(p), n, "dossier_closed", source, now);
    if (auto problem = misfit(p, *d, dossiers::storage::load_detail(tx, d->key)); !problem.empty())
        return hold(tx, std::move(p), n, std::move(problem), source, now);
    dossiers::Payment payment;
    for (const auto& item : p.items) payment.charges.push_back(item.id);
    payment.method = "online";
    payment.receipt = n.transaction;
    const auto self = access::Actor::system("payment", ctx.directory);
    const auto paid = dossiers::pay(tx, ctx, self, {p.code, {}}, payment, now);
    // A command that fails has written nothing: what was said is kept, and a person sees why.
    if (!paid.ok()) {
        if (paid.error().kind == ErrorKind::internal || paid.error().kind == ErrorKind::unavailable)
            return paid.error();
        return hold(tx, std::move(p), n, paid.error().code, source, now);
    }
    note(tx, n, source, "paid", now);
    p.state = PaymentState::paid;
    p.transaction = n.transaction;
    p.bank = n.bank;
    p.paid_at = now;
    p.problem.clear();
    p.ask_at.reset();
    rows::update(tx, p);
    tx.append({std::string{events::confirmed}, 1, events::stream_of(p.reference), std::string{actor_label}, now,
               json::object{{"reference", p.reference},
                            {"dossier", p.dossier.value},
                            {"code", p.code.value},
                            {"amount", p.amount},
                            {"transaction", p.transaction},
                            {"bank", p.bank},
                            {"source", source}}});
    return Settled{Outcome::paid, std::move(p), true};
}

}  // namespace

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::paid:
            return "paid";
        case Outcome::repeated:
            return "repeated";
        case Outcome::held:
            return "held";
        case Outcome::failed:
            return "failed";
        case Outcome::pending:
            return "pending";
        case Outcome::unknown:
            break;
    }
    return "unknown";
}

Result<Settled> settle(store::Transaction& tx, const dossiers::Context& ctx, const Profile& profile, const Notice& n,
                       std::string_view source, Instant now) {
    auto p = rows::find(tx, n.reference, true);
    if (!p) {
        const bool fresh = rows::keep_notice(tx, {n.reference, n.digest(), std::string{source}, n.code, n.amount_text,
                                                  n.currency, n.transaction, n.bank, "stray", now});
        if (fresh && among(profile.paid, n.code))
            tx.append({std::string{events::stray}, 1, events::stream_of(n.reference), std::string{actor_label}, now,
                       json::object{{"reference", n.reference},
                                    {"transaction", n.transaction},
                                    {"told", n.amount},
                                    {"source", source}}});
        return Settled{Outcome::unknown, {}, fresh};
    }
    if (among(profile.paid, n.code)) return take_money(tx, ctx, profile, std::move(*p), n, source, now);
    // Said later than it happened: that it was paid stands.
    if (p->state == PaymentState::paid || p->state == PaymentState::explained)
        return Settled{Outcome::repeated, std::move(p), false};
    if (p->state == PaymentState::held) return Settled{Outcome::held, std::move(p), false};
    if (among(profile.pending, n.code) || among(profile.unknown, n.code)) {
        TRY_VOID(still_waiting(tx, profile, n.reference, now));
        return Settled{Outcome::pending, rows::find(tx, n.reference), false};
    }
    if (!among(profile.failed, n.code)) return hold(tx, std::move(*p), n, "code_unknown", source, now);
    note(tx, n, source, "failed", now);
    if (p->state == PaymentState::failed) {
        TRY_VOID(still_waiting(tx, profile, n.reference, now));
        return Settled{Outcome::failed, rows::find(tx, n.reference), false};
    }
    // He may try another card on the same page: it is asked about until its time is over.
    p->state = PaymentState::failed;
    p->ask_at = now < p->expires_at ? std::optional{now + profile.wait_after(++p->asks)} : std::nullopt;
    rows::update(tx, *p);
    tx.append({std::string{events::failed}, 1, events::stream_of(p->reference), std::string{actor_label}, now,
               json::object{{"reference", p->reference}, {"result", n.code}}});
    return Settled{Outcome::failed, std::move(p), true};
}

Result<void> still_waiting(store::Transaction& tx, const Profile& profile, std::string_view reference, Instant now) {
    auto p = rows::find(tx, reference, true);
    if (!p) return unknown_reference();
    if (p->state == PaymentState::paid || p->state == PaymentState::held || p->state == PaymentState::explained)
        return Nothing{};
    ++p->asks;
    if (now < p->expires_at) {
        p->ask_at = now + profile.wait_after(p->asks);
    } else if (is_waiting(*p)) {
        p->state = PaymentState::expired;
        p->ask_at = now + last_look;
        tx.append({std::string{events::expired}, 1, events::stream_of(reference), std::string{actor_label}, now,
                   json::object{{"reference", p->reference}}});
    } else {
        p->ask_at.reset();
    }
    rows::update(tx, *p);
    return Nothing{};
}

}  // namespace hl::payment
