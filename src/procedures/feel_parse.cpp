#include <cctype>

#include "base/text.h"
#include "procedures/feel.h"

namespace hl::procedures::feel {

namespace {

// Longest first: a shorter one must not swallow the beginning of a longer one.
constexpr std::string_view functions[] = {"years and months duration",
                                          "years and months",
                                          "list contains",
                                          "string length",
                                          "starts with",
                                          "ends with",
                                          "lower case",
                                          "upper case",
                                          "contains",
                                          "ceiling",
                                          "duration",
                                          "count",
                                          "floor",
                                          "date",
                                          "abs",
                                          "sum",
                                          "min",
                                          "max"};
constexpr std::string_view keywords[] = {"and", "or",      "not",  "if",    "then", "else",
                                         "in",  "between", "true", "false", "null"};

bool is_name_start(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80) != 0;
}
bool is_name_part(char c) {
    return is_name_start(c) || std::isdigit(static_cast<unsigned char>(c));
}

/// Recursive descent. After the first error every rule returns at once with null pointers that nobody looks into.
class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<NodePtr> whole(bool as_tests) {
        if (text_.size() > max_length) return wrong(0, "biểu thức dài quá", "the expression is too long");
        if (!text::is_valid_utf8(text_)) return wrong(0, "không phải UTF-8", "not UTF-8");
        auto node = as_tests ? unary_tests() : expression();
        space();
        if (!error_ && at_ < text_.size()) fail(at_, "thừa phần sau biểu thức", "text after the end of the expression");
        if (error_) return *error_;
        return node;
    }

  private:
    static Error wrong(size_t at, std::string_view vi, std::string_view en) {
        return Error{ErrorKind::invalid, "rules.expression", fmt::format("Biểu thức sai ở cột {}: {}.", at + 1, vi),
                     fmt::format("wrong expression at column {}: {}", at + 1, en), fmt::format("column {}", at + 1)};
    }
    NodePtr fail(size_t at, std::string_view vi, std::string_view en) {
        if (!error_) error_ = wrong(at, vi, en);
        return nullptr;
    }
    NodePtr make(Op op, size_t at, std::vector<NodePtr> kids, std::string word = "") {
        if (error_) return nullptr;
        Node node{op, at, std::move(word), false, false, false, {}, std::move(kids), 1};
        return finish(std::move(node));
    }
    NodePtr finish(Node node) {
        if (error_) return nullptr;
        for (const auto& kid : node.kids) {
            if (!kid) return nullptr;
            node.depth = std::max(node.depth, kid->depth + 1);
        }
        if (node.depth > max_depth) return fail(node.at, "lồng nhau quá sâu", "nested too deeply");
        return std::make_shared<const Node>(std::move(node));
    }

    void space() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }
    bool sign(std::string_view s) {
        space();
        if (text_.substr(at_, s.size()) != s) return false;
        at_ += s.size();
        return true;
    }
    bool looking_at(char c) {
        space();
        return at_ < text_.size() && text_[at_] == c;
    }
    std::string_view peek_word() {
        space();
        size_t end = at_;
        if (end < text_.size() && is_name_start(text_[end]))
            while (end < text_.size() && is_name_part(text_[end])) ++end;
        return text_.substr(at_, end - at_);
    }
    bool keyword(std::string_view w) {
        if (peek_word() != w) return false;
        at_ += w.size();
        return true;
    }
    /// Deep nesting of brackets recurses in the parser before any node exists.
    struct Deeper {
        explicit Deeper(size_t& d) : depth(d) { ++depth; }
        ~Deeper() { --depth; }
        size_t& depth;
    };

    NodePtr expression() {
        const Deeper deeper(nesting_);
        space();
        if (nesting_ > max_depth) return fail(at_, "lồng nhau quá sâu", "nested too deeply");
        const size_t at = at_;
        if (keyword("if")) {
            auto condition = expression();
            if (!error_ && !keyword("then")) return fail(at_, "thiếu 'then'", "'then' is missing");
            auto yes = expression();
            if (!error_ && !keyword("else")) return fail(at_, "thiếu 'else'", "'else' is missing");
            auto no = expression();
            return make(Op::if_, at, {condition, yes, no});
        }
        return disjunction();
    }
    NodePtr disjunction() {
        auto left = conjunction();
        while (!error_) {
            space();
            const size_t at = at_;
            if (!keyword("or")) break;
            left = make(Op::or_, at, {left, conjunction()});
        }
        return left;
    }
    NodePtr conjunction() {
        auto left = comparison();
        while (!error_) {
            space();
            const size_t at = at_;
            if (!keyword("and")) break;
            left = make(Op::and_, at, {left, comparison()});
        }
        return left;
    }
    std::optional<Op> comparator() {
        if (sign("!=")) return Op::unequal;
        if (sign("<=")) return Op::less_equal;
        if (sign(">=")) return Op::greater_equal;
        if (sign("=")) return Op::equal;
        if (sign("<")) return Op::less;
        if (sign(">")) return Op::greater;
        return std::nullopt;
    }
    NodePtr comparison() {
        auto left = sum();
        if (error_) return nullptr;
        space();
        const size_t at = at_;
        if (const auto op = comparator()) return make(*op, at, {left, sum()});
        if (keyword("in")) return membership(at, left);
        if (keyword("between")) {
            auto low = sum();
            if (!error_ && !keyword("and"))
                return fail(at_, "thiếu 'and' sau 'between'", "'and' is missing after 'between'");
            auto high = sum();
            auto range = make(Op::range, at, {low, high});
            return make(Op::in, at, {left, range});
        }
        return left;
    }
    NodePtr membership(size_t at, NodePtr left) {
        std::vector<NodePtr> kids{std::move(left)};
        if (looking_at('(')) {
            // "(1..3]" is a range, "(1, 2)" a list of tests: the first ".." decides.
            const size_t open = at_++;
            auto first = test();
            if (error_) return nullptr;
            if (sign("..")) {
                kids.push_back(range_rest(open, true, first));
            } else {
                kids.push_back(first);
                while (!error_ && sign(",")) kids.push_back(test());
                if (!error_ && !sign(")")) return fail(at_, "thiếu dấu ')'", "')' is missing");
            }
        } else {
            kids.push_back(test());
        }
        return make(Op::in, at, std::move(kids));
    }
    NodePtr range_rest(size_t at, bool open_low, NodePtr low) {
        auto high = sum();
        if (error_) return nullptr;
        Node node{Op::range, at, "", false, open_low, false, {}, {std::move(low), std::move(high)}, 1};
        if (sign("]")) return finish(std::move(node));
        if (sign(")") || sign("[")) {
            node.open_high = true;
            return finish(std::move(node));
        }
        return fail(at_, "khoảng chưa được đóng", "the range is not closed");
    }
    NodePtr sum() {
        auto left = product();
        while (!error_) {
            space();
            const size_t at = at_;
            if (sign("+"))
                left = make(Op::add, at, {left, product()});
            else if (sign("-"))
                left = make(Op::subtract, at, {left, product()});
            else
                break;
        }
        return left;
    }
    NodePtr product() {
        auto left = signed_value();
        while (!error_) {
            space();
            const size_t at = at_;
            if (sign("*"))
                left = make(Op::multiply, at, {left, signed_value()});
            else if (sign("/"))
                left = make(Op::divide, at, {left, signed_value()});
            else
                break;
        }
        return left;
    }
    NodePtr signed_value() {
        const Deeper deeper(nesting_);
        space();
        if (nesting_ > max_depth) return fail(at_, "lồng nhau quá sâu", "nested too deeply");
        const size_t at = at_;
        if (sign("-")) return make(Op::negative, at, {signed_value()});
        return postfix();
    }
    NodePtr postfix() {
        auto value = primary();
        while (!error_) {
            space();
            const size_t at = at_;
            if (text_.substr(at_, 2) == ".." || !sign(".")) break;
            const std::string member{peek_word()};
            if (member.empty()) return fail(at_, "thiếu tên trường sau dấu chấm", "a field name must follow the dot");
            at_ += member.size();
            value = make(Op::field, at, {value}, member);
        }
        return value;
    }
    NodePtr primary() {
        space();
        const size_t at = at_;
        if (at_ >= text_.size()) return fail(at, "thiếu giá trị", "a value is missing");
        const char c = text_[at_];
        if (c == '"') return string_literal();
        if (std::isdigit(static_cast<unsigned char>(c))) return number_literal();
        if (c == '(') {
            ++at_;
            auto inner = expression();
            if (error_) return nullptr;
            if (sign("..")) return range_rest(at, true, inner);
            if (!sign(")")) return fail(at_, "thiếu dấu ')'", "')' is missing");
            return inner;
        }
        if (c == ']') {
            ++at_;
            auto low = sum();
            if (!error_ && !sign("..")) return fail(at_, "thiếu '..'", "'..' is missing");
            return error_ ? nullptr : range_rest(at, true, low);
        }
        if (c == '[') return bracket();
        if (!is_name_start(c)) return fail(at, "ký tự không hợp lệ", "unexpected character");
        if (keyword("true") || keyword("false")) {
            Node node{Op::boolean, at, "", text_[at] == 't', false, false, {}, {}, 1};
            return finish(std::move(node));
        }
        if (keyword("null")) return make(Op::null, at, {});
        if (keyword("not")) {
            if (!sign("(")) return fail(at_, "thiếu '(' sau 'not'", "'(' must follow 'not'");
            auto inner = expression();
            if (!error_ && !sign(")")) return fail(at_, "thiếu dấu ')'", "')' is missing");
            return make(Op::not_, at, {inner});
        }
        if (auto call = function_call()) return *call;
        const std::string name{peek_word()};
        if (std::find(std::begin(keywords), std::end(keywords), name) != std::end(keywords))
            return fail(at, "từ khoá đứng sai chỗ", "a keyword stands in the wrong place");
        at_ += name.size();
        if (looking_at('(')) return fail(at, "không có hàm này", "no such function");
        return make(Op::name, at, {}, name);
    }
    std::optional<NodePtr> function_call() {
        const size_t at = at_;
        for (const auto function : functions) {
            at_ = at;
            bool all = true;
            size_t from = 0;
            while (all && from <= function.size()) {
                const size_t end = std::min(function.find(' ', from), function.size());
                all = keyword(function.substr(from, end - from));
                from = end + 1;
            }
            if (!all || !sign("(")) continue;
            std::vector<NodePtr> kids;
            if (!sign(")")) {
                do kids.push_back(expression());
                while (!error_ && sign(","));
                if (!error_ && !sign(")")) return fail(at_, "thiếu dấu ')'", "')' is missing");
            }
            if (error_) return NodePtr{};
            return make(Op::call, at, std::move(kids), std::string{function});
        }
        at_ = at;
        return std::nullopt;
    }
    NodePtr bracket() {
        const size_t at = at_++;
        std::vector<NodePtr> kids;
        if (sign("]")) return make(Op::list, at, {});
        kids.push_back(expression());
        if (error_) return nullptr;
        if (sign("..")) return range_rest(at, false, kids[0]);
        while (!error_ && sign(",")) kids.push_back(expression());
        if (!error_ && !sign("]")) return fail(at_, "thiếu dấu ']'", "']' is missing");
        return make(Op::list, at, std::move(kids));
    }
    NodePtr string_literal() {
        const size_t at = at_++;
        std::string out;
        while (at_ < text_.size() && text_[at_] != '"') {
            char c = text_[at_++];
            if (c == '\\') {
                if (at_ >= text_.size()) break;
                c = text_[at_++];
                if (c == 'n')
                    c = '\n';
                else if (c == 't')
                    c = '\t';
                else if (c != '"' && c != '\\')
                    return fail(at_ - 2, "dãy thoát không hợp lệ", "unknown escape");
            }
            out += c;
        }
        if (at_ >= text_.size()) return fail(at, "chuỗi chưa được đóng", "the text is not closed");
        ++at_;
        return make(Op::text, at, {}, std::move(out));
    }
    NodePtr number_literal() {
        const size_t at = at_;
        const auto digits = [&] {
            while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) ++at_;
        };
        digits();
        if (at_ + 1 < text_.size() && text_[at_] == '.' && std::isdigit(static_cast<unsigned char>(text_[at_ + 1]))) {
            ++at_;
            digits();
        }
        if (at_ < text_.size() && is_name_start(text_[at_])) return fail(at_, "số không hợp lệ", "not a number");
        const auto value = Number::parse(text_.substr(at, at_ - at));
        if (!value) return fail(at, "số quá lớn", "the number is too large");
        Node node{Op::number, at, "", false, false, false, *value, {}, 1};
        return finish(std::move(node));
    }

    NodePtr test() {
        space();
        const size_t at = at_;
        if (const auto op = comparator()) {
            static const std::map<Op, std::string> signs = {{Op::equal, "="},   {Op::unequal, "!="},
                                                            {Op::less, "<"},    {Op::less_equal, "<="},
                                                            {Op::greater, ">"}, {Op::greater_equal, ">="}};
            return make(Op::compare, at, {sum()}, signs.at(*op));
        }
        return sum();
    }
    NodePtr unary_tests() {
        space();
        const size_t at = at_;
        if (sign("-")) {
            space();
            if (at_ == text_.size()) return make(Op::any, at, {});
            at_ = at;
        }
        if (keyword("not")) {
            if (!sign("(")) return fail(at_, "thiếu '(' sau 'not'", "'(' must follow 'not'");
            auto kids = test_list();
            if (!error_ && !sign(")")) return fail(at_, "thiếu dấu ')'", "')' is missing");
            return make(Op::not_tests, at, std::move(kids));
        }
        return make(Op::tests, at, test_list());
    }
    std::vector<NodePtr> test_list() {
        std::vector<NodePtr> kids;
        do kids.push_back(test());
        while (!error_ && sign(","));
        return kids;
    }

    std::string_view text_;
    size_t at_ = 0;
    size_t nesting_ = 0;
    std::optional<Error> error_;
};

}  // namespace

Result<NodePtr> parse(std::string_view text) {
    return Parser(text).whole(false);
}
Result<NodePtr> parse_tests(std::string_view text) {
    return Parser(text).whole(true);
}

}  // namespace hl::procedures::feel
