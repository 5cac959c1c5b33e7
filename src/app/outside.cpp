#include "app/outside.h"

#include <thread>

#include "app/program.h"
#include "links/connector/outbox.h"
#include "links/payment/routes.h"
#include "links/post/partner.h"

namespace hl::app {

namespace {

/// Most pages are there sooner; who waits longer looks again.
constexpr auto waits = 40;
constexpr std::chrono::milliseconds one_wait{50};

portal::OnlinePayment seen(store::Reader& reader, const payment::Payment& p) {
    portal::OnlinePayment out;
    out.reference = p.reference;
    out.state = payment::to_string(p.state);
    out.amount = p.amount;
    if (payment::is_waiting(p)) out.url = p.url;
    out.opened_at = p.opened_at;
    out.paid_at = p.paid_at;
    out.transaction = p.transaction;
    out.receipt = p.has_receipt;
    const auto words = payment::stuck(reader, p).value_or(payment::saying_of(p.problem));
    out.odd_vi = words.vi;
    out.odd_en = words.en;
    return out;
}

portal::Outside::Paying paying(Program& program, const std::shared_ptr<payment::Partner>& partner) {
    portal::Outside::Paying out;
    out.list = [](store::Reader& reader, const dossiers::Dossier& d) {
        std::vector<portal::OnlinePayment> list;
        for (const auto& p : payment::rows::of_dossier(reader, d.id)) list.push_back(seen(reader, p));
        return list;
    };
    out.begin = [&program, partner](const access::Actor& actor, const DossierCode& code, const std::string& via,
                                    const std::string& remote) -> Result<portal::OnlinePayment> {
        const Instant now = program.clock().now();
        const auto ctx = program.context();
        TRY(auto p, program.store().write([&](store::Transaction& tx) -> Result<payment::Payment> {
            TRY(const auto profile, partner->profile(tx, now));
            return payment::open_payment(tx, ctx, actor, *profile, {code, via, remote}, now);
        }));
        for (int i = 0; i < waits && p.url.empty() && payment::is_waiting(p); ++i) {
            std::this_thread::sleep_for(one_wait);
            const auto again =
                program.store().read([&](store::Reader& reader) -> Result<std::optional<payment::Payment>> {
                    return payment::rows::find(reader, p.reference);
                });
            if (again.ok() && *again) p = **again;
        }
        return program.store().read(
            [&](store::Reader& reader) -> Result<portal::OnlinePayment> { return seen(reader, p); });
    };
    out.receipt = [&program](store::Reader& reader, const dossiers::Dossier& d,
                             std::string_view reference) -> Result<std::string> {
        const auto p = payment::rows::find(reader, reference);
        if (!p || p->dossier != d.id) return payment::unknown_reference();
        return payment::receipt_of(reader, program.context(), *p);
    };
    return out;
}

portal::PostalOrder seen(store::Reader& reader, const post::Order& o) {
    portal::PostalOrder out;
    out.number = o.number;
    out.way = post::to_string(o.way);
    out.state = post::to_string(o.state);
    out.on_delivery = o.amount;
    out.item = o.item;
    out.words = o.status_words;
    out.cancel_wanted = o.cancel_wanted;
    out.moved_at = o.status_at;
    if (o.state == post::OrderState::none)
        for (const auto& m : connector::find_messages(reader, {"post", {}, o.number}))
            if (m.state == connector::MessageState::held || m.state == connector::MessageState::dead) {
                out.held_vi = m.reason.vi;
                out.held_en = m.reason.en;
                break;
            }
    return out;
}

portal::Outside::Posting posting(Program& program, const std::shared_ptr<post::Partner>& partner) {
    portal::Outside::Posting out;
    out.list = [](store::Reader& reader, const dossiers::Dossier& d) {
        std::vector<portal::PostalOrder> list;
        for (const auto& o : post::rows::of_dossier(reader, d.id)) list.push_back(seen(reader, o));
        return list;
    };
    out.ask = [&program, partner](const access::Actor& actor, const DossierCode& code,
                                  const portal::PostalWish& wish) -> Result<void> {
        const Instant now = program.clock().now();
        const auto ctx = program.context();
        return program.store().write([&](store::Transaction& tx) -> Result<void> {
            TRY(const auto profile, partner->profile(tx, now));
            post::Asking asking{code,
                                post::way_from(wish.way).value_or(post::Way::hand_over),
                                {wish.name, wish.phone, wish.email, wish.address},
                                wish.on_delivery,
                                "citizen"};
            TRY_VOID(post::ask_post(tx, ctx, actor, *profile, asking, now));
            return Nothing{};
        });
    };
    out.cancel = [&program](const access::Actor& actor, const DossierCode& code,
                            std::string_view number) -> Result<void> {
        return program.store().write([&](store::Transaction& tx) -> Result<void> {
            const auto o = post::rows::find(tx, number);
            if (!o || o->code != code) return post::unknown_order();
            TRY_VOID(post::cancel(tx, actor, number, "citizen", program.clock().now()));
            return Nothing{};
        });
    };
    return out;
}

}  // namespace

std::shared_ptr<const portal::Outside> outside_of(Program& program) {
    auto out = std::make_shared<portal::Outside>();
    const auto& partners = program.partners();
    if (partners.payment) out->paying = paying(program, partners.payment);
    if (partners.post) out->posting = posting(program, partners.post);
    return out;
}

}  // namespace hl::app
