// The server from the outside, over real sockets.
#include "http/server.h"

#include <zlib.h>

#include <condition_variable>

#include "base/json.h"
#include "http/events.h"
#include "raw_client.h"

namespace hl::http {
namespace {

using namespace testing;
using namespace std::string_literals;

TEST(Server, KeepsTheConnectionForFurtherRequests) {
    const Running s(echo_router());
    RawClient c(s.port());
    for (int i = 0; i < 5; ++i) {
        c.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto a = c.answer();
        EXPECT_EQ(status_in(a), 200);
        EXPECT_EQ(body_in(a), "hello");
    }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
    const Running s(echo_router());
    RawClient c(s.port());
    c.send(
        "GET /things/1 HTTP/1.1\r\nHost: x\r\n\r\nGET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /things/3 HTTP/1.1\r\nHost: "
        "x\r\n\r\n");
    EXPECT_NE(c.answer().find("\"id\":\"1\""), std::string::npos);
    EXPECT_EQ(body_in(c.answer()), "slow done");
    EXPECT_NE(c.answer().find("\"id\":\"3\""), std::string::npos);
}

TEST(Server, PrefersTheLiteralRoute) {
    const Running s(echo_router());
    EXPECT_EQ(body_in(s.get("/things/special")), "special");
    EXPECT_EQ(body_in(s.get("/things/%C4%91%E1%BA%A5t?q=a%20b+c")), R"({"id":"đất","q":"a b c"})");
}

TEST(Server, SaysWhatIsMissingAndWhichMethodsThereAre) {
    const Running s(echo_router());
    const auto missing = s.get("/nothing", "Accept-Language: en\r\n");
    EXPECT_EQ(status_in(missing), 404);
    EXPECT_NE(missing.find("application/problem+json"), std::string::npos);
    RawClient c(s.port());
    c.send("DELETE /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto wrong = c.answer();
    EXPECT_EQ(status_in(wrong), 405);
    EXPECT_NE(wrong.find("Allow: GET, HEAD, OPTIONS"), std::string::npos);
    c.send("OPTIONS /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_in(c.answer()), 204);
}

TEST(Server, HeadHasTheHeadersAndNoBody) {
    const Running s(echo_router());
    RawClient c(s.port());
    c.send("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto a = c.all();
    EXPECT_EQ(status_in(a), 200);
    EXPECT_NE(a.find("Content-Length: 5"), std::string::npos);
    EXPECT_EQ(body_in(a), "");
}

TEST(Server, RefusesAmbiguousAndMalformedRequests) {
    const Running s(echo_router());
    const std::vector<std::string> bad = {
        "GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /hello\r\n\r\n",
        "GET /hello HTTP/1.1\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /a/../hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a/%2e%2e/hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /things/a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /things/a%00b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /things/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /things/%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http:hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        "GET /hel"s + '\0' + "lo HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nX-A:\r\n\tb\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nX-A: a\r\n Content-Length: 5\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    };
    for (const auto& request : bad) {
        RawClient c(s.port());
        c.send(request);
        EXPECT_EQ(status_in(c.answer()), 400) << request;
    }
    EXPECT_EQ(status_in(s.get("/hello")), 200);
}

TEST(Server, AFoldedLineIsRefusedInWhateverPiecesItComes) {
    const Running s(echo_router());
    const std::string request = "GET /hello HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n";
    for (size_t cut = 1; cut < request.size(); ++cut) {
        RawClient c(s.port());
        c.send(request.substr(0, cut));
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
        c.send(request.substr(cut));
        EXPECT_EQ(status_in(c.answer()), 400) << cut;
    }
}

TEST(Server, ABodyMayHoldWhatLooksLikeAFoldedLine) {
    const Running s(echo_router());
    const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n", body = "a\r\n b\r\n\t";
    for (size_t cut = 1; cut < head.size() + body.size(); ++cut) {
        RawClient c(s.port());
        c.send((head + body).substr(0, cut));
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
        c.send((head + body).substr(cut));
        EXPECT_EQ(body_in(c.answer()), body) << cut;
    }
}

TEST(Server, RefusesWhatIsTooLargeBeforeReadingIt) {
    auto o = small_options();
    o.max_header_bytes = 2048;
    const Running s(echo_router(), o);
    RawClient header(s.port());
    header.send("GET /hello HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(5000, 'a') + "\r\n\r\n");
    EXPECT_EQ(status_in(header.answer()), 431);
    RawClient body(s.port());
    body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
    EXPECT_EQ(status_in(body.answer()), 413);
    RawClient chunked(s.port());
    chunked.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
                 std::string(2000, 'b') + "\r\n0\r\n\r\n");
    EXPECT_EQ(status_in(chunked.answer()), 413);
    RawClient fine(s.port());
    fine.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'c'));
    EXPECT_EQ(body_in(fine.answer()), std::string(1000, 'c'));
}

TEST(Server, CutsSlowLorisAndServesOthersMeanwhile) {
    auto o = small_options();
    o.header_time = std::chrono::milliseconds{300};
    o.body_time = std::chrono::milliseconds{300};
    const Running s(echo_router(), o);
    RawClient slow_head(s.port()), slow_body(s.port());
    slow_head.send("GET /hello HTTP/1.1\r\nHost: x\r\nX-A: ");
    slow_body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
    // A byte now and then does not buy time: the limit is for the whole.
    std::thread trickle([&] {
        for (int i = 0; i < 100 && slow_head.send("a") && slow_body.send("b"); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
    });
    EXPECT_EQ(status_in(s.get("/hello")), 200);
    EXPECT_EQ(status_in(slow_head.answer()), 408);
    EXPECT_EQ(status_in(slow_body.answer()), 408);
    slow_body.all();
    EXPECT_TRUE(slow_body.ended());
    trickle.join();
}

TEST(Server, RefusesConnectionsOverTheLimitAndGoesOn) {
    auto o = small_options();
    o.max_connections = 4;
    const Running s(echo_router(), o);
    {
        std::vector<std::unique_ptr<RawClient>> open;
        for (int i = 0; i < 4; ++i) {
            open.push_back(std::make_unique<RawClient>(s.port()));
            open.back()->send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
            EXPECT_EQ(status_in(open.back()->answer()), 200);
        }
        RawClient fifth(s.port());
        EXPECT_EQ(status_in(fifth.all()), 503);
        open[0]->send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_EQ(status_in(open[0]->answer()), 200);
    }
    // Those have gone: there is room again, as soon as the server has noticed.
    int status = 0;
    for (int i = 0; i < 100 && status != 200; ++i) status = status_in(s.get("/hello"));
    EXPECT_EQ(status, 200);
}

TEST(Server, LimitsConnectionsOfOnePeer) {
    auto o = small_options();
    o.max_connections_per_peer = 1;
    const Running s(echo_router(), o);
    RawClient first(s.port());
    first.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_in(first.answer()), 200);
    RawClient second(s.port());
    EXPECT_EQ(status_in(second.all()), 503);
}

TEST(Server, AHandlerThatThrowsOrForgetsToAnswerGivesAnError) {
    const Running s(echo_router());
    EXPECT_EQ(status_in(s.get("/throws")), 500);
    EXPECT_EQ(status_in(s.get("/dropped")), 500);
    EXPECT_EQ(status_in(s.get("/hello")), 200);
}

TEST(Server, AnswersComeFromAnyThread) {
    Router r;
    std::vector<std::thread> threads;
    std::mutex mutex;
    r.add({"GET", "/later", [&](Request&& q, Responder respond) {
               std::scoped_lock lock(mutex);
               threads.emplace_back([respond, id = std::string{q.query_value("n").value_or("")}] {
                   std::this_thread::sleep_for(std::chrono::milliseconds{5});
                   respond(Response::text(id));
               });
           }});
    {
        const Running s(std::move(r));
        std::vector<std::thread> clients;
        std::atomic<int> right{0};
        for (int k = 0; k < 4; ++k)
            clients.emplace_back([&, k] {
                for (int i = 0; i < 20; ++i)
                    right += body_in(s.get(fmt::format("/later?n={}-{}", k, i))) == fmt::format("{}-{}", k, i);
            });
        for (auto& c : clients) c.join();
        EXPECT_EQ(right, 80);
    }
    for (auto& t : threads) t.join();
}

TEST(Server, CompressesWhenAskedAndTellsCaches) {
    const Running s(echo_router());
    const auto plain = s.get("/big");
    EXPECT_EQ(body_in(plain).size(), 200'000u);
    EXPECT_NE(plain.find("Vary: Accept-Encoding"), std::string::npos);
    const auto packed = s.get("/big", "Accept-Encoding: br, gzip\r\n");
    EXPECT_NE(packed.find("Content-Encoding: gzip"), std::string::npos);
    const auto body = body_in(packed);
    EXPECT_LT(body.size(), 2000u);
    z_stream z{};
    inflateInit2(&z, 15 + 16);
    std::string out(300'000, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    z.avail_in = static_cast<uInt>(body.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(inflate(&z, Z_FINISH), Z_STREAM_END);
    EXPECT_EQ(z.total_out, 200'000u);
    inflateEnd(&z);
    EXPECT_EQ(s.get("/big", "Accept-Encoding: gzip;q=0\r\n").find("Content-Encoding"), std::string::npos);
    // A cache that asks whether its copy is still good is told so again.
    const auto stored = s.get("/big-data");
    const auto at = stored.find("ETag: ");
    ASSERT_NE(at, std::string::npos);
    const auto tag = stored.substr(at + 6, stored.find("\r\n", at) - at - 6);
    const auto same = s.get("/big-data", "Accept-Encoding: gzip\r\nIf-None-Match: " + tag + "\r\n");
    EXPECT_EQ(status_in(same), 304);
    EXPECT_NE(same.find("Vary: Accept-Encoding"), std::string::npos);
    EXPECT_EQ(same.find("Content-Encoding"), std::string::npos);
}

TEST(Server, EtagSavesTheBody) {
    const Running s(echo_router());
    const auto first = s.get("/things/7");
    const auto at = first.find("ETag: ");
    ASSERT_NE(at, std::string::npos);
    const auto tag = first.substr(at + 6, first.find("\r\n", at) - at - 6);
    const auto second = s.get("/things/7", "If-None-Match: " + tag + "\r\n");
    EXPECT_EQ(status_in(second), 304);
    EXPECT_EQ(body_in(second), "");
    EXPECT_EQ(status_in(s.get("/things/8", "If-None-Match: " + tag + "\r\n")), 200);
}

TEST(Server, CarriesRequestIdsAndSecurityHeaders) {
    const Running s(echo_router());
    EXPECT_NE(s.get("/hello", "X-Request-Id: client-id-42\r\n").find("X-Request-Id: client-id-42\r\n"),
              std::string::npos);
    const auto made = s.get("/hello", "X-Request-Id: <script>\r\n");
    EXPECT_EQ(made.find("<script>"), std::string::npos);
    EXPECT_NE(made.find("X-Request-Id: "), std::string::npos);
    EXPECT_NE(made.find("X-Content-Type-Options: nosniff"), std::string::npos);
    EXPECT_EQ(made.find("Server:"), std::string::npos);
}

TEST(Server, StopsAfterRunningRequestsAreAnswered) {
    auto s = std::make_unique<Running>(echo_router());
    RawClient busy(s->port()), idle(s->port());
    idle.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    idle.answer();
    busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    s->server.stop();
    const auto a = busy.answer();
    EXPECT_EQ(body_in(a), "slow done");
    EXPECT_NE(a.find("Connection: close"), std::string::npos);
    idle.all();
    EXPECT_TRUE(idle.ended());
    EXPECT_FALSE(RawClient(s->port()).connected());
}

TEST(Server, DoesNotShareAPortThatIsTaken) {
    const Running first(echo_router());
    auto o = small_options();
    o.port = first.port();
    ManualClock clock{from_ms(0)};
    SystemRandom random;
    Metrics metrics;
    Server second(o, echo_router(), clock, random, metrics);
    const auto started = second.start();
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().code, "http.listen");
}

TEST(Server, ALateAnswerMayOutliveTheServer) {
    std::optional<Responder> late;
    Router r;
    std::atomic<bool> taken{false};
    r.add({"GET", "/late", [&](Request&&, Responder respond) {
               late = std::move(respond);
               taken = true;
           }});
    auto o = small_options();
    o.stop_time = std::chrono::milliseconds{50};
    {
        const Running s(std::move(r), o);
        RawClient c(s.port());
        c.send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
        while (!taken) std::this_thread::yield();
    }
    (*late)(Response::text("too late"));
    late.reset();
}

TEST(Server, ContinuesWhenTheClientAsksFirst) {
    const Running s(echo_router());
    RawClient c(s.port());
    c.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(status_in(c.answer()), 100);
    c.send("data");
    EXPECT_EQ(body_in(c.answer()), "data");
}

TEST(Server, MetricsCountByRouteAndEndProperly) {
    Running s(echo_router());
    s.get("/things/1");
    s.get("/things/2");
    s.get("/nothing");
    const auto text = s.metrics.text();
    EXPECT_NE(text.find(R"(hienluong_http_requests_total{method="GET",route="/things/{id}",class="2xx"} 2)"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find(R"(hienluong_http_requests_total{method="",route="",class="4xx"} 1)"), std::string::npos);
    EXPECT_NE(text.find(R"(hienluong_http_request_seconds_count{method="GET",route="/things/{id}"} 2)"),
              std::string::npos);
    EXPECT_TRUE(text.ends_with("# EOF\n"));
}

/// A body that goes on: says what the test tells it to.
class Tap : public Stream {
  public:
    void open(Send send) override {
        send("first\n");
        std::scoped_lock lock(mutex_);
        send_ = std::move(send);
        changed_.notify_all();
    }
    void closed() override {
        std::scoped_lock lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }
    bool say(const std::string& text) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return static_cast<bool>(send_); });
        const auto send = send_;
        lock.unlock();
        return send(text);
    }
    /// The limit only keeps a broken server from hanging the suite.
    bool ends() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::minutes{1}, [&] { return closed_; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    Send send_;
    bool closed_ = false;
};

TEST(Server, AStreamGoesOnUntilThePeerLeaves) {
    const auto tap = std::make_shared<Tap>();
    Router r;
    r.get("/feed", [&](const Request&) {
        Response response;
        response.stream = tap;
        return response;
    });
    const Running s(std::move(r));
    {
        RawClient c(s.port());
        c.send("GET /feed HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_TRUE(tap->say("second\n"));
        while (c.got.find("second") == std::string::npos && c.more()) {
        }
        EXPECT_LT(c.got.find("first"), c.got.find("second"));
    }
    EXPECT_TRUE(tap->ends());
    EXPECT_FALSE(tap->say("nobody hears"));
}

TEST(Server, AStreamThatSaysNoMoreIsClosedAfterItsLastWords) {
    const auto tap = std::make_shared<Tap>();
    Router r;
    r.get("/feed", [&](const Request&) {
        Response response;
        response.stream = tap;
        return response;
    });
    const Running s(std::move(r));
    RawClient c(s.port());
    c.send("GET /feed HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(tap->say("last\n"));
    EXPECT_TRUE(tap->say(""));
    EXPECT_TRUE(c.all().ends_with("last\n"));
    EXPECT_TRUE(c.ended());
    EXPECT_TRUE(tap->ends());
}

TEST(Events, AFramesFieldsStayApart) {
    EXPECT_EQ(event_frame("2", "x", "two\nlines"), "id: 2\nevent: x\ndata: two\ndata: lines\n\n");
    EXPECT_EQ(event_frame("", "", "a\r\nb\rc"), "data: a\ndata: b\ndata: c\n\n");
    EXPECT_EQ(event_frame("1\ndata: no", "x\revent: no", ""), "id: 1data: no\nevent: xevent: no\ndata: \n\n");
}

}  // namespace
}  // namespace hl::http
