#include "http/parse.h"

#include <gtest/gtest.h>

namespace hl::http {
namespace {

TEST(Parse, TargetIsDecodedOnce) {
    const auto t = parse_target("/th%C6%B0%20m%E1%BB%A5c/%2541?q=a+b%2B&empty=&q=2").value();
    EXPECT_EQ(t.path, "/thư mục/%41");
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(t.query, (Pairs{{"q", "a b+"}, {"empty", ""}, {"q", "2"}}));
}

TEST(Parse, TargetsThatCouldMeanTwoThingsAreRefused) {
    for (const char* bad : {"", "x", "/a/../b", "/a/./b", "/a//b", "/a%2Fb", "/a%5Cb", "/a\\b", "/a%00", "/a%", "/a%4",
                            "/a%zz", "/%ff", "/%2e%2e/b", "/a b"})
        EXPECT_EQ(parse_target(bad).ok() ? "accepted" : parse_target(bad).error().code, "http.target") << bad;
}

TEST(Parse, AcceptEncoding) {
    EXPECT_TRUE(accepts("gzip", "gzip"));
    EXPECT_TRUE(accepts("br;q=1.0, GZIP;q=0.5", "gzip"));
    EXPECT_FALSE(accepts("gzip;q=0", "gzip"));
    EXPECT_FALSE(accepts("", "gzip"));
    EXPECT_FALSE(accepts("xgzip", "gzip"));
}

TEST(Parse, EntityTags) {
    EXPECT_TRUE(etag_matches("\"a\"", "\"a\""));
    EXPECT_TRUE(etag_matches("\"b\", W/\"a\"", "\"a\""));
    EXPECT_TRUE(etag_matches("*", "\"a\""));
    EXPECT_FALSE(etag_matches("\"b\"", "\"a\""));
    EXPECT_FALSE(etag_matches("", "\"a\""));
}

TEST(Parse, RequestIdsFromOutside) {
    EXPECT_TRUE(good_request_id("abc.DEF_0-9"));
    EXPECT_FALSE(good_request_id("short"));
    EXPECT_FALSE(good_request_id(std::string(65, 'a')));
    EXPECT_FALSE(good_request_id("with space"));
    EXPECT_FALSE(good_request_id("line\nbreak"));
}

}  // namespace
}  // namespace hl::http
