// Asking for the post and taking it back.
#include "links/post/commands.h"

#include "base/text.h"
#include "dossiers/own.h"
#include "dossiers/storage.h"
#include "links/connector/commands.h"
#include "links/connector/outbox.h"

namespace hl::post {

using dossiers::State;

namespace {

constexpr const char* law_channels = "Nghị định 118/2025/NĐ-CP, Điều 15";

Error wrong(std::string code, std::string at, std::string vi, std::string en) {
    return {ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), std::move(at), ""};
}

Result<Place> checked(const dossiers::Context& ctx, Place place, Instant now) {
    place.name = text::normalise(place.name);
    place.address = text::normalise(place.address);
    place.email = text::normalise(place.email);
    std::string digits;
    for (const char c : place.phone)
        if (c >= '0' && c <= '9') digits += c;
    place.phone = digits;
    if (place.name.empty() || text::length(place.name) > 200)
        return wrong("post.name", "/name", "Hãy ghi tên người giao nhận với bưu tá.",
                     "Give the name of the person whom the postman meets.");
    if (digits.size() < 9 || digits.size() > 12)
        return wrong("post.phone", "/phone", "Hãy ghi số điện thoại để bưu tá gọi.",
                     "Give a phone number that the postman can call.");
    if (text::length(place.address) > 500 || !commune_of(*ctx.directory, place.address, local_date(now)))
        return wrong(
            "post.address", "/address",
            "Hãy ghi địa chỉ có tên xã, phường, đặc khu hiện nay, ví dụ «Số 1 đường Hùng Vương, phường Đông Hà, tỉnh "
            "Quảng Trị».",
            "Give an address that names today's commune or ward, e.g. \"1 Hùng Vương, phường Đông Hà, tỉnh Quảng "
            "Trị\".");
    return place;
}

bool in_time(Way way, State state) {
    if (way == Way::collect)
        return state == State::filed || state == State::received || state == State::awaiting_supplement;
    return dossiers::is_open(state);
}

}  // namespace

Error unknown_order() {
    return {ErrorKind::not_found, "post.unknown", "Không có đơn bưu chính này.", "There is no such postal order."};
}

Result<void> may_ask(const access::Actor& actor, const dossiers::Dossier& d, std::string_view by, Instant now) {
    if (by == "citizen") {
        if (!actor.subject.empty() && actor.subject == d.subject) return Nothing{};
        return dossiers::storage::not_found();
    }
    using access::Right;
    for (const auto& agency : {d.reception, d.agency})
        for (const auto right : {Right::receive_dossier, Right::handle_dossier})
            if (access::require(actor, right, agency, now).ok()) return Nothing{};
    return access::require(actor, Right::receive_dossier, d.reception, now);
}

Result<Order> ask_post(store::Transaction& tx, const dossiers::Context& ctx, const access::Actor& actor,
                       const Profile& profile, const Asking& asking, Instant now) {
    TRY(const auto d, dossiers::storage::find(tx, asking.code.value));
    TRY_VOID(may_ask(actor, d, asking.by, now));
    if (!in_time(asking.way, d.state))
        return Error{ErrorKind::conflict,
                     "post.too_late",
                     asking.way == Way::collect ? "Hồ sơ không còn ở bước nhận giấy tờ."
                                                : "Hồ sơ đã kết thúc nên không còn kết quả để chuyển.",
                     asking.way == Way::collect ? "The dossier takes no papers at this step any more."
                                                : "The dossier is over: there is no result to bring any more.",
                     "",
                     law_channels};
    TRY(const auto place, checked(ctx, asking.place, now));
    rows::lock_dossier(tx, d.id);
    int turn = 1;
    for (const auto& other : rows::of_dossier(tx, d.id)) {
        if (other.way != asking.way) continue;
        if (is_open(other))
            return Error{ErrorKind::conflict,
                         "post.asked",
                         "Đã có đơn bưu chính cho việc này. Hãy hủy đơn cũ nếu muốn đổi địa chỉ.",
                         "There is an order for this already. Cancel it to change the address.",
                         "",
                         law_channels};
        ++turn;
    }
    Order o;
    while (rows::find(tx, o.number = profile.number_for(d.code, asking.way, turn))) ++turn;
    o.dossier = d.id;
    o.code = d.code;
    o.subject = d.subject;
    o.way = asking.way;
    o.asked_by = asking.by;
    o.cod = asking.cod && asking.way == Way::hand_over;
    o.asked_at = now;
    TRY(const auto sealed, ctx.vault->seal(tx, d.subject, "post.place", json::serialize(to_json(place))));
    rows::insert(tx, o, sealed);
    tx.append({std::string{events::asked}, 1, events::stream_of(o.number), actor.label(), now,
               json::object{{"order", o.number},
                            {"dossier", d.id.value},
                            {"code", d.code.value},
                            {"way", to_string(o.way)},
                            {"by", o.asked_by},
                            {"cod", o.cod}}});
    return o;
}

Result<Order> cancel(store::Transaction& tx, const access::Actor& actor, std::string_view number, std::string_view by,
                     Instant now) {
    auto o = rows::find(tx, number, true);
    if (!o) return unknown_order();
    TRY(const auto d, dossiers::storage::find(tx, o->code.value));
    TRY_VOID(may_ask(actor, d, by, now));
    if (o->state == OrderState::cancelled || o->cancel_wanted) return *o;
    if (o->state != OrderState::none && o->state != OrderState::registered)
        return Error{ErrorKind::conflict, "post.too_late", "Bưu chính đã nhận bưu gửi nên không hủy đơn được nữa.",
                     "The post has the piece: the order cannot be cancelled any more."};
    // Also one that was not registered so far: the message may be on its way this very moment.
    o->cancel_wanted = true;
    rows::update(tx, *o);
    // A held or refused order would stand in the way of its own cancelling: looked at again, it is not needed any more.
    const auto self = access::Actor::system("post", actor.organisation);
    for (const auto& m : connector::find_messages(tx, {"post", {}, o->number}))
        if (m.state == connector::MessageState::held || m.state == connector::MessageState::dead)
            TRY_VOID(connector::retry(tx, self, "post", m.message.number, now));
    tx.append({std::string{events::cancel_asked}, 1, events::stream_of(number), actor.label(), now,
               json::object{{"order", o->number}}});
    return *o;
}

Result<Order> clear(store::Transaction& tx, const access::Actor& actor, std::string_view number, Instant now) {
    TRY_VOID(access::require_anywhere(actor, access::Right::manage_links, now));
    auto o = rows::find(tx, number, true);
    if (!o) return unknown_order();
    o->problem.clear();
    rows::update(tx, *o);
    return *o;
}

}  // namespace hl::post
