#include "base/text.h"
#include "procedures/feel.h"
#include "procedures/form_schema.h"

namespace hl::procedures {

namespace {

constexpr int64_t longest_line = 4000;
constexpr int64_t longest_text = 16'000;

json::object both(std::string_view vi, std::string_view en) {
    return {{"vi", vi}, {"en", en}};
}
json::object part(std::string_view vi, std::string_view en, int order, json::object more) {
    more["title"] = vi;
    json::object ui{{"label", both(vi, en)}, {"order", order}};
    if (auto* given = more.if_contains("x-ui"))
        for (auto& m : given->get_object()) ui[m.key()] = m.value();
    more["x-ui"] = std::move(ui);
    return more;
}
json::object line(int64_t longest) {
    return {{"type", "string"}, {"maxLength", longest}};
}
json::object formatted(std::string_view format) {
    return {{"type", "string"}, {"format", format}};
}

/// Two levels since 1 July 2025 (Resolution 202/2025/QH15); what the old paper says goes into the detail.
json::object address_definition() {
    json::object hidden = line(60);
    hidden["x-ui"] = json::object{{"widget", "hidden"}};
    return {
        {"type", json::array{"object", "string"}},
        {"maxLength", longest_line},
        {"additionalProperties", false},
        {"required", json::array{"province", "commune"}},
        {"x-ui", json::object{{"widget", "address"}}},
        {"properties", json::object{
                           {"province", part("Tỉnh, thành phố", "Province or city", 1, line(200))},
                           {"commune", part("Xã, phường, đặc khu", "Commune, ward or special zone", 2, line(200))},
                           {"detail", part("Số nhà, đường, thôn, tổ dân phố", "House, street, village", 3, line(500))},
                           {"unit", part("Mã đơn vị hành chính", "Unit code", 4, std::move(hidden))},
                       }}};
}
/// What the civil status forms ask about a person (Circular 04/2024/TT-BTP, forms of application).
json::object person_definition() {
    json::object sex{
        {"type", "string"},
        {"enum", json::array{"male", "female"}},
        {"x-ui", json::object{{"widget", "radio"},
                              {"options", json::array{{{"value", "male"}, {"vi", "Nam"}, {"en", "Male"}},
                                                      {{"value", "female"}, {"vi", "Nữ"}, {"en", "Female"}}}}}}};
    return {{"type", json::array{"object", "string"}},
            {"maxLength", longest_line},
            {"additionalProperties", false},
            {"required", json::array{"name"}},
            {"x-ui", json::object{{"widget", "person"}}},
            {"properties",
             json::object{
                 {"name", part("Họ, chữ đệm, tên", "Full name", 1, line(200))},
                 {"birth_date", part("Ngày sinh", "Date of birth", 2, formatted("date"))},
                 {"sex", part("Giới tính", "Sex", 3, std::move(sex))},
                 {"personal_id", part("Số định danh cá nhân", "Personal number", 4, formatted("personal-id"))},
                 {"other_paper",
                  part("Giấy tờ khác (loại, số, nơi cấp)", "Other paper (kind, number, issuer)", 5, line(300))},
                 {"ethnicity", part("Dân tộc", "Ethnic group", 6, line(100))},
                 {"nationality", part("Quốc tịch", "Nationality", 7, line(100))},
                 {"phone", part("Số điện thoại", "Phone", 8, formatted("phone"))},
                 {"address", part("Nơi cư trú", "Residence", 9, {{"$ref", "#/$defs/address"}})},
             }}};
}

/// FEEL conditions of the closed kind become conditions of JSON Schema. FEEL's logic has three values and a form shows
/// what surely holds; with negations pushed down to the comparisons, two values are enough for that.
class Conditions {
  public:
    explicit Conditions(const Form& form) : form_(form) {}

    Result<json::value> convert(const feel::Node& n, bool negated) const {
        using feel::Op;
        switch (n.op) {
            case Op::and_:
            case Op::or_: {
                TRY(auto left, convert(*n.kids[0], negated));
                TRY(auto right, convert(*n.kids[1], negated));
                return joined((n.op == Op::and_) != negated ? "allOf" : "anyOf", std::move(left), std::move(right));
            }
            case Op::not_:
                return convert(*n.kids[0], !negated);
            case Op::name: {
                TRY(const auto* f, field(n));
                if (f->type != "boolean") return refused(n);
                return one(f->id, {{"const", !negated}}, true);
            }
            case Op::equal:
            case Op::unequal: {
                const bool turned = n.kids[1]->op == Op::name;
                return equality(*n.kids[turned ? 1 : 0], *n.kids[turned ? 0 : 1], (n.op == Op::unequal) != negated);
            }
            case Op::less:
            case Op::less_equal:
            case Op::greater:
            case Op::greater_equal: {
                const bool turned = n.kids[1]->op == Op::name;
                const bool down = (n.op == Op::less || n.op == Op::less_equal) != turned;
                const bool open = n.op == Op::less || n.op == Op::greater;
                return bound(*n.kids[turned ? 1 : 0], *n.kids[turned ? 0 : 1], down != negated, open != negated);
            }
            case Op::in: {
                std::optional<json::value> out;
                for (size_t i = 1; i < n.kids.size(); ++i) {
                    TRY(auto next, among(*n.kids[0], *n.kids[i], negated));
                    out = out ? joined(negated ? "allOf" : "anyOf", *std::move(out), std::move(next)) : std::move(next);
                }
                return out ? Result<json::value>{*std::move(out)} : refused(n);
            }
            default:
                return refused(n);
        }
    }

  private:
    Result<json::value> among(const feel::Node& name, const feel::Node& test, bool negated) const {
        using feel::Op;
        if (test.op == Op::range) {
            TRY(auto low, bound(name, *test.kids[0], negated, test.open_low != negated));
            TRY(auto high, bound(name, *test.kids[1], !negated, test.open_high != negated));
            return joined(negated ? "anyOf" : "allOf", std::move(low), std::move(high));
        }
        if (test.op == Op::list) {
            std::optional<json::value> out;
            for (const auto& kid : test.kids) {
                TRY(auto next, equality(name, *kid, negated));
                out = out ? joined(negated ? "allOf" : "anyOf", *std::move(out), std::move(next)) : std::move(next);
            }
            return out ? Result<json::value>{*std::move(out)} : refused(test);
        }
        if (test.op == Op::compare && (test.word.starts_with('<') || test.word.starts_with('>'))) {
            const bool down = test.word.starts_with('<');
            return bound(name, *test.kids[0], down != negated, (test.word.size() == 1) != negated);
        }
        return equality(name, test, negated);
    }
    Result<json::value> equality(const feel::Node& name, const feel::Node& value, bool negated) const {
        TRY(const auto* f, field(name));
        if (f->type == "date" || f->type == "person" || f->type == "address") return refused(name);
        TRY(auto v, literal(value));
        const bool number = f->type == "integer" || f->type == "number" || f->type == "money";
        if (!v.is_null() && (f->type == "boolean" ? !v.is_bool() : number ? !v.is_number() : !v.is_string()))
            return refused(value);
        // FEEL: null equals null and nothing else, so "not equal to a value" holds for what is not answered.
        const bool present = v.is_null() == negated;
        json::object test{{"const", std::move(v)}};
        if (negated) test = json::object{{"not", std::move(test)}};
        return one(f->id, std::move(test), present);
    }
    Result<json::value> bound(const feel::Node& name, const feel::Node& value, bool down, bool open) const {
        TRY(const auto* f, field(name));
        TRY(auto v, literal(value));
        if ((f->type != "integer" && f->type != "number" && f->type != "money") || !v.is_number()) return refused(name);
        const std::string_view keyword =
            down ? (open ? "exclusiveMaximum" : "maximum") : (open ? "exclusiveMinimum" : "minimum");
        return one(f->id, {{"type", "number"}, {keyword, std::move(v)}}, true);
    }
    Result<const Field*> field(const feel::Node& n) const {
        if (n.op == feel::Op::name)
            for (const auto& f : form_.fields)
                if (f.id == n.word) return &f;
        return refused(n);
    }
    static Result<json::value> literal(const feel::Node& n) {
        using feel::Op;
        if (n.op == Op::null) return json::value{};
        if (n.op == Op::boolean) return json::value(n.flag);
        if (n.op == Op::text) return json::value(json::string{n.word});
        if (n.op == Op::negative && n.kids[0]->op == Op::number) {
            TRY(auto v, literal(*n.kids[0]));
            return v.is_int64() ? json::value(-v.get_int64()) : json::value(-v.get_double());
        }
        if (n.op == Op::number) {
            if (const auto i = n.number.integer()) {
                if (*i <= form_largest && *i >= -form_largest) return json::value(*i);
            } else if (const auto text = n.number.text(); text.find('/') == std::string::npos) {
                return json::value(std::stod(text));
            }
        }
        return refused(n);
    }
    static json::value one(const std::string& id, json::object test, bool present) {
        json::object out{{"properties", json::object{{id, std::move(test)}}}};
        if (present) out["required"] = json::array{json::string{id}};
        return out;
    }
    static json::value joined(std::string_view key, json::value left, json::value right) {
        // Flat where it can be: "a or b or c" is one list.
        json::array parts;
        for (auto* side : {&left, &right}) {
            auto* inner = side->get_object().if_contains(key);
            if (inner)
                for (auto& p : inner->get_array()) parts.push_back(std::move(p));
            else
                parts.push_back(std::move(*side));
        }
        return json::object{{key, std::move(parts)}};
    }
    static Error refused(const feel::Node& n) {
        return {
            ErrorKind::invalid, "form.condition",
            fmt::format("Điều kiện hiện trường (cột {}) chỉ được so sánh một trường của biểu mẫu với giá trị cho sẵn, "
                        "nối bằng and, or, not. Hãy viết lại, hoặc thêm một trường có/không.",
                        n.at + 1),
            fmt::format("the condition of a field (column {}) may only compare one field of the form with a given "
                        "value, joined by and, or, not; rewrite it, or add a yes/no field",
                        n.at + 1)};
    }

    const Form& form_;
};

json::object value_json(const Field& f) {
    if (f.type == "person" || f.type == "address") return {{"$ref", "#/$defs/" + f.type}};
    if (f.type == "date") return formatted("date");
    if (f.type == "phone") return formatted("phone");
    if (f.type == "email") return formatted("email");
    if (f.type == "personal_id") return formatted("personal-id");
    if (f.type == "boolean") return {{"type", "boolean"}};
    if (f.type == "enum") {
        json::array values;
        for (const auto& o : f.values) values.push_back(json::string{o.id});
        return {{"type", "string"}, {"enum", std::move(values)}};
    }
    if (f.type == "integer" || f.type == "number" || f.type == "money") {
        json::object out{{"type", f.type == "number" ? "number" : "integer"}};
        if (f.type == "money") out["minimum"] = 0;
        if (f.min) out["minimum"] = *f.min;
        if (f.max) out["maximum"] = *f.max;
        return out;
    }
    return line(f.type == "text" ? longest_text : longest_line);
}

std::string_view widget_of(const Field& f) {
    if (f.type == "string") return "text";
    if (f.type == "text") return "textarea";
    if (f.type == "integer") return "number";
    if (f.type == "boolean") return "yes-no";
    // A few choices are read at a glance; more want a list.
    if (f.type == "enum") return f.values.size() <= 6 ? "radio" : "select";
    if (f.type == "personal_id") return "personal-id";
    return f.type;
}

}  // namespace

Result<json::object> form_schema_json(const Form& form, std::string_view title, std::string_view id) {
    const Conditions conditions(form);
    json::object properties;
    json::array required;
    json::array conditional;
    json::object definitions;
    int order = 0;
    for (const auto& f : form.fields) {
        auto property = value_json(f);
        property["title"] = f.label_vi;
        json::object ui{{"label", both(f.label_vi, f.label_en)}, {"order", ++order}, {"widget", widget_of(f)}};
        if (!f.help_vi.empty()) ui["help"] = both(f.help_vi, f.help_en);
        if (f.type == "enum") {
            json::array options;
            for (const auto& o : f.values) options.push_back(json::object{{"value", o.id}, {"vi", o.vi}, {"en", o.en}});
            ui["options"] = std::move(options);
        }
        if (!text::trim(f.when).empty()) {
            auto node = feel::parse(f.when);
            if (!node.ok()) return std::move(node).error().pointing("/properties/" + f.id);
            auto when = conditions.convert(**node, false);
            if (!when.ok()) return std::move(when).error().pointing("/properties/" + f.id);
            if (f.required)
                conditional.push_back(
                    json::object{{"if", *when}, {"then", json::object{{"required", json::array{json::string{f.id}}}}}});
            ui["when"] = std::move(when).value();
        } else if (f.required) {
            required.push_back(json::string{f.id});
        }
        property["x-ui"] = std::move(ui);
        if (f.type == "person" || f.type == "address") definitions["address"] = address_definition();
        if (f.type == "person") definitions["person"] = person_definition();
        properties[f.id] = std::move(property);
    }
    json::object out{{"$schema", "https://json-schema.org/draft/2020-12/schema"}};
    if (!id.empty()) out["$id"] = id;
    if (!title.empty()) out["title"] = title;
    out["type"] = "object";
    out["properties"] = std::move(properties);
    out["required"] = std::move(required);
    out["additionalProperties"] = false;
    if (!conditional.empty()) out["allOf"] = std::move(conditional);
    if (!definitions.empty()) out["$defs"] = std::move(definitions);
    return out;
}

Result<std::shared_ptr<const FormSchema>> form_schema_of(const Form& form) {
    TRY(auto schema, form_schema_json(form));
    std::vector<Error> errors;
    auto compiled = FormSchema::compile(schema, errors);
    if (!compiled) return std::move(errors.front());
    return std::make_shared<const FormSchema>(*std::move(compiled));
}

}  // namespace hl::procedures
