// The connectors to partners: which there are, and their command line.
#pragma once
#include <memory>

#include "base/result.h"

namespace hl::payment {
class Partner;
}
namespace hl::post {
class Partner;
}
namespace hl::links::registers {
class Register;
}
namespace hl::links::portal {
class PortalConnector;
}

namespace hl::app {
class Program;
/// Partners that other parts of the program speak with; null where one is not connected.
struct Partners {
    std::shared_ptr<payment::Partner> payment;
    std::shared_ptr<post::Partner> post;
    std::shared_ptr<links::portal::PortalConnector> portal;
    std::shared_ptr<links::registers::Register> business, budget;
};
/// Adds every connected partner to the program's hub and its follower to the followers. Errors: what a partner's
/// settings lack.
[[nodiscard]] Result<void> add_all_partners(Program& program);
}  // namespace hl::app
