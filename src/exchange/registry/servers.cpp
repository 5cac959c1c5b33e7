#include "exchange/registry/servers.h"

#include "exchange/registry/certificates.h"
#include "exchange/registry/events.h"
#include "exchange/registry/rows.h"
#include "exchange/trust/certificate_chain.h"

namespace hl::exchange {

namespace {

struct Waiting {
    std::string id, use, member, public_key;
};

std::vector<Waiting> waiting_of(store::Reader& reader, const std::string& server) {
    return reader.all(
        "SELECT id, key_use, member, public_key FROM exchange_certificate_request WHERE server = ? AND certificate = "
        "'' ORDER BY id",
        {server}, [](const store::Row& row) {
            return Waiting{row.string(0), row.string(1), row.string(2), row.string(3)};
        });
}

Error certificate_error(std::string_view vi, std::string_view en) {
    return {ErrorKind::invalid, "exchange.certificate", std::string{vi}, std::string{en}, "/certificates"};
}

Result<AgencyId> owner_agency(store::Reader& reader, const ServerId& server) {
    const auto path = to_path(server);
    if (!reader.first("SELECT id FROM exchange_server WHERE id = ?", {path}, [](const store::Row&) { return true; }))
        return Error{ErrorKind::not_found, "exchange.unknown_server",
                     fmt::format("Không có cổng kết nối {}. Hãy xem danh sách cổng.", to_text(server)),
                     fmt::format("There is no gateway {}. See the list of gateways.", to_text(server))};
    return agency_of(reader, {server.instance, server.member_class, server.member_code, {}});
}

}  // namespace

void register_certificate(store::Transaction& tx, const access::Actor& actor, const RegisteredCertificate& what,
                          Instant now) {
    const auto& c = what.certificate;
    const auto sha256 = c.sha256_hex(), pem = c.pem(), use = std::string{word_of(what.use)};
    tx.execute(
        "INSERT INTO exchange_certificate (sha256, key_use, member, server, pem, subject, not_before, not_after, "
        "registered_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (sha256) DO NOTHING",
        {sha256, use, what.member, what.server, pem, c.subject(), c.not_before(), c.not_after(), now});
    append(tx, events::certificate_registered, what.server, actor, now,
           {{"certificate", sha256}, {"use", use}, {"member", what.member}, {"server", what.server}});
}

std::string_view word_of(KeyUse use) {
    return use == KeyUse::signing ? "signing" : "authentication";
}

Result<void> upload_certificates(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                 const ServerId& server, const std::vector<std::string>& pems, Instant now) {
    TRY(const auto agency, owner_agency(tx, server));
    TRY_VOID(require_registrar(actor, agency, now));
    TRY(const auto content, content_of(tx, registry, local_date(now)));
    const auto path = to_path(server);
    auto waiting = waiting_of(tx, path);
    if (pems.empty()) return certificate_error("Chưa có chứng thư nào.", "There is no certificate.");
    for (const auto& pem : pems) {
        TRY(auto certificate, Certificate::from_pem(pem));
        const auto key = crypto::to_hex(crypto::sha256(certificate.public_key_der()));
        const auto found =
            std::find_if(waiting.begin(), waiting.end(), [&](const Waiting& w) { return w.public_key == key; });
        if (found == waiting.end())
            return certificate_error(
                "Có chứng thư không ứng với yêu cầu nào đang chờ của cổng này. Hãy kiểm tra đã nộp đúng yêu cầu.",
                "A certificate belongs to none of this gateway's waiting requests. Check which request was submitted.");
        const auto use = found->use == "signing" ? KeyUse::signing : KeyUse::authentication;
        std::vector<std::string> intermediates;
        TRY_VOID(check_certificate(certificate, intermediates, content.authorities_for(use), now, use_of(use)));
        tx.execute("UPDATE exchange_certificate_request SET certificate = ? WHERE id = ?",
                   {certificate.pem(), found->id});
        register_certificate(tx, actor, {use, found->member, path, std::move(certificate)}, now);
        waiting.erase(found);
    }
    TRY_VOID(issue(tx, registry, now));
    return Nothing{};
}

Result<void> revoke_certificate(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                std::string_view sha256, Instant now) {
    struct Found {
        std::string use, member, server, pem;
    };
    const auto found = tx.first(
        "SELECT key_use, member, server, pem FROM exchange_certificate WHERE sha256 = ? AND revoked_at IS NULL",
        {sha256}, [](const store::Row& row) {
            return Found{row.string(0), row.string(1), row.string(2), row.string(3)};
        });
    if (!found)
        return Error{ErrorKind::not_found, "exchange.unknown_certificate", "Không có chứng thư này hoặc đã thu hồi.",
                     "There is no such certificate, or it was revoked."};
    TRY(const auto agency, owner_agency(tx, server_of(found->server)));
    TRY_VOID(require_registrar(actor, agency, now));
    tx.execute("UPDATE exchange_certificate SET revoked_at = ? WHERE sha256 = ?", {now, sha256});
    append(tx, events::certificate_revoked, found->server, actor, now, {{"certificate", sha256}, {"use", found->use}});
    if (auto* own = registry.authority()) {
        const auto certificate = Certificate::from_pem(found->pem);
        if (certificate.ok()) tx.after_commit([own, serial = certificate->serial()] { (void)own->revoke(serial); });
    }
    TRY_VOID(issue(tx, registry, now));
    return Nothing{};
}

Result<void> set_maintenance(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                             const ServerId& server, const std::optional<std::string>& notice, Instant now) {
    TRY(const auto agency, owner_agency(tx, server));
    TRY_VOID(require_connector(actor, agency, now));
    const auto path = to_path(server);
    tx.execute("UPDATE exchange_server SET maintenance = ? WHERE id = ?", {notice, path});
    append(tx, events::server_maintenance, path, actor, now, {{"server", path}, {"maintenance", notice.has_value()}});
    TRY_VOID(issue(tx, registry, now));
    return Nothing{};
}

}  // namespace hl::exchange
