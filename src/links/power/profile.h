// The power company's interface as data: packs/…/links/power.yaml. No public specification was found: every path and
// member name stands there. Immutable once read; any thread.
#pragma once
#include <map>

#include "base/json.h"
#include "links/connector/mapping.h"

namespace hl::power {

struct Profile {
    std::string id, hash;
    std::string agency;  // whose lane it is, by the pack's agency id
    std::string request_path, cancel_path, progress_path, look_up_path;
    std::map<std::string, std::string> fields;  // ours → the company's member of a request
    std::vector<std::string> required;          // ours
    std::string code_at = "/ma", message_at;    // of an answer
    std::vector<std::string> good, exists, refused;
    std::string items, number_at, dossier_at, word_at, time_at;  // of the list of movements
    std::map<std::string, std::string> meanings;  // the company's word → "moved" | "finished" | "refused"
    std::string held_at;                          // of a look-up: its word for the dossier's state
};
/// Errors: link.mapping with file and line.
[[nodiscard]] Result<Profile> read_profile(const connector::MappingFile& file);
void check_profile(const connector::MappingFile& file, std::vector<Error>& errors);

struct Movement {
    int64_t number = 0;
    std::string code, word, meaning;  // meaning "": a word that the mapping does not know
    Instant at;
};
struct Movements {
    std::vector<Movement> items;
    int64_t unreadable = 0;
};
/// In the company's order of numbers. Errors: power.answer.
[[nodiscard]] Result<Movements> read_movements(const Profile& profile, std::string_view body);
struct Answer {
    std::string code, message;
};
/// Errors: power.answer.
[[nodiscard]] Result<Answer> read_answer(const Profile& profile, std::string_view body);
[[nodiscard]] std::optional<std::string> text_at(const json::value& value, const std::string& pointer);

}  // namespace hl::power
