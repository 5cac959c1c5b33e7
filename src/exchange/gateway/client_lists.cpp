// What the client's gateway answers out of the configuration, without asking anybody (PR-META 2).
#include "exchange/gateway/client_entry.h"
#include "exchange/protocol/metaservices.h"

namespace hl::exchange::gateway {

Awaitable<void> ClientEntry::list_clients_here(Session& session) {
    const auto knowledge = core_.knowledge(client_proxy);
    if (!knowledge.ok()) {
        co_await refuse(session, knowledge.error(), true);
        co_return;
    }
    const auto& configuration = knowledge.value()->configuration();
    const std::string_view target = session.head.target;
    std::string instance = configuration.instance;
    if (const auto mark = target.find('?'); mark != std::string_view::npos)
        if (const auto query = parse_query(target.substr(mark + 1)); query.ok())
            for (const auto& [name, value] : *query)
                if (name == "xRoadInstance") instance = value;
    if (instance != configuration.instance) {
        const Error other = carried({fmt::format("{}.not_found", client_proxy),
                                     fmt::format("Instance '{}' is not known here; this one is '{}' and is in no "
                                                 "federation.",
                                                 instance, configuration.instance),
                                     {},
                                     false});
        co_await refuse(session, other, true);
        co_return;
    }
    std::vector<ListedClient> list;
    list.reserve(configuration.members.size());
    for (const auto& m : configuration.members) {
        const auto* owner = knowledge.value()->find(m.id.member());
        list.push_back({m.id, owner != nullptr ? owner->name : m.name, m.id.subsystem.empty() ? "" : m.name});
    }
    const auto answer = list_clients(list, session.head.header("Accept"));
    co_await finish_request(session);
    (void)co_await answer_with(session, 200, answer.content_type, answer.body);
    session.connection.never_expire();
}

}  // namespace hl::exchange::gateway
