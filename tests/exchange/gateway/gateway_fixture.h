// An instance on loopback: a development authority, two gateways with keys, TLS and log folders of their own, the
// signed configuration that both know, and an information system behind the second one.
#pragma once
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "exchange/gateway/gateway.h"
#include "exchange/gateway/information_system.h"
#include "exchange/trust/authority.h"
#include "http/client.h"
#include "http/parse.h"
#include "support/temp_dir.h"

namespace hl::exchange::test {

inline const ClientId desk{"QUANGTRI", "GOV", "H50", "MOT-CUA"};
inline const ClientId stranger{"QUANGTRI", "GOV", "H50", "KHAC"};
inline const ClientId firms{"QUANGTRI", "GOV", "H50.12", "DKKD"};
inline const ServiceId firms_rest{firms, "doanh-nghiep", {}};
inline const ServiceId firms_soap{firms, "traCuu", "v1"};
inline const ServerId server_one{"QUANGTRI", "GOV", "H50", "CONG-1"};
inline const ServerId server_two{"QUANGTRI", "GOV", "H50.12", "CONG-2"};
inline const std::string rest_path = "/r1/QUANGTRI/GOV/H50.12/DKKD/doanh-nghiep";

/// What one gateway owns.
struct Side {
    gateway::TlsIdentity tls;
    std::string tls_sha256, signing_sha256;
    std::shared_ptr<const BatchSigner::Identity> identity;
    std::shared_ptr<KeptConfiguration> configuration;
    std::shared_ptr<MessageLog> log;
    std::unique_ptr<Gateway> gateway;
    std::atomic<bool> token_pulled{false};

    [[nodiscard]] std::string url(const std::string& path) const {
        return fmt::format("http://127.0.0.1:{}{}", gateway->ports().http, path);
    }
};

class GatewayTest : public ::testing::Test {
  protected:
    void SetUp() override {
        crypto::init();
        registry_key_ = crypto::make_signing_key(random_);
        authority_ =
            DevelopmentAuthority::open(folder_ / "ca", std::string(32, 'm'), "Thử nghiệm", clock_, random_).value();
        make_side(one_, "one", desk.member(), server_one);
        make_side(two_, "two", firms.member(), server_two);
        describe();
        open_all();
    }
    void TearDown() override {
        for (auto* side : {&one_, &two_})
            if (side->gateway) side->gateway->stop();
    }

    Certificate certified(const PrivateKey& key, KeyUse use) {
        const auto request = certificate_request(key, {.organisation = "Sở Tài chính", .common_name = "Cổng"});
        return authority_->issue(request.value(), use, std::chrono::days{365}).value();
    }
    void make_side(Side& side, const std::string& name, const ClientId& member, const ServerId& server) {
        const auto tls_key = make_key(KeyKind::p256).value();
        const auto tls = certified(*tls_key, KeyUse::authentication);
        side.tls = {tls_key, {tls.der()}};
        side.tls_sha256 = tls.sha256_hex();
        const auto key = make_key(KeyKind::p256).value();
        const auto certificate = certified(*key, KeyUse::signing);
        side.signing_sha256 = certificate.sha256_hex();
        const auto ocsp = authority_->answer_ocsp(make_ocsp_request(certificate, authority_->root()).value());
        side.identity =
            std::make_shared<const BatchSigner::Identity>(BatchSigner::Identity{key, certificate.der(), {}, ocsp});
        side.configuration = std::make_shared<KeptConfiguration>(folder_ / (name + ".jws"), registry_key_.public_key);
        MessageLogOptions log;
        log.folder = folder_ / (name + "-log");
        log.master_key = std::string(32, 'l');
        log.min_free_bytes = 0;
        side.log = MessageLog::open(log, clock_, random_).value();
        auto& s = name == "one" ? settings_one_ : settings_two_;
        s.instance = "QUANGTRI";
        s.server = server;
        s.folder = folder_ / name;
        s.http_port = s.https_port = s.peer_port = 0;
        s.peer_address = "127.0.0.1";
        s.threads = 1;
        s.workers = 1;
        s.dialect = Dialect::snake_case;
        s.stop_time = std::chrono::milliseconds{2000};
        (void)member;
    }
    /// Settings and configuration of the instance; tests change them before open_all().
    virtual void describe() {
        settings_one_.clients = {{desk, ConnectionType::http, {}, {}}, {stranger, ConnectionType::http, {}, {}}};
        ServiceSettings rest;
        rest.id = firms_rest;
        rest.url = system_.url("/api");
        ServiceSettings soap;
        soap.id = firms_soap;
        soap.type = ServiceType::soap;
        soap.url = system_.url("/soap");
        settings_two_.services = {rest, soap};

        auto& c = configuration_;
        c.number = 1;
        c.instance = "QUANGTRI";
        c.issued = clock_.now();
        c.expires = clock_.now() + std::chrono::minutes{10};
        c.classes = {{"GOV", "Cơ quan nhà nước"}};
        c.members = {{desk.member(), "Ủy ban nhân dân tỉnh", {one_.signing_sha256}},
                     {desk, "Một cửa", {}},
                     {stranger, "Hệ thống khác", {}},
                     {firms.member(), "Sở Tài chính", {two_.signing_sha256}},
                     {firms, "Đăng ký kinh doanh", {}}};
        c.servers = {{server_one, "127.0.0.1:1", {one_.tls_sha256}, {desk, stranger}, false, {}},
                     {server_two, "127.0.0.1:1", {two_.tls_sha256}, {firms}, false, {}}};
        c.services = {{firms_rest, ServiceType::rest, "Tra cứu", {}, {}, true, {}},
                      {firms_soap, ServiceType::soap, "Tra cứu", {}, {}, true, {}}};
        const Date from = std::chrono::year{2026} / 1 / 1;
        c.rights = {{"r1", desk, {}, firms_rest, {"*", "**"}, from, std::nullopt, "QĐ 1, Điều 2"},
                    {"r2", desk, {}, firms_soap, {"*", "**"}, from, std::nullopt, "QĐ 1, Điều 2"}};
        c.authorities = {{"CA", authority_->root().der(), {}, true, true, {}, {}}};
    }
    /// What a test adds to a gateway's parts or puts in their place, and the time that the gateway believes.
    virtual void compose(Side& /*side*/, GatewayParts& /*parts*/) {}
    virtual const Clock& clock_of(const Side& /*side*/) const { return clock_; }
    void open(Side& side, const GatewaySettings& settings, const ClientId& member) {
        GatewayParts parts;
        parts.settings = settings;
        parts.configuration = side.configuration;
        parts.log = side.log;
        parts.authentication = side.tls;
        parts.find_messages = [log = side.log](const ClientId&, const std::string&) {
            std::vector<RecordNumber> all;
            for (RecordNumber i = 0; i < log->size(); ++i)
                if (log->entry(i).ok()) all.push_back(i);
            return Result<std::vector<RecordNumber>>(all);
        };
        parts.signers[member] = [&side]() -> Result<BatchSigner::Identity> {
            if (side.token_pulled)
                return Error{ErrorKind::unavailable, "exchange.token_not_available", "Thiết bị đã bị rút.",
                             "The token was pulled. Put it back."};
            return *side.identity;
        };
        compose(side, parts);
        auto opened = Gateway::open(std::move(parts), clock_of(side), random_);
        ASSERT_TRUE(opened.ok()) << opened.error().en;
        side.gateway = std::move(opened).value();
        const auto started = side.gateway->start();
        ASSERT_TRUE(started.ok()) << started.error().en;
    }
    void open_all() {
        open(one_, settings_one_, desk.member());
        open(two_, settings_two_, firms.member());
        configuration_.servers[0].address = fmt::format("127.0.0.1:{}", one_.gateway->ports().peers);
        configuration_.servers[1].address = fmt::format("127.0.0.1:{}", two_.gateway->ports().peers);
        publish();
    }
    /// Signatures without OCSP responses, for tests that last longer than a response. Before the gateways open.
    void without_ocsp() {
        configuration_.require_ocsp = false;
        for (auto* side : {&one_, &two_}) {
            auto identity = *side->identity;
            identity.ocsp.clear();
            side->identity = std::make_shared<const BatchSigner::Identity>(std::move(identity));
        }
    }
    /// What both gateways know from now on.
    void publish() {
        const auto document = sign_configuration(configuration_, registry_key_);
        for (auto* side : {&one_, &two_}) {
            const auto taken = side->configuration->take(document, clock_of(*side).now());
            ASSERT_TRUE(taken.ok()) << taken.error().en;
        }
        ++configuration_.number;
    }

    http::Response ask(const std::string& method, const std::string& path, std::vector<http::Header> headers = {},
                       std::string body = {}) {
        http::ClientRequest request;
        request.method = method;
        request.url = one_.url(path);
        request.headers = std::move(headers);
        if (std::none_of(request.headers.begin(), request.headers.end(),
                         [](const auto& h) { return h.name == "X-Road-Client"; }))
            request.headers.push_back({"X-Road-Client", "QUANGTRI/GOV/H50/MOT-CUA"});
        request.body = std::move(body);
        auto response = http::send(request);
        EXPECT_TRUE(response.ok()) << (response.ok() ? "" : response.error().en);
        return response.ok() ? *response : http::Response{};
    }
    static std::string header(const http::Response& response, std::string_view name) {
        for (const auto& h : response.headers)
            if (http::equal_ignoring_case(h.name, name)) return h.value;
        return {};
    }
    static std::string fault(const http::Response& response) { return header(response, "X-Road-Error"); }
    static std::vector<LogEntry> entries(const MessageLog& log) {
        std::vector<LogEntry> out;
        for (RecordNumber i = 0; i < log.size(); ++i)
            if (auto e = log.entry(i); e.ok()) out.push_back(std::move(e).value());
        return out;
    }

    hl::test::TempDir folder_;
    ManualClock clock_{parse_rfc3339("2026-11-28T02:00:00.250Z").value()};
    SystemRandom random_;
    crypto::SigningKey registry_key_;
    std::unique_ptr<DevelopmentAuthority> authority_;
    InformationSystem system_{[](const InformationSystem::Asked& asked) {
        return InformationSystem::Said{
            answer(200, asked.body.empty() ? "hello" : asked.body, "Content-Type: text/plain\r\n"), false};
    }};
    GatewaySettings settings_one_, settings_two_;
    Configuration configuration_;
    Side one_, two_;
};

}  // namespace hl::exchange::test
