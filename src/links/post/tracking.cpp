// What the post says: an order taken or cancelled, a piece moved. A state goes forward only, whatever order the words
// come in; what does not fit is kept and shown.
#include "dossiers/storage.h"
#include "links/post/commands.h"

namespace hl::post {

namespace {

constexpr std::string_view by_post = "system:post";

void tell(store::Transaction& tx, std::string_view type, const Order& o, json::object data, Instant now) {
    tx.append({std::string{type}, 1, events::stream_of(o.number), std::string{by_post}, now, std::move(data)});
}

void odd(store::Transaction& tx, Order& o, std::string problem, Instant now) {
    if (o.problem == problem) return;
    o.problem = std::move(problem);
    tell(tx, events::odd, o, {{"order", o.number}, {"problem", o.problem}, {"status", o.status}}, now);
}

/// The result is with the person: what was collected is paid, and the dossier is returned.
Result<void> hand_over(store::Transaction& tx, const dossiers::Context& ctx, Order& o, const Movement& m, Instant now) {
    const auto d = dossiers::storage::find(tx, o.code.value);
    if (!d.ok()) return Nothing{};
    if (d->state != dossiers::State::finished) return Nothing{};
    const auto self = access::Actor::system("post", ctx.directory);
    const auto number = o.item.empty() ? o.number : o.item;
    if (o.amount > 0 && d->unpaid > 0) {
        // Only what the post says that it has collected, and only the whole of it.
        if (m.cod != o.amount || d->unpaid != o.amount) {
            odd(tx, o, "cod_differs", now);
            return Nothing{};
        }
        const auto paid = dossiers::pay(tx, ctx, self, {o.code, {}}, {{}, "cash", number}, now);
        if (!paid.ok()) {
            odd(tx, o, paid.error().code, now);
            return Nothing{};
        }
    }
    const auto done = dossiers::deliver(tx, ctx, self, {o.code, {}}, {"post", "", number}, now);
    if (!done.ok()) odd(tx, o, done.error().code, now);
    return Nothing{};
}

}  // namespace

Result<void> registered(store::Transaction& tx, const dossiers::Context& ctx, std::string_view number,
                        const DossierCode& code, int64_t amount, const std::string& item, Instant now) {
    auto o = rows::find(tx, number, true);
    if (!o) {
        TRY(const auto d, dossiers::storage::find(tx, code.value));
        TRY(const auto person, dossiers::storage::load_person(tx, ctx, d));
        const auto& a = person.applicant;
        o.emplace();
        o->number = number;
        o->dossier = d.id;
        o->code = d.code;
        o->subject = d.subject;
        o->asked_by = "channel";
        o->asked_at = now;
        TRY(const auto sealed, ctx.vault->seal(tx, d.subject, "post.place",
                                               json::serialize(to_json(Place{a.name, a.phone, a.email, a.address}))));
        rows::insert(tx, *o, sealed);
    }
    if (o->state != OrderState::none) return Nothing{};
    o->state = OrderState::registered;
    o->amount = amount;
    o->registered_at = now;
    if (!item.empty()) o->item = item;
    rows::update(tx, *o);
    tell(tx, events::registered, *o,
         {{"order", o->number},
          {"dossier", o->dossier.value},
          {"code", o->code.value},
          {"way", to_string(o->way)},
          {"amount", amount}},
         now);
    return Nothing{};
}

Result<void> cancelled(store::Transaction& tx, std::string_view number, Instant now) {
    auto o = rows::find(tx, number, true);
    if (!o) return unknown_order();
    if (!is_open(*o)) return Nothing{};
    o->state = OrderState::cancelled;
    o->ended_at = now;
    rows::update(tx, *o);
    tell(tx, events::cancelled, *o, {{"order", o->number}}, now);
    return Nothing{};
}

Result<bool> moved(store::Transaction& tx, const dossiers::Context& ctx, const Profile& profile, const Movement& m,
                   Instant now) {
    auto o = rows::find(tx, m.order, true);
    if (!o) return false;
    const auto state = profile.state_of(m.status);
    if (o->status == m.status && (!state || *state == o->state)) return true;
    o->status = m.status;
    o->status_words = m.words;
    o->status_at = now;
    if (!m.item.empty()) o->item = m.item;
    if (!state) {
        odd(tx, *o, "status_unknown", now);
        rows::update(tx, *o);
        return true;
    }
    if (!is_open(*o) && *state != o->state) {
        // After the end there is no other end; a word of the way comes late and says nothing new.
        if (*state == OrderState::delivered || *state == OrderState::cancelled) odd(tx, *o, "ended_twice", now);
        rows::update(tx, *o);
        return true;
    }
    if (static_cast<int>(*state) > static_cast<int>(o->state)) {
        o->state = *state;
        if (!is_open(*o)) o->ended_at = now;
        const auto type = o->state == OrderState::cancelled ? events::cancelled : events::moved;
        if (o->state != OrderState::delivered)
            tell(tx, type, *o, {{"order", o->number}, {"status", m.status}, {"state", to_string(o->state)}}, now);
    }
    if (o->state == OrderState::delivered) {
        if (o->way == Way::hand_over) TRY_VOID(hand_over(tx, ctx, *o, m, now));
        tell(tx, events::delivered, *o,
             {{"order", o->number},
              {"dossier", o->dossier.value},
              {"code", o->code.value},
              {"way", to_string(o->way)},
              {"item", o->item}},
             now);
    }
    rows::update(tx, *o);
    return true;
}

}  // namespace hl::post
