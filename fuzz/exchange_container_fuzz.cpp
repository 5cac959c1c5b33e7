// Containers from outside. One that is read is written again and read as the same; verifying any ends with a verdict.
#include <cstdlib>

#include "exchange/trust/container.h"

using namespace hl::exchange;

namespace {
void demand(bool truth) {
    if (!truth) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto parts = read_container(all);
    if (!parts.ok()) {
        demand(!parts.error().vi.empty() && !parts.error().en.empty());
        return 0;
    }
    VerificationTrust trust;
    trust.require_time_stamp = trust.require_ocsp = false;
    demand(!verify_container(*parts, trust).ok());  // nobody is trusted
    const auto zip = write_container(*parts, hl::from_ms(1'790'000'000'000));
    demand(zip.ok());
    const auto again = read_container(*zip);
    demand(again.ok());
    demand(again->message == parts->message && again->attachments == parts->attachments &&
           again->signature == parts->signature && again->chain == parts->chain &&
           again->stamp_token == parts->stamp_token);
    return 0;
}
