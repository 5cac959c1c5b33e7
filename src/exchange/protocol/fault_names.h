// X-Road's fault codes under both spellings, as data: what ErrorCodes.java has at 7.7.0 and at 7.8.0. Values; any
// thread.
#pragma once
#include <span>
#include <string_view>

namespace hl::exchange {

struct FaultName {
    std::string_view constant;    // X-Road's name for it in its source
    std::string_view camel_case;  // up to 7.7; empty: not there
    std::string_view snake_case;  // from 7.8; empty: not there
};
[[nodiscard]] std::span<const FaultName> fault_names();

}  // namespace hl::exchange
