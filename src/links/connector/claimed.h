// A message in the hands of a worker. Private to the runner.
#pragma once
#include "links/connector/runner.h"

namespace hl::connector {

struct Runner::Claimed {
    MessageRow row;
    Instant lease;
    std::string bytes;
    bool fresh = false;                        // built in this round
    std::optional<access::PersonalRead> read;  // what building it read of a person
    std::optional<MessageState> ended;         // before anything was sent
    bool gone = false;                         // the row became another's meanwhile, or is no more
    bool tried = false;
    bool probe = false;            // sent while the breaker tried whether the partner is back
    std::optional<Instant> later;  // not tried: its turn comes then
    Reply reply;
    std::vector<std::pair<Reply, std::vector<Exchange>>> exchanges;
    std::string code, datum;
    Words why;

    void take(Built built) {
        fresh = true;
        bytes = std::move(built.bytes);
        read = std::move(built.read);
        row.subject = std::move(built.subject);
        row.facts = std::move(built.facts);
        row.mapping = std::move(built.mapping);
        row.marks.clear();
        for (const auto& m : built.marks)
            row.marks.push_back({{"field", m.field}, {"code", m.code}, {"vi", m.why.vi}, {"en", m.why.en}});
    }
    void end(MessageState state, std::string reason, std::string missing, Words words) {
        ended = state;
        code = std::move(reason);
        datum = std::move(missing);
        why = std::move(words);
    }
};

}  // namespace hl::connector
