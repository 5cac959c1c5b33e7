// Quotas over restarts: read when a gateway opens, written while it runs and when it ends.
#include "base/files.h"
#include "base/log.h"
#include "exchange/gateway/gateway_state.h"
#include "exchange/gateway/quota_file.h"

namespace hl::exchange {

using namespace gateway;

namespace {

constexpr std::chrono::milliseconds kept_every{10'000};

bool has_quota(const ConsumerLimit& limit) {
    return limit.per_day > 0 || limit.per_month > 0;
}

bool any_quota(const GatewaySettings& settings) {
    for (const auto& service : settings.services) {
        if (has_quota(service.limit)) return true;
        for (const auto& [client, limit] : service.limits_of)
            if (has_quota(limit)) return true;
    }
    return false;
}

}  // namespace

void Gateway::State::restore_quotas() {
    if (!any_quota(core->settings)) return;
    const auto used = read_quotas(quota_file());
    if (used.ok())
        core->limits.quotas().restore(*used);
    else
        log::warning("exchange", "quotas are counted anew", {{"why", used.error().en}});
    quota_keeper = std::make_unique<Ticker>([this] {
        keep_quotas();
        return kept_every;
    });
}

void Gateway::State::keep_quotas() {
    auto text = quotas_json(core->limits.quotas().used());
    if (text == quotas_kept) return;
    std::error_code ec;
    std::filesystem::create_directories(parts.settings.folder, ec);
    if (const auto written = write_file_durably(quota_file(), text); written.ok())
        quotas_kept = std::move(text);
    else
        log::warning("exchange", "used quotas were not kept", {{"why", written.error().en}});
}

}  // namespace hl::exchange
