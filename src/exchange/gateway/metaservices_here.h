// What the provider's gateway answers itself: lists of a subsystem's services, their OpenAPI documents and WSDLs
// (PR-META, PR-MREST). Signed and logged like every answer, and free of rights. Belongs to one loop.
#pragma once
#include "exchange/gateway/provider_call.h"
#include "exchange/protocol/soap_message.h"

namespace hl::exchange::gateway {

/// A body made here, of one part; of none when `text` is none.
class TextBody final : public PlainSource {
  public:
    explicit TextBody(std::optional<std::string> text, std::vector<http::Header> head = {})
        : text_(std::move(text)), head_(std::move(head)) {}
    [[nodiscard]] Awaitable<Result<Piece>> next() override;

  private:
    std::optional<std::string> text_;
    std::vector<http::Header> head_;
    int step_ = 0;
};

class Metaservices {
  public:
    Metaservices(Core& core, Providers& providers, LinkPool& links)
        : core_(core), providers_(providers), links_(links) {}
    /// `asked.query` as sent. Errors are carried faults of server.serverproxy.
    [[nodiscard]] Awaitable<Result<ProviderAnswer>> rest(const Knowledge& knowledge, const ClientId& client,
                                                         const ServiceId& service, const ProviderRequest& asked);
    struct SoapAnswer {
        std::string xml, part_type, content_type;
        std::unique_ptr<PlainSource> attachments;
    };
    [[nodiscard]] Awaitable<Result<SoapAnswer>> soap(const Knowledge& knowledge, const SoapMessage& question);

  private:
    /// The text that describes a service of ours: a file, an address, or what its adapter says.
    [[nodiscard]] Awaitable<Result<std::string>> description(const ServiceId& service);

    Core& core_;
    Providers& providers_;
    LinkPool& links_;
};

}  // namespace hl::exchange::gateway
