// What an order of the public postal service is: papers collected from a person, or a result brought to him, asked for
// by him, by the desk for him, or by having filed by post. One row an order; whose address it is lies sealed. Any
// thread with its own Reader.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "dossiers/dossier.h"
#include "store/sealing.h"

namespace hl::post {

enum class Way { collect, hand_over };  // on the wire: collect | return
[[nodiscard]] std::string_view to_string(Way way);
[[nodiscard]] std::optional<Way> way_from(std::string_view word);

/// The post's own numbers of the local states.
enum class OrderState : int {
    none = 0,        // wanted; the post does not know it yet
    registered = 1,  // the post has taken it
    collecting = 2,  // under way
    delivered = 3,
    cancelled = 4,
};
[[nodiscard]] std::string_view to_string(OrderState state);

/// The person at the other end of the way.
struct Place {
    std::string name, phone, email, address;
};
[[nodiscard]] json::object to_json(const Place& place);
[[nodiscard]] Place place_from_json(const json::value& value);

struct Order {
    std::string number;  // OrderNumber
    DossierId dossier;
    DossierCode code;
    SubjectId subject;
    Way way = Way::hand_over;
    OrderState state = OrderState::none;
    std::string asked_by;              // citizen | desk | channel (filed by post)
    bool cod = false;                  // what is owed is collected on delivery
    int64_t amount = 0;                // the amount told to the post; 0: nothing is collected
    std::string item;                  // the post's number of the piece
    std::string status, status_words;  // the post's last word
    std::optional<Instant> status_at, registered_at, ended_at;
    Instant asked_at;
    bool cancel_wanted = false;
    std::string problem;  // what a person must look at: status_unknown, cod_differs, deliver.…
    int64_t key = 0;
};
[[nodiscard]] inline bool is_open(const Order& o) {
    return o.state != OrderState::delivered && o.state != OrderState::cancelled;
}

namespace rows {
[[nodiscard]] std::optional<Order> find(store::Reader& reader, std::string_view number, bool for_update = false);
/// Newest first.
[[nodiscard]] std::vector<Order> of_dossier(store::Reader& reader, const DossierId& dossier);
[[nodiscard]] std::vector<Order> odd(store::Reader& reader, int64_t before, int limit);
[[nodiscard]] int64_t open_orders(store::Reader& reader);
void insert(store::Transaction& tx, const Order& o, std::string_view sealed_place);
void update(store::Transaction& tx, const Order& o);
[[nodiscard]] Result<Place> place_of(store::Reader& reader, store::Vault& vault, const Order& o);
/// Holds off others who ask for the same dossier.
void lock_dossier(store::Transaction& tx, const DossierId& dossier);
/// How far the post's list of movements was read.
[[nodiscard]] std::string read_to(store::Reader& reader);
void set_read_to(store::Transaction& tx, std::string_view last);
}  // namespace rows

/// For screens: no address.
[[nodiscard]] json::object to_json(const Order& o);

namespace events {
// Stream: "post:NUMBER". Codes, states and amounts; nobody's data.
//   post.asked       {order, dossier, code, way, by, cod}
//   post.registered  {order, dossier, code, way, amount}
//   post.moved       {order, status, state}
//   post.delivered   {order, dossier, code, way, item}
//   post.cancel_asked {order}      post.cancelled {order}
//   post.odd         {order, problem, status}
inline constexpr std::string_view asked = "post.asked";
inline constexpr std::string_view registered = "post.registered";
inline constexpr std::string_view moved = "post.moved";
inline constexpr std::string_view delivered = "post.delivered";
inline constexpr std::string_view cancel_asked = "post.cancel_asked";
inline constexpr std::string_view cancelled = "post.cancelled";
inline constexpr std::string_view odd = "post.odd";
[[nodiscard]] inline std::string stream_of(std::string_view number) {
    return "post:" + std::string{number};
}
}  // namespace events

}  // namespace hl::post
