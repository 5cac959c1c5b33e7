// An SMTP server on a port of its own: strict about envelopes, headers and line ends; what it takes it hands on. It can
// be told to be busy, to fail for now, to know nobody, or to go away just before it says that it has a mail.
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace sim {

struct Mail {
    std::string id, from, to, data;  // id: its Message-ID
};

class SmtpServer {
  public:
    /// Port 0: any free one. Throws where the port is taken.
    SmtpServer(int port, std::function<void(const Mail&)> keep);
    ~SmtpServer();
    SmtpServer(const SmtpServer&) = delete;
    SmtpServer& operator=(const SmtpServer&) = delete;
    [[nodiscard]] int port() const { return port_; }
    /// "busy", "tempfail", "unknown", "drop", "none"; so many times, or (-1) until told otherwise.
    void misbehave(const std::string& fault, int64_t times);

  private:
    std::string fault();
    void serve();
    bool hear(int s, std::string& rest, std::string& line) const;
    void talk(int s);

    std::function<void(const Mail&)> keep_;
    int listener_ = -1;
    uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::string fault_ = "none";
    int64_t times_ = -1;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace sim
