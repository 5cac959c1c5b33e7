// What the desk of an officer needs beside the dossiers themselves: the live feed, who else has a dossier open, names
// for the rows on the screen, people known from before, officers to give work to, text read from a scan, pages of a
// PDF. Registered once at start.
#pragma once
#include "access/api.h"
#include "dossiers/context.h"
#include "dossiers/feed.h"
#include "dossiers/files.h"
#include "dossiers/presence.h"
#include "dossiers/recognise.h"

namespace hl::dossiers {

/// What one node keeps for its desks.
struct Desk {
    /// On PostgreSQL other nodes may serve the same desks.
    explicit Desk(store::Store& store)
        : feed(store), presence(store.engine() == store::Engine::postgres ? &store : nullptr) {}
    Feed feed;
    Presence presence;
    Recogniser recogniser;
};
/// Everything here outlives the routes; `context` is called on any thread.
struct DeskParts {
    std::function<Context()> context;
    std::shared_ptr<const Files> files;
    Desk& desk;
};
void add_desk_routes(access::Api& api, const DeskParts& parts);

}  // namespace hl::dossiers
