// Reading JSON that people and machines send. boost::json is the value type everywhere; this adds a reader that
// collects every mistake with its JSON pointer instead of stopping at the first. Values only, any thread.
#pragma once
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace hl {

namespace json = boost::json;

/// Parses with limits fit for outside bytes (depth 32). Error code "json.malformed".
[[nodiscard]] Result<json::value> parse_json(std::string_view text);
/// Deterministic text: keys sorted bytewise, no spaces. What hashes and ledger leaves are made of.
[[nodiscard]] std::string canonical_json(const json::value& value);

/// Reads the members of one object. A missing or wrong member is recorded, a neutral value returned; check
/// `finish()` once at the end. Unknown members are an error too: a misspelt name must not be dropped silently.
class JsonReader {
  public:
    explicit JsonReader(const json::value& value, std::string at = "");

    [[nodiscard]] std::string text(std::string_view key, size_t max_length = 1000);  // normalised, required, not blank
    [[nodiscard]] std::optional<std::string> optional_text(std::string_view key, size_t max_length = 1000);
    [[nodiscard]] std::string secret(std::string_view key);  // as sent, not normalised
    [[nodiscard]] int64_t integer(std::string_view key, int64_t min, int64_t max);
    [[nodiscard]] std::optional<int64_t> optional_integer(std::string_view key, int64_t min, int64_t max);
    [[nodiscard]] bool boolean(std::string_view key, bool otherwise);
    [[nodiscard]] std::optional<Date> optional_date(std::string_view key);
    [[nodiscard]] Date date(std::string_view key);
    [[nodiscard]] std::optional<Instant> optional_instant(std::string_view key);
    [[nodiscard]] Instant instant(std::string_view key);
    template <class T>
    [[nodiscard]] T id(std::string_view key) {
        return T{text(key, 100)};
    }
    /// One of the given words, or an error that lists them.
    [[nodiscard]] std::string one_of(std::string_view key, std::initializer_list<std::string_view> words,
                                     std::optional<std::string> otherwise = std::nullopt);
    /// The members of an array (empty when absent), each with its pointer.
    [[nodiscard]] std::vector<std::pair<const json::value*, std::string>> array(std::string_view key,
                                                                                size_t max = 1000);
    [[nodiscard]] const json::value* raw(std::string_view key);  // nullptr when absent or null
    [[nodiscard]] JsonReader object(std::string_view key);       // errors of the child are joined by absorb()
    void absorb(JsonReader&& child);
    void fail(std::string_view key, std::string code, std::string vi, std::string en);

    [[nodiscard]] Result<void> finish();  // the first error; `errors()` has all
    [[nodiscard]] const std::vector<Error>& errors() const { return errors_; }

  private:
    const json::value* find(std::string_view key, bool required);
    const json::object* object_ = nullptr;
    std::string at_;
    std::vector<std::string> used_;
    std::vector<Error> errors_;
};

/// A key as a part of a JSON Pointer (RFC 6901).
[[nodiscard]] std::string escape_pointer(std::string_view key);

}  // namespace hl
