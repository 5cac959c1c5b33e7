// Bodies of any size in constant memory, in both directions.
#include <fstream>

#include "exchange/gateway/gateway_fixture.h"
#include "http/raw_client.h"
#include "support/sanitized.h"

namespace hl::exchange::test {

using http::testing::RawClient;

namespace {

// The address sanitizer keeps what was freed.
#ifdef HL_SANITIZED
constexpr int64_t constant = INT64_MAX;
#else
constexpr int64_t constant = 24 << 20;
#endif
constexpr size_t piece_size = 64 * 1024, pieces = 512;  // 32 MiB

/// The most memory this process has had since the last call of `reset`, in bytes.
class PeakMemory {
  public:
    void reset() {
        std::ofstream("/proc/self/clear_refs") << "5";
        before_ = peak();
    }
    [[nodiscard]] int64_t grown() const { return peak() - before_; }

  private:
    static int64_t peak() {
        std::ifstream status("/proc/self/status");
        for (std::string line; std::getline(status, line);)
            if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) * 1024;
        return 0;
    }
    int64_t before_ = 0;
};

class Large : public GatewayTest {};

}  // namespace

TEST_F(Large, RequestIsStreamedInConstantMemory) {
    system_.keep_bodies(false);
    system_.answer_with([](const auto&) { return InformationSystem::Said{answer(200, "nhận đủ"), false}; });
    PeakMemory memory;
    memory.reset();
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    client.send(
        fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n"
                    "Content-Length: {}\r\n\r\n",
                    rest_path, piece_size * pieces));
    const std::string piece(piece_size, 'd');
    for (size_t i = 0; i < pieces; ++i) ASSERT_TRUE(client.send(piece));
    EXPECT_EQ(http::testing::body_in(client.answer()), "nhận đủ");
    EXPECT_EQ(system_.received(), piece_size * pieces);
    EXPECT_LT(memory.grown(), constant);
    const auto logged = entries(*two_.log);
    ASSERT_EQ(logged.size(), 2u);
    EXPECT_EQ(logged[0].bodies.at(0).size, static_cast<int64_t>(piece_size * pieces));
}

TEST_F(Large, AnswerIsStreamedInConstantMemory) {
    const std::string piece(piece_size, 'u');
    system_.answer_with([&](const auto&) {
        return InformationSystem::Said{
            fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", piece_size * pieces), false, piece, pieces};
    });
    PeakMemory memory;
    memory.reset();
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    client.send("GET " + rest_path + " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n\r\n");
    size_t got = 0;
    std::string end;
    while (!end.ends_with("\r\n0\r\n\r\n") && client.more()) {
        got += client.got.size();
        end = (end + client.got).substr(end.size() + client.got.size() > 64 ? end.size() + client.got.size() - 64 : 0);
        client.got.clear();
    }
    EXPECT_TRUE(end.ends_with("\r\n0\r\n\r\n"));
    EXPECT_GT(got, piece_size * pieces);
    EXPECT_LT(memory.grown(), constant);
    const auto logged = entries(*one_.log);
    ASSERT_EQ(logged.size(), 2u);
    EXPECT_EQ(logged[1].bodies.at(0).size, static_cast<int64_t>(piece_size * pieces));
}

TEST_F(Large, AnswerThatBreaksOffIsCutNotEnded) {
    const std::string piece(piece_size, 'u');
    system_.answer_with([&](const auto&) {
        return InformationSystem::Said{"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n", true, piece, 8};
    });
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    client.send("GET " + rest_path + " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n\r\n");
    const auto all = client.all();
    EXPECT_FALSE(all.ends_with("0\r\n\r\n"));
    EXPECT_EQ(entries(*one_.log).size(), 1u);
    EXPECT_EQ(entries(*two_.log).size(), 1u);
}

TEST_F(Large, ClientThatGoesAwayHalfWayLeavesNoRequestBehind) {
    {
        RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
        client.send(
            "POST " + rest_path +
            " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\nContent-Length: 1000000\r\n\r\n");
        client.send(std::string(400'000, 'x'));
    }
    EXPECT_EQ(ask("GET", rest_path).status, 200);
    one_.gateway->stop();
    two_.gateway->stop();
    for (const auto& asked : system_.asked()) EXPECT_TRUE(asked.line.starts_with("GET ")) << asked.line;
    EXPECT_EQ(entries(*two_.log).size(), 2u);
}

TEST_F(Large, ServiceThatAnswersEarlyIsHeardAndTheRequestIsLoggedWhole) {
    // Answers with the head alone read: 413.
    InformationSystem early([](const auto&) { return InformationSystem::Said{answer(413, "quá lớn"), true}; });
    system_.answer_with([](const auto&) { return InformationSystem::Said{answer(413, "quá lớn"), true}; });
    system_.keep_bodies(false);
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    const std::string body(500'000, 'x');
    client.send(
        fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n"
                    "Content-Length: {}\r\n\r\n{}",
                    rest_path, body.size(), body));
    const auto answered = client.answer();
    EXPECT_EQ(http::testing::status_in(answered), 413) << answered;
    EXPECT_EQ(entries(*two_.log).at(0).bodies.at(0).size, 500'000);
}

}  // namespace hl::exchange::test
