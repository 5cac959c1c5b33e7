// multipart as a stream: whatever the pieces it comes in, the same parts come out.
#include "exchange/protocol/mime.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hl::exchange {
namespace {

struct Seen {
    std::vector<std::vector<http::Header>> heads;
    std::vector<std::string> bodies;
    size_t ended = 0, pieces = 0;
    [[nodiscard]] MimeParser::Events events() {
        return {[this](const std::vector<http::Header>& head) -> Result<void> {
                    heads.push_back(head);
                    bodies.emplace_back();
                    return {};
                },
                [this](std::string_view piece) -> Result<void> {
                    bodies.back() += piece;
                    ++pieces;
                    return {};
                },
                [this]() -> Result<void> {
                    ++ended;
                    return {};
                }};
    }
};

Result<Seen> parse(const std::string& boundary, std::string_view bytes, size_t step = 1 << 20, MimeLimits limits = {}) {
    Seen seen;
    MimeParser parser(boundary, seen.events(), limits);
    for (size_t at = 0; at < bytes.size(); at += step) TRY_VOID(parser.feed(bytes.substr(at, step)));
    TRY_VOID(parser.finish());
    return seen;
}

const std::string two =
    "--xb\r\ncontent-type:text/xml\r\n\r\n<a/>\r\n--xb\r\nContent-Type: text/plain\r\nX: "
    "1\r\n\r\n\r\nhello\r\n\r\n--xb--\r\n";

TEST(Mime, PartsHeadsAndBodies) {
    const auto seen = parse("xb", two);
    ASSERT_TRUE(seen.ok()) << seen.error().en;
    EXPECT_EQ(seen->bodies, (std::vector<std::string>{"<a/>", "\r\nhello\r\n"}));
    EXPECT_EQ(seen->heads[1][1].name, "X");
    EXPECT_EQ(seen->heads[1][1].value, "1");
    EXPECT_EQ(seen->ended, 2u);
}
TEST(Mime, OneByteAtATimeGivesTheSame) {
    for (size_t step = 1; step < 40; ++step) {
        const auto seen = parse("xb", two, step);
        ASSERT_TRUE(seen.ok()) << step << seen.error().en;
        EXPECT_EQ(seen->bodies, (std::vector<std::string>{"<a/>", "\r\nhello\r\n"})) << step;
    }
}
TEST(Mime, PreambleAndEpilogueMeanNothing) {
    const auto seen = parse("xb", "This is MIME.\r\n--x\r\n" + two + "trailing --xb\r\n--xb\r\n", 3);
    ASSERT_TRUE(seen.ok());
    EXPECT_EQ(seen->bodies.size(), 2u);
}
TEST(Mime, BoundaryLineMayHavePadding) {
    EXPECT_EQ(parse("b", "--b  \t\r\n\r\nx\r\n--b--  ", 1)->bodies, std::vector<std::string>{"x"});
}
TEST(Mime, PartMayHaveNoHeadAndNoBody) {
    EXPECT_EQ(parse("b", "--b\r\n\r\n\r\n--b\r\n\r\n--b\r\nA:b\r\n\r\n--b--", 1)->bodies,
              (std::vector<std::string>{"", "", ""}));
    EXPECT_EQ(parse("b", "--b\r\n\r\n\r\n--b\r\n\r\n--b\r\nA:b\r\n\r\n--b--")->bodies,
              (std::vector<std::string>{"", "", ""}));
}
TEST(Mime, LongerBoundaryThatBeginsLikeOursIsBody) {
    const std::string inner = "--bc\r\n\r\ninner\r\n--bc--";
    for (size_t step : {1u, 2u, 7u, 1000u})
        EXPECT_EQ(parse("b", "--b\r\nX:y\r\n\r\n" + inner + "\r\n--b--", step)->bodies, std::vector<std::string>{inner})
            << step;
}
TEST(Mime, AlmostBoundariesAreBody) {
    const std::string body = "\r\n--\r\n-\r\r\n--x\r\n--xa\r\n--xb-\r\n--xb -\r\n--xb\rz\n--xb\r\n\r";
    for (size_t step : {1u, 2u, 3u, 1000u}) {
        const auto seen = parse("xbc", "--xbc\r\n\r\n" + body + "\r\n--xbc--", step);
        ASSERT_TRUE(seen.ok()) << step;
        EXPECT_EQ(seen->bodies, std::vector<std::string>{body}) << step;
    }
    const std::string tricky = "a\r\n--b-\r\n--b \r\r\n--b\t-c";
    for (size_t step : {1u, 2u, 3u, 1000u})
        EXPECT_EQ(parse("b", "--b\r\n\r\n" + tricky + "\r\n--b--", step)->bodies, std::vector<std::string>{tricky})
            << step;
}
TEST(Mime, FoldedHeadLinesAreJoined) {
    EXPECT_EQ(parse("b", "--b\r\nContent-Type: multipart/mixed;\r\n\tboundary=x\r\n\r\n\r\n--b--")->heads[0][0].value,
              "multipart/mixed; boundary=x");
}
TEST(Mime, CutShortIsRefused) {
    for (size_t n = 0; n + 4 < two.size(); ++n) EXPECT_FALSE(parse("xb", std::string_view(two).substr(0, n)).ok()) << n;
}
TEST(Mime, MalformedHeadsAreRefused) {
    for (const auto* head :
         {"no colon\r\n", ": x\r\n", " folded first\r\n", "A b: c\r\n", "A: b\nC: d\r\n", "A: \rb\r\n"}) {
        const auto seen = parse("b", fmt::format("--b\r\n{}\r\nx\r\n--b--", head));
        ASSERT_FALSE(seen.ok()) << head;
        EXPECT_EQ(seen.error().code, "exchange.mime");
    }
    EXPECT_FALSE(parse("b", std::string("--b\r\nA: \0\r\n\r\nx\r\n--b--", 21)).ok());
}
TEST(Mime, HeadOverItsLimitIsRefused) {
    const std::string message = "--b\r\nA: " + std::string(300, 'x') + "\r\n\r\nx\r\n--b--";
    EXPECT_TRUE(parse("b", message, 7, {.head = 400, .parts = 9}).ok());
    EXPECT_EQ(parse("b", message, 7, {.head = 200, .parts = 9}).error().code, "exchange.mime_limit");
    EXPECT_EQ(parse("b", message, 9999, {.head = 200, .parts = 9}).error().code, "exchange.mime_limit");
}
TEST(Mime, MorePartsThanTheLimitAreRefused) {
    std::string message;
    for (int i = 0; i < 4; ++i) message += "\r\n--b\r\n\r\nx";
    EXPECT_TRUE(parse("b", message + "\r\n--b--", 99, {.head = 100, .parts = 4}).ok());
    EXPECT_EQ(parse("b", message + "\r\n--b--", 99, {.head = 100, .parts = 3}).error().code, "exchange.mime_limit");
}
TEST(Mime, EndlessPaddingBehindABoundaryIsRefused) {
    EXPECT_FALSE(parse("b", "--b" + std::string(5000, ' ')).ok());
}
TEST(Mime, UnusableBoundaryIsRefused) {
    for (const auto& b : {std::string{}, std::string(71, 'x'), std::string{"a\r\nb"}})
        EXPECT_FALSE(parse(b, "--" + b + "--").ok());
}
TEST(Mime, ErrorOfAnEventEndsTheParsing) {
    Seen seen;
    auto events = seen.events();
    events.body = [](std::string_view) -> Result<void> { return Error{ErrorKind::full, "test.full", "đầy", "full"}; };
    MimeParser parser("xb", events);
    EXPECT_EQ(parser.feed(two).error().code, "test.full");
    EXPECT_FALSE(parser.feed(two).ok());
    EXPECT_FALSE(parser.finish().ok());
}
TEST(Mime, BodyComesInPiecesAsLargeAsTheyWereFed) {
    const std::string body(1 << 20, '\r');
    EXPECT_EQ(parse("b", "--b\r\n\r\n" + body + "\r\n--b--", std::string::npos)->pieces, 1u);
}
TEST(Mime, ClosedAfterTheClosingBoundary) {
    Seen seen;
    MimeParser parser("xb", seen.events());
    ASSERT_TRUE(parser.feed(two).ok());
    EXPECT_TRUE(parser.closed());
}
RC_GTEST_PROP(Mime, WhatIsWrittenIsReadInAnyPieces, ()) {
    const auto noise = rc::gen::container<std::string>(rc::gen::elementOf(std::string{"\r\n--bxy "}));
    const auto bodies = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(noise));
    std::string message;
    for (size_t i = 0; i < bodies.size(); ++i)
        message += part_head("bxyQ", "text/plain", i == 0, {{"x-n", std::to_string(i)}}) + bodies[i];
    message += closing("bxyQ");
    const auto seen = parse("bxyQ", message, *rc::gen::inRange<size_t>(1, 30));
    RC_ASSERT(seen.ok());
    RC_ASSERT(seen->bodies == bodies);
}
RC_GTEST_PROP(Mime, PiecesDoNotMatter, (const std::vector<int>& unused)) {
    (void)unused;
    const auto bytes =
        "--b" +
        *rc::gen::resize(60, rc::gen::container<std::string>(rc::gen::elementOf(std::string{"\r\n\r\n--b:a "})));
    const auto whole = parse("b", bytes), split = parse("b", bytes, 1);
    RC_ASSERT(whole.ok() == split.ok());
    if (whole.ok()) RC_ASSERT(whole->bodies == split->bodies);
}

TEST(Boundary, IsReadQuotedAndNot) {
    EXPECT_EQ(boundary_of("multipart/mixed; boundary=xtop123"), "xtop123");
    EXPECT_EQ(boundary_of("Multipart/Related; type=\"a;b\"; Boundary=\"a \\\"b\" ; x=y"), "a \"b");
    EXPECT_EQ(boundary_of("multipart/mixed; charset=UTF-8; boundary=xtop1357783211hcn1yiro "),
              "xtop1357783211hcn1yiro");
    EXPECT_EQ(boundary_of("multipart/mixed; boundary=\"open"), "");
    EXPECT_EQ(boundary_of("text/xml; boundary=x"), "");
    EXPECT_EQ(boundary_of("multipart/mixed"), "");
}
TEST(Boundary, PartHeadIsSpeltAsXRoadSpellsIt) {
    EXPECT_EQ(part_head("xtop1", "text/xml", true), "--xtop1\r\ncontent-type:text/xml\r\n\r\n");
    EXPECT_EQ(part_head("xtop1", "text/xml", false), "\r\n--xtop1\r\ncontent-type:text/xml\r\n\r\n");
    EXPECT_EQ(closing("xtop1"), "\r\n--xtop1--\r\n");
}

}  // namespace
}  // namespace hl::exchange
