#include "procedures/feel.h"

namespace hl::procedures::feel {

namespace {

std::string quoted(std::string_view s) {
    std::string out = "\"";
    for (const char c : s) {
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else
            out += c;
    }
    return out + '"';
}

bool needs_no_brackets(const Node& n) {
    switch (n.op) {
        case Op::null:
        case Op::boolean:
        case Op::number:
        case Op::text:
        case Op::name:
        case Op::list:
        case Op::not_:
        case Op::field:
        case Op::call:
            return true;
        default:
            return false;
    }
}
std::string operand(const Node& n) {
    return needs_no_brackets(n) ? print(n) : "(" + print(n) + ")";
}
/// Where a test may stand: a range or a comparison keeps its own shape.
std::string test_text(const Node& n) {
    return n.op == Op::range || n.op == Op::compare ? print(n) : operand(n);
}

std::string joined(const std::vector<NodePtr>& kids, size_t from, std::string (*text)(const Node&)) {
    std::string out;
    for (size_t i = from; i < kids.size(); ++i) {
        if (i > from) out += ", ";
        out += text(*kids[i]);
    }
    return out;
}

std::string binary(const Node& n, std::string_view sign) {
    return operand(*n.kids[0]) + " " + std::string{sign} + " " + operand(*n.kids[1]);
}

}  // namespace

std::string print(const Node& n) {
    switch (n.op) {
        case Op::null:
            return "null";
        case Op::boolean:
            return n.flag ? "true" : "false";
        case Op::number:
            return n.number.text();
        case Op::text:
            return quoted(n.word);
        case Op::name:
            return n.word;
        case Op::list:
            return "[" + joined(n.kids, 0, &operand) + "]";
        case Op::range:
            return (n.open_low ? "]" : "[") + operand(*n.kids[0]) + ".." + operand(*n.kids[1]) +
                   (n.open_high ? "[" : "]");
        case Op::negative:
            return "-" + operand(*n.kids[0]);
        case Op::add:
            return binary(n, "+");
        case Op::subtract:
            return binary(n, "-");
        case Op::multiply:
            return binary(n, "*");
        case Op::divide:
            return binary(n, "/");
        case Op::equal:
            return binary(n, "=");
        case Op::unequal:
            return binary(n, "!=");
        case Op::less:
            return binary(n, "<");
        case Op::less_equal:
            return binary(n, "<=");
        case Op::greater:
            return binary(n, ">");
        case Op::greater_equal:
            return binary(n, ">=");
        case Op::in:
            return operand(*n.kids[0]) + " in (" + joined(n.kids, 1, &test_text) + ")";
        case Op::and_:
            return binary(n, "and");
        case Op::or_:
            return binary(n, "or");
        case Op::not_:
            return "not(" + print(*n.kids[0]) + ")";
        case Op::if_:
            return "if " + operand(*n.kids[0]) + " then " + operand(*n.kids[1]) + " else " + operand(*n.kids[2]);
        case Op::field:
            return operand(*n.kids[0]) + "." + n.word;
        case Op::call:
            return n.word + "(" + joined(n.kids, 0, &operand) + ")";
        case Op::any:
            return "-";
        case Op::compare:
            return n.word + " " + operand(*n.kids[0]);
        case Op::tests:
            return joined(n.kids, 0, &test_text);
        case Op::not_tests:
            return "not(" + joined(n.kids, 0, &test_text) + ")";
    }
    return "";
}

bool same(const Node& a, const Node& b) {
    if (a.op != b.op || a.word != b.word || a.flag != b.flag || a.open_low != b.open_low ||
        a.open_high != b.open_high || a.number != b.number || a.kids.size() != b.kids.size())
        return false;
    for (size_t i = 0; i < a.kids.size(); ++i)
        if (!same(*a.kids[i], *b.kids[i])) return false;
    return true;
}

std::set<std::string> names(const Node& node) {
    std::set<std::string> out;
    if (node.op == Op::name) out.insert(node.word);
    for (const auto& kid : node.kids) out.merge(names(*kid));
    return out;
}

}  // namespace hl::procedures::feel
