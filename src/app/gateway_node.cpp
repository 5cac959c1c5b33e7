#include "app/gateway_node.h"

#include "base/log.h"
#include "exchange/log/log_schema.h"
#include "store/schema.h"
#include "store/sealing.h"

namespace hl::app {

namespace fs = std::filesystem;
using namespace exchange;
using namespace exchange::gateway;

namespace {

// Segments leave for compressed archives, single records and hourly figures are forgotten; nothing that is evidence is.
constexpr std::chrono::days archive_after{30}, keep_records{90}, keep_hours{3 * 366};
constexpr std::chrono::milliseconds index_pause{500}, operations_pause{2'000}, upkeep_pause{3'600'000};

OperationRecord record_of(const Exchanged& e, const std::string& own_address, Instant now) {
    OperationRecord out;
    out.monitored_at = now;
    out.side = e.side;
    out.request_in = e.began;
    out.response_out = e.ended;
    out.client = e.client;
    out.service = e.service;
    out.service_type = e.rest ? "REST" : "WSDL";
    // Paths may name people: the method alone is kept.
    if (e.rest && !e.method.empty()) out.rest_method = e.method;
    out.message_id = e.message_id;
    if (!e.request_id.empty()) out.request_id = e.request_id;
    (e.side == Side::client ? out.client_server_address : out.service_server_address) = own_address;
    out.request_size = e.request_bytes;
    out.response_size = e.response_bytes;
    out.succeeded = e.succeeded;
    if (!e.fault_code.empty()) out.fault_code = e.fault_code;
    if (!e.fault_text.empty()) out.fault_string = e.fault_text;
    if (e.rest && e.status > 0) out.status_code = e.status;
    return out;
}

}  // namespace

Result<std::string> gateway_master_key(const fs::path& folder, Random& random) {
    TRY(const auto vault, store::Vault::open(folder / "master.key", random, true));
    return std::string{crypto::view(crypto::hmac_sha256(vault->blob_key(), "exchange.gateway"))};
}

Result<GatewaySettings> joined_settings(const fs::path& folder) {
    std::error_code ec;
    const auto file = folder / "gateway.yaml";
    if (!fs::exists(file, ec))
        return Error{ErrorKind::not_found, "gateway.not_joined",
                     fmt::format("Không có {}. Hãy gia nhập trước: hienluong gateway join MÃ.", file.string()),
                     fmt::format("There is no {}. Join first: hienluong gateway join CODE.", file.string())};
    return load_gateway_settings(file);
}

Result<std::unique_ptr<GatewayNode>> GatewayNode::open(const fs::path& folder, const Clock& clock, Random& random) {
    TRY(auto settings, joined_settings(folder));
    return open(std::move(settings), clock, random);
}

Result<std::unique_ptr<GatewayNode>> GatewayNode::open(GatewaySettings settings, const Clock& clock, Random& random) {
    std::unique_ptr<GatewayNode> node(new GatewayNode(std::move(settings), clock));
    const auto& o = node->settings_;
    TRY(const auto master, gateway_master_key(o.folder, random));
    node->configuration_ = std::make_shared<KeptConfiguration>(o.folder / "configuration.jws", o.registry_key);
    // None yet, or a damaged one: the gateway starts, refuses to exchange, and fetches.
    if (const auto kept = node->configuration_->load(); !kept.ok())
        log::warning("exchange", "no configuration is kept", {{"why", kept.error().en}});
    MessageLogOptions log_options;
    log_options.folder = o.folder / "log";
    log_options.master_key = master;
    const auto load = std::make_shared<Load>();
    TRY(node->log_, MessageLog::open(log_options, clock, random));
    TRY(node->identity_, Identity::open(o.folder / "keys", master, clock, random));
    const auto configuration = node->configuration_;
    node->ocsp_ = std::make_unique<OcspCache>(
        [n = node.get()] {
            const auto known = n->configuration_->current();
            return known ? ocsp_subjects(*n->identity_->current(), known->configuration(), n->clock_.now())
                         : std::vector<OcspSubject>{};
        },
        [configuration] {
            OcspTerms terms;
            if (const auto known = configuration->current()) terms.freshness = known->configuration().ocsp_freshness;
            return terms;
        },
        o.folder / "ocsp", clock);
    node->stamper_ = std::make_unique<Stamper>(
        *node->log_,
        [configuration] {
            const auto known = configuration->current();
            return known ? stamp_terms(known->configuration()) : StampTerms{};
        },
        clock, random);
    // A renewed key takes over when the others would believe it.
    node->identity_->use_when([n = node.get()](const Certificate& certificate, const std::optional<ClientId>& member) {
        const auto known = n->configuration_->current();
        if (!known) return false;
        const auto sha256 = certificate.sha256_hex();
        const bool registered =
            member ? known->signs_for(sha256, *member) : known->server_of_certificate(sha256) != nullptr;
        return registered && (!known->configuration().require_ocsp || n->ocsp_->response(sha256).ok());
    });

    store::StoreOptions store_options;
    store_options.url = "sqlite:" + (o.folder / "gateway.db").string();
    store_options.readers = 2;
    store_options.cache_mib = 4;
    store::Migrations migrations = store::migrations();
    for (const auto& migration : log_migrations()) migrations.push_back(migration);
    TRY(node->store_, store::Store::open(store_options, migrations, clock, random));
    node->index_ = std::make_unique<LogIndex>(*node->store_, *node->log_, o.server.server_code, master);
    node->operations_ = std::make_unique<Operations>(*node->store_, OperationsOptions{});

    GatewayParts parts;
    parts.settings = o;
    parts.observe = [n = node.get(), address = fmt::format("{}:{}", o.peer_address, o.peer_port)](const Exchanged& e) {
        n->operations_->add(record_of(e, address, n->clock_.now()));
    };
    parts.configuration = configuration;
    parts.log = node->log_;
    parts.load = load;
    TRY(parts.authentication, node->identity_->tls());
    std::set<ClientId> members;
    for (const auto& client : o.clients) members.insert(client.id.member());
    for (const auto& service : o.services) members.insert(service.id.provider.member());
    for (const auto& member : members)
        parts.signers.emplace(member, [n = node.get(), member] {
            const auto known = n->configuration_->current();
            return signing_identity(*n->identity_, *n->ocsp_, member, known && known->configuration().require_ocsp);
        });
    // A client that asks for its own messages right after they passed need not wait for the index's next turn.
    parts.find_messages = [n = node.get()](const ClientId& client,
                                           const std::string& message_id) -> Result<std::vector<RecordNumber>> {
        TRY_VOID(n->index_->catch_up());
        LogSearch what;
        what.client = client;
        what.message_id = message_id;
        what.limit = 200;
        TRY(const auto page, n->index_->search(what));
        std::vector<RecordNumber> out;
        for (const auto& row : page.rows) out.push_back(row.number);
        return out;
    };
    parts.find_operations = [n = node.get()](const OperationQuery& what) { return n->operations_->query(what); };
    parts.ocsp_responses = [n = node.get()] { return n->ocsp_->responses(); };
    TRY(node->gateway_, Gateway::open(std::move(parts), clock, random));
    node->identity_->on_change([n = node.get()] {
        n->ocsp_->wake();
        const auto renewed = [n]() -> Result<void> {
            TRY(const auto tls, n->identity_->tls());
            return n->gateway_->renew(tls);
        }();
        if (!renewed.ok())
            log::warning("exchange", "the connections' certificate was not renewed", {{"why", renewed.error().en}});
    });
    node->keys_ = std::make_unique<Ticker>([n = node.get()] {
        n->identity_->refresh();
        return std::chrono::milliseconds{60'000};
    });
    node->upkeep_ = std::make_unique<Ticker>([n = node.get()] {
        const auto now = n->clock_.now();
        if (const auto done = n->log_->archive(now - archive_after); !done.ok())
            log::warning("exchange", "the message log was not archived", {{"why", done.error().en}});
        if (const auto done = n->operations_->expire(now - keep_records, now - keep_hours); !done.ok())
            log::warning("exchange", "old operational records were not removed", {{"why", done.error().en}});
        return upkeep_pause;
    });
    return node;
}

GatewayNode::~GatewayNode() {
    stop();
}

Result<void> GatewayNode::start() {
    // Without responses nothing can be signed: they are there before the first message comes.
    if (configuration_->current()) (void)ocsp_->refresh();
    ocsp_->start();
    TRY_VOID(gateway_->start());
    stamper_->start();
    keys_->start();
    index_->start(index_pause);
    operations_->start(operations_pause);
    upkeep_->start();
    return Nothing{};
}

void GatewayNode::stop() {
    if (keys_) keys_->stop();
    if (upkeep_) upkeep_->stop();
    if (gateway_) gateway_->stop();
    if (stamper_) stamper_->stop();
    if (ocsp_) ocsp_->stop();
    if (index_) index_->stop();
    if (operations_) operations_->stop();
}

boost::json::object GatewayNode::health() const {
    boost::json::object out{{"gateway", gateway_->health()},
                            {"identity", identity_->health()},
                            {"ocsp", ocsp_->health()},
                            {"time_stamps", stamper_->health()}};
    const auto behind = index_->behind();
    out["index"] = boost::json::object{{"status", behind.ok() ? "ok" : "warning"},
                                       {"behind", behind.ok() ? boost::json::value(*behind) : boost::json::value()}};
    const auto counts = operations_->counts();
    out["records"] = boost::json::object{{"status", counts.dropped == 0 ? "ok" : "warning"},
                                         {"written", counts.written},
                                         {"dropped", counts.dropped},
                                         {"waiting", counts.waiting}};
    // The worst of the parts.
    std::string_view status = "ok";
    for (const auto& part : out) {
        const auto* own = part.value().as_object().if_contains("status");
        if (own == nullptr) continue;
        if (*own == "failing") status = "failing";
        if (*own == "warning" && status == "ok") status = "warning";
    }
    out["status"] = status;
    return out;
}

}  // namespace hl::app
