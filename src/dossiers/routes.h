// The HTTP face of the one-stop: bodies in, commands and queries, JSON out; nothing else. Registered once at start.
#pragma once
#include "access/api.h"
#include "dossiers/context.h"
#include "dossiers/throttle.h"

namespace hl::dossiers {

/// `context` gives the snapshots of the moment; it is called on any thread. `guesses` outlives the routes and is shared
/// with every other door to tracking. `base_url` begins the address in the QR codes
/// of printed slips ("https://…"); empty: they hold the dossier's code alone.
void add_routes(access::Api& api, std::function<Context()> context, PhoneGuesses& guesses,
                const std::string& base_url = "");

}  // namespace hl::dossiers
