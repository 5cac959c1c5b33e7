#include "documents/document.h"

#include <algorithm>
#include <array>

namespace hl::documents {

namespace {

struct Allowed {
    Direction direction;
    State state;
    Command command;
};
// What is not listed is not allowed.
constexpr std::array table{
    Allowed{Direction::in, State::arrived, Command::enroll},
    Allowed{Direction::in, State::arrived, Command::refuse},
    Allowed{Direction::in, State::registered, Command::assign},
    Allowed{Direction::in, State::assigned, Command::assign},
    Allowed{Direction::in, State::processing, Command::assign},
    Allowed{Direction::in, State::assigned, Command::start},
    Allowed{Direction::in, State::assigned, Command::finish},
    Allowed{Direction::in, State::processing, Command::finish},
    Allowed{Direction::in, State::arrived, Command::answer},
    Allowed{Direction::in, State::registered, Command::answer},
    Allowed{Direction::in, State::assigned, Command::answer},
    Allowed{Direction::in, State::processing, Command::answer},
    Allowed{Direction::in, State::finished, Command::answer},
    Allowed{Direction::out, State::registered, Command::send},
    Allowed{Direction::out, State::sent, Command::take_back},
};
constexpr std::array<std::string_view, 9> state_words{"arrived", "registered", "assigned",    "processing", "finished",
                                                      "refused", "sent",       "taking_back", "taken_back"};
constexpr std::array<std::string_view, 8> command_words{"register", "refuse", "assign",    "start",
                                                        "finish",   "send",   "take_back", "answer"};

}  // namespace

std::string_view to_string(Direction d) {
    return d == Direction::in ? "in" : "out";
}
std::string_view to_string(State s) {
    return state_words[static_cast<size_t>(s)];
}
std::optional<Direction> direction_from(std::string_view word) {
    if (word == "in") return Direction::in;
    if (word == "out") return Direction::out;
    return std::nullopt;
}
std::optional<State> state_from(std::string_view word) {
    const auto found = std::ranges::find(state_words, word);
    if (found == state_words.end()) return std::nullopt;
    return static_cast<State>(found - state_words.begin());
}

bool allowed(Direction d, State s, Command c) {
    return std::ranges::any_of(table,
                               [&](const auto& a) { return a.direction == d && a.state == s && a.command == c; });
}

std::vector<std::string> allowed_words(Direction d, State s) {
    std::vector<std::string> out;
    for (const auto& a : table)
        if (a.direction == d && a.state == s) out.emplace_back(command_words[static_cast<size_t>(a.command)]);
    return out;
}

}  // namespace hl::documents
