// The HTTP face of an installation: all rooms' routes on one router, pages for people who open the address in a
// browser, health, metrics, live events; and the housekeeping thread. run_server() returns after a signal.
#pragma once
#include "app/program.h"
#include "dossiers/desk_routes.h"
#include "http/metrics.h"
#include "http/router.h"
#include "ioc/indicators/feed.h"

namespace hl::app {

/// Registers every route. Returns the API's routes for the comparison with the API document.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> add_all_routes(http::Router& router, Program& program,
                                                                              access::Sessions& sessions,
                                                                              dossiers::Desk& desk,
                                                                              ioc::WallFeed& wall,
                                                                              http::Metrics& metrics);

struct Listening {
    unsigned short port = 0;
    bool secure = false;
    int gateway = -1;  // the own gateway's entry for information systems; -1: none
};
/// Serves until SIGINT or SIGTERM. `ready` is called once it listens.
[[nodiscard]] Result<void> run_server(Program& program, const std::function<void(const Listening&)>& ready);

}  // namespace hl::app
