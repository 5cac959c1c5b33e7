#include "base/crypto.h"
#include "directory/boundaries.h"
#include "directory/events.h"

namespace hl::directory {

namespace {

constexpr std::string_view columns =
    "layer, valid_from, valid_to, source, licence, data_date, file_hash, hash, features, points, points_given, "
    "stored_at, stored_by";

Boundaries from_row(const store::Row& r) {
    Boundaries b;
    b.layer = boundary_layer(r.text(0)).value_or(BoundaryLayer::communes);
    b.valid.from = from_day_number(r.integer(1));
    if (!r.is_null(2)) b.valid.to = from_day_number(r.integer(2));
    b.source = r.string(3), b.licence = r.string(4);
    b.date = from_day_number(r.integer(5));
    b.file_hash = r.string(6), b.hash = r.string(7);
    b.features = r.integer(8), b.points = r.integer(9), b.points_given = r.integer(10);
    b.stored_at = r.instant(11);
    b.stored_by = r.string(12);
    return b;
}

}  // namespace

std::string_view to_string(BoundaryLayer layer) {
    return layer == BoundaryLayer::country ? "country" : "communes";
}
std::optional<BoundaryLayer> boundary_layer(std::string_view word) {
    if (word == "communes") return BoundaryLayer::communes;
    if (word == "country") return BoundaryLayer::country;
    return std::nullopt;
}

Result<bool> store_boundaries(store::Transaction& tx, Boundaries b, std::string_view actor, Instant now) {
    b.hash = crypto::to_hex(crypto::sha256(b.topology));
    const auto layer = to_string(b.layer);
    const auto from = day_number(b.valid.from);
    const auto same =
        tx.first(fmt::format("SELECT {} FROM directory_boundaries WHERE layer = ? AND valid_from = ?", columns),
                 {layer, from}, from_row);
    if (same && same->hash == b.hash && same->file_hash == b.file_hash && same->source == b.source &&
        same->licence == b.licence && same->date == b.date)
        return false;
    // What begins later stays; the new ends where it begins.
    const auto later = tx.first(
        "SELECT MIN(valid_from) FROM directory_boundaries WHERE layer = ? AND valid_from > ?", {layer, from},
        [](const store::Row& r) { return r.is_null(0) ? std::optional<int64_t>{} : std::optional{r.integer(0)}; });
    const std::optional<int64_t> until = later ? *later : std::nullopt;
    tx.execute("DELETE FROM directory_boundaries WHERE layer = ? AND valid_from = ?", {layer, from});
    tx.execute(
        "UPDATE directory_boundaries SET valid_to = ? WHERE layer = ? AND valid_from < ? AND (valid_to IS NULL "
        "OR valid_to > ?)",
        {from, layer, from, from});
    tx.execute(
        "INSERT INTO directory_boundaries (layer, valid_from, valid_to, source, licence, data_date, file_hash, hash, "
        "features, points, points_given, stored_at, stored_by, topology) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?)",
        {layer, from, until, b.source, b.licence, day_number(b.date), b.file_hash, b.hash, b.features, b.points,
         b.points_given, now, actor, b.topology});
    tx.append({std::string{events::boundaries_stored},
               1,
               fmt::format("boundaries:{}", layer),
               std::string{actor},
               now,
               {{"layer", layer},
                {"from", to_iso(b.valid.from)},
                {"source", b.source},
                {"licence", b.licence},
                {"date", to_iso(b.date)},
                {"file_hash", b.file_hash},
                {"hash", b.hash},
                {"features", b.features},
                {"points", b.points}}});
    return true;
}

std::vector<Boundaries> list_boundaries(store::Reader& reader) {
    std::vector<Boundaries> out;
    reader.query(fmt::format("SELECT {} FROM directory_boundaries ORDER BY layer, valid_from", columns), {},
                 [&](const store::Row& r) { out.push_back(from_row(r)); });
    return out;
}

Result<Boundaries> load_boundaries(store::Reader& reader, BoundaryLayer layer, Date d) {
    const auto day = day_number(d);
    auto found =
        reader.first(fmt::format("SELECT {}, topology FROM directory_boundaries WHERE layer = ? AND valid_from "
                                 "<= ? AND (valid_to IS NULL OR valid_to > ?)",
                                 columns),
                     {to_string(layer), day, day}, [](const store::Row& r) {
                         auto b = from_row(r);
                         b.topology = r.string(13);
                         return b;
                     });
    if (!found)
        return Error{ErrorKind::not_found, "boundaries.none",
                     "Chưa nạp ranh giới. Quản trị viên nạp bằng «hienluong pack boundaries».",
                     "No boundaries were loaded. An administrator loads them with 'hienluong pack boundaries'."};
    return std::move(*found);
}

}  // namespace hl::directory
