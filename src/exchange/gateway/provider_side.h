// The provider's gateway: a signed request in, a signed answer out, whether they came over a connection or from this
// gateway's own client side. Checks in X-Road's order, calls the information system, signs and logs what it said.
// Belongs to one loop.
#pragma once
#include "exchange/gateway/messages.h"
#include "exchange/gateway/metaservices_here.h"
#include "exchange/protocol/rest_message.h"
#include "exchange/protocol/soap_message.h"

namespace hl::exchange::gateway {

struct RequestMessage {
    bool rest = true;
    std::string head;                     // REST head or SOAP message, as signed
    std::string content_type;             // SOAP: of the first part
    std::vector<http::Header> head_more;  // SOAP: other headers of the first part (Content-ID)
    std::string original_content_type, soap_action;
    std::string request_id;  // SOAP: of the transport; REST carries it in its head
    ServerId from;           // whose certificate opened the connection
    SignedSource* source = nullptr;
};

struct ResponseMessage {
    bool rest = true;
    std::string head;
    std::string content_type;  // SOAP: of the first part
    std::vector<http::Header> head_more;
    std::string original_content_type;
    std::unique_ptr<SignedSource> source;
    std::string peer;  // whose answer this is, for monitoring
};

class ProviderSide {
  public:
    ProviderSide(Core& core, Providers& providers, LinkPool& links)
        : core_(core), providers_(providers), links_(links), metaservices_(core, providers, links) {}
    /// Errors are carried faults of server.serverproxy.
    [[nodiscard]] Awaitable<Result<ResponseMessage>> answer(RequestMessage& request);

  private:
    struct Asked {
        std::shared_ptr<const Knowledge> knowledge;
        ClientId client;
        ServiceId service;
        std::string method = "POST", path = "/";
        const ServiceSettings* settings = nullptr;
    };
    [[nodiscard]] Awaitable<Result<ResponseMessage>> answer_rest(RequestMessage& request, Exchanged& seen);
    [[nodiscard]] Awaitable<Result<ResponseMessage>> answer_soap(RequestMessage& request, Exchanged& seen);
    [[nodiscard]] Result<void> check(Asked& asked, const RequestMessage& request, bool metaservice) const;
    [[nodiscard]] LogEntry entry(const RequestMessage& request, const Asked& asked, Direction direction) const;
    [[nodiscard]] Awaitable<Result<ProviderAnswer>> call(const Asked& asked, const ProviderRequest& call,
                                                         IncomingMessage& incoming, ByteSource& body, OnePart* part);

    Core& core_;
    Providers& providers_;
    LinkPool& links_;
    Metaservices metaservices_;
};

}  // namespace hl::exchange::gateway
