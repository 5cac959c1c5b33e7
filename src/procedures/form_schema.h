// E-forms as data: the subset of JSON Schema 2020-12 with x-ui that docs/forms.md defines, compiled once and then used
// to judge answers. The same validator stands in web/forms/validate.ts; tests/forms holds both to one corpus. A
// compiled schema is immutable: any thread. Errors: schema.* about the schema, form.* about the answers.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "procedures/model.h"

namespace hl::procedures {

/// When a field is asked for. Two-valued: what is not known does not hold.
struct FormCondition {
    enum class Kind { test, all, any };
    struct Test {
        bool present = false;  // the field must be in the answers
        bool negated = false;  // none of `values`
        std::vector<json::value> values;
        bool number = false;  // a number within the bounds below
        std::optional<double> min, max;
        bool open_min = false, open_max = false;
    };
    Kind kind = Kind::test;
    std::string field;
    Test test;
    std::vector<FormCondition> parts;

    [[nodiscard]] bool holds(const json::object& answers) const;
};

struct FormProperty;
/// One value of a form, references resolved.
struct FormNode {
    enum class Kind { text, integer, number, boolean, object };
    struct Choice {
        std::string value, vi, en;
    };
    Kind kind = Kind::text;
    bool or_text = false;  // object: the text as stated on the paper will do
    std::string label_vi, label_en;
    std::string help_vi, help_en;
    std::string widget;  // as x-ui names it; empty: by kind and format
    std::string format;  // text: date | personal-id | phone | email
    std::optional<size_t> min_length, max_length;
    std::optional<int64_t> min, max;
    std::vector<Choice> choices;           // text: one of these; empty = free
    std::vector<FormProperty> properties;  // object: in the order they are asked
};
struct FormProperty {
    std::string name;
    FormNode node;
    bool required = false;  // when shown
    std::optional<FormCondition> when;
};

/// Largest whole number that every side reads alike (2^53 − 1).
inline constexpr int64_t form_largest = 9'007'199'254'740'991;

class FormSchema {
  public:
    /// Nothing when the schema is not of the subset; `errors` says why, each with its pointer into the schema.
    [[nodiscard]] static std::optional<FormSchema> compile(const json::value& schema, std::vector<Error>& errors);
    /// Every mistake in the answers, with its pointer ("/mother/personal_id"), in the order of the form. `today`
    /// absent: nothing is judged against the present day.
    [[nodiscard]] std::vector<Error> check(const json::value& answers, const std::optional<Date>& today) const;
    [[nodiscard]] const FormNode& root() const { return root_; }

  private:
    FormNode root_;
};

/// The form as a schema of the subset. Errors: form.condition when a field's condition is none that the subset can say.
[[nodiscard]] Result<json::object> form_schema_json(const Form& form, std::string_view title = {},
                                                    std::string_view id = {});
/// Both steps.
[[nodiscard]] Result<std::shared_ptr<const FormSchema>> form_schema_of(const Form& form);

}  // namespace hl::procedures
