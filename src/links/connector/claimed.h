// A message in the hands of a worker. Private to the runner.
#pragma once
#include "links/connector/runner.h"

namespace hl::connector {

struct Runner::Claimed {
    MessageRow row;
    Instant lease;
    std::string bytes;
    std::optional<Built> fresh;         // built in this round
    std::optional<MessageState> ended;  // before anything was sent
    bool tried = false;
    bool probe = false;            // sent while the breaker tried whether the partner is back
    std::optional<Instant> later;  // not tried: its turn comes then
    Reply reply;
    std::vector<std::pair<Reply, std::vector<Exchange>>> exchanges;
    std::string code, datum;
    Words why;

    void end(MessageState state, std::string reason, std::string missing, Words words) {
        ended = state;
        code = std::move(reason);
        datum = std::move(missing);
        why = std::move(words);
    }
};

}  // namespace hl::connector
