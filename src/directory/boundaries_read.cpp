// GeoJSON (RFC 7946) into shapes; every mistake with its feature.
#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "directory/boundaries.h"

namespace hl::directory {

namespace {

constexpr size_t most_points = 4'000'000;
constexpr size_t most_mistakes = 200;

class GeoReader {
  public:
    GeoReader(BoundaryReport& out, std::string_view name) : out_(out), name_(name) {}

    void file(std::string_view bytes) {
        // A mark of byte order is no JSON, but editors write it.
        if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
        auto parsed = parse_json(bytes);
        if (!parsed.ok()) {
            auto error = std::move(parsed).error();
            error.at = std::string{name_} + (error.at.empty() ? "" : ": " + error.at);
            out_.errors.push_back(std::move(error));
            return;
        }
        const auto* root = parsed->if_object();
        const auto* type = root ? text_of(*root, "type") : nullptr;
        const auto* features = root ? root->if_contains("features") : nullptr;
        if (!type || *type != "FeatureCollection" || !features || !features->is_array()) {
            wrong("boundaries.collection", "Tệp phải là GeoJSON FeatureCollection.",
                  "The file must be a GeoJSON FeatureCollection.", {});
            return;
        }
        if (const auto* crs = root->if_contains("crs"); crs && !is_wgs84(*crs)) {
            wrong("boundaries.crs", "Tọa độ phải là kinh độ, vĩ độ WGS 84 (CRS84); hãy chuyển hệ tọa độ trước.",
                  "Coordinates must be longitude and latitude of WGS 84 (CRS84); convert them first.", {});
            return;
        }
        for (size_t n = 0; n < features->get_array().size(); ++n) {
            if (out_.errors.size() >= most_mistakes || out_.points > most_points) break;
            feature(features->get_array()[n], n);
        }
        if (out_.points > most_points)
            wrong("boundaries.too_many_points", "Tệp có quá nhiều điểm (hơn 4 triệu).",
                  "The file has too many points (more than 4 million).", {});
        if (features->get_array().empty())
            wrong("boundaries.empty", "Tệp không có đối tượng nào.", "The file has no features.", {});
    }

  private:
    static const json::string* text_of(const json::object& o, std::string_view key) {
        const auto* v = o.if_contains(key);
        return v ? v->if_string() : nullptr;
    }
    static bool is_wgs84(const json::value& crs) {
        const auto text = json::serialize(crs);
        return text.find("CRS84") != std::string::npos || text.find("4326") != std::string::npos;
    }
    void wrong(std::string code, std::string vi, std::string en, std::string at) {
        out_.errors.push_back({ErrorKind::invalid, std::move(code), std::move(vi), std::move(en),
                               at.empty() ? std::string{name_} : fmt::format("{}: {}", name_, at)});
    }

    void feature(const json::value& value, size_t n) {
        const auto at = fmt::format("features[{}]", n);
        const auto* f = value.if_object();
        const auto* properties = f && f->if_contains("properties") ? f->at("properties").if_object() : nullptr;
        const auto* geometry = f && f->if_contains("geometry") ? f->at("geometry").if_object() : nullptr;
        if (!f || !text_of(*f, "type") || *text_of(*f, "type") != "Feature" || !properties)
            return wrong("boundaries.feature", "Đối tượng phải là Feature có properties.",
                         "Every item must be a Feature with properties.", at);
        Shape shape;
        shape.feature = n;
        if (const auto* code = text_of(*properties, "code")) shape.code = text::trim(std::string_view{*code});
        if (const auto* number = properties->if_contains("code"); number && number->is_int64())
            shape.code = std::to_string(number->get_int64());
        for (const auto* key : {"fullName", "full_name", "name"})
            if (const auto* name = text_of(*properties, key); name && shape.name.empty())
                shape.name = text::normalise(std::string_view{*name}.substr(0, 400));
        if (shape.code.empty() || shape.code.size() > 20)
            return wrong("boundaries.code", "Thiếu mã đơn vị: properties.code phải là mã thống kê (ví dụ \"19333\").",
                         "The unit's code is missing: properties.code is its statistics code (\"19333\").", at);
        const auto where = fmt::format("features[{}] ({})", n, shape.code);
        const auto* type = geometry ? text_of(*geometry, "type") : nullptr;
        const auto* coordinates = geometry ? geometry->if_contains("coordinates") : nullptr;
        if (!type || !coordinates || !coordinates->is_array() || (*type != "Polygon" && *type != "MultiPolygon"))
            return wrong("boundaries.geometry", "Ranh giới phải là Polygon hoặc MultiPolygon.",
                         "A boundary must be a Polygon or a MultiPolygon.", where);
        bool good = true;
        if (*type == "Polygon") {
            good = polygon(coordinates->get_array(), shape, where);
        } else {
            for (const auto& one : coordinates->get_array()) {
                const auto* rings = one.if_array();
                if (!rings) wrong("boundaries.geometry", "Sai cấu trúc MultiPolygon.", "Not a MultiPolygon.", where);
                good = good && rings && polygon(*rings, shape, where);
            }
        }
        if (good && shape.polygons.empty()) {
            wrong("boundaries.geometry", "Ranh giới rỗng.", "The boundary is empty.", where);
            good = false;
        }
        if (good) out_.shapes.push_back(std::move(shape));
    }

    bool polygon(const json::array& rings, Shape& shape, const std::string& where) {
        std::vector<Ring> out;
        for (size_t n = 0; n < rings.size(); ++n) {
            const auto* list = rings[n].if_array();
            const auto at = fmt::format("{}, vòng {}", where, n);
            if (!list || list->size() < 4) {
                wrong("boundaries.ring", "Một vòng cần ít nhất bốn điểm, điểm cuối trùng điểm đầu.",
                      "A ring needs at least four points, the last one as the first.", at);
                return false;
            }
            Ring ring;
            for (size_t i = 0; i < list->size(); ++i) {
                const auto p = position((*list)[i], fmt::format("{}, điểm {}", at, i));
                if (!p) return false;
                // The same place twice in a row says nothing.
                if (ring.empty() || ring.back() != *p) ring.push_back(*p);
            }
            out_.points += list->size();
            if (ring.front() != ring.back()) {
                wrong("boundaries.open", "Vòng chưa khép kín: điểm cuối phải trùng điểm đầu.",
                      "The ring is not closed: its last point must be its first.", at);
                return false;
            }
            if (ring.size() < 4 || doubled_area(ring) == 0) {
                wrong("boundaries.flat", "Vòng không có diện tích.", "The ring has no area.", at);
                return false;
            }
            out.push_back(std::move(ring));
        }
        if (!out.empty()) shape.polygons.push_back(std::move(out));
        return true;
    }

    std::optional<Place> position(const json::value& value, const std::string& at) {
        const auto* pair = value.if_array();
        double v[2] = {};
        for (size_t i = 0; i < 2; ++i) {
            if (!pair || pair->size() < 2 || !(*pair)[i].is_number()) {
                wrong("boundaries.position", "Mỗi điểm là [kinh độ, vĩ độ].", "A point is [longitude, latitude].", at);
                return std::nullopt;
            }
            v[i] = (*pair)[i].to_number<double>();
        }
        // Where Việt Nam lies, the sea with Hoàng Sa and Trường Sa included.
        const auto fits = [](double lon, double lat) { return lon >= 102 && lon <= 118 && lat >= 6 && lat <= 24; };
        if (fits(v[0], v[1])) return place_of(v[0], v[1]);
        if (fits(v[1], v[0]))
            wrong("boundaries.swapped", "Kinh độ và vĩ độ bị đổi chỗ: GeoJSON ghi [kinh độ, vĩ độ].",
                  "Longitude and latitude are swapped: GeoJSON has [longitude, latitude].", at);
        else if (std::abs(v[0]) > 180 || std::abs(v[1]) > 90)
            wrong("boundaries.projected",
                  "Không phải độ: tọa độ có vẻ thuộc hệ chiếu phẳng (VN-2000); hãy chuyển sang WGS 84.",
                  "These are no degrees: they look projected (VN-2000); convert them to WGS 84.", at);
        else
            wrong("boundaries.extent", fmt::format("Điểm nằm ngoài Việt Nam: {:.5f}, {:.5f}.", v[0], v[1]),
                  fmt::format("The point lies outside Việt Nam: {:.5f}, {:.5f}.", v[0], v[1]), at);
        return std::nullopt;
    }

    BoundaryReport& out_;
    std::string_view name_;
};

}  // namespace

BoundaryReport read_boundaries(std::string_view bytes, std::string_view name) {
    BoundaryReport out;
    GeoReader(out, name).file(bytes);
    return out;
}

}  // namespace hl::directory
