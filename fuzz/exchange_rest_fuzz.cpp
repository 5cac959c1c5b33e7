// REST heads, targets, identifiers, paths and globs from outside. What is read is written back as it was; a path in its
// normal form never climbs and stays as it is; an identifier's spellings lead back to it.
#include <cstdlib>

#include "exchange/protocol/percent.h"
#include "exchange/protocol/rest_message.h"

using namespace hl::exchange;

namespace {
void demand(bool truth) {
    if (!truth) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    if (const auto request = parse_rest_request(all); request.ok()) {
        demand(to_bytes(*request) == all);
        const auto again = read_rest_request(request->method, request->target, request->headers, "I", "uuid");
        demand(again.ok() && again->client == request->client && again->id == request->id);
        demand(parse_rest_request(to_bytes(*again)).ok());
    }
    if (const auto response = parse_rest_response(all); response.ok()) demand(to_bytes(*response) == all);
    if (const auto id = parse_client(all); id.ok()) {
        demand(*parse_client(to_path(*id)) == *id);
        demand(*client_from_text(to_text(*id)) == *id);
    }
    if (const auto id = parse_service(all); id.ok()) demand(*parse_service(to_path(*id)) == *id);
    if (const auto target = parse_rest_target(all); target.ok())
        demand(target->path.empty() || target->path.front() == '/');
    if (const auto path = normalised_path(all); path.ok()) {
        demand(path->starts_with('/') && path->find("//") == std::string::npos);
        demand((*path + "/").find("/../") == std::string::npos);
        std::string encoded;
        append_percent_encoded(encoded, *path);
        const auto again = normalised_path(encoded);
        demand(again.ok() && *again == *path);
    }
    if (const auto line = all.find('\n'); line != std::string_view::npos && all.size() < 4096)
        (void)glob_matches(all.substr(0, line), all.substr(line + 1));
    return 0;
}
