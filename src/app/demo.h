// Fills an empty installation with a made-up, reproducible year of the province, through the same commands that the API
// uses: people file, clerks receive, handlers work, heads sign, some dossiers are late, stopped or sent back. Names and
// numbers are plainly marked as made up. Time is simulated: events land in the ledger in the order of their instants.
#pragma once
#include <functional>

#include "app/program.h"

namespace hl::app {

struct DemoOptions {
    int64_t dossiers = 20'000;
    uint64_t seed = 2026;
    Instant end;      // the simulated year ends here; dossiers still open stay open
    int batch = 400;  // commands in one write
};
struct DemoSummary {
    int64_t filed = 0, commands = 0, events = 0, open = 0;
    std::map<std::string, int64_t> refused;  // error code → how often a command was refused by its rule
};
/// The pack is applied before. Errors: demo.not_empty, demo.no_procedures, and whatever a command gives that the
/// simulation cannot explain.
[[nodiscard]] Result<DemoSummary> fill_demo(Program& program, const DemoOptions& options,
                                            const std::function<void(int64_t done, int64_t total)>& progress);

/// A made-up citizen with an account and a few dossiers at one ward, in states that ask something of him: to answer, to
/// wait, to rate. Errors: of the commands.
struct DemoCitizen {
    std::string login, password, name;
};
[[nodiscard]] Result<DemoCitizen> add_demo_citizen(Program& program, Instant now);

}  // namespace hl::app
