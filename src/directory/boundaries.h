// Boundaries of administrative units: the operator's own data (GeoJSON, RFC 7946), checked against the directory, made
// smaller without tearing neighbours apart, and kept with their source, licence, date and hash. Two layers: the
// communes of the province, and the country's provinces as their surroundings. Plain functions; any thread.
#pragma once
#include "directory/directory.h"
#include "directory/topology.h"

namespace hl::directory {

enum class BoundaryLayer { communes, country };
[[nodiscard]] std::string_view to_string(BoundaryLayer layer);
[[nodiscard]] std::optional<BoundaryLayer> boundary_layer(std::string_view word);

/// A file read and held against the directory. Every mistake names its feature ("areas.geojson: features[3]") and,
/// where it has one, its place.
struct BoundaryReport {
    std::vector<Shape> shapes;  // in the order of the file
    std::vector<Error> errors, warnings;
    size_t points = 0;
};
/// Bytes of a GeoJSON file; `name` is what mistakes call it. Errors in the report: boundaries.* (see
/// boundaries_read.cpp and boundaries_check.cpp); it is never both empty and without an error.
[[nodiscard]] BoundaryReport read_boundaries(std::string_view bytes, std::string_view name);
/// Rings: closed, wound as RFC 7946 wants, not crossing themselves, one another or their neighbours.
void check_rings(BoundaryReport& report, std::string_view name);
/// Communes: exactly those of the directory on `d`, each once; a special zone is an island of its own. The country: the
/// own province is there, and so are Hoàng Sa and Trường Sa with the provinces they belong to.
void check_units(BoundaryReport& report, std::string_view name, BoundaryLayer layer, const Directory& directory,
                 Date d);

/// What is told of stored boundaries.
struct Boundaries {
    BoundaryLayer layer = BoundaryLayer::communes;
    Validity valid;
    std::string source, licence;
    Date date{};                  // of the data
    std::string file_hash, hash;  // SHA-256 of the file as given, and of `topology`
    int64_t features = 0, points = 0, points_given = 0;
    Instant stored_at;
    std::string stored_by;
    std::string topology;  // TopoJSON; empty in lists
};
/// Ends what was in force on `valid.from` and stores the new; the same again changes nothing (false). Appends its
/// event.
[[nodiscard]] Result<bool> store_boundaries(store::Transaction& tx, Boundaries boundaries, std::string_view actor,
                                            Instant now);
[[nodiscard]] std::vector<Boundaries> list_boundaries(store::Reader& reader);
/// In force on `d`. Errors: boundaries.none.
[[nodiscard]] Result<Boundaries> load_boundaries(store::Reader& reader, BoundaryLayer layer, Date d);

/// What cheap phones have to load at most, uncompressed; about a third of it travels.
inline constexpr size_t boundary_budget = 150'000;

}  // namespace hl::directory
