#include "exchange/topics/readers.h"

#include "exchange/topics/commands.h"
#include "exchange/topics/events.h"
#include "exchange/topics/queries.h"
#include "exchange/topics/rows.h"

namespace hl::exchange::topics {

namespace {

constexpr std::string_view select_readers =
    "SELECT client, basis, since FROM exchange_topic_reader WHERE topic = ? ORDER BY client";
constexpr std::string_view select_reader = "SELECT since FROM exchange_topic_reader WHERE topic = ? AND client = ?";
constexpr std::string_view insert_reader =
    "INSERT INTO exchange_topic_reader (topic, client, basis, since) VALUES (?, ?, ?, ?) ON CONFLICT (topic, client) "
    "DO UPDATE SET basis = excluded.basis";
constexpr std::string_view delete_reader = "DELETE FROM exchange_topic_reader WHERE topic = ? AND client = ?";

void append(store::Transaction& tx, std::string_view type, std::string_view topic, std::string_view actor, Instant now,
            boost::json::object data) {
    data["topic"] = topic;
    tx.append(
        {std::string{type}, 1, fmt::format("exchange_topic:{}", topic), std::string{actor}, now, std::move(data)});
}

}  // namespace

std::vector<TopicReader> topic_readers(store::Reader& reader, std::string_view topic) {
    return reader.all(select_readers, {topic}, [](const store::Row& row) {
        auto client = client_from_text(row.text(0));
        return TopicReader{client.ok() ? std::move(*client) : ClientId{}, row.string(1), row.instant(2)};
    });
}

bool may_subscribe(store::Reader& reader, const Topic& topic, const ClientId& client) {
    if (topic.owner == client) return true;
    const auto name = to_text(client);
    return reader.first(select_reader, {topic.id, name}, [](const store::Row&) { return true; }).has_value();
}

Result<void> admit(store::Transaction& tx, std::string_view topic, const ClientId& client, std::string_view basis,
                   std::string_view actor, Instant now) {
    if (!topic_where(tx, topic, true)) return unknown_topic();
    if (client.subsystem.empty())
        return Error{ErrorKind::invalid, "topic.reader", "Bên nhận phải là một hệ thống.",
                     "Who reads must be a subsystem.", "/client"};
    if (basis.empty())
        return Error{ErrorKind::invalid, "topic.basis", "Hãy ghi căn cứ cho phép nhận tin.",
                     "Say on which legal basis it may read.", "/basis"};
    const auto name = to_text(client);
    tx.execute(insert_reader, {topic, name, basis, now});
    append(tx, events::reader_admitted, topic, actor, now, {{"client", name}, {"basis", basis}});
    return Nothing{};
}

Result<void> dismiss(store::Transaction& tx, std::string_view topic, const ClientId& client, std::string_view actor,
                     Instant now) {
    if (!topic_where(tx, topic, true)) return unknown_topic();
    const auto name = to_text(client);
    if (tx.execute(delete_reader, {topic, name}) == 0)
        return Error{ErrorKind::not_found, "topic.no_reader", "Hệ thống này chưa được phép nhận. Xem lại danh sách.",
                     "This subsystem was not admitted. See the list again.", "/client"};
    for (const auto& s : subscriptions(tx, topic))
        if (s.subscriber == client) TRY_VOID(unsubscribe(tx, s.id, actor, now));
    append(tx, events::reader_dismissed, topic, actor, now, {{"client", name}});
    return Nothing{};
}

}  // namespace hl::exchange::topics
