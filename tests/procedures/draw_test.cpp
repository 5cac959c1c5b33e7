#include "procedures/draw.h"

#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "procedures/layout.h"
#include "sheet.h"

namespace hl::procedures {
namespace {

Release release_with(const FlowTemplate& t) {
    auto r = test::first_release(test::draft_of(test::sheet));
    r.flow = t.flow;
    r.card.name = "Tên có <dấu> & \"ngoặc\"";
    return r;
}

TEST(Draw, EverySvgIsWellFormedAndNamesEveryStep) {
    for (const auto& [id, t] : test::templates().by_id) {
        const auto svg = draw_svg(release_with(t));
        pugi::xml_document document;
        ASSERT_TRUE(document.load_string(svg.c_str())) << id;
        EXPECT_STREQ(document.document_element().attribute("lang").value(), "vi");
        std::set<std::string> titles;
        for (const auto& g : document.document_element().children("g")) titles.insert(g.child("title").text().get());
        size_t steps = 0;
        for (const auto& stage : t.flow.stages)
            for (const auto& lane : stage.lanes)
                for (const auto& s : lane.steps) {
                    ++steps;
                    EXPECT_TRUE(std::any_of(titles.begin(), titles.end(), [&](const std::string& x) {
                        return x.starts_with(s.name);
                    })) << s.name;
                }
        EXPECT_EQ(std::distance(document.document_element().children("g").begin(),
                                document.document_element().children("g").end()),
                  static_cast<ptrdiff_t>(steps));
    }
}

TEST(Draw, BoxesDoNotOverlapAndStayInside) {
    for (const auto& [id, t] : test::templates().by_id) {
        const auto graph = make_graph(t.flow);
        const auto layout = lay_out(graph);
        for (size_t i = 0; i < layout.boxes.size(); ++i) {
            const auto& a = layout.boxes[i];
            EXPECT_TRUE(a.x >= label_width && a.x + a.width <= layout.width && a.y + a.height <= layout.height) << id;
            for (size_t k = 0; k < i; ++k) {
                const auto& b = layout.boxes[k];
                EXPECT_FALSE(a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
                    << id << ": " << graph.nodes[i].id << " covers " << graph.nodes[k].id;
            }
        }
    }
}

/// What a BPMN tool relies on, checked on the text alone.
TEST(Draw, BpmnIsWholeAndPaired) {
    for (const auto& [id, t] : test::templates().by_id) {
        pugi::xml_document document;
        ASSERT_TRUE(document.load_string(export_bpmn(release_with(t)).c_str())) << id;
        const auto process = document.document_element().child("bpmn:process");
        std::set<std::string> ids, laned, drawn;
        std::map<std::string, std::string> kind;
        std::multimap<std::string, std::string> next, back;
        for (const auto& node : process.children()) {
            const std::string name = node.name();
            const std::string own = node.attribute("id").value();
            EXPECT_TRUE(ids.insert(own).second) << own;
            if (name == "bpmn:laneSet") {
                for (const auto& lane : node.children())
                    for (const auto& ref : lane.children("bpmn:flowNodeRef"))
                        EXPECT_TRUE(laned.insert(ref.text().get()).second) << "in two lanes";
            } else if (name == "bpmn:sequenceFlow") {
                next.emplace(node.attribute("sourceRef").value(), node.attribute("targetRef").value());
                back.emplace(node.attribute("targetRef").value(), node.attribute("sourceRef").value());
            } else {
                kind[own] = name;
            }
        }
        const auto plane = document.document_element().child("bpmndi:BPMNDiagram").child("bpmndi:BPMNPlane");
        for (const auto& shape : plane.children("bpmndi:BPMNShape"))
            drawn.insert(shape.attribute("bpmnElement").value());
        EXPECT_EQ(static_cast<size_t>(std::distance(plane.children("bpmndi:BPMNEdge").begin(),
                                                    plane.children("bpmndi:BPMNEdge").end())),
                  next.size());
        const auto reach = [](const auto& arrows, const std::string& from) {
            std::set<std::string> seen{from};
            std::vector<std::string> open{from};
            while (!open.empty()) {
                const auto at = open.back();
                open.pop_back();
                for (auto [i, end] = arrows.equal_range(at); i != end; ++i)
                    if (seen.insert(i->second).second) open.push_back(i->second);
            }
            return seen;
        };
        const auto forward = reach(next, "start");
        const auto backward = reach(back, "end");
        std::vector<size_t> out_of_split, into_join;
        for (const auto& [node, type] : kind) {
            EXPECT_TRUE(forward.contains(node)) << id << " " << node;
            EXPECT_TRUE(backward.contains(node)) << id << " " << node;
            EXPECT_TRUE(laned.contains(node)) << id << " " << node;
            EXPECT_TRUE(drawn.contains(node)) << id << " " << node;
            if (type == "bpmn:parallelGateway") {
                if (next.count(node) > 1)
                    out_of_split.push_back(next.count(node));
                else
                    into_join.push_back(back.count(node));
            }
        }
        EXPECT_EQ(out_of_split, into_join) << id;
        for (const auto& [from, to] : next) EXPECT_TRUE(kind.contains(from) && kind.contains(to));
    }
}

TEST(Draw, AnOptionalLaneEndsByItself) {
    auto flow = test::templates().by_id.at("with-consultation").flow;
    flow.stages[2].lanes[1].required = false;
    const auto graph = make_graph(flow);
    const auto dead = find_dead(graph);
    EXPECT_TRUE(dead.unreachable.empty() && dead.endless.empty());
    EXPECT_EQ(
        std::count_if(graph.nodes.begin(), graph.nodes.end(), [](const auto& n) { return n.kind == NodeKind::end; }),
        2);
}

TEST(Draw, LongNamesAreWrappedAndCut) {
    EXPECT_EQ(wrap("Kiểm tra giấy tờ, ghi lời chứng", 12, 2), (std::vector<std::string>{"Kiểm tra", "giấy tờ, ghi…"}));
    EXPECT_TRUE(wrap("", 10, 2).empty());
}

}  // namespace
}  // namespace hl::procedures
