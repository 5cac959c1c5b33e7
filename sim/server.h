// The simulator's one HTTP(S) server: modules by prefix, /control/ for faults, /compare/ for what is held. A connection
// has a thread of its own.
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "faults.h"

namespace sim {

struct Mounted {
    std::unique_ptr<Module> module;
    std::unique_ptr<Faults> faults;
    std::unique_ptr<std::atomic<int64_t>> requests;
};

struct Options {
    std::string address = "127.0.0.1";
    unsigned short port = 0;  // 0: any free one
    std::string certificate, key;
    std::string control_token;  // empty: whoever reaches it may
};

/// What to answer; nothing: the connection is closed.
struct Outcome {
    std::optional<Reply> reply;
    bool half = false;
};

class Server {
  public:
    Server(Options options, std::vector<Mounted> modules);
    ~Server();
    /// Listens; the port that it got.
    unsigned short start();
    void stop();
    [[nodiscard]] Outcome handle(const std::string& method, const std::string& target,
                                 std::map<std::string, std::string> headers, std::string body);

  private:
    Reply control(const Request& request);
    Reply compare(const Request& request);
    Mounted* find(const std::string& name);
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sim
