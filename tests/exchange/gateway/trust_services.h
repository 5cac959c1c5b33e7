// The development authority's services behind a real HTTP server, which a test stops, starts and makes fail.
#pragma once
#include <atomic>

#include "exchange/trust/authority_fixture.h"
#include "http/server.h"

namespace hl::exchange::test {

class ServicesTest : public AuthorityTest {
  protected:
    ServicesTest() { serve(0); }
    ~ServicesTest() override { stop_services(); }

    void serve(unsigned short port) {
        http::Router router;
        const auto answer = [this](std::atomic<int>& asked, auto make) {
            return [this, &asked, make](const http::Request& request) {
                ++asked;
                if (failing_) return http::Response::text("no", "text/plain", 503);
                return http::Response::text(make(request.body), "application/octet-stream");
            };
        };
        router.post("/ocsp",
                    answer(asked_ocsp_, [this](const std::string& body) { return authority_->answer_ocsp(body); }));
        router.post("/tsa", answer(asked_tsa_, [this](const std::string& body) {
                        return authority_->answer_time_stamp(body).value();
                    }));
        router.post("/nonsense", answer(asked_nonsense_, [](const std::string&) { return std::string("nonsense"); }));
        http::ServerOptions options;
        options.port = port;
        options.io_threads = 1;
        options.workers = 1;
        options.access_log = false;
        server_ = std::make_unique<http::Server>(options, std::move(router), clock_, random_, metrics_);
        const auto started = server_->start();
        if (!started.ok()) throw std::runtime_error(started.error().en);
        port_ = server_->port();
    }
    void stop_services() { server_.reset(); }
    void restart_services() { serve(port_); }
    [[nodiscard]] std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }

    std::atomic<int> asked_ocsp_ = 0, asked_tsa_ = 0, asked_nonsense_ = 0;
    std::atomic<bool> failing_ = false;
    http::Metrics metrics_;
    std::unique_ptr<http::Server> server_;
    unsigned short port_ = 0;
};

}  // namespace hl::exchange::test
