// What the adapters' answers have in common: JSON and problem documents, query parameters read strictly, pages. Private
// to this part. Values; any thread.
#pragma once
#include "exchange/adapters/adapter.h"

namespace hl::exchange::adapters {

namespace json = boost::json;

[[nodiscard]] AdapterResponse json_answer(const json::value& value, int status = 200);
[[nodiscard]] AdapterResponse problem_answer(const Error& error, const AdapterRequest& request);
/// Nothing when the method is GET or HEAD; else 405 with Allow.
[[nodiscard]] std::optional<AdapterResponse> refuse_unless_read(const AdapterRequest& request);
/// HEAD is GET without the body.
void drop_body(const AdapterRequest& request, AdapterResponse& response);

[[nodiscard]] Error nothing_there(std::string_view path);

/// Query parameters of one request. Each may stand once, and one nobody asks for is an error: a misspelt filter must
/// not answer with everything.
class QueryReader {
  public:
    explicit QueryReader(const AdapterRequest& request) : request_(request) {}
    [[nodiscard]] std::optional<std::string> take(std::string_view name);
    /// From 1 to `largest`.
    [[nodiscard]] Result<int64_t> limit(int64_t otherwise, int64_t largest);
    [[nodiscard]] Result<int64_t> number(std::string_view name, int64_t otherwise, int64_t largest);
    /// The first mistake: adapter.parameter_unknown, adapter.parameter_twice.
    [[nodiscard]] Result<void> finish() const;

  private:
    const AdapterRequest& request_;
    std::vector<std::string> used_;
};

/// "?limit=10&after=…": the request's own query with other values for some names. Relative to the request's address
/// (RFC 3986 4.2), since the adapter does not know under which address a consumer reached it.
[[nodiscard]] std::string same_query_with(const AdapterRequest& request,
                                          const std::vector<std::pair<std::string, std::string>>& other);

/// A position for `after`, opaque to who gets it.
[[nodiscard]] std::string to_cursor(const json::array& position);
[[nodiscard]] Result<json::array> from_cursor(std::string_view cursor, size_t parts);

}  // namespace hl::exchange::adapters
