// HTTP face of the line between operations centres: at the parent its children, their figures, and what their machines
// ask (signed with the child's key, without a session); at a child how its own line stands, and the operator's
// decision.
#pragma once
#include "access/api.h"
#include "ioc/child/children.h"
#include "ioc/child/rounds.h"

namespace hl::ioc::child {

struct RouteSources {
    store::Store& store;
    Random& random;
    ParentSettings settings;
    /// The key is made when it is first asked for.
    std::function<Result<std::shared_ptr<const Parent>>()> parent;
    std::function<Result<ChildEnd>()> end;  // this installation as a child; for the operator's decision
    std::function<void()> taken;            // a batch was taken: screens ask again
    std::function<void()> wake;             // the own line goes on
};
/// What is referred to outlives the routes.
void add_routes(access::Api& api, RouteSources sources);

[[nodiscard]] json::object view(const Line& line, Instant now);
[[nodiscard]] json::object view(const ToldResume& resume);
[[nodiscard]] json::object view(const ChainReport& report);

}  // namespace hl::ioc::child
