// One value of an e-form as controls of a page, and back: what stands in the controls becomes the answer that the
// form's schema judges. Private to the room; pure.
#pragma once
#include "portal/visitor.h"
#include "procedures/form_schema.h"

namespace hl::portal {

/// A control's id for its name: "mother.name" → "mother-name".
[[nodiscard]] std::string control_id(std::string_view path);
/// An answer's pointer as the name of its control: "/mother/name" → "mother.name".
[[nodiscard]] std::string path_of(std::string_view pointer);

struct ControlView {
    std::string name, label, hint, fault, value;
    std::string type = "text";           // of <input>; area, radio, select
    bool required = false, big = false;  // big: the question is the page's heading
    std::string mode{}, complete{};      // inputmode, autocomplete
    std::string kind{};                  // data-type
    std::vector<std::pair<std::string, std::string>> options{};
    size_t longest = 0;
};
[[nodiscard]] Data control(const ControlView& view);
[[nodiscard]] Data heading(const std::string& text);

/// Faults by control name.
using Faults = std::map<std::string, std::string, std::less<>>;

/// The controls of one answer, in order. `value` is what is there already, or null. With `typed`, what was just sent is
/// shown instead, right or wrong.
[[nodiscard]] std::vector<Data> controls_of(const Pages& pages, const std::string& lang,
                                            const procedures::FormProperty& property, const json::value* value,
                                            const Form* typed, const Faults& faults);
/// The answer in a form's controls; nothing when nothing was filled in.
[[nodiscard]] std::optional<json::value> answer_in(const procedures::FormNode& node, const std::string& name,
                                                   const Form& form);
/// Lines for people: one for a simple value, one a part ("Ngày sinh: 01/07/2026") for a group.
[[nodiscard]] std::vector<std::string> shown(const Pages& pages, const std::string& lang,
                                             const procedures::FormNode& node, const json::value& value);
[[nodiscard]] std::string label_of(const procedures::FormNode& node, const std::string& name, const std::string& lang);
/// Text of several lines, each in normal form.
[[nodiscard]] std::string normal_lines(std::string_view typed);
[[nodiscard]] std::string text_at(const json::object& o, std::string_view key);

}  // namespace hl::portal
