// The settings of a database served read-only: the connection (in a file of its own, which no log and no message ever
// quotes) and the resources. Private to this part.
#pragma once
#include <filesystem>

#include "exchange/adapters/answers.h"
#include "exchange/adapters/sql_statement.h"
#include "exchange/adapters/values.h"

namespace hl::exchange::adapters {

struct SqlParameter {
    std::string name, title;
    ValueType type = ValueType::text;
    bool in_path = false, required = false;
    std::optional<std::string> otherwise;  // default, as it would be sent
};

struct SqlColumn {
    std::string name, title;
    ValueType type = ValueType::text;
    std::vector<ClientId> consumers;  // empty: everybody who may call
    [[nodiscard]] bool visible_to(const ClientId& client) const;
};

struct SqlResource {
    std::string path, title;
    std::vector<std::string> segments;  // "{ma}" is a parameter
    NumberedStatement statement;
    std::vector<SqlParameter> parameters;
    std::vector<SqlColumn> columns;
    std::vector<std::string> order;
    Paging paging = Paging::none;
    bool single = false;  // one object, or 404
    int64_t page = 100, largest_page = 1000, rows = 10'000;
    int64_t timeout_ms = 5000;
};

struct SqlSettings {
    std::string title, version;
    std::filesystem::path connection_file;
    int64_t connections = 4;
    std::vector<SqlResource> resources;
};
/// Errors: field.*, adapter.statement, adapter.resource, with the pointer.
[[nodiscard]] Result<SqlSettings> read_sql_settings(const json::object& settings, const std::filesystem::path& folder);

/// What libpq is told, by its own keywords.
struct SqlConnectionSettings {
    std::vector<std::pair<std::string, std::string>> words;
};
/// Errors: adapter.connection_file (missing, not readable, open to others, a database elsewhere without TLS).
[[nodiscard]] Result<SqlConnectionSettings> read_connection_file(const std::filesystem::path& file);

}  // namespace hl::exchange::adapters
