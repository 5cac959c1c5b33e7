// Beginning a payment, and what people do with one. What the platform says: settle.cpp.
#include "links/payment/commands.h"

#include "base/text.h"
#include "dossiers/queries.h"
#include "dossiers/storage.h"
#include "links/connector/outbox.h"
#include "links/payment/events.h"

namespace hl::payment {

namespace {

constexpr const char* law_fees = "Nghị định 118/2025/NĐ-CP, Điều 24";

Result<void> may_open(const access::Actor& actor, const dossiers::Dossier& d, const Opening& opening, Instant now) {
    if (opening.via == "tracking") return Nothing{};
    if (opening.via == "citizen") {
        if (!actor.subject.empty() && actor.subject == d.subject) return Nothing{};
        return dossiers::storage::not_found();
    }
    using access::Right;
    for (const auto& agency : {d.reception, d.agency})
        for (const auto right : {Right::receive_dossier, Right::handle_dossier})
            if (access::require(actor, right, agency, now).ok()) return Nothing{};
    return access::require(actor, Right::receive_dossier, d.reception, now);
}

/// What is owed and how much is known of it.
Result<std::vector<Item>> due_items(const dossiers::Detail& detail) {
    std::vector<Item> items;
    bool unknown = false;
    for (const auto& c : detail.charges) {
        if (c.paid_at) continue;
        if (!c.amount) {
            unknown = true;
            continue;
        }
        if (*c.amount > 0) items.push_back({c.id, c.name, c.kind, *c.amount});
    }
    if (!items.empty()) return items;
    if (unknown)
        return Error{ErrorKind::conflict,
                     "payment.amount_unknown",
                     "Chưa có số tiền phải nộp. Cơ quan sẽ nhập theo thông báo, rồi hãy nộp.",
                     "The amount is not known yet. The agency enters it from the notice; pay then.",
                     "",
                     law_fees};
    return Error{ErrorKind::conflict,
                 "payment.nothing_due",
                 "Hồ sơ không còn khoản nào phải nộp.",
                 "The dossier owes nothing.",
                 "",
                 law_fees};
}

/// Letters and digits only: what platforms take. The dossier's code and a number within it.
std::string reference_for(store::Reader& reader, const DossierCode& code, int64_t turn) {
    std::string stem;
    for (const char c : code.value)
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) stem += c;
    // Two codes may differ in their dots only.
    for (;; ++turn) {
        auto reference = fmt::format("{}T{:02}", stem, turn);
        if (!rows::find(reader, reference)) return reference;
    }
}

}  // namespace

Error unknown_reference() {
    return {ErrorKind::not_found, "payment.unknown", "Không có khoản thanh toán này.", "There is no such payment."};
}

Result<Payment> open_payment(store::Transaction& tx, const dossiers::Context& ctx, const access::Actor& actor,
                             const Profile& profile, const Opening& opening, Instant now) {
    TRY(const auto d, dossiers::storage::find(tx, opening.code.value));
    TRY_VOID(may_open(actor, d, opening, now));
    TRY_VOID(dossiers::allow(d.state, dossiers::Command::pay));
    TRY(auto items, due_items(dossiers::storage::load_detail(tx, d.key)));
    // Taken before the others are looked at: of two who click at once the second finds the first one's.
    const auto turn = rows::next_turn(tx, d.id);
    for (auto& other : rows::of_dossier(tx, d.id))
        if (is_waiting(other) && other.items == items && other.expires_at > now) {
            // Asked for once more: what held it up may have been mended meanwhile.
            if (!connector::find_messages(tx, {"payment", connector::MessageState::held, other.reference}).empty())
                (void)connector::release_held(tx, "payment");
            return std::move(other);
        }
    Payment p;
    p.reference = reference_for(tx, d.code, turn);
    p.dossier = d.id;
    p.code = d.code;
    p.subject = d.subject;
    for (const auto& i : items) p.amount += i.amount;
    p.items = std::move(items);
    p.via = opening.via;
    p.opened_at = now;
    p.expires_at = now + profile.offer;
    TRY(const auto remote, ctx.vault->seal(tx, d.subject, "payment.remote", opening.remote));
    rows::insert(tx, p, remote);
    json::array told;
    for (const auto& i : p.items) told.push_back(json::object{{"id", i.id}, {"amount", i.amount}});
    tx.append({std::string{events::opened}, 1, events::stream_of(p.reference), actor.label(), now,
               json::object{{"reference", p.reference},
                            {"dossier", p.dossier.value},
                            {"code", p.code.value},
                            {"amount", p.amount},
                            {"currency", profile.currency},
                            {"items", std::move(told)},
                            {"via", p.via}}});
    return p;
}

Result<void> offer(store::Transaction& tx, const Profile& profile, std::string_view reference, const std::string& url,
                   Instant now) {
    auto p = rows::find(tx, reference, true);
    if (!p) return unknown_reference();
    if (p->state != PaymentState::opened && p->state != PaymentState::offered) return Nothing{};
    if (p->url == url) return Nothing{};
    p->state = PaymentState::offered;
    p->url = url;
    p->ask_at = now + profile.wait_after(0);
    rows::update(tx, *p);
    tx.append({std::string{events::offered}, 1, events::stream_of(reference), "system:payment", now,
               json::object{{"reference", p->reference}}});
    return Nothing{};
}

Result<Payment> ask_again(store::Transaction& tx, const access::Actor& actor, std::string_view reference, Instant now) {
    auto p = rows::find(tx, reference, true);
    if (!p) return unknown_reference();
    TRY(const auto d, dossiers::storage::find(tx, p->code.value));
    if (!access::require_anywhere(actor, access::Right::manage_links, now).ok())
        TRY_VOID(may_open(actor, d, {p->code, "desk", ""}, now));
    if (p->state == PaymentState::paid || p->state == PaymentState::explained) return *p;
    p->ask_at = now;
    rows::update(tx, *p);
    return *p;
}

Result<Payment> explain(store::Transaction& tx, const access::Actor& actor, std::string_view reference,
                        const std::string& note, Instant now) {
    TRY_VOID(access::require_anywhere(actor, access::Right::manage_links, now));
    auto p = rows::find(tx, reference, true);
    if (!p) return unknown_reference();
    if (p->problem.empty())
        return Error{ErrorKind::conflict, "payment.not_odd", "Khoản thanh toán này không có gì phải xử lý.",
                     "There is nothing odd about this payment."};
    const auto words = text::normalise(note);
    if (words.empty())
        return Error{ErrorKind::invalid, "payment.note_required",
                     "Hãy ghi đã xử lý thế nào (số chứng từ, người xử lý).",
                     "Say how it was dealt with (document, by whom).", "/note"};
    const auto problem = std::exchange(p->problem, "");
    p->note = words;
    if (p->state == PaymentState::held) p->state = PaymentState::explained;
    p->ask_at.reset();
    rows::update(tx, *p);
    tx.append({std::string{events::explained}, 1, events::stream_of(reference), actor.label(), now,
               json::object{{"reference", p->reference}, {"problem", problem}}});
    return *p;
}

}  // namespace hl::payment
