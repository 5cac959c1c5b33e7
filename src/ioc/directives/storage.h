// Rows in and out: the only place that knows the columns. Private to the room.
#pragma once
#include "ioc/directives/context.h"
#include "ioc/directives/directive.h"

namespace hl::directives::storage {

/// Errors: directive.not_found.
[[nodiscard]] Result<Directive> find(store::Reader& reader, std::string_view code);
/// The same, locked until the write ends.
[[nodiscard]] Result<Directive> find_for_change(store::Transaction& tx, std::string_view code);
/// Newest first, with states from `least` to `most`.
[[nodiscard]] std::vector<Directive> page(store::Reader& reader, int64_t before, State least, State most,
                                          int64_t limit);
/// Sets the key. Errors: subject.erased.
[[nodiscard]] Result<void> insert(store::Transaction& tx, const Context& ctx, Directive& d, const std::string& text);
/// The stored version is one less.
void update(store::Transaction& tx, const Directive& d);
/// Nothing when the key was erased.
[[nodiscard]] Result<std::optional<std::string>> text_of(store::Reader& reader, const Context& ctx, const Directive& d);

/// Its number is the directive's version.
[[nodiscard]] Result<void> insert_line(store::Transaction& tx, const Context& ctx, const Directive& d,
                                       const Line& line);
[[nodiscard]] Result<std::vector<Line>> lines_of(store::Reader& reader, const Context& ctx, const Directive& d);

void insert_evidence(store::Transaction& tx, const Directive& d, const Evidence& e, const std::string& hash);
[[nodiscard]] Result<std::vector<Evidence>> evidence_of(store::Reader& reader, const Context& ctx, const Directive& d);
/// Of the same content, when it is there already.
[[nodiscard]] std::optional<std::string> evidence_like(store::Reader& reader, const Directive& d,
                                                       const std::string& hash);
struct Room {
    int64_t pieces = 0, bytes = 0;
};
[[nodiscard]] Room room_taken(store::Reader& reader, const Directive& d);
[[nodiscard]] bool content_is_referenced(store::Reader& reader, const FileHash& content);

}  // namespace hl::directives::storage
