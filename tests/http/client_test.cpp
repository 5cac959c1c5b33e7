// The client against a real server on loopback.
#include "http/client.h"

#include "raw_client.h"

namespace hl::http {
namespace {

using namespace testing;

std::string base(const Running& s) {
    return fmt::format("http://127.0.0.1:{}", s.port());
}

TEST(Client, SendsAndReceives) {
    const Running s(echo_router());
    auto answer = send(
        {.method = "POST", .url = base(s) + "/echo", .headers = {{"Content-Type", "text/plain"}}, .body = "xin chào"});
    ASSERT_TRUE(answer.ok()) << answer.error().en;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "xin chào");
    EXPECT_EQ(send({.url = base(s) + "/nothing", .headers = {}, .body = ""})->status, 404);
}

TEST(Client, StopsReadingWhatIsTooLong) {
    const Running s(echo_router());
    EXPECT_EQ(send({.url = base(s) + "/big", .headers = {}, .body = "", .max_response = 1000}).error().code,
              "http.too_large");
    EXPECT_EQ(send({.url = base(s) + "/big", .headers = {}, .body = "", .max_response = 200'000})->body.size(),
              200'000u);
}

TEST(Client, DoesNotWaitForEver) {
    // A socket that listens and never answers: the kernel takes the connection, nobody reads it.
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&at), size), 0);
    ASSERT_EQ(::listen(fd, 1), 0);
    ASSERT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size), 0);
    const std::string url = fmt::format("http://127.0.0.1:{}/", ntohs(at.sin_port));
    EXPECT_EQ(send({.url = url, .headers = {}, .body = "", .timeout = std::chrono::milliseconds{100}}).error().code,
              "http.timeout");
    ::close(fd);
    EXPECT_EQ(send({.url = url, .headers = {}, .body = ""}).error().code, "http.unreachable");
}

TEST(Client, SpeaksHttpOnly) {
    EXPECT_EQ(send({.url = "file:///etc/hostname", .headers = {}, .body = ""}).error().code, "http.unreachable");
}

}  // namespace
}  // namespace hl::http
