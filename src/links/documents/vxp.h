// The axis' REST interface as data and as pure functions: headers signed and checked, bodies written and read. Names
// come from packs/…/documents/vxp.yaml. Any thread.
#pragma once
#include <filesystem>
#include <memory>

#include "base/json.h"
#include "http/client.h"

namespace hl::links::vxp {

struct Shape {
    std::map<std::string, std::string> operations, headers, request, words, parts, answer, agency;
    std::string version, user_agent;
    int skew_seconds = 300;
    /// "XroadVnpt-timestamp".
    [[nodiscard]] std::string header(const std::string& name) const { return headers.at("prefix") + headers.at(name); }
    /// Errors: link.mapping with the place.
    [[nodiscard]] static Result<std::shared_ptr<const Shape>> read(const std::filesystem::path& file);
};

/// ddMMyyyy'T'HHmmss+SSSS in Viet Nam; SSSS are milliseconds.
[[nodiscard]] std::string vxp_time(Instant t);
[[nodiscard]] std::optional<Instant> from_vxp_time(std::string_view text);

/// The headers that say who asks, signed with the system's secret: the named headers as one JSON object, and its
/// HMAC-SHA256. `more` goes in among the signed.
[[nodiscard]] std::vector<http::Header> sign_headers(const Shape& shape, const std::string& system,
                                                     std::string_view secret, Instant now,
                                                     const std::vector<http::Header>& more = {});

/// What the answer says: code, message, and its list or id.
struct Answer {
    std::string code, message, id;
    json::array list;
    [[nodiscard]] bool ok(const Shape& shape) const { return code == shape.answer.at("ok"); }
};
/// Error: vxp.answer (half an answer, no JSON, no code).
[[nodiscard]] Result<Answer> read_answer(const Shape& shape, std::string_view body);

struct Multipart {
    std::string type, body;
};
/// `boundary` must not occur in the file; it is made from the file's hash.
[[nodiscard]] Multipart write_multipart(const Shape& shape, std::string_view edxml);

[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace hl::links::vxp
