// The wall's feed: tells codes and a position, to those who see the agencies, in bursts together.
#include "ioc/indicators/feed.h"

#include <gtest/gtest.h>

namespace hl::ioc {
namespace {

struct Page {
    std::string heard;
    bool open = true;
    std::shared_ptr<http::Stream> stream;
    void listen(WallFeed& feed, WallFeed::Audience audience, WallFeed::Rights rights) {
        stream = feed.subscribe(std::move(audience), std::move(rights));
        stream->open([this](std::string chunk) {
            if (chunk.empty()) open = false;
            heard += chunk;
            return open;
        });
        heard.clear();
    }
};
WallFeed::Rights always(WallFeed::Audience audience = {}) {
    return [audience]() -> Result<WallFeed::Audience> { return audience; };
}
const AgencyId health{"so-y-te"}, home{"so-noi-vu"};

TEST(WallFeed, BurstIsToldTogetherWithItsNewestPosition) {
    WallFeed feed([] { return std::optional<int64_t>{}; });
    Page page;
    page.listen(feed, {}, always());
    feed.tell({{health}, {"B", "A"}, 7});
    feed.tell({{home}, {"A", "C"}, 9});
    EXPECT_EQ(page.heard, "");
    feed.turn(false);
    EXPECT_EQ(page.heard, "event: ioc\ndata: {\"position\":9,\"indicators\":[\"A\",\"B\",\"C\"]}\n\n");
    page.heard.clear();
    feed.turn(false);
    EXPECT_EQ(page.heard, "") << "nothing new";
}

TEST(WallFeed, OthersAgenciesAreNotHeardOfButValuesHandedInAre) {
    WallFeed feed([] { return std::optional<int64_t>{}; });
    Page page;
    page.listen(feed, std::vector{health}, always(std::vector{health}));
    feed.tell({{home}, {"A"}, 7});
    feed.turn(false);
    EXPECT_EQ(page.heard, "");
    feed.tell({{}, {"KT.GRDP"}, 8});
    feed.turn(false);
    EXPECT_NE(page.heard.find("KT.GRDP"), std::string::npos);
}

TEST(WallFeed, WhatAnotherNodeCountedIsHeardToo) {
    int64_t position = 10;
    WallFeed feed([&] { return std::optional{position}; });
    Page page;
    page.listen(feed, {}, always());
    feed.turn(true);
    EXPECT_EQ(page.heard, "") << "where it stands at first is no change";
    position = 12;
    feed.turn(true);
    EXPECT_EQ(page.heard, "event: ioc\ndata: {\"position\":12,\"indicators\":null}\n\n");
}

TEST(WallFeed, WhoLostTheRightHearsNoMore) {
    WallFeed feed([] { return std::optional<int64_t>{}; });
    Page page;
    bool may = true;
    page.listen(feed, {}, [&]() -> Result<WallFeed::Audience> {
        if (!may) return Error{ErrorKind::denied, "access.denied", "Không.", "No."};
        return WallFeed::Audience{};
    });
    for (int i = 0; i < 8; ++i) feed.turn(true);
    EXPECT_TRUE(page.open);
    may = false;
    for (int i = 0; i < 8; ++i) feed.turn(true);
    EXPECT_FALSE(page.open);
    feed.tell({{}, {"A"}, 1});
    feed.turn(false);
    EXPECT_EQ(page.heard, "");
}

}  // namespace
}  // namespace hl::ioc
