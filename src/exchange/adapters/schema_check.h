// JSON values judged by the schemas of an OpenAPI 3 document: the subset of JSON Schema that descriptions of services
// use, in 3.0's spelling and 3.1's. References stay within the document. Bounded: depth, work, and time of patterns.
// Private to this part. Immutable once made: any thread.
#pragma once
#include <unicode/regex.h>

#include <boost/json.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hl::exchange::adapters {

namespace json = boost::json;

/// The patterns of a document, compiled once. ICU's engine: backtracking, so each match has a limit on time and stack,
/// and texts a limit on length.
class Patterns {
  public:
    [[nodiscard]] Result<void> add(std::string_view pattern);
    enum class Match { yes, no, gave_up };
    [[nodiscard]] Match search(std::string_view pattern, std::string_view text) const;

  private:
    std::map<std::string, std::unique_ptr<icu::RegexPattern>, std::less<>> compiled_;
};

enum class Way { request, response };  // readOnly members are not asked for in requests, writeOnly not in responses

class Schemas {
  public:
    /// Compiles the patterns and follows every reference once. Errors: adapter.description (with a pointer).
    [[nodiscard]] static Result<Schemas> make(json::value document);
    [[nodiscard]] const json::value& document() const { return document_; }
    /// References followed; nullptr when they lead nowhere or in a circle.
    [[nodiscard]] const json::value* resolved(const json::value& node) const;
    /// Appends what is wrong with `value`, its place given as `at` and a JSON pointer, at most 50 in all.
    void check(const json::value& schema, const json::value& value, Way way, const std::string& at,
               std::vector<Error>& errors) const;
    [[nodiscard]] const Patterns& patterns() const { return patterns_; }

  private:
    json::value document_;
    Patterns patterns_;
};

}  // namespace hl::exchange::adapters
