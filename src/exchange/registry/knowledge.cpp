#include "exchange/protocol/metaservices.h"
#include "exchange/registry/configuration.h"

namespace hl::exchange {

namespace {

enum class Missed { nothing, subject, service, method, path, not_yet, ended };

std::string_view word(Missed missed) {
    switch (missed) {
        case Missed::nothing:
            return "";
        case Missed::subject:
            return "subject";
        case Missed::service:
            return "service";
        case Missed::method:
            return "method";
        case Missed::path:
            return "path";
        case Missed::not_yet:
            return "not_yet";
        case Missed::ended:
            return "ended";
    }
    throw std::logic_error("a missed part has no word");
}

/// What a right of the client for the service still lacks; dates last, so that "ended" means: it was the right one.
Missed missed_by(const Right& right, std::string_view method, const std::string& path, Date today) {
    if (right.endpoint.method != "*" && right.endpoint.method != method) return Missed::method;
    if (!glob_matches(right.endpoint.path, path)) return Missed::path;
    if (today < right.from) return Missed::not_yet;
    if (right.to && *right.to < today) return Missed::ended;
    return Missed::nothing;
}

Decision refused(std::string fault, std::string vi, std::string en) {
    Decision out;
    out.fault = std::move(fault);
    out.notice = std::move(en);
    out.notice_vi = std::move(vi);
    return out;
}

template <class Map, class Key>
auto* entry(const Map& map, const Key& key, const auto& entries) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &entries[found->second];
}

}  // namespace

Knowledge::Knowledge(Configuration configuration) : configuration_(std::move(configuration)) {
    const auto& c = configuration_;
    for (size_t i = 0; i < c.members.size(); ++i) members_.emplace(c.members[i].id, i);
    for (size_t i = 0; i < c.services.size(); ++i) services_.emplace(c.services[i].id, i);
    for (size_t i = 0; i < c.servers.size(); ++i) {
        servers_.emplace(c.servers[i].id, i);
        for (const auto& hash : c.servers[i].certificates) by_certificate_.emplace(hash, i);
        for (const auto& client : c.servers[i].clients) servers_of_[client].insert(c.servers[i].id);
    }
    for (size_t i = 0; i < c.rights.size(); ++i) {
        auto& of_service = rights_[c.rights[i].service];
        if (c.rights[i].group.empty())
            of_service.by_subject[c.rights[i].subject].push_back(i);
        else
            of_service.by_group[c.rights[i].group].push_back(i);
    }
    for (const auto& [code, clients] : c.groups)
        for (const auto& client : clients) groups_of_[client].insert(code);
}

const MemberEntry* Knowledge::find(const ClientId& id) const {
    return entry(members_, id, configuration_.members);
}
const ServiceEntry* Knowledge::find(const ServiceId& id) const {
    return entry(services_, id, configuration_.services);
}
const ServerEntry* Knowledge::find(const ServerId& id) const {
    return entry(servers_, id, configuration_.servers);
}
const ServerEntry* Knowledge::server_of_certificate(std::string_view sha256) const {
    return entry(by_certificate_, sha256, configuration_.servers);
}

bool Knowledge::signs_for(std::string_view certificate_sha256, const ClientId& client) const {
    const auto* member = find(client.member());
    return member != nullptr && std::find(member->signing_certificates.begin(), member->signing_certificates.end(),
                                          certificate_sha256) != member->signing_certificates.end();
}

bool Knowledge::speaks_for(const ServerId& server, const ClientId& client) const {
    const auto found = servers_of_.find(client);
    return found != servers_of_.end() && found->second.contains(server);
}

std::vector<const ServerEntry*> Knowledge::providers(const ServiceId& service) const {
    std::vector<const ServerEntry*> out;
    const auto* known = find(service);
    const auto registered = servers_of_.find(service.provider);
    if (registered == servers_of_.end()) return out;
    for (const auto& id : registered->second) {
        if (known != nullptr && !known->servers.empty() &&
            std::find(known->servers.begin(), known->servers.end(), id) == known->servers.end())
            continue;
        out.push_back(find(id));
    }
    std::stable_partition(out.begin(), out.end(), [](const ServerEntry* s) { return !s->maintenance; });
    return out;
}

std::vector<const ServiceEntry*> Knowledge::services_of(const ClientId& provider) const {
    std::vector<const ServiceEntry*> out;
    for (auto at = services_.lower_bound(ServiceId{provider, {}, {}});
         at != services_.end() && at->first.provider == provider; ++at)
        out.push_back(&configuration_.services[at->second]);
    return out;
}

template <class F>
void Knowledge::each_right_of(const ClientId& client, const ServiceId& service, const F& visit) const {
    const auto rights = rights_.find(service);
    if (rights == rights_.end()) return;
    const auto visit_all = [&](const auto& map, const auto& key) {
        const auto found = map.find(key);
        if (found == map.end()) return true;
        for (const size_t i : found->second)
            if (!visit(configuration_.rights[i])) return false;
        return true;
    };
    if (!visit_all(rights->second.by_subject, client)) return;
    const auto groups = groups_of_.find(client);
    if (groups == groups_of_.end()) return;
    for (const auto& group : groups->second)
        if (!visit_all(rights->second.by_group, group)) return;
}

std::vector<const ServiceEntry*> Knowledge::allowed_services(const ClientId& client, const ClientId& provider,
                                                             Instant now) const {
    const Date today = local_date(now);
    std::vector<const ServiceEntry*> out;
    if (find(client) == nullptr) return out;
    for (const auto* service : services_of(provider)) {
        bool allowed = false;
        each_right_of(client, service->id, [&](const Right& right) {
            allowed = right.from <= today && (!right.to || today <= *right.to);
            return !allowed;
        });
        if (allowed) out.push_back(service);
    }
    return out;
}

Decision Knowledge::decide(const ClientId& client, const ServiceId& service, std::string_view method,
                           std::string_view path, Instant now, bool explain) const {
    // In the order of X-Road's checks: who calls, what is called, the right, whether it is switched on.
    if (find(client) == nullptr)
        return refused("unknown_member",
                       fmt::format("Không có thành viên hay phân hệ {}. Hãy đăng ký trước.", to_text(client)),
                       fmt::format("Client '{}' not found. Have it registered first.", to_text(client)));
    const auto normal = normalised_path(path);
    if (!normal.ok()) return refused("bad_request", normal.error().vi, normal.error().en);
    const auto* known = find(service);
    if (known == nullptr) {
        if (is_metaservice(service.code) && find(service.provider) != nullptr) {
            Decision out;
            out.allowed = true;
            return out;
        }
        return refused("unknown_service",
                       fmt::format("Không có dịch vụ {}. Hãy xem danh mục dịch vụ.", to_text(service)),
                       fmt::format("Unknown service: {}. See the catalogue of services.", to_text(service)));
    }
    const Date today = local_date(now);
    const Right* by = nullptr;
    each_right_of(client, service, [&](const Right& right) {
        if (missed_by(right, method, *normal, today) == Missed::nothing) by = &right;
        return by == nullptr;
    });
    Decision out;
    if (by == nullptr) {
        out = refused("access_denied",
                      fmt::format("Phân hệ {} chưa có quyền gọi {} {} của {}. Hãy gửi yêu cầu cấp quyền.",
                                  to_text(client), method, *normal, to_text(service)),
                      fmt::format("Request is not allowed: {} has no right to {} {} of {}. Ask for the right.",
                                  to_text(client), method, *normal, to_text(service)));
    } else {
        out.by = *by;
        if (known->enabled) {
            out.allowed = true;
        } else {
            out.fault = "service_disabled";
            out.notice = out.notice_vi = known->disabled_notice;
        }
    }
    if (explain) explain_into(out, client, service, method, *normal, today);
    return out;
}

void Knowledge::explain_into(Decision& decision, const ClientId& client, const ServiceId& service,
                             std::string_view method, const std::string& path, Date today) const {
    const auto groups = groups_of_.find(client);
    // In the document's order: every right for the service, and the client's own for its neighbours (a call to the
    // wrong service of the right provider is a common mistake).
    for (const auto& right : configuration_.rights) {
        const bool same_service = right.service == service;
        if (!same_service && right.service.provider != service.provider) continue;
        const bool same_subject = right.group.empty()
                                      ? right.subject == client
                                      : groups != groups_of_.end() && groups->second.contains(right.group);
        if (!same_service && !same_subject) continue;
        const auto missed = !same_subject   ? Missed::subject
                            : !same_service ? Missed::service
                                            : missed_by(right, method, path, today);
        decision.looked.push_back({right, std::string{word(missed)}});
    }
}

}  // namespace hl::exchange
