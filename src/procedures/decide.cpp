#include "base/text.h"
#include "procedures/catalogue.h"
#include "procedures/form_schema.h"
#include "procedures/tables.h"

namespace hl::procedures {

namespace {

const DecisionTable* table_of(const Release& release, std::string_view id) {
    for (const auto& t : release.tables)
        if (t.id == id) return &t;
    return nullptr;
}
std::string text_of(const feel::Fields& row, const char* key) {
    const auto it = row.find(key);
    const auto* s = it == row.end() ? nullptr : it->second.as<std::string>();
    return s ? *s : std::string{};
}
std::optional<int64_t> integer_of(const feel::Fields& row, const char* key) {
    const auto it = row.find(key);
    const auto* n = it == row.end() ? nullptr : it->second.as<feel::Number>();
    return n ? n->integer() : std::nullopt;
}
bool is_true(const feel::Fields& row, const char* key) {
    const auto it = row.find(key);
    const auto* b = it == row.end() ? nullptr : it->second.as<bool>();
    return b && *b;
}
Error wrong_table(const std::string& id, std::string vi, std::string en) {
    return {ErrorKind::invalid, "rules.expression", "Bảng \"" + id + "\": " + vi, "table " + id + ": " + en,
            "rules/" + id};
}

Result<bool> applies(const std::string& when, const feel::Fields& context, std::string place) {
    auto held = feel::holds(when, context);
    if (!held.ok()) return std::move(held).error().pointing(std::move(place));
    return held->value_or(false);  // not known is not met
}

/// Fee table: outputs id, amount (a whole number of đồng, or null = not verified), and for charges that the card does
/// not list also name and kind. A row with a listed id replaces that fee's amount.
Result<void> apply_fee_table(const DecisionTable& table, const Release& release, const feel::Fields& context,
                             std::vector<Decision::Charge>& charges) {
    TRY(auto rows, run_table(table, context));
    for (const auto& row : rows) {
        Decision::Charge charge{text_of(row, "id"), text_of(row, "name"), text_of(row, "kind"), std::nullopt};
        if (const auto it = row.find("amount"); it != row.end() && !it->second.null()) {
            charge.amount = integer_of(row, "amount");
            if (!charge.amount || *charge.amount < 0)
                return wrong_table(table.id, "số tiền phải là số nguyên đồng, không âm",
                                   "an amount must be a whole, non-negative number of đồng");
        }
        if (charge.id.empty()) return wrong_table(table.id, "thiếu cột id", "the id output is missing");
        if (release.card.fees)
            for (const auto& fee : *release.card.fees)
                if (fee.id == charge.id) {
                    if (charge.name.empty()) charge.name = fee.name;
                    if (charge.kind.empty()) charge.kind = fee.kind;
                }
        const auto there =
            std::find_if(charges.begin(), charges.end(), [&](const auto& c) { return c.id == charge.id; });
        if (there != charges.end())
            *there = std::move(charge);
        else
            charges.push_back(std::move(charge));
    }
    return Nothing{};
}

}  // namespace

Result<Decision> decide(const Release& release, const Answers& answers) {
    const auto context = make_context(release.form, answers);
    Decision out;
    for (const auto& c : release.card.components) {
        TRY(const bool asked, applies(c.when, context, "components/" + c.id));
        if (asked) out.components.push_back(c);
    }
    if (const auto* table = table_of(release, "documents")) {
        TRY(auto rows, run_table(*table, context));
        for (const auto& row : rows) {
            const auto id = text_of(row, "id");
            const auto it = std::find_if(release.card.components.begin(), release.card.components.end(),
                                         [&](const Component& c) { return c.id == id; });
            if (it == release.card.components.end())
                return wrong_table(table->id, "không có thành phần \"" + id + "\"", "no component " + id);
            auto there = std::find_if(out.components.begin(), out.components.end(),
                                      [&](const Component& c) { return c.id == id; });
            if (there == out.components.end()) there = out.components.insert(out.components.end(), *it);
            if (row.contains("required")) there->required = is_true(row, "required");
        }
    }

    const auto* fee_table = table_of(release, "fee");
    if (release.card.fees || fee_table) {
        std::vector<Decision::Charge> charges;
        if (release.card.fees)
            for (const auto& fee : *release.card.fees) {
                TRY(const bool due, applies(fee.when, context, "fees/" + fee.id));
                if (due) charges.push_back({fee.id, fee.name, fee.kind, fee.amount});
            }
        if (fee_table) TRY_VOID(apply_fee_table(*fee_table, release, context, charges));
        out.charges = std::move(charges);
    }

    if (const auto* channel = release.card.channel(answers.channel)) out.time = channel->time;
    if (const auto* table = table_of(release, "deadline")) {
        TRY(auto rows, run_table(*table, context));
        if (!rows.empty()) {
            const auto& row = rows.front();
            const auto value = integer_of(row, "value");
            const auto unit = time_unit_from(text_of(row, "unit"));
            if (!value || *value <= 0 || *value > 10'000 || !unit)
                return wrong_table(table->id, "cần cột value (số nguyên dương) và unit",
                                   "the outputs value (a positive integer) and unit are needed");
            out.time = LegalTime{static_cast<int>(*value), *unit, is_true(row, "same_day")};
        }
    }
    if (const auto* table = table_of(release, "competent")) {
        TRY(auto rows, run_table(*table, context));
        if (!rows.empty())
            out.competent = Decision::Competent{text_of(rows.front(), "function"), text_of(rows.front(), "agency")};
    }
    return out;
}

std::vector<Error> check_answers(const Release& release, const json::object& fields, const std::optional<Date>& today) {
    auto schema = release.form_schema;
    if (!schema) {
        auto made = form_schema_of(release.form);
        if (!made.ok()) return {std::move(made).error().pointing("/fields")};
        schema = *std::move(made);
    }
    auto errors = schema->check(fields, today);
    for (auto& e : errors) e.at = "/fields" + e.at;
    return errors;
}

}  // namespace hl::procedures
