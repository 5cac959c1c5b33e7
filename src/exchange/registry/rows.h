// Rows of the registry's tables as values, and small things that its commands share. Private to this part.
#pragma once
#include "base/json.h"
#include "exchange/registry/registry.h"

namespace hl::exchange {

/// What was parsed before it was stored: a text that does not parse is a bug.
[[nodiscard]] ClientId client_of(std::string_view path);
[[nodiscard]] ServiceId service_of(std::string_view path);
[[nodiscard]] ServerId server_of(std::string_view path);
[[nodiscard]] std::vector<Endpoint> endpoints_of(std::string_view text);
[[nodiscard]] json::array to_json(const std::vector<Endpoint>& endpoints);
/// id, subject, of_group, service, method, path, valid_from, valid_to, basis.
[[nodiscard]] Right right_of(const store::Row& row);
[[nodiscard]] json::object to_json(const Right& right);
[[nodiscard]] AuthorityEntry authority_of(std::string_view body);
[[nodiscard]] TimeStamperEntry time_stamper_of(std::string_view body);

[[nodiscard]] json::value text_or_null(std::string_view text);
[[nodiscard]] json::value day_or_null(const std::optional<Date>& day);
[[nodiscard]] json::value time_or_null(const std::optional<Instant>& time);

/// The agency behind a member; empty when the directory has none. Error: exchange.unknown_member.
[[nodiscard]] Result<AgencyId> agency_of(store::Reader& reader, const ClientId& member);
[[nodiscard]] bool exists(store::Reader& reader, const ClientId& client);
[[nodiscard]] bool exists(store::Reader& reader, const ServiceId& service);
[[nodiscard]] Error no_such_client(const ClientId& client);
[[nodiscard]] Error no_such_service(const ServiceId& service);

/// A part of an identifier that this registry gives out: X-Road's safe characters, 1 to 100 of them.
/// Error: exchange.code.
[[nodiscard]] Result<void> judge_code(std::string_view code, std::string_view at);

void append(store::Transaction& tx, std::string_view type, std::string stream, const access::Actor& actor, Instant now,
            json::object data);

}  // namespace hl::exchange
