// The adapters there are. Private to this part.
#pragma once
#include "exchange/adapters/adapter.h"

namespace hl::exchange::adapters {

using Made = Result<std::unique_ptr<Adapter>>;
[[nodiscard]] Made make_sql_adapter(const boost::json::object& settings, const std::filesystem::path& folder);
[[nodiscard]] Made make_csv_adapter(const boost::json::object& settings, const std::filesystem::path& folder);
[[nodiscard]] Made make_folder_adapter(const boost::json::object& settings, const std::filesystem::path& folder);

struct Kind {
    std::string_view name;
    Made (*make)(const boost::json::object&, const std::filesystem::path&);
};
inline constexpr Kind kinds[] = {{"sql", make_sql_adapter}, {"csv", make_csv_adapter}, {"folder", make_folder_adapter}};

/// `written` as it stands, or below `folder` when it is relative.
[[nodiscard]] inline std::filesystem::path resolved(const std::filesystem::path& folder, std::string_view written) {
    const std::filesystem::path path{written};
    return path.is_absolute() ? path : folder / path;
}

}  // namespace hl::exchange::adapters
