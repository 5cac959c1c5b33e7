// Paying what is owed online, and having papers collected or the result brought by post.
#include "base/text.h"
#include "dossiers/codes.h"
#include "dossiers/own.h"
#include "dossiers/tracking.h"
#include "portal/filing.h"
#include "portal/own.h"

namespace hl::portal {

using dossiers::State;

namespace {

Error not_connected(const char* what) {
    const bool pay = std::string_view{what} == "pay";
    return {ErrorKind::unavailable, pay ? "payment.not_connected" : "post.not_connected",
            pay ? "Chưa nối với nền tảng thanh toán. Hãy nộp tại bộ phận một cửa."
                : "Chưa nối với bưu chính. Hãy đến bộ phận một cửa.",
            pay ? "No payment platform is connected. Pay at the one-stop unit."
                : "The post is not connected. Come to the one-stop unit."};
}

Data payment_data(const Pages& pages, const std::string& lang, const OnlinePayment& p, const std::string& base) {
    Data one;
    one.set("reference", p.reference);
    one.set("amount", money_text(p.amount));
    one.set("state", pages.text(lang, "online_" + p.state));
    one.set("opened_at", to_vietnamese(p.opened_at));
    put(one, "paid_at", p.paid_at ? to_vietnamese(*p.paid_at) : "");
    put(one, "transaction", p.transaction);
    put(one, "url", p.url);
    put(one, "odd", lang == "en" ? p.odd_en : p.odd_vi);
    put(one, "receipt_link", p.receipt && !base.empty() ? base + p.reference : "");
    return one;
}

/// The page of the payments: what is owed, the one that is open with the way to the platform, and those of before.
http::Response pay_page(const Portal& portal, const http::Request& request, Data data, const dossiers::Dossier& d,
                        const std::vector<OnlinePayment>& list, const std::vector<Fault>& faults, int status) {
    const auto lang = Pages::language(request);
    const auto& pages = *portal.pages;
    const bool own = !data.get("stranger") || data.get("stranger")->is_false();
    data.set("owed", d.unpaid > 0);
    data.set("owed_amount", money_text(d.unpaid));
    Data lines{Data::type::list};
    bool waiting = false;
    for (const auto& p : list) {
        if (!waiting && (p.state == "opened" || p.state == "offered")) {
            waiting = true;
            data.set("open", payment_data(pages, lang, p, ""));
            data.set("waiting", p.url.empty());
            continue;
        }
        lines.push_back(payment_data(pages, lang, p, own ? "/ho-so/" + d.code.value + "/bien-lai/" : ""));
    }
    data.set("has_open", waiting);
    data.set("may_begin", !waiting && d.unpaid > 0 && portal.outside && portal.outside->paying &&
                              dossiers::allow(d.state, dossiers::Command::pay).ok());
    data.set("lines", lines);
    data.set("any_lines", own && list.size() > (waiting ? 1u : 0u));
    set_faults(data, faults);
    return pages.page(request, "own_payment",
                      (faults.empty() ? "" : pages.text(lang, "error_prefix") + " ") + pages.text(lang, "online_title"),
                      data, status);
}

std::vector<OnlinePayment> payments_of(const Portal& portal, const dossiers::Dossier& d) {
    if (!portal.outside || !portal.outside->paying) return {};
    const auto list = portal.store.read([&](store::Reader& reader) -> Result<std::vector<OnlinePayment>> {
        return portal.outside->paying->list(reader, d);
    });
    return list.ok() ? *list : std::vector<OnlinePayment>{};
}

Data own_pay_data(const Portal& portal, const http::Request& request, const Visitor& visitor,
                  const dossiers::Dossier& d) {
    auto data = own_data(portal, request, visitor, d);
    data.set("stranger", false);
    data.set("action", "/ho-so/" + d.code.value + "/nop-phi");
    return data;
}

}  // namespace

http::Response payment_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    const auto& d = w->dossier;
    return pay_page(portal, request, own_pay_data(portal, request, visitor, d), d, payments_of(portal, d), {}, 200);
}

http::Response payment_begun(const Portal& portal, const http::Request& request, Visitor& visitor, const Form&) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    const auto& d = w->dossier;
    const auto begun = portal.outside && portal.outside->paying
                           ? portal.outside->paying->begin(visitor.actor, d.code, "citizen", request.remote)
                           : Result<OnlinePayment>{not_connected("pay")};
    if (!begun.ok())
        return pay_page(portal, request, own_pay_data(portal, request, visitor, d), d, payments_of(portal, d),
                        {{in(Pages::language(request), begun.error()), "/ho-so/" + d.code.value}},
                        http::status_of(begun.error().kind));
    return redirect("/ho-so/" + d.code.value + "/nop-phi");
}

http::Response payment_receipt_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    if (!portal.outside || !portal.outside->paying) return not_here(portal, request);
    const auto bytes = portal.store.read([&](store::Reader& reader) {
        return portal.outside->paying->receipt(reader, w->dossier, request.param("reference"));
    });
    if (!bytes.ok()) return portal.pages->problem(request, bytes.error());
    if (const auto logged = log_read(portal, visitor, request, "receipt", w->dossier.subject, own_purpose);
        !logged.ok())
        return portal.pages->problem(request, logged.error());
    auto response = http::Response::text(*bytes, "application/pdf");
    response.set("Content-Disposition", "inline; filename=\"bien-lai.pdf\"");
    response.set("Content-Security-Policy", "sandbox; default-src 'none'");
    return response;
}

// --- Who has no account: by code and phone, as tracking
// ------------------------------------------------------------------

namespace {

Data stranger_data(const Visitor& visitor, const std::string& code, const std::string& phone) {
    auto data = data_for(visitor);
    data.set("code", code);
    put(data, "phone", phone);
    data.set("procedure", false);
    data.set("stranger", true);
    data.set("known", false);
    data.set("action", "/tra-cuu/nop-phi");
    return data;
}

}  // namespace

http::Response stranger_payment_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    auto data = stranger_data(visitor, dossiers::normalise_code(request.query_value("ma").value_or("")), "");
    return pay_page(portal, request, data, {}, {}, {}, 200);
}

http::Response stranger_payment_begun(const Portal& portal, const http::Request& request, Visitor& visitor,
                                      const Form& form) {
    const auto lang = Pages::language(request);
    const auto now = portal.clock.now();
    const auto ctx = portal.context();
    const auto code = dossiers::normalise_code(form.get("ma"));
    const auto phone = text::normalise(form.get("dien-thoai"));
    auto data = stranger_data(visitor, code, phone);
    const auto found = portal.store.read([&](store::Reader& reader) {
        return dossiers::track_slowly(reader, ctx, portal.guesses, code, phone, request.remote, now);
    });
    if (!found.ok())
        return pay_page(portal, request, data, {}, {}, {{in(lang, found.error()), "#dien-thoai"}},
                        http::status_of(found.error().kind));
    data.set("known", true);
    const auto& d = found->dossier;
    const auto begun = portal.outside && portal.outside->paying
                           ? portal.outside->paying->begin(visitor.actor, d.code, "tracking", request.remote)
                           : Result<OnlinePayment>{not_connected("pay")};
    if (!begun.ok())
        return pay_page(portal, request, data, d, {}, {{in(lang, begun.error()), "/tra-cuu?ma=" + encoded(code)}},
                        http::status_of(begun.error().kind));
    return pay_page(portal, request, data, d, {*begun}, {}, 200);
}

// --- The post
// ---------------------------------------------------------------------------------------------------------------

namespace {

http::Response post_page(const Portal& portal, const http::Request& request, const Visitor& visitor,
                         const dossiers::WholeDossier& w, const PostalWish& wish, const std::vector<Fault>& faults,
                         int status) {
    const auto lang = Pages::language(request);
    const auto& pages = *portal.pages;
    const auto& d = w.dossier;
    auto data = own_data(portal, request, visitor, d);
    Data lines{Data::type::list};
    bool returning = false, collecting = false;
    if (portal.outside && portal.outside->posting) {
        const auto list = portal.store.read([&](store::Reader& reader) -> Result<std::vector<PostalOrder>> {
            return portal.outside->posting->list(reader, d);
        });
        if (!list.ok()) return pages.problem(request, list.error());
        for (const auto& o : *list) {
            const bool open = o.state != "delivered" && o.state != "cancelled";
            (o.way == "collect" ? collecting : returning) |= open;
            Data one;
            one.set("number", o.number);
            one.set("way", pages.text(lang, "post_way_" + o.way));
            one.set("state", pages.text(lang, o.cancel_wanted && open ? "post_cancelling" : "post_state_" + o.state));
            put(one, "item", o.item);
            put(one, "words", o.words);
            put(one, "moved_at", o.moved_at ? to_vietnamese(*o.moved_at) : "");
            put(one, "on_delivery", o.on_delivery > 0 ? money_text(o.on_delivery) : "");
            put(one, "held", lang == "en" ? o.held_en : o.held_vi);
            one.set("may_cancel", !o.cancel_wanted && (o.state == "none" || o.state == "registered"));
            lines.push_back(one);
        }
        data.set("any_lines", !list->empty());
    }
    data.set("lines", lines);
    const bool may_return = !returning && dossiers::is_open(d.state);
    const bool may_collect =
        !collecting && (d.state == State::filed || d.state == State::received || d.state == State::awaiting_supplement);
    data.set("connected", portal.outside && portal.outside->posting.has_value());
    data.set("may_ask", portal.outside && portal.outside->posting && (may_return || may_collect));
    data.set("may_return", may_return);
    data.set("may_collect", may_collect);
    data.set("return_chosen", wish.way != "collect" && may_return);
    data.set("collect_chosen", wish.way == "collect" || !may_return);
    data.set("owed", d.unpaid > 0);
    data.set("owed_amount", money_text(d.unpaid));
    data.set("on_delivery", wish.on_delivery);
    data.set("name", wish.name);
    data.set("phone", wish.phone);
    data.set("address", wish.address);
    set_faults(data, faults);
    return pages.page(request, "own_post",
                      (faults.empty() ? "" : pages.text(lang, "error_prefix") + " ") + pages.text(lang, "post_title"),
                      data, status);
}

}  // namespace

http::Response posting_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    if (const auto logged = log_read(portal, visitor, request, "dossier", w->dossier.subject, own_purpose);
        !logged.ok())
        return portal.pages->problem(request, logged.error());
    PostalWish wish;
    wish.way = "return";
    if (w->person) {
        const auto& a = w->person->applicant;
        wish.name = a.name;
        wish.phone = a.phone;
        wish.address = a.address;
    }
    return post_page(portal, request, visitor, *w, wish, {}, 200);
}

http::Response posting_asked(const Portal& portal, const http::Request& request, Visitor& visitor, const Form& form) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    const auto lang = Pages::language(request);
    const auto& d = w->dossier;
    PostalWish wish{form.get("viec") == "thu-gom" ? "collect" : "return",
                    text::normalise(form.get("ten")),
                    text::normalise(form.get("dien-thoai")),
                    "",
                    normal_lines(form.get("dia-chi")),
                    form.get("thu-ho") == "co"};
    const auto failed = [&](const Error& e) {
        const auto at = e.at == "/name" ? "#ten" : e.at == "/phone" ? "#dien-thoai" : "#dia-chi";
        return post_page(portal, request, visitor, *w, wish, {{in(lang, e), at}}, http::status_of(e.kind));
    };
    if (!portal.outside || !portal.outside->posting) return failed(not_connected("post"));
    const auto number = form.get("huy");
    const auto done = number.empty() ? portal.outside->posting->ask(visitor.actor, d.code, wish)
                                     : portal.outside->posting->cancel(visitor.actor, d.code, number);
    if (!done.ok()) return failed(done.error());
    return redirect("/ho-so/" + d.code.value + "/buu-chinh");
}

}  // namespace hl::portal
