#include "exchange/gateway/core.h"

#include "exchange/protocol/fault_texts.h"

namespace hl::exchange::gateway {

void Core::index() {
    clients.clear();
    services.clear();
    for (const auto& c : settings.clients) clients.emplace(c.id, &c);
    for (const auto& s : settings.services) {
        services.emplace(s.id, &s);
        limits.know(s);
    }
}

Result<std::shared_ptr<const Knowledge>> Core::knowledge(std::string_view side) const {
    auto current = configuration.current();
    if (!current || current->configuration().expires <= clock.now()) return carried(configuration_outdated(side));
    return current;
}

Result<void> Core::ready(std::string_view side, const Knowledge& knowledge) const {
    const auto& c = knowledge.configuration();
    if (!c.time_stampers.empty())
        if (const auto oldest = log.oldest_unstamped(); oldest && clock.now() - *oldest > c.stamp_failure_period)
            return carried({fmt::format("{}.timestamper_failed", side),
                            fmt::format("Cannot time-stamp messages: the oldest one without a time-stamp is of {}. The "
                                        "gateway's administrator must check the connection to the time-stamping "
                                        "service; messages pass again as soon as one stamp has been received.",
                                        to_rfc3339(*oldest)),
                            {},
                            side == server_proxy});
    return {};
}

}  // namespace hl::exchange::gateway
