#include "procedures/artefacts.h"

#include "base/crypto.h"

namespace hl::procedures {

namespace {

json::value date_json(const std::optional<Date>& d) {
    return d ? json::value_from(to_iso(*d)) : json::value{};
}
json::value text_json(std::string_view s) {
    return json::string{s};
}
template <class T, class F>
json::array list_json(const std::vector<T>& items, F each) {
    json::array out;
    for (const auto& item : items) out.push_back(each(item));
    return out;
}
json::array texts_json(const std::vector<std::string>& items) {
    return list_json(items, [](const std::string& s) { return text_json(s); });
}

/// Readers of our own stored text. A shape we did not write is damage, so they throw; `guarded` makes it an Error.
struct In {
    const json::object& o;
    explicit In(const json::value& v) : o(v.as_object()) {}
    std::string text(std::string_view k) const {
        const auto* v = o.if_contains(k);
        return v && !v->is_null() ? std::string{std::string_view{v->as_string()}} : std::string{};
    }
    bool flag(std::string_view k, bool otherwise = false) const {
        const auto* v = o.if_contains(k);
        return v ? v->as_bool() : otherwise;
    }
    int64_t number(std::string_view k) const { return o.at(k).to_number<int64_t>(); }
    std::optional<int64_t> optional_number(std::string_view k) const {
        const auto* v = o.if_contains(k);
        return v && !v->is_null() ? std::optional{v->to_number<int64_t>()} : std::nullopt;
    }
    std::optional<Date> date(std::string_view k) const {
        const auto* v = o.if_contains(k);
        if (!v || v->is_null()) return std::nullopt;
        auto d = parse_date(std::string_view{v->as_string()});
        if (!d.ok()) throw std::runtime_error("date");
        return d.value();
    }
    const json::array& array(std::string_view k) const { return o.at(k).as_array(); }
    template <class F>
    auto list(std::string_view k, F each) const {
        std::vector<std::decay_t<std::invoke_result_t<F, const json::value&>>> out;
        for (const auto& v : array(k)) out.push_back(each(v));
        return out;
    }
    std::vector<std::string> texts(std::string_view k) const {
        return list(k, [](const json::value& v) { return std::string{std::string_view{v.as_string()}}; });
    }
};
template <class T>
T must(std::optional<T> v) {
    if (!v) throw std::runtime_error("word");
    return *v;
}
template <class F>
auto guarded(std::string_view kind, F read) -> Result<std::invoke_result_t<F>> {
    try {
        return read();
    } catch (const std::exception& e) {
        return Error{ErrorKind::internal, "procedure.artefact",
                     "Nội dung đã công bố của thủ tục bị hỏng. Hãy khôi phục từ bản sao lưu.",
                     fmt::format("the stored {} cannot be read: {}", kind, e.what())};
    }
}

}  // namespace

json::object to_json(const LegalTime& t) {
    return {{"value", t.value}, {"unit", to_string(t.unit)}, {"same_day", t.same_day}};
}

json::object to_json(const Card& c) {
    json::object o;
    o["code"] = c.code.value;
    o["name"] = c.name;
    o["name_en"] = c.name_en;
    o["level"] = to_string(c.level);
    o["sector"] = json::object{{"code", c.sector}, {"name", c.sector_name}, {"national_code", c.sector_national}};
    o["owner"] = c.owner;
    o["subjects"] = texts_json(c.subjects);
    o["decides"] = json::object{{"role", c.decides_role}, {"level", c.decides_level}};
    o["channels"] = list_json(c.channels, [](const ChannelRule& r) -> json::value {
        return json::object{{"channel", to_string(r.channel)},
                            {"level", r.level},
                            {"time", r.time ? json::value(to_json(*r.time)) : json::value{}}};
    });
    o["fees"] = !c.fees ? json::value{} : json::value(list_json(*c.fees, [](const Fee& f) -> json::value {
        return json::object{{"id", f.id},
                            {"name", f.name},
                            {"kind", f.kind},
                            {"amount", f.amount ? json::value(*f.amount) : json::value{}},
                            {"currency", f.currency},
                            {"unit", f.unit},
                            {"when", f.when},
                            {"basis", f.basis}};
    }));
    o["components"] = list_json(c.components, [](const Component& x) -> json::value {
        return json::object{{"id", x.id},         {"name", x.name},         {"originals", x.originals},
                            {"copies", x.copies}, {"required", x.required}, {"show_only", x.show_only},
                            {"when", x.when},     {"reuse", x.reuse}};
    });
    o["results"] = list_json(c.results, [](const ResultKind& r) -> json::value {
        return json::object{{"id", r.id}, {"name", r.name}, {"signed", r.signature}};
    });
    o["basis"] = list_json(c.basis, [](const Basis& b) -> json::value {
        return json::object{
            {"act", b.act}, {"article", b.article}, {"from", date_json(b.from)}, {"to", date_json(b.to)}};
    });
    o["unverified"] = texts_json(c.unverified);
    o["sources"] = list_json(c.sources, [](const SourceNote& s) -> json::value {
        return json::object{{"what", s.what}, {"where", s.where}, {"read", s.read}};
    });
    o["notes"] = c.notes;
    return o;
}

Result<Card> card_from_json(const json::value& value) {
    return guarded("card", [&] {
        const In in(value);
        Card c;
        c.code = ProcedureCode{in.text("code")};
        c.name = in.text("name");
        c.name_en = in.text("name_en");
        c.level = must(level_from(in.text("level")));
        const In sector(in.o.at("sector"));
        c.sector = sector.text("code");
        c.sector_name = sector.text("name");
        c.sector_national = sector.text("national_code");
        c.owner = in.text("owner");
        c.subjects = in.texts("subjects");
        const In decides(in.o.at("decides"));
        c.decides_role = decides.text("role");
        c.decides_level = decides.text("level");
        c.channels = in.list("channels", [](const json::value& v) {
            const In r(v);
            ChannelRule out{must(channel_from(r.text("channel"))), r.text("level"), std::nullopt};
            if (!r.o.at("time").is_null()) {
                const In t(r.o.at("time"));
                out.time = LegalTime{static_cast<int>(t.number("value")), must(time_unit_from(t.text("unit"))),
                                     t.flag("same_day")};
            }
            return out;
        });
        if (!in.o.at("fees").is_null())
            c.fees = in.list("fees", [](const json::value& v) {
                const In f(v);
                return Fee{f.text("id"),   f.text("name"), f.text("kind"),  f.optional_number("amount"),
                           f.text("unit"), f.text("when"), f.text("basis"), f.text("currency")};
            });
        c.components = in.list("components", [](const json::value& v) {
            const In x(v);
            return Component{x.text("id"),
                             x.text("name"),
                             static_cast<int>(x.number("originals")),
                             static_cast<int>(x.number("copies")),
                             x.flag("required"),
                             x.flag("show_only"),
                             x.text("when"),
                             x.text("reuse")};
        });
        c.results = in.list("results", [](const json::value& v) {
            const In r(v);
            return ResultKind{r.text("id"), r.text("name"), r.text("signed")};
        });
        c.basis = in.list("basis", [](const json::value& v) {
            const In b(v);
            return Basis{b.text("act"), b.text("article"), b.date("from"), b.date("to")};
        });
        c.unverified = in.texts("unverified");
        c.sources = in.list("sources", [](const json::value& v) {
            const In s(v);
            return SourceNote{s.text("what"), s.text("where"), s.text("read")};
        });
        c.notes = in.text("notes");
        return c;
    });
}

json::object to_json(const Form& form) {
    return {{"fields", list_json(form.fields, [](const Field& f) -> json::value {
                 json::object o{{"id", f.id},
                                {"label", json::object{{"vi", f.label_vi}, {"en", f.label_en}}},
                                {"type", f.type},
                                {"required", f.required},
                                {"when", f.when},
                                {"values", list_json(f.values, [](const FieldOption& v) -> json::value {
                                     return json::object{{"id", v.id}, {"vi", v.vi}, {"en", v.en}};
                                 })}};
                 // Written only where given: a form without them keeps the hash it was published under.
                 if (!f.help_vi.empty()) o["help"] = json::object{{"vi", f.help_vi}, {"en", f.help_en}};
                 if (f.min) o["min"] = *f.min;
                 if (f.max) o["max"] = *f.max;
                 return o;
             })}};
}

Result<Form> form_from_json(const json::value& value) {
    return guarded("form", [&] {
        Form form;
        form.fields = In(value).list("fields", [](const json::value& v) {
            const In f(v);
            const In label(f.o.at("label"));
            Field field{f.text("id"),
                        label.text("vi"),
                        label.text("en"),
                        f.text("type"),
                        f.flag("required"),
                        f.list("values",
                               [](const json::value& o) {
                                   const In x(o);
                                   return FieldOption{x.text("id"), x.text("vi"), x.text("en")};
                               }),
                        f.text("when")};
            if (const auto* help = f.o.if_contains("help")) {
                field.help_vi = In(*help).text("vi");
                field.help_en = In(*help).text("en");
            }
            field.min = f.optional_number("min");
            field.max = f.optional_number("max");
            return field;
        });
        return form;
    });
}

namespace {
json::value step_json(const Step& s) {
    return json::object{{"id", s.id},
                        {"name", s.name},
                        {"kind", to_string(s.kind)},
                        {"function", s.function},
                        {"who", s.who},
                        {"level", s.level ? text_json(to_string(*s.level)) : json::value{}},
                        {"agency", s.agency},
                        {"minutes", s.planned_known ? json::value(s.planned.count) : json::value{}},
                        {"counted", s.counted},
                        {"pauses", s.pauses},
                        {"can_return_result", s.can_return_result},
                        {"silence", s.silence}};
}
Step step_of(const json::value& v) {
    const In in(v);
    Step s;
    s.id = in.text("id");
    s.name = in.text("name");
    s.kind = must(step_kind_from(in.text("kind")));
    s.function = in.text("function");
    s.who = in.text("who");
    if (!in.o.at("level").is_null()) s.level = must(level_from(in.text("level")));
    s.agency = in.text("agency");
    const auto minutes = in.optional_number("minutes");
    s.planned_known = minutes.has_value();
    s.planned = WorkMinutes{minutes.value_or(0)};
    s.counted = in.flag("counted", true);
    s.pauses = in.flag("pauses");
    s.can_return_result = in.flag("can_return_result");
    s.silence = in.text("silence");
    return s;
}
}  // namespace

json::object to_json(const Flow& flow) {
    return {{"template", flow.template_id},
            {"template_version", flow.template_version},
            {"department", flow.department},
            {"stages", list_json(flow.stages, [](const Stage& stage) -> json::value {
                 return json::object{{"id", stage.id},
                                     {"name", stage.name},
                                     {"lanes", list_json(stage.lanes, [](const Lane& lane) -> json::value {
                                          return json::object{{"id", lane.id},
                                                              {"name", lane.name},
                                                              {"required", lane.required},
                                                              {"steps", list_json(lane.steps, step_json)}};
                                      })}};
             })}};
}

Result<Flow> flow_from_json(const json::value& value) {
    return guarded("flow", [&] {
        const In in(value);
        Flow flow;
        flow.template_id = in.text("template");
        flow.template_version = static_cast<int>(in.number("template_version"));
        flow.department = in.text("department");
        flow.stages = in.list("stages", [](const json::value& v) {
            const In s(v);
            return Stage{s.text("id"), s.text("name"), s.list("lanes", [](const json::value& l) {
                             const In x(l);
                             return Lane{x.text("id"), x.text("name"), x.list("steps", step_of), x.flag("required")};
                         })};
        });
        return flow;
    });
}

json::object to_json(const Rules& rules) {
    return {{"clock", json::object{{"cutoff_minute", rules.clock.cutoff_minute},
                                   {"supplement_max", rules.clock.supplement_max},
                                   {"supplement_days", rules.clock.supplement_days},
                                   {"extension_max", rules.clock.extension_max},
                                   {"apology_before_minutes", rules.clock.apology_before.count}}},
            {"tables", list_json(rules.tables, [](const DecisionTable& t) -> json::value {
                 return json::object{{"id", t.id},
                                     {"hit_policy", t.hit_policy},
                                     {"inputs", texts_json(t.inputs)},
                                     {"outputs", texts_json(t.outputs)},
                                     {"rules", list_json(t.rules, [](const DecisionTable::Rule& r) -> json::value {
                                          return json::object{{"when", texts_json(r.when)},
                                                              {"then", texts_json(r.then)},
                                                              {"basis", r.basis}};
                                      })}};
             })}};
}

Result<Rules> rules_from_json(const json::value& value) {
    return guarded("rules", [&] {
        const In in(value);
        const In clock(in.o.at("clock"));
        Rules rules;
        rules.clock.cutoff_minute = static_cast<int>(clock.number("cutoff_minute"));
        rules.clock.supplement_max = static_cast<int>(clock.number("supplement_max"));
        rules.clock.supplement_days = static_cast<int>(clock.number("supplement_days"));
        rules.clock.extension_max = static_cast<int>(clock.number("extension_max"));
        rules.clock.apology_before = WorkMinutes{clock.number("apology_before_minutes")};
        rules.tables = in.list("tables", [](const json::value& v) {
            const In t(v);
            return DecisionTable{t.text("id"), t.text("hit_policy"), t.texts("inputs"), t.texts("outputs"),
                                 t.list("rules", [](const json::value& r) {
                                     const In x(r);
                                     return DecisionTable::Rule{x.texts("when"), x.texts("then"), x.text("basis")};
                                 })};
        });
        return rules;
    });
}

Artefacts make_artefacts(const Card& card, const Form& form, const Flow& flow, const Rules& rules) {
    const auto make = [](std::string kind, const json::object& o) {
        auto body = canonical_json(o);
        auto hash = crypto::to_hex(crypto::sha256(body));
        return Artefact{std::move(kind), std::move(hash), std::move(body)};
    };
    return {make("card", to_json(card)), make("form", to_json(form)), make("flow", to_json(flow)),
            make("rules", to_json(rules))};
}

}  // namespace hl::procedures
