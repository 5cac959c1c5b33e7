// Papers of a filing, one component a page: files by plain form upload, or why there is none.
#include "base/text.h"
#include "dossiers/file_types.h"
#include "portal/filing.h"

namespace hl::portal {

std::string accepted_files(const dossiers::FileRules& rules) {
    std::string out = "image/*,application/pdf";
    for (const auto& word : rules.types)
        if (const auto* type = dossiers::file_type(word))
            for (const auto e : type->endings)
                if (type->word != "pdf" && !type->mime.starts_with("image/")) out += fmt::format(",.{}", e);
    return out;
}

Data files_data(const std::vector<const dossiers::File*>& files, const std::string& base) {
    Data list{Data::type::list};
    for (const auto* f : files) {
        Data one;
        one.set("file", f->id.value);
        one.set("file_name", f->name.value_or("?"));
        one.set("size", f->bytes >= 1 << 20 ? fmt::format("{},{} MB", f->bytes >> 20, (f->bytes % (1 << 20)) * 10 >> 20)
                                            : fmt::format("{} KB", std::max<int64_t>(1, f->bytes >> 10)));
        put(one, "file_link", base.empty() ? "" : base + f->id.value);
        one.set("added_at", to_vietnamese(f->added_at));
        list.push_back(one);
    }
    return list;
}

namespace {

http::Response paper(const Portal& portal, const http::Request& request, const Visitor& visitor, const Opened& o,
                     const Step& step, const std::vector<Fault>& faults, int status, bool checking) {
    const auto& pages = *portal.pages;
    const auto& c = *step.component;
    const auto& rules = portal.files->rules();
    auto data = step_data(portal, request, visitor, o, step);
    data.set("component", c.id);
    data.set("optional", !c.required);
    const auto files = o.files_of(c.id);
    data.set("files", files_data(files, ""));
    data.set("any_files", !files.empty());
    data.set("accept", accepted_files(rules));
    data.set("most", std::to_string(rules.most_bytes >> 20));
    const auto without = text_at(o.section("papers"), c.id);
    data.set("later", without == "later");
    data.set("reuse", without == "reuse");
    data.set("may_reuse", !c.reuse.empty() && c.reuse != "none");
    if (c.reuse == "population_db" || c.reuse == "digitised_store" || c.reuse == "earlier_dossier")
        data.set("reuse_text", pages.text(o.lang, "reuse_" + c.reuse));
    set_faults(data, faults);
    data.set("fault", faults.empty() ? Data{Data::type::bool_false} : Data{faults.front().text});
    if (checking) data.set("ve", true);
    const auto title = (faults.empty() ? "" : pages.text(o.lang, "error_prefix") + " ") + step.title;
    return pages.page(request, "filing_paper", title, data, status);
}

}  // namespace

http::Response paper_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    return with_draft(portal, request, visitor, [&](const Opened& o) -> http::Response {
        const auto* step = o.step("giay-to/" + std::string{request.param("component")});
        if (!step) return redirect(fmt::format("/nop/{}/{}", o.release->procedure.value, o.draft.id.value));
        return paper(portal, request, visitor, o, *step, {}, 200, false);
    });
}

http::Response paper_sent(const Portal& portal, const http::Request& request, Visitor& visitor, const Form& form) {
    const auto o = open_draft(portal, request, visitor);
    if (!o.ok()) return not_opened(portal, request, visitor, o.error());
    const std::string component{request.param("component")};
    const auto* step = o->step("giay-to/" + component);
    if (!step) return redirect(fmt::format("/nop/{}/{}", o->release->procedure.value, o->draft.id.value));
    const auto& pages = *portal.pages;
    const bool checking = form.get("ve") == "kiem-tra";
    const auto here = o->base() + step->path + (checking ? "?ve=kiem-tra" : "");
    const auto again = [&](const std::vector<Fault>& faults, int status) {
        const auto newest = open_draft(portal, request, visitor);
        if (!newest.ok()) return not_opened(portal, request, visitor, newest.error());
        const auto* s = newest->step(step->path);
        return s ? paper(portal, request, visitor, *newest, *s, faults, status, checking) : redirect(newest->base());
    };
    if (const auto file = form.get("xoa-tep"); !file.empty()) {
        const auto gone = portal.store.write([&](store::Transaction& tx) {
            return dossiers::remove_draft_file(tx, o->ctx, visitor.holder(), o->draft.id, dossiers::FileId{file},
                                               o->now);
        });
        if (!gone.ok() && gone.error().code != "file.not_found")
            return again({{in(o->lang, gone.error()), "#tep"}}, http::status_of(gone.error().kind));
        return redirect(here);
    }
    std::vector<Fault> faults;
    size_t added = 0;
    int status = 422;
    for (const auto& sent : form.files) {
        const auto done =
            dossiers::add_draft_file(*portal.files, o->ctx, visitor.holder(), o->draft.id,
                                     {dossiers::FileRole::paper, component, sent.name}, sent.bytes, o->now);
        if (done.ok()) {
            ++added;
        } else {
            faults.push_back({fmt::format("{}: {}", sent.name, in(o->lang, done.error())), "#tep"});
            status = http::status_of(done.error().kind);
        }
    }
    if (!faults.empty()) return again(faults, status);
    if (form.get("viec") == "them") {
        if (added == 0) return again({{pages.text(o->lang, "need_file"), "#tep"}}, 422);
        return redirect(here);
    }
    const auto without = form.get("khong-co");
    const bool said = without == "later" || without == "reuse";
    const bool any = added > 0 || !o->files_of(component).empty();
    if (!any && !said && step->component->required && form.get("viec") != "sau")
        return again({{pages.text(o->lang, "need_paper"), "#tep"}}, 422);
    const auto saved = change_draft(portal, visitor, *o, [&](json::object& body) -> Result<void> {
        auto& papers = body["papers"];
        if (!papers.is_object()) papers = json::object{};
        papers.get_object().erase(component);
        if (said && !any) papers.get_object()[component] = without;
        return Nothing{};
    });
    if (!saved.ok()) return again({{in(o->lang, saved.error()), "#tep"}}, http::status_of(saved.error().kind));
    return step_done(portal, request, visitor, form, *step);
}

}  // namespace hl::portal
