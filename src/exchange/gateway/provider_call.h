// The information system behind the provider's gateway: an HTTP service or an adapter. It gets a request whole and
// verified, or, when it is large, as it comes and never completed before it is verified. Belongs to one loop.
#pragma once
#include <boost/asio/thread_pool.hpp>

#include "exchange/adapters/adapter.h"
#include "exchange/adapters/validate.h"
#include "exchange/gateway/core.h"
#include "exchange/gateway/link_pool.h"
#include "exchange/gateway/sources.h"

namespace hl::exchange::gateway {

struct ProviderRequest {
    std::string method;
    std::string path;   // behind the service's URL; "" or begins with "/", escapes as sent
    std::string query;  // without "?"
    std::vector<http::Header> headers;
    std::string content_type{};  // instead of one in `headers` (SOAP)
    ClientId client;
    std::string message_id;
};
struct ProviderAnswer {
    int status = 0;
    std::string reason;
    std::vector<http::Header> headers;
    std::unique_ptr<PlainSource> body;  // of one part; keeps the connection
};

/// What every service needs, made once: its address taken apart, its TLS context or its adapter.
class Providers {
  public:
    /// Errors: exchange.tls, exchange.address, adapter.*: `at` names the service.
    [[nodiscard]] static Result<std::unique_ptr<Providers>> make(const GatewaySettings& settings, const Clock& clock);
    ~Providers();

    struct Target {
        const ServiceSettings* settings = nullptr;
        Destination destination;
        std::string host_header, base_path;
        std::unique_ptr<Adapter> adapter;
        struct Description {
            Destination destination;
            std::string host_header, path;
        };
        std::shared_ptr<const Validator> validator;  // none: nothing is judged
        std::optional<Description> description;      // where its description is fetched; none: a file or nothing
    };
    [[nodiscard]] Target* find(const ServiceId& service);
    [[nodiscard]] asio::thread_pool& workers() { return workers_; }
    void stop();

  private:
    explicit Providers(size_t workers) : workers_(workers) {}
    std::map<ServiceId, Target> targets_;
    asio::thread_pool workers_;
};

/// Asks; `body` is pulled. Errors are carried faults server.serverproxy.service_failed.…, or the source's own.
[[nodiscard]] Awaitable<Result<ProviderAnswer>> call_provider(Providers& providers, Providers::Target& target,
                                                              LinkPool& links, const ProviderRequest& request,
                                                              OnePart& body, size_t hold);
/// For bodies that are not one part (SOAP with attachments).
[[nodiscard]] Awaitable<Result<ProviderAnswer>> call_provider(Providers::Target& target, LinkPool& links,
                                                              const ProviderRequest& request, ByteSource& body,
                                                              size_t hold);

}  // namespace hl::exchange::gateway
