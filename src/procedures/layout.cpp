#include "procedures/layout.h"

#include "base/text.h"

namespace hl::procedures {

namespace {
constexpr int column_width = 190;
constexpr int slot_height = 100;
constexpr int top = 60;
constexpr int step_width = 150;
constexpr int step_height = 70;
constexpr int event_size = 36;
constexpr int gateway_size = 50;
}  // namespace

Layout lay_out(const Graph& graph) {
    Layout out;
    int y = top;
    for (const int slots : graph.slots) {
        out.rows.push_back({0, y, label_width + graph.columns * column_width, slots * slot_height});
        y += slots * slot_height;
    }
    out.width = label_width + graph.columns * column_width + 1;
    out.height = y + 1;
    for (const auto& n : graph.nodes) {
        int w = step_width;
        int h = step_height;
        if (n.kind == NodeKind::start || n.kind == NodeKind::end) w = h = event_size;
        if (n.kind == NodeKind::split || n.kind == NodeKind::join) w = h = gateway_size;
        const int cell_x = label_width + n.column * column_width;
        const int cell_y = out.rows[static_cast<size_t>(n.row)].y + n.slot * slot_height;
        out.boxes.push_back({cell_x + (column_width - w) / 2, cell_y + (slot_height - h) / 2, w, h});
    }
    return out;
}

std::vector<std::pair<int, int>> Layout::path(size_t from, size_t to) const {
    const auto& a = boxes[from];
    const auto& b = boxes[to];
    const int x1 = a.x + a.width;
    const int x2 = b.x;
    if (a.middle() == b.middle()) return {{x1, a.middle()}, {x2, b.middle()}};
    // A long arrow runs along its own row and turns just before its target.
    const int bend = x2 - 10;
    return {{x1, a.middle()}, {bend, a.middle()}, {bend, b.middle()}, {x2, b.middle()}};
}

std::vector<std::string> wrap(std::string_view text, size_t width, size_t lines) {
    std::vector<std::string> out;
    std::string line;
    for (const auto& word : text::split(text, ' ')) {
        if (word.empty()) continue;
        if (!line.empty() && text::length(line) + 1 + text::length(word) > width) {
            out.push_back(std::move(line));
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    if (!line.empty()) out.push_back(std::move(line));
    if (out.size() > lines) {
        out.resize(lines);
        out.back() += "…";
    }
    return out;
}

}  // namespace hl::procedures
