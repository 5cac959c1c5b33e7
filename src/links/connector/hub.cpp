#include "links/connector/hub.h"

#include <cmath>

namespace hl::connector {

Hub::~Hub() {
    stop();
}

void Hub::add(std::shared_ptr<Connector> connector, const PartnerSettings& settings, store::Followers& followers) {
    if (!settings.connected()) return;
    auto entry = std::make_unique<Entry>();
    entry->connector = connector;
    entry->settings = settings;
    entry->runner = std::make_unique<Runner>(ground_, connector, settings.pace);
    entry->follower =
        std::make_shared<OutboxFollower>(connector, ground_.clock, [runner = entry->runner.get()] { runner->wake(); });
    followers.add(entry->follower);
    entries_.push_back(std::move(entry));
}

void Hub::start() {
    for (const auto& entry : entries_) entry->runner->start();
}

void Hub::stop() {
    for (const auto& entry : entries_) entry->runner->stop();
}

Result<Hub::Entry*> Hub::find(std::string_view name) const {
    for (const auto& entry : entries_)
        if (entry->connector->name() == name) return entry.get();
    return Error{ErrorKind::not_found, "link.unknown",
                 fmt::format("Không có kết nối «{}». Kết nối được khai ở mục links của tệp cấu hình.", name),
                 fmt::format("There is no connector '{}'. Connectors are set under links in the settings file.", name)};
}

void Hub::add_metrics(http::Metrics& metrics) {
    for (const auto& owned : entries_) {
        auto* entry = owned.get();
        const auto name = entry->connector->name();
        const auto open = [this, name](auto pick) {
            const auto counts =
                ground_.store.read([&](store::Reader& r) -> Result<Counts> { return count_open(r, name); });
            return counts.ok() ? static_cast<double>(pick(*counts)) : std::nan("");
        };
        metrics.gauge("hienluong_link_queued", "Messages that wait for a partner",
                      [open] { return open([](const Counts& c) { return c.queued; }); }, {{"connector", name}});
        metrics.gauge("hienluong_link_held", "Messages held because a datum is missing",
                      [open] { return open([](const Counts& c) { return c.held; }); }, {{"connector", name}});
        metrics.gauge("hienluong_link_dead", "Messages that a partner refused",
                      [open] { return open([](const Counts& c) { return c.dead; }); }, {{"connector", name}});
        metrics.gauge("hienluong_link_breaker_open", "1 while a partner is not asked because it does not answer",
                      [entry, this]() -> double {
                          return entry->runner->breaker().state(ground_.clock.now()) == Breaker::State::closed ? 0 : 1;
                      },
                      {{"connector", name}});
        metrics.gauge("hienluong_link_accepted", "Messages that a partner accepted since the start of this process",
                      [entry]() -> double { return static_cast<double>(entry->runner->rates().accepted); },
                      {{"connector", name}});
        metrics.gauge("hienluong_link_differences", "Open differences found by the last comparison",
                      [this, name]() -> double {
                          const auto n = ground_.store.read([&](store::Reader& r) -> Result<int64_t> {
                              return count_differences(r, name, DifferenceState::open);
                          });
                          return n.ok() ? static_cast<double>(*n) : std::nan("");
                      },
                      {{"connector", name}});
    }
}

}  // namespace hl::connector
