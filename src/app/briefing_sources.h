// What the briefing is gathered from: the program's snapshots of the moment.
#pragma once
#include "app/program.h"
#include "ioc/briefing/briefing.h"

namespace hl::app {

[[nodiscard]] inline Result<briefing::Sources> briefing_sources(Program& program, store::Reader& reader) {
    briefing::Sources out{program.context(), program.snapshots().book(), nullptr};
    auto rules = program.index_rules().get(reader);
    if (rules.ok()) out.rules = *rules;
    return out;
}

}  // namespace hl::app
