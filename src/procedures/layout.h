// Where the boxes of a drawn flow stand, in pixels. Shared by the SVG and the BPMN diagram. Pure; any thread.
#pragma once
#include "procedures/graph.h"

namespace hl::procedures {

struct Box {
    int x = 0, y = 0, width = 0, height = 0;
    [[nodiscard]] int middle() const { return y + height / 2; }
};
struct Layout {
    int width = 0, height = 0;
    std::vector<Box> rows;   // one per performer
    std::vector<Box> boxes;  // one per node
    /// The bends of an arrow: leaves to the right, arrives from the left.
    [[nodiscard]] std::vector<std::pair<int, int>> path(size_t from, size_t to) const;
};
inline constexpr int label_width = 150;
[[nodiscard]] Layout lay_out(const Graph& graph);

/// Words broken into lines of at most `width` characters, at most `lines` lines; a cut is marked with "…".
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, size_t width, size_t lines);

}  // namespace hl::procedures
