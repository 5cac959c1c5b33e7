// Builds the immutable snapshot: from the database, or from a pack that is not yet applied (so that checks can ask the
// same questions of both). Any thread; one loader, one snapshot.
#pragma once
#include <memory>
#include <vector>

#include "directory/directory.h"

namespace hl::directory {

struct DirectoryData {
    std::vector<Unit> units;
    std::vector<Agency> agencies;
    std::vector<Department> departments;
    std::vector<Position> positions;
    std::vector<Officer> officers;
    std::vector<Succession> successions;
};

class DirectoryLoader {
  public:
    [[nodiscard]] static std::shared_ptr<const Directory> build(DirectoryData data);
};

/// Everything stored, as rows.
[[nodiscard]] DirectoryData read_directory(store::Reader& reader);

}  // namespace hl::directory
