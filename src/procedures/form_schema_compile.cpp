#include <cmath>
#include <set>

#include "procedures/form_schema.h"

namespace hl::procedures {

namespace {

constexpr size_t most_depth = 8;     // of values in values, references followed
constexpr size_t most_nodes = 2000;  // references followed, so that no small schema grows into a large one
constexpr size_t most_text = 1000;   // bytes of a label
constexpr size_t most_choices = 500;
constexpr size_t most_parts = 20;  // of one allOf or anyOf in a condition
constexpr size_t most_condition_depth = 6;
constexpr size_t most_errors = 50;
constexpr int64_t longest_text = 100'000;

constexpr std::string_view widgets[] = {"text",  "textarea", "date",  "number", "money",   "yes-no", "select",
                                        "radio", "phone",    "email", "person", "address", "hidden", "personal-id"};
constexpr std::string_view formats[] = {"date", "personal-id", "phone", "email"};

bool among(std::string_view word, std::span<const std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}
bool good_name(std::string_view s) {
    return !s.empty() && s.size() <= 60 && s.front() >= 'a' && s.front() <= 'z' &&
           std::all_of(s.begin(), s.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}
std::optional<int64_t> safe_integer(const json::value& v) {
    int64_t n = 0;
    if (v.is_int64())
        n = v.get_int64();
    else if (v.is_double() && v.get_double() == std::floor(v.get_double()) &&
             std::abs(v.get_double()) <= static_cast<double>(form_largest))
        n = static_cast<int64_t>(v.get_double());
    else
        return std::nullopt;
    if (n > form_largest || n < -form_largest) return std::nullopt;
    return n;
}
std::optional<double> finite(const json::value& v) {
    std::optional<double> n;
    if (v.is_int64()) n = static_cast<double>(v.get_int64());
    if (v.is_uint64()) n = static_cast<double>(v.get_uint64());
    if (v.is_double()) n = v.get_double();
    if (n && std::abs(*n) <= static_cast<double>(form_largest)) return n;
    return std::nullopt;
}
std::string escaped(std::string_view key) {
    std::string out;
    for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return out;
}

class Compiler {
  public:
    Compiler(const json::value& schema, std::vector<Error>& errors) : schema_(schema), errors_(errors) {}

    std::optional<FormNode> run() {
        const size_t before = errors_.size();
        FormNode root;
        if (!schema_.is_object()) {
            fail("", "schema.type", "phải là một đối tượng", "must be an object");
        } else {
            const auto& o = schema_.get_object();
            if (const auto* defs = o.if_contains("$defs")) {
                if (!defs->is_object())
                    fail("/$defs", "schema.type", "phải là một đối tượng", "must be an object");
                else
                    defs_ = &defs->get_object();
            }
            if (const auto* type = o.if_contains("type"); !type || !type->is_string() || type->get_string() != "object")
                fail("/type", "schema.type", "gốc của biểu mẫu phải có type là object",
                     "the root's type must be object");
            else
                root = node(schema_, "", 0);
            // Definitions nobody uses are read too: a mistake there must not wait for its first use.
            if (defs_)
                for (const auto& d : *defs_) {
                    const std::string_view name = d.key();
                    if (!good_name(name))
                        fail("/$defs/" + escaped(name), "schema.name", "tên chỉ gồm a-z, 0-9 và _, bắt đầu bằng chữ",
                             "a name has a-z, 0-9 and _ and begins with a letter");
                    else if (!used_.contains(std::string{name}))
                        (void)node(d.value(), "/$defs/" + std::string{name}, 1);
                }
        }
        if (errors_.size() > before) return std::nullopt;
        return root;
    }

  private:
    void fail(const std::string& at, std::string code, std::string_view vi, std::string_view en) {
        if (errors_.size() < most_errors)
            errors_.push_back({ErrorKind::invalid, std::move(code), fmt::format("Lược đồ biểu mẫu: {}.", vi),
                               fmt::format("form schema: {}", en), at});
    }
    void keywords(const json::object& o, const std::string& at, std::initializer_list<std::string_view> known) {
        for (const auto& member : o) {
            const std::string_view key = member.key();
            if (std::find(known.begin(), known.end(), key) == known.end())
                fail(at + "/" + escaped(key), "schema.keyword", "từ khóa này không dùng được ở đây",
                     "this keyword cannot be used here");
        }
    }
    std::string text(const json::object& o, std::string_view key, const std::string& at) {
        const auto* v = o.if_contains(key);
        if (!v) return {};
        if (!v->is_string() || v->get_string().size() > most_text) {
            fail(at + "/" + std::string{key}, "schema.value", "phải là chữ, không quá dài",
                 "must be a text of reasonable length");
            return {};
        }
        return std::string{std::string_view{v->get_string()}};
    }
    std::optional<int64_t> integer(const json::object& o, std::string_view key, const std::string& at, int64_t low,
                                   int64_t high) {
        const auto* v = o.if_contains(key);
        if (!v) return std::nullopt;
        const auto n = safe_integer(*v);
        if (!n || *n < low || *n > high) {
            fail(at + "/" + std::string{key}, "schema.value", "phải là số nguyên trong giới hạn cho phép",
                 "must be an integer within the limits");
            return std::nullopt;
        }
        return n;
    }
    void both(const json::object& ui, std::string_view key, const std::string& at, std::string& vi, std::string& en) {
        const auto* v = ui.if_contains(key);
        if (!v) return;
        const auto here = at + "/" + std::string{key};
        if (!v->is_object()) return fail(here, "schema.type", "phải là {vi, en}", "must be {vi, en}");
        keywords(v->get_object(), here, {"vi", "en"});
        vi = text(v->get_object(), "vi", here);
        en = text(v->get_object(), "en", here);
    }

    struct Ui {
        int64_t order = 0;
        const json::value* when = nullptr;
        const json::value* options = nullptr;
    };
    Ui ui(const json::object& o, const std::string& at, FormNode& out) {
        Ui found;
        (void)text(o, "title", at);
        (void)text(o, "description", at);
        const auto* v = o.if_contains("x-ui");
        if (!v) return found;
        const auto here = at + "/x-ui";
        if (!v->is_object()) {
            fail(here, "schema.type", "phải là một đối tượng", "must be an object");
            return found;
        }
        const auto& x = v->get_object();
        keywords(x, here, {"label", "help", "order", "widget", "when", "options"});
        both(x, "label", here, out.label_vi, out.label_en);
        both(x, "help", here, out.help_vi, out.help_en);
        found.order = integer(x, "order", here, 0, 10'000).value_or(0);
        if (const auto widget = text(x, "widget", here); !widget.empty()) {
            if (!among(widget, widgets))
                fail(here + "/widget", "schema.value", "không có cách hiển thị này", "there is no such widget");
            out.widget = widget;
        }
        found.when = x.if_contains("when");
        found.options = x.if_contains("options");
        return found;
    }

    FormNode node(const json::value& v, const std::string& at, size_t depth, Ui* given = nullptr) {
        FormNode out;
        if (!v.is_object()) {
            fail(at, "schema.type", "phải là một đối tượng", "must be an object");
            return out;
        }
        if (depth > most_depth || ++nodes_ > most_nodes) {
            // Said once: a reference that leads back to itself would say it a thousand times.
            if (!too_large_) fail(at, "schema.limit", "lồng nhau quá sâu hoặc quá lớn", "too deep or too large");
            too_large_ = true;
            return out;
        }
        const auto& o = v.get_object();
        if (o.contains("$ref")) return reference(o, at, depth, given);
        const bool root = depth == 0;
        const auto* type = o.if_contains("type");
        std::string kind;
        if (type && type->is_string()) {
            kind = std::string{std::string_view{type->get_string()}};
        } else if (type && type->is_array() && type->get_array().size() == 2 &&
                   type->get_array()[0] == json::value("object") && type->get_array()[1] == json::value("string")) {
            kind = "object";
            out.or_text = true;
        }
        const auto found = ui(o, at, out);
        if (given) *given = found;
        if (kind == "string") {
            keywords(o, at, {"type", "title", "description", "x-ui", "minLength", "maxLength", "format", "enum"});
            lengths(o, at, out);
            if (o.contains("format")) {
                out.format = text(o, "format", at);
                if (!among(out.format, formats))
                    fail(at + "/format", "schema.value", "không có định dạng này", "there is no such format");
            }
            choices(o, at, found.options, out);
            return out;
        }
        if (found.options)
            fail(at + "/x-ui/options", "schema.keyword", "chỉ dùng cùng enum", "only together with enum");
        if (kind == "integer" || kind == "number") {
            out.kind = kind == "integer" ? FormNode::Kind::integer : FormNode::Kind::number;
            keywords(o, at, {"type", "title", "description", "x-ui", "minimum", "maximum"});
            out.min = integer(o, "minimum", at, -form_largest, form_largest);
            out.max = integer(o, "maximum", at, -form_largest, form_largest);
            if (out.min && out.max && *out.min > *out.max)
                fail(at + "/maximum", "schema.value", "giới hạn trên nhỏ hơn giới hạn dưới",
                     "the maximum is below the minimum");
        } else if (kind == "boolean") {
            out.kind = FormNode::Kind::boolean;
            keywords(o, at, {"type", "title", "description", "x-ui"});
        } else if (kind == "object") {
            out.kind = FormNode::Kind::object;
            object(o, at, depth, root, out);
        } else {
            fail(at + "/type", "schema.type",
                 "type phải là string, integer, number, boolean, object hoặc [object, string]",
                 "type must be string, integer, number, boolean, object or [object, string]");
        }
        return out;
    }

    FormNode reference(const json::object& o, const std::string& at, size_t depth, Ui* given) {
        keywords(o, at, {"$ref", "title", "description", "x-ui"});
        FormNode over;
        const auto found = ui(o, at, over);
        if (given) *given = found;
        if (found.options)
            fail(at + "/x-ui/options", "schema.keyword", "chỉ dùng cùng enum", "only together with enum");
        constexpr std::string_view prefix = "#/$defs/";
        const auto ref = text(o, "$ref", at);
        const auto name = ref.starts_with(prefix) ? ref.substr(prefix.size()) : std::string{};
        const auto* target = defs_ && good_name(name) ? defs_->if_contains(name) : nullptr;
        if (!target) {
            fail(at + "/$ref", "schema.ref", "phải trỏ tới một mục trong $defs (#/$defs/tên)",
                 "must point to a definition (#/$defs/name)");
            return over;
        }
        used_.insert(name);
        auto out = node(*target, "/$defs/" + name, depth + 1);
        if (!over.label_vi.empty()) out.label_vi = over.label_vi;
        if (!over.label_en.empty()) out.label_en = over.label_en;
        if (!over.help_vi.empty()) out.help_vi = over.help_vi, out.help_en = over.help_en;
        if (!over.widget.empty()) out.widget = over.widget;
        return out;
    }

    void lengths(const json::object& o, const std::string& at, FormNode& out) {
        if (const auto n = integer(o, "minLength", at, 0, longest_text)) out.min_length = static_cast<size_t>(*n);
        if (const auto n = integer(o, "maxLength", at, 0, longest_text)) out.max_length = static_cast<size_t>(*n);
        if (out.min_length && out.max_length && *out.min_length > *out.max_length)
            fail(at + "/maxLength", "schema.value", "giới hạn trên nhỏ hơn giới hạn dưới",
                 "the maximum is below the minimum");
    }

    void choices(const json::object& o, const std::string& at, const json::value* options, FormNode& out) {
        const auto* list = o.if_contains("enum");
        if (!list) {
            if (options) fail(at + "/x-ui/options", "schema.keyword", "chỉ dùng cùng enum", "only together with enum");
            return;
        }
        std::set<std::string_view> seen;
        bool good = list->is_array() && !list->get_array().empty() && list->get_array().size() <= most_choices;
        if (good)
            for (const auto& v : list->get_array()) {
                good = good && v.is_string() && !v.get_string().empty() && v.get_string().size() <= 200 &&
                       seen.insert(v.get_string()).second;
                if (good) out.choices.push_back({std::string{std::string_view{v.get_string()}}, {}, {}});
            }
        if (!good) {
            fail(at + "/enum", "schema.value", "phải là danh sách chữ khác nhau, không rỗng",
                 "must be a list of different texts, not empty");
            return;
        }
        if (!options) return;
        const auto here = at + "/x-ui/options";
        if (!options->is_array()) return fail(here, "schema.type", "phải là danh sách", "must be a list");
        std::set<std::string> told;
        size_t i = 0;
        for (const auto& v : options->get_array()) {
            const auto each = here + "/" + std::to_string(i++);
            if (!v.is_object()) {
                fail(each, "schema.type", "phải là một đối tượng", "must be an object");
                continue;
            }
            keywords(v.get_object(), each, {"value", "vi", "en"});
            const auto value = text(v.get_object(), "value", each);
            const auto it =
                std::find_if(out.choices.begin(), out.choices.end(), [&](auto& c) { return c.value == value; });
            if (it == out.choices.end() || !told.insert(value).second) {
                fail(each + "/value", "schema.value", "không có trong enum hoặc đã nêu",
                     "is not in enum, or is repeated");
                continue;
            }
            it->vi = text(v.get_object(), "vi", each);
            it->en = text(v.get_object(), "en", each);
        }
    }

    void object(const json::object& o, const std::string& at, size_t depth, bool root, FormNode& out) {
        if (root)
            keywords(o, at,
                     {"$schema", "$id", "$defs", "type", "title", "description", "x-ui", "properties", "required",
                      "additionalProperties", "allOf"});
        else if (out.or_text)
            keywords(o, at,
                     {"type", "title", "description", "x-ui", "properties", "required", "additionalProperties", "allOf",
                      "minLength", "maxLength"});
        else
            keywords(
                o, at,
                {"type", "title", "description", "x-ui", "properties", "required", "additionalProperties", "allOf"});
        if (root) {
            (void)text(o, "$id", at);
            if (const auto s = text(o, "$schema", at);
                !s.empty() && s != "https://json-schema.org/draft/2020-12/schema")
                fail("/$schema", "schema.value", "phải là JSON Schema 2020-12", "must be JSON Schema 2020-12");
        }
        if (out.or_text) lengths(o, at, out);
        if (const auto* more = o.if_contains("additionalProperties"); !more || !more->is_bool() || more->get_bool())
            fail(at + "/additionalProperties", "schema.value", "phải là false", "must be false");
        const auto* properties = o.if_contains("properties");
        if (!properties || !properties->is_object())
            return fail(at + "/properties", "schema.type", "phải là một đối tượng", "must be an object");

        struct Asked {
            FormProperty property;
            Ui ui;
        };
        std::vector<Asked> asked;
        for (const auto& member : properties->get_object()) {
            if (too_large_) break;
            const std::string_view key = member.key();
            const auto here = at + "/properties/" + escaped(key);
            if (!good_name(key)) {
                fail(here, "schema.name", "tên chỉ gồm a-z, 0-9 và _, bắt đầu bằng chữ",
                     "a name has a-z, 0-9 and _ and begins with a letter");
                continue;
            }
            Asked a;
            a.property.name = std::string{key};
            a.property.node = node(member.value(), here, depth + 1, &a.ui);
            asked.push_back(std::move(a));
        }
        std::stable_sort(asked.begin(), asked.end(),
                         [](const Asked& a, const Asked& b) { return a.ui.order < b.ui.order; });
        const auto find = [&](std::string_view name) {
            return std::find_if(asked.begin(), asked.end(), [&](const Asked& a) { return a.property.name == name; });
        };
        const auto kind_of = [&](const std::string& name) -> std::optional<FormNode::Kind> {
            const auto it = find(name);
            return it == asked.end() ? std::nullopt : std::optional{it->property.node.kind};
        };
        for (auto& a : asked)
            if (a.ui.when)
                a.property.when =
                    condition(*a.ui.when, at + "/properties/" + a.property.name + "/x-ui/when", 0, kind_of);

        for (const auto& [name, here] : names(o, "required", at)) {
            const auto it = find(name);
            if (it == asked.end())
                fail(here, "schema.value", "không có trường này", "there is no such field");
            else if (it->ui.when)
                fail(here, "schema.condition", "trường có điều kiện chỉ bắt buộc qua allOf với cùng điều kiện",
                     "a field with a condition is required only through allOf with the same condition");
            else
                it->property.required = true;
        }
        const auto* all = o.if_contains("allOf");
        if (!all) return take(asked, out);
        if (!all->is_array()) return fail(at + "/allOf", "schema.type", "phải là danh sách", "must be a list");
        size_t i = 0;
        for (const auto& v : all->get_array()) {
            const auto here = at + "/allOf/" + std::to_string(i++);
            if (!v.is_object()) {
                fail(here, "schema.type", "phải là một đối tượng", "must be an object");
                continue;
            }
            keywords(v.get_object(), here, {"if", "then"});
            const auto* when = v.get_object().if_contains("if");
            const auto* then = v.get_object().if_contains("then");
            if (!when || !then || !then->is_object()) {
                fail(here, "schema.value", "phải có if và then", "must have if and then");
                continue;
            }
            keywords(then->get_object(), here + "/then", {"required"});
            for (const auto& [name, place] : names(then->get_object(), "required", here + "/then")) {
                const auto it = find(name);
                if (it == asked.end())
                    fail(place, "schema.value", "không có trường này", "there is no such field");
                else if (!it->ui.when || canonical_json(*it->ui.when) != canonical_json(*when))
                    // A field that is required while it is hidden could never be filled in.
                    fail(place, "schema.condition", "điều kiện phải giống x-ui.when của trường",
                         "the condition must equal the field's x-ui.when");
                else
                    it->property.required = true;
            }
        }
        take(asked, out);
    }
    template <class Asked>
    static void take(std::vector<Asked>& asked, FormNode& out) {
        for (auto& a : asked) out.properties.push_back(std::move(a.property));
    }

    std::vector<std::pair<std::string, std::string>> names(const json::object& o, std::string_view key,
                                                           const std::string& at) {
        std::vector<std::pair<std::string, std::string>> out;
        const auto* v = o.if_contains(key);
        if (!v) return out;
        const auto here = at + "/" + std::string{key};
        if (!v->is_array()) {
            fail(here, "schema.type", "phải là danh sách", "must be a list");
            return out;
        }
        size_t i = 0;
        for (const auto& item : v->get_array()) {
            const auto each = here + "/" + std::to_string(i++);
            if (item.is_string())
                out.emplace_back(std::string{std::string_view{item.get_string()}}, each);
            else
                fail(each, "schema.type", "phải là chữ", "must be a text");
        }
        return out;
    }

    template <class KindOf>
    FormCondition condition(const json::value& v, const std::string& at, size_t depth, const KindOf& kind_of) {
        FormCondition out;
        const auto wrong = [&](const std::string& where) {
            fail(where, "schema.condition", "điều kiện viết không đúng dạng cho phép", "not a condition of the subset");
            return out;
        };
        if (!v.is_object() || depth > most_condition_depth) return wrong(at);
        const auto& o = v.get_object();
        for (const std::string_view key : {"allOf", "anyOf"})
            if (const auto* parts = o.if_contains(key)) {
                const auto here = at + "/" + std::string{key};
                if (o.size() != 1 || !parts->is_array() || parts->get_array().empty() ||
                    parts->get_array().size() > most_parts)
                    return wrong(here);
                out.kind = key == "allOf" ? FormCondition::Kind::all : FormCondition::Kind::any;
                size_t i = 0;
                for (const auto& part : parts->get_array())
                    out.parts.push_back(condition(part, here + "/" + std::to_string(i++), depth + 1, kind_of));
                return out;
            }
        keywords(o, at, {"properties", "required"});
        const auto* properties = o.if_contains("properties");
        if (!properties || !properties->is_object() || properties->get_object().size() != 1) return wrong(at);
        const auto& member = *properties->get_object().begin();
        out.field = std::string{std::string_view{member.key()}};
        const auto here = at + "/properties/" + escaped(out.field);
        const auto kind = kind_of(out.field);
        if (!kind || *kind == FormNode::Kind::object) return wrong(here);
        if (const auto* required = o.if_contains("required")) {
            if (!required->is_array() || required->get_array().size() != 1 ||
                required->get_array()[0] != json::value(json::string{out.field}))
                return wrong(at + "/required");
            out.test.present = true;
        }
        test(member.value(), here, out.test);
        return out;
    }
    void test(const json::value& v, const std::string& at, FormCondition::Test& out) {
        const auto wrong = [&] {
            fail(at, "schema.condition", "điều kiện viết không đúng dạng cho phép", "not a condition of the subset");
        };
        if (!v.is_object()) return wrong();
        const auto& o = v.get_object();
        if (const auto* inner = o.if_contains("not")) {
            if (o.size() != 1 || out.negated) return wrong();
            out.negated = true;
            return test(*inner, at + "/not", out);
        }
        const auto scalar = [](const json::value& x) {
            return x.is_null() || x.is_bool() || x.is_string() || finite(x).has_value();
        };
        if (const auto* constant = o.if_contains("const")) {
            if (o.size() != 1 || !scalar(*constant)) return wrong();
            out.values.push_back(*constant);
            return;
        }
        if (const auto* list = o.if_contains("enum")) {
            if (o.size() != 1 || !list->is_array() || list->get_array().empty() ||
                list->get_array().size() > most_choices)
                return wrong();
            for (const auto& x : list->get_array()) {
                if (!scalar(x)) return wrong();
                out.values.push_back(x);
            }
            return;
        }
        const auto* type = o.if_contains("type");
        if (out.negated || !type || *type != json::value("number")) return wrong();
        keywords(o, at, {"type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"});
        out.number = true;
        const auto bound = [&](std::string_view key, std::optional<double>& where, bool& open, bool is_open) {
            const auto* b = o.if_contains(key);
            if (!b) return true;
            if (where) return false;  // two bounds of one side
            where = finite(*b);
            open = is_open;
            return where.has_value();
        };
        if (!bound("minimum", out.min, out.open_min, false) ||
            !bound("exclusiveMinimum", out.min, out.open_min, true) ||
            !bound("maximum", out.max, out.open_max, false) || !bound("exclusiveMaximum", out.max, out.open_max, true))
            return wrong();
    }

    const json::value& schema_;
    std::vector<Error>& errors_;
    const json::object* defs_ = nullptr;
    std::set<std::string> used_;
    size_t nodes_ = 0;
    bool too_large_ = false;
};

}  // namespace

std::optional<FormSchema> FormSchema::compile(const json::value& schema, std::vector<Error>& errors) {
    auto root = Compiler(schema, errors).run();
    if (!root) return std::nullopt;
    FormSchema out;
    out.root_ = *std::move(root);
    return out;
}

}  // namespace hl::procedures
