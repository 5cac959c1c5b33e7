// The pages a person sees who opens the server's address in a browser: what this is, the state of the installation, and
// tracking of a dossier by code and phone. HTML without script; works on any phone.
#pragma once
#include "app/program.h"
#include "http/router.h"

namespace hl::app {

void add_pages(http::Router& router, Program& program);

}  // namespace hl::app
