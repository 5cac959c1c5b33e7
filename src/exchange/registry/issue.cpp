#include "exchange/registry/issue.h"

#include "base/json.h"
#include "base/log.h"
#include "exchange/registry/configuration_keys.h"
#include "exchange/registry/events.h"
#include "exchange/registry/rows.h"

namespace hl::exchange {

namespace {

constexpr std::chrono::days issue_life{30};  // old documents are kept that long for whoever asks what held when

constexpr std::string_view select_members =
    "SELECT id, name FROM exchange_member WHERE valid_from <= ? AND (valid_to IS NULL OR valid_to > ?) ORDER BY id";
constexpr std::string_view select_subsystems =
    "SELECT s.id, s.name FROM exchange_subsystem s JOIN exchange_member m ON m.id = s.member WHERE s.valid_from <= ? "
    "AND (s.valid_to IS NULL OR s.valid_to > ?) AND m.valid_from <= ? AND (m.valid_to IS NULL OR m.valid_to > ?) "
    "ORDER BY s.id";
constexpr std::string_view select_servers =
    "SELECT id, address, maintenance FROM exchange_server WHERE valid_from <= ? AND (valid_to IS NULL OR valid_to > ?) "
    "ORDER BY id";
constexpr std::string_view select_clients =
    "SELECT server, subsystem FROM exchange_server_client ORDER BY server, subsystem";
constexpr std::string_view select_certificates =
    "SELECT sha256, key_use, member, server FROM exchange_certificate WHERE revoked_at IS NULL ORDER BY sha256";
constexpr std::string_view select_services =
    "SELECT id, type, title, endpoints, disabled FROM exchange_service WHERE valid_from <= ? AND (valid_to IS NULL OR "
    "valid_to > ?) ORDER BY id";
// A right that begins later is there beforehand: a gateway that cannot reach us at midnight still knows of it.
constexpr std::string_view select_rights =
    "SELECT id, subject, of_group, service, method, path, valid_from, valid_to, basis FROM exchange_right WHERE "
    "revoked_at IS NULL AND (valid_to IS NULL OR valid_to >= ?) ORDER BY id";
constexpr std::string_view select_groups = "SELECT code, title FROM exchange_group ORDER BY code";
constexpr std::string_view select_group_members =
    "SELECT DISTINCT code, subsystem FROM exchange_group_member WHERE valid_from <= ? AND (valid_to IS NULL OR "
    "valid_to > ?) ORDER BY code, subsystem";
constexpr std::string_view select_trust =
    "SELECT kind, body FROM exchange_trust_service WHERE valid_from <= ? AND (valid_to IS NULL OR valid_to > ?) "
    "ORDER BY id";

void read_people(store::Reader& reader, Date day, Configuration& out) {
    const auto add = [&](const store::Row& row) { out.members.push_back({client_of(row.text(0)), row.string(1), {}}); };
    reader.query(select_members, {day, day}, add);
    reader.query(select_subsystems, {day, day, day, day}, add);
}

/// Certificates and clients of servers and members that do not hold on this day stay out with them.
void read_servers(store::Reader& reader, Date day, Configuration& out) {
    std::map<std::string, size_t, std::less<>> server_at, member_at;
    std::set<std::string, std::less<>> present;
    for (size_t i = 0; i < out.members.size(); ++i) {
        auto path = to_path(out.members[i].id);
        if (out.members[i].id.subsystem.empty()) member_at[path] = i;
        present.insert(std::move(path));
    }
    reader.query(select_servers, {day, day}, [&](const store::Row& row) {
        const auto id = server_of(row.text(0));
        if (!present.contains(to_path(ClientId{id.instance, id.member_class, id.member_code, {}}))) return;
        server_at[row.string(0)] = out.servers.size();
        out.servers.push_back({id, row.string(1), {}, {}, !row.is_null(2), std::string{row.text(2)}});
    });
    reader.query(select_clients, {}, [&](const store::Row& row) {
        const auto at = server_at.find(row.text(0));
        if (at != server_at.end() && present.contains(row.text(1)))
            out.servers[at->second].clients.push_back(client_of(row.text(1)));
    });
    reader.query(select_certificates, {}, [&](const store::Row& row) {
        if (row.text(1) == "authentication") {
            if (const auto at = server_at.find(row.text(3)); at != server_at.end())
                out.servers[at->second].certificates.push_back(row.string(0));
        } else if (const auto at = member_at.find(row.text(2)); at != member_at.end()) {
            out.members[at->second].signing_certificates.push_back(row.string(0));
        }
    });
}

void read_services(store::Reader& reader, Date day, Configuration& out) {
    std::set<ClientId> present;
    for (const auto& m : out.members) present.insert(m.id);
    reader.query(select_services, {day, day}, [&](const store::Row& row) {
        ServiceEntry s;
        s.id = service_of(row.text(0));
        if (!present.contains(s.id.provider)) return;
        s.type = service_type_from(row.text(1)).value_or(ServiceType::rest);
        s.title = row.string(2);
        s.endpoints = endpoints_of(row.text(3));
        s.enabled = row.is_null(4);
        s.disabled_notice = row.string(4);
        out.services.push_back(std::move(s));
    });
}

void read_rights(store::Reader& reader, Date day, Configuration& out) {
    reader.query(select_rights, {day}, [&](const store::Row& row) { out.rights.push_back(right_of(row)); });
    reader.query(select_groups, {}, [&](const store::Row& row) {
        out.groups[row.string(0)];
        if (!row.text(1).empty()) out.group_titles[row.string(0)] = row.string(1);
    });
    reader.query(select_group_members, {day, day},
                 [&](const store::Row& row) { out.groups[row.string(0)].push_back(client_of(row.text(1))); });
}

void read_trust(store::Reader& reader, const Registry& registry, Date day, Configuration& out) {
    reader.query(select_trust, {day, day}, [&](const store::Row& row) {
        if (row.text(0) == "authority")
            out.authorities.push_back(authority_of(row.text(1)));
        else
            out.time_stampers.push_back(time_stamper_of(row.text(1)));
    });
    if (auto* own = registry.authority()) {
        const auto url = registry.url();
        const auto root = own->root();
        out.authorities.push_back({root.subject(), root.der(), {}, true, true, {url + "/api/v1/exchange/ocsp"}, {}});
        out.time_stampers.push_back(
            {own->time_stamper().subject(), own->time_stamper().der(), url + "/api/v1/exchange/tsa"});
    }
}

Issued read_issue(const store::Row& row) {
    return {row.integer(0), row.instant(1), row.instant(2), row.string(3)};
}

}  // namespace

Result<Configuration> content_of(store::Reader& reader, const Registry& registry, Date day) {
    Configuration out;
    out.instance = registry.settings().instance;
    out.classes = registry.settings().classes;
    read_people(reader, day, out);
    read_servers(reader, day, out);
    read_services(reader, day, out);
    read_rights(reader, day, out);
    read_trust(reader, registry, day, out);
    return out;
}

Result<Issued> current_issue(store::Reader& reader) {
    auto found =
        reader.first("SELECT number, issued_at, expires_at, document FROM exchange_issue ORDER BY number DESC LIMIT 1",
                     {}, read_issue);
    if (!found)
        return Error{ErrorKind::unavailable, "exchange.configuration_missing",
                     "Nơi đăng ký chưa phát hành cấu hình nào. Hãy thử lại sau một phút.",
                     "The registry has not issued a configuration yet. Try again in a minute."};
    return *std::move(found);
}

Result<Issued> issue(store::Transaction& tx, const Registry& registry, Instant now) {
    // The row is the lock between nodes: whoever holds it reads what the one before it committed.
    tx.execute("UPDATE exchange_state SET number = number + 1 WHERE id = 1");
    struct State {
        int64_t number;
        std::string content;
    };
    const auto state =
        tx.first("SELECT number, content FROM exchange_state WHERE id = 1", {}, [](const store::Row& row) {
            return State{row.integer(0), row.string(1)};
        });
    TRY(auto configuration, content_of(tx, registry, local_date(now)));
    const auto content = crypto::to_hex(crypto::sha256(configuration_json(configuration)));
    const bool changed = content != state->content;
    TRY(const auto key, key_to_sign_with(tx, registry, now));
    const auto fingerprint = key_fingerprint(key->public_key);
    if (!changed) {
        auto last = current_issue(tx);
        if (last.ok() && signer_of_configuration(last->document) == fingerprint &&
            now < last->issued + registry.settings().refresh && now >= last->issued)
            return last;
    }
    // Seconds of the clock keep the numbers ahead of those that were given out before a backup was restored.
    const int64_t seconds = to_ms(now) / 1000;
    configuration.number = std::max(state->number, seconds);
    configuration.issued = now;
    configuration.expires = now + registry.settings().validity;
    TRY_VOID(configuration_from_json(configuration_json(configuration)));
    Issued out{configuration.number, configuration.issued, configuration.expires,
               sign_configuration(configuration, *key)};
    tx.execute("UPDATE exchange_state SET number = ?, content = ? WHERE id = 1", {out.number, content});
    // One document for each content: the last one issued.
    if (!changed) tx.execute("DELETE FROM exchange_issue WHERE content = ?", {content});
    tx.execute("DELETE FROM exchange_issue WHERE expires_at < ?", {now - issue_life});
    tx.execute("INSERT INTO exchange_issue (number, content, issued_at, expires_at, document) VALUES (?, ?, ?, ?, ?)",
               {out.number, content, out.issued, out.expires, out.document});
    if (changed)
        tx.append({std::string{events::configuration_issued}, 1, "exchange:" + configuration.instance,
                   "system:exchange", now,
                   json::object{{"number", out.number}, {"content", content}, {"key", fingerprint}}});
    return out;
}

Refresher::Refresher(store::Store& store, const Registry& registry, const Clock& clock)
    : store_(store), registry_(registry), clock_(clock) {}
Refresher::~Refresher() {
    stop();
}

Result<void> Refresher::turn() {
    const Instant now = clock_.now();
    TRY_VOID(recover_keys(store_, registry_, now));
    TRY_VOID(store_.write([&](store::Transaction& tx) { return issue(tx, registry_, now); }));
    return settle_keys(store_, registry_, now);
}

void Refresher::start() {
    thread_ = std::thread([this] {
        std::unique_lock lock(mutex_);
        while (!stopping_) {
            lock.unlock();
            if (const auto done = turn(); !done.ok())
                log::error("exchange", "configuration not issued",
                           {{"code", done.error().code}, {"detail", done.error().en}});
            lock.lock();
            signal_.wait_for(lock, registry_.settings().refresh, [&] { return stopping_; });
        }
    });
}

void Refresher::stop() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    signal_.notify_all();
    if (thread_.joinable()) thread_.join();
}

}  // namespace hl::exchange
