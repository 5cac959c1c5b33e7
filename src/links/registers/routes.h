// HTTP face of the registers: looking a code up, comparing a name exactly, what central systems handle themselves.
#pragma once
#include "access/api.h"
#include "links/registers/register.h"

namespace hl::links::registers {

struct RouteParts {
    store::Store& store;
    const Clock& clock;
    /// By name; null: not connected.
    std::function<std::shared_ptr<Register>(const std::string& name)> find;
    std::function<connector::Line()> line;
};
void add_routes(access::Api& api, const RouteParts& parts);

}  // namespace hl::links::registers
