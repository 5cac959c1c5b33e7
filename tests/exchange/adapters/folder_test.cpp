// A folder of files as a service: listed by pages, files whole, in parts and not at all when nothing changed; no way
// out.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/json.h"
#include "exchange/adapters/adapter.h"
#include "exchange/adapters/byte_range.h"
#include "exchange/protocol/descriptions.h"
#include "support/temp_dir.h"

namespace hl::exchange {
namespace {

class FolderService : public testing::Test {
  protected:
    void SetUp() override {
        std::filesystem::create_directories(dir_ / "data/sub");
        write("data/a.txt", "xin chào");
        write("data/sub/b.json", "{}");
        write("data/.hidden", "no");
        write("secret.txt", "secret");
        auto made = make_adapter(settings(), dir_.path());
        ASSERT_TRUE(made.ok()) << made.error().en;
        adapter_ = std::move(*made);
    }
    static json::object settings() { return {{"kind", "folder"}, {"folder", "data"}, {"title", "Tệp"}}; }
    void write(const std::string& name, std::string_view bytes) { ASSERT_TRUE(write_file(dir_ / name, bytes).ok()); }
    AdapterResponse get(std::string path, std::vector<http::Header> headers = {}, std::string_view query = "") {
        AdapterRequest r;
        r.method = "GET";
        r.path = std::move(path);
        r.headers = std::move(headers);
        r.query = *parse_query(query);
        return adapter_->answer(r);
    }
    static std::string all(AdapterResponse& response) {
        if (!response.source) return response.body;
        std::string out;
        std::array<char, 1000> buffer{};
        for (;;) {
            auto n = response.source(buffer);
            EXPECT_TRUE(n.ok());
            if (!n.ok() || *n == 0) return out;
            out.append(buffer.data(), *n);
        }
    }
    test::TempDir dir_;
    std::unique_ptr<Adapter> adapter_;
};

TEST_F(FolderService, GivesAFileWithItsTypeAndTag) {
    const auto r = get("/a.txt");
    EXPECT_EQ(r.status, 200);
    EXPECT_EQ(r.body, "xin chào");
    EXPECT_EQ(r.header("content-type"), "text/plain; charset=utf-8");
    const std::string tag{r.header("ETag")};
    ASSERT_FALSE(tag.empty());
    EXPECT_EQ(get("/a.txt", {{"If-None-Match", "\"other\", " + tag}}).status, 304);
    write("data/a.txt", "khác hẳn rồi");
    EXPECT_EQ(get("/a.txt", {{"If-None-Match", tag}}).status, 200);
}
TEST_F(FolderService, ListsWithoutHiddenFilesAndLinks) {
    std::filesystem::create_symlink("../secret.txt", dir_ / "data/link.txt");
    const auto r = get("/");
    ASSERT_EQ(r.status, 200) << r.body;
    const auto items = json::parse(r.body).at("items").as_array();
    ASSERT_EQ(items.size(), 2u);
    EXPECT_EQ(items[0].at("name"), "a.txt");
    EXPECT_EQ(items[0].at("size"), 9);
    EXPECT_EQ(items[1].at("kind"), "folder");
}
TEST_F(FolderService, NothingLeadsOut) {
    std::filesystem::create_symlink("../secret.txt", dir_ / "data/link.txt");
    std::filesystem::create_directory_symlink("..", dir_ / "data/up");
    ASSERT_EQ(::mkfifo((dir_ / "data/pipe").c_str(), 0600), 0);
    for (const auto* path : {"/link.txt", "/up/secret.txt", "/up", "/../secret.txt", "/sub/../../secret.txt",
                             "/.hidden", "/pipe", "/a.txt/x", "//..//secret.txt", "/sub/..", "/missing"})
        EXPECT_EQ(get(path).status, 404) << path;
    EXPECT_EQ(get(std::string("/a.txt\0x", 8)).status, 404);
}
TEST_F(FolderService, LargeFilesArePulledInPieces) {
    std::string big(300'000, 'x');
    for (size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>('a' + i % 23);
    write("data/big.bin", big);
    auto r = get("/big.bin");
    EXPECT_TRUE(r.body.empty());
    EXPECT_EQ(r.length, 300'000);
    EXPECT_EQ(all(r), big);
    auto part = get("/big.bin", {{"Range", "bytes=100000-299999"}});
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.header("Content-Range"), "bytes 100000-299999/300000");
    EXPECT_EQ(all(part), big.substr(100'000));
    EXPECT_EQ(get("/big.bin", {{"Range", "bytes=300000-"}}).status, 416);
    EXPECT_EQ(get("/big.bin", {{"Range", "bytes=0-1"}, {"If-Range", "\"old\""}}).status, 200);
}
TEST_F(FolderService, AFileThatShrinksIsCutOffAndNotEnded) {
    write("data/big.bin", std::string(200'000, 'x'));
    auto r = get("/big.bin");
    ASSERT_TRUE(r.source);
    std::filesystem::resize_file(dir_ / "data/big.bin", 10);
    std::array<char, 1000> buffer{};
    EXPECT_TRUE(r.source(buffer).ok());
    EXPECT_FALSE(r.source(buffer).ok());
}
TEST_F(FolderService, PagesGiveEveryNameOnce) {
    std::vector<std::string> wanted{"a.txt", "sub"};
    for (int i = 0; i < 25; ++i) {
        wanted.push_back(fmt::format("tệp {} &.pdf", i));
        write("data/" + wanted.back(), "x");
    }
    std::sort(wanted.begin(), wanted.end());
    std::vector<std::string> got;
    std::string query = "limit=4";
    for (;;) {
        const auto r = get("/", {}, query);
        ASSERT_EQ(r.status, 200) << r.body;
        const auto page = json::parse(r.body).as_object();
        EXPECT_LE(page.at("items").as_array().size(), 4u);
        for (const auto& item : page.at("items").as_array()) got.emplace_back(item.at("name").as_string());
        const auto* next = page.if_contains("next");
        if (!next) break;
        query = std::string{next->as_string()}.substr(1);
    }
    EXPECT_EQ(got, wanted);
}
TEST_F(FolderService, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(get("/", {}, "lmit=4").status, 422);
    EXPECT_EQ(get("/", {}, "limit=0").status, 422);
    EXPECT_EQ(get("/", {}, "limit=4&limit=5").status, 422);
    EXPECT_EQ(get("/", {}, "after=xxx").status, 422);
    AdapterRequest r;
    r.method = "DELETE";
    r.path = "/a.txt";
    const auto answer = adapter_->answer(r);
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.header("Allow"), "GET, HEAD");
}
TEST_F(FolderService, DescribesItself) {
    const auto d = read_openapi(json::serialize(adapter_->description()));
    ASSERT_TRUE(d.ok()) << d.error().en;
    EXPECT_EQ(d->endpoints.size(), 2u);
}
TEST_F(FolderService, SettingsAreCheckedByName) {
    auto wrong = settings();
    wrong["folder"] = "nowhere";
    EXPECT_EQ(make_adapter(wrong, dir_.path()).error().at, "/folder");
    wrong = settings();
    wrong["foldr"] = "data";
    EXPECT_EQ(make_adapter(wrong, dir_.path()).error().at, "/foldr");
    EXPECT_EQ(make_adapter({{"kind", "ftp"}}, dir_.path()).error().at, "/kind");
    write("s.json", R"({"kind":"folder","folder":"data"})");
    EXPECT_EQ(load_adapter(dir_ / "s.json").error().at, "s.json/title");
}

TEST(ByteRanges, AreAsTheStandardCountsThem) {
    using adapters::AskedRange;
    const auto part = [](std::string_view h, int64_t size) {
        const auto r = adapters::read_range(h, size);
        return r.kind == AskedRange::Kind::part    ? fmt::format("{}-{}", r.range.from, r.range.to)
               : r.kind == AskedRange::Kind::whole ? std::string{"whole"}
                                                   : std::string{"beyond"};
    };
    EXPECT_EQ(part("bytes=0-0", 10), "0-1");
    EXPECT_EQ(part("bytes=5-", 10), "5-10");
    EXPECT_EQ(part("bytes=-3", 10), "7-10");
    EXPECT_EQ(part("bytes=-30", 10), "0-10");
    EXPECT_EQ(part("bytes=5-99", 10), "5-10");
    EXPECT_EQ(part("bytes=10-", 10), "beyond");
    EXPECT_EQ(part("bytes=-0", 10), "beyond");
    EXPECT_EQ(part("bytes=0-", 0), "beyond");
    for (const auto* h : {"", "bytes=", "bytes=-", "bytes=5-4", "bytes=1-2,4-5", "lines=1-2", "bytes=a-b", "bytes=--1",
                          "bytes=99999999999999999999-"})
        EXPECT_EQ(part(h, 10), "whole") << h;
}
RC_GTEST_PROP(ByteRanges, StayInsideTheFile, (const std::string& text)) {
    const int64_t size = *rc::gen::inRange<int64_t>(0, 50);
    const auto r = adapters::read_range("bytes=" + text, size);
    if (r.kind == adapters::AskedRange::Kind::part)
        RC_ASSERT(r.range.from >= 0 && r.range.from < r.range.to && r.range.to <= size);
}

TEST(Queries, AreDecodedInOrder) {
    const auto q = parse_query("a=1&b=%C4%91+x&&c&a=2");
    ASSERT_TRUE(q.ok());
    ASSERT_EQ(q->size(), 4u);
    EXPECT_EQ((*q)[1].second, "đ x");
    EXPECT_EQ((*q)[2].second, "");
    EXPECT_EQ((*q)[3].second, "2");
    EXPECT_EQ(parse_query("a=%4").error().code, "adapter.query");
    EXPECT_EQ(parse_query("a=%FF").error().code, "adapter.query");
}

}  // namespace
}  // namespace hl::exchange
