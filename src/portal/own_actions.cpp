// What a person does with his dossier: answers a request for papers, rates, stops it.
#include "base/text.h"
#include "dossiers/codes.h"
#include "dossiers/own.h"
#include "portal/filing.h"
#include "portal/own.h"

namespace hl::portal {

using dossiers::State;

namespace {

constexpr size_t most_comment = 1000;  // characters

http::Response back_to(const dossiers::Dossier& d) {
    return redirect("/ho-so/" + d.code.value);
}

std::string titled(const Pages& pages, const std::string& lang, const char* key, bool wrong) {
    return (wrong ? pages.text(lang, "error_prefix") + " " : "") + pages.text(lang, key);
}

// --- Papers asked for (Circular 03/2025/TT-VPCP, form 02) -----------------------------------------------------------

http::Response supplement(const Portal& portal, const http::Request& request, const Visitor& visitor,
                          const dossiers::WholeDossier& w, const std::string& note, const std::vector<Fault>& faults,
                          int status) {
    const auto lang = Pages::language(request);
    const auto& d = w.dossier;
    const auto ctx = portal.context();
    auto data = own_data(portal, request, visitor, d);
    Data items{Data::type::list};
    for (const auto& n : w.notes) {
        if (n.kind != dossiers::NoteKind::supplement) continue;
        items = Data{Data::type::list};
        if (const auto* list = n.content.if_contains("items"); list && list->is_array())
            for (const auto& i : list->get_array()) {
                Data one;
                one.set("line", i.is_string() ? std::string{i.get_string()} : "");
                items.push_back(one);
            }
        put(data, "reason", text_at(n.content, "reason"));
        put(data, "contact", text_at(n.content, "contact"));
    }
    data.set("items", items);
    const auto files =
        portal.store.read([&](store::Reader& reader) { return dossiers::list_files(reader, ctx, visitor.actor, d); });
    std::vector<const dossiers::File*> sent;
    if (files.ok())
        for (const auto& f : *files)
            if (!f.withdrawn_at && f.role == dossiers::FileRole::supplement && f.requests == d.requests)
                sent.push_back(&f);
    data.set("files", files_data(sent, fmt::format("/ho-so/{}/tep/", d.code.value)));
    data.set("any_files", !sent.empty());
    const auto release = ctx.catalogue->release(d.release);
    Data components{Data::type::list};
    if (release.ok())
        for (const auto& c : (*release)->card.components) {
            Data one;
            one.set("id", c.id);
            one.set("name", c.name);
            components.push_back(one);
        }
    data.set("components", components);
    data.set("accept", accepted_files(portal.files->rules()));
    data.set("most", std::to_string(portal.files->rules().most_bytes >> 20));
    data.set("note", note);
    set_faults(data, faults);
    return portal.pages->page(request, "own_supplement",
                              titled(*portal.pages, lang, "supplement_title", !faults.empty()), data, status);
}

}  // namespace

http::Response supplement_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    if (w->dossier.state != State::awaiting_supplement) return back_to(w->dossier);
    if (const auto logged = log_read(portal, visitor, request, "dossier", w->dossier.subject, own_purpose);
        !logged.ok())
        return portal.pages->problem(request, logged.error());
    return supplement(portal, request, visitor, *w, "", {}, 200);
}

http::Response supplement_sent(const Portal& portal, const http::Request& request, Visitor& visitor, const Form& form) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    const auto& d = w->dossier;
    if (d.state != State::awaiting_supplement) return back_to(d);
    const auto lang = Pages::language(request);
    const auto now = portal.clock.now();
    const auto ctx = portal.context();
    const auto note = normal_lines(form.get("loi-nhan"));
    std::vector<Fault> faults;
    for (const auto& file : form.files) {
        const auto added =
            portal.files->add(ctx, visitor.actor, d.code,
                              {dossiers::FileRole::supplement, form.get("giay-to"), file.name}, file.bytes, now);
        if (!added.ok()) faults.push_back({fmt::format("{}: {}", file.name, in(lang, added.error())), "#tep"});
    }
    if (!faults.empty()) return supplement(portal, request, visitor, *w, note, faults, 422);
    if (form.get("viec") == "them") {
        if (form.files.empty())
            return supplement(portal, request, visitor, *w, note, {{portal.pages->text(lang, "need_file"), "#tep"}},
                              422);
        return supplement(portal, request, visitor, *w, note, {}, 200);
    }
    const auto files =
        portal.store.read([&](store::Reader& reader) { return dossiers::list_files(reader, ctx, visitor.actor, d); });
    if (!files.ok()) return portal.pages->problem(request, files.error());
    std::vector<dossiers::Component> components;
    bool any = false;
    for (const auto& f : *files) {
        if (f.withdrawn_at || f.role != dossiers::FileRole::supplement || f.requests != d.requests) continue;
        any = true;
        const bool there =
            std::any_of(components.begin(), components.end(), [&](const auto& c) { return c.id == f.component; });
        if (f.component.empty() || there) continue;
        dossiers::Component c;
        for (const auto& had : w->detail.components)
            if (had.id == f.component) c = had;
        c.id = f.component;
        c.digitised = true;
        components.push_back(c);
    }
    if (!any && note.empty())
        return supplement(portal, request, visitor, *w, note, {{portal.pages->text(lang, "need_supplement"), "#tep"}},
                          422);
    const auto answered = portal.store.write([&](store::Transaction& tx) {
        return dossiers::answer_supplement(tx, ctx, visitor.actor, {d.code, {}}, components, note, now);
    });
    if (!answered.ok())
        return supplement(portal, request, visitor, *w, note, {{in(lang, answered.error()), "#tep"}},
                          http::status_of(answered.error().kind));
    return back_to(d);
}

// --- Rating (Circular 01/2018/TT-VPCP, Article 13)
// ---------------------------------------------------------------------

namespace {

http::Response rating(const Portal& portal, const http::Request& request, Data data, const Form* form,
                      const std::vector<Fault>& faults, int status) {
    const auto lang = Pages::language(request);
    Data marks{Data::type::list};
    for (int n = 5; n >= 1; --n) {
        Data one;
        one.set("mark", std::to_string(n));
        one.set("stars", std::to_string(n));
        one.set("first", n == 5);
        one.set("mark_label", portal.pages->text(lang, fmt::format("mark_{}", n)));
        one.set("chosen", form && form->get("muc") == std::to_string(n));
        marks.push_back(one);
    }
    data.set("marks", marks);
    put(data, "comment", form ? normal_lines(form->get("y-kien")) : "");
    set_faults(data, faults);
    return portal.pages->page(request, "rating", titled(*portal.pages, lang, "rating_title", !faults.empty()), data,
                              status);
}

/// The mark and comment sent; faults when there is none.
Result<dossiers::Rating> rating_in(const Portal& portal, const std::string&, const Form& form) {
    dossiers::Rating r;
    const auto mark = form.get("muc");
    if (mark.size() != 1 || mark[0] < '1' || mark[0] > '5')
        return Error{ErrorKind::invalid, "rating.scores", portal.pages->text("vi", "need_mark"),
                     portal.pages->text("en", "need_mark")};
    r.overall = mark[0] - '0';
    r.comment = normal_lines(form.get("y-kien"));
    if (text::length(r.comment) > most_comment)
        return Error{ErrorKind::invalid, "rating.comment", portal.pages->text("vi", "comment_long"),
                     portal.pages->text("en", "comment_long"), "/comment"};
    return r;
}

std::string control_of(const Error& e) {
    return e.at == "/comment" ? "#y-kien" : e.at == "/phone" ? "#dien-thoai" : "#muc";
}

}  // namespace

http::Response rating_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    if (w->dossier.state != State::returned) return back_to(w->dossier);
    auto data = own_data(portal, request, visitor, w->dossier);
    data.set("action", "/ho-so/" + w->dossier.code.value + "/danh-gia");
    data.set("stranger", false);
    return rating(portal, request, data, nullptr, {}, 200);
}

http::Response rating_sent(const Portal& portal, const http::Request& request, Visitor& visitor, const Form& form) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    const auto lang = Pages::language(request);
    auto data = own_data(portal, request, visitor, w->dossier);
    data.set("action", "/ho-so/" + w->dossier.code.value + "/danh-gia");
    data.set("stranger", false);
    const auto r = rating_in(portal, lang, form);
    if (!r.ok()) return rating(portal, request, data, &form, {{in(lang, r.error()), control_of(r.error())}}, 422);
    const auto rated = portal.store.write([&](store::Transaction& tx) {
        return dossiers::rate(tx, portal.context(), visitor.actor, {w->dossier.code, {}}, *r, portal.clock.now());
    });
    if (!rated.ok())
        return rating(portal, request, data, &form, {{in(lang, rated.error()), "#muc"}},
                      http::status_of(rated.error().kind));
    return back_to(w->dossier);
}

http::Response stranger_rating_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    auto data = data_for(visitor);
    data.set("code", dossiers::normalise_code(request.query_value("ma").value_or("")));
    data.set("procedure", false);
    data.set("action", "/tra-cuu/danh-gia");
    data.set("stranger", true);
    return rating(portal, request, data, nullptr, {}, 200);
}

http::Response stranger_rating_sent(const Portal& portal, const http::Request& request, Visitor& visitor,
                                    const Form& form) {
    const auto lang = Pages::language(request);
    const auto now = portal.clock.now();
    const auto code = dossiers::normalise_code(form.get("ma"));
    auto data = data_for(visitor);
    data.set("code", code);
    data.set("procedure", false);
    data.set("action", "/tra-cuu/danh-gia");
    data.set("stranger", true);
    auto r = rating_in(portal, lang, form);
    if (!r.ok()) return rating(portal, request, data, &form, {{in(lang, r.error()), control_of(r.error())}}, 422);
    r->phone = form.get("dien-thoai");
    if (!portal.guesses.allowed(code, request.remote, now))
        return rating(portal, request, data, &form, {{portal.pages->text(lang, "too_many_guesses"), "#dien-thoai"}},
                      429);
    access::Actor nobody;
    nobody.organisation = portal.context().directory;
    const auto rated = portal.store.write([&](store::Transaction& tx) {
        return dossiers::rate(tx, portal.context(), nobody, {DossierCode{code}, {}}, *r, now);
    });
    if (!rated.ok()) {
        if (rated.error().code == "rating.phone") portal.guesses.failed(code, request.remote, now);
        return rating(portal, request, data, &form, {{in(lang, rated.error()), control_of(rated.error())}},
                      http::status_of(rated.error().kind));
    }
    return portal.pages->page(request, "rated", portal.pages->text(lang, "rated_title"), data);
}

// --- Stopping (form 05)
// --------------------------------------------------------------------------------------------------

namespace {

http::Response withdrawal(const Portal& portal, const http::Request& request, const Visitor& visitor,
                          const dossiers::Dossier& d, const std::string& reason, const std::vector<Fault>& faults,
                          int status) {
    auto data = own_data(portal, request, visitor, d);
    data.set("reason", reason);
    set_faults(data, faults);
    return portal.pages->page(request, "own_withdraw",
                              titled(*portal.pages, Pages::language(request), "withdraw_title", !faults.empty()), data,
                              status);
}

}  // namespace

http::Response withdraw_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    return withdrawal(portal, request, visitor, w->dossier, "", {}, 200);
}

http::Response withdraw_sent(const Portal& portal, const http::Request& request, Visitor& visitor, const Form& form) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    const auto lang = Pages::language(request);
    const auto reason = normal_lines(form.get("ly-do"));
    std::vector<Fault> faults;
    if (reason.empty()) faults.push_back({portal.pages->text(lang, "need_reason"), "#ly-do"});
    if (text::length(reason) > most_comment) faults.push_back({portal.pages->text(lang, "comment_long"), "#ly-do"});
    if (form.get("chac") != "co") faults.push_back({portal.pages->text(lang, "need_sure"), "#chac"});
    if (!faults.empty()) return withdrawal(portal, request, visitor, w->dossier, reason, faults, 422);
    const auto done = portal.store.write([&](store::Transaction& tx) {
        return dossiers::withdraw(tx, portal.context(), visitor.actor, {w->dossier.code, {}}, reason,
                                  portal.clock.now());
    });
    if (!done.ok())
        return withdrawal(portal, request, visitor, w->dossier, reason, {{in(lang, done.error()), "#ly-do"}},
                          http::status_of(done.error().kind));
    return back_to(w->dossier);
}

}  // namespace hl::portal
