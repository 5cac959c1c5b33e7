#include "directory/topology.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <queue>
#include <unordered_map>

namespace hl::directory {

namespace {

constexpr int64_t grid = 10;  // millionths of a degree

struct PlaceHash {
    size_t operator()(Place p) const {
        return std::hash<uint64_t>{}(static_cast<uint64_t>(p.x) * 0x9E3779B97F4A7C15u ^ static_cast<uint64_t>(p.y));
    }
};

int64_t onto_grid(int64_t v) {
    return (v >= 0 ? v + grid / 2 : v - grid / 2) / grid * grid;
}

/// On the grid, without places twice in a row and without spikes (there and back); empty when nothing is left.
Ring tidied(const Ring& ring) {
    Ring out;
    for (size_t i = 0; i + 1 < ring.size(); ++i) {
        const Place p{onto_grid(ring[i].x), onto_grid(ring[i].y)};
        if (!out.empty() && out.back() == p) continue;
        if (out.size() >= 2 && out[out.size() - 2] == p)
            out.pop_back();
        else
            out.push_back(p);
    }
    // The same across its end.
    bool again = true;
    while (again && out.size() >= 3) {
        again = true;
        if (out.front() == out.back())
            out.pop_back();
        else if (out[1] == out.back())
            out.erase(out.begin());
        else if (out.front() == out[out.size() - 2])
            out.pop_back();
        else
            again = false;
    }
    if (out.size() < 3) return {};
    out.push_back(out.front());
    return doubled_area(out) == 0 ? Ring{} : out;
}

/// Which places are ends of arcs: those at which rings come together or part.
class Ends {
  public:
    void add(const Ring& ring) {
        const auto n = ring.size() - 1;
        for (size_t i = 0; i < n; ++i) {
            const auto pair = std::minmax(ring[(i + n - 1) % n], ring[i + 1]);
            const auto [it, fresh] = seen_.try_emplace(ring[i], Sides{pair.first, pair.second, false});
            if (!fresh && (it->second.low != pair.first || it->second.high != pair.second)) it->second.end = true;
        }
    }
    [[nodiscard]] bool at(Place p) const {
        const auto it = seen_.find(p);
        return it != seen_.end() && it->second.end;
    }

  private:
    struct Sides {
        Place low, high;
        bool end;
    };
    std::unordered_map<Place, Sides, PlaceHash> seen_;
};

class Cutter {
  public:
    explicit Cutter(Topology& out) : out_(out) {}
    Topology::ArcRing cut(const Ring& ring, const Ends& ends) {
        const auto n = ring.size() - 1;
        size_t start = n;
        for (size_t i = 0; i < n && start == n; ++i)
            if (ends.at(ring[i])) start = i;
        const bool whole = start == n;
        // A ring that meets nobody: from its least place, so that it is found again whoever runs along it.
        if (whole) start = static_cast<size_t>(std::min_element(ring.begin(), ring.end() - 1) - ring.begin());
        Topology::ArcRing arcs;
        std::vector<Place> arc{ring[start]};
        for (size_t k = 1; k <= n; ++k) {
            arc.push_back(ring[(start + k) % n]);
            if (k == n || (!whole && ends.at(arc.back()))) {
                arcs.push_back(number_of(arc));
                arc = {arc.back()};
            }
        }
        return arcs;
    }

  private:
    int64_t number_of(const std::vector<Place>& arc) {
        std::vector<Place> back(arc.rbegin(), arc.rend());
        const bool turned = back < arc;
        auto& key = turned ? back : arc;
        const auto [it, fresh] = known_.try_emplace(key, static_cast<int64_t>(out_.arcs.size()));
        if (fresh) out_.arcs.push_back(key);
        return turned ? ~it->second : it->second;
    }
    Topology& out_;
    std::map<std::vector<Place>, int64_t> known_;
};

/// How much area each corner holds (Visvalingam and Whyatt, 1993): a corner goes when less would be lost than with any
/// other; ends never go. What a later corner holds is never told to be less than what went before it.
std::vector<double> weights(const std::vector<Place>& arc) {
    const auto n = arc.size();
    std::vector<double> weight(n, INFINITY);
    std::vector<size_t> before(n), after(n);
    for (size_t i = 0; i < n; ++i) before[i] = i - 1, after[i] = i + 1;
    const auto held = [&](size_t i) {
        const auto a = arc[before[i]], b = arc[i], c = arc[after[i]];
        return std::abs(static_cast<double>((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x))) / 2;
    };
    using Entry = std::pair<double, size_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> next;
    std::vector<double> now(n, INFINITY);
    for (size_t i = 1; i + 1 < n; ++i) next.emplace(now[i] = held(i), i);
    double most = 0;
    while (!next.empty()) {
        const auto [area, i] = next.top();
        next.pop();
        if (area != now[i]) continue;  // an older word of it
        most = std::max(most, area);
        weight[i] = most;
        now[i] = -1;
        after[before[i]] = after[i];
        before[after[i]] = before[i];
        for (const auto j : {before[i], after[i]})
            if (j > 0 && j + 1 < n) next.emplace(now[j] = held(j), j);
    }
    return weight;
}

std::vector<Place> kept(const std::vector<Place>& arc, const std::vector<double>& weight, double area, size_t least) {
    std::vector<Place> out;
    for (size_t i = 0; i < arc.size(); ++i)
        if (weight[i] >= area) out.push_back(arc[i]);
    if (out.size() >= least || arc.size() <= least) return arc.size() <= least ? arc : out;
    // The corners that hold most, in their order.
    std::vector<size_t> order(arc.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](size_t l, size_t r) { return weight[l] > weight[r]; });
    order.resize(least);
    std::sort(order.begin(), order.end());
    out.clear();
    for (const auto i : order) out.push_back(arc[i]);
    return out;
}

/// Arcs that touch one another otherwise than in their ends, or that lie on one another.
std::vector<size_t> tangled(const std::vector<std::vector<Place>>& arcs) {
    std::vector<Segment> segments;
    for (uint32_t a = 0; a < arcs.size(); ++a)
        for (uint32_t i = 0; i + 1 < arcs[a].size(); ++i)
            segments.push_back({arcs[a][i], arcs[a][i + 1], a, a, i, static_cast<uint32_t>(arcs[a].size() - 1)});
    std::vector<size_t> out;
    for (const auto& m : meetings(segments, 1'000'000)) {
        if (m.kind == Meeting::touch) continue;
        out.push_back(segments[m.s].owner);
        out.push_back(segments[m.t].owner);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

Ring ring_of(const std::vector<std::vector<Place>>& arcs, const Topology::ArcRing& numbers) {
    Ring out;
    for (const auto n : numbers) {
        const auto& arc = arcs[static_cast<size_t>(n >= 0 ? n : ~n)];
        const auto put = [&](Place p) {
            if (out.empty() || out.back() != p) out.push_back(p);
        };
        if (n >= 0)
            std::for_each(arc.begin(), arc.end(), put);
        else
            std::for_each(arc.rbegin(), arc.rend(), put);
    }
    return out;
}

}  // namespace

size_t Topology::points() const {
    size_t out = 0;
    for (const auto& arc : arcs) out += arc.size();
    return out;
}

Topology cut(const std::vector<Shape>& shapes) {
    std::vector<Shape> tidy;
    Ends ends;
    for (const auto& shape : shapes) {
        Shape s{shape.code, shape.name, {}, shape.feature};
        for (const auto& polygon : shape.polygons) {
            std::vector<Ring> rings;
            for (const auto& ring : polygon) {
                auto t = tidied(ring);
                if (t.empty() && rings.empty()) break;  // an island below a metre, with its lakes
                if (!t.empty()) rings.push_back(std::move(t));
            }
            for (const auto& ring : rings) ends.add(ring);
            if (!rings.empty()) s.polygons.push_back(std::move(rings));
        }
        tidy.push_back(std::move(s));
    }
    Topology out;
    Cutter cutter(out);
    for (const auto& s : tidy) {
        Topology::Object object{s.code, s.name, {}};
        for (const auto& polygon : s.polygons) {
            std::vector<Topology::ArcRing> rings;
            for (const auto& ring : polygon) rings.push_back(cutter.cut(ring, ends));
            object.polygons.push_back(std::move(rings));
        }
        out.objects.push_back(std::move(object));
    }
    return out;
}

Topology simplified(const Topology& topology, double area) {
    Topology out = topology;
    std::vector<std::vector<double>> weight;
    std::vector<double> wanted(topology.arcs.size(), area);
    std::vector<size_t> least(topology.arcs.size(), 2);
    for (size_t a = 0; a < topology.arcs.size(); ++a) {
        const auto& arc = topology.arcs[a];
        weight.push_back(weights(arc));
        if (arc.front() == arc.back()) least[a] = 4;
        out.arcs[a] = kept(arc, weight[a], area, least[a]);
    }
    // A ring of several arcs may lose its area: then they keep more.
    for (int round = 0; round < 60; ++round) {
        auto wrong = tangled(out.arcs);
        for (const auto& object : out.objects)
            for (const auto& polygon : object.polygons)
                for (const auto& numbers : polygon) {
                    const auto ring = ring_of(out.arcs, numbers);
                    if (ring.size() >= 4 && doubled_area(ring) != 0) continue;
                    for (const auto n : numbers) wrong.push_back(static_cast<size_t>(n >= 0 ? n : ~n));
                }
        std::sort(wrong.begin(), wrong.end());
        wrong.erase(std::unique(wrong.begin(), wrong.end()), wrong.end());
        bool changed = false;
        for (const auto a : wrong) {
            if (out.arcs[a].size() == topology.arcs[a].size()) continue;  // as it was given
            wanted[a] = round < 40 ? wanted[a] / 3 : 0;
            least[a] = std::min(least[a] + 1, topology.arcs[a].size());
            out.arcs[a] = kept(topology.arcs[a], weight[a], wanted[a], least[a]);
            changed = true;
        }
        if (!changed) break;
    }
    return out;
}

Topology within_budget(const Topology& topology, size_t bytes) {
    const auto size = [](const Topology& t) { return to_topojson(t, "units").size(); };
    if (size(topology) <= bytes) return topology;
    // Square millionths of a degree: from about a square metre to some square kilometres.
    double low = 1e2, high = 1e10;
    auto best = simplified(topology, high);
    for (int step = 0; step < 14 && high / low > 1.1; ++step) {
        const double middle = std::sqrt(low * high);
        auto tried = simplified(topology, middle);
        if (size(tried) <= bytes) {
            high = middle;
            best = std::move(tried);
        } else {
            low = middle;
        }
    }
    return best;
}

std::vector<Shape> shapes_of(const Topology& topology) {
    std::vector<Shape> out;
    for (const auto& object : topology.objects) {
        Shape s{object.code, object.name, {}, out.size()};
        for (const auto& polygon : object.polygons) {
            std::vector<Ring> rings;
            for (const auto& numbers : polygon) rings.push_back(ring_of(topology.arcs, numbers));
            s.polygons.push_back(std::move(rings));
        }
        out.push_back(std::move(s));
    }
    return out;
}

}  // namespace hl::directory
