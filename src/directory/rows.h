// Writing the directory's rows. The only place with its INSERTs; used inside one transaction.
#pragma once
#include <optional>
#include <string_view>

#include "directory/directory.h"

namespace hl::directory::rows {

/// All versions of an identity, instead of those that were there.
void replace(store::Transaction& tx, const Unit& unit);
void replace(store::Transaction& tx, const Agency& agency);
void put(store::Transaction& tx, const Department& department);
void put(store::Transaction& tx, const Position& position);
/// `origin` is "pack" or "command"; a row that is there already is left as it is.
void put(store::Transaction& tx, const Succession& succession, std::string_view origin);
/// The day on which the stored agency ends, if it does.
[[nodiscard]] std::optional<Date> end_of(store::Reader& reader, const AgencyId& agency);
/// Departments and positions of an agency that ends, and their holders, end with it.
void end_places(store::Transaction& tx, const AgencyId& agency, Date date);
/// Remembers that a command changed this identity, so that a pack does not undo it.
void mark_moved(store::Transaction& tx, std::string_view id, Date date);

}  // namespace hl::directory::rows
