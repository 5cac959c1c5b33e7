// Who may call what: the rules of X-Road's endpoint rights, and the indexes against an oracle that has none.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exchange/registry/configuration.h"
#include "exchange/registry/samples.h"

namespace hl::exchange {
namespace {

using namespace std::chrono_literals;
using sample::day;

const Instant now = sample::issued;

Decision ask(const Configuration& c, const ClientId& client, const ServiceId& service, std::string_view method,
             std::string_view path, Instant at = now, bool explain = false) {
    return Knowledge(c).decide(client, service, method, path, at, explain);
}

TEST(Decide, OwnRightAllowsItsEndpoint) {
    const auto d = ask(sample::configuration(), sample::one_stop, sample::firms, "GET", "/firms/0100109106");
    EXPECT_TRUE(d.allowed);
    EXPECT_EQ(d.by->id, "r1");
}

TEST(Decide, WithoutARightEverythingIsRefused) {
    auto c = sample::configuration();
    c.rights.clear();
    const auto d = ask(c, sample::one_stop, sample::firms, "GET", "/firms/1");
    EXPECT_FALSE(d.allowed);
    EXPECT_EQ(d.fault, "access_denied");
    EXPECT_FALSE(d.notice.empty());
    EXPECT_FALSE(d.notice_vi.empty());
}

TEST(Decide, PathIsDecodedAndNormalisedBeforeItIsMatched) {
    auto c = sample::configuration();
    c.rights[0].endpoint = {"GET", "/open/**"};
    const auto asked = [&](std::string_view path) { return ask(c, sample::one_stop, sample::firms, "GET", path); };
    EXPECT_TRUE(asked("/open/a").allowed);
    EXPECT_TRUE(asked("/%6fpen/a").allowed);
    for (const auto* path : {"/open/../secret", "/open/%2e%2e/secret", "/open/%2E./secret", "/open/x/../../secret"})
        EXPECT_EQ(asked(path).fault, "access_denied") << path;
    for (const auto* path : {"/open/..;/secret", "/open/..\\secret", "/open/%", "/../open/a", "/open/%00"})
        EXPECT_EQ(asked(path).fault, "bad_request") << path;
}

TEST(Decide, NoPathIsTheRoot) {
    auto c = sample::configuration();
    c.rights[0].endpoint = {"GET", "/"};
    EXPECT_TRUE(ask(c, sample::one_stop, sample::firms, "GET", "").allowed);
}

TEST(Decide, MethodIsMatchedToTheLetter) {
    const auto c = sample::configuration();
    for (const auto* method : {"POST", "HEAD", "get", ""})
        EXPECT_EQ(ask(c, sample::one_stop, sample::firms, method, "/firms/1").fault, "access_denied") << method;
}

TEST(Decide, DatesAreTheProvincesDaysFirstAndLastIncluded) {
    const auto c = sample::configuration();  // r1: 2026-11-01 to 2026-11-30
    const auto allowed = [&](Instant at) {
        return ask(c, sample::one_stop, sample::firms, "GET", "/firms/1", at).allowed;
    };
    EXPECT_FALSE(allowed(at_local(day(2026, 11, 1), 0) - 1ms));
    EXPECT_TRUE(allowed(at_local(day(2026, 11, 1), 0)));
    EXPECT_TRUE(allowed(at_local(day(2026, 12, 1), 0) - 1ms));
    EXPECT_FALSE(allowed(at_local(day(2026, 12, 1), 0)));
}

TEST(Decide, GroupsRightReachesItsMembersAlone) {
    auto c = sample::configuration();
    c.services[1].enabled = true;
    EXPECT_TRUE(ask(c, sample::one_stop, sample::old_firms, "POST", "/").allowed);
    EXPECT_FALSE(ask(c, sample::register_of_firms, sample::old_firms, "POST", "/").allowed);
    EXPECT_FALSE(ask(c, sample::one_stop.member(), sample::old_firms, "POST", "/").allowed);
}

TEST(Decide, AMembersRightIsNotItsSubsystems) {
    auto c = sample::configuration();
    c.rights[0].subject = sample::one_stop.member();
    EXPECT_FALSE(ask(c, sample::one_stop, sample::firms, "GET", "/firms/1").allowed);
    EXPECT_TRUE(ask(c, sample::one_stop.member(), sample::firms, "GET", "/firms/1").allowed);
}

TEST(Decide, FaultsComeInXRoadsOrder) {
    const auto c = sample::configuration();
    const ClientId stranger{"QUANGTRI", "GOV", "H99", "X"};
    const ServiceId nothing{sample::register_of_firms, "khong-co", {}};
    EXPECT_EQ(ask(c, stranger, nothing, "GET", "/").fault, "unknown_member");
    EXPECT_EQ(ask(c, sample::one_stop, nothing, "GET", "/").fault, "unknown_service");
    EXPECT_EQ(ask(c, sample::register_of_firms, sample::old_firms, "POST", "/").fault, "access_denied");
    const auto off = ask(c, sample::one_stop, sample::old_firms, "POST", "/");
    EXPECT_EQ(off.fault, "service_disabled");
    EXPECT_EQ(off.notice, "Bảo trì đến 01/12");
    EXPECT_EQ(off.by->id, "r2");
}

TEST(Decide, AVersionIsAServiceOfItsOwn) {
    auto other = sample::old_firms;
    other.version = "v2";
    EXPECT_EQ(ask(sample::configuration(), sample::one_stop, other, "POST", "/").fault, "unknown_service");
}

TEST(Decide, MetaservicesOfKnownSubsystemsNeedNoRight) {
    const auto c = sample::configuration();
    EXPECT_TRUE(ask(c, sample::one_stop, {sample::register_of_firms, "listMethods", {}}, "GET", "/").allowed);
    const ClientId stranger{"QUANGTRI", "GOV", "H99", "X"};
    EXPECT_FALSE(ask(c, sample::one_stop, {stranger, "listMethods", {}}, "GET", "/").allowed);
}

TEST(Decide, ExplanationNamesWhatEveryRightMissed) {
    auto c = sample::configuration();
    const auto right = [&](std::string id, auto change) {
        Right r = c.rights[0];
        r.id = std::move(id);
        change(r);
        c.rights.push_back(r);
    };
    right("subject", [](Right& r) { r.subject = sample::register_of_firms; });
    right("service", [](Right& r) { r.service = sample::old_firms; });
    right("method", [](Right& r) { r.endpoint.method = "POST"; });
    right("path", [](Right& r) { r.endpoint.path = "/other"; });
    right("not_yet", [](Right& r) { r.from = day(2026, 11, 24), r.to.reset(); });
    right("ended", [](Right& r) { r.to = day(2026, 11, 22); });
    right("", [](Right&) {});
    c.rights.erase(c.rights.begin(), c.rights.begin() + 2);
    const auto d = ask(c, sample::one_stop, sample::firms, "GET", "/firms/1", now, true);
    EXPECT_TRUE(d.allowed);
    ASSERT_EQ(d.looked.size(), 7u);
    for (const auto& looked : d.looked) EXPECT_EQ(looked.missed, looked.right.id);
    EXPECT_TRUE(ask(c, sample::one_stop, sample::firms, "GET", "/firms/1").looked.empty());
}

TEST(Knowledge, FindsServersByCertificateAndMembersBySignature) {
    const Knowledge k(sample::configuration());
    EXPECT_EQ(k.server_of_certificate(std::string(64, '2'))->id, sample::gateway_two);
    EXPECT_EQ(k.server_of_certificate(std::string(64, '3')), nullptr);
    EXPECT_TRUE(k.signs_for(std::string(64, 'c'), sample::register_of_firms));
    EXPECT_FALSE(k.signs_for(std::string(64, 'c'), sample::one_stop));
    EXPECT_TRUE(k.speaks_for(sample::gateway_one, sample::one_stop));
    EXPECT_FALSE(k.speaks_for(sample::gateway_two, sample::one_stop));
}

TEST(Knowledge, ProvidersAreTheRegisteredGatewaysThatTheServiceNamesMaintenanceLast) {
    auto c = sample::configuration();
    const ServerId third{"QUANGTRI", "GOV", "H50.12", "CONG-2"};
    c.servers[1].maintenance = true;
    c.servers.push_back({third, "cong-2.example:5500", {}, {sample::register_of_firms}, false, {}});
    const Knowledge k(c);
    const auto all = k.providers(sample::firms);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0]->id, third);
    EXPECT_EQ(all[1]->id, sample::gateway_two);
    const auto named = k.providers(sample::old_firms);
    ASSERT_EQ(named.size(), 1u);
    EXPECT_EQ(named[0]->id, sample::gateway_two);
}

TEST(Knowledge, ListsServicesOfAProviderAndThoseOneMayCall) {
    const Knowledge k(sample::configuration());
    EXPECT_EQ(k.services_of(sample::register_of_firms).size(), 2u);
    EXPECT_TRUE(k.services_of(sample::one_stop).empty());
    EXPECT_EQ(k.allowed_services(sample::one_stop, sample::register_of_firms, now).size(), 2u);
    EXPECT_EQ(k.allowed_services(sample::one_stop, sample::register_of_firms, at_local(day(2026, 12, 1), 8)).size(),
              1u);
    EXPECT_TRUE(k.allowed_services(sample::register_of_firms, sample::register_of_firms, now).empty());
}

// ---- The oracle: no index, a glob by plain recursion, the answer by going through everything.

bool slow_glob(std::string_view glob, std::string_view path) {
    if (glob.empty()) return path.empty();
    if (glob.starts_with("**"))
        return slow_glob(glob.substr(2), path) || (!path.empty() && slow_glob(glob, path.substr(1)));
    if (glob.front() == '*')
        return slow_glob(glob.substr(1), path) ||
               (!path.empty() && path.front() != '/' && slow_glob(glob, path.substr(1)));
    return !path.empty() && glob.front() == path.front() && slow_glob(glob.substr(1), path.substr(1));
}

bool slow_allowed(const Configuration& c, const ClientId& client, const ServiceId& service, std::string_view method,
                  std::string_view plain_path, Date today) {
    bool known = false, on = false;
    for (const auto& m : c.members) known = known || m.id == client;
    for (const auto& s : c.services) on = on || (s.id == service && s.enabled);
    if (!known || !on) return false;
    for (const auto& r : c.rights) {
        bool subject = r.group.empty() && r.subject == client;
        for (const auto& [code, members] : c.groups)
            for (const auto& m : members) subject = subject || (code == r.group && m == client);
        if (subject && r.service == service && (r.endpoint.method == "*" || r.endpoint.method == method) &&
            slow_glob(r.endpoint.path, plain_path) && day_number(r.from) <= day_number(today) &&
            (!r.to || day_number(today) <= day_number(*r.to)))
            return true;
    }
    return false;
}

RC_GTEST_PROP(Decide, AgreesWithAnOracleThatHasNoIndex, ()) {
    const std::vector<ClientId> clients{{"I", "C", "M1", "A"},
                                        {"I", "C", "M1", "B"},
                                        {"I", "C", "M1", ""},
                                        {"I", "C", "M2", "A"},
                                        {"I", "C", "M3", "Z"}};
    const std::vector<std::string> methods{"GET", "POST", "*"};
    const std::vector<std::string> globs{"**", "/", "/a", "/*", "/a/*", "/a/**", "/**/b", "/*/b", "/a*", "/a/*/c"};
    const std::vector<std::string> plain{"/", "/a", "/b", "/a/b", "/a/b/c", "/ab", "/a/"};
    std::vector<ServiceId> services;
    for (const auto* code : {"s", "t"})
        for (const auto* version : {"", "v1"}) services.push_back({clients[3], code, version});

    Configuration c;
    for (size_t i = 0; i + 1 < clients.size(); ++i) c.members.push_back({clients[i], "x", {}});
    for (size_t i = 0; i + 1 < services.size(); ++i)
        c.services.push_back({services[i], ServiceType::rest, "", {}, {}, *rc::gen::inRange(0, 4) != 0, ""});
    for (const auto* group : {"g", "h"})
        for (const auto& client : clients)
            if (*rc::gen::arbitrary<bool>()) c.groups[group].push_back(client);
    const int count = *rc::gen::inRange(0, 12);
    for (int i = 0; i < count; ++i) {
        Right r;
        r.id = std::to_string(i);
        if (*rc::gen::arbitrary<bool>())
            r.group = *rc::gen::element<std::string>("g", "h", "none");
        else
            r.subject = *rc::gen::elementOf(clients);
        r.service = *rc::gen::elementOf(services);
        r.endpoint = {*rc::gen::elementOf(methods), *rc::gen::elementOf(globs)};
        r.from = day(2026, 11, *rc::gen::inRange(20u, 26u));
        if (*rc::gen::arbitrary<bool>()) r.to = add_days(r.from, *rc::gen::inRange(0, 4));
        c.rights.push_back(r);
    }
    const Knowledge knowledge(c);
    const auto client = *rc::gen::elementOf(clients);
    const auto service = *rc::gen::elementOf(services);
    const auto method = *rc::gen::element<std::string>("GET", "POST", "PUT");
    const auto path = *rc::gen::elementOf(plain);
    const auto at = at_local(day(2026, 11, 22), 0) + std::chrono::hours{*rc::gen::inRange(0, 72)};
    const bool expected = slow_allowed(c, client, service, method, path, local_date(at));
    RC_ASSERT(knowledge.decide(client, service, method, path, at).allowed == expected);
    const auto explained = knowledge.decide(client, service, method, path, at, true);
    RC_ASSERT(explained.allowed == expected);
    const bool any = std::any_of(explained.looked.begin(), explained.looked.end(),
                                 [](const auto& looked) { return looked.missed.empty(); });
    RC_ASSERT(any == explained.by.has_value());
}

}  // namespace
}  // namespace hl::exchange
