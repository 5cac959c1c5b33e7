#include "exchange/gateway/gateway.h"

#include "base/log.h"
#include "exchange/gateway/gateway_state.h"
#include "exchange/gateway/pem.h"
#include "exchange/gateway/service_statistics.h"
#include "http/client.h"
#include "http/parse.h"

namespace hl::exchange {

using namespace gateway;

Result<BatchSigner::Identity> SigningMember::ask() {
    auto answer = identity();
    std::scoped_lock lock(mutex);
    if (!answer.ok()) {
        problem = answer.error().en;
        return answer;
    }
    problem.clear();
    if (answer->certificate != certificate_der) {
        TRY(const auto certificate, Certificate::from_der(answer->certificate));
        certificate_der = answer->certificate;
        certificate_sha256 = certificate.sha256_hex();
    }
    return answer;
}

Lane::Lane(Core& core, Providers& providers, Tokens& tokens, Random& random, std::mutex& random_mutex)
    : loop(random, random_mutex),
      links(loop, core.settings.idle_links, core.settings.link_idle_time),
      provider(core, providers, links),
      ask(core, provider, links),
      client(core, ask, tokens, providers.workers()),
      peer(core, provider) {}

Gateway::Gateway() = default;

Gateway::~Gateway() {
    stop();
    // Their threads call into the loops: they end first.
    for (auto& [member, signer] : state_->signers) signer->signer.reset();
}

Result<std::unique_ptr<Gateway>> Gateway::open(GatewayParts parts, const Clock& clock, Random& random) {
    std::unique_ptr<Gateway> out(new Gateway);
    out->state_ = std::make_unique<State>(std::move(parts), clock, random);
    State& s = *out->state_;
    auto configuration = s.parts.configuration;
    for (auto& [member, identity] : s.parts.signers) {
        auto signer = std::make_unique<SigningMember>();
        signer->identity = identity;
        (void)signer->ask();
        auto* raw = signer.get();
        signer->signer =
            std::make_unique<BatchSigner>([raw] { return raw->ask(); }, clock, size_t{256}, 1, s.parts.load.get());
        s.signers.emplace(member, std::move(signer));
    }
    // The verifier's anchors follow the configuration.
    s.verifier = std::make_unique<SignatureVerifier>([&s, configuration] {
        auto current = configuration->current();
        std::scoped_lock lock(s.anchors_mutex);
        if (!s.anchors || s.anchors_of != current) {
            auto made = std::make_shared<SignatureVerifier::Anchors>();
            if (current) {
                made->authorities = current->configuration().authorities_for(KeyUse::signing);
                made->ocsp_freshness = current->configuration().ocsp_freshness;
                made->require_ocsp = current->configuration().require_ocsp;
            }
            s.anchors = std::move(made);
            s.anchors_of = std::move(current);
        }
        return s.anchors;
    });
    auto statistics = std::make_shared<ServiceStatistics>(s.parts.settings, clock);
    s.core.reset(new Core{.settings = s.parts.settings,
                          .clock = clock,
                          .random = s.locked_random,
                          .configuration = *configuration,
                          .log = *s.parts.log,
                          .verifier = *s.verifier,
                          .signer_of = [&s](const ClientId& member) -> Result<MemberSigner> {
                              const auto it = s.signers.find(member);
                              if (it == s.signers.end())
                                  return Error{ErrorKind::unavailable, "exchange.cannot_sign",
                                               "Cổng không có khoá ký của thành viên này.",
                                               fmt::format("This gateway has no signing key for {}. Its administrator "
                                                           "must make one and have it certified.",
                                                           to_text(member))};
                              std::scoped_lock lock(it->second->mutex);
                              return MemberSigner{it->second->signer.get(), it->second->certificate_sha256};
                          },
                          .ocsp_responses = s.parts.ocsp_responses,
                          .observe =
                              [&s, statistics](const Exchanged& e) {
                                  statistics->add(e);
                                  s.parts.observe(e);
                              },
                          .find_messages = s.parts.find_messages,
                          .find_operations = s.parts.find_operations,
                          .statistics = statistics,
                          .load = s.parts.load});
    s.core->index();
    s.restore_quotas();
    const Registered registered{[configuration] { return configuration->current(); }};
    TRY(s.core->towards_gateways,
        TlsContext::make(TlsContext::Role::client, &s.parts.authentication, registered, clock));
    TRY(s.for_gateways, TlsContext::make(TlsContext::Role::server, &s.parts.authentication, registered, clock));
    TlsIdentity shown = s.parts.authentication;
    if (!s.core->settings.tls_certificate.empty()) {
        TRY(shown, read_pem_identity(s.core->settings.tls_certificate, s.core->settings.tls_key));
    }
    TRY(s.for_systems, TlsContext::make(TlsContext::Role::server, &shown, Shown{}, clock));
    TRY(s.providers, Providers::make(s.core->settings, clock));
    s.tokens = std::make_unique<Tokens>(s.core->settings.clients, clock, s.locked_random);
    s.admission =
        std::make_unique<Admission>(s.core->settings.max_connections, s.core->settings.max_connections_per_peer);
    const int count = s.core->settings.threads > 0 ? s.core->settings.threads
                                                   : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    for (int i = 0; i < count; ++i)
        s.lanes.push_back(std::make_unique<Lane>(*s.core, *s.providers, *s.tokens, random, s.random_mutex));
    return out;
}

Result<void> Gateway::State::listen(std::string_view what, const std::string& address, int port,
                                    const std::shared_ptr<TlsContext>& tls, int& bound) {
    if (port < 0) return {};
    if (port > 0) {
        // The loops share the port among themselves; one that another program holds must not be shared with it.
        TRY_VOID(Entry::probe(address, port));
    }
    bound = port;
    for (auto& lane : lanes) {
        Serve serve = [l = lane.get()](Session& session) { return l->client.serve(session); };
        if (what == "peers") serve = [l = lane.get()](Session& session) { return l->peer.serve(session); };
        auto entry = std::make_unique<Entry>(lane->loop, *core, *admission, tls, std::move(serve));
        TRY_VOID(entry->listen(address, bound));
        bound = entry->port();
        entry->begin();
        lane->entries.push_back(std::move(entry));
    }
    return {};
}

Result<void> Gateway::start() {
    State& s = *state_;
    const auto& o = s.core->settings;
    TRY_VOID(s.listen("http", o.address, o.http_port, nullptr, s.ports.http));
    TRY_VOID(s.listen("https", o.address, o.https_port, s.for_systems, s.ports.https));
    TRY_VOID(s.listen("peers", o.peer_address, o.peer_port, s.for_gateways, s.ports.peers));
    for (auto& lane : s.lanes) lane->loop.start();
    s.started = true;
    if (s.quota_keeper) s.quota_keeper->start();
    if (!o.registry_url.empty())
        s.fetcher = std::thread([&s, this] {
            std::unique_lock lock(s.mutex);
            while (!s.stopping) {
                lock.unlock();
                if (const auto fetched = fetch_configuration(); !fetched.ok())
                    log::warning("exchange", "the configuration was not fetched", {{"why", fetched.error().en}});
                lock.lock();
                s.wake.wait_for(lock, s.core->settings.configuration_interval, [&s] { return s.stopping; });
            }
        });
    return {};
}

namespace {

/// The registry signs with a key that is not pinned here: its statements may lead to it.
Result<void> follow_key(KeptConfiguration& kept, const std::string& url, std::string_view document, Instant now) {
    TRY(const auto chain, fetch_key_chain(url));
    const auto before = kept.pinned();
    const auto followed = kept.follow(chain, document, now);
    if (!followed.ok()) {
        log::error("exchange", "the configuration's new key was not followed",
                   {{"code", followed.error().code}, {"pinned", key_fingerprint(before.key)}});
        return followed.error();
    }
    log::info("exchange", "the configuration's key was followed",
              {{"from", key_fingerprint(before.key)},
               {"to", key_fingerprint(followed->public_key)},
               {"statement", followed->number}});
    return Nothing{};
}

}  // namespace

Result<std::string> fetch_key_chain(const std::string& configuration_url) {
    constexpr std::string_view document = "/configuration";
    if (!configuration_url.ends_with(document))
        return Error{
            ErrorKind::invalid, "exchange.registry",
            "registry_url phải kết thúc bằng /configuration thì cổng mới tìm được chuỗi khoá.",
            "registry_url must end with /configuration, so that the gateway finds the chain of keys beside it."};
    http::ClientRequest request;
    request.url = configuration_url + "-keys";
    request.max_response = largest_key_chain;
    TRY(auto response, http::send(request));
    if (response.status != 200)
        return Error{
            ErrorKind::unavailable, "exchange.registry",
            "Nơi đăng ký đã đổi khoá ký cấu hình nhưng không trả chuỗi khoá. Kiểm tra địa chỉ và phiên bản của "
            "nơi đăng ký.",
            fmt::format("The registry changed the key that signs configurations, but {} answered {}. Check the "
                        "registry's address and version.",
                        request.url, response.status)};
    return std::move(response.body);
}

Result<void> Gateway::fetch_configuration() {
    State& s = *state_;
    http::ClientRequest request;
    request.url = s.core->settings.registry_url;
    request.max_response = largest_configuration;
    {
        std::scoped_lock lock(s.mutex);
        if (!s.fetched_tag.empty()) request.headers.push_back({"If-None-Match", s.fetched_tag});
    }
    std::string tag;
    const auto fetched = [&]() -> Result<void> {
        TRY(const auto response, http::send(request));
        for (const auto& h : response.headers)
            if (http::equal_ignoring_case(h.name, "ETag")) tag = h.value;
        if (response.status == 304 && !request.headers.empty()) return {};
        if (response.status != 200)
            return Error{ErrorKind::unavailable, "exchange.registry",
                         "Sổ đăng ký không trả cấu hình. Kiểm tra địa chỉ sổ đăng ký.",
                         fmt::format("{} answered {}. Check the registry's address.", request.url, response.status)};
        const auto taken = s.core->configuration.take(response.body, s.clock.now());
        if (taken.ok() || taken.error().code != "exchange.configuration_key") return taken;
        return follow_key(s.core->configuration, request.url, response.body, s.clock.now());
    }();
    std::scoped_lock lock(s.mutex);
    s.fetch_problem = fetched.ok() ? "" : fetched.error().en;
    if (fetched.ok()) s.fetched_tag = tag;
    return fetched;
}

Result<void> Gateway::renew(const TlsIdentity& authentication) {
    State& s = *state_;
    TRY_VOID(s.core->towards_gateways->renew(authentication));
    TRY_VOID(s.for_gateways->renew(authentication));
    if (s.core->settings.tls_certificate.empty()) TRY_VOID(s.for_systems->renew(authentication));
    return {};
}

void Gateway::stop() {
    State& s = *state_;
    {
        std::scoped_lock lock(s.mutex);
        if (std::exchange(s.stopping, true)) return;
    }
    s.wake.notify_all();
    if (s.fetcher.joinable()) s.fetcher.join();
    for (auto& lane : s.lanes) lane->loop.drain();
    if (s.started) {
        const auto until = std::chrono::steady_clock::now() + s.core->settings.stop_time;
        while (s.admission->count() > 0 && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    for (auto& lane : s.lanes) lane->loop.stop();
    if (s.providers) s.providers->stop();  // none: it was not opened to the end
    if (s.quota_keeper) {
        s.quota_keeper->stop();
        if (s.started) s.keep_quotas();
    }
}

Gateway::Ports Gateway::ports() const {
    return state_->ports;
}

Core& Gateway::core() {
    return *state_->core;
}

}  // namespace hl::exchange
