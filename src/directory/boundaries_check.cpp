// What must hold of boundaries before they are stored.
#include <algorithm>
#include <cmath>
#include <map>

#include "directory/boundaries.h"

namespace hl::directory {

namespace {

constexpr size_t most_mistakes = 200;
constexpr size_t most_meetings = 4'000'000;

/// Việt Nam's archipelagos and the provinces they belong to since 1 July 2025 (codes of Decision 19/2025/QĐ-TTg): a map
/// of the country without them may not be shown.
struct Archipelago {
    std::string_view vi, code, province;
    Place low, high;
};
constexpr Archipelago archipelagos[] = {
    {"Hoàng Sa", "48", "Đà Nẵng", {111'000'000, 15'600'000}, {113'000'000, 17'300'000}},
    {"Trường Sa", "56", "Khánh Hòa", {111'200'000, 6'800'000}, {118'000'000, 12'100'000}},
};

std::string named(const Shape& s) {
    return s.name.empty() ? s.code : fmt::format("{} {}", s.code, s.name);
}

class Mistakes {
  public:
    Mistakes(BoundaryReport& report, std::string_view name) : report_(report), name_(name) {}
    void error(const Shape* s, std::string code, std::string vi, std::string en) {
        add(report_.errors, s, std::move(code), std::move(vi), std::move(en));
    }
    void warning(const Shape* s, std::string code, std::string vi, std::string en) {
        add(report_.warnings, s, std::move(code), std::move(vi), std::move(en));
    }

  private:
    void add(std::vector<Error>& to, const Shape* s, std::string code, std::string vi, std::string en) {
        if (to.size() >= most_mistakes) return;
        to.push_back({ErrorKind::invalid, std::move(code), std::move(vi), std::move(en),
                      s ? fmt::format("{}: features[{}] ({})", name_, s->feature, s->code) : std::string{name_}});
    }
    BoundaryReport& report_;
    std::string_view name_;
};

/// Outer rings counter-clockwise, holes clockwise. RFC 7946 §3.1.6 asks readers not to refuse the other way round:
/// it is turned, and said.
void turn(BoundaryReport& report, Mistakes& say) {
    for (auto& shape : report.shapes) {
        size_t turned = 0;
        for (auto& polygon : shape.polygons)
            for (size_t r = 0; r < polygon.size(); ++r)
                if ((doubled_area(polygon[r]) > 0) != (r == 0)) {
                    std::reverse(polygon[r].begin(), polygon[r].end());
                    ++turned;
                }
        if (turned > 0)
            say.warning(&shape, "boundaries.winding",
                        fmt::format("{} vòng ngược chiều (RFC 7946 §3.1.6: vòng ngoài ngược chiều kim đồng hồ, vòng "
                                    "trong cùng chiều); đã đảo lại.",
                                    turned),
                        fmt::format("{} rings wound the wrong way (RFC 7946 §3.1.6: outer ones counter-clockwise, "
                                    "holes clockwise); they were turned.",
                                    turned));
    }
}

/// Sources drawn by several hands differ by some metres along a border: that is said and not refused.
constexpr double most_lap = 500;  // millionths of a degree, about fifty metres

double distance(Place p, Place a, Place b) {
    const auto dx = static_cast<double>(b.x - a.x), dy = static_cast<double>(b.y - a.y),
               px = static_cast<double>(p.x - a.x), py = static_cast<double>(p.y - a.y);
    const double t = std::clamp((px * dx + py * dy) / (dx * dx + dy * dy), 0.0, 1.0);
    return std::hypot(px - t * dx, py - t * dy);
}
/// Does `a` lie in `b` further from its border than differences in drawing reach: with a corner, or along one of the
/// segments that cross?
bool deep(const Shape& a, const Shape& b, const std::vector<Segment>& crossing) {
    const auto far = [&](Place p, const std::vector<Ring>& polygon) {
        if (!inside(p, polygon)) return false;
        for (const auto& ring : polygon)
            for (size_t i = 0; i + 1 < ring.size(); ++i)
                if (distance(p, ring[i], ring[i + 1]) <= most_lap) return false;
        return true;
    };
    const auto in_b = [&](Place p) {
        return std::any_of(b.polygons.begin(), b.polygons.end(), [&](const auto& polygon) { return far(p, polygon); });
    };
    for (const auto& own : a.polygons)
        if (std::any_of(own.front().begin(), own.front().end(), in_b)) return true;
    constexpr int64_t parts = 16;
    for (const auto& s : crossing)
        for (int64_t i = 1; i < parts; ++i)
            if (in_b({s.a.x + (s.b.x - s.a.x) * i / parts, s.a.y + (s.b.y - s.a.y) * i / parts})) return true;
    return false;
}

void check_holes(const BoundaryReport& report, Mistakes& say) {
    for (const auto& shape : report.shapes)
        for (const auto& polygon : shape.polygons)
            for (size_t r = 1; r < polygon.size(); ++r) {
                // Some corner of a hole lies within; a hole may touch the outer ring in one corner.
                const std::vector<Ring> outer{polygon.front()};
                if (std::none_of(polygon[r].begin(), polygon[r].end(), [&](Place p) { return inside(p, outer); }))
                    say.error(&shape, "boundaries.hole",
                              fmt::format("Vòng trong {} không nằm trong vòng ngoài, tại {}.", r,
                                          in_words(polygon[r].front(), false)),
                              fmt::format("Hole {} does not lie within its outer ring, at {}.", r,
                                          in_words(polygon[r].front(), true)));
            }
}

}  // namespace

void check_rings(BoundaryReport& report, std::string_view name) {
    Mistakes say(report, name);
    turn(report, say);
    check_holes(report, say);

    std::vector<Segment> segments;
    uint32_t ring = 0;
    for (uint32_t owner = 0; owner < report.shapes.size(); ++owner)
        for (const auto& polygon : report.shapes[owner].polygons)
            for (const auto& r : polygon) {
                const auto length = static_cast<uint32_t>(r.size() - 1);
                for (uint32_t i = 0; i < length; ++i) segments.push_back({r[i], r[i + 1], owner, ring, i, length});
                ++ring;
            }
    const auto met = meetings(segments, most_meetings);
    std::map<std::pair<uint32_t, uint32_t>, std::pair<size_t, Place>> overlaps, slivers;
    std::map<std::pair<uint32_t, uint32_t>, std::pair<std::vector<Segment>, std::vector<Segment>>> crossings;
    for (const auto& m : met) {
        const auto &s = segments[m.s], &t = segments[m.t];
        const auto* shape = &report.shapes[s.owner];
        if (s.owner == t.owner) {
            const bool same = s.ring == t.ring;
            if (m.kind == Meeting::touch) {
                if (same)
                    say.warning(shape, "boundaries.pinched",
                                fmt::format("Vòng chạm chính nó tại {}.", in_words(s.a, false)),
                                fmt::format("The ring touches itself at {}.", in_words(s.a, true)));
                continue;
            }
            say.error(shape, same ? "boundaries.crosses_itself" : "boundaries.rings_cross",
                      fmt::format("{} gần {}.", same ? "Vòng tự cắt" : "Các vòng cắt nhau", in_words(s.a, false)),
                      fmt::format("{} near {}.", same ? "The ring crosses itself" : "Its rings cross one another",
                                  in_words(s.a, true)));
            continue;
        }
        const std::pair key{std::min(s.owner, t.owner), std::max(s.owner, t.owner)};
        // Neighbours run along a common border in opposite directions; in the same direction they lie on one another.
        if (s.a == t.a && s.b == t.b) {
            ++overlaps.try_emplace(key, 0, s.a).first->second.first;
        } else if (m.kind == Meeting::cross) {
            auto& found = crossings[key];
            for (const auto* one : {&s, &t}) (one->owner == key.first ? found.first : found.second).push_back(*one);
        } else if (m.kind == Meeting::corner || (m.kind == Meeting::overlap && !(s.a == t.b && s.b == t.a))) {
            ++slivers.try_emplace(key, 0, s.a).first->second.first;
        }
    }
    for (const auto& [pair, found] : crossings) {
        const auto &a = report.shapes[pair.first], &b = report.shapes[pair.second];
        const auto places = found.first.size();
        const auto near = found.first.front().a;
        if (deep(a, b, found.first) || deep(b, a, found.second)) {
            overlaps.insert({pair, {places, near}});
        } else if (!overlaps.contains(pair)) {
            slivers.erase(pair);
            say.warning(&a, "boundaries.lap",
                        fmt::format("Chồng lên {} vài mét ở {} chỗ, gần {}.", named(b), places, in_words(near, false)),
                        fmt::format("Laps over {} by some metres in {} places, near {}.", named(b), places,
                                    in_words(near, true)));
        }
    }
    for (const auto& [pair, found] : overlaps) {
        const auto &a = report.shapes[pair.first], &b = report.shapes[pair.second];
        say.error(
            &a, "boundaries.overlap",
            fmt::format("Chồng lên {} ở {} chỗ, gần {}.", named(b), found.first, in_words(found.second, false)),
            fmt::format("Overlaps {} in {} places, near {}.", named(b), found.first, in_words(found.second, true)));
    }
    for (const auto& [pair, found] : slivers) {
        if (overlaps.contains(pair)) continue;
        const auto &a = report.shapes[pair.first], &b = report.shapes[pair.second];
        say.warning(&a, "boundaries.corner",
                    fmt::format("Đường chung với {} thiếu điểm chung ở {} chỗ, gần {}: khi làm gọn có thể hở.",
                                named(b), found.first, in_words(found.second, false)),
                    fmt::format("The border with {} lacks common points in {} places, near {}: a gap may open there.",
                                named(b), found.first, in_words(found.second, true)));
    }
    // One whole within another crosses nothing.
    for (const auto& a : report.shapes)
        for (const auto& b : report.shapes) {
            if (&a == &b) continue;
            const bool within = std::any_of(a.polygons.begin(), a.polygons.end(), [&](const auto& p) {
                return std::any_of(b.polygons.begin(), b.polygons.end(),
                                   [&](const auto& q) { return inside(p.front().front(), q); });
            });
            const auto one = static_cast<uint32_t>(&a - report.shapes.data()),
                       two = static_cast<uint32_t>(&b - report.shapes.data());
            const std::pair pair{std::min(one, two), std::max(one, two)};
            if (within && !overlaps.contains(pair) && !crossings.contains(pair))
                say.error(&a, "boundaries.overlap", fmt::format("Nằm trong {}.", named(b)),
                          fmt::format("Lies within {}.", named(b)));
        }
    if (met.size() >= most_meetings)
        say.error(nullptr, "boundaries.tangled", "Ranh giới cắt nhau quá nhiều để liệt kê.",
                  "The boundaries cross in more places than can be listed.");
}

void check_units(BoundaryReport& report, std::string_view name, BoundaryLayer layer, const Directory& directory,
                 Date d) {
    Mistakes say(report, name);
    std::map<std::string, size_t> times;
    for (const auto& s : report.shapes)
        if (++times[s.code] == 2)
            say.error(&s, "boundaries.twice",
                      fmt::format("Mã {} có nhiều hơn một đối tượng; hãy gộp thành MultiPolygon.", s.code),
                      fmt::format("Code {} has more than one feature; make them one MultiPolygon.", s.code));

    if (layer == BoundaryLayer::country) {
        const auto* own = directory.unit(directory.province());
        const auto* version = own ? own->at(d) : nullptr;
        if (version && !times.contains(version->code))
            say.error(nullptr, "boundaries.own_province",
                      fmt::format("Thiếu {} (mã {}).", version->name, version->code),
                      fmt::format("{} (code {}) is missing.", version->name, version->code));
        for (const auto& a : archipelagos) {
            const auto within = [&](Place p) {
                return p.x >= a.low.x && p.x <= a.high.x && p.y >= a.low.y && p.y <= a.high.y;
            };
            bool there = false;
            for (const auto& s : report.shapes)
                for (const auto& polygon : s.polygons)
                    if (within(polygon.front().front())) {
                        there = there || s.code == a.code;
                        if (s.code != a.code)
                            say.error(&s, "boundaries.archipelago",
                                      fmt::format("Quần đảo {} thuộc {} (mã {}), không thuộc mã {}.", a.vi, a.province,
                                                  a.code, s.code),
                                      fmt::format("{} belongs to {} (code {}), not to code {}.", a.vi, a.province,
                                                  a.code, s.code));
                    }
            if (!there)
                say.error(nullptr, "boundaries.archipelago",
                          fmt::format("Thiếu quần đảo {} trong ranh giới {} (mã {}).", a.vi, a.province, a.code),
                          fmt::format("The archipelago {} is missing from {} (code {}).", a.vi, a.province, a.code));
        }
        return;
    }

    std::map<std::string, const UnitVersion*> wanted;
    for (const auto* unit : directory.units_at(d, UnitLevel::commune))
        if (const auto* version = unit->at(d)) wanted[version->code] = version;
    for (const auto& s : report.shapes)
        if (!wanted.contains(s.code))
            say.error(&s, "boundaries.unknown_code",
                      fmt::format("Danh mục không có xã, phường, đặc khu mã {} vào ngày {}.", s.code, to_vietnamese(d)),
                      fmt::format("The directory has no commune {} on {}.", s.code, to_iso(d)));
    for (const auto& [code, version] : wanted)
        if (!times.contains(code))
            say.error(nullptr, "boundaries.missing", fmt::format("Thiếu {} (mã {}).", version->name, code),
                      fmt::format("{} (code {}) is missing.", version->name, code));
    // Coordinates of an island are easily lost: it borders nobody.
    for (const auto& s : report.shapes) {
        const auto unit = wanted.find(s.code);
        if (unit == wanted.end() || unit->second->kind != UnitKind::special_zone) continue;
        std::vector<Place> places;
        for (const auto& polygon : s.polygons)
            places.insert(places.end(), polygon.front().begin(), polygon.front().end());
        std::sort(places.begin(), places.end());
        for (const auto& other : report.shapes) {
            if (&other == &s) continue;
            for (const auto& polygon : other.polygons)
                if (std::any_of(polygon.front().begin(), polygon.front().end(),
                                [&](Place p) { return std::binary_search(places.begin(), places.end(), p); })) {
                    say.error(
                        &s, "boundaries.island",
                        fmt::format("{} là đảo nhưng ranh giới chạm {}.", unit->second->name, named(other)),
                        fmt::format("{} is an island, but its boundary touches {}.", unit->second->name, named(other)));
                    break;
                }
        }
    }
}

}  // namespace hl::directory
