// A flow as a graph of nodes and arrows: what the linter walks, and what the drawing and the BPMN export lay out.
// Values; any thread.
#pragma once
#include "procedures/model.h"

namespace hl::procedures {

enum class NodeKind { start, end, step, split, join };
struct GraphNode {
    std::string id;  // "step_verify", "split_handle": fit for XML ids
    NodeKind kind = NodeKind::step;
    const Step* step = nullptr;  // of the flow it was made from
    int column = 0;              // distance from the start, in boxes
    int row = 0;                 // which performer
    int slot = 0;                // when one performer has several boxes in one column
};
struct Graph {
    std::vector<GraphNode> nodes;
    std::vector<std::pair<size_t, size_t>> arrows;
    std::vector<std::string> performers;  // one per row, in words
    std::vector<int> slots;               // boxes on top of one another in each row, at least 1
    int columns = 0;
    [[nodiscard]] std::vector<size_t> after(size_t node) const;
};
/// `flow` must outlive the graph.
[[nodiscard]] Graph make_graph(const Flow& flow);
/// Nodes that cannot be reached from the start, and nodes from which the end cannot be reached.
struct Dead {
    std::vector<size_t> unreachable, endless;
};
[[nodiscard]] Dead find_dead(const Graph& graph);

}  // namespace hl::procedures
