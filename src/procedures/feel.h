// The expression language of conditions and decision tables: a subset of FEEL (OMG DMN 1.3, chapter 10). Numbers are
// exact, logic is three-valued (null = not known), input is bounded in size and depth. Everything is a value or an
// immutable tree; any thread. Errors: rules.expression, with the column in Error::at.
//
// Stricter than FEEL on purpose: an unknown name or a comparison of different kinds is an error, not null, because a
// legal rule must not silently fail to apply.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "procedures/number.h"

namespace hl::procedures::feel {

/// Years-and-months duration.
struct Months {
    int64_t count = 0;
    auto operator<=>(const Months&) const = default;
};

struct Value;
using List = std::vector<Value>;
using Fields = std::map<std::string, Value, std::less<>>;
struct Value {
    std::variant<std::monostate, bool, Number, std::string, Date, Months, List, Fields> is{};

    [[nodiscard]] bool null() const { return is.index() == 0; }
    template <class T>
    [[nodiscard]] const T* as() const {
        return std::get_if<T>(&is);
    }
    bool operator==(const Value&) const = default;
};
/// JSON as answers send it. Texts stay texts; the caller turns fields of type date into dates.
[[nodiscard]] Value from_json(const json::value& value);
[[nodiscard]] json::value to_json(const Value& value);

inline constexpr size_t max_length = 4000;
inline constexpr size_t max_depth = 60;

struct Node;
using NodePtr = std::shared_ptr<const Node>;

enum class Op {
    null,
    boolean,
    number,
    text,
    name,
    list,
    range,  // kids: low, high; open ends in flags
    negative,
    add,
    subtract,
    multiply,
    divide,
    equal,
    unequal,
    less,
    less_equal,
    greater,
    greater_equal,
    in,  // kids: value, tests…
    and_,
    or_,
    not_,
    if_,
    field,  // kids: value; word = member
    call,   // word = function
    // Unary tests only:
    any,      // "-"
    compare,  // kids: right side; word = operator
    tests,    // kids: one must hold
    not_tests
};

struct Node {
    Op op = Op::null;
    size_t at = 0;  // byte offset in the source
    std::string word;
    bool flag = false;                         // boolean's value
    bool open_low = false, open_high = false;  // range
    Number number;
    std::vector<NodePtr> kids;
    size_t depth = 1;
};

[[nodiscard]] Result<NodePtr> parse(std::string_view text);
/// One cell of a decision table: "-", "< 5", "[1..3]", "\"a\",\"b\"", "not(1,2)".
[[nodiscard]] Result<NodePtr> parse_tests(std::string_view text);
/// Text that parses to an equal tree.
[[nodiscard]] std::string print(const Node& node);
[[nodiscard]] bool same(const Node& a, const Node& b);
/// Names that the expression reads.
[[nodiscard]] std::set<std::string> names(const Node& node);

[[nodiscard]] Result<Value> evaluate(const Node& node, const Fields& context);
/// Does `input` pass? Nothing: not known.
[[nodiscard]] Result<std::optional<bool>> passes(const Node& tests, const Value& input, const Fields& context);
/// Parses, evaluates, and asks for a truth value. An empty text is true; null is nothing.
[[nodiscard]] Result<std::optional<bool>> holds(std::string_view text, const Fields& context);

}  // namespace hl::procedures::feel
