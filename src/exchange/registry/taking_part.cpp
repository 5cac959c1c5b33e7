#include "exchange/registry/taking_part.h"

namespace hl::exchange {

namespace {
constexpr std::string_view select_now =
    "SELECT s.id FROM exchange_subsystem s JOIN exchange_member m ON m.id = s.member WHERE s.id = ? AND s.valid_from "
    "<= "
    "? AND (s.valid_to IS NULL OR s.valid_to > ?) AND m.valid_from <= ? AND (m.valid_to IS NULL OR m.valid_to > ?)";
}

Result<void> require_taking_part(store::Reader& reader, const ClientId& subsystem, Date today) {
    const auto id = to_path(subsystem);
    if (reader.first(select_now, {id, today, today, today, today}, [](const store::Row&) { return true; }))
        return Nothing{};
    return Error{ErrorKind::denied, "exchange.not_taking_part",
                 fmt::format("{} hiện không tham gia liên thông: chưa đến ngày, hoặc đã rời đi.", to_text(subsystem)),
                 fmt::format("{} does not take part in the exchange now: its day has not come, or it has left.",
                             to_text(subsystem))};
}

}  // namespace hl::exchange
