#include "app/revocation_service.h"

#include "app/program.h"
#include "base/log.h"
#include "documents/axis.h"

namespace hl::app {

namespace {
constexpr std::chrono::seconds between{60};
}

void RevocationService::start() {
    if (program_.documents()) ticker_.start();
}

std::chrono::milliseconds RevocationService::turn() {
    const auto done = program_.documents()->refresh_lists(program_.clock().now());
    if (!done.ok())
        log::error("documents", "the lists of revoked certificates could not be kept fresh",
                   {{"code", done.error().code}, {"detail", done.error().en}});
    else if (done->documents + done->released > 0)
        log::info("documents", "documents were looked at again",
                  {{"changed", done->documents}, {"released", done->released}});
    return between;
}

}  // namespace hl::app
