// GET /verificationconf: what X-Road's verifier of signed documents needs to know of the instance (UG-SIGDOC 3.2).
#include <boost/asio/post.hpp>

#include "exchange/gateway/client_entry.h"
#include "exchange/gateway/verification_conf.h"

namespace hl::exchange::gateway {

Awaitable<void> ClientEntry::verification_conf_here(Session& session) {
    co_await finish_request(session);
    const auto knowledge = core_.knowledge(client_proxy);
    if (!knowledge.ok()) {
        (void)co_await answer_with(session, 500, "text/plain; charset=utf-8", knowledge.error().en);
        co_return;
    }
    const auto current = knowledge.value();
    auto made = co_await called_back<std::shared_ptr<Result<std::string>>>([&](auto done) {
        asio::post(workers_, [this, current, done] {
            done(std::make_shared<Result<std::string>>(verification_conf(current->configuration(), core_.clock.now())));
        });
    });
    if (!made->ok()) {
        (void)co_await answer_with(session, 500, "text/plain; charset=utf-8", made->error().en);
        co_return;
    }
    constexpr std::string_view disposition = "Content-Disposition: attachment; filename=\"verificationconf.zip\"\r\n";
    (void)co_await answer_with(session, 200, "application/zip", made->value(), disposition);
    session.connection.never_expire();
}

}  // namespace hl::exchange::gateway
