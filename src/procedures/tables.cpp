#include "procedures/tables.h"

#include "procedures/catalogue.h"

namespace hl::procedures {

namespace {
Error in_row(Error e, const DecisionTable& table, size_t row) {
    e.vi = fmt::format("Bảng \"{}\", dòng {}: {}", table.id, row + 1, e.vi);
    e.en = fmt::format("table {}, row {}: {}", table.id, row + 1, e.en);
    return std::move(e).pointing(fmt::format("rules/{}/{}", table.id, row));
}
}  // namespace

Result<std::vector<feel::Fields>> run_table(const DecisionTable& table, const feel::Fields& context) {
    std::vector<feel::Value> inputs;
    for (const auto& text : table.inputs) {
        TRY(auto node, feel::parse(text));
        TRY(auto value, feel::evaluate(*node, context));
        inputs.push_back(std::move(value));
    }
    std::vector<feel::Fields> out;
    for (size_t row = 0; row < table.rules.size(); ++row) {
        const auto& rule = table.rules[row];
        bool fires = true;
        for (size_t i = 0; fires && i < rule.when.size() && i < inputs.size(); ++i) {
            auto tests = feel::parse_tests(rule.when[i]);
            if (!tests.ok()) return in_row(std::move(tests).error(), table, row);
            auto passed = feel::passes(**tests, inputs[i], context);
            if (!passed.ok()) return in_row(std::move(passed).error(), table, row);
            fires = passed->value_or(false);  // not known is not met
        }
        if (!fires) continue;
        feel::Fields outputs;
        for (size_t i = 0; i < rule.then.size() && i < table.outputs.size(); ++i) {
            auto node = feel::parse(rule.then[i]);
            if (!node.ok()) return in_row(std::move(node).error(), table, row);
            auto value = feel::evaluate(**node, context);
            if (!value.ok()) return in_row(std::move(value).error(), table, row);
            outputs[table.outputs[i]] = std::move(value).value();
        }
        out.push_back(std::move(outputs));
        if (table.hit_policy == "first") return out;
        if (table.hit_policy == "unique" && out.size() > 1)
            return in_row(Error{ErrorKind::invalid, "rules.several", "hơn một dòng khớp với câu trả lời",
                                "more than one row matches the answers"},
                          table, row);
    }
    if (out.empty() && table.hit_policy != "collect")
        return Error{
            ErrorKind::invalid, "rules.no_match",
            "Không dòng nào của bảng \"" + table.id + "\" khớp với câu trả lời. Hãy kiểm tra lại thông tin đã khai.",
            "no row of table " + table.id + " matches the answers", "rules/" + table.id};
    return out;
}

feel::Fields make_context(const Form& form, const Answers& answers) {
    feel::Fields context;
    for (const auto& field : form.fields) {
        feel::Value value;
        if (const auto* v = answers.fields.if_contains(field.id)) value = feel::from_json(*v);
        if (field.type == "date")
            if (const auto* s = value.as<std::string>()) {
                auto date = parse_date(*s);
                value = date.ok() ? feel::Value{date.value()} : feel::Value{};
            }
        context[field.id] = std::move(value);
    }
    context["channel"] = {std::string{to_string(answers.channel)}};
    context["subject_kind"] = {answers.subject_kind};
    context["place"] = answers.place.empty() ? feel::Value{} : feel::Value{answers.place.value};
    return context;
}

}  // namespace hl::procedures
