// What a gateway tells about itself: health for the one on call, figures for the scraper.
#include "exchange/gateway/gateway_state.h"

namespace hl::exchange {

namespace json = boost::json;

json::object Gateway::health() const {
    State& s = *state_;
    json::object out;
    json::array problems;
    const auto now = s.clock.now();
    const auto problem = [&](std::string_view what, std::string text) {
        problems.push_back(json::object{{"part", what}, {"problem", std::move(text)}});
    };
    const auto current = s.core->configuration.current();
    json::object configuration{{"known", current != nullptr}};
    if (current) {
        const auto& c = current->configuration();
        configuration["number"] = c.number;
        configuration["expires"] = to_rfc3339(c.expires);
        configuration["expired"] = c.expires <= now;
        configuration["key"] = key_fingerprint(s.core->configuration.pinned().key);
        if (c.expires <= now)
            problem("configuration", "The configuration has expired: no message passes. Check the registry.");
        if (const auto oldest = s.core->log.oldest_unstamped(); oldest && !c.time_stampers.empty()) {
            const auto age = now - *oldest;
            out["oldest_unstamped"] = to_rfc3339(*oldest);
            if (age > c.stamp_failure_period)
                problem("time_stamps", "Time-stamps are too late: no message passes. Check the time-stamper.");
            else if (age > 3 * c.stamp_interval)
                problem("time_stamps", "Time-stamps are late. Check the connection to the time-stamper.");
        }
    } else {
        problem("configuration", "There is no configuration yet: no message passes. Check the registry's address.");
    }
    {
        std::scoped_lock lock(s.mutex);
        if (!s.fetch_problem.empty()) {
            configuration["fetch_problem"] = s.fetch_problem;
            problem("registry", s.fetch_problem);
        }
    }
    out["configuration"] = std::move(configuration);
    const auto log = s.core->log.health();
    out["log"] = json::object{{"writable", log.writable}, {"waiting", log.waiting}, {"free_bytes", log.free_bytes},
                              {"segments", log.segments}, {"bytes", log.bytes},     {"records", s.core->log.size()}};
    if (!log.writable) problem("log", log.problem);
    json::array signers;
    for (const auto& [member, signer] : s.signers) {
        // What was wrong when it signed last, or before the first OCSP response came, may have been mended since.
        const bool troubled = [&s = *signer] {
            std::scoped_lock lock(s.mutex);
            return !s.problem.empty();
        }();
        if (troubled) (void)signer->ask();
        std::scoped_lock lock(signer->mutex);
        signers.push_back(json::object{{"member", to_text(member)}, {"certificate", signer->certificate_sha256}});
        if (!signer->problem.empty()) problem("signing", signer->problem);
    }
    out["signers"] = std::move(signers);
    json::array gateways;
    if (current)
        for (const auto& server : current->configuration().servers) {
            const auto seen = s.core->chooser.health(to_text(server.id));
            if (!seen) continue;
            json::object one{{"server", to_text(server.id)}, {"failures", seen->failures}};
            if (seen->measured) one["mean_milliseconds"] = seen->latency_ms;
            if (seen->left_out_until) one["left_out_until"] = to_rfc3339(*seen->left_out_until);
            gateways.push_back(std::move(one));
        }
    json::array services;
    for (const auto& service : s.core->settings.services) {
        const auto state = s.core->limits.state(service.id);
        services.push_back(json::object{{"service", to_text(service.id)}, {"circuit", to_string(state)}});
        if (state == Breaker::State::open)
            problem("services", fmt::format("The information system behind {} fails and is left alone for a while.",
                                            to_text(service.id)));
    }
    out["services"] = std::move(services);
    out["gateways"] = std::move(gateways);
    out["connections"] = s.admission->count();
    out["status"] = problems.empty() ? "ok" : "failing";
    out["problems"] = std::move(problems);
    return out;
}

void Gateway::add_metrics(http::Metrics& metrics) const {
    State* s = state_.get();
    const auto figure = [&](const char* name, const char* help, const std::atomic<uint64_t>& value) {
        metrics.gauge(fmt::format("hienluong_exchange_{}", name), help,
                      [&value] { return static_cast<double>(value.load()); });
    };
    const auto& f = s->core->figures;
    figure("requests", "Requests taken by the gateway's entries", f.requests);
    figure("succeeded", "Exchanges that ended as they should", f.succeeded);
    figure("faults", "Exchanges that ended with a fault", f.faults);
    figure("links_opened", "Connections opened to other gateways", f.links_opened);
    figure("links_reused", "Requests over a kept connection to another gateway", f.links_reused);
    metrics.gauge("hienluong_exchange_connections", "Open connections of the gateway's entries",
                  [s] { return static_cast<double>(s->admission->count()); });
    metrics.gauge("hienluong_exchange_log_waiting", "Records that wait for the log's writer",
                  [s] { return static_cast<double>(s->core->log.health().waiting); });
    metrics.gauge("hienluong_exchange_remembered", "Request ids in the memory against replay",
                  [s] { return static_cast<double>(s->core->replay.size()); });
}

}  // namespace hl::exchange
