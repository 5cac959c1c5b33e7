// Old addresses: since 01/7/2025 an address names a commune and a province (Resolution 202/2025/QH15, Law
// 72/2025/QH15), but cards, papers and memories still name the commune, district and province of before. Pure; any
// thread.
#pragma once
#include <optional>
#include <string>

#include "directory/directory.h"

namespace hl::dossiers {

struct AddressToday {
    std::string text;  // the address as it is written on the day
    UnitId unit;       // its commune then
    std::string name;  // "Phường Đông Hà"
    std::string was;   // "Phường 1, Thành phố Đông Hà": what the commune was found by
};
/// The address with its commune and province of the day. Nothing when the commune is not found, is found twice, or is
/// today's already: a guess about where somebody lives is worse than none.
[[nodiscard]] std::optional<AddressToday> address_today(const directory::Directory& directory, std::string_view address,
                                                        Date day);

}  // namespace hl::dossiers
