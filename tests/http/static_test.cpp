// Files of a folder: the right bytes, the right headers, and never a file outside.
#include <filesystem>
#include <fstream>

#include "raw_client.h"

namespace hl::http {
namespace {

using namespace testing;
namespace fs = std::filesystem;

class StaticFiles : public ::testing::Test {
  protected:
    void SetUp() override {
        root_ = fs::temp_directory_path() /
                fmt::format("static-{}-{}", getpid(), ::testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directories(root_ / "www/sub");
        write("www/index.html", "<p>trang</p>");
        write("www/app-3f9a2b7c.js", "let a = 1");
        write("www/app-3f9a2b7c.js.br", "BROTLI");
        write("www/app-3f9a2b7c.js.gz", "GZIP");
        write("secret.txt", "secret");
        fs::create_symlink(root_ / "secret.txt", root_ / "www/link.txt");
    }
    void TearDown() override { fs::remove_all(root_); }
    void write(const std::string& name, const std::string& text) { std::ofstream(root_ / name) << text; }
    Router router() const {
        Router r;
        r.add(static_files("/app", root_ / "www"));
        return r;
    }
    fs::path root_;
};

TEST_F(StaticFiles, ServesWithTypeEtagAndCaching) {
    const Running s(router());
    const auto page = s.get("/app/index.html");
    EXPECT_EQ(body_in(page), "<p>trang</p>");
    EXPECT_NE(page.find("text/html; charset=utf-8"), std::string::npos);
    EXPECT_NE(page.find("Cache-Control: no-cache"), std::string::npos);
    EXPECT_NE(page.find("Content-Security-Policy: default-src 'self'"), std::string::npos);
    const auto at = page.find("ETag: ");
    const auto tag = page.substr(at + 6, page.find("\r\n", at) - at - 6);
    EXPECT_EQ(status_in(s.get("/app/index.html", "If-None-Match: " + tag + "\r\n")), 304);
}

TEST_F(StaticFiles, TakesThePrecompressedNeighbour) {
    const Running s(router());
    EXPECT_EQ(body_in(s.get("/app/app-3f9a2b7c.js", "Accept-Encoding: gzip, br\r\n")), "BROTLI");
    EXPECT_EQ(body_in(s.get("/app/app-3f9a2b7c.js", "Accept-Encoding: gzip\r\n")), "GZIP");
    const auto plain = s.get("/app/app-3f9a2b7c.js");
    EXPECT_EQ(body_in(plain), "let a = 1");
    EXPECT_NE(plain.find("immutable"), std::string::npos);
    EXPECT_NE(plain.find("Vary: Accept-Encoding"), std::string::npos);
}

TEST_F(StaticFiles, NeverLeavesItsFolder) {
    const Running s(router());
    for (const char* path : {"/app/../secret.txt", "/app/%2e%2e/secret.txt", "/app/..%2fsecret.txt", "/app/link.txt",
                             "/app/sub", "/app/sub/../../secret.txt", "/app//etc/passwd"}) {
        const auto a = s.get(path);
        EXPECT_GE(status_in(a), 400) << path;
        EXPECT_EQ(a.find("secret\n"), std::string::npos);
        EXPECT_NE(body_in(a), "secret") << path;
    }
}

}  // namespace
}  // namespace hl::http
