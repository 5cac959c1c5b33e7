#include "procedures/draw.h"
#include "procedures/layout.h"

namespace hl::procedures {

namespace {

std::string escaped(std::string_view s) {
    std::string out;
    for (const char c : s) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (static_cast<unsigned char>(c) < 0x20)
            out += ' ';  // not allowed in XML 1.0
        else
            out += c;
    }
    return out;
}

void text_at(std::string& out, int x, int y, std::string_view anchor, std::string_view style, std::string_view text) {
    out += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" class=\"{}\">{}</text>\n", x, y, anchor, style,
                       escaped(text));
}

std::string hours_text(const Step& s) {
    if (!s.counted) return s.pauses ? "dừng đồng hồ" : "không tính giờ";
    if (!s.planned_known) return "chưa ghi giờ";
    const auto minutes = s.planned.count;
    if (minutes % 60 == 0) return fmt::format("{} giờ", minutes / 60);
    return minutes < 60 ? fmt::format("{} phút", minutes) : fmt::format("{} giờ {} phút", minutes / 60, minutes % 60);
}

void draw_node(std::string& out, const GraphNode& n, const Box& b) {
    const int cx = b.x + b.width / 2;
    switch (n.kind) {
        case NodeKind::start:
        case NodeKind::end:
            out += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" class=\"{}\"/>\n", cx, b.middle(), b.width / 2,
                               n.kind == NodeKind::start ? "start" : "end");
            return;
        case NodeKind::split:
        case NodeKind::join:
            out += fmt::format("<path d=\"M{} {} L{} {} L{} {} L{} {} Z\" class=\"gateway\"/>\n", cx, b.y,
                               b.x + b.width, b.middle(), cx, b.y + b.height, b.x, b.middle());
            text_at(out, cx, b.middle() + 7, "middle", "plus", "+");
            return;
        case NodeKind::step:
            break;
    }
    const auto& s = *n.step;
    out += fmt::format("<g><title>{}</title>\n", escaped(s.name + " – " + hours_text(s)));
    out += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\" class=\"step{}\"/>\n", b.x, b.y,
                       b.width, b.height,
                       s.pauses                   ? " pause"
                       : s.kind == StepKind::sign ? " sign"
                                                  : "");
    const auto lines = wrap(s.name, 21, 3);
    int y = b.y + 16 + static_cast<int>(3 - lines.size()) * 7;
    for (const auto& line : lines) {
        text_at(out, cx, y, "middle", "name", line);
        y += 15;
    }
    text_at(out, cx, b.y + b.height - 7, "middle", "hours", hours_text(s));
    out += "</g>\n";
}

}  // namespace

std::string draw_svg(const Release& release) {
    const auto graph = make_graph(release.flow);
    const auto layout = lay_out(graph);
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\" "
        "lang=\"vi\">\n"
        "<title>{2}</title>\n",
        layout.width, layout.height, escaped("Quy trình: " + release.card.name));
    out +=
        "<style>text{font-family:'Noto Sans','DejaVu "
        "Sans',sans-serif;fill:#1b1b1b}.head{font-size:16px;font-weight:600}"
        ".who{font-size:13px;font-weight:600}.name{font-size:12px}.hours{font-size:11px;fill:#505a5f}.plus{font-size:"
        "22px}"
        ".row{fill:none;stroke:#b1b4b6}.label{fill:#f3f2f1;stroke:#b1b4b6}.step{fill:#fff;stroke:#1d70b8;stroke-width:"
        "1.5}"
        ".sign{stroke-width:3}.pause{stroke-dasharray:5 3}.gateway{fill:#fff;stroke:#1b1b1b;stroke-width:1.5}"
        ".start{fill:#fff;stroke:#00703c;stroke-width:2}.end{fill:#fff;stroke:#1b1b1b;stroke-width:4}"
        ".arrow{fill:none;stroke:#1b1b1b;stroke-width:1.3;marker-end:url(#tip)}</style>\n"
        "<defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" "
        "orient=\"auto\">"
        "<path d=\"M0 0 L10 5 L0 10 Z\" fill=\"#1b1b1b\"/></marker></defs>\n";
    auto head = release.procedure.value + " – " + release.card.name;
    const auto fitting = wrap(head, static_cast<size_t>(std::max(20, layout.width / 10)), 1);
    text_at(out, 10, 30, "start", "head", fitting.empty() ? head : fitting[0]);
    if (const auto* desk = release.card.channel(Channel::desk); desk && desk->time)
        text_at(out, 10, 50, "start", "hours", "Thời hạn: " + in_words(*desk->time));
    for (size_t i = 0; i < layout.rows.size(); ++i) {
        const auto& r = layout.rows[i];
        out += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"row\"/>\n", r.x, r.y, r.width,
                           r.height);
        out += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"label\"/>\n", r.x, r.y,
                           label_width, r.height);
        const auto lines = wrap(graph.performers[i], 18, 4);
        int y = r.middle() + 5 - static_cast<int>(lines.size() - 1) * 8;
        for (const auto& line : lines) {
            text_at(out, r.x + label_width / 2, y, "middle", "who", line);
            y += 16;
        }
    }
    for (const auto& [a, b] : graph.arrows) {
        out += "<path d=\"";
        char command = 'M';
        for (const auto& [x, y] : layout.path(a, b)) {
            out += fmt::format("{}{} {} ", command, x, y);
            command = 'L';
        }
        out.back() = '"';
        out += " class=\"arrow\"/>\n";
    }
    for (size_t i = 0; i < graph.nodes.size(); ++i) draw_node(out, graph.nodes[i], layout.boxes[i]);
    return out + "</svg>\n";
}

}  // namespace hl::procedures
