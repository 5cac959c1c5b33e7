// All my dossiers and drafts; one of them with its state, the people at work on it, its clock in words; its receipt.
#include "dossiers/file_types.h"
#include "dossiers/own.h"
#include "portal/filing.h"
#include "portal/own.h"
#include "portal/qr.h"

namespace hl::portal {

using dossiers::State;

namespace {

constexpr int most_listed = 20;

std::string procedure_name(const dossiers::Context& ctx, const dossiers::Dossier& d, const std::string& lang) {
    const auto release = ctx.catalogue->release(d.release);
    if (!release.ok()) return d.procedure.value;
    return lang == "en" && !(*release)->card.name_en.empty() ? (*release)->card.name_en : (*release)->card.name;
}

std::string status_text(const Pages& pages, const std::string& lang, const dossiers::Dossier& d) {
    return lang == "vi" ? std::string{dossiers::national_name(d.national())}
                        : pages.text(lang, fmt::format("status_{}", d.national()));
}

/// What the person himself has to do now; empty: nothing.
const char* to_do(State state) {
    switch (state) {
        case State::awaiting_supplement:
            return "to_do_short_supplement";
        case State::awaiting_payment:
            return "to_do_short_payment";
        case State::finished:
            return "to_do_short_ready";
        default:
            return "";
    }
}

http::Response list_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    adopt_drafts(portal, visitor, request);
    const auto lang = Pages::language(request);
    const auto& pages = *portal.pages;
    const auto ctx = portal.context();
    const auto now = portal.clock.now();
    const int64_t before = listed_before(request);
    struct Found {
        std::vector<dossiers::Dossier> dossiers;
        std::vector<dossiers::Draft> drafts;
    };
    const auto found = portal.store.read([&](store::Reader& reader) -> Result<Found> {
        return Found{dossiers::dossiers_of(reader, visitor.actor.subject, before, most_listed + 1),
                     dossiers::list_drafts(reader, visitor.actor, now)};
    });
    if (!found.ok()) return pages.problem(request, found.error());
    auto data = data_for(visitor);
    Data drafts{Data::type::list}, lines{Data::type::list};
    for (const auto& d : found->drafts) {
        Data one;
        const auto release = ctx.catalogue->valid(d.procedure, now);
        one.set("name", release.ok() ? (lang == "en" && !(*release)->card.name_en.empty() ? (*release)->card.name_en
                                                                                          : (*release)->card.name)
                                     : d.procedure.value);
        one.set("link", fmt::format("/nop/{}/{}", d.procedure.value, d.id.value));
        one.set("saved_at", to_vietnamese(d.updated_at));
        one.set("until", to_vietnamese(d.expires_at()));
        drafts.push_back(one);
    }
    data.set("drafts", drafts);
    data.set("any_drafts", !found->drafts.empty());
    const auto shown = std::min<size_t>(found->dossiers.size(), most_listed);
    for (size_t i = 0; i < shown; ++i) {
        const auto& d = found->dossiers[i];
        Data one;
        one.set("code", d.code.value);
        one.set("name", procedure_name(ctx, d, lang));
        one.set("status", status_text(pages, lang, d));
        one.set("filed_at", to_vietnamese(d.filed_at));
        put(one, "due", d.due && dossiers::is_open(d.state) ? to_vietnamese(*d.due) : "");
        const std::string todo = to_do(d.state);
        put(one, "todo", todo.empty() ? "" : pages.text(lang, todo));
        one.set("closed", !dossiers::is_open(d.state));
        lines.push_back(one);
    }
    data.set("lines", lines);
    data.set("any_lines", shown > 0);
    put(data, "older",
        found->dossiers.size() > shown ? fmt::format("/ho-so?truoc={}", found->dossiers[shown - 1].key) : "");
    return pages.page(request, "own", pages.text(lang, "own_title"), data);
}

Data tasks_of(const Portal& portal, const dossiers::Context& ctx, const dossiers::WholeDossier& w,
              const std::string& lang) {
    Data list{Data::type::list};
    const auto release = ctx.catalogue->release(w.dossier.release);
    const auto today = local_date(portal.clock.now());
    for (const auto& t : w.tasks) {
        Data one;
        const auto* step = release.ok() ? (*release)->flow.step(t.step) : nullptr;
        one.set("name", step ? step->name : t.step);
        const auto* agency = ctx.directory->agency(t.agency);
        const auto* version = agency ? agency->at(today) : nullptr;
        one.set("agency", version ? version->name : t.agency.value);
        const auto* officer = t.officer.empty() ? nullptr : ctx.directory->officer(t.officer);
        put(one, "officer", officer ? officer->name : "");
        one.set("started", to_vietnamese(t.started));
        put(one, "ended", t.ended ? to_vietnamese(*t.ended) : "");
        put(one, "due", t.due && !t.ended ? to_vietnamese(*t.due) : "");
        one.set("open", t.state == dossiers::TaskState::open);
        one.set("state", portal.pages->text(lang, "task_" + std::string{dossiers::to_string(t.state)}));
        list.push_back(one);
    }
    return list;
}

http::Response dossier_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    const auto& d = w->dossier;
    const auto lang = Pages::language(request);
    const auto& pages = *portal.pages;
    const auto ctx = portal.context();
    const auto now = portal.clock.now();
    struct More {
        dossiers::Clocks clocks;
        std::vector<dossiers::HistoryEntry> history;
        std::vector<dossiers::File> files;
        bool rated = false;
    };
    const auto more = portal.store.read([&](store::Reader& reader) -> Result<More> {
        More m;
        TRY(m.clocks, dossiers::clocks_of(reader, ctx, d, now));
        TRY(m.files, dossiers::list_files(reader, ctx, visitor.actor, d));
        m.rated = dossiers::is_rated(reader, d);
        return m;
    });
    if (!more.ok()) return pages.problem(request, more.error());
    if (const auto logged = log_read(portal, visitor, request, "dossier", d.subject, own_purpose); !logged.ok())
        return pages.problem(request, logged.error());
    auto data = own_data(portal, request, visitor, d);
    data.set("version", std::to_string(d.version));
    set_stations(data, pages, lang, d);
    set_due(data, portal, ctx, lang, d);
    set_times(data, portal, ctx, lang, d);
    set_charges(data, pages, lang, w->detail.charges);
    data.set("owed", d.unpaid > 0);
    data.set("owed_amount", money_text(d.unpaid));
    data.set("supplement", d.state == State::awaiting_supplement);
    data.set("payment", d.state == State::awaiting_payment);
    data.set("ready", d.state == State::finished);
    const bool online = portal.outside && portal.outside->paying;
    data.set("pays_online", online && (d.unpaid > 0 || !w->detail.charges.empty()));
    data.set("may_pay_online", online && d.unpaid > 0 && dossiers::allow(d.state, dossiers::Command::pay).ok());
    data.set("by_post", portal.outside && portal.outside->posting.has_value() && dossiers::is_open(d.state));
    data.set("may_rate", d.state == State::returned && !more->rated);
    data.set("rated", more->rated);
    data.set("may_withdraw", dossiers::allow(d.state, dossiers::Command::withdraw).ok() && d.results == 0);
    Data arithmetic{Data::type::list};
    for (const auto& text : more->clocks.promise.arithmetic) {
        Data one;
        one.set("line", text);
        arithmetic.push_back(one);
    }
    data.set("arithmetic", arithmetic);
    data.set("any_arithmetic", !more->clocks.promise.arithmetic.empty());
    data.set("tasks", tasks_of(portal, ctx, *w, lang));
    data.set("any_tasks", !w->tasks.empty());
    std::vector<const dossiers::File*> files;
    for (const auto& f : more->files)
        if (!f.withdrawn_at) files.push_back(&f);
    data.set("files", files_data(files, fmt::format("/ho-so/{}/tep/", d.code.value)));
    data.set("any_files", !files.empty());
    for (const auto& n : w->notes) {
        if (n.kind == dossiers::NoteKind::supplement && d.state == State::awaiting_supplement) {
            Data items{Data::type::list};
            if (const auto* list = n.content.if_contains("items"); list && list->is_array())
                for (const auto& i : list->get_array()) {
                    Data one;
                    one.set("line", i.is_string() ? std::string{i.get_string()} : "");
                    items.push_back(one);
                }
            data.set("items", items);
            put(data, "reason", text_at(n.content, "reason"));
            put(data, "contact", text_at(n.content, "contact"));
        }
        if (n.kind == dossiers::NoteKind::refusal || n.kind == dossiers::NoteKind::stop) {
            std::string words = text_at(n.content, "reason");
            if (const auto* list = n.content.if_contains("reasons"); list && list->is_array())
                for (const auto& i : list->get_array())
                    if (i.is_string()) words += (words.empty() ? "" : "; ") + std::string{i.get_string()};
            put(data, "ended_reason", words);
        }
    }
    Data results{Data::type::list};
    for (const auto& r : w->detail.results) {
        Data one;
        one.set("number", r.number);
        one.set("at", to_vietnamese(r.at));
        one.set("outcome", pages.text(lang, "outcome_" + std::string{dossiers::to_string(r.outcome)}));
        results.push_back(one);
    }
    data.set("results", results);
    data.set("any_results", !w->detail.results.empty());
    return pages.page(request, "own_dossier", d.code.value, data);
}

/// Whether the page that is open is still what there is: the version and nothing about anybody, so no read is logged.
http::Response version_told(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto d = portal.store.read([&](store::Reader& reader) {
        return dossiers::find_dossier(reader, visitor.actor, request.param("code"), portal.clock.now());
    });
    if (!d.ok()) return http::Response::problem(d.error(), request);
    return http::Response::json({{"version", d->version}});
}

http::Response file_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    auto content = portal.files->content(portal.context(), visitor.actor, w->dossier.code.value,
                                         dossiers::FileId{std::string{request.param("file")}}, portal.clock.now());
    if (!content.ok()) return portal.pages->problem(request, content.error());
    if (const auto logged = log_read(portal, visitor, request, "file", content->subject, own_purpose); !logged.ok())
        return portal.pages->problem(request, logged.error());
    const auto* type = dossiers::file_type(content->file.kind);
    auto response = http::Response::text(std::move(content->bytes), type ? type->mime : "application/octet-stream");
    response.set("Content-Disposition", dossiers::content_disposition(content->file.name.value_or("")));
    response.set("Content-Security-Policy", "sandbox; default-src 'none'");
    return response;
}

}  // namespace

Result<dossiers::WholeDossier> own_dossier(const Portal& portal, const http::Request& request, const Visitor& visitor) {
    const auto ctx = portal.context();
    const Error nothing{ErrorKind::not_found, "dossier.not_found",
                        "Không có hồ sơ này trong tài khoản của bạn. Hãy kiểm tra lại mã, hoặc tra cứu bằng mã và số "
                        "điện thoại.",
                        "There is no such dossier in your account. Check the code, or track it by code and phone."};
    return portal.store.read([&](store::Reader& reader) -> Result<dossiers::WholeDossier> {
        auto d = dossiers::find_dossier(reader, visitor.actor, request.param("code"), portal.clock.now());
        // That it is another person's says nothing more than that it is not there.
        if (!d.ok())
            return d.error().kind == ErrorKind::denied || d.error().kind == ErrorKind::not_found ? nothing
                                                                                                 : std::move(d).error();
        return dossiers::load_whole(reader, ctx, *d);
    });
}

Data own_data(const Portal& portal, const http::Request& request, const Visitor& visitor, const dossiers::Dossier& d) {
    const auto lang = Pages::language(request);
    auto data = data_for(visitor);
    data.set("code", d.code.value);
    data.set("procedure", procedure_name(portal.context(), d, lang));
    data.set("procedure_code", d.procedure.value);
    data.set("status", status_text(*portal.pages, lang, d));
    set_faults(data, {});
    return data;
}

http::Response receipt_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto w = own_dossier(portal, request, visitor);
    if (!w.ok()) return portal.pages->problem(request, w.error());
    if (const auto logged = log_read(portal, visitor, request, "dossier", w->dossier.subject, own_purpose);
        !logged.ok())
        return portal.pages->problem(request, logged.error());
    const auto lang = Pages::language(request);
    const auto ctx = portal.context();
    auto data = own_data(portal, request, visitor, w->dossier);
    set_times(data, portal, ctx, lang, w->dossier);
    set_due(data, portal, ctx, lang, w->dossier);
    put(data, "applicant", w->person ? w->person->applicant.name : "");
    const auto release = ctx.catalogue->release(w->dossier.release);
    const auto* channel = release.ok() ? (*release)->card.channel(w->dossier.channel) : nullptr;
    put(data, "time", channel && channel->time ? procedures::in_words(*channel->time) : "");
    const auto address = fmt::format("{}://{}/tra-cuu?ma={}", request.secure ? "https" : "http", request.header("Host"),
                                     w->dossier.code.value);
    const auto qr = qr_path(address);
    put(data, "qr", qr.path);
    data.set("qr_size", std::to_string(qr.size));
    data.set("address", address);
    Data papers{Data::type::list};
    for (const auto& c : w->detail.components) {
        Data one;
        one.set("name", c.id);
        if (release.ok())
            for (const auto& known : (*release)->card.components)
                if (known.id == c.id) one.set("name", known.name);
        papers.push_back(one);
    }
    data.set("papers", papers);
    data.set("any_papers", !w->detail.components.empty());
    return portal.pages->page(request, "receipt", portal.pages->text(lang, "receipt_title"), data);
}

std::vector<PersonalRoute> own_routes() {
    return {
        {"/ho-so", list_page},
        {"/ho-so/du-lieu-cua-toi", held_page},
        {"/ho-so/{code}", dossier_page},
        {"/ho-so/{code}/bien-nhan", receipt_page},
        {"/ho-so/{code}/phien-ban", version_told},
        {"/ho-so/{code}/tep/{file}", file_page},
        {"/ho-so/{code}/bo-sung", supplement_page, supplement_sent, true},
        {"/ho-so/{code}/danh-gia", rating_page, rating_sent},
        {"/ho-so/{code}/rut", withdraw_page, withdraw_sent},
        {"/ho-so/{code}/nop-phi", payment_page, payment_begun},
        {"/ho-so/{code}/bien-lai/{reference}", payment_receipt_page},
        {"/ho-so/{code}/buu-chinh", posting_page, posting_asked},
        {"/tra-cuu/nop-phi", stranger_payment_page, stranger_payment_begun, false, false},
        {"/tra-cuu/danh-gia", stranger_rating_page, stranger_rating_sent, false, false},
    };
}

}  // namespace hl::portal
