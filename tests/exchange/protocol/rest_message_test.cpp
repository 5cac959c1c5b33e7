// The head of a REST message: PR-REST 4.1 to 4.3.
#include "exchange/protocol/rest_message.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/crypto.h"

namespace hl::exchange {
namespace {

using Headers = std::vector<http::Header>;
const std::string uuid = "f92591a3-6bf0-49b1-987b-0dd78c034cc3";
const std::string target = "/r1/QUANGTRI/GOV/H50.12/DKKD/tracuu/v1/dn/4300?full=1";
const http::Header client{"X-Road-Client", "QUANGTRI/GOV/H50/CONGDV"};

Result<RestRequest> read(const Headers& headers, std::string_view method = "GET", const std::string& where = target) {
    return read_rest_request(method, where, headers, "QUANGTRI", uuid);
}
std::string value_of(const Headers& headers, std::string_view name) {
    for (const auto& h : headers)
        if (h.name == name) return h.value;
    return "-";
}
size_t count_of(const Headers& headers, std::string_view name) {
    return static_cast<size_t>(
        std::count_if(headers.begin(), headers.end(), [&](const auto& h) { return h.name == name; }));
}

TEST(RestRequest, OnlyTheClientHeaderIsMandatory) {
    const auto r = read({client});
    ASSERT_TRUE(r.ok());
    EXPECT_EQ(r->client, (ClientId{"QUANGTRI", "GOV", "H50", "CONGDV"}));
    EXPECT_EQ(r->service.path, "/v1/dn/4300");
    EXPECT_EQ(r->target, target);
    EXPECT_EQ(read({}).error().code, "exchange.missing_header");
    EXPECT_EQ(read({{"X-Road-Client", ""}}).error().code, "exchange.missing_header");
}
TEST(RestRequest, HeaderNamesCompareWithoutCase) {
    EXPECT_TRUE(read({{"x-road-client", client.value}}).ok());
}
TEST(RestRequest, MadeIdIsTheInstanceAndAUuid) {
    const auto r = read({client});
    EXPECT_EQ(r->id, "QUANGTRI-" + uuid);
    EXPECT_EQ(value_of(r->headers, "X-Road-Id"), r->id);
}
TEST(RestRequest, SentIdStays) {
    const auto r = read({client, {"X-Road-Id", "fa2e18a5"}});
    EXPECT_EQ(r->id, "fa2e18a5");
    EXPECT_EQ(count_of(r->headers, "X-Road-Id"), 1u);
}
TEST(RestRequest, EmptyIdIsAsIfNotSent) {
    const auto r = read({client, {"X-Road-Id", ""}});
    EXPECT_EQ(r->id, "QUANGTRI-" + uuid);
    EXPECT_EQ(count_of(r->headers, "X-Road-Id"), 1u);
}
TEST(RestRequest, OptionalHeadersAreRead) {
    const auto r = read({client,
                         {"X-Road-UserId", "VN001"},
                         {"X-Road-Issue", "H50.12-261124-0001"},
                         {"X-Road-Security-Server", "QUANGTRI/GOV/H50/gw1"},
                         {"X-Road-Represented-Party", "COM/4300"}});
    ASSERT_TRUE(r.ok());
    EXPECT_EQ(r->user_id, "VN001");
    EXPECT_EQ(r->issue, "H50.12-261124-0001");
    EXPECT_EQ(r->security_server->server_code, "gw1");
    EXPECT_EQ(r->represented_party, "COM/4300");
}
TEST(RestRequest, XRoadHeaderSentTwiceIsRefused) {
    for (const auto* name : {"X-Road-Client", "X-Road-Id", "x-road-userid", "X-Road-Issue"})
        EXPECT_EQ(read({client, {"X-Road-Client", client.value}, {name, "a/b/c"}, {name, "a/b/c"}}).error().code,
                  "exchange.duplicate_header");
}
TEST(RestRequest, EightMethodsAndNoOther) {
    for (const auto* m : {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
        EXPECT_TRUE(read({client}, m).ok()) << m;
    for (const auto* m : {"CONNECT", "get", "", "BREW", "GET "}) EXPECT_FALSE(read({client}, m).ok()) << m;
}
TEST(RestRequest, HopByHopAndIdentifyingHeadersAreNotForwarded) {
    const auto r = read({client,
                         {"Host", "a"},
                         {"user-agent", "b"},
                         {"Connection", "close"},
                         {"TE", "x"},
                         {"Transfer-Encoding", "chunked"},
                         {"Keep-Alive", "1"},
                         {"Proxy-Authorization", "x"},
                         {"Proxy-Authenticate", "x"},
                         {"Trailer", "x"},
                         {"Upgrade", "h2c"},
                         {"Expect", "100-continue"},
                         {"Content-Length", "3"},
                         {"Server", "x"}});
    ASSERT_TRUE(r.ok());
    EXPECT_EQ(r->headers.size(), 3u) << "client, id, request id";
}
TEST(RestRequest, ClientsRequestIdAndHashAreReplaced) {
    const auto r = read({client, {"X-Road-Request-Id", "mine"}, {"X-Road-Request-Hash", "mine"}});
    EXPECT_EQ(value_of(r->headers, "X-Road-Request-Id"), uuid);
    EXPECT_EQ(count_of(r->headers, "X-Road-Request-Id"), 1u);
    EXPECT_EQ(value_of(r->headers, "X-Road-Request-Hash"), "-");
}
TEST(RestRequest, OtherHeadersPassUnchangedAndInOrder) {
    const auto r = read({{"Accept", "application/xml"},
                         client,
                         {"X-Powered-By", "PHP/5.2.17"},
                         {"Cookie", "a=1"},
                         {"Cache-Control", "no-cache"},
                         {"Content-Type", "application/json; charset=utf-8"}});
    ASSERT_TRUE(r.ok());
    EXPECT_EQ(r->headers[0].value, "application/xml");
    EXPECT_EQ(r->headers[2].value, "PHP/5.2.17");
    EXPECT_EQ(r->headers[5].value, "application/json; charset=utf-8");
}
TEST(RestRequest, LineBreakInAHeaderIsRefused) {
    for (const auto& h : Headers{{"A", "b\r\nX-Road-Client:evil/a/b"},
                                 {"A\n", "b"},
                                 {"A", std::string("b\0c", 3)},
                                 {"A:b", "c"},
                                 {"", "x"}})
        EXPECT_EQ(read({client, h}).error().code, "exchange.bad_request");
}
TEST(RestRequest, HeadIsVerbTargetAndHeadersWithoutSpaces) {
    const auto r = read({client, {"X-Road-Id", "1"}, {"Accept", "*/*"}}, "POST");
    EXPECT_EQ(to_bytes(*r), "POST\r\n" + target + "\r\nX-Road-Client:QUANGTRI/GOV/H50/CONGDV\r\nX-Road-Id:1\r\n" +
                                "Accept:*/*\r\nX-Road-Request-Id:" + uuid + "\r\n");
}
TEST(RestRequest, HeadOfAnotherGatewayIsCheckedLikeAClients) {
    const auto bytes = to_bytes(*read({client}));
    EXPECT_TRUE(parse_rest_request(bytes).ok());
    for (const std::string& bad :
         {std::string{}, std::string{"GET\r\n"}, std::string{"GET\r\n/r1/x\r\n"}, bytes + "X-Road-Client:a/b/c\r\n",
          bytes + "no colon\r\n", bytes + "cut:short", "BREW" + bytes.substr(3), "GET\r\n" + target + "\r\n"})
        EXPECT_FALSE(parse_rest_request(bad).ok()) << bad;
}
RC_GTEST_PROP(RestRequest, HeadIsReadBackAsWritten, ()) {
    const auto word = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string{"abcXYZ-09"})));
    const auto text = rc::gen::container<std::string>(rc::gen::elementOf(std::string{"ab c:;,=\"\\/\t%ÿ"}));
    Headers headers{client};
    for (int i = *rc::gen::inRange(0, 8); i > 0; --i) headers.push_back({"H" + *word, *text});
    const auto r = *read(headers, "PUT", "/r1/I/C/M/S/x/" + *word + "?" + *word);
    const auto again = *parse_rest_request(to_bytes(r));
    RC_ASSERT(to_bytes(again) == to_bytes(r));
    RC_ASSERT(again.client == r.client && again.id == r.id && again.request_id == r.request_id);
    RC_ASSERT(again.service.path == r.service.path && again.service.query == r.service.query);
}
RC_GTEST_PROP(RestRequest, AnyBytesAreReadOrRefused, (std::string bytes)) {
    if (const auto r = parse_rest_request(bytes); r.ok()) RC_ASSERT(to_bytes(*r) == bytes);
    if (const auto r = parse_rest_response(bytes); r.ok()) RC_ASSERT(to_bytes(*r) == bytes);
}

const Instant now = from_ms(1'764'000'000'000);  // 2025-11-24T16:00:00Z

TEST(RestResponse, CarriesTheXRoadHeaders) {
    const auto request = *read({client, {"X-Road-Id", "id 1"}});
    const auto r = make_rest_response(200, "OK", {{"Content-Type", "text/plain"}}, request, "HASH==", now);
    EXPECT_EQ(value_of(r.headers, "X-Road-Id"), "id 1");
    EXPECT_EQ(value_of(r.headers, "X-Road-Client"), "QUANGTRI/GOV/H50/CONGDV");
    EXPECT_EQ(value_of(r.headers, "X-Road-Service"), "QUANGTRI/GOV/H50.12/DKKD/tracuu");
    EXPECT_EQ(value_of(r.headers, "X-Road-Request-Id"), uuid);
    EXPECT_EQ(value_of(r.headers, "X-Road-Request-Hash"), "HASH==");
    EXPECT_EQ(value_of(r.headers, "Date"), "Mon, 24 Nov 2025 16:00:00 GMT");
}
TEST(RestResponse, ProvidersOwnXRoadHeadersAreOverwritten) {
    const auto request = *read({client});
    const auto r = make_rest_response(200, "OK",
                                      {{"X-Road-Id", "x"},
                                       {"x-road-client", "x"},
                                       {"X-Road-Service", "x"},
                                       {"X-Road-Error", "x"},
                                       {"X-Road-Request-Hash", "x"},
                                       {"X-Road-Request-Id", "x"}},
                                      request, "h", now);
    for (const auto& h : r.headers) EXPECT_NE(h.value, "x") << h.name;
}
TEST(RestResponse, HasExactlyOneDate) {
    const auto request = *read({client});
    const auto r = make_rest_response(200, "OK", {{"Date", "Mon, 01 Jan 2024 00:00:00 GMT"}, {"Date", "later"}},
                                      request, "h", now);
    EXPECT_EQ(count_of(r.headers, "Date"), 1u);
    EXPECT_EQ(value_of(r.headers, "Date"), "Mon, 01 Jan 2024 00:00:00 GMT");
}
TEST(RestResponse, AnyStatusPassesRedirectsToo) {
    const auto request = *read({client});
    const auto r = make_rest_response(302, "Found", {{"Location", "http://elsewhere/"}}, request, "h", now);
    EXPECT_EQ(r.status, 302);
    EXPECT_EQ(value_of(r.headers, "Location"), "http://elsewhere/");
}
TEST(RestResponse, HeadIsStatusReasonAndHeaders) {
    const RestResponse r{404, "Not Found", {{"A", "b"}}};
    EXPECT_EQ(to_bytes(r), "404\r\nNot Found\r\nA:b\r\n");
    const auto again = parse_rest_response(to_bytes(r));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->status, 404);
    EXPECT_EQ(again->reason, "Not Found");
    EXPECT_EQ(parse_rest_response("204\r\n\r\n")->reason, "");
}
TEST(RestResponse, MalformedHeadsAreRefused) {
    for (const auto* bad :
         {"", "200", "200\r\n", "abc\r\nOK\r\n", "2000\r\nOK\r\n", "-12\r\nOK\r\n", "099\r\nx\r\n", "200\r\nOK\r\nx"})
        EXPECT_FALSE(parse_rest_response(bad).ok()) << bad;
}

TEST(RequestHash, WithoutABodyIsTheHeadsDigest) {
    EXPECT_EQ(request_hash("abc", std::nullopt),
              "3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==");
}
TEST(RequestHash, WithABodyIsTheDigestOfBothDigests) {
    const auto digest_of_abc = *crypto::from_base64(request_hash("abc", std::nullopt));
    std::array<uint8_t, 64> body{};
    std::copy(digest_of_abc.begin(), digest_of_abc.end(), body.begin());
    EXPECT_EQ(request_hash("abc", body), request_hash(digest_of_abc + digest_of_abc, std::nullopt));
}

}  // namespace
}  // namespace hl::exchange
