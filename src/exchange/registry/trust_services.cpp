#include "exchange/registry/trust_services.h"

#include "exchange/registry/events.h"
#include "exchange/registry/issue.h"
#include "exchange/registry/rows.h"
#include "exchange/trust/certificate_chain.h"

namespace hl::exchange {

namespace {

constexpr size_t most_certificates = 20, largest_pem = 64u << 10;

/// A certificate in PEM under `key`, DER out.
std::string der_of(JsonReader& in, std::string_view key, const json::value* value) {
    const bool text = value != nullptr && value->is_string() && value->get_string().size() <= largest_pem;
    auto read = text ? Certificate::from_pem(std::string_view{value->get_string()})
                     : Result<Certificate>(Error{ErrorKind::invalid, "exchange.certificate",
                                                 "Cần một chứng thư ở dạng PEM.", "A certificate in PEM is wanted."});
    if (read.ok()) return read->der();
    in.fail(key, read.error().code, read.error().vi, read.error().en);
    return {};
}

json::array ders_of(JsonReader& in, std::string_view key) {
    json::array out;
    for (const auto& [item, at] : in.array(key, most_certificates))
        out.push_back(json::value(crypto::to_base64(der_of(in, key, item))));
    return out;
}

void judge_url(JsonReader& in, std::string_view key, std::string_view url) {
    const bool good = (url.starts_with("http://") || url.starts_with("https://")) && url.size() <= 500 &&
                      url.find_first_of(" \"<>\\") == std::string_view::npos;
    if (!good)
        in.fail(key, "exchange.url", "Cần một địa chỉ http:// hoặc https://.", "An http:// or https:// URL is wanted.");
}

}  // namespace

Result<std::string> add_trust_service(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                      const json::value& body, Instant now) {
    TRY_VOID(require_registrar(actor, AgencyId{}, now));
    JsonReader in(body);
    const auto kind = in.one_of("kind", {"authority", "time_stamper"});
    json::object out{{"name", in.text("name", 300)}};
    const auto der = der_of(in, "certificate", in.raw("certificate"));
    out["certificate"] = crypto::to_base64(der);
    if (kind == "authority") {
        out["intermediates"] = ders_of(in, "intermediates");
        out["signing"] = in.boolean("signing", true);
        out["authentication"] = in.boolean("authentication", true);
        json::array urls;
        for (const auto& [item, at] : in.array("ocsp_urls", most_certificates)) {
            const std::string url = item->is_string() ? std::string{item->get_string()} : "";
            judge_url(in, "ocsp_urls", url);
            urls.push_back(json::value(url));
        }
        out["ocsp_urls"] = std::move(urls);
        out["ocsp_responders"] = ders_of(in, "ocsp_responders");
    } else {
        const auto url = in.text("url", 500);
        judge_url(in, "url", url);
        out["url"] = url;
    }
    TRY_VOID(in.finish());
    if (kind == "authority") TRY_VOID(import_authority(der, now));
    const auto id = crypto::to_hex(crypto::sha256(der));
    const auto text = canonical_json(out);
    if (tx.first("SELECT id FROM exchange_trust_service WHERE id = ? AND valid_to IS NULL", {id},
                 [](const store::Row&) { return true; }))
        return Error{ErrorKind::conflict, "exchange.trust_service_exists", "Đã có dịch vụ tin cậy với chứng thư này.",
                     "There is a trust service with this certificate already.", "/certificate"};
    tx.execute(
        "INSERT INTO exchange_trust_service (id, kind, body, valid_from, valid_to) VALUES (?, ?, ?, ?, NULL) ON "
        "CONFLICT (id) DO UPDATE SET kind = excluded.kind, body = excluded.body, valid_from = excluded.valid_from, "
        "valid_to = NULL",
        {id, kind, text, local_date(now)});
    append(tx, events::trust_service_added, "exchange-trust:" + id, actor, now, {{"service", id}, {"kind", kind}});
    TRY_VOID(issue(tx, registry, now));
    return id;
}

Result<void> end_trust_service(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                               std::string_view id, Instant now) {
    TRY_VOID(require_registrar(actor, AgencyId{}, now));
    const auto ended = tx.execute("UPDATE exchange_trust_service SET valid_to = ? WHERE id = ? AND valid_to IS NULL",
                                  {local_date(now), id});
    if (ended == 0)
        return Error{ErrorKind::not_found, "exchange.unknown_trust_service", "Không có dịch vụ tin cậy này.",
                     "There is no such trust service."};
    append(tx, events::trust_service_ended, fmt::format("exchange-trust:{}", id), actor, now, {{"service", id}});
    TRY_VOID(issue(tx, registry, now));
    return Nothing{};
}

}  // namespace hl::exchange
