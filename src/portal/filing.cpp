#include "portal/filing.h"

#include "base/crypto.h"
#include "base/text.h"

namespace hl::portal {

const json::object& Opened::answers() const {
    static const json::object nothing;
    const auto* v = draft.body.if_contains("answers");
    return v && v->is_object() ? v->get_object() : nothing;
}

json::object Opened::section(std::string_view key) const {
    const auto* v = draft.body.if_contains(key);
    return v && v->is_object() ? v->get_object() : json::object{};
}

std::string Opened::base() const {
    return fmt::format("/nop/{}/{}/", release->procedure.value, draft.id.value);
}

const Step* Opened::step(std::string_view path) const {
    for (const auto& s : steps)
        if (s.path == path) return &s;
    return nullptr;
}

const Step& Opened::after(const Step& s) const {
    const auto i = static_cast<size_t>(&s - steps.data());
    return i + 1 < steps.size() ? steps[i + 1] : steps.back();
}

const Step* Opened::before(const Step& s) const {
    const auto i = static_cast<size_t>(&s - steps.data());
    return i > 0 ? &steps[i - 1] : nullptr;
}

bool Opened::answered(const Step& s) const {
    switch (s.kind) {
        case Step::Kind::question:
            return !s.property->required || answers().contains(s.property->name);
        case Step::Kind::applicant:
            return !text_at(section("applicant"), "phone").empty();
        case Step::Kind::place:
            return !text_at(draft.body, "place").empty();
        case Step::Kind::paper:
            return !s.component->required || !files_of(s.component->id).empty() ||
                   section("papers").contains(s.component->id);
        case Step::Kind::check:
            return false;
    }
    throw std::logic_error("a step of no kind");
}

std::string Opened::name() const {
    return lang == "en" && !release->card.name_en.empty() ? release->card.name_en : release->card.name;
}

std::vector<const dossiers::File*> Opened::files_of(std::string_view component) const {
    std::vector<const dossiers::File*> out;
    for (const auto& f : draft.files)
        if (f.component == component) out.push_back(&f);
    return out;
}

dossiers::Filing Opened::filing() const {
    dossiers::Filing f;
    f.procedure = release->procedure;
    f.channel = procedures::Channel::online;
    f.place = UnitId{text_at(draft.body, "place")};
    const auto a = section("applicant");
    f.applicant.kind = text_at(a, "kind").empty() ? "citizen" : text_at(a, "kind");
    f.applicant.name = text_at(a, "name");
    f.applicant.id_kind = text_at(a, "id_kind");
    f.applicant.id_number = text_at(a, "id_number");
    f.applicant.phone = text_at(a, "phone");
    f.applicant.email = text_at(a, "email");
    f.applicant.address = text_at(a, "address");
    f.subject_kind = f.applicant.kind;
    f.summary = release->card.name;
    f.answers = pruned(*schema, answers());
    if (decision)
        for (const auto& c : decision->components) {
            dossiers::Component one;
            one.id = c.id;
            one.digitised = !files_of(c.id).empty();
            one.reused = text_at(section("papers"), c.id) == "reuse";
            if (one.digitised || one.reused) f.components.push_back(one);
        }
    return f;
}

json::object pruned(const procedures::FormSchema& schema, json::object answers) {
    // A question may hang on one that itself goes: until nothing goes any more.
    for (bool gone = true; gone;) {
        gone = false;
        for (const auto& p : schema.root().properties)
            if (p.when && !p.when->holds(answers) && answers.erase(p.name) > 0) gone = true;
    }
    return answers;
}

namespace {

std::vector<Step> steps_of(const Pages& pages, const Opened& o) {
    std::vector<Step> steps;
    const auto answers = pruned(*o.schema, o.answers());
    for (const auto& p : o.schema->root().properties)
        if (p.node.widget != "hidden" && (!p.when || p.when->holds(answers)))
            steps.push_back({Step::Kind::question, "cau/" + p.name, label_of(p.node, p.name, o.lang), &p});
    steps.push_back({Step::Kind::applicant, "nguoi-nop", pages.text(o.lang, "applicant_title")});
    steps.push_back({Step::Kind::place, "noi", pages.text(o.lang, "place_title")});
    if (o.decision)
        for (const auto& c : o.decision->components)
            if (!c.show_only) steps.push_back({Step::Kind::paper, "giay-to/" + c.id, c.name, nullptr, &c});
    steps.push_back({Step::Kind::check, "kiem-tra", pages.text(o.lang, "check_title")});
    return steps;
}

}  // namespace

Result<Opened> open_draft(const Portal& portal, const http::Request& request, const Visitor& visitor) {
    Opened o;
    o.ctx = portal.context();
    o.now = portal.clock.now();
    o.lang = Pages::language(request);
    const dossiers::DraftId id{std::string{request.param("draft")}};
    TRY(o.draft, portal.store.read([&](store::Reader& reader) {
        return dossiers::load_draft(reader, o.ctx, visitor.holder(), id, o.now);
    }));
    TRY(o.release, o.ctx.catalogue->valid(o.draft.procedure, o.now));
    if (o.release->procedure.value != request.param("code"))
        return Error{ErrorKind::not_found, "draft.not_found", "Không có bản nháp này.", "There is no such draft."};
    o.schema = o.release->form_schema;
    if (!o.schema) {
        TRY(o.schema, procedures::form_schema_of(o.release->form));
    }
    const auto kind = text_at(o.section("applicant"), "kind");
    auto decided =
        procedures::decide(*o.release, {pruned(*o.schema, o.answers()), procedures::Channel::online,
                                        kind.empty() ? "citizen" : kind, UnitId{text_at(o.draft.body, "place")}});
    // Too early to say which papers: the check tells what is missing.
    if (decided.ok()) o.decision = std::move(*decided);
    o.steps = steps_of(*portal.pages, o);
    return o;
}

http::Response not_opened(const Portal& portal, const http::Request& request, const Visitor& visitor,
                          const Error& error) {
    if (error.code == "draft.not_found" && !visitor.citizen()) return to_sign_in(request);
    return portal.pages->problem(request, error);
}

Result<void> change_draft(const Portal& portal, const Visitor& visitor, const Opened& opened,
                          const std::function<Result<void>(json::object& body)>& change) {
    return portal.store.write([&](store::Transaction& tx) -> Result<void> {
        const auto holder = visitor.holder();
        TRY(auto newest, dossiers::load_draft(tx, opened.ctx, holder, opened.draft.id, opened.now));
        TRY_VOID(change(newest.body));
        TRY_VOID(dossiers::save_draft(tx, opened.ctx, holder, newest.id, newest.version, newest.body, opened.now));
        return Nothing{};
    });
}

std::string mark_of(const json::value* value) {
    return crypto::to_hex(crypto::sha256(value ? json::serialize(*value) : "")).substr(0, 16);
}

Error changed_elsewhere() {
    return {ErrorKind::conflict, "draft.changed",
            "Mục này vừa được sửa ở thiết bị hoặc cửa sổ khác. Hãy so với nội dung bạn gõ, rồi bấm Tiếp tục để lưu "
            "nội dung của bạn.",
            "This answer was changed on another device or in another window. Compare, then press Continue to save "
            "yours."};
}

Data step_data(const Portal& portal, const http::Request& request, const Visitor& visitor, const Opened& o,
               const Step& step) {
    const auto& pages = *portal.pages;
    auto data = data_for(visitor);
    data.set("procedure", o.name());
    data.set("code", o.release->procedure.value);
    data.set("release", o.release->id.value);
    data.set("draft", o.draft.id.value);
    data.set("version", std::to_string(o.draft.version));
    data.set("base", o.base());
    data.set("action", o.base() + step.path);
    data.set("title", step.title);
    // Which of the four parts of the way, and which page of it.
    const auto part_of = [](Step::Kind kind) {
        return kind == Step::Kind::question                                 ? 1
               : kind == Step::Kind::applicant || kind == Step::Kind::place ? 2
               : kind == Step::Kind::paper                                  ? 3
                                                                            : 4;
    };
    const int part = part_of(step.kind);
    int page = 0, all = 0;
    for (const auto& s : o.steps)
        if (part_of(s.kind) == part) {
            ++all;
            if (&s <= &step) ++page;
        }
    data.set("part", std::to_string(part));
    data.set("part_name", pages.text(o.lang, fmt::format("part_{}", part)));
    data.set("page", std::to_string(page));
    data.set("pages", std::to_string(all));
    data.set("several", all > 1);
    const bool checking = request.query_value("ve").value_or("") == "kiem-tra";
    data.set("ve", checking);
    const auto* back = o.before(step);
    data.set("back", checking ? o.base() + "kiem-tra"
                     : back   ? o.base() + back->path
                              : "/nop/" + o.release->procedure.value);
    data.set("saved_at", to_vietnamese(o.draft.updated_at));
    set_faults(data, {});
    return data;
}

http::Response step_done(const Portal& portal, const http::Request& request, const Visitor& visitor, const Form& form,
                         const Step& step) {
    // The answer may have changed which questions come next.
    const auto path = step.path;
    auto opened = open_draft(portal, request, visitor);
    if (!opened.ok()) return not_opened(portal, request, visitor, opened.error());
    if (form.get("viec") == "sau") return redirect(opened->base() + "da-luu");
    if (form.get("ve") == "kiem-tra") {
        for (const auto& s : opened->steps)
            if (s.kind != Step::Kind::check && !opened->answered(s))
                return redirect(opened->base() + s.path + "?ve=kiem-tra");
        return redirect(opened->base() + "kiem-tra");
    }
    const auto* here = opened->step(path);
    return redirect(opened->base() + (here ? opened->after(*here).path : opened->steps.front().path));
}

// --- Beginning, questions, leaving
// -----------------------------------------------------------------------------------

namespace {

bool online(const procedures::Release& r) {
    return r.card.channels.empty() || r.card.channel(procedures::Channel::online) != nullptr;
}

http::Response start_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto lang = Pages::language(request);
    const auto& pages = *portal.pages;
    const auto ctx = portal.context();
    const auto found = ctx.catalogue->valid(ProcedureCode{std::string{request.param("code")}}, portal.clock.now());
    if (!found.ok()) return pages.problem(request, found.error());
    const auto& r = **found;
    auto data = data_for(visitor);
    data.set("code", r.procedure.value);
    data.set("procedure", lang == "en" && !r.card.name_en.empty() ? r.card.name_en : r.card.name);
    data.set("online", online(r));
    const auto* channel = r.card.channel(procedures::Channel::online);
    put(data, "extent", channel && !channel->level.empty() ? pages.text(lang, "online_" + channel->level) : "");
    data.set("time",
             channel && channel->time ? procedures::in_words(*channel->time) : pages.text(lang, "unknown_time"));
    Data papers{Data::type::list};
    for (const auto& c : r.card.components) {
        Data one;
        one.set("name", c.name);
        one.set("conditional", !c.when.empty());
        one.set("optional", !c.required);
        one.set("show_only", c.show_only);
        papers.push_back(one);
    }
    data.set("papers", papers);
    data.set("any_papers", !r.card.components.empty());
    data.set("fees_unknown", !r.card.fees);
    data.set("fees_none", r.card.fees && r.card.fees->empty());
    Data fees{Data::type::list};
    if (r.card.fees)
        for (const auto& f : *r.card.fees) {
            Data one;
            one.set("name", f.name);
            one.set("amount", f.amount ? money_text(*f.amount) : pages.text(lang, "unknown_amount"));
            fees.push_back(one);
        }
    data.set("fees", fees);
    data.set("questions", std::to_string(r.form.fields.size()));
    put(data, "national", portal.national_portal);
    if (visitor.citizen()) {
        const auto drafts = portal.store.read([&](store::Reader& reader) -> Result<std::vector<dossiers::Draft>> {
            return dossiers::list_drafts(reader, visitor.actor, portal.clock.now());
        });
        if (drafts.ok())
            for (const auto& d : *drafts)
                if (d.procedure == r.procedure) {
                    data.set("resume", fmt::format("/nop/{}/{}", r.procedure.value, d.id.value));
                    data.set("resume_at", to_vietnamese(d.updated_at));
                    break;
                }
    }
    return pages.page(request, "filing_start", pages.text(lang, "filing_title"), data);
}

http::Response begin(const Portal& portal, const http::Request& request, Visitor& visitor, const Form&) {
    const auto& pages = *portal.pages;
    const auto now = portal.clock.now();
    const auto ctx = portal.context();
    const ProcedureCode code{std::string{request.param("code")}};
    const auto release = ctx.catalogue->valid(code, now);
    if (!release.ok()) return pages.problem(request, release.error());
    if (!online(**release)) return redirect("/nop/" + code.value);
    if (!visitor.citizen() && !portal.begun.allowed(request.remote, now))
        return pages.problem(request, {ErrorKind::too_many, "draft.too_often",
                                       "Từ địa chỉ này đã tạo nhiều bản nháp. Hãy đăng nhập, hoặc thử lại sau một giờ.",
                                       "Many drafts were begun from this address. Sign in, or try again in an hour."});
    const auto draft = portal.store.write([&](store::Transaction& tx) {
        return dossiers::create_draft(tx, ctx, visitor.holder(), code, json::object{{"answers", json::object{}}}, now);
    });
    if (!draft.ok()) return pages.problem(request, draft.error());
    if (!visitor.citizen()) {
        portal.begun.failed(request.remote, now);
        visitor.drafts.push_back(draft->id);
        remember_drafts(visitor, request);
    }
    return redirect(fmt::format("/nop/{}/{}", code.value, draft->id.value));
}

http::Response resume(const Portal& portal, const http::Request& request, Visitor& visitor) {
    adopt_drafts(portal, visitor, request);
    const auto o = open_draft(portal, request, visitor);
    if (!o.ok()) return not_opened(portal, request, visitor, o.error());
    for (const auto& s : o->steps) {
        // A question that need not be answered was passed when a later one was answered.
        const bool untouched = s.kind == Step::Kind::question && !o->answers().contains(s.property->name);
        const bool any_later = std::any_of(&s + 1, o->steps.data() + o->steps.size(), [&](const Step& later) {
            return later.kind == Step::Kind::question && o->answers().contains(later.property->name);
        });
        if (!o->answered(s) || (untouched && !any_later && text_at(o->section("applicant"), "phone").empty()))
            return redirect(o->base() + s.path);
    }
    return redirect(o->base() + "kiem-tra");
}

http::Response question(const Portal& portal, const http::Request& request, Visitor& visitor, const Opened& o,
                        const Step& step, const Form* typed, const std::vector<Error>& errors, int status) {
    const auto& pages = *portal.pages;
    auto data = step_data(portal, request, visitor, o, step);
    Faults faults;
    std::vector<Fault> summary;
    for (const auto& e : errors) {
        auto path = path_of(e.at);
        if (path.empty()) path = step.property->name;
        // A group that must be answered is told of at its first part.
        if (path == step.property->name && step.property->node.kind == procedures::FormNode::Kind::object)
            path += "." + step.property->node.properties.front().name;
        faults.try_emplace(path, in(o.lang, e));
        summary.push_back({in(o.lang, e), "#" + control_id(path)});
    }
    const auto* value = o.answers().if_contains(step.property->name);
    Data controls{Data::type::list};
    for (auto& c : controls_of(pages, o.lang, *step.property, value, typed, faults)) controls.push_back(c);
    data.set("controls", controls);
    data.set("group", step.property->node.kind == procedures::FormNode::Kind::object);
    data.set("optional", !step.property->required);
    const auto& node = step.property->node;
    put(data, "group_hint", o.lang == "en" && !node.help_en.empty() ? node.help_en : node.help_vi);
    data.set("before", mark_of(value));
    data.set("field", step.property->name);
    for (const auto& f : o.release->form.fields)
        if (f.id == step.property->name) data.set("type", f.type);
    put(data, "stored", "");
    if (!errors.empty() && errors.front().code == "draft.changed" && value)
        put(data, "stored", text::join(shown(pages, o.lang, node, *value), "; "));
    set_faults(data, summary);
    if (typed && typed->get("ve") == "kiem-tra") data.set("ve", true);
    const auto title = (errors.empty() ? "" : pages.text(o.lang, "error_prefix") + " ") + step.title;
    return pages.page(request, "filing_question", title, data, status);
}

http::Response question_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    return with_draft(portal, request, visitor, [&](const Opened& o) -> http::Response {
        const auto* step = o.step("cau/" + std::string{request.param("field")});
        if (!step) return redirect(fmt::format("/nop/{}/{}", o.release->procedure.value, o.draft.id.value));
        return question(portal, request, visitor, o, *step, nullptr, {}, 200);
    });
}

http::Response question_sent(const Portal& portal, const http::Request& request, Visitor& visitor, const Form& form) {
    return with_sent_draft(portal, request, visitor, form, [&](const Opened& o) -> http::Response {
        const auto* step = o.step("cau/" + std::string{request.param("field")});
        if (!step) return redirect(fmt::format("/nop/{}/{}", o.release->procedure.value, o.draft.id.value));
        const auto& name = step->property->name;
        const auto answer = answer_in(step->property->node, name, form);
        if (form.get("viec") != "sau") {
            auto candidate = pruned(*o.schema, o.answers());
            candidate.erase(name);
            if (answer) candidate[name] = *answer;
            std::vector<Error> wrong;
            for (auto& e : o.schema->check(candidate, local_date(o.now)))
                if (e.at == "/" + name || e.at.starts_with("/" + name + "/")) wrong.push_back(std::move(e));
            if (!wrong.empty()) return question(portal, request, visitor, o, *step, &form, wrong, 422);
        }
        const auto saved = change_draft(portal, visitor, o, [&](json::object& body) -> Result<void> {
            auto& answers = body["answers"];
            if (!answers.is_object()) answers = json::object{};
            auto& all = answers.get_object();
            const auto before = form.get("truoc");
            if (!before.empty() && before != mark_of(all.if_contains(name)) &&
                mark_of(answer ? &*answer : nullptr) != mark_of(all.if_contains(name)))
                return changed_elsewhere();
            all.erase(name);
            if (answer) all[name] = *answer;
            return Nothing{};
        });
        if (saved.ok()) return step_done(portal, request, visitor, form, *step);
        if (saved.error().code != "draft.changed") return portal.pages->problem(request, saved.error());
        const auto newest = open_draft(portal, request, visitor);
        if (!newest.ok()) return not_opened(portal, request, visitor, newest.error());
        const auto* here = newest->step(step->path);
        if (!here) return redirect(newest->base());
        return question(portal, request, visitor, *newest, *here, &form, {saved.error()}, 409);
    });
}

http::Response saved_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto o = open_draft(portal, request, visitor);
    if (!o.ok()) return not_opened(portal, request, visitor, o.error());
    auto data = step_data(portal, request, visitor, *o, o->steps.back());
    data.set("until", to_vietnamese(o->draft.expires_at()));
    data.set("resume", fmt::format("/nop/{}/{}", o->release->procedure.value, o->draft.id.value));
    return portal.pages->page(request, "filing_saved", portal.pages->text(o->lang, "saved_title"), data);
}

http::Response discard_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto o = open_draft(portal, request, visitor);
    if (!o.ok()) return not_opened(portal, request, visitor, o.error());
    auto data = step_data(portal, request, visitor, *o, o->steps.back());
    data.set("resume", fmt::format("/nop/{}/{}", o->release->procedure.value, o->draft.id.value));
    return portal.pages->page(request, "filing_discard", portal.pages->text(o->lang, "discard_title"), data);
}

http::Response discarded(const Portal& portal, const http::Request& request, Visitor& visitor, const Form&) {
    const auto ctx = portal.context();
    const dossiers::DraftId id{std::string{request.param("draft")}};
    const auto done = portal.store.write([&](store::Transaction& tx) {
        return dossiers::discard_draft(tx, ctx, visitor.holder(), id, portal.clock.now());
    });
    if (!done.ok()) return not_opened(portal, request, visitor, done.error());
    std::erase(visitor.drafts, id);
    remember_drafts(visitor, request);
    return redirect(visitor.citizen() ? "/ho-so" : "/thu-tuc");
}

}  // namespace

std::vector<PersonalRoute> filing_routes() {
    // A draft may begin without an account; papers and the filing itself want a person who is known (sign_in.cpp):
    // online procedures are done by electronic identity (Decree 118/2025/NĐ-CP, Article 15).
    return {
        {"/nop/{code}", start_page, begin, false, false},
        {"/nop/{code}/{draft}", resume, nullptr, false, false},
        {"/nop/{code}/{draft}/cau/{field}", question_page, question_sent, false, false},
        {"/nop/{code}/{draft}/nguoi-nop", applicant_page, applicant_sent, false, false},
        {"/nop/{code}/{draft}/noi", place_page, place_sent, false, false},
        {"/nop/{code}/{draft}/giay-to/{component}", paper_page, paper_sent, true, true},
        {"/nop/{code}/{draft}/kiem-tra", check_page, check_sent, false, true},
        {"/nop/{code}/{draft}/da-luu", saved_page, nullptr, false, false},
        {"/nop/{code}/{draft}/xoa", discard_page, discarded, false, false},
    };
}

}  // namespace hl::portal
