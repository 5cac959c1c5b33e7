#include "links/post/order.h"

namespace hl::post {

namespace {

#define HL_POST_COLUMNS                                                                                               \
    "key, number, dossier, code, subject, way, state, asked_by, cod, amount, item, status, status_words, status_at, " \
    "registered_at, ended_at, asked_at, cancel_wanted, problem"
constexpr std::string_view select_one = "SELECT " HL_POST_COLUMNS " FROM post_order WHERE number = ?";
constexpr std::string_view select_dossier =
    "SELECT " HL_POST_COLUMNS " FROM post_order WHERE dossier = ? ORDER BY key DESC";
constexpr std::string_view select_odd =
    "SELECT " HL_POST_COLUMNS " FROM post_order WHERE problem <> '' AND key < ? ORDER BY key DESC LIMIT ?";
constexpr std::string_view insert_one =
    "INSERT INTO post_order (number, dossier, code, subject, way, state, asked_by, cod, amount, item, status, "
    "status_words, status_at, registered_at, ended_at, asked_at, cancel_wanted, problem, place) VALUES (?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view update_one =
    "UPDATE post_order SET state = ?, amount = ?, item = ?, status = ?, status_words = ?, status_at = ?, registered_at "
    "= ?, ended_at = ?, cancel_wanted = ?, problem = ? WHERE number = ?";

Order order_from(const store::Row& r) {
    Order o;
    o.key = r.integer(0);
    o.number = r.string(1);
    o.dossier = r.id<DossierId>(2);
    o.code = r.id<DossierCode>(3);
    o.subject = r.id<SubjectId>(4);
    o.way = way_from(r.text(5)).value_or(Way::hand_over);
    o.state = static_cast<OrderState>(r.integer(6));
    o.asked_by = r.string(7);
    o.cod = r.integer(8) != 0;
    o.amount = r.integer(9);
    o.item = r.string(10);
    o.status = r.string(11);
    o.status_words = r.string(12);
    o.status_at = r.optional_instant(13);
    o.registered_at = r.optional_instant(14);
    o.ended_at = r.optional_instant(15);
    o.asked_at = r.instant(16);
    o.cancel_wanted = r.integer(17) != 0;
    o.problem = r.string(18);
    return o;
}

json::value or_null(const std::string& s) {
    return s.empty() ? json::value() : json::value(s);
}
json::value or_null(const std::optional<Instant>& t) {
    return t ? json::value(to_rfc3339(*t)) : json::value();
}

}  // namespace

std::string_view to_string(Way way) {
    return way == Way::collect ? "collect" : "return";
}
std::optional<Way> way_from(std::string_view word) {
    if (word == "collect") return Way::collect;
    if (word == "return") return Way::hand_over;
    return std::nullopt;
}

std::string_view to_string(OrderState state) {
    switch (state) {
        case OrderState::registered:
            return "registered";
        case OrderState::collecting:
            return "collecting";
        case OrderState::delivered:
            return "delivered";
        case OrderState::cancelled:
            return "cancelled";
        case OrderState::none:
            break;
    }
    return "none";
}

json::object to_json(const Place& p) {
    return {{"name", p.name}, {"phone", p.phone}, {"email", p.email}, {"address", p.address}};
}

Place place_from_json(const json::value& value) {
    Place p;
    const auto* o = value.if_object();
    if (!o) return p;
    const auto text = [&](const char* key) {
        const auto* v = o->if_contains(key);
        return v && v->is_string() ? std::string{v->get_string()} : std::string{};
    };
    p = {text("name"), text("phone"), text("email"), text("address")};
    return p;
}

json::object to_json(const Order& o) {
    return {{"order", o.number},
            {"dossier", o.code.value},
            {"way", to_string(o.way)},
            {"state", to_string(o.state)},
            {"asked_by", o.asked_by},
            {"asked_at", to_rfc3339(o.asked_at)},
            {"on_delivery", o.amount},
            {"item", or_null(o.item)},
            {"status", or_null(o.status)},
            {"status_words", or_null(o.status_words)},
            {"status_at", or_null(o.status_at)},
            {"registered_at", or_null(o.registered_at)},
            {"ended_at", or_null(o.ended_at)},
            {"cancel_wanted", o.cancel_wanted},
            {"problem", or_null(o.problem)}};
}

namespace rows {

std::optional<Order> find(store::Reader& reader, std::string_view number, bool for_update) {
    if (for_update)
        (void)reader.first("SELECT key FROM post_order WHERE number = ? FOR UPDATE", {number},
                           [](const store::Row& r) { return r.integer(0); });
    return reader.first(select_one, {number}, order_from);
}
std::vector<Order> of_dossier(store::Reader& reader, const DossierId& dossier) {
    return reader.all(select_dossier, {dossier}, order_from);
}
std::vector<Order> odd(store::Reader& reader, int64_t before, int limit) {
    return reader.all(select_odd, {before > 0 ? before : std::numeric_limits<int64_t>::max(), limit}, order_from);
}
int64_t open_orders(store::Reader& reader) {
    return reader
        .first("SELECT COUNT(*) FROM post_order WHERE state IN (1, 2)", {},
               [](const store::Row& r) { return r.integer(0); })
        .value_or(0);
}

void insert(store::Transaction& tx, const Order& o, std::string_view sealed) {
    tx.execute(insert_one,
               {o.number, o.dossier, o.code, o.subject, to_string(o.way), static_cast<int>(o.state), o.asked_by,
                o.cod ? 1 : 0, o.amount, o.item, o.status, o.status_words, o.status_at, o.registered_at, o.ended_at,
                o.asked_at, o.cancel_wanted ? 1 : 0, o.problem, store::Blob{sealed}});
}
void update(store::Transaction& tx, const Order& o) {
    tx.execute(update_one, {static_cast<int>(o.state), o.amount, o.item, o.status, o.status_words, o.status_at,
                            o.registered_at, o.ended_at, o.cancel_wanted ? 1 : 0, o.problem, o.number});
}

Result<Place> place_of(store::Reader& reader, store::Vault& vault, const Order& o) {
    const auto sealed = reader.first("SELECT place FROM post_order WHERE number = ?", {o.number},
                                     [](const store::Row& r) { return r.string(0); });
    TRY(const auto text, vault.unseal(reader, o.subject, "post.place", sealed.value_or("")));
    TRY(const auto value, parse_json(text));
    return place_from_json(value);
}

void lock_dossier(store::Transaction& tx, const DossierId& dossier) {
    tx.execute(
        "INSERT INTO post_turn (dossier, turn) VALUES (?, 1) ON CONFLICT (dossier) DO UPDATE SET turn = post_turn.turn "
        "+ 1",
        {dossier});
}

std::string read_to(store::Reader& reader) {
    return reader.first("SELECT last FROM post_read WHERE id = 1", {}, [](const store::Row& r) { return r.string(0); })
        .value_or("");
}
void set_read_to(store::Transaction& tx, std::string_view last) {
    tx.execute("INSERT INTO post_read (id, last) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET last = excluded.last",
               {last});
}

}  // namespace rows

}  // namespace hl::post
