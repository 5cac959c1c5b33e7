#include <cmath>

#include "base/text.h"
#include "procedures/form_formats.h"
#include "procedures/form_schema.h"

namespace hl::procedures {

namespace {

constexpr size_t most_errors = 200;
constexpr size_t most_choices_named = 10;

std::optional<double> as_double(const json::value& v) {
    if (v.is_int64()) return static_cast<double>(v.get_int64());
    if (v.is_uint64()) return static_cast<double>(v.get_uint64());
    if (v.is_double()) return v.get_double();
    return std::nullopt;
}

bool same(const json::value& a, const json::value& b) {
    if (const auto x = as_double(a), y = as_double(b); x && y) return *x == *y;
    if (a.is_string() && b.is_string()) return a.get_string() == b.get_string();
    if (a.is_bool() && b.is_bool()) return a.get_bool() == b.get_bool();
    return a.is_null() && b.is_null();
}

bool passes(const FormCondition::Test& test, const json::value& v) {
    if (test.number) {
        const auto n = as_double(v);
        return n && (!test.min || (test.open_min ? *n > *test.min : *n >= *test.min)) &&
               (!test.max || (test.open_max ? *n < *test.max : *n <= *test.max));
    }
    const bool among = std::any_of(test.values.begin(), test.values.end(), [&](const auto& x) { return same(v, x); });
    return among != test.negated;
}

/// Spaces that a person cannot see; web/forms/validate.ts has the same list.
bool blank_text(std::string_view s) {
    static constexpr std::string_view wide[] = {"\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
                                                "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u200b",
                                                "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"};
    while (!s.empty()) {
        if (s.front() == ' ' || (s.front() >= '\t' && s.front() <= '\r')) {
            s.remove_prefix(1);
            continue;
        }
        const auto* const it = std::find_if(std::begin(wide), std::end(wide), [&](auto w) { return s.starts_with(w); });
        if (it == std::end(wide)) return false;
        s.remove_prefix(it->size());
    }
    return true;
}

/// Not answered: absent, null, a text of spaces, an object without anything in it.
bool blank(const json::value* v) {
    if (!v || v->is_null()) return true;
    if (v->is_string()) return blank_text(v->get_string());
    if (v->is_object())
        return std::all_of(v->get_object().begin(), v->get_object().end(),
                           [](const auto& member) { return blank(&member.value()); });
    return false;
}

/// The first code points, for a message.
std::string shortened(std::string_view s) {
    size_t points = 0;
    for (size_t i = 0; i < s.size(); ++i)
        if ((static_cast<unsigned char>(s[i]) & 0xC0U) != 0x80U && points++ == 40)
            return std::string{s.substr(0, i)} + "…";
    return std::string{s};
}

struct Words {
    std::string vi, en;
};

class Check {
  public:
    explicit Check(const std::optional<Date>& today) : today_(today) {}

    void object(const FormNode& node, const json::object& given, const std::string& at, const Words& label) {
        for (const auto& p : node.properties) {
            const auto* v = given.if_contains(p.name);
            const auto here = at + "/" + p.name;
            const auto named = name(label, p);
            if (blank(v)) {
                if (p.required && (!p.when || p.when->holds(given)))
                    say(here, "form.required", named, "chưa được điền. Hãy điền mục này.",
                        "is not filled in. Fill it in.");
                continue;
            }
            value(p.node, *v, here, named);
        }
        std::vector<std::string_view> unknown;
        for (const auto& member : given) {
            const std::string_view key = member.key();
            if (std::none_of(node.properties.begin(), node.properties.end(),
                             [&](const FormProperty& p) { return p.name == key; }))
                unknown.push_back(key);
        }
        std::sort(unknown.begin(), unknown.end());  // bytes of UTF-8, which is the order of code points
        for (const auto key : unknown)
            add({ErrorKind::invalid, "form.unknown_field",
                 fmt::format("Biểu mẫu không có mục \"{}\". Hãy bỏ mục này.", shortened(key)),
                 fmt::format("The form has no field \"{}\". Leave it out.", shortened(key)),
                 at + "/" + escape_pointer(key)});
    }

    void root(const FormNode& node, const json::value& answers) {
        if (!answers.is_object())
            return add({ErrorKind::invalid, "form.object", "Câu trả lời phải là một nhóm mục. Hãy gửi lại biểu mẫu.",
                        "The answers must be an object. Send the form again.", ""});
        object(node, answers.get_object(), "", {});
    }

    std::vector<Error> errors;

  private:
    static Words name(const Words& parent, const FormProperty& p) {
        Words out{p.node.label_vi.empty() ? p.name : p.node.label_vi, p.node.label_en};
        if (out.en.empty()) out.en = p.node.label_vi.empty() ? p.name : p.node.label_vi;
        if (!parent.vi.empty()) {
            out.vi = parent.vi + " – " + out.vi;
            out.en = parent.en + " – " + out.en;
        }
        return out;
    }
    void add(Error e) {
        if (errors.size() < most_errors) errors.push_back(std::move(e));
    }
    void say(const std::string& at, std::string code, const Words& label, std::string_view vi, std::string_view en) {
        add({ErrorKind::invalid, std::move(code), fmt::format("{}: {}", label.vi, vi),
             fmt::format("{}: {}", label.en, en), at});
    }

    void value(const FormNode& node, const json::value& v, const std::string& at, const Words& label) {
        switch (node.kind) {
            case FormNode::Kind::text:
                if (!v.is_string())
                    return say(at, "form.text", label, "phải là chữ. Hãy nhập lại.", "must be text. Type it again.");
                return words(node, v.get_string(), at, label);
            case FormNode::Kind::integer: {
                const auto n = as_double(v);
                if (!n || *n != std::floor(*n) || std::isinf(*n))
                    return say(at, "form.integer", label, "phải là số nguyên. Hãy nhập chữ số, ví dụ 12.",
                               "must be a whole number. Type digits, e.g. 12.");
                return within(node, *n, at, label);
            }
            case FormNode::Kind::number: {
                const auto n = as_double(v);
                if (!n || !four_decimals(*n))
                    return say(at, "form.number", label,
                               "phải là số, nhiều nhất bốn chữ số sau dấu phẩy. Hãy nhập như 12,5.",
                               "must be a number with at most four decimals. Type it like 12.5.");
                return within(node, *n, at, label);
            }
            case FormNode::Kind::boolean:
                if (!v.is_bool()) say(at, "form.boolean", label, "hãy chọn Có hoặc Không.", "choose Yes or No.");
                return;
            case FormNode::Kind::object:
                if (v.is_object()) return object(node, v.get_object(), at, label);
                if (!node.or_text)
                    return say(at, "form.object", label, "hãy điền từng mục của nhóm này.",
                               "fill in the parts of this group.");
                if (!v.is_string())
                    return say(at, "form.object", label, "hãy điền từng mục của nhóm này, hoặc viết thành một câu.",
                               "fill in the parts of this group, or write it as one line.");
                (void)length(node, v.get_string(), at, label);
                return;
        }
    }

    /// Exact for the rules' numbers, which read the decimal text, and small enough to be typed on purpose.
    static bool four_decimals(double n) {
        if (!std::isfinite(n)) return false;
        if (std::abs(n) > static_cast<double>(form_largest)) return true;  // out of bounds, which within() says
        return std::stod(fmt::format("{:.4f}", n)) == n;
    }

    void within(const FormNode& node, double n, const std::string& at, const Words& label) {
        const double low = static_cast<double>(node.min.value_or(-form_largest));
        const double high = static_cast<double>(node.max.value_or(form_largest));
        if (n >= low && n <= high) return;
        const auto vi = [](int64_t x) { return text::group_digits(x); };
        const auto en = [](int64_t x) { return fmt::format("{}", x); };
        if (node.min && node.max)
            say(at, "form.range", label, fmt::format("phải từ {} đến {}. Hãy nhập lại.", vi(*node.min), vi(*node.max)),
                fmt::format("must be from {} to {}. Type it again.", en(*node.min), en(*node.max)));
        else if (n < low && node.min)
            say(at, "form.range", label, fmt::format("phải từ {} trở lên. Hãy nhập lại.", vi(*node.min)),
                fmt::format("must be at least {}. Type it again.", en(*node.min)));
        else if (n > high && node.max)
            say(at, "form.range", label, fmt::format("không được quá {}. Hãy nhập lại.", vi(*node.max)),
                fmt::format("must be at most {}. Type it again.", en(*node.max)));
        else
            say(at, "form.range", label, "số quá lớn. Hãy kiểm tra lại các chữ số.",
                "the number is too large. Check its digits.");
    }

    bool length(const FormNode& node, std::string_view s, const std::string& at, const Words& label) {
        const size_t n = text::length(s);
        if (node.max_length && n > *node.max_length) {
            say(at, "form.length", label,
                fmt::format("dài quá {} ký tự. Hãy viết ngắn hơn.",
                            text::group_digits(static_cast<long long>(*node.max_length))),
                fmt::format("is longer than {} characters. Shorten it.", *node.max_length));
            return false;
        }
        if (node.min_length && n < *node.min_length) {
            say(at, "form.length", label, fmt::format("phải có ít nhất {} ký tự. Hãy viết đủ.", *node.min_length),
                fmt::format("must have at least {} characters. Write it out.", *node.min_length));
            return false;
        }
        return true;
    }

    void words(const FormNode& node, std::string_view s, const std::string& at, const Words& label) {
        if (!node.choices.empty()) return choice(node, s, at, label);
        if (!length(node, s, at, label)) return;
        if (node.format == "date") {
            if (!parse_date(s).ok())
                say(at, "form.date", label, "không phải ngày có thật. Hãy nhập ngày/tháng/năm, ví dụ 01/07/2026.",
                    "is not a real date. Type day/month/year, e.g. 01/07/2026.");
        } else if (node.format == "phone") {
            if (!phone_from_typed(s))
                say(at, "form.phone", label,
                    "không phải số điện thoại. Hãy nhập như 0912 345 678 hoặc +84 912 345 678.",
                    "is not a phone number. Type it like 0912 345 678 or +84 912 345 678.");
        } else if (node.format == "email") {
            if (!looks_like_email(s))
                say(at, "form.email", label, "không phải địa chỉ thư điện tử. Hãy nhập như ten@vidu.vn.",
                    "is not an e-mail address. Type it like ten@vidu.vn.");
        } else if (node.format == "personal-id") {
            personal_id(s, at, label);
        }
    }

    void personal_id(std::string_view s, const std::string& at, const Words& label) {
        switch (look_at_personal_id(s, today_)) {
            case IdLook::good:
                return;
            case IdLook::not_twelve_digits:
                return say(at, "form.personal_id", label, "phải có đúng 12 chữ số. Hãy nhập lại theo thẻ căn cước.",
                           "must have exactly 12 digits. Type it as on the identity card.");
            case IdLook::no_such_province:
                return say(at, "form.personal_id", label,
                           fmt::format("ba số đầu {} không phải mã của tỉnh nào. Hãy nhập lại theo thẻ căn cước.",
                                       s.substr(0, 3)),
                           fmt::format("the first three digits {} are no province's code. Type it as on the identity "
                                       "card.",
                                       s.substr(0, 3)));
            case IdLook::born_in_future:
                return say(
                    at, "form.personal_id", label,
                    fmt::format("số này ghi năm sinh {}, chưa tới. Hãy nhập lại theo thẻ căn cước.", birth_year_of(s)),
                    fmt::format("this number says born in {}, which is still to come. Type it as on the "
                                "identity card.",
                                birth_year_of(s)));
        }
    }

    void choice(const FormNode& node, std::string_view s, const std::string& at, const Words& label) {
        std::string vi;
        std::string en;
        size_t n = 0;
        for (const auto& c : node.choices) {
            if (c.value == s) return;
            if (++n > most_choices_named) continue;
            vi += (vi.empty() ? "" : ", ") + (c.vi.empty() ? c.value : c.vi);
            en += (en.empty() ? "" : ", ") + (!c.en.empty() ? c.en : c.vi.empty() ? c.value : c.vi);
        }
        if (n > most_choices_named) {
            vi += ", …";
            en += ", …";
        }
        say(at, "form.choice", label, fmt::format("hãy chọn một trong: {}.", vi),
            fmt::format("choose one of: {}.", en));
    }

    const std::optional<Date>& today_;
};

}  // namespace

bool FormCondition::holds(const json::object& answers) const {
    const auto part = [&](const FormCondition& c) { return c.holds(answers); };
    switch (kind) {
        case Kind::all:
            return std::all_of(parts.begin(), parts.end(), part);
        case Kind::any:
            return std::any_of(parts.begin(), parts.end(), part);
        case Kind::test:
            break;
    }
    const auto* v = answers.if_contains(field);
    return v ? passes(test, *v) : !test.present;
}

std::vector<Error> FormSchema::check(const json::value& answers, const std::optional<Date>& today) const {
    Check run(today);
    run.root(root_, answers);
    return std::move(run.errors);
}

}  // namespace hl::procedures
