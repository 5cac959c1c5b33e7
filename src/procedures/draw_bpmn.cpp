#include <pugixml.hpp>
#include <sstream>

#include "procedures/draw.h"
#include "procedures/layout.h"

namespace hl::procedures {

namespace {

pugi::xml_node add(pugi::xml_node parent, const char* name, const std::string& id = "") {
    auto node = parent.append_child(name);
    if (!id.empty()) node.append_attribute("id") = id.c_str();
    return node;
}
void set(pugi::xml_node node, const char* name, const std::string& value) {
    node.append_attribute(name) = value.c_str();
}

const char* element_of(const GraphNode& n) {
    switch (n.kind) {
        case NodeKind::start:
            return "bpmn:startEvent";
        case NodeKind::end:
            return "bpmn:endEvent";
        case NodeKind::split:
        case NodeKind::join:
            return "bpmn:parallelGateway";
        case NodeKind::step:
            return "bpmn:userTask";
    }
    return "";
}

std::string arrow_id(size_t i) {
    return fmt::format("flow_{}", i + 1);
}

/// XML 1.0 has no room for most control characters, and pugixml writes what it is given.
std::string clean(std::string s) {
    for (char& c : s)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return s;
}

void bounds(pugi::xml_node shape, const Box& b) {
    auto node = shape.append_child("dc:Bounds");
    node.append_attribute("x") = b.x;
    node.append_attribute("y") = b.y;
    node.append_attribute("width") = b.width;
    node.append_attribute("height") = b.height;
}

std::string note_of(const Step& s) {
    std::string note = s.planned_known && s.counted ? fmt::format("{} phút làm việc", s.planned.count)
                       : s.counted                  ? "chưa ghi số giờ"
                                                    : "không tính thời gian";
    if (s.pauses) note += "; dừng đồng hồ";
    if (s.silence == "report") note += "; quá hạn không trả lời: báo cáo người đứng đầu bộ phận một cửa";
    if (s.silence == "agree") note += "; quá hạn không trả lời: coi là đồng ý";
    return note;
}

}  // namespace

std::string export_bpmn(const Release& release) {
    const auto graph = make_graph(release.flow);
    const auto layout = lay_out(graph);
    pugi::xml_document document;
    auto declaration = document.append_child(pugi::node_declaration);
    declaration.append_attribute("version") = "1.0";
    declaration.append_attribute("encoding") = "UTF-8";
    auto root = add(document, "bpmn:definitions", "definitions");
    set(root, "xmlns:bpmn", "http://www.omg.org/spec/BPMN/20100524/MODEL");
    set(root, "xmlns:bpmndi", "http://www.omg.org/spec/BPMN/20100524/DI");
    set(root, "xmlns:dc", "http://www.omg.org/spec/DD/20100524/DC");
    set(root, "xmlns:di", "http://www.omg.org/spec/DD/20100524/DI");
    set(root, "targetNamespace", clean("urn:hienluong:procedure:" + release.id.value));

    auto collaboration = add(root, "bpmn:collaboration", "collaboration");
    auto participant = add(collaboration, "bpmn:participant", "pool");
    set(participant, "name", clean(release.procedure.value + " – " + release.card.name));
    set(participant, "processRef", "process");

    auto process = add(root, "bpmn:process", "process");
    set(process, "name", clean(release.card.name));
    set(process, "isExecutable", "false");
    auto lanes = add(process, "bpmn:laneSet", "lanes");
    for (size_t row = 0; row < graph.performers.size(); ++row) {
        auto lane = add(lanes, "bpmn:lane", fmt::format("lane_{}", row + 1));
        set(lane, "name", clean(graph.performers[row]));
        for (const auto& n : graph.nodes)
            if (n.row == static_cast<int>(row)) lane.append_child("bpmn:flowNodeRef").text().set(n.id.c_str());
    }
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        const auto& n = graph.nodes[i];
        auto node = add(process, element_of(n), n.id);
        if (n.step) {
            set(node, "name", clean(n.step->name));
            node.append_child("bpmn:documentation").text().set(note_of(*n.step).c_str());
        }
        if (n.kind == NodeKind::split || n.kind == NodeKind::join)
            set(node, "gatewayDirection", n.kind == NodeKind::split ? "Diverging" : "Converging");
        for (size_t a = 0; a < graph.arrows.size(); ++a)
            if (graph.arrows[a].second == i) node.append_child("bpmn:incoming").text().set(arrow_id(a).c_str());
        for (size_t a = 0; a < graph.arrows.size(); ++a)
            if (graph.arrows[a].first == i) node.append_child("bpmn:outgoing").text().set(arrow_id(a).c_str());
    }
    for (size_t a = 0; a < graph.arrows.size(); ++a) {
        auto arrow = add(process, "bpmn:sequenceFlow", arrow_id(a));
        set(arrow, "sourceRef", graph.nodes[graph.arrows[a].first].id);
        set(arrow, "targetRef", graph.nodes[graph.arrows[a].second].id);
    }

    auto diagram = add(root, "bpmndi:BPMNDiagram", "diagram");
    auto plane = add(diagram, "bpmndi:BPMNPlane", "plane");
    set(plane, "bpmnElement", "collaboration");
    const auto shape = [&](const std::string& element, const Box& box, bool horizontal) {
        auto node = add(plane, "bpmndi:BPMNShape", "shape_" + element);
        set(node, "bpmnElement", element);
        if (horizontal) set(node, "isHorizontal", "true");
        bounds(node, box);
    };
    const auto& first = layout.rows.front();
    shape("pool", {-30, first.y, first.width + 30, layout.rows.back().y + layout.rows.back().height - first.y}, true);
    for (size_t row = 0; row < layout.rows.size(); ++row)
        shape(fmt::format("lane_{}", row + 1), layout.rows[row], true);
    for (size_t i = 0; i < graph.nodes.size(); ++i) shape(graph.nodes[i].id, layout.boxes[i], false);
    for (size_t a = 0; a < graph.arrows.size(); ++a) {
        auto edge = add(plane, "bpmndi:BPMNEdge", "edge_" + arrow_id(a));
        set(edge, "bpmnElement", arrow_id(a));
        for (const auto& [x, y] : layout.path(graph.arrows[a].first, graph.arrows[a].second)) {
            auto point = edge.append_child("di:waypoint");
            point.append_attribute("x") = x;
            point.append_attribute("y") = y;
        }
    }
    std::ostringstream out;
    document.save(out, "  ", pugi::format_default, pugi::encoding_utf8);
    return out.str();
}

}  // namespace hl::procedures
