// An order as the post wants it. Who stands at either end is taken from what is known: the agency's record, the
// applicant, the address that was given; a commune without a line in the table of districts holds the order.
#include "base/text.h"
#include "dossiers/events.h"
#include "dossiers/storage.h"
#include "links/connector/outbox.h"
#include "links/post/partner.h"

namespace hl::post {

using connector::Built;
using connector::Held;
using dossiers::State;

namespace {

connector::Building missing(std::string datum, std::string vi, std::string en, std::string code = "datum.missing") {
    return Held{std::move(code), std::move(datum), {std::move(vi), std::move(en)}};
}

struct End {
    std::string name, phone, email, address, district;
};

void put(json::object& out, const std::string& side, const End& end, const std::string& province) {
    out[side + "Province"] = province;
    out[side + "District"] = end.district;
    out[side + "Address"] = end.address;
    out[side + "Name"] = end.name;
    out[side + "Email"] = end.email;
    out[side + "Tel"] = end.phone;
}

}  // namespace

Result<void> Partner::wants(store::Reader& reader, const store::StoredEvent& event,
                            std::vector<connector::Wanted>& out) {
    const auto add = [&](std::string key, std::string kind, std::string stream) {
        connector::Wanted w;
        w.key = std::move(key);
        w.kind = std::move(kind);
        w.stream = std::move(stream);
        w.snapshot = false;
        out.push_back(std::move(w));
    };
    const auto text = [&](const char* name) {
        const auto* v = event.data.if_contains(name);
        return v && v->is_string() ? std::string{v->get_string()} : std::string{};
    };
    if (event.type == events::asked) {
        // A result that is not there yet is ordered when it is: the dossier's own event says so.
        // One that waits already, because the dossier's own event came first, serves this wish, too.
        if (!connector::is_waiting(reader, name(), text("order"))) add(text("order"), "order", text("code"));
        return Nothing{};
    }
    if (event.type == events::cancel_asked) {
        add(text("order"), "cancel", text("order"));
        return Nothing{};
    }
    if (!event.type.starts_with("dossier.")) return Nothing{};
    TRY(const auto change, dossiers::events::change_of(event));
    if (change.to != State::finished || change.from == State::finished) return Nothing{};
    TRY(const auto d, dossiers::storage::find(reader, change.code.value));
    for (const auto& o : rows::of_dossier(reader, d.id))
        if (o.way == Way::hand_over && o.state == OrderState::none && !o.cancel_wanted) {
            add(o.number, "order", d.code.value);
            return Nothing{};
        }
    if (d.channel == dossiers::Channel::post) {
        // Without a mapping it is named by the dossier's code: the follower must not stand still.
        const auto profile = this->profile(reader, event.at);
        add(profile.ok() ? (*profile)->number_for(d.code, Way::hand_over, 1) : d.code.value, "order", d.code.value);
    }
    return Nothing{};
}

Result<connector::Building> Partner::build(store::Reader& reader, const connector::Message& message, Instant now) {
    TRY(const auto profile, this->profile(reader, now));
    if (message.kind == "order") return build_order(reader, message, *profile, now);
    const auto o = rows::find(reader, message.key);
    if (!o || !is_open(*o)) return connector::Building{connector::Unneeded{}};
    Built built;
    built.subject = o->subject;
    built.bytes =
        json::serialize(json::object{{"CustomerCode", parts_.settings.extra("customer")}, {"OrderNumber", o->number}});
    built.mapping = profile->hash;
    return connector::Building{std::move(built)};
}

Result<connector::Building> Partner::build_order(store::Reader& reader, const connector::Message& message,
                                                 const Profile& profile, Instant now) {
    const auto ctx = parts_.context();
    const auto day = local_date(now);
    TRY(const auto d, dossiers::storage::find(reader, message.stream));
    const auto o = rows::find(reader, message.key);
    const auto way = o ? o->way : Way::hand_over;
    if (o && (o->state != OrderState::none || o->cancel_wanted)) return connector::Building{connector::Unneeded{}};
    if (way == Way::hand_over && d.state != State::finished) return connector::Building{connector::Unneeded{}};
    if (way == Way::collect && !dossiers::is_open(d.state)) return connector::Building{connector::Unneeded{}};
    if (parts_.settings.extra("customer").empty())
        return missing("CustomerCode", "Chưa khai mã khách hàng của bưu chính trong tệp cấu hình.",
                       "The post's customer code is not set in the configuration.");

    Place place;
    if (o) {
        auto there = rows::place_of(reader, *ctx.vault, *o);
        if (!there.ok()) return missing("ReceiverAddress", there.error().vi, there.error().en, there.error().code);
        place = std::move(*there);
    } else {
        const auto person = dossiers::storage::load_person(reader, ctx, d);
        if (!person.ok()) return missing("ReceiverAddress", person.error().vi, person.error().en, person.error().code);
        const auto& a = person->applicant;
        place = {a.name, a.phone, a.email, a.address};
    }
    const std::string theirs = way == Way::hand_over ? "Receiver" : "Sender",
                      ours = way == Way::hand_over ? "Sender" : "Receiver";
    if (place.name.empty())
        return missing(theirs + "Name", "Chưa có tên người giao nhận.", "The person's name is missing.");
    if (place.phone.empty())
        return missing(theirs + "Tel", "Chưa có số điện thoại của người giao nhận.", "The person's phone is missing.");
    const auto commune = commune_of(*ctx.directory, place.address, day);
    if (!commune)
        return missing(theirs + "Address", "Địa chỉ không nêu rõ một xã, phường, đặc khu hiện nay.",
                       "The address does not name one commune of today.", "address.commune_unknown");
    const auto district = profile.district_of(*commune, day);
    if (!district)
        return missing(
            theirs + "District",
            fmt::format("Bảng ánh xạ chưa có mã huyện của bưu chính cho {}. Hãy bổ sung links/post.yaml.",
                        commune->value),
            fmt::format("The mapping has no postal district for {}. Add it to links/post.yaml.", commune->value),
            "district.unmapped");

    const auto* agency = ctx.directory->agency(d.reception);
    const auto* version = agency ? agency->at(day) : nullptr;
    if (!version)
        return missing(ours + "Name", "Không tìm thấy cơ quan nhận và trả hồ sơ.", "The agency is not found.");
    const auto either = [&](const std::string& own, const char* setting) {
        return own.empty() ? parts_.settings.extra(setting) : own;
    };
    End office{version->name, either(version->phone, "phone"), parts_.settings.extra("email"),
               either(version->address, "address"), ""};
    if (office.address.empty())
        return missing(ours + "Address", "Cơ quan chưa có địa chỉ. Hãy bổ sung vào danh mục cơ quan.",
                       "The agency has no address. Add it to the list of agencies.");
    if (office.phone.empty())
        return missing(ours + "Tel", "Cơ quan chưa có số điện thoại. Hãy bổ sung vào danh mục cơ quan.",
                       "The agency has no phone. Add it to the list of agencies.");
    const auto seat = commune_of(*ctx.directory, office.address, day).value_or(version->area);
    const auto own_district = profile.district_of(seat, day);
    if (!own_district)
        return missing(ours + "District", "Bảng ánh xạ chưa có mã huyện của bưu chính cho nơi đặt cơ quan.",
                       "The mapping has no postal district for the agency's seat.", "district.unmapped");
    office.district = *own_district;

    int64_t amount = 0;
    if (way == Way::hand_over && d.unpaid > 0) {
        if (!o || !o->cod)
            return missing("CODAmount", "Hồ sơ còn khoản chưa nộp: nộp trước, hoặc chọn nộp khi nhận kết quả.",
                           "Something is owed: pay first, or choose to pay on delivery.", "post.unpaid");
        amount = d.unpaid;
    }
    json::object out{
        {"CustomerCode", parts_.settings.extra("customer")}, {"OrderNumber", message.key}, {"CODAmount", amount}};
    const End person{place.name, place.phone, place.email, place.address, *district};
    put(out, "Sender", way == Way::hand_over ? office : person, profile.province);
    out["SenderDesc"] = profile.description_for(d.code, way);
    out["Description"] = profile.description_for(d.code, way);
    put(out, "Receiver", way == Way::hand_over ? person : office, profile.province);
    for (const auto& [field, value] : profile.fixed) out[field] = value;
    Built built;
    built.bytes = json::serialize(out);
    built.subject = d.subject;
    built.facts = {{"OrderNumber", message.key}};
    built.mapping = profile.hash;
    built.read = access::PersonalRead{"system:post", "chuyển qua bưu chính", "dossier", d.id.value, "", now};
    return connector::Building{std::move(built)};
}

}  // namespace hl::post
