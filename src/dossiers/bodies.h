// Request bodies of the one-stop's routes, read with every mistake pointed at. Private to the routes.
#pragma once
#include "base/json.h"
#include "dossiers/import.h"

namespace hl::dossiers::bodies {

[[nodiscard]] std::vector<Component> components(JsonReader& in, std::string_view key);
[[nodiscard]] std::vector<Charge> charges(JsonReader& in, std::string_view key);
[[nodiscard]] std::vector<std::string> texts(JsonReader& in, std::string_view key, size_t most, size_t longest);
[[nodiscard]] Applicant applicant(JsonReader& in, std::string_view key);
[[nodiscard]] Channel channel(JsonReader& in, std::string_view key);
[[nodiscard]] Filing filing(JsonReader& in);
[[nodiscard]] ImportItem import_item(JsonReader& in);
[[nodiscard]] std::vector<directory::Succession> successions(JsonReader& in, std::string_view key);
/// A task's number, when the body names one.
[[nodiscard]] std::optional<int> task(JsonReader& in);

}  // namespace hl::dossiers::bodies
