// What the node's operations share. Private to this room.
#pragma once
#include "links/documents/node.h"

namespace hl::links::vxp {

inline constexpr size_t largest_body = 100u << 20;

inline std::string member(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    const auto* s = v ? v->if_string() : nullptr;
    if (s) return std::string{*s};
    return v && v->is_int64() ? std::to_string(v->get_int64()) : std::string{};
}

inline Error bad_request(std::string_view code, std::string_view vi, std::string_view en) {
    return {ErrorKind::invalid, std::string{code}, std::string{vi}, std::string{en}};
}

}  // namespace hl::links::vxp
