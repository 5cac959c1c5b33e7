// Where segments meet: exact, in whole numbers, by a sweep from west to east.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "directory/topology.h"

namespace hl::directory {

namespace {

/// Positive: c lies to the left of a → b. Differences of places in Việt Nam are below 2e7, so products fit.
int64_t turn(Place a, Place b, Place c) {
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}
int sign(int64_t v) {
    return v > 0 ? 1 : v < 0 ? -1 : 0;
}
bool within_box(Place a, Place b, Place p) {
    return p.x >= std::min(a.x, b.x) && p.x <= std::max(a.x, b.x) && p.y >= std::min(a.y, b.y) &&
           p.y <= std::max(a.y, b.y);
}

bool neighbours(const Segment& s, const Segment& t) {
    if (s.owner != t.owner || s.ring != t.ring) return false;
    const auto apart = s.index > t.index ? s.index - t.index : t.index - s.index;
    return apart == 1 || (s.length > 0 && apart == s.length - 1);
}

}  // namespace

Place place_of(double longitude, double latitude) {
    return {std::llround(longitude * 1e6), std::llround(latitude * 1e6)};
}

std::string in_words(Place p, bool english) {
    const auto one = [](int64_t v) {
        return fmt::format("{}{}.{:06}", v < 0 ? "-" : "", std::abs(v) / 1'000'000, std::abs(v) % 1'000'000);
    };
    auto out = english ? fmt::format("{}°E {}°N", one(p.x), one(p.y)) : fmt::format("{}°Đ {}°B", one(p.x), one(p.y));
    if (!english) std::replace(out.begin(), out.end(), '.', ',');
    return out;
}

int64_t doubled_area(const Ring& ring) {
    int64_t out = 0;
    for (size_t i = 0; i + 1 < ring.size(); ++i) {
        // From the first place, so that numbers stay small.
        const auto ax = ring[i].x - ring[0].x, ay = ring[i].y - ring[0].y, bx = ring[i + 1].x - ring[0].x,
                   by = ring[i + 1].y - ring[0].y;
        out += ax * by - ay * bx;
    }
    return out;
}

bool inside(Place p, const std::vector<Ring>& polygon) {
    bool in = false;
    for (const auto& ring : polygon)
        for (size_t i = 0; i + 1 < ring.size(); ++i) {
            const auto a = ring[i], b = ring[i + 1];
            const auto side = turn(a, b, p);
            if (side == 0 && within_box(a, b, p)) return false;  // on the border
            if ((a.y > p.y) != (b.y > p.y) && (side > 0) == (b.y > a.y)) in = !in;
        }
    return in;
}

Meeting meeting(const Segment& s, const Segment& t) {
    const int a = sign(turn(s.a, s.b, t.a)), b = sign(turn(s.a, s.b, t.b)), c = sign(turn(t.a, t.b, s.a)),
              d = sign(turn(t.a, t.b, s.b));
    if (a == 0 && b == 0) {  // on one line
        const auto along = [](Place p) { return std::pair{p.x, p.y}; };
        const auto s0 = std::min(along(s.a), along(s.b)), s1 = std::max(along(s.a), along(s.b)),
                   t0 = std::min(along(t.a), along(t.b)), t1 = std::max(along(t.a), along(t.b));
        const auto low = std::max(s0, t0), high = std::min(s1, t1);
        return low < high ? Meeting::overlap : low == high ? Meeting::touch : Meeting::none;
    }
    if (a * b < 0 && c * d < 0) return Meeting::cross;
    if (s.a == t.a || s.a == t.b || s.b == t.a || s.b == t.b) return Meeting::touch;
    const bool corner = (a == 0 && within_box(s.a, s.b, t.a)) || (b == 0 && within_box(s.a, s.b, t.b)) ||
                        (c == 0 && within_box(t.a, t.b, s.a)) || (d == 0 && within_box(t.a, t.b, s.b));
    return corner ? Meeting::corner : Meeting::none;
}

std::vector<Met> meetings(const std::vector<Segment>& segments, size_t most) {
    struct Box {
        int64_t west, east, south, north;
    };
    std::vector<Box> boxes;
    boxes.reserve(segments.size());
    for (const auto& s : segments)
        boxes.push_back(
            {std::min(s.a.x, s.b.x), std::max(s.a.x, s.b.x), std::min(s.a.y, s.b.y), std::max(s.a.y, s.b.y)});
    std::vector<uint32_t> order(segments.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), [&](uint32_t l, uint32_t r) { return boxes[l].west < boxes[r].west; });
    std::vector<Met> out;
    for (size_t i = 0; i < order.size(); ++i) {
        const auto& s = boxes[order[i]];
        for (size_t j = i + 1; j < order.size() && boxes[order[j]].west <= s.east; ++j) {
            const auto& t = boxes[order[j]];
            if (t.south > s.north || t.north < s.south) continue;
            const auto kind = meeting(segments[order[i]], segments[order[j]]);
            if (kind == Meeting::none) continue;
            if (kind == Meeting::touch && (segments[order[i]].owner != segments[order[j]].owner ||
                                           neighbours(segments[order[i]], segments[order[j]])))
                continue;
            out.push_back({order[i], order[j], kind});
            if (out.size() >= most) return out;
        }
    }
    return out;
}

}  // namespace hl::directory
