#include "exchange/adapters/adapter.h"

#include "base/files.h"
#include "base/json.h"
#include "exchange/adapters/kinds.h"

namespace hl::exchange {

Result<std::unique_ptr<Adapter>> make_adapter(const boost::json::object& settings,
                                              const std::filesystem::path& folder) {
    const auto* kind = settings.if_contains("kind");
    const std::string_view word = kind && kind->is_string() ? std::string_view{kind->get_string()} : "";
    for (const auto& known : adapters::kinds)
        if (known.name == word) return known.make(settings, folder);
    std::string list;
    for (const auto& known : adapters::kinds) list += (list.empty() ? "" : ", ") + std::string{known.name};
    return Error{ErrorKind::invalid, "adapter.kind", fmt::format("Ghi kind là một trong: {}.", list),
                 fmt::format("Set kind to one of: {}.", list), "/kind"};
}

Result<std::unique_ptr<Adapter>> load_adapter(const std::filesystem::path& file) {
    const auto name = file.filename().string();
    TRY(const auto bytes, read_file(file, 1 << 20));
    auto parsed = parse_json(bytes);
    if (!parsed.ok()) return std::move(parsed.error()).pointing(name);
    if (!parsed->is_object())
        return Error{ErrorKind::invalid, "adapter.settings", "Tệp cấu hình phải là một đối tượng JSON.",
                     "The settings file must be one JSON object.", name};
    auto made = make_adapter(parsed->get_object(), file.parent_path());
    if (!made.ok() && (made.error().at.empty() || made.error().at.starts_with('/')))
        made.error().at = name + made.error().at;
    return made;
}

}  // namespace hl::exchange
