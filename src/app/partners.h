// The connectors to partners: which there are, and their command line.
#pragma once

namespace hl::app {
class Program;
/// Adds every connected partner to the program's hub and its follower to the followers.
void add_all_partners(Program& program);
}  // namespace hl::app
