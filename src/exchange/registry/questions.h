// What people ask of the registry: would this call be allowed and why not, which services are there and may I call
// them. On the caller's snapshot.
#pragma once
#include "base/json.h"
#include "exchange/registry/registry.h"

namespace hl::exchange {

struct CheckQuestion {
    ClientId client;
    ServiceId service;
    std::string method = "GET", path = "/";  // path as sent
    Instant at;
    std::optional<Right> proposed;  // as if it had been granted
};
[[nodiscard]] Result<Decision> check(store::Reader& reader, const Registry& registry, const CheckQuestion& question);
/// With every right that was looked at and what it missed, in both languages.
[[nodiscard]] json::object to_json(const Decision& decision);

struct CatalogueQuestion {
    std::optional<ClientId> client;  // whose rights are shown
    std::string search;
    std::string after;  // id of the last service of the page before
    size_t limit = 50;
};
/// {items, next}: services with their endpoints, who provides them and whom to ask; with a client, what it may call.
[[nodiscard]] Result<json::object> catalogue(store::Reader& reader, const Registry& registry,
                                             const CatalogueQuestion& question, Instant now);

}  // namespace hl::exchange
