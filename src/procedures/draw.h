// The flow as a picture for people (SVG) and for auditors' tools (BPMN 2.0 with its diagram). Made from the same
// graph that the linter walks; nothing executes the BPMN. Pure; any thread.
#pragma once
#include "procedures/model.h"

namespace hl::procedures {

/// One row per performer, time from left to right, Vietnamese labels, hours under each step.
[[nodiscard]] std::string draw_svg(const Release& release);
/// A collaboration of one pool with a lane per performer, parallel gateways in pairs, and DI coordinates.
[[nodiscard]] std::string export_bpmn(const Release& release);

}  // namespace hl::procedures
