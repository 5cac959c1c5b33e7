#include "exchange/adapters/schema_check.h"

#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

namespace hl::exchange::adapters {

namespace {

constexpr size_t most_errors = 50;
constexpr int deepest = 64;              // schemas in schemas, references followed
constexpr int64_t most_steps = 100'000;  // oneOf in oneOf in oneOf…
constexpr int longest_chain = 32;        // a reference to a reference

std::optional<long double> number_of(const json::value& v) {
    if (v.is_int64()) return v.get_int64();
    if (v.is_uint64()) return v.get_uint64();
    if (v.is_double()) return v.get_double();
    return std::nullopt;
}

/// 1 and 1.0 are one number, at any depth.
bool equal(const json::value& a, const json::value& b) {
    if (const auto x = number_of(a), y = number_of(b); x && y) return *x == *y;
    if (a.kind() != b.kind()) return false;
    if (a.is_array())
        return std::equal(a.get_array().begin(), a.get_array().end(), b.get_array().begin(), b.get_array().end(),
                          equal);
    if (a.is_object())
        return a.get_object().size() == b.get_object().size() &&
               std::all_of(a.get_object().begin(), a.get_object().end(), [&](const auto& member) {
                   const auto* other = b.get_object().if_contains(member.key());
                   return other && equal(member.value(), *other);
               });
    return a == b;
}

std::string_view type_name(const json::value& v) {
    if (v.is_null()) return "null";
    if (v.is_bool()) return "boolean";
    if (v.is_string()) return "string";
    if (v.is_array()) return "array";
    if (v.is_object()) return "object";
    return "number";
}

bool is_type(const json::value& v, std::string_view type) {
    if (type == "integer") {
        const auto n = number_of(v);
        return n && std::floor(*n) == *n;
    }
    return type_name(v) == type;
}

bool is_uuid(std::string_view s) {
    if (s.size() != 36) return false;
    for (size_t i = 0; i < s.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s[i] != '-' : !std::isxdigit(static_cast<unsigned char>(s[i]))) return false;
    }
    return true;
}

class Check {
  public:
    /// Without `errors` it only finds out whether the value fits.
    Check(const Schemas& schemas, Way way, std::vector<Error>* errors, int64_t& steps)
        : schemas_(schemas), way_(way), errors_(errors), steps_(steps) {}
    [[nodiscard]] bool failed() const { return failed_; }

    void value(const json::value& written, const json::value& v, const std::string& at, int depth) {
        if (full()) return;
        if (depth > deepest || --steps_ < 0)
            return say(at, "validate.too_deep", "quá phức tạp để kiểm tra.", "is too complex to be checked.");
        if (written.is_bool()) {
            if (!written.get_bool()) say(at, "validate.not_allowed", "không được có ở đây.", "must not be here.");
            return;
        }
        const auto* schema = schemas_.resolved(written);
        if (!schema || !schema->is_object()) return;
        const auto& s = schema->get_object();
        if (v.is_null() && flag(s, "nullable")) return;
        if (!type(s, v, at)) return;
        choices(s, v, at);
        if (v.is_string()) text(s, std::string_view{v.get_string()}, at);
        if (const auto n = number_of(v)) number(s, *n, at);
        if (v.is_array()) array(s, v.get_array(), at, depth);
        if (v.is_object()) object(s, v.get_object(), at, depth);
        combined(s, v, at, depth);
    }

  private:
    void say(const std::string& at, std::string code, std::string_view vi, std::string_view en) {
        failed_ = true;
        if (!full())
            errors_->push_back({ErrorKind::invalid, std::move(code), fmt::format("Giá trị {}", vi),
                                fmt::format("The value {}", en), at});
    }
    [[nodiscard]] bool full() const { return errors_ ? errors_->size() >= most_errors : failed_; }
    static const json::value* member(const json::object& s, std::string_view key) { return s.if_contains(key); }
    static bool flag(const json::object& s, std::string_view key) {
        const auto* m = member(s, key);
        return m && m->is_bool() && m->get_bool();
    }
    static std::optional<long double> limit(const json::object& s, std::string_view key) {
        const auto* m = member(s, key);
        return m ? number_of(*m) : std::nullopt;
    }

    bool type(const json::object& s, const json::value& v, const std::string& at) {
        const auto* t = member(s, "type");
        if (!t) return true;
        std::string names;
        bool good = false;
        const auto one = [&](const json::value& name) {
            if (!name.is_string()) return;
            good = good || is_type(v, std::string_view{name.get_string()});
            names += (names.empty() ? "" : ", ") + std::string{name.get_string()};
        };
        if (t->is_array())
            for (const auto& name : t->get_array()) one(name);
        else
            one(*t);
        if (!good && !names.empty())
            say(at, "validate.type", fmt::format("phải có kiểu {}.", names), fmt::format("must be of type {}.", names));
        return good || names.empty();
    }

    void choices(const json::object& s, const json::value& v, const std::string& at) {
        if (const auto* list = member(s, "enum"); list && list->is_array()) {
            const auto& l = list->get_array();
            if (std::none_of(l.begin(), l.end(), [&](const auto& one) { return equal(one, v); })) {
                const auto shown = json::serialize(*list).substr(0, 200);
                say(at, "validate.enum", fmt::format("phải là một trong {}.", shown),
                    fmt::format("must be one of {}.", shown));
            }
        }
        if (const auto* only = member(s, "const"); only && !equal(*only, v))
            say(at, "validate.enum", fmt::format("phải là {}.", json::serialize(*only).substr(0, 200)),
                fmt::format("must be {}.", json::serialize(*only).substr(0, 200)));
    }

    void text(const json::object& s, std::string_view v, const std::string& at) {
        const auto length = static_cast<long double>(text::length(v));
        size_limits(s, length, "minLength", "maxLength", at, "ký tự", "characters");
        if (const auto* pattern = member(s, "pattern"); pattern && pattern->is_string()) {
            const std::string_view p{pattern->get_string()};
            switch (schemas_.patterns().search(p, v)) {
                case Patterns::Match::yes:
                    break;
                case Patterns::Match::no:
                    say(at, "validate.pattern", fmt::format("phải theo mẫu {}.", p), fmt::format("must match {}.", p));
                    break;
                case Patterns::Match::gave_up:
                    say(at, "validate.pattern", fmt::format("quá dài để so với mẫu {}.", p),
                        fmt::format("is too long to be matched with {}.", p));
            }
        }
        const auto* format = member(s, "format");
        if (!format || !format->is_string()) return;
        const std::string_view f{format->get_string()};
        if (f == "date" && !parse_date(v).ok())
            say(at, "validate.format", "phải là ngày có thật dạng 2026-11-23.",
                "must be a real date such as 2026-11-23.");
        if (f == "date-time" && !parse_rfc3339(v).ok())
            say(at, "validate.format", "phải là thời điểm RFC 3339, ví dụ 2026-11-23T08:00:00+07:00.",
                "must be an RFC 3339 instant such as 2026-11-23T08:00:00+07:00.");
        if (f == "uuid" && !is_uuid(v)) say(at, "validate.format", "phải là UUID.", "must be a UUID.");
    }

    void number(const json::object& s, long double n, const std::string& at) {
        const auto bound = [&](std::string_view key, std::string_view exclusive, bool upper) {
            const auto say_bound = [&](long double b, bool open) {
                const auto shown = fmt::format("{}{} {}", upper ? "<" : ">", open ? "" : "=", static_cast<double>(b));
                say(at, "validate.range", fmt::format("phải {}.", shown), fmt::format("must be {}.", shown));
            };
            const bool open = flag(s, exclusive);  // 3.0: a flag beside the bound; 3.1: a bound of its own
            if (const auto b = limit(s, key); b && ((upper ? n > *b : n < *b) || (open && n == *b)))
                say_bound(*b, open);
            if (const auto b = limit(s, exclusive); b && (upper ? n >= *b : n <= *b)) say_bound(*b, true);
        };
        bound("minimum", "exclusiveMinimum", false);
        bound("maximum", "exclusiveMaximum", true);
        if (const auto step = limit(s, "multipleOf"); step && *step > 0) {
            const auto times = n / *step;
            if (std::abs(times - std::round(times)) > 1e-9L)
                say(at, "validate.range", fmt::format("phải là bội của {}.", static_cast<double>(*step)),
                    fmt::format("must be a multiple of {}.", static_cast<double>(*step)));
        }
        const auto* format = member(s, "format");
        if (format && format->is_string() && format->get_string() == "int32" &&
            (n < -2147483648.0L || n > 2147483647.0L))
            say(at, "validate.range", "phải vừa 32 bit.", "must fit 32 bits.");
    }

    void size_limits(const json::object& s, long double n, std::string_view least, std::string_view most,
                     const std::string& at, std::string_view vi, std::string_view en) {
        if (const auto b = limit(s, least); b && n < *b)
            say(at, "validate.length", fmt::format("phải có ít nhất {} {}.", static_cast<double>(*b), vi),
                fmt::format("must have at least {} {}.", static_cast<double>(*b), en));
        if (const auto b = limit(s, most); b && n > *b)
            say(at, "validate.length", fmt::format("chỉ được có nhiều nhất {} {}.", static_cast<double>(*b), vi),
                fmt::format("may have at most {} {}.", static_cast<double>(*b), en));
    }

    void array(const json::object& s, const json::array& v, const std::string& at, int depth) {
        size_limits(s, static_cast<long double>(v.size()), "minItems", "maxItems", at, "mục", "items");
        if (flag(s, "uniqueItems")) {
            std::set<std::string> seen;
            for (const auto& item : v)
                if (!seen.insert(canonical_json(item)).second) {
                    say(at, "validate.unique", "có mục lặp lại.", "has the same item twice.");
                    break;
                }
        }
        if (const auto* items = member(s, "items"))
            for (size_t i = 0; i < v.size() && !full(); ++i)
                value(*items, v[i], fmt::format("{}/{}", at, i), depth + 1);
    }

    void object(const json::object& s, const json::object& v, const std::string& at, int depth) {
        size_limits(s, static_cast<long double>(v.size()), "minProperties", "maxProperties", at, "mục", "members");
        const auto* properties = member(s, "properties");
        const auto* known = properties ? properties->if_object() : nullptr;
        if (const auto* required = member(s, "required"); required && required->is_array())
            for (const auto& name : required->get_array())
                if (name.is_string() && !v.contains(name.get_string()) && !left_out(known, name.get_string()))
                    say(at + "/" + escape_pointer(name.get_string()), "validate.required", "còn thiếu.", "is missing.");
        const auto* rest = member(s, "additionalProperties");
        for (const auto& m : v) {
            const auto here = at + "/" + escape_pointer(m.key());
            if (const auto* p = known ? known->if_contains(m.key()) : nullptr)
                value(*p, m.value(), here, depth + 1);
            else if (rest && rest->is_bool() && !rest->get_bool())
                say(here, "validate.unknown", "không có trong mô tả của dịch vụ. Bỏ mục này.",
                    "is not in the service's description. Leave it out.");
            else if (rest && rest->is_object())
                value(*rest, m.value(), here, depth + 1);
            if (full()) return;
        }
    }

    /// A required member that this way round need not be there.
    bool left_out(const json::object* properties, std::string_view name) const {
        const auto* p = properties ? properties->if_contains(name) : nullptr;
        const auto* schema = p ? schemas_.resolved(*p) : nullptr;
        return schema && schema->is_object() &&
               flag(schema->get_object(), way_ == Way::request ? "readOnly" : "writeOnly");
    }

    bool fits(const json::value& schema, const json::value& v, int depth) {
        Check probe(schemas_, way_, nullptr, steps_);
        probe.value(schema, v, {}, depth + 1);
        return !probe.failed();
    }

    void combined(const json::object& s, const json::value& v, const std::string& at, int depth) {
        const auto list = [&](std::string_view key) -> const json::array* {
            const auto* m = member(s, key);
            return m ? m->if_array() : nullptr;
        };
        if (const auto* all = list("allOf"))
            for (const auto& one : *all) value(one, v, at, depth + 1);
        if (const auto* any = list("anyOf"))
            if (std::none_of(any->begin(), any->end(), [&](const auto& one) { return fits(one, v, depth); }))
                say(at, "validate.any_of", "không hợp với dạng nào được mô tả.", "fits none of the described forms.");
        if (const auto* one_of = list("oneOf")) {
            const auto n =
                std::count_if(one_of->begin(), one_of->end(), [&](const auto& one) { return fits(one, v, depth); });
            failed_ = failed_ || n != 1;
            if (n != 1 && !full())
                say(at, "validate.one_of", fmt::format("phải hợp với đúng một dạng được mô tả (đang hợp với {}).", n),
                    fmt::format("must fit exactly one of the described forms (it fits {}).", n));
        }
        if (const auto* no = member(s, "not"); no && fits(*no, v, depth))
            say(at, "validate.not", "có dạng mà mô tả không cho phép.", "has a form that the description forbids.");
    }

    const Schemas& schemas_;
    Way way_;
    std::vector<Error>* errors_;
    int64_t& steps_;
    bool failed_ = false;
};

/// Keys whose value is data and no description; below them "pattern" and "$ref" mean nothing.
bool is_data(std::string_view key) {
    return key == "example" || key == "examples" || key == "default" || key == "enum" || key == "const" ||
           key.starts_with("x-");
}
/// Keys whose members are named by the author.
bool holds_names(std::string_view key) {
    return key == "properties" || key == "schemas" || key == "paths" || key == "responses" || key == "parameters" ||
           key == "content" || key == "headers" || key == "patternProperties" || key == "requestBodies";
}

Result<void> prepare(const Schemas& schemas, const json::value& node, bool names, const std::string& at,
                     Patterns& patterns) {
    if (node.is_array()) {
        size_t i = 0;
        for (const auto& item : node.get_array())
            TRY_VOID(prepare(schemas, item, false, fmt::format("{}/{}", at, i++), patterns));
        return Nothing{};
    }
    if (!node.is_object()) return Nothing{};
    for (const auto& m : node.get_object()) {
        const std::string_view key = m.key();
        const auto here = at + "/" + escape_pointer(key);
        if (!names && key == "pattern" && m.value().is_string()) {
            if (auto added = patterns.add(m.value().get_string()); !added.ok())
                return std::move(added).error().pointing(here);
        } else if (!names && key == "$ref" && m.value().is_string()) {
            if (!schemas.resolved(node))
                return Error{ErrorKind::invalid, "adapter.description",
                             "Mô tả dịch vụ dẫn tới chỗ không có trong cùng tài liệu. Đưa phần đó vào tài liệu.",
                             "The description refers to what is not in the same document. Bring that part in.", here};
        } else if (names || !is_data(key)) {
            TRY_VOID(prepare(schemas, m.value(), !names && holds_names(key), here, patterns));
        }
    }
    return Nothing{};
}

}  // namespace

Result<Schemas> Schemas::make(json::value document) {
    Schemas out;
    out.document_ = std::move(document);
    Patterns patterns;
    TRY_VOID(prepare(out, out.document_, false, "", patterns));
    out.patterns_ = std::move(patterns);
    return out;
}

const json::value* Schemas::resolved(const json::value& node) const {
    const auto* at = &node;
    for (int i = 0; i < longest_chain; ++i) {
        const auto* object = at->if_object();
        const auto* ref = object ? object->if_contains("$ref") : nullptr;
        if (!ref || !ref->is_string()) return at;
        const std::string_view target{ref->get_string()};
        if (!target.starts_with("#/")) return nullptr;
        boost::system::error_code error;
        at = document_.find_pointer(target.substr(1), error);
        if (!at) return nullptr;
    }
    return nullptr;
}

void Schemas::check(const json::value& schema, const json::value& value, Way way, const std::string& at,
                    std::vector<Error>& errors) const {
    int64_t steps = most_steps;
    Check(*this, way, &errors, steps).value(schema, value, at, 0);
}

}  // namespace hl::exchange::adapters
