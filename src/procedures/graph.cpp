#include "procedures/graph.h"

namespace hl::procedures {

namespace {

std::string xml_id(std::string_view prefix, std::string_view id) {
    std::string out{prefix};
    out += '_';
    for (const char c : id) out += std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ? c : '_';
    return out;
}

std::string performer_of(const Step& step) {
    std::string who = step.who.empty() ? step.function : step.who;
    if (!step.agency.empty()) return who + " (" + step.agency + ")";
    if (step.level) return who + (*step.level == Level::commune ? " (cấp xã)" : " (cấp tỉnh)");
    return who;
}

class Maker {
  public:
    explicit Maker(Graph& graph) : g_(graph) {}

    void make(const Flow& flow) {
        size_t last = node("start", NodeKind::start, nullptr, 0, -1);
        int column = 1;
        for (const auto& stage : flow.stages) {
            if (stage.lanes.size() == 1) {
                last = lane(stage.lanes[0], last, column);
                continue;
            }
            const size_t split = node(xml_id("split", stage.id), NodeKind::split, nullptr, column++, row_of(last));
            g_.arrows.emplace_back(last, split);
            std::vector<std::pair<size_t, bool>> ends;
            int furthest = column;
            for (const auto& l : stage.lanes) {
                int own = column;
                const size_t end = lane(l, split, own);
                furthest = std::max(furthest, own);
                ends.emplace_back(end, l.required);
            }
            const size_t join = node(xml_id("join", stage.id), NodeKind::join, nullptr, furthest, row_of(split));
            column = furthest + 1;
            for (const auto& [end, required] : ends) {
                if (required)
                    g_.arrows.emplace_back(end, join);
                else {
                    // The stage does not wait for it: its branch ends by itself.
                    const size_t own_end = node(xml_id("end", g_.nodes[end].id), NodeKind::end, nullptr,
                                                g_.nodes[end].column + 1, row_of(end));
                    g_.arrows.emplace_back(end, own_end);
                }
            }
            last = join;
        }
        const size_t end = node("end", NodeKind::end, nullptr, column, row_of(last));
        g_.arrows.emplace_back(last, end);
        place();
    }

  private:
    int row_of(size_t n) const { return g_.nodes[n].row; }
    size_t node(std::string id, NodeKind kind, const Step* step, int column, int row) {
        g_.nodes.push_back({std::move(id), kind, step, column, row, 0});
        return g_.nodes.size() - 1;
    }
    size_t lane(const Lane& lane, size_t before, int& column) {
        for (const auto& step : lane.steps) {
            const size_t n = node(xml_id("step", step.id), NodeKind::step, &step, column++, performer(step));
            g_.arrows.emplace_back(before, n);
            before = n;
        }
        return before;
    }
    int performer(const Step& step) {
        const auto name = performer_of(step);
        const auto it = std::find(g_.performers.begin(), g_.performers.end(), name);
        if (it != g_.performers.end()) return static_cast<int>(it - g_.performers.begin());
        g_.performers.push_back(name);
        return static_cast<int>(g_.performers.size()) - 1;
    }
    void place() {
        if (g_.performers.empty()) g_.performers.emplace_back("");
        g_.slots.assign(g_.performers.size(), 1);
        std::map<std::pair<int, int>, int> used;
        for (auto& n : g_.nodes) {
            // The start stands with whoever acts first.
            if (n.row < 0) n.row = 0;
            n.slot = used[{n.row, n.column}]++;
            g_.slots[static_cast<size_t>(n.row)] = std::max(g_.slots[static_cast<size_t>(n.row)], n.slot + 1);
            g_.columns = std::max(g_.columns, n.column + 1);
        }
    }

    Graph& g_;
};

std::vector<bool> walk(const Graph& g, const std::vector<size_t>& from, bool backwards) {
    std::vector<bool> seen(g.nodes.size(), false);
    std::vector<size_t> open = from;
    for (const auto n : open) seen[n] = true;
    while (!open.empty()) {
        const auto n = open.back();
        open.pop_back();
        for (const auto& [a, b] : g.arrows) {
            const auto here = backwards ? b : a;
            const auto there = backwards ? a : b;
            if (here == n && !seen[there]) {
                seen[there] = true;
                open.push_back(there);
            }
        }
    }
    return seen;
}

}  // namespace

std::vector<size_t> Graph::after(size_t node) const {
    std::vector<size_t> out;
    for (const auto& [a, b] : arrows)
        if (a == node) out.push_back(b);
    return out;
}

Graph make_graph(const Flow& flow) {
    Graph g;
    Maker(g).make(flow);
    return g;
}

Dead find_dead(const Graph& graph) {
    std::vector<size_t> starts;
    std::vector<size_t> ends;
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        if (graph.nodes[i].kind == NodeKind::start) starts.push_back(i);
        if (graph.nodes[i].kind == NodeKind::end) ends.push_back(i);
    }
    const auto reached = walk(graph, starts, false);
    const auto ending = walk(graph, ends, true);
    Dead dead;
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        if (!reached[i]) dead.unreachable.push_back(i);
        if (!ending[i]) dead.endless.push_back(i);
    }
    return dead;
}

}  // namespace hl::procedures
