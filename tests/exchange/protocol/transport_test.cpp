// Messages between gateways: PR-MESSTRANSP 2.2 and 3.1.
#include "exchange/protocol/transport.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hl::exchange::transport {
namespace {

const std::string boundary = "xtop0011";

struct Seen {
    std::vector<std::pair<Part, std::string>> parts;
    std::vector<std::vector<http::Header>> heads;
    size_t ended = 0;
};
Result<Seen> read(std::string_view bytes, Direction direction = Direction::request, size_t step = 1 << 20,
                  Limits limits = {}) {
    Seen seen;
    Reader reader(content_type(boundary), direction,
                  {[&](Part part, const auto& head) -> Result<void> {
                       seen.parts.emplace_back(part, "");
                       seen.heads.push_back(head);
                       return {};
                   },
                   [&](Part part, std::string_view piece) -> Result<void> {
                       EXPECT_EQ(part, seen.parts.back().first);
                       seen.parts.back().second += piece;
                       return {};
                   },
                   [&](Part part) -> Result<void> {
                       EXPECT_EQ(part, seen.parts.back().first);
                       ++seen.ended;
                       return {};
                   }},
                  limits);
    for (size_t at = 0; at < bytes.size(); at += step) TRY_VOID(reader.feed(bytes.substr(at, step)));
    TRY_VOID(reader.finish());
    return seen;
}

using Parts = std::vector<std::pair<Part, std::string>>;
Message rest() {
    return {.ocsp_responses = {"o1", "o2"},
            .head_type = type::rest_request,
            .head = "GET\r\n/\r\n",
            .body = "{}",
            .attachments = {},
            .hash_chain_result = "<r/>",
            .hash_chain = "<c/>",
            .signature = "<s/>",
            .fault = {}};
}
Message soap() {
    return {.ocsp_responses = {"o"},
            .head_type = "text/xml; charset=UTF-8",
            .head = "<e/>",
            .body = {},
            .attachments = {{{{"Content-Type", "image/png"}, {"Content-ID", "<a>"}}, "\r\n--xtop\r\n"},
                            {{{"Content-ID", "<b>"}}, ""}},
            .hash_chain_result = "<r/>",
            .hash_chain = "<c/>",
            .signature = "<s/>",
            .fault = {}};
}

std::string end_of(const Message& message) {
    std::string out;
    append_end(out, message, boundary);
    return out;
}

TEST(Transport, RestRequestsPartsInOrder) {
    const auto seen = read(compose(rest(), boundary));
    ASSERT_TRUE(seen.ok()) << seen.error().en;
    EXPECT_EQ(seen->parts, (Parts{{Part::ocsp_response, "o1"},
                                  {Part::ocsp_response, "o2"},
                                  {Part::rest_request, "GET\r\n/\r\n"},
                                  {Part::rest_body, "{}"},
                                  {Part::hash_chain_result, "<r/>"},
                                  {Part::hash_chain, "<c/>"},
                                  {Part::signature, "<s/>"}}));
    EXPECT_EQ(seen->ended, 7u);
}
TEST(Transport, SoapRequestWithAttachmentsInANestedMultipart) {
    for (size_t step : {1u, 2u, 5u, 100000u}) {
        const auto seen = read(compose(soap(), boundary), Direction::request, step);
        ASSERT_TRUE(seen.ok()) << seen.error().en;
        EXPECT_EQ(seen->parts, (Parts{{Part::ocsp_response, "o"},
                                      {Part::soap, "<e/>"},
                                      {Part::attachment, "\r\n--xtop\r\n"},
                                      {Part::attachment, ""},
                                      {Part::hash_chain_result, "<r/>"},
                                      {Part::hash_chain, "<c/>"},
                                      {Part::signature, "<s/>"}}));
        EXPECT_EQ(seen->heads[2][1].value, "<a>") << "MIME headers of attachments are preserved";
        EXPECT_EQ(seen->ended, 7u);
    }
}
TEST(Transport, BytesOfTheWireAreXRoads) {
    Message m{.ocsp_responses = {"o"},
              .head_type = type::rest_request,
              .head = "h",
              .body = {},
              .attachments = {},
              .hash_chain_result = {},
              .hash_chain = {},
              .signature = "s",
              .fault = {}};
    EXPECT_EQ(compose(m, boundary),
              "--xtop0011\r\ncontent-type:application/ocsp-response\r\n\r\no\r\n--xtop0011\r\n"
              "content-type:application/x-road-rest-request\r\n\r\nh\r\n--xtop0011\r\n"
              "content-type:signature/bdoc-1.0/ts\r\n\r\ns\r\n--xtop0011--\r\n");
    EXPECT_EQ(content_type(boundary), "multipart/mixed; charset=UTF-8; boundary=xtop0011");
}
TEST(Transport, ComposedInOneAllocation) {
    for (const auto& m : {rest(), soap()}) {
        const auto bytes = compose(m, boundary);
        EXPECT_EQ(bytes.size(), bytes.capacity());
    }
}
TEST(Transport, BeginningBodyAndEndAreTheWhole) {
    const auto m = rest();
    EXPECT_EQ(compose_beginning(m, boundary, true) + std::string(*m.body) + end_of(m), compose(m, boundary));
    const auto s = soap();
    EXPECT_EQ(compose_beginning(s, boundary, false) + end_of(s), compose(s, boundary));
}
TEST(Transport, EmptyBodyIsNotNoBody) {
    auto m = rest();
    m.body = "";
    EXPECT_EQ(read(compose(m, boundary))->parts[3], (std::pair<Part, std::string>{Part::rest_body, ""}));
    m.body = std::nullopt;
    EXPECT_EQ(read(compose(m, boundary))->parts[3].first, Part::hash_chain_result);
}
TEST(Transport, ResponseHasItsOwnHead) {
    auto m = rest();
    m.ocsp_responses.clear();
    m.head_type = type::rest_response;
    EXPECT_TRUE(read(compose(m, boundary), Direction::response).ok());
    EXPECT_EQ(read(compose(m, boundary), Direction::request).error().code, "exchange.invalid_content_type");
    EXPECT_EQ(read(compose(rest(), boundary), Direction::response).error().code, "exchange.invalid_content_type");
}
TEST(Transport, MtomIsSoap) {
    auto m = soap();
    m.head_type = "application/xop+xml; type=\"text/xml\"";
    EXPECT_EQ(read(compose(m, boundary))->parts[1].first, Part::soap);
}
TEST(Transport, FaultMayStandWhereTheSignatureWould) {
    for (auto m : {rest(), soap()}) {
        m.signature = m.hash_chain = m.hash_chain_result = {};
        m.fault = "<f/>";
        const auto seen = read(compose(m, boundary));
        ASSERT_TRUE(seen.ok()) << seen.error().en;
        EXPECT_EQ(seen->parts.back(), (std::pair<Part, std::string>{Part::fault, "<f/>"}));
    }
}
TEST(Transport, NothingMayFollowTheSignature) {
    auto m = rest();
    m.fault = "<f/>";
    EXPECT_EQ(read(compose(m, boundary)).error().code, "exchange.invalid_content_type");
}
TEST(Transport, ChainNeedsItsResult) {
    auto m = rest();
    m.hash_chain_result = {};
    EXPECT_EQ(read(compose(m, boundary)).error().code, "exchange.invalid_content_type");
}
TEST(Transport, MessageAndSignatureMustBeThere) {
    auto m = rest();
    m.signature = {};
    EXPECT_EQ(read(compose(m, boundary)).error().code, "exchange.missing_signature");
    EXPECT_EQ(read("--xtop0011\r\ncontent-type:application/ocsp-response\r\n\r\no\r\n--xtop0011--").error().code,
              "exchange.missing_message");
}
TEST(Transport, UnknownAndMisplacedPartsAreRefused) {
    const auto of = [](const std::vector<std::string_view>& types) {
        std::string out;
        for (const auto t : types) out += part_head(boundary, t, out.empty()) + "x";
        return read(out + closing(boundary));
    };
    const std::string soap_type(type::soap);
    EXPECT_TRUE(of({type::soap, type::signature}).ok());
    for (const auto& types :
         std::vector<std::vector<std::string_view>>{{"text/html"},
                                                    {""},
                                                    {type::signature},
                                                    {type::rest_body},
                                                    {type::soap, type::rest_request},
                                                    {type::soap, type::rest_body, type::signature},
                                                    {type::soap, type::ocsp_response},
                                                    {type::soap, type::signature, type::signature},
                                                    {type::rest_request, "multipart/mixed; boundary=q"},
                                                    {type::hash_chain_result}})
        EXPECT_EQ(of(types).error().code, "exchange.invalid_content_type");
}
TEST(Transport, NestedMultipartCutShortIsRefused) {
    const auto bytes = part_head(boundary, type::soap, true) + "<e/>" +
                       part_head(boundary, "multipart/mixed; boundary=q", false) + "--q\r\n\r\nx" +
                       part_head(boundary, type::signature, false) + "s" + closing(boundary);
    EXPECT_EQ(read(bytes).error().code, "exchange.mime");
}
TEST(Transport, LargePartsAreRefusedButBodiesAreNot) {
    Limits limits;
    limits.small = 100;
    limits.soap = 200;
    auto m = rest();
    const std::string large(300, 'x');
    m.body = large;
    EXPECT_TRUE(read(compose(m, boundary), Direction::request, 7, limits).ok());
    m.signature = large;
    EXPECT_EQ(read(compose(m, boundary), Direction::request, 7, limits).error().code, "exchange.message_limit");
    auto s = soap();
    s.head = large;
    EXPECT_EQ(read(compose(s, boundary), Direction::request, 7, limits).error().code, "exchange.message_limit");
}
TEST(Transport, CutShortAnywhereIsRefused) {
    const auto whole = compose(soap(), boundary);
    for (size_t n = 0; n + 4 < whole.size(); ++n) EXPECT_FALSE(read(std::string_view(whole).substr(0, n)).ok()) << n;
}
TEST(Transport, ContentTypeWithoutABoundaryIsRefused) {
    Reader reader("text/xml", Direction::response, {});
    EXPECT_EQ(reader.feed("x").error().code, "exchange.mime");
}
TEST(Transport, BoundariesBeginAsXRoadsAndDiffer) {
    SeededRandom random(1);
    const auto a = make_boundary("xtop", random), b = make_boundary("xtop", random);
    EXPECT_EQ(a.size(), 28u);
    EXPECT_TRUE(a.starts_with("xtop"));
    EXPECT_NE(a, b);
}
TEST(Transport, OcspAnswerIsReadBackAsWritten) {
    const auto answer = compose_ocsp_answer({"one", std::string_view("\x30\x00\r\n", 4)}, "xocsp");
    const auto read_back = parse_ocsp_answer("multipart/related; charset=UTF-8; boundary=xocsp", answer);
    ASSERT_TRUE(read_back.ok());
    EXPECT_EQ(*read_back, (std::vector<std::string>{"one", std::string("\x30\x00\r\n", 4)}));
    EXPECT_FALSE(parse_ocsp_answer("multipart/related; boundary=other", answer).ok());
    EXPECT_FALSE(parse_ocsp_answer("text/html", answer).ok());
}
RC_GTEST_PROP(Transport, WhatIsComposedIsReadInAnyPieces, ()) {
    const auto noise = rc::gen::container<std::string>(rc::gen::elementOf(std::string{"\r\n--xtop01 "}));
    const std::string head = *noise, a = *noise, b = *noise, signature = "s" + *noise;
    auto m = soap();
    m.head = head;
    m.attachments[0].bytes = a;
    m.attachments[1].bytes = b;
    m.signature = signature;
    const auto seen = read(compose(m, boundary), Direction::request, *rc::gen::inRange<size_t>(1, 50));
    RC_ASSERT(seen.ok());
    RC_ASSERT(seen->parts[1].second == head && seen->parts[2].second == a && seen->parts[3].second == b &&
              seen->parts[6].second == signature);
}

}  // namespace
}  // namespace hl::exchange::transport
