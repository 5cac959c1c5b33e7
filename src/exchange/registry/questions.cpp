#include "exchange/registry/questions.h"

#include "base/text.h"
#include "exchange/registry/issue.h"
#include "exchange/registry/rows.h"

namespace hl::exchange {

namespace {

struct MissedText {
    std::string_view word, vi, en;
};
constexpr MissedText missed_texts[] = {
    {"", "Quyền này cho phép cuộc gọi.", "This right allows the call."},
    {"subject", "Quyền cấp cho phân hệ hoặc nhóm khác.", "The right belongs to another subsystem or group."},
    {"service", "Quyền dành cho dịch vụ khác của cùng bên cung cấp.",
     "The right is for another service of the same provider."},
    {"method", "Quyền không gồm phương thức này.", "The right does not cover this method."},
    {"path", "Quyền không gồm đường dẫn này.", "The right does not cover this path."},
    {"not_yet", "Quyền chưa đến ngày bắt đầu.", "The right has not begun yet."},
    {"ended", "Quyền đã hết hạn. Hãy xin gia hạn.", "The right has ended. Ask for it to be extended."},
};

const MissedText& text_of(std::string_view word) {
    for (const auto& text : missed_texts)
        if (text.word == word) return text;
    throw std::logic_error("a missed part has no text");
}

/// What the tables know of a service beyond the configuration.
struct Detail {
    std::string description, provider_name, contact;
};

std::map<std::string, Detail, std::less<>> details_of(store::Reader& reader) {
    std::map<std::string, Detail, std::less<>> out;
    reader.query(
        "SELECT v.id, v.description, s.name, s.contact FROM exchange_service v JOIN exchange_subsystem s ON s.id = "
        "v.provider",
        {}, [&](const store::Row& row) {
            out[row.string(0)] = {row.string(1), row.string(2), row.string(3)};
        });
    return out;
}

/// The client's rights for a service, today's and coming ones.
json::object standing(const Configuration& c, const Knowledge& knowledge, const ClientId& client,
                      const ServiceEntry& service, Date today) {
    json::array rights;
    std::string state = "none";
    for (const auto& right : c.rights) {
        if (right.service != service.id) continue;
        bool mine = right.group.empty() && right.subject == client;
        if (const auto group = c.groups.find(right.group); !right.group.empty() && group != c.groups.end())
            mine = std::find(group->second.begin(), group->second.end(), client) != group->second.end();
        if (!mine) continue;
        rights.push_back(to_json(right));
        if (today < right.from || (right.to && *right.to < today)) continue;
        if (right.endpoint == Endpoint{"*", "**"})
            state = "whole";
        else if (state == "none")
            state = "part";
    }
    if (knowledge.find(client) == nullptr) state = "unknown_client";
    return {{"state", state}, {"rights", std::move(rights)}};
}

}  // namespace

Result<Decision> check(store::Reader& reader, const Registry& registry, const CheckQuestion& question) {
    TRY(auto content, content_of(reader, registry, local_date(question.at)));
    if (question.proposed) {
        content.rights.push_back(*question.proposed);
        content.rights.back().id = "proposed";
    }
    return Knowledge(std::move(content))
        .decide(question.client, question.service, question.method, question.path, question.at, true);
}

json::object to_json(const Decision& d) {
    json::array looked;
    for (const auto& l : d.looked) {
        const auto& text = text_of(l.missed);
        looked.push_back(json::object{
            {"right", to_json(l.right)}, {"missed", text_or_null(l.missed)}, {"vi", text.vi}, {"en", text.en}});
    }
    const bool by_nature = d.allowed && !d.by;  // a metaservice
    return {{"allowed", d.allowed},
            {"fault", text_or_null(d.fault)},
            {"vi", d.allowed ? std::string_view{by_nature ? "Dịch vụ mô tả không cần quyền." : "Được phép."}
                             : std::string_view{d.notice_vi}},
            {"en", d.allowed ? std::string_view{by_nature ? "Metaservices need no right." : "Allowed."}
                             : std::string_view{d.notice}},
            {"by", d.by ? json::value(to_json(*d.by)) : json::value()},
            {"looked", std::move(looked)}};
}

Result<json::object> catalogue(store::Reader& reader, const Registry& registry, const CatalogueQuestion& question,
                               Instant now) {
    TRY(auto content, content_of(reader, registry, local_date(now)));
    const Knowledge knowledge(std::move(content));
    const auto& c = knowledge.configuration();
    const auto details = details_of(reader);
    const auto wanted = text::fold(question.search);
    // By bytes, whatever order the database gives: the cursor is compared so.
    std::map<std::string, const ServiceEntry*> services;
    for (const auto& service : c.services) services[to_path(service.id)] = &service;
    json::array items;
    json::value next;
    for (const auto& [id, entry] : services) {
        const auto& service = *entry;
        if (id <= question.after) continue;
        const auto detail = details.find(id);
        if (detail == details.end()) continue;
        const auto& [description, provider_name, contact] = detail->second;
        if (!wanted.empty() &&
            text::fold(id + " " + service.title + " " + description + " " + provider_name).find(wanted) ==
                std::string::npos)
            continue;
        if (items.size() == question.limit) {
            next = items.back().at("service");
            break;
        }
        const auto* member = knowledge.find(service.id.provider.member());
        items.push_back(json::object{
            {"service", id},
            {"type", to_string(service.type)},
            {"title", text_or_null(service.title)},
            {"description", text_or_null(description)},
            {"endpoints", to_json(service.endpoints)},
            {"enabled", service.enabled},
            {"notice", text_or_null(service.disabled_notice)},
            {"provider", json::object{{"subsystem", to_path(service.id.provider)},
                                      {"name", provider_name},
                                      {"member", member != nullptr ? json::value(member->name) : json::value()},
                                      {"contact", text_or_null(contact)}}},
            {"reachable", !knowledge.providers(service.id).empty()},
            {"right", question.client ? json::value(standing(c, knowledge, *question.client, service, local_date(now)))
                                      : json::value()}});
    }
    return json::object{{"items", std::move(items)}, {"next", std::move(next)}};
}

}  // namespace hl::exchange
