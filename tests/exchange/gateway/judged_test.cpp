// What the provider's gateway does not let through: requests and answers that are not what the service's OpenAPI
// description says, and bodies beyond the gateway's limit.
#include "base/files.h"
#include "exchange/gateway/gateway_fixture.h"
#include "http/raw_client.h"

namespace hl::exchange::test {

using http::testing::RawClient;

class Judged : public GatewayTest {
  protected:
    const ServiceId described_{firms, "mo-ta", {}};
    const std::string base_ = "/r1/QUANGTRI/GOV/H50.12/DKKD/mo-ta";
    void describe() override {
        GatewayTest::describe();
        const auto file = folder_ / "mo-ta.yaml";
        EXPECT_TRUE(write_file(file, document_).ok());
        configuration_.services.push_back({described_, ServiceType::openapi3, "", {{"*", "**"}}, {}, true, {}});
        configuration_.rights.push_back(
            {"r3", desk, {}, described_, {"*", "**"}, std::chrono::year{2026} / 1 / 1, std::nullopt, "QĐ 1"});
        ServiceSettings service;
        service.id = described_;
        service.type = ServiceType::openapi3;
        service.url = system_.url("/v1");
        service.description = file.string();
        service.validation = Validation::both;
        settings_two_.services.push_back(service);
    }
    void say(int status, const std::string& body, const std::string& type = "application/json") {
        system_.answer_with([=](const auto&) {
            return InformationSystem::Said{answer(status, body, "Content-Type: " + type + "\r\n"), false};
        });
    }
    http::Response post(const std::string& body) {
        return ask("POST", base_ + "/doanh-nghiep", {{"Content-Type", "application/json"}}, body);
    }
    static constexpr std::string_view document_ = R"(openapi: 3.0.3
info: {title: Doanh nghiệp, version: "1"}
paths:
  /doanh-nghiep:
    get:
      parameters:
        - {name: trang, in: query, schema: {type: integer, minimum: 1}}
      responses:
        "200": {description: có, content: {application/json: {schema: {type: array, items: {type: string}}}}}
        "204": {description: không có}
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [ma], properties: {ma: {type: string, maxLength: 10}}}
      responses:
        "201": {description: đã nhận}
)";
};

TEST_F(Judged, WhatFitsPassesInBothDirectionsUnchanged) {
    say(201, "");
    EXPECT_EQ(post(R"({ "ma" : "4300" })").status, 201);
    say(200, R"([ "a", "b" ])");
    const auto list = ask("GET", base_ + "/doanh-nghiep?trang=2");
    EXPECT_EQ(list.status, 200) << list.body;
    EXPECT_EQ(list.body, R"([ "a", "b" ])");
    const auto asked = system_.asked();
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_EQ(asked[0].body, R"({ "ma" : "4300" })");
    EXPECT_EQ(asked[0].header("Content-Length"), "17");
    EXPECT_EQ(asked[1].line, "GET /v1/doanh-nghiep?trang=2 HTTP/1.1");
    say(204, "");
    EXPECT_EQ(ask("GET", base_ + "/doanh-nghiep").status, 204);
}

TEST_F(Judged, RequestThatDoesNotFitIsLoggedAndToldWhereAndReachesNobody) {
    const auto wrong = post(R"({"ma":"dài hơn mười ký tự"})");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_EQ(fault(wrong), "client.invalid_request");
    EXPECT_NE(wrong.body.find("/body/ma"), std::string::npos) << wrong.body;
    EXPECT_NE(wrong.body.find("getOpenAPI"), std::string::npos);
    EXPECT_EQ(entries(*two_.log).size(), 1u);
    for (const auto& [path, place] : {std::pair{"/doanh-nghiep?trang=0", "/query/trang"}, {"/khong-co", "/path"}}) {
        const auto refused = ask("GET", base_ + path);
        EXPECT_EQ(fault(refused), "client.invalid_request");
        EXPECT_NE(refused.body.find(place), std::string::npos) << refused.body;
    }
    EXPECT_EQ(fault(post("")), "client.invalid_request");
    EXPECT_EQ(fault(post("{")), "client.invalid_request");
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(Judged, AnswerThatDoesNotFitIsTheProvidersFault) {
    say(200, R"({"khong":"phải danh sách"})");
    const auto wrong = ask("GET", base_ + "/doanh-nghiep");
    EXPECT_EQ(wrong.status, 500);
    EXPECT_EQ(fault(wrong), "server.serverproxy.service_failed.invalid_response");
    EXPECT_NE(wrong.body.find("/body"), std::string::npos) << wrong.body;
    say(418, "");
    EXPECT_EQ(fault(ask("GET", base_ + "/doanh-nghiep")), "server.serverproxy.service_failed.invalid_response");
}

TEST_F(Judged, AnswersAreLeftAloneWhenOnlyRequestsAreJudged) {
    TearDown();
    settings_two_.services.back().validation = Validation::requests;
    open_all();
    say(200, R"({"khong":"phải danh sách"})");
    EXPECT_EQ(ask("GET", base_ + "/doanh-nghiep").status, 200);
    EXPECT_EQ(fault(ask("GET", base_ + "/khac")), "client.invalid_request");
}

TEST_F(Judged, LongAnswersPassAndLongRequestsAreRefused) {
    std::string list = "[\"";
    list += std::string((1u << 20) + 100, 'd');
    list += "\"]";
    say(200, list);
    EXPECT_EQ(ask("GET", base_ + "/doanh-nghiep").body, list);
    const auto asked = system_.asked().size();
    const auto refused = post("{\"ma\":\"" + std::string(1u << 20, 'd') + "\"}");
    EXPECT_EQ(fault(refused), "client.invalid_request");
    EXPECT_NE(refused.body.find("longer than 1048576 bytes"), std::string::npos) << refused.body;
    EXPECT_EQ(system_.asked().size(), asked);
}

TEST_F(Judged, ADescriptionThatIsNoneIsFoundWhenTheGatewayOpens) {
    ASSERT_TRUE(write_file(settings_two_.services.back().description, "openapi: 2.0\n").ok());
    GatewayParts parts;
    parts.settings = settings_two_;
    parts.configuration = two_.configuration;
    parts.log = two_.log;
    parts.authentication = two_.tls;
    const auto opened = Gateway::open(std::move(parts), clock_, random_);
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().at.find("mo-ta"), std::string::npos) << opened.error().at;
}

class BodyLimits : public GatewayTest {
  protected:
    std::string chunked(size_t bytes) {
        RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
        client.send("POST " + rest_path +
                    " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\nTransfer-Encoding: "
                    "chunked\r\n\r\n");
        client.send(fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", bytes, std::string(bytes, 'x')));
        return client.answer();
    }
};

TEST_F(BodyLimits, BodyBeyondTheLimitIsRefusedAndAtTheLimitPasses) {
    TearDown();
    settings_one_.max_body = 1000;
    open_all();
    EXPECT_EQ(ask("POST", rest_path, {}, std::string(1000, 'x')).status, 200);
    EXPECT_EQ(http::testing::status_in(chunked(1000)), 200);
    const auto passed = system_.asked().size();
    const auto refused = ask("POST", rest_path, {}, std::string(1001, 'x'));
    EXPECT_EQ(refused.status, 413);
    EXPECT_EQ(fault(refused), "client.message_too_large");
    EXPECT_NE(refused.body.find("max_body_bytes"), std::string::npos);
    // Without a length, too.
    EXPECT_EQ(http::testing::status_in(chunked(1001)), 413);
    EXPECT_EQ(system_.asked().size(), passed);
    EXPECT_EQ(entries(*two_.log).size(), 4u);
}

TEST_F(BodyLimits, TheProvidersGatewayHasItsOwn) {
    TearDown();
    settings_two_.max_body = 1000;
    open_all();
    EXPECT_EQ(ask("POST", rest_path, {}, std::string(1000, 'x')).status, 200);
    const auto passed = system_.asked().size();
    for (const size_t size : {size_t{1001}, size_t{300'000}}) {
        const auto refused = ask("POST", rest_path, {}, std::string(size, 'x'));
        EXPECT_EQ(fault(refused), "client.message_too_large") << size;
        EXPECT_EQ(refused.status, 413);
    }
    for (size_t i = passed; i < system_.asked().size(); ++i) ADD_FAILURE() << system_.asked()[i].line;
}

TEST_F(BodyLimits, AnAnswerBeyondTheLimitIsNotGivenOn) {
    TearDown();
    settings_one_.max_body = 1000;
    open_all();
    system_.answer_with([](const auto&) {
        return InformationSystem::Said{answer(200, std::string(1001, 'x')), false};
    });
    const auto refused = ask("GET", rest_path);
    EXPECT_EQ(fault(refused), "server.clientproxy.message_too_large") << refused.body.substr(0, 100);
    EXPECT_EQ(refused.status, 500);
}

TEST_F(BodyLimits, HeadsHaveALimitOfTheirOwn) {
    TearDown();
    settings_one_.max_head = 4096;
    open_all();
    EXPECT_EQ(ask("GET", rest_path, {{"X-Long", std::string(3000, 'x')}}).status, 200);
    EXPECT_EQ(ask("GET", rest_path, {{"X-Long", std::string(5000, 'x')}}).status, 400);
    EXPECT_EQ(system_.asked().size(), 1u);
}

}  // namespace hl::exchange::test
