// The inside of pack.cpp: one YAML mapping becomes one indicator. For .cpp files of this room only.
#pragma once
#include "ioc/indicators/pack.h"
#include "procedures/yaml_reader.h"

namespace hl::ioc {

using procedures::YamlReader;

/// Reads `defaults`-able members: from the indicator, or else from the file's defaults.
struct Members {
    YamlReader& own;
    YamlReader* defaults = nullptr;
    [[nodiscard]] YamlReader& with(std::string_view key) {
        const bool by_default = defaults && defaults->has(key);
        return by_default && !own.has(key) ? *defaults : own;
    }
};
[[nodiscard]] Indicator read_indicator(Members in);
[[nodiscard]] Fold read_fold(YamlReader& in);
[[nodiscard]] AlertRule read_alert(YamlReader& in);

/// The enum value of a key's word, or a mistake that lists the words.
template <class E, class All>
E word_of(YamlReader& in, std::string_view key, const All& all, E otherwise, bool required = false) {
    const auto word = required ? std::optional{in.text(key, 60)} : in.optional_text(key, 60);
    if (!word || word->empty()) return otherwise;
    std::string list;
    for (const E e : all) {
        if (*word == to_string(e)) return e;
        list += (list.empty() ? "" : ", ") + std::string{to_string(e)};
    }
    in.fail(key, "indicator.word", "phải là một trong: " + list, "must be one of: " + list);
    return otherwise;
}

}  // namespace hl::ioc
