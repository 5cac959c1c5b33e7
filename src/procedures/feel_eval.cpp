#include "base/text.h"
#include "procedures/feel.h"

namespace hl::procedures::feel {

namespace {

/// Thrown inside this file only, so that the rules below read as arithmetic; evaluate() turns it into an Error.
struct Wrong {
    Error error;
};
[[noreturn]] void wrong(const Node& node, std::string_view vi, std::string_view en) {
    throw Wrong{Error{ErrorKind::invalid, "rules.expression",
                      fmt::format("Không tính được biểu thức ở cột {}: {}.", node.at + 1, vi),
                      fmt::format("cannot evaluate the expression at column {}: {}", node.at + 1, en),
                      fmt::format("column {}", node.at + 1)}};
}

using Truth = std::optional<bool>;
Value of(Truth t) {
    return t ? Value{*t} : Value{};
}

Truth truth(const Value& v, const Node& node) {
    if (v.null()) return std::nullopt;
    if (const auto* b = v.as<bool>()) return *b;
    wrong(node, "cần giá trị đúng/sai", "a truth value is needed");
}

std::partial_ordering order(const Value& a, const Value& b, const Node& node) {
    if (const auto* x = a.as<Number>(), *y = b.as<Number>(); x && y) return *x <=> *y;
    if (const auto* x = a.as<std::string>(), *y = b.as<std::string>(); x && y) return *x <=> *y;
    if (const auto* x = a.as<Date>(), *y = b.as<Date>(); x && y) return *x <=> *y;
    if (const auto* x = a.as<Months>(), *y = b.as<Months>(); x && y) return *x <=> *y;
    wrong(node, "không so sánh được hai loại giá trị khác nhau", "values of these kinds cannot be compared");
}

Truth equal(const Value& a, const Value& b, const Node& node) {
    if (a.null() || b.null()) return a.null() && b.null();
    if (a.is.index() != b.is.index())
        wrong(node, "không so sánh được hai loại giá trị khác nhau", "values of different kinds are never equal");
    return a == b;
}

Truth compare(std::string_view sign, const Value& a, const Value& b, const Node& node) {
    if (sign == "=") return equal(a, b, node);
    if (sign == "!=") {
        const auto e = equal(a, b, node);
        return e ? Truth{!*e} : std::nullopt;
    }
    if (a.null() || b.null()) return std::nullopt;
    const auto o = order(a, b, node);
    if (sign == "<") return o < 0;
    if (sign == "<=") return o <= 0;
    if (sign == ">") return o > 0;
    return o >= 0;
}

Truth both(Truth a, Truth b) {
    if ((a && !*a) || (b && !*b)) return false;
    return a && b ? Truth{true} : std::nullopt;
}
Truth either(Truth a, Truth b) {
    if ((a && *a) || (b && *b)) return true;
    return a && b ? Truth{false} : std::nullopt;
}

class Evaluator {
  public:
    explicit Evaluator(const Fields& context) : context_(context) {}

    Value value(const Node& n) {
        switch (n.op) {
            case Op::null:
                return {};
            case Op::boolean:
                return {n.flag};
            case Op::number:
                return {n.number};
            case Op::text:
                return {n.word};
            case Op::name: {
                const auto it = context_.find(n.word);
                if (it == context_.end()) wrong(n, "không có trường tên \"" + n.word + "\"", "unknown name " + n.word);
                return it->second;
            }
            case Op::list: {
                List out;
                for (const auto& kid : n.kids) out.push_back(value(*kid));
                return {std::move(out)};
            }
            case Op::negative: {
                const auto v = value(*n.kids[0]);
                if (v.null()) return {};
                return number_or_overflow(number(v, n).negate(), n);
            }
            case Op::add:
            case Op::subtract:
            case Op::multiply:
            case Op::divide:
                return arithmetic(n);
            case Op::equal:
                return of(compare("=", value(*n.kids[0]), value(*n.kids[1]), n));
            case Op::unequal:
                return of(compare("!=", value(*n.kids[0]), value(*n.kids[1]), n));
            case Op::less:
                return of(compare("<", value(*n.kids[0]), value(*n.kids[1]), n));
            case Op::less_equal:
                return of(compare("<=", value(*n.kids[0]), value(*n.kids[1]), n));
            case Op::greater:
                return of(compare(">", value(*n.kids[0]), value(*n.kids[1]), n));
            case Op::greater_equal:
                return of(compare(">=", value(*n.kids[0]), value(*n.kids[1]), n));
            case Op::in: {
                const auto input = value(*n.kids[0]);
                Truth any = false;
                for (size_t i = 1; i < n.kids.size(); ++i) any = either(any, test(*n.kids[i], input));
                return of(any);
            }
            // Short-circuit so that "a != null and a > 3" guards its right side.
            case Op::and_: {
                const auto left = truth(value(*n.kids[0]), n);
                if (left && !*left) return {false};
                return of(both(left, truth(value(*n.kids[1]), n)));
            }
            case Op::or_: {
                const auto left = truth(value(*n.kids[0]), n);
                if (left && *left) return {true};
                return of(either(left, truth(value(*n.kids[1]), n)));
            }
            case Op::not_: {
                const auto t = truth(value(*n.kids[0]), n);
                return t ? Value{!*t} : Value{};
            }
            case Op::if_:
                return value(truth(value(*n.kids[0]), n).value_or(false) ? *n.kids[1] : *n.kids[2]);
            case Op::field:
                return member(n);
            case Op::call:
                return call(n);
            default:
                wrong(n, "chỉ dùng được trong ô điều kiện", "this belongs into a test, not an expression");
        }
    }

    Truth test(const Node& n, const Value& input) {
        switch (n.op) {
            case Op::any:
                return true;
            case Op::tests:
            case Op::not_tests: {
                Truth any = false;
                for (const auto& kid : n.kids) any = either(any, test(*kid, input));
                if (n.op == Op::tests) return any;
                return any ? Truth{!*any} : std::nullopt;
            }
            case Op::compare:
                return compare(n.word, input, value(*n.kids[0]), n);
            case Op::range: {
                const auto low = compare(n.open_low ? ">" : ">=", input, value(*n.kids[0]), n);
                const auto high = compare(n.open_high ? "<" : "<=", input, value(*n.kids[1]), n);
                return both(low, high);
            }
            default: {
                const auto v = value(n);
                if (const auto* list = v.as<List>(); list && !input.as<List>()) {
                    Truth any = false;
                    for (const auto& item : *list) any = either(any, equal(input, item, n));
                    return any;
                }
                return equal(input, v, n);
            }
        }
    }

  private:
    static const Number& number(const Value& v, const Node& n) {
        if (const auto* x = v.as<Number>()) return *x;
        wrong(n, "cần một số", "a number is needed");
    }
    static const std::string& string(const Value& v, const Node& n) {
        if (const auto* x = v.as<std::string>()) return *x;
        wrong(n, "cần một chuỗi", "a text is needed");
    }
    static Value number_or_overflow(const std::optional<Number>& x, const Node& n) {
        if (!x) wrong(n, "số vượt giới hạn hoặc chia cho 0", "number overflow or division by zero");
        return {*x};
    }
    static Value shifted(Date d, int64_t months, const Node& n) {
        if (months > 120'000 || months < -120'000) wrong(n, "khoảng thời gian quá lớn", "the duration is too long");
        auto out = d + std::chrono::months{months};
        if (!out.ok()) out = out.year() / out.month() / std::chrono::last;  // 31 January + 1 month
        return {Date{out}};
    }

    Value arithmetic(const Node& n) {
        const auto a = value(*n.kids[0]);
        const auto b = value(*n.kids[1]);
        if (a.null() || b.null()) return {};
        if (n.op == Op::add && a.as<std::string>() && b.as<std::string>()) {
            auto joined = *a.as<std::string>() + *b.as<std::string>();
            if (joined.size() > 100'000) wrong(n, "chuỗi quá dài", "the text is too long");
            return {std::move(joined)};
        }
        if (const auto* d = a.as<Date>(); d && b.as<Months>() && (n.op == Op::add || n.op == Op::subtract)) {
            const auto m = b.as<Months>()->count;
            return shifted(*d, n.op == Op::add ? m : -m, n);
        }
        const auto& x = number(a, n);
        const auto& y = number(b, n);
        switch (n.op) {
            case Op::add:
                return number_or_overflow(x.add(y), n);
            case Op::subtract:
                return number_or_overflow(x.subtract(y), n);
            case Op::multiply:
                return number_or_overflow(x.multiply(y), n);
            default:
                return number_or_overflow(x.divide(y), n);
        }
    }

    Value member(const Node& n) {
        const auto v = value(*n.kids[0]);
        if (v.null()) return {};
        if (const auto* fields = v.as<Fields>()) {
            const auto it = fields->find(n.word);
            return it == fields->end() ? Value{} : it->second;
        }
        if (const auto* d = v.as<Date>()) {
            if (n.word == "year") return {Number{int{d->year()}}};
            if (n.word == "month") return {Number{static_cast<int64_t>(unsigned{d->month()})}};
            if (n.word == "day") return {Number{static_cast<int64_t>(unsigned{d->day()})}};
        }
        if (const auto* m = v.as<Months>()) {
            if (n.word == "years") return {Number{m->count / 12}};
            if (n.word == "months") return {Number{m->count % 12}};
        }
        wrong(n, "không có trường \"" + n.word + "\"", "no field " + n.word);
    }

    Value call(const Node& n) {
        std::vector<Value> args;
        for (const auto& kid : n.kids) args.push_back(value(*kid));
        const auto take = [&](size_t count) {
            if (args.size() != count) wrong(n, "sai số lượng tham số", "wrong number of arguments");
        };
        const auto& f = n.word;
        if (f == "count" || f == "sum" || f == "min" || f == "max") return aggregate(n, std::move(args));
        if (f == "list contains") {
            take(2);
            if (args[0].null()) return {};
            if (const auto* list = args[0].as<List>()) {
                Truth any = false;
                for (const auto& item : *list) any = either(any, equal(item, args[1], n));
                return of(any);
            }
            wrong(n, "cần một danh sách", "a list is needed");
        }
        if (f == "contains" || f == "starts with" || f == "ends with") {
            take(2);
            if (args[0].null() || args[1].null()) return {};
            const auto& a = string(args[0], n);
            const auto& b = string(args[1], n);
            return {f == "contains"      ? a.find(b) != std::string::npos
                    : f == "starts with" ? a.starts_with(b)
                                         : a.ends_with(b)};
        }
        if (f == "years and months" || f == "years and months duration") {
            take(2);
            if (args[0].null() || args[1].null()) return {};
            const auto *from = args[0].as<Date>(), *to = args[1].as<Date>();
            if (!from || !to) wrong(n, "cần hai ngày", "two dates are needed");
            return {between(*from, *to)};
        }
        take(1);
        if (args[0].null()) return {};
        if (f == "string length") return {Number{static_cast<int64_t>(text::length(string(args[0], n)))}};
        if (f == "lower case") return {text::lower(string(args[0], n))};
        if (f == "upper case") return {text::upper(string(args[0], n))};
        if (f == "abs") {
            const auto& x = number(args[0], n);
            return x < Number{0} ? number_or_overflow(x.negate(), n) : Value{x};
        }
        if (f == "floor") return {Number{number(args[0], n).floor()}};
        if (f == "ceiling") {
            const auto& x = number(args[0], n);
            return {Number{x.is_integer() ? x.numerator() : x.floor() + 1}};
        }
        if (f == "date") {
            if (args[0].as<Date>()) return args[0];
            const auto d = parse_date(string(args[0], n));
            if (!d.ok()) wrong(n, "ngày không hợp lệ", "not a date (YYYY-MM-DD)");
            return {d.value()};
        }
        return {duration(string(args[0], n), n)};
    }

    static Value aggregate(const Node& n, std::vector<Value> args) {
        List items;
        if (args.size() == 1 && args[0].null()) return {};
        if (args.size() == 1 && args[0].as<List>())
            items = *args[0].as<List>();
        else if (n.word == "count")
            wrong(n, "cần một danh sách", "a list is needed");
        else
            items = std::move(args);
        if (n.word == "count") return {Number{static_cast<int64_t>(items.size())}};
        if (items.empty()) return {};
        for (const auto& item : items)
            if (item.null()) return {};
        if (n.word == "sum") {
            Value total{Number{0}};
            for (const auto& item : items) total = number_or_overflow(number(total, n).add(number(item, n)), n);
            return total;
        }
        const Value* best = &items[0];
        for (const auto& item : items) {
            const auto o = order(item, *best, n);
            if (n.word == "min" ? o < 0 : o > 0) best = &item;
        }
        return *best;
    }

    /// Whole months from one date to the other, towards zero.
    static Months between(Date from, Date to) {
        if (to < from) return {-between(to, from).count};
        int64_t months = (int{to.year()} - int{from.year()}) * 12LL + unsigned{to.month()} - unsigned{from.month()};
        if (to.day() < from.day()) --months;
        return {months};
    }

    /// "P18Y", "P1Y6M", "-P3M".
    static Months duration(std::string_view text, const Node& n) {
        const bool negative = text.starts_with('-');
        if (negative) text.remove_prefix(1);
        int64_t total = 0;
        bool any = false;
        if (text.starts_with('P')) {
            text.remove_prefix(1);
            for (const auto& [unit, factor] : {std::pair{'Y', 12}, std::pair{'M', 1}}) {
                size_t digits = 0;
                int64_t count = 0;
                while (digits < text.size() && digits < 6 && text[digits] >= '0' && text[digits] <= '9')
                    count = count * 10 + (text[digits++] - '0');
                if (digits == 0 || digits >= text.size() || text[digits] != unit) continue;
                total += count * factor;
                any = true;
                text.remove_prefix(digits + 1);
            }
        }
        if (!any || !text.empty())
            wrong(n, "khoảng thời gian phải viết như \"P18Y\" hay \"P6M\"", "a duration is written like P18Y or P6M");
        return {negative ? -total : total};
    }

    const Fields& context_;
};

}  // namespace

Result<Value> evaluate(const Node& node, const Fields& context) {
    try {
        return Evaluator(context).value(node);
    } catch (Wrong& w) {
        return std::move(w.error);
    }
}

Result<std::optional<bool>> passes(const Node& tests, const Value& input, const Fields& context) {
    try {
        return Evaluator(context).test(tests, input);
    } catch (Wrong& w) {
        return std::move(w.error);
    }
}

Result<std::optional<bool>> holds(std::string_view text, const Fields& context) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return std::optional<bool>{true};
    TRY(auto node, parse(text));
    TRY(auto value, evaluate(*node, context));
    if (value.null()) return std::optional<bool>{};
    if (const auto* b = value.as<bool>()) return std::optional<bool>{*b};
    return Error{ErrorKind::invalid, "rules.expression", "Điều kiện phải cho kết quả đúng hoặc sai.",
                 "a condition must give true or false", "column 1"};
}

Value from_json(const json::value& value) {
    if (value.is_bool()) return {value.get_bool()};
    if (value.is_int64()) return {Number{value.get_int64()}};
    if (value.is_uint64() && value.get_uint64() <= static_cast<uint64_t>(INT64_MAX))
        return {Number{static_cast<int64_t>(value.get_uint64())}};
    if (value.is_double()) {
        // The shortest text that reads back to the same double is what the sender wrote.
        const auto text = fmt::format("{}", value.get_double());
        const bool negative = text.starts_with('-');
        auto n = Number::parse(std::string_view{text}.substr(negative ? 1 : 0));
        if (n && negative) n = n->negate();
        return n ? Value{*n} : Value{};
    }
    if (value.is_string()) return {std::string{std::string_view{value.get_string()}}};
    if (value.is_array()) {
        List out;
        for (const auto& item : value.get_array()) out.push_back(from_json(item));
        return {std::move(out)};
    }
    if (value.is_object()) {
        Fields out;
        for (const auto& [key, item] : value.get_object())
            out.emplace(std::string{std::string_view{key}}, from_json(item));
        return {std::move(out)};
    }
    return {};
}

json::value to_json(const Value& value) {
    struct Visit {
        json::value operator()(std::monostate) const { return nullptr; }
        json::value operator()(bool b) const { return b; }
        json::value operator()(const Number& n) const {
            if (const auto i = n.integer()) return *i;
            return json::value_from(n.text());  // exact text: a double would round
        }
        json::value operator()(const std::string& s) const { return json::value_from(s); }
        json::value operator()(Date d) const { return json::value_from(to_iso(d)); }
        json::value operator()(Months m) const {
            return json::value_from(fmt::format("{}P{}M", m.count < 0 ? "-" : "", m.count < 0 ? -m.count : m.count));
        }
        json::value operator()(const List& list) const {
            json::array out;
            for (const auto& item : list) out.push_back(to_json(item));
            return out;
        }
        json::value operator()(const Fields& fields) const {
            json::object out;
            for (const auto& [key, item] : fields) out[key] = to_json(item);
            return out;
        }
    };
    return std::visit(Visit{}, value.is);
}

}  // namespace hl::procedures::feel
