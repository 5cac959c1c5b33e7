// The gateway's HTTP parser: whole and in two pieces, a message gives the same head and body, or is refused both times.
#include <cstdlib>

#include "exchange/gateway/http_parser.h"

using hl::exchange::gateway::HttpParser;

namespace {

struct Read {
    bool refused = false, done = false;
    std::string target, body;
    size_t headers = 0;
    bool operator==(const Read&) const = default;
};

Read read(HttpParser::Kind kind, std::string_view first, std::string_view second) {
    HttpParser parser(kind, 4096);
    Read out;
    std::string held;
    for (const auto piece : {first, second}) {
        held += piece;
        while (!parser.done()) {
            const auto taken = parser.feed(held);
            if (!taken.ok()) {
                out = {};
                out.refused = true;
                return out;
            }
            out.body += parser.piece();
            held.erase(0, taken.value());
            if (taken.value() == 0) break;
        }
    }
    out.done = parser.done();
    if (parser.head_done()) {
        out.target = parser.head().target;
        out.headers = parser.head().headers.size();
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2) return 0;
    const auto kind = static_cast<HttpParser::Kind>(data[0] % 3);
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const size_t cut = bytes.empty() ? 0 : data[1] % (bytes.size() + 1);
    const auto whole = read(kind, bytes, {});
    const auto pieces = read(kind, bytes.substr(0, cut), bytes.substr(cut));
    // A message that has not ended is only as far as its pieces let it come: what is wrong in it is noticed sooner or
    // later, and of its body more or less was given on. One that has ended is the same in any pieces.
    const auto waits = [](const Read& r) { return !r.refused && !r.done; };
    const bool fits =
        std::string_view(whole.body).starts_with(pieces.body) || std::string_view(pieces.body).starts_with(whole.body);
    const bool same = waits(whole) && waits(pieces) ? fits : whole == pieces;
    const bool sooner = (whole.refused && waits(pieces)) || (pieces.refused && waits(whole));
    if (!same && !sooner && bytes.size() < 4096) std::abort();
    return 0;
}
