#include "portal/fields.h"

#include <charconv>

#include "base/text.h"
#include "procedures/form_formats.h"

namespace hl::portal {

using procedures::FormNode;
using procedures::FormProperty;

std::string control_id(std::string_view path) {
    std::string out{path};
    std::replace(out.begin(), out.end(), '.', '-');
    return out;
}

std::string path_of(std::string_view pointer) {
    std::string out{pointer.substr(pointer.starts_with('/') ? 1 : 0)};
    std::replace(out.begin(), out.end(), '/', '.');
    return out;
}

std::string label_of(const FormNode& node, const std::string& name, const std::string& lang) {
    if (lang == "en" && !node.label_en.empty()) return node.label_en;
    return node.label_vi.empty() ? name : node.label_vi;
}

std::string text_at(const json::object& o, std::string_view key) {
    const auto* v = o.if_contains(key);
    return v && v->is_string() ? std::string{v->get_string()} : std::string{};
}

std::string normal_lines(std::string_view typed) {
    std::string out;
    for (const auto& line : text::split(typed, '\n')) {
        if (!out.empty()) out += '\n';
        out += text::normalise(line);
    }
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
}

Data control(const ControlView& v) {
    Data c;
    const auto id = control_id(v.name);
    c.set("is_heading", false);
    c.set("id", id);
    c.set("name", v.name);
    c.set("label", v.label);
    put(c, "hint", v.hint);
    put(c, "fault", v.fault);
    c.set("value", v.value);
    c.set("type", v.type);
    c.set("required", v.required);
    c.set("big", v.big);
    put(c, "mode", v.mode);
    put(c, "complete", v.complete);
    put(c, "kind", v.kind);
    put(c, "longest", v.longest ? std::to_string(v.longest) : "");
    const bool radio = v.type == "radio", area = v.type == "area", select = v.type == "select";
    c.set("is_radio", radio);
    c.set("is_area", area);
    c.set("is_select", select);
    c.set("is_line", !radio && !area && !select);
    c.set("short", v.mode == "numeric" || v.mode == "decimal" || v.mode == "tel");
    std::string described = v.hint.empty() ? "" : id + "-hint";
    if (!v.fault.empty()) described += (described.empty() ? "" : " ") + id + "-error";
    put(c, "described", described);
    Data options{Data::type::list};
    for (size_t i = 0; i < v.options.size(); ++i) {
        Data o;
        // The first has the question's own id: that is where the error summary leads.
        o.set("option_id", i == 0 ? id : fmt::format("{}-{}", id, i));
        o.set("option", v.options[i].first);
        o.set("option_label", v.options[i].second);
        o.set("chosen", v.options[i].first == v.value);
        options.push_back(o);
    }
    c.set("options", options);
    return c;
}

Data heading(const std::string& text) {
    Data c;
    c.set("is_heading", true);
    c.set("label", text);
    for (const char* key : {"is_radio", "is_area", "is_select", "is_line"}) c.set(key, false);
    return c;
}

namespace {

std::string local_date_text(std::string_view iso) {
    const auto date = parse_date(iso);
    return date.ok() ? fmt::format("{:02}/{:02}/{:04}", static_cast<unsigned>(date->day()),
                                   static_cast<unsigned>(date->month()), static_cast<int>(date->year()))
                     : std::string{iso};
}

std::string number_as_typed(const json::value& v) {
    if (v.is_int64()) return std::to_string(v.get_int64());
    if (v.is_uint64()) return std::to_string(v.get_uint64());
    auto s = fmt::format("{:.4f}", v.get_double());
    s.erase(s.find_last_not_of('0') + 1);
    if (s.back() == '.') s.pop_back();
    std::replace(s.begin(), s.end(), '.', ',');
    return s;
}

/// As it stands in a control.
std::string as_typed(const FormNode& node, const json::value* v) {
    if (!v || v->is_null()) return {};
    if (v->is_bool()) return v->get_bool() ? "true" : "false";
    if (v->is_number()) {
        if (node.widget == "money" && v->is_int64()) return number_text(v->get_int64());
        return number_as_typed(*v);
    }
    if (!v->is_string()) return {};
    const std::string s{v->get_string()};
    return node.format == "date" ? local_date_text(s) : s;
}

struct Drawing {
    const Pages& pages;
    const std::string& lang;
    const Form* typed;
    const Faults& faults;
    std::vector<Data> out;

    void draw(const FormProperty& p, const std::string& name, const json::value* value, bool big, bool required) {
        const FormNode& node = p.node;
        if (node.widget == "hidden") return;
        if (node.kind == FormNode::Kind::object) {
            if (!big) out.push_back(heading(label_of(node, p.name, lang)));
            // What was kept as one line goes into the part that takes any words.
            json::object line;
            if (value && value->is_string()) line[node.widget == "address" ? "detail" : "name"] = *value;
            const json::object* parts = value && value->is_object() ? &value->get_object() : &line;
            for (const auto& part : node.properties)
                draw(part, name + "." + part.name, parts->if_contains(part.name), false, required && part.required);
            return;
        }
        ControlView v;
        v.name = name;
        v.label = label_of(node, p.name, lang);
        v.hint = lang == "en" && !node.help_en.empty() ? node.help_en : node.help_vi;
        v.value = typed ? typed->get(name) : as_typed(node, value);
        v.required = required;
        v.big = big;
        if (const auto fault = faults.find(name); fault != faults.end()) v.fault = fault->second;
        const auto say = [&](const char* key) {
            if (v.hint.empty()) v.hint = pages.text(lang, key);
        };
        if (node.kind == FormNode::Kind::boolean) {
            v.type = "radio";
            v.kind = "boolean";
            v.options = {{"true", pages.text(lang, "yes")}, {"false", pages.text(lang, "no")}};
        } else if (!node.choices.empty()) {
            v.type = node.choices.size() <= 6 ? "radio" : "select";
            v.kind = "enum";
            for (const auto& c : node.choices)
                v.options.emplace_back(c.value, lang == "en" && !c.en.empty() ? c.en : c.vi.empty() ? c.value : c.vi);
        } else if (node.kind == FormNode::Kind::integer || node.kind == FormNode::Kind::number) {
            const bool whole = node.kind == FormNode::Kind::integer;
            v.kind = node.widget == "money" ? "money" : whole ? "integer" : "number";
            v.mode = whole ? "numeric" : "decimal";
            if (node.widget == "money") say("money_hint");
            if (!whole) say("number_hint");
        } else if (node.format == "date") {
            v.kind = "date";
            v.mode = "numeric";
            say("date_hint");
        } else if (node.format == "phone") {
            v.kind = "phone";
            v.type = "tel";
            v.mode = "tel";
        } else if (node.format == "email") {
            v.kind = v.type = v.mode = "email";
        } else if (node.format == "personal-id") {
            v.kind = "personal_id";
            v.mode = "numeric";
            say("personal_id_hint");
        } else {
            v.kind = node.widget == "textarea" ? "text" : "string";
            if (node.widget == "textarea") v.type = "area";
        }
        out.push_back(control(v));
    }
};

std::optional<double> number_in(std::string s) {
    std::replace(s.begin(), s.end(), ',', '.');
    double n = 0;
    const auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), n);
    if (ec != std::errc{} || end != s.data() + s.size()) return std::nullopt;
    return n;
}

}  // namespace

std::vector<Data> controls_of(const Pages& pages, const std::string& lang, const FormProperty& property,
                              const json::value* value, const Form* typed, const Faults& faults) {
    Drawing drawing{pages, lang, typed, faults, {}};
    drawing.draw(property, property.name, value, true, property.required);
    return std::move(drawing.out);
}

std::optional<json::value> answer_in(const FormNode& node, const std::string& name, const Form& form) {
    if (node.kind == FormNode::Kind::object) {
        json::object out;
        for (const auto& part : node.properties)
            if (auto v = answer_in(part.node, name + "." + part.name, form)) out[part.name] = std::move(*v);
        if (out.empty()) return std::nullopt;
        return json::value(std::move(out));
    }
    const auto raw = form.get(name);
    auto line = node.widget == "textarea" ? normal_lines(raw) : text::normalise(raw);
    if (line.empty()) return std::nullopt;
    // What cannot be read goes on as it was typed: the schema says what is wrong with it.
    if (node.kind == FormNode::Kind::boolean && (line == "true" || line == "false")) return json::value(line == "true");
    if (node.kind == FormNode::Kind::integer) {
        const bool negative = line.starts_with('-');
        if (const auto n = procedures::money_from_typed(negative ? line.substr(1) : line))
            return json::value(negative ? -*n : *n);
    }
    if (node.kind == FormNode::Kind::number)
        if (const auto n = number_in(line)) return json::value(*n);
    if (node.format == "date")
        if (const auto date = procedures::date_from_typed(line)) line = to_iso(*date);
    if (node.format == "personal-id") std::erase_if(line, [](char c) { return c == ' ' || c == '.' || c == '-'; });
    return json::value(json::string{line});
}

std::vector<std::string> shown(const Pages& pages, const std::string& lang, const FormNode& node,
                               const json::value& value) {
    if (value.is_bool()) return {pages.text(lang, value.get_bool() ? "yes" : "no")};
    if (value.is_object()) {
        std::vector<std::string> out;
        for (const auto& part : node.properties) {
            const auto* v = value.get_object().if_contains(part.name);
            if (!v || part.node.widget == "hidden") continue;
            const auto lines = shown(pages, lang, part.node, *v);
            const auto label = label_of(part.node, part.name, lang);
            if (lines.size() == 1)
                out.push_back(label + ": " + lines.front());
            else
                for (const auto& l : lines) out.push_back(label + " – " + l);
        }
        return out;
    }
    if (value.is_number()) {
        if (value.is_int64())
            return {node.widget == "money" ? money_text(value.get_int64()) : number_text(value.get_int64())};
        return {number_as_typed(value)};
    }
    if (!value.is_string()) return {};
    const std::string s{value.get_string()};
    for (const auto& c : node.choices)
        if (c.value == s) return {lang == "en" && !c.en.empty() ? c.en : c.vi.empty() ? s : c.vi};
    if (node.format == "date") return {local_date_text(s)};
    return text::split(s, '\n');
}

}  // namespace hl::portal
