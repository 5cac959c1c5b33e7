// The entry for information systems: REST under /r1/, SOAP by POST, tokens, metaservices. Checks in X-Road's order,
// signs and logs what goes out, and gives nothing back as whole that was not verified and logged. Belongs to one loop.
#pragma once
#include "exchange/gateway/ask.h"
#include "exchange/gateway/entry.h"
#include "exchange/gateway/tokens.h"

namespace hl::exchange::gateway {

class ClientEntry {
  public:
    ClientEntry(Core& core, Ask& ask, Tokens& tokens, asio::thread_pool& workers)
        : core_(core), ask_(ask), tokens_(tokens), workers_(workers) {}
    [[nodiscard]] Awaitable<void> serve(Session& session);

  private:
    [[nodiscard]] Awaitable<void> rest(Session& session);
    [[nodiscard]] Awaitable<Result<void>> rest_exchange(Session& session, Exchanged& seen, bool& begun);
    struct AskedByRest {
        const RestRequest& request;
        const std::string& head;  // as it was signed
        OutgoingMessage& outgoing;
        LogEntry answered;  // what the answer's record has of the question
    };
    [[nodiscard]] Awaitable<Result<void>> rest_answer(Session& session, std::shared_ptr<const Knowledge> knowledge,
                                                      AskedByRest& asked, ResponseMessage response, Exchanged& seen,
                                                      bool& begun);
    [[nodiscard]] Awaitable<void> soap(Session& session);
    [[nodiscard]] Awaitable<Result<void>> soap_exchange(Session& session, Exchanged& seen, bool& begun);
    [[nodiscard]] Awaitable<void> token(Session& session);
    [[nodiscard]] Awaitable<void> list_clients_here(Session& session);
    [[nodiscard]] Awaitable<void> evidence(Session& session);
    [[nodiscard]] Awaitable<void> verification_conf_here(Session& session);

    /// Is the client registered here, and does its system come as its subsystem demands?
    [[nodiscard]] Result<void> admit(const Session& session, const Knowledge& knowledge, const ClientId& client,
                                     std::vector<http::Header>* headers) const;
    [[nodiscard]] LogEntry entry(Direction direction, bool rest, const ClientId& client, const ServiceId& service,
                                 const std::string& request_id) const;
    /// The answer's body, whole when it is small, else in chunks that end only after verification.
    [[nodiscard]] Awaitable<Result<void>> deliver(Session& session, std::string head, ByteSource& body, bool bodiless,
                                                  bool& begun);
    void account(Exchanged& seen, const Result<void>& outcome);
    [[nodiscard]] Awaitable<void> refuse(Session& session, const Error& error, bool rest);

    Core& core_;
    Ask& ask_;
    Tokens& tokens_;
    asio::thread_pool& workers_;
};

}  // namespace hl::exchange::gateway
