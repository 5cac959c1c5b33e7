// The gateway's small parts alone: settings, memory of requests, choice of gateways, limits, HTTP heads.
#include <gtest/gtest.h>

#include <rapidcheck.h>

#include "base/crypto.h"
#include "exchange/gateway/http_parser.h"
#include "exchange/gateway/limits.h"
#include "exchange/gateway/quota_file.h"
#include "exchange/gateway/replay.h"
#include "exchange/gateway/settings.h"
#include "exchange/gateway/tokens.h"

namespace hl::exchange::gateway {

namespace {

const Instant start = parse_rfc3339("2026-11-28T02:00:00.250Z").value();
using std::chrono::seconds;
using Verdict = ReplayMemory::Verdict;

}  // namespace

TEST(ReplayMemory, TakesEachIdOnceWithinItsTime) {
    ReplayMemory memory(seconds{300}, 1000, start);
    EXPECT_EQ(memory.take("a", "s", start, start), Verdict::fresh);
    EXPECT_EQ(memory.take("a", "s", start, start + seconds{100}), Verdict::seen);
    EXPECT_EQ(memory.take("a", "other", start, start), Verdict::fresh);
    EXPECT_EQ(memory.take("b", "s", start - seconds{301}, start), Verdict::too_old);
    EXPECT_EQ(memory.take("c", "s", start + seconds{61}, start), Verdict::from_future);
}

TEST(ReplayMemory, NothingFromBeforeTheStart) {
    ReplayMemory memory(seconds{300}, 1000, start);
    EXPECT_EQ(memory.take("a", "s", start - seconds{2}, start), Verdict::too_old);
    // Signatures tell whole seconds.
    EXPECT_EQ(memory.take("b", "s", std::chrono::floor<seconds>(start), start), Verdict::fresh);
}

TEST(ReplayMemory, NeverTakesAMessageTwiceHoweverFull) {
    rc::check([] {
        ReplayMemory memory(seconds{60}, 64, start);
        std::vector<std::pair<std::string, Instant>> sent;
        auto now = start;
        for (int i = 0; i < 300; ++i) {
            now += std::chrono::milliseconds{*rc::gen::inRange(0, 60)};
            const auto signed_at = now - std::chrono::milliseconds{*rc::gen::inRange(0, 3000)};
            const auto id = std::to_string(i);
            if (memory.take(id, "s", signed_at, now) == Verdict::fresh) sent.emplace_back(id, signed_at);
            if (sent.empty()) continue;
            const auto& again = sent[*rc::gen::inRange<size_t>(0, sent.size())];
            RC_ASSERT(memory.take(again.first, "s", again.second, now) != Verdict::fresh);
        }
        RC_ASSERT(memory.size() <= 512u);
    });
}

TEST(ServiceLimits, QuotaOfADayIsNewAtMidnightInVietNam) {
    ManualClock clock(at_local(Date{std::chrono::year{2026} / 11 / 28}, 23, 59));
    ServiceLimits limits(clock);
    ServiceSettings service;
    service.id = {{"Q", "G", "1", "S"}, "x", {}};
    service.limit.per_day = 2;
    const ClientId client{"Q", "G", "2", "C"};
    EXPECT_TRUE(limits.admit(service, client).ok());
    EXPECT_TRUE(limits.admit(service, client).ok());
    const auto refused = limits.admit(service, client);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "server.serverproxy.quota_exceeded");
    service.limits_of[client].per_day = 3;
    EXPECT_TRUE(limits.admit(service, client).ok());
    clock.advance(std::chrono::minutes{2});
    EXPECT_TRUE(limits.admit(service, client).ok());
}

TEST(QuotaFile, IsReadBackAsWrittenAndNothingElseIs) {
    const Date day = std::chrono::year{2026} / 11 / 28;
    const std::vector<QuotaCounter::Use> uses{{{"Q/G/1/S", "Q/G/2/P/x"}, day, 3, 40}, {{"Q/G/1", "đ"}, day, 0, 1}};
    const auto text = quotas_json(uses);
    const auto read = quotas_from_json(text);
    ASSERT_TRUE(read.ok()) << read.error().en;
    ASSERT_EQ(read->size(), 2u);
    EXPECT_EQ(read->at(0).key, uses[0].key);
    EXPECT_EQ(read->at(0).of_month, 40);
    EXPECT_EQ(quotas_json(*read), text);
    for (const std::string wrong : {"", "[]", "{\"used\":[{}]}", "{\"used\":1}"})
        EXPECT_FALSE(quotas_from_json(wrong).ok()) << wrong;
    EXPECT_TRUE(read_quotas("/nowhere/quotas.json").value().empty());
}

TEST(HttpParser, AnyPiecesGiveTheSame) {
    const std::string bytes =
        "POST /a?b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nA: 1\r\na: 2\r\n\r\n3\r\nabc\r\n10\r\n"
        "0123456789abcdef\r\n0\r\n\r\n";
    rc::check([&] {
        HttpParser parser(HttpParser::Kind::request);
        std::string held, body;
        size_t at = 0;
        while (!parser.done()) {
            if (at < bytes.size()) {
                const auto n = *rc::gen::inRange<size_t>(1, 20);
                held += bytes.substr(at, n);
                at = std::min(bytes.size(), at + n);
            }
            for (;;) {
                const auto taken = parser.feed(held);
                RC_ASSERT(taken.ok());
                body += parser.piece();
                held.erase(0, taken.value());
                if (taken.value() == 0) break;
            }
        }
        RC_ASSERT(body == "abc0123456789abcdef");
        RC_ASSERT(parser.head().target == "/a?b");
        RC_ASSERT(parser.head().headers.size() == 4u);
        RC_ASSERT(held.empty());
    });
}

TEST(HttpParser, WhatTwoProgramsCouldReadDifferentlyIsRefused) {
    for (const std::string bytes :
         {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked, x\r\nContent-Length: 3\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"}) {
        HttpParser parser(HttpParser::Kind::request);
        EXPECT_FALSE(parser.feed(bytes).ok()) << bytes;
    }
}

namespace {

const std::string good = R"(instance: QUANGTRI
server: QUANGTRI/GOV/H50/CONG-1
registry_url: http://127.0.0.1:8080/exchange/configuration
registry_key: )" + std::string(64, 'a') +
                         R"(
folder: du-lieu
fault_codes: snake-case
clients:
  - id: QUANGTRI/GOV/H50/MOT-CUA
    connection: https
    certificates: ["AA:)" +
                         std::string(62, 'b') + R"("]
services:
  - id: QUANGTRI/GOV/H50/MOT-CUA/ho-so
    url: https://10.0.0.1/api
    answer_seconds: 2.5
    limit: {per_second: 10}
)";

}  // namespace

TEST(GatewaySettings, AreReadWithPathsBelowTheirFolder) {
    const auto s = read_gateway_settings(good, "gateway.yaml", "/etc/hl");
    ASSERT_TRUE(s.ok()) << s.error().en << " " << s.error().at;
    EXPECT_EQ(s.value().folder, "/etc/hl/du-lieu");
    EXPECT_EQ(s.value().dialect, Dialect::snake_case);
    EXPECT_EQ(s.value().clients.at(0).certificates.at(0), "aa" + std::string(62, 'b'));
    EXPECT_EQ(s.value().services.at(0).answer_time, std::chrono::milliseconds{2500});
    EXPECT_EQ(s.value().services.at(0).limit.per_second, 10);
}

TEST(GatewaySettings, EveryMistakeNamesItsLine) {
    const auto place = [](std::string from, std::string to) {
        auto text = good;
        text.replace(text.find(from), from.size(), to);
        const auto s = read_gateway_settings(text, "gateway.yaml", "/etc/hl");
        return s.ok() ? std::string("accepted") : s.error().code + " " + s.error().at;
    };
    EXPECT_EQ(place("fault_codes", "fault_code"), "config.unknown_key gateway.yaml:6");
    EXPECT_EQ(place("snake-case", "snake"), "config.value gateway.yaml:6");
    EXPECT_EQ(place("connection: https", "connection: tls"), "config.value gateway.yaml:9");
    EXPECT_EQ(place("answer_seconds: 2.5", "answer_seconds: nie"), "config.value gateway.yaml:14");
    EXPECT_EQ(place("QUANGTRI/GOV/H50/CONG-1", "KHAC/GOV/H50/CONG-1"), "config.value gateway.yaml:2");
    EXPECT_EQ(place("    url: https://10.0.0.1/api\n", ""), "config.value gateway.yaml:12");
    EXPECT_EQ(place("clients:", "clients: ["), "config.malformed gateway.yaml:8");
    EXPECT_EQ(place("    answer_seconds: 2.5", "    validate: both"), "config.value gateway.yaml:12");
    EXPECT_EQ(place("    answer_seconds: 2.5", "    validate: both\n    description: http://10.0.0.1/mo-ta.yaml"),
              "config.value gateway.yaml:12");
    EXPECT_EQ(place("    answer_seconds: 2.5", "    validate: both\n    description: mo-ta.yaml"), "accepted");
    EXPECT_EQ(place("fault_codes: snake-case", "max_head_bytes: 12"), "config.value gateway.yaml:6");
    EXPECT_EQ(place("fault_codes: snake-case", "max_body_bytes: 1000000000"), "accepted");
}

TEST(Tokens, AreBoundToTheirSubsystemAndEnd) {
    crypto::init();
    ManualClock clock(start);
    SystemRandom random;
    const ClientId subsystem{"Q", "G", "1", "S"};
    Tokens tokens({{subsystem, ConnectionType::http, {}, {{"app", crypto::hash_password("s", {1, 8192}).value()}}}},
                  clock, random);
    EXPECT_FALSE(tokens.issue("app", "x").ok());
    EXPECT_FALSE(tokens.issue("other", "s").ok());
    const auto issued = tokens.issue("app", "s");
    ASSERT_TRUE(issued.ok());
    EXPECT_EQ(tokens.check(issued.value().token), subsystem);
    auto forged = issued.value().token;
    forged[10] = forged[10] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(tokens.check(forged));
    clock.advance(issued.value().lives);
    EXPECT_FALSE(tokens.check(issued.value().token));
}

}  // namespace hl::exchange::gateway
