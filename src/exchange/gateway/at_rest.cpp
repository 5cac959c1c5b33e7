#include "exchange/gateway/at_rest.h"

#include <algorithm>
#include <utility>

namespace hl::exchange::gateway {

void AtRest::sign(BatchSigner& signer, std::vector<SignedPart> parts, BatchSigner::Done done) {
    auto place = std::find_if(signings_.begin(), signings_.end(), [&](const auto& s) { return s.signer == &signer; });
    if (place == signings_.end()) place = signings_.insert(place, {&signer, {}});
    place->together.push_back({std::move(parts), std::move(done)});
}

void AtRest::hurry(MessageLog& log) {
    if (std::find(logs_.begin(), logs_.end(), &log) == logs_.end()) logs_.push_back(&log);
}

bool AtRest::work() {
    if (signings_.empty() && logs_.empty()) return false;
    for (auto& signing : std::exchange(signings_, {})) signing.signer->sign(std::move(signing.together));
    for (auto* log : std::exchange(logs_, {})) log->hurry();
    return true;
}

}  // namespace hl::exchange::gateway
