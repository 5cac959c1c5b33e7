// The last page before filing: every answer with a way back to it, what is still missing, what it costs and how long it
// takes; and the filing itself, one write.
#include "base/text.h"
#include "portal/filing.h"

namespace hl::portal {

namespace {

/// The step that an error of the filing is about.
std::string step_of(const Opened& o, std::string_view at) {
    for (const std::string_view prefix : {"/answers/", "/"}) {
        if (!at.starts_with(prefix)) continue;
        auto name = std::string{at.substr(prefix.size())};
        name = name.substr(0, name.find('/'));
        if (o.step("cau/" + name)) return o.base() + "cau/" + name + "?ve=kiem-tra";
    }
    if (at.starts_with("/applicant")) return o.base() + "nguoi-nop?ve=kiem-tra";
    if (at.starts_with("/place")) return o.base() + "noi?ve=kiem-tra";
    return "#kiem-tra";
}

std::vector<Fault> missing(const Portal& portal, const Opened& o) {
    std::vector<Fault> out;
    for (const auto& e : o.schema->check(pruned(*o.schema, o.answers()), local_date(o.now)))
        out.push_back({in(o.lang, e), step_of(o, e.at)});
    for (const auto& s : o.steps) {
        const bool own = s.kind == Step::Kind::applicant || s.kind == Step::Kind::place || s.kind == Step::Kind::paper;
        if (own && !o.answered(s))
            out.push_back({fmt::format("{}: {}", s.title, portal.pages->text(o.lang, "not_filled")),
                           o.base() + s.path + "?ve=kiem-tra"});
    }
    return out;
}

Data line(const std::string& label, const std::vector<std::string>& values, const std::string& change) {
    Data one, list{Data::type::list};
    one.set("label", label);
    for (const auto& v : values) {
        Data d;
        d.set("line", v);
        list.push_back(d);
    }
    one.set("lines", list);
    one.set("empty", values.empty());
    one.set("change", change);
    return one;
}

http::Response check(const Portal& portal, const http::Request& request, const Visitor& visitor, const Opened& o,
                     const std::vector<Fault>& faults, int status) {
    const auto& pages = *portal.pages;
    auto data = step_data(portal, request, visitor, o, o.steps.back());
    const auto link = [&](const Step& s) { return o.base() + s.path + "?ve=kiem-tra"; };
    Data answers{Data::type::list}, person{Data::type::list}, papers{Data::type::list};
    const auto a = o.section("applicant");
    for (const auto& s : o.steps) switch (s.kind) {
            case Step::Kind::question: {
                const auto* v = o.answers().if_contains(s.property->name);
                answers.push_back(line(
                    s.title, v ? shown(pages, o.lang, s.property->node, *v) : std::vector<std::string>{}, link(s)));
                break;
            }
            case Step::Kind::applicant: {
                const auto say = [&](const char* key, const char* label) {
                    if (const auto v = text_at(a, key); !v.empty())
                        person.push_back(line(pages.text(o.lang, label), {v}, link(s)));
                };
                say("name", "full_name");
                say("id_number", "id_number");
                say("phone", "phone");
                say("email", "email");
                say("address", "address");
                break;
            }
            case Step::Kind::place: {
                const auto* unit = o.ctx.directory->unit(UnitId{text_at(o.draft.body, "place")});
                const auto* version = unit ? unit->at(local_date(o.now)) : nullptr;
                person.push_back(line(pages.text(o.lang, "place_short"),
                                      version ? std::vector{version->name} : std::vector<std::string>{}, link(s)));
                break;
            }
            case Step::Kind::paper: {
                std::vector<std::string> values;
                for (const auto* f : o.files_of(s.component->id)) values.push_back(f->name.value_or("?"));
                const auto without = text_at(o.section("papers"), s.component->id);
                if (values.empty() && (without == "later" || without == "reuse"))
                    values.push_back(pages.text(o.lang, "paper_" + without));
                if (values.empty() && !s.component->required) values.push_back(pages.text(o.lang, "paper_none"));
                papers.push_back(line(s.title, values, link(s)));
                break;
            }
            case Step::Kind::check:
                break;
        }
    data.set("answers", answers);
    data.set("any_answers", !answers.list_value().empty());
    data.set("person", person);
    data.set("papers", papers);
    data.set("any_papers", !papers.list_value().empty());
    if (o.decision) {
        data.set("time",
                 o.decision->time ? procedures::in_words(*o.decision->time) : pages.text(o.lang, "unknown_time"));
        Data charges{Data::type::list};
        if (o.decision->charges)
            for (const auto& c : *o.decision->charges) {
                Data one;
                one.set("name", c.name);
                one.set("amount", c.amount ? money_text(*c.amount) : pages.text(o.lang, "unknown_amount"));
                charges.push_back(one);
            }
        data.set("charges", charges);
        data.set("free", o.decision->charges && o.decision->charges->empty());
        data.set("fees_unknown", !o.decision->charges);
    }
    set_faults(data, faults);
    const auto title = (status == 200 ? "" : pages.text(o.lang, "error_prefix") + " ") + o.steps.back().title;
    return pages.page(request, "filing_check", title, data, status);
}

}  // namespace

http::Response check_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    return with_draft(portal, request, visitor, [&](const Opened& o) -> http::Response {
        if (const auto logged =
                log_read(portal, visitor, request, "draft", o.draft.subject, "soạn hồ sơ của chính mình");
            !logged.ok())
            return portal.pages->problem(request, logged.error());
        return check(portal, request, visitor, o, missing(portal, o), 200);
    });
}

http::Response check_sent(const Portal& portal, const http::Request& request, Visitor& visitor, const Form& form) {
    const auto o = open_draft(portal, request, visitor);
    if (!o.ok()) {
        // Sent twice: the first has become a dossier.
        if (o.error().code == "draft.not_found") return redirect("/ho-so");
        return not_opened(portal, request, visitor, o.error());
    }
    auto faults = missing(portal, *o);
    if (form.get("cam-doan") != "co") faults.push_back({portal.pages->text(o->lang, "need_pledge"), "#cam-doan"});
    if (!faults.empty()) return check(portal, request, visitor, *o, faults, 422);
    const auto filed = portal.store.write([&](store::Transaction& tx) {
        return dossiers::file_draft(tx, o->ctx, visitor.holder(), o->draft.id, o->filing(), portal.files->rules(),
                                    o->now);
    });
    if (!filed.ok()) {
        if (filed.error().code == "draft.not_found") return redirect("/ho-so");
        return check(portal, request, visitor, *o, {{in(o->lang, filed.error()), step_of(*o, filed.error().at)}},
                     http::status_of(filed.error().kind));
    }
    return redirect("/ho-so/" + filed->code.value + "/bien-nhan");
}

}  // namespace hl::portal
