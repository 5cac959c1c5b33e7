// What answers for an agency that has no web service of its own: its database, a folder of its files or a table in a
// CSV become a REST service described by OpenAPI 3. The provider's gateway hands a request over when rights, limits and
// the log are done with it. `answer` blocks and may be called from many worker threads at once.
#pragma once
#include <boost/json.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exchange/protocol/identifiers.h"
#include "http/message.h"

namespace hl::exchange {

struct AdapterRequest {
    std::string method;                                      // upper case
    std::string path = "/";                                  // below the service; normalised_path() of what was sent
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order: parse_query()
    std::vector<http::Header> headers;
    std::string body;
    ClientId client;         // who asks: some columns are for some consumers only
    std::string message_id;  // X-Road-Id: problem documents name it

    [[nodiscard]] std::string_view header(std::string_view name) const;                 // "" when absent
    [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;  // the first of that name
};

/// The next bytes of a large body, at most as many as the buffer holds; 0 at its end. One thread at a time. An error
/// in the middle means that the answer must be cut off, not ended.
using BodySource = std::function<Result<size_t>(std::span<char> buffer)>;

struct AdapterResponse {
    int status = 200;
    std::vector<http::Header> headers;  // Content-Type among them; neither Content-Length nor Date
    std::string body;
    BodySource source{};              // instead of `body`, when it is set
    std::optional<int64_t> length{};  // bytes that `source` will give, where known

    [[nodiscard]] std::string_view header(std::string_view name) const;
};

class Adapter {
  public:
    virtual ~Adapter() = default;
    /// Refusals are answers too (problem documents); nothing is thrown.
    [[nodiscard]] virtual AdapterResponse answer(const AdapterRequest& request) = 0;
    /// OpenAPI 3 as JSON, made from the settings: what the service is registered with and getOpenAPI tells.
    [[nodiscard]] virtual boost::json::object description() const = 0;
    /// Does what stands behind it answer now? For the health page; blocks at most as long as one request.
    [[nodiscard]] virtual Result<void> check() = 0;
};

/// `settings.kind` is "sql", "csv" or "folder"; relative paths begin at `folder`, where the settings file lies. Nothing
/// is opened that may be away for a while (a database); what is plainly wrong is refused here. Errors: adapter.* and
/// field.*, `at` being the pointer into the settings.
[[nodiscard]] Result<std::unique_ptr<Adapter>> make_adapter(const boost::json::object& settings,
                                                            const std::filesystem::path& folder);

/// A file of settings: one JSON object for make_adapter. `at` of an error begins with the file's name.
[[nodiscard]] Result<std::unique_ptr<Adapter>> load_adapter(const std::filesystem::path& file);

/// "a=1&b=%C4%91" decoded, in order. Error adapter.query when an escape is malformed or it is not UTF-8.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace hl::exchange
