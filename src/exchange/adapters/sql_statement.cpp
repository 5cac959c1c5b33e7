#include "exchange/adapters/sql_statement.h"

namespace hl::exchange::adapters {

namespace {

Error bad(std::string vi, std::string en) {
    return {ErrorKind::invalid, "adapter.statement", "Câu lệnh: " + std::move(vi), "The statement: " + std::move(en)};
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Goes through the statement token by token; what is no parameter is copied as it stands.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    Result<NumberedStatement> run() {
        while (at_ < text_.size()) {
            TRY_VOID(step());
        }
        if (!open_.empty()) return bad("thiếu dấu đóng ngoặc.", "a bracket is not closed.");
        if (!first_word_ || (*first_word_ != "select" && *first_word_ != "with"))
            return bad("phải bắt đầu bằng SELECT hoặc WITH.", "it must begin with SELECT or WITH.");
        return std::move(out_);
    }

  private:
    [[nodiscard]] char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    void copy(size_t n) {
        out_.text += text_.substr(at_, n);
        at_ += n;
    }

    Result<void> step() {
        const char c = peek();
        if (c == '\0') return bad("có ký tự rỗng.", "it holds a zero character.");
        if (c == '-' && peek(1) == '-') {
            const auto end = std::min(text_.find('\n', at_), text_.size());
            copy(end - at_);
            return Nothing{};
        }
        if (c == '/' && peek(1) == '*') return comment();
        if (c == '\'') return quoted('\'', false);
        if (c == '"') return quoted('"', false);
        if ((c == 'e' || c == 'E') && peek(1) == '\'') {
            copy(1);
            return quoted('\'', true);
        }
        if (is_letter(c)) return word();
        if (is_digit(c)) {
            while (is_digit(peek()) || is_letter(peek())) copy(1);
            return Nothing{};
        }
        if (c == '$') return dollar();
        if (c == ':') return colon();
        if (c == ';')
            return bad("không được có dấu chấm phẩy; mỗi tài nguyên là một câu lệnh.",
                       "it must hold no semicolon; a resource is one statement.");
        return brackets(c);
    }

    Result<void> brackets(char c) {
        if (c == '(' || c == '[') open_ += c;
        if (c == ')' || c == ']') {
            if (open_.empty() || open_.back() != (c == ')' ? '(' : '['))
                return bad("dấu đóng ngoặc không có dấu mở.", "a bracket closes what was not opened.");
            open_.pop_back();
        }
        copy(1);
        return Nothing{};
    }

    Result<void> comment() {
        int depth = 0;  // PostgreSQL's comments nest
        do {
            if (peek() == '/' && peek(1) == '*') {
                ++depth;
                copy(2);
            } else if (peek() == '*' && peek(1) == '/') {
                --depth;
                copy(2);
            } else if (at_ >= text_.size()) {
                return bad("chú thích không được đóng.", "a comment is not closed.");
            } else {
                copy(1);
            }
        } while (depth > 0);
        return Nothing{};
    }

    Result<void> quoted(char mark, bool escapes) {
        copy(1);
        while (at_ < text_.size()) {
            if (escapes && peek() == '\\') {
                copy(std::min<size_t>(2, text_.size() - at_));
            } else if (peek() == mark && peek(1) == mark) {
                copy(2);
            } else if (peek() == mark) {
                copy(1);
                return Nothing{};
            } else {
                copy(1);
            }
        }
        return bad("dấu nháy không được đóng.", "a quote is not closed.");
    }

    Result<void> word() {
        const auto begin = at_;
        while (is_letter(peek()) || is_digit(peek()) || peek() == '$') copy(1);
        if (!first_word_) {
            first_word_.emplace(text_.substr(begin, at_ - begin));
            for (auto& c : *first_word_)
                if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        }
        return Nothing{};
    }

    Result<void> dollar() {
        if (is_digit(peek(1)))
            return bad("dùng tham số có tên (:ten), không dùng $1.", "use named parameters (:name) and not $1.");
        size_t end = 1;
        while (is_letter(peek(end)) || (end > 1 && is_digit(peek(end)))) ++end;
        if (peek(end) != '$') {
            copy(1);
            return Nothing{};
        }
        const auto tag = text_.substr(at_, end + 1);
        const auto close = text_.find(tag, at_ + tag.size());
        if (close == std::string_view::npos) return bad("dấu nháy $ không được đóng.", "a dollar quote is not closed.");
        copy(close + tag.size() - at_);
        return Nothing{};
    }

    Result<void> colon() {
        if (peek(1) == ':') {
            copy(2);
            return Nothing{};
        }
        if (!is_letter(peek(1))) {
            // An array's slice [1:2], or the := of a named argument.
            if (open_.ends_with('[') || peek(1) == '=') {
                copy(1);
                return Nothing{};
            }
            return bad("sau dấu hai chấm phải là tên tham số.", "after a colon comes a parameter's name.");
        }
        ++at_;
        const auto begin = at_;
        while (is_letter(peek()) || is_digit(peek())) ++at_;
        const std::string name{text_.substr(begin, at_ - begin)};
        auto known = std::find(out_.names.begin(), out_.names.end(), name);
        const auto number = known - out_.names.begin() + 1;
        if (known == out_.names.end()) out_.names.push_back(name);
        out_.text += fmt::format("${}", number);
        return Nothing{};
    }

    std::string_view text_;
    size_t at_ = 0;
    std::string open_;
    std::optional<std::string> first_word_;
    NumberedStatement out_;
};

std::string list_of(const std::vector<std::string>& names, std::string_view what) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + fmt::format("{}{}", what, quoted_name(name));
    return out;
}

}  // namespace

Result<NumberedStatement> number_parameters(std::string_view statement) {
    return Scanner(statement).run();
}

std::string quoted_name(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
}

std::string wrapped(const NumberedStatement& statement, const Wrap& wrap) {
    // The line break ends a comment at the statement's end.
    auto out = fmt::format("SELECT {} FROM ({}\n) AS r", list_of(wrap.columns, "r."), statement.text);
    size_t number = statement.names.size();
    if (wrap.continued) {
        std::string position;
        for (size_t i = 0; i < wrap.order.size(); ++i) position += fmt::format("{}${}", i ? ", " : "", ++number);
        out += fmt::format(" WHERE ({}) > ({})", list_of(wrap.order, "r."), position);
    }
    if (!wrap.order.empty()) out += " ORDER BY " + list_of(wrap.order, "r.");
    out += fmt::format(" LIMIT ${}", ++number);
    if (wrap.paging == Paging::offset) out += fmt::format(" OFFSET ${}", ++number);
    return out;
}

}  // namespace hl::exchange::adapters
