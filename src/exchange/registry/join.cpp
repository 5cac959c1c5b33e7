#include "exchange/registry/certificate_request.h"
#include "exchange/registry/certificates.h"
#include "exchange/registry/configuration_keys.h"
#include "exchange/registry/events.h"
#include "exchange/registry/rows.h"
#include "exchange/registry/servers.h"

namespace hl::exchange {

namespace {

constexpr std::chrono::days certificate_life{397};
constexpr size_t most_clients = 200;

struct CodeRow {
    std::string secret;  // its SHA-256
    ServerId server;
    std::vector<ClientId> clients;
    Instant expires;
    bool used = false;
    std::string requests;  // SHA-256 of what it was used with
};

/// One key that asks for a certificate.
struct Asking {
    KeyUse use = KeyUse::signing;
    ClientId member;
    std::string request, public_key;  // SHA-256 of the SubjectPublicKeyInfo
    std::optional<Certificate> certificate;
};

json::array paths(const std::vector<ClientId>& clients) {
    json::array out;
    for (const auto& client : clients) out.push_back(json::value(to_path(client)));
    return out;
}

Error code_error(std::string code, std::string_view vi, std::string_view en) {
    return {ErrorKind::denied, std::move(code), std::string{vi}, std::string{en}};
}

Result<CodeRow> find_code(store::Reader& reader, const JoinRequest& request) {
    auto found = reader.first(
        "SELECT secret, server, clients, expires_at, used_at, requests FROM exchange_join_code WHERE id = ?",
        {request.id}, [](const store::Row& row) {
            CodeRow out;
            out.secret = row.string(0);
            out.server = server_of(row.text(1));
            const auto clients = *parse_json(row.text(2));
            for (const auto& client : clients.as_array())
                out.clients.push_back(client_of(std::string_view{client.as_string()}));
            out.expires = row.instant(3);
            out.used = !row.is_null(4);
            out.requests = row.string(5);
            return out;
        });
    // Unknown and wrong look alike.
    const auto offered = crypto::to_hex(crypto::sha256(request.secret));
    if (!found || !crypto::equal_constant_time(found->secret, offered))
        return code_error("exchange.join_code", "Mã kết nối không đúng. Hãy xin mã mới từ người quản trị nơi đăng ký.",
                          "The join code is not right. Ask the registry's administrator for a new one.");
    return *std::move(found);
}

Result<void> judge_address(std::string_view address) {
    const auto colon = address.rfind(':');
    const auto host = address.substr(0, std::min(colon, address.size()));
    const auto port = colon == std::string_view::npos ? std::string_view{} : address.substr(colon + 1);
    const bool good_port = !port.empty() && port.size() <= 5 &&
                           port.find_first_not_of("0123456789") == std::string_view::npos &&
                           std::stoi(std::string{port}) >= 1 && std::stoi(std::string{port}) <= 65535;
    const bool good_host = !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == ':' || c == '[' || c == ']';
    });
    if (good_port && good_host) return Nothing{};
    return Error{ErrorKind::invalid, "exchange.address", "Địa chỉ viết theo dạng máy:cổng, ví dụ cong.example:5500.",
                 "The address is written host:port, for example gateway.example:5500.", "/address"};
}

/// Every key asked for, the authentication key first; exactly the members of the code's subsystems sign.
Result<std::vector<Asking>> keys_of(const JoinRequest& request, const CodeRow& code) {
    const ClientId owner{code.server.instance, code.server.member_class, code.server.member_code, {}};
    std::vector<Asking> out{{KeyUse::authentication, owner, request.authentication, {}, {}}};
    std::set<ClientId> wanted, given;
    for (const auto& client : code.clients) wanted.insert(client.member());
    for (const auto& s : request.signing) {
        given.insert(s.member);
        out.push_back({KeyUse::signing, s.member, s.request, {}, {}});
    }
    std::set<std::string> keys;
    for (auto& asking : out) {
        TRY(const auto parsed, read_certificate_request(asking.request));
        asking.public_key = crypto::to_hex(crypto::sha256(parsed.public_key_der));
        keys.insert(asking.public_key);
    }
    if (wanted != given || given.size() != request.signing.size() || keys.size() != out.size()) {
        std::string names;
        for (const auto& member : wanted) names += (names.empty() ? "" : ", ") + to_text(member);
        return Error{ErrorKind::invalid, "exchange.join_keys",
                     "Cần một khoá ký riêng cho mỗi thành viên: " + names + "; khoá xác thực khác các khoá ký.",
                     "One signing key of its own is wanted for each member: " + names +
                         "; the authentication key is another one.",
                     "/signing"};
    }
    return out;
}

std::string fingerprint_of(const JoinRequest& request) {
    json::array signing;
    for (const auto& s : request.signing) signing.push_back(json::array{to_path(s.member), s.request});
    return crypto::to_hex(
        crypto::sha256(canonical_json(json::array{request.address, request.authentication, std::move(signing)})));
}

void enter(store::Transaction& tx, const JoinRequest& request, const CodeRow& code, const std::vector<Asking>& keys,
           Random& random, Instant now) {
    const auto actor = access::Actor::system("gateway:" + to_path(code.server), nullptr);
    const auto server = to_path(code.server);
    const auto member = to_path(keys.front().member);
    tx.execute(
        "INSERT INTO exchange_server (id, member, address, maintenance, valid_from, valid_to) VALUES (?, ?, ?, NULL, "
        "?, "
        "NULL) ON CONFLICT (id) DO UPDATE SET address = excluded.address, valid_to = NULL",
        {server, member, request.address, local_date(now)});
    for (const auto& client : code.clients) {
        const auto subsystem = to_path(client);
        tx.execute("INSERT INTO exchange_server_client (server, subsystem) VALUES (?, ?) ON CONFLICT DO NOTHING",
                   {server, subsystem});
    }
    append(tx, events::server_joined, server, actor, now,
           {{"server", server}, {"clients", paths(code.clients)}, {"code", request.id}});
    for (const auto& key : keys) {
        const auto of = to_path(key.member);
        const auto pem = key.certificate ? key.certificate->pem() : "";
        const auto id = make_uuid7(now, random);
        tx.execute(
            "INSERT INTO exchange_certificate_request (id, join_code, key_use, member, server, request, public_key, "
            "certificate) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            {id, request.id, word_of(key.use), of, server, key.request, key.public_key, pem});
        if (key.certificate) register_certificate(tx, actor, {key.use, of, server, *key.certificate}, now);
    }
}

Result<JoinAnswer> answer_of(store::Reader& reader, const JoinRequest& request, const CodeRow& code,
                             Issued configuration) {
    JoinAnswer out;
    out.server = code.server;
    out.clients = code.clients;
    out.configuration = std::move(configuration);
    reader.query(
        "SELECT key_use, member, certificate FROM exchange_certificate_request WHERE join_code = ? ORDER BY id",
        {request.id}, [&](const store::Row& row) {
            out.waiting = out.waiting || row.text(2).empty();
            if (row.text(0) == word_of(KeyUse::authentication))
                out.authentication = row.string(2);
            else
                out.signing.push_back({client_of(row.text(1)), row.string(2)});
        });
    return out;
}

Result<JoinAnswer> again(store::Reader& reader, const JoinRequest& request, const CodeRow& code) {
    if (code.requests != fingerprint_of(request))
        return code_error("exchange.join_code_used", "Mã kết nối đã dùng rồi. Hãy xin mã mới.",
                          "The join code was used already. Ask for a new one.");
    TRY(auto configuration, current_issue(reader));
    return answer_of(reader, request, code, std::move(configuration));
}

}  // namespace

Result<JoinCode> make_join_code(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                const NewJoinCode& wanted, Random& random, Instant now) {
    TRY(const auto agency, agency_of(tx, wanted.owner));
    TRY_VOID(require_registrar(actor, agency, now));
    TRY_VOID(judge_code(wanted.server_code, "server_code"));
    if (wanted.life < std::chrono::hours{1} || wanted.life > std::chrono::days{30})
        return Error{ErrorKind::invalid, "exchange.join_life", "Mã có hạn từ 1 giờ đến 30 ngày.",
                     "A code lives from 1 hour to 30 days.", "/hours"};
    const std::set<ClientId> different(wanted.clients.begin(), wanted.clients.end());
    if (wanted.clients.empty() || wanted.clients.size() > most_clients || different.size() != wanted.clients.size())
        return Error{ErrorKind::invalid, "exchange.join_clients",
                     "Ghi các phân hệ mà cổng sẽ phục vụ, mỗi phân hệ một lần.",
                     "Name the subsystems that the gateway will serve, each once.", "/clients"};
    for (const auto& client : wanted.clients) {
        if (client.subsystem.empty() || !exists(tx, client)) return no_such_client(client);
        // Whoever gives a gateway another agency's systems must be that agency's registrar too.
        TRY(const auto theirs, agency_of(tx, client));
        TRY_VOID(require_registrar(actor, theirs, now));
    }
    JoinCode out;
    out.id = make_uuid7(now, random);
    out.secret = crypto::to_base64url(crypto::random_bytes(random, 32));
    out.url = registry.url();
    out.fingerprint = key_in_force(tx, registry, now).fingerprint;
    out.server = {wanted.owner.instance, wanted.owner.member_class, wanted.owner.member_code, wanted.server_code};
    out.clients = wanted.clients;
    out.expires = now + wanted.life;
    const auto server = to_path(out.server), hash = crypto::to_hex(crypto::sha256(out.secret));
    const auto clients = canonical_json(paths(out.clients)), by = actor.label();
    tx.execute(
        "INSERT INTO exchange_join_code (id, secret, server, clients, created_by, created_at, expires_at, used_at, "
        "requests) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, '')",
        {out.id, hash, server, clients, by, now, out.expires});
    append(
        tx, events::join_code_made, server, actor, now,
        {{"code", out.id}, {"server", server}, {"clients", paths(out.clients)}, {"expires", to_rfc3339(out.expires)}});
    return out;
}

Result<JoinAnswer> join(store::Store& store, const Registry& registry, const JoinRequest& request, Random& random,
                        Instant now) {
    TRY(const auto code, store.read([&](store::Reader& reader) { return find_code(reader, request); }));
    if (code.used) return store.read([&](store::Reader& reader) { return again(reader, request, code); });
    if (now >= code.expires)
        return code_error("exchange.join_code_expired", "Mã kết nối đã hết hạn. Hãy xin mã mới.",
                          "The join code has expired. Ask for a new one.");
    TRY_VOID(judge_address(request.address));
    TRY(auto keys, keys_of(request, code));
    // Outside the transaction, which may be run again. Certificates of a join that then fails are registered nowhere:
    // nobody believes them.
    if (auto* own = registry.authority())
        for (auto& key : keys) {
            TRY(auto certificate, own->issue(key.request, key.use, certificate_life));
            key.certificate = std::move(certificate);
        }
    const auto fingerprint = fingerprint_of(request);
    return store.write([&](store::Transaction& tx) -> Result<JoinAnswer> {
        const auto burnt =
            tx.execute("UPDATE exchange_join_code SET used_at = ?, requests = ? WHERE id = ? AND used_at IS NULL",
                       {now, fingerprint, request.id});
        if (burnt == 0) {  // somebody was faster with it
            TRY(const auto used, find_code(tx, request));
            return again(tx, request, used);
        }
        enter(tx, request, code, keys, random, now);
        TRY(auto configuration, issue(tx, registry, now));
        return answer_of(tx, request, code, std::move(configuration));
    });
}

}  // namespace hl::exchange
