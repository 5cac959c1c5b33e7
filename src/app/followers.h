// The followers of an installation, registered with the program's Followers when it opens.
#pragma once

namespace hl::app {
class Program;
void add_all_followers(Program& program);
}  // namespace hl::app
