// The Common Alerting Protocol 1.2 (OASIS Standard, 1 July 2010) as values: a message with its infos, resources and
// areas; read strictly from XML and written to it. Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace hl::warnings {

enum class Status { actual, exercise, system, test, draft };
enum class MessageType { alert, update, cancel, ack, error };
enum class Scope { public_, restricted, private_ };
enum class Category { geo, met, safety, security, rescue, fire, health, env, transport, infra, cbrne, other };
enum class Response { shelter, evacuate, prepare, execute, avoid, monitor, assess, all_clear, none };
enum class Urgency { immediate, expected, future, past, unknown };
enum class Severity { extreme, severe, moderate, minor, unknown };
enum class Certainty { observed, likely, possible, unlikely, unknown };

/// The protocol's own word ("Actual"), and back.
[[nodiscard]] std::string_view to_string(Status v);
[[nodiscard]] std::string_view to_string(MessageType v);
[[nodiscard]] std::string_view to_string(Scope v);
[[nodiscard]] std::string_view to_string(Category v);
[[nodiscard]] std::string_view to_string(Response v);
[[nodiscard]] std::string_view to_string(Urgency v);
[[nodiscard]] std::string_view to_string(Severity v);
[[nodiscard]] std::string_view to_string(Certainty v);
template <class E>
[[nodiscard]] std::optional<E> from_word(std::string_view word);

struct Named {  // parameter, eventCode, geocode
    std::string name, value;
    bool operator==(const Named&) const = default;
};
struct Point {
    double lat = 0, lon = 0;
    bool operator==(const Point&) const = default;
};
struct Circle {
    Point centre;
    double km = 0;
    bool operator==(const Circle&) const = default;
};
struct Area {
    std::string description;
    std::vector<std::vector<Point>> polygons;  // closed: at least four points, the last is the first
    std::vector<Circle> circles;
    std::vector<Named> geocodes;
    std::optional<double> altitude, ceiling;  // feet above mean sea level, as the protocol has it
    bool operator==(const Area&) const = default;
};
struct Resource {
    std::string description, mime;
    std::optional<int64_t> bytes;
    std::string uri, content, digest;  // content: base64; digest: SHA-1 in hex
    bool operator==(const Resource&) const = default;
};
struct Info {
    std::string language = "en-US";  // what the protocol assumes when none is said
    std::vector<Category> categories;
    std::string event;
    std::vector<Response> responses;
    Urgency urgency = Urgency::unknown;
    Severity severity = Severity::unknown;
    Certainty certainty = Certainty::unknown;
    std::string audience;
    std::vector<Named> event_codes;
    std::optional<Instant> effective, onset, expires;
    std::string sender_name, headline, description, instruction, web, contact;
    std::vector<Named> parameters;
    std::vector<Resource> resources;
    std::vector<Area> areas;
    bool operator==(const Info&) const = default;
};
/// An earlier message: "sender,identifier,sent".
struct Reference {
    std::string sender, identifier;
    Instant sent;
    bool operator==(const Reference&) const = default;
};
struct Message {
    std::string identifier, sender;
    Instant sent;  // whole seconds
    Status status = Status::actual;
    MessageType type = MessageType::alert;
    std::string source;
    Scope scope = Scope::public_;
    std::string restriction, addresses;
    std::vector<std::string> codes;
    std::string note;
    std::vector<Reference> references;
    std::string incidents;
    std::vector<Info> infos;
    bool operator==(const Message&) const = default;
    [[nodiscard]] Reference self() const { return {sender, identifier, sent}; }
};

inline constexpr std::string_view name_space = "urn:oasis:names:tc:emergency:cap:1.2";
inline constexpr size_t most_bytes = 1u << 20;

/// Errors: cap.too_large, cap.invalid_xml (syntax, encoding, a DOCTYPE), cap.namespace, cap.structure (an element that
/// is missing, twice, out of order or unknown), cap.value (not what the protocol allows there). `at` names the element.
[[nodiscard]] Result<Message> parse(std::string_view xml);
/// What the protocol demands beyond the form: restricted messages say to whom, updates what they update. Errors:
/// cap.structure, cap.value.
[[nodiscard]] Result<void> check(const Message& message);
/// UTF-8 with the province's offset. What it writes, `parse` reads to the same value.
[[nodiscard]] std::string write(const Message& message);

/// "2026-11-28T10:00:00+07:00".
[[nodiscard]] std::string to_cap(Instant t);

}  // namespace hl::warnings
