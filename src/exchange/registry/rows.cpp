#include "exchange/registry/rows.h"

namespace hl::exchange {

namespace {

template <class T>
T stored(Result<T> parsed) {
    if (!parsed.ok()) throw std::logic_error("the registry holds an identifier that cannot be read");
    return *std::move(parsed);
}

std::string decoded(const json::value& text) {
    return crypto::from_base64(std::string_view{text.as_string()}).value_or("");
}

}  // namespace

ClientId client_of(std::string_view path) {
    return stored(parse_client(path));
}
ServiceId service_of(std::string_view path) {
    return stored(parse_service(path));
}
ServerId server_of(std::string_view path) {
    return stored(parse_server(path));
}

std::vector<Endpoint> endpoints_of(std::string_view text) {
    std::vector<Endpoint> out;
    const auto list = stored(parse_json(text));
    for (const auto& e : list.as_array())
        out.push_back({std::string{e.at("method").as_string()}, std::string{e.at("path").as_string()}});
    return out;
}

json::array to_json(const std::vector<Endpoint>& endpoints) {
    json::array out;
    for (const auto& e : endpoints) out.push_back(json::object{{"method", e.method}, {"path", e.path}});
    return out;
}

Right right_of(const store::Row& row) {
    Right out;
    out.id = row.string(0);
    if (!row.text(1).empty()) out.subject = client_of(row.text(1));
    out.group = row.string(2);
    out.service = service_of(row.text(3));
    out.endpoint = {row.string(4), row.string(5)};
    out.from = row.date(6);
    out.to = row.optional_date(7);
    out.basis = row.string(8);
    return out;
}

json::object to_json(const Right& r) {
    return {{"right", r.id},
            {"subject", r.group.empty() ? json::value(to_path(r.subject)) : json::value()},
            {"group", text_or_null(r.group)},
            {"service", to_path(r.service)},
            {"method", r.endpoint.method},
            {"path", r.endpoint.path},
            {"from", to_iso(r.from)},
            {"to", day_or_null(r.to)},
            {"basis", r.basis}};
}

AuthorityEntry authority_of(std::string_view body) {
    const auto value = stored(parse_json(body));
    const auto& o = value.as_object();
    AuthorityEntry out;
    out.name = std::string{o.at("name").as_string()};
    out.certificate = decoded(o.at("certificate"));
    for (const auto& der : o.at("intermediates").as_array()) out.intermediates.push_back(decoded(der));
    out.signing = o.at("signing").as_bool();
    out.authentication = o.at("authentication").as_bool();
    for (const auto& url : o.at("ocsp_urls").as_array()) out.ocsp_urls.emplace_back(url.as_string());
    for (const auto& der : o.at("ocsp_responders").as_array()) out.ocsp_responders.push_back(decoded(der));
    return out;
}

TimeStamperEntry time_stamper_of(std::string_view body) {
    const auto value = stored(parse_json(body));
    const auto& o = value.as_object();
    return {std::string{o.at("name").as_string()}, decoded(o.at("certificate")), std::string{o.at("url").as_string()}};
}

json::value text_or_null(std::string_view text) {
    return text.empty() ? json::value() : json::value(text);
}
json::value day_or_null(const std::optional<Date>& day) {
    return day ? json::value(to_iso(*day)) : json::value();
}
json::value time_or_null(const std::optional<Instant>& time) {
    return time ? json::value(to_rfc3339(*time)) : json::value();
}

Result<AgencyId> agency_of(store::Reader& reader, const ClientId& member) {
    const auto path = to_path(member.member());
    auto found = reader.first("SELECT agency FROM exchange_member WHERE id = ?", {path},
                              [](const store::Row& row) { return row.id<AgencyId>(0); });
    if (!found) return no_such_client(member.member());
    return *std::move(found);
}

bool exists(store::Reader& reader, const ClientId& client) {
    const auto path = to_path(client);
    const auto one = [](const store::Row&) { return true; };
    if (client.subsystem.empty())
        return reader.first("SELECT id FROM exchange_member WHERE id = ?", {path}, one).has_value();
    return reader.first("SELECT id FROM exchange_subsystem WHERE id = ?", {path}, one).has_value();
}

bool exists(store::Reader& reader, const ServiceId& service) {
    const auto path = to_path(service);
    return reader.first("SELECT id FROM exchange_service WHERE id = ?", {path}, [](const store::Row&) { return true; })
        .has_value();
}

Error no_such_client(const ClientId& client) {
    return {ErrorKind::not_found, "exchange.unknown_member",
            fmt::format("Không có {} trong nơi đăng ký. Hãy đăng ký trước.", to_text(client)),
            fmt::format("The registry does not know {}. Register it first.", to_text(client))};
}

Error no_such_service(const ServiceId& service) {
    return {ErrorKind::not_found, "exchange.unknown_service",
            fmt::format("Không có dịch vụ {}. Hãy xem danh mục dịch vụ.", to_text(service)),
            fmt::format("There is no service {}. See the catalogue of services.", to_text(service))};
}

Result<void> judge_code(std::string_view code, std::string_view at) {
    const bool good = !code.empty() && code.size() <= 100 && std::all_of(code.begin(), code.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == '_';
    });
    if (good && code != "." && code != "..") return Nothing{};
    return Error{ErrorKind::invalid, "exchange.code",
                 "Mã chỉ gồm chữ cái không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới; từ 1 đến 100 ký tự.",
                 "A code has letters a to z, digits, dots, hyphens and underscores; 1 to 100 characters.",
                 "/" + std::string{at}};
}

void append(store::Transaction& tx, std::string_view type, std::string stream, const access::Actor& actor, Instant now,
            json::object data) {
    tx.append({std::string{type}, 1, std::move(stream), actor.label(), now, std::move(data)});
}

}  // namespace hl::exchange
