// A register's answer about one code, read strictly: another code, or no name, and nothing is taken. Pure.
#pragma once
#include "links/registers/profile.h"

namespace hl::links::registers {

struct Record {
    std::string kind, code;
    std::map<std::string, std::string> fields;  // in the register's words; what it did not say is not there
};
/// The code as it is asked for: blanks and dots out, then the shape's pattern. Errors: register.code.
[[nodiscard]] Result<std::string> code_for(const Shape& shape, std::string_view typed);
/// Errors: register.not_found, register.unreadable, register.mismatch, register.incomplete.
[[nodiscard]] Result<Record> read_record(const Shape& shape, std::string_view code, std::string_view body);
[[nodiscard]] json::object to_json(const Record& record);
[[nodiscard]] std::optional<Record> record_from(std::string_view text);

/// One dossier handled on the central system. Nobody's name is taken over.
struct Mirrored {
    std::string code, procedure, unit, status_there;
    int status = 0;  // national; 0: the system's word is not in the mapping
    Instant received_at;
    std::optional<Instant> due, finished_at, returned_at;
};
struct MirrorPage {
    std::vector<Mirrored> items;
    int64_t unreadable = 0;          // lacked a code, a procedure or a date: counted and not taken
    int64_t given = 0;               // items on the page
    std::optional<int64_t> total{};  // what the system says it has
};
/// Errors: register.unreadable.
[[nodiscard]] Result<MirrorPage> read_mirror_page(const MirrorShape& shape, std::string_view body);

}  // namespace hl::links::registers
