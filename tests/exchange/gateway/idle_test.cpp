// Ten thousand information systems that keep their connections and say nothing.
#include <sys/resource.h>

#include <fstream>

#include "exchange/gateway/gateway_by_hand.h"
#include "http/raw_client.h"
#include "support/sanitized.h"

namespace hl::exchange::test {

using http::testing::RawClient;

namespace {

int64_t resident() {
    std::ifstream statm("/proc/self/statm");
    int64_t all = 0, held = 0;
    statm >> all >> held;
    return held * 4096;
}

/// As many descriptors as this machine lets a program have, for as long as it lives.
class ManyDescriptors {
  public:
    ManyDescriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit more = before_;
        more.rlim_cur = more.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &more);
        ::getrlimit(RLIMIT_NOFILE, &now_);
    }
    ~ManyDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    ManyDescriptors(const ManyDescriptors&) = delete;
    ManyDescriptors& operator=(const ManyDescriptors&) = delete;
    [[nodiscard]] size_t count() const { return now_.rlim_cur; }

  private:
    rlimit before_{}, now_{};
};

class ManyIdle : public GatewayTest {
  protected:
    [[nodiscard]] unsigned short port() const { return static_cast<unsigned short>(one_.gateway->ports().http); }
    void wait_for_connections(size_t count) {
        while (one_.gateway->core().figures.connections < count)
            std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    ManyDescriptors descriptors_;
};

}  // namespace

// Each connection costs two descriptors here, for both ends are in this program.
TEST_F(ManyIdle, TenThousandConnectionsCostLittleAndOthersAreServed) {
    constexpr size_t wanted = 10'000, at_least = 4'000, others = 300;
    [[maybe_unused]] constexpr size_t a_connection = 4096;
    ASSERT_GE(descriptors_.count(), 2 * at_least + others) << "raise the hard limit of open files";
    const size_t count = std::min(wanted, (descriptors_.count() - others) / 2);
    // What a first exchange makes (links, buffers) is not the connections'.
    ASSERT_EQ(ask("GET", rest_path).status, 200);
    const auto connected = one_.gateway->core().figures.connections.load();
    [[maybe_unused]] const auto before = resident();
    std::vector<std::unique_ptr<RawClient>> clients;
    clients.reserve(count);
    for (size_t i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<RawClient>(port()));
        ASSERT_TRUE(clients.back()->connected()) << i;
        // Some were busy before they fell silent: what that took has been given back.
        if (i % 20 != 0) continue;
        clients.back()->send("GET /listClients HTTP/1.1\r\nHost: x\r\n\r\n");
        ASSERT_EQ(http::testing::status_in(clients.back()->answer()), 200);
    }
    wait_for_connections(connected + count);
    EXPECT_EQ(ask("GET", rest_path).status, 200);
    EXPECT_EQ(ask("POST", rest_path, {}, "vẫn phục vụ").body, "vẫn phục vụ");
#ifndef HL_SANITIZED
    EXPECT_LT(resident() - before, static_cast<int64_t>(count * a_connection));
#endif
    // The oldest of them can still ask, and is answered.
    clients.front()->send("GET " + rest_path +
                          " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n\r\n");
    EXPECT_EQ(http::testing::status_in(clients.front()->answer()), 200);
    EXPECT_EQ(one_.gateway->core().figures.refused, 0u);
}

// A TLS session keeps what resumption needs; its buffers are given back.
TEST_F(ManyIdle, OverTlsAConnectionCostsABoundedNumberOfBytes) {
    constexpr size_t count = 300;
    const auto ask_over = [](TlsByHand& tls) {
        tls.write("GET /listClients HTTP/1.1\r\nHost: x\r\n\r\n");
        return tls.message();
    };
    {
        TlsByHand first(false, nullptr);
        ASSERT_TRUE(first.connect(one_.gateway->ports().https));
        ASSERT_TRUE(ask_over(first).starts_with("HTTP/1.1 200 "));
    }
    const auto connected = one_.gateway->core().figures.connections.load();
    [[maybe_unused]] const auto before = resident();
    std::vector<std::unique_ptr<TlsByHand>> clients;
    for (size_t i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<TlsByHand>(false, nullptr));
        ASSERT_TRUE(clients.back()->connect(one_.gateway->ports().https));
        if (i % 10 != 0) continue;
        ASSERT_TRUE(ask_over(*clients.back()).starts_with("HTTP/1.1 200 "));
    }
    wait_for_connections(connected + count);
#ifndef HL_SANITIZED
    // Both ends, and a context for each client, are this program's: an upper bound of what the gateway holds.
    EXPECT_LT(resident() - before, static_cast<int64_t>(count) * 160 * 1024);
#endif
}

}  // namespace hl::exchange::test
