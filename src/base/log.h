// Log lines as JSON on standard error: time, level, room, message and fields. Never hand it personal data or secrets.
// Safe on any thread.
#pragma once
#include <boost/json.hpp>
#include <string_view>

namespace hl::log {

enum class Level { debug, info, warning, error };
void set_level(Level level);
/// From now on lines are written in blocks, at most a second late, and trouble at once. Starts a thread: for servers.
void in_blocks();
/// `fields` must not be named at, level, room or message: those are the line's own.
void write(Level level, std::string_view room, std::string_view message, const boost::json::object& fields = {});
inline void debug(std::string_view room, std::string_view m, const boost::json::object& f = {}) {
    write(Level::debug, room, m, f);
}
inline void info(std::string_view room, std::string_view m, const boost::json::object& f = {}) {
    write(Level::info, room, m, f);
}
inline void warning(std::string_view room, std::string_view m, const boost::json::object& f = {}) {
    write(Level::warning, room, m, f);
}
inline void error(std::string_view room, std::string_view m, const boost::json::object& f = {}) {
    write(Level::error, room, m, f);
}

}  // namespace hl::log
