// A multipart stream from another gateway: the first line is the Content-Type, its first byte how large the pieces are.
// However the bytes are cut, the same parts come out and no body byte appears that was not fed; the transport reader on
// top of the parser may refuse, but must not break.
#include <cstdlib>

#include "exchange/protocol/transport.h"

using namespace hl;
using namespace hl::exchange;

namespace {

struct Seen {
    bool ok = true;
    std::vector<std::string> bodies;
    size_t heads = 0, ended = 0;
    bool operator==(const Seen&) const = default;
};

Seen parse(std::string_view type, std::string_view body, size_t step) {
    Seen seen;
    MimeParser parser(boundary_of(type),
                      {[&](const auto& head) -> Result<void> {
                           seen.heads += head.size() + 1;
                           seen.bodies.emplace_back();
                           return {};
                       },
                       [&](std::string_view piece) -> Result<void> {
                           if (piece.empty()) std::abort();
                           seen.bodies.back() += piece;
                           return {};
                       },
                       [&]() -> Result<void> {
                           ++seen.ended;
                           return {};
                       }},
                      {.head = 200, .parts = 6});
    for (size_t at = 0; at < body.size() && seen.ok; at += step) seen.ok = parser.feed(body.substr(at, step)).ok();
    seen.ok = seen.ok && parser.finish().ok();
    if (seen.ok && (seen.ended != seen.bodies.size() || !parser.closed())) std::abort();
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const size_t step = data[0] % 32 + 1;
    const std::string_view all(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto line = all.find('\n');
    if (line == std::string_view::npos) return 0;
    const auto type = all.substr(0, line), body = all.substr(line + 1);
    const auto whole = parse(type, body, body.size() + 1), pieces = parse(type, body, step);
    if (whole.ok != pieces.ok || (whole.ok && whole != pieces)) std::abort();
    size_t total = 0;
    for (const auto& b : whole.bodies) total += b.size();
    if (total > body.size()) std::abort();

    for (const auto direction : {transport::Direction::request, transport::Direction::response}) {
        size_t open = 0;
        transport::Reader reader(type, direction,
                                 {[&](transport::Part, const auto&) -> Result<void> {
                                      if (open++ != 0) std::abort();
                                      return {};
                                  },
                                  [&](transport::Part, std::string_view) -> Result<void> {
                                      if (open != 1) std::abort();
                                      return {};
                                  },
                                  [&](transport::Part) -> Result<void> {
                                      if (open-- != 1) std::abort();
                                      return {};
                                  }});
        bool ok = true;
        for (size_t at = 0; at < body.size() && ok; at += step) ok = reader.feed(body.substr(at, step)).ok();
        if (ok) (void)reader.finish();
    }
    return 0;
}
