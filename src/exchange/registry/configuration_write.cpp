#include "base/json.h"
#include "exchange/registry/configuration.h"

namespace hl::exchange {

namespace {

template <class List, class F>
json::array each(const List& list, const F& write) {
    json::array out;
    out.reserve(list.size());
    for (const auto& item : list) out.push_back(write(item));
    return out;
}

json::array paths(const auto& ids) {
    return each(ids, [](const auto& id) { return json::value(to_path(id)); });
}
json::array texts(const std::vector<std::string>& list) {
    return each(list, [](const std::string& s) { return json::value(s); });
}
json::array encoded(const std::vector<std::string>& list) {
    return each(list, [](const std::string& s) { return json::value(crypto::to_base64(s)); });
}

/// Members that say nothing are left out: the document is fetched every minute by every gateway.
void put_text(json::object& out, std::string_view key, const std::string& text) {
    if (!text.empty()) out[key] = text;
}
void put_list(json::object& out, std::string_view key, json::array list) {
    if (!list.empty()) out[key] = std::move(list);
}

json::value write(const MemberEntry& m) {
    json::object out{{"id", to_path(m.id)}, {"name", m.name}};
    put_list(out, "certificates", texts(m.signing_certificates));
    return out;
}

json::value write(const ServerEntry& s) {
    json::object out{{"id", to_path(s.id)}, {"address", s.address}};
    put_list(out, "certificates", texts(s.certificates));
    put_list(out, "clients", paths(s.clients));
    if (s.maintenance) out["maintenance"] = s.maintenance_notice;
    return out;
}

json::value write(const ServiceEntry& s) {
    json::object out{{"id", to_path(s.id)}, {"type", to_string(s.type)}};
    put_text(out, "title", s.title);
    put_list(out, "endpoints", each(s.endpoints, [](const Endpoint& e) {
                 return json::value(json::object{{"method", e.method}, {"path", e.path}});
             }));
    put_list(out, "servers", paths(s.servers));
    if (!s.enabled) out["disabled"] = s.disabled_notice;
    return out;
}

json::value write(const Right& r) {
    json::object out{{"id", r.id},
                     {"service", to_path(r.service)},
                     {"method", r.endpoint.method},
                     {"path", r.endpoint.path},
                     {"from", to_iso(r.from)},
                     {"basis", r.basis}};
    if (r.group.empty())
        out["subject"] = to_path(r.subject);
    else
        out["group"] = r.group;
    if (r.to) out["to"] = to_iso(*r.to);
    return out;
}

json::value write(const AuthorityEntry& a) {
    json::object out{{"name", a.name},
                     {"certificate", crypto::to_base64(a.certificate)},
                     {"signing", a.signing},
                     {"authentication", a.authentication}};
    put_list(out, "intermediates", encoded(a.intermediates));
    put_list(out, "ocsp_urls", texts(a.ocsp_urls));
    put_list(out, "ocsp_responders", encoded(a.ocsp_responders));
    return out;
}

json::value write(const TimeStamperEntry& t) {
    return json::object{{"name", t.name}, {"certificate", crypto::to_base64(t.certificate)}, {"url", t.url}};
}

json::value write_all(const auto& list) {
    return each(list, [](const auto& item) { return write(item); });
}

}  // namespace

std::string configuration_json(const Configuration& c) {
    json::array groups;
    for (const auto& [code, clients] : c.groups) {
        json::object group{{"code", code}, {"members", paths(clients)}};
        if (const auto title = c.group_titles.find(code); title != c.group_titles.end())
            put_text(group, "title", title->second);
        groups.push_back(std::move(group));
    }
    json::object classes;
    for (const auto& [code, title] : c.classes) classes[code] = title;
    return canonical_json(json::object{{"number", c.number},
                                       {"instance", c.instance},
                                       {"issued", to_rfc3339(c.issued)},
                                       {"expires", to_rfc3339(c.expires)},
                                       {"classes", std::move(classes)},
                                       {"members", write_all(c.members)},
                                       {"servers", write_all(c.servers)},
                                       {"services", write_all(c.services)},
                                       {"rights", write_all(c.rights)},
                                       {"groups", std::move(groups)},
                                       {"authorities", write_all(c.authorities)},
                                       {"time_stampers", write_all(c.time_stampers)},
                                       {"ocsp_freshness", c.ocsp_freshness.count()},
                                       {"stamp_interval", c.stamp_interval.count()},
                                       {"stamp_failure_period", c.stamp_failure_period.count()},
                                       {"require_ocsp", c.require_ocsp}});
}

}  // namespace hl::exchange
