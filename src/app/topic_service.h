// Topics inside this server: who waits for messages, and the pusher, which delivers through the own gateway as the
// topic's owner. Any thread; `start` once the gateway runs, `stop` before it stops.
#pragma once
#include "access/api.h"
#include "exchange/topics/long_polls.h"
#include "exchange/topics/pusher.h"

namespace hl::app {

class Program;

class TopicService {
  public:
    explicit TopicService(Program& program);
    void add_routes(access::Api& api);
    void start() { pusher_.start(); }
    /// Who waits is answered; nobody waits any more. Before the server stops, or it would wait for them.
    void stop_waiting() { polls_.stop(); }
    void stop() { pusher_.stop(); }
    /// Messages past their retention go, and say so to subscriptions that had not got them.
    void remove_expired();

  private:
    Program& program_;
    exchange::topics::Signals signals_;
    exchange::topics::LongPolls polls_;
    exchange::topics::Pusher pusher_;
};

}  // namespace hl::app
