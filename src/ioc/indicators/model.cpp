#include "ioc/indicators/model.h"

#include <stdexcept>

namespace hl::ioc {

namespace {

template <class E>
struct Word {
    E value;
    std::string_view word, vi;
};
constexpr Word<Component> component_words[] = {
    {Component::traffic, "traffic", "Giám sát, điều hành giao thông"},
    {Component::public_security, "public_security", "An ninh, trật tự công cộng"},
    {Component::press, "press", "Báo chí, truyền thông"},
    {Component::administrative_services, "administrative_services", "Dịch vụ hành chính công"},
    {Component::network_security, "network_security", "An toàn thông tin mạng"},
    {Component::socio_economy, "socio_economy", "Kinh tế - xã hội"},
    {Component::health, "health", "Y tế"},
    {Component::education, "education", "Giáo dục"},
    {Component::citizens_questions, "citizens_questions", "Hỏi đáp người dân"},
    {Component::data_analysis, "data_analysis", "Phân tích dữ liệu"},
    {Component::field_reports, "field_reports", "Phản ánh hiện trường"}};
constexpr Word<Dimension> dimension_words[] = {{Dimension::agency, "agency", ""},
                                               {Dimension::unit, "unit", ""},
                                               {Dimension::procedure, "procedure", ""},
                                               {Dimension::sector, "sector", ""},
                                               {Dimension::channel, "channel", ""}};
constexpr Word<Measure> measure_words[] = {{Measure::count, "count", ""}, {Measure::sum, "sum", ""},
                                           {Measure::ratio, "ratio", ""}, {Measure::min, "min", ""},
                                           {Measure::max, "max", ""},     {Measure::quantile, "quantile", ""},
                                           {Measure::stock, "stock", ""}, {Measure::distinct, "distinct", ""}};
constexpr Word<Direction> direction_words[] = {
    {Direction::up, "up", ""}, {Direction::down, "down", ""}, {Direction::neutral, "neutral", ""}};
constexpr Word<Grade> grade_words[] = {{Grade::signed_events, "signed_events", "tính từ sổ cái đã ký"},
                                       {Grade::official, "official", "số liệu chính thức do cơ quan công bố"},
                                       {Grade::reported, "reported", "số liệu do cơ quan báo cáo"},
                                       {Grade::estimated, "estimated", "số liệu ước tính"}};
constexpr Word<AlertRule::Kind> kind_words[] = {
    {AlertRule::Kind::above, "above", ""}, {AlertRule::Kind::below, "below", ""},
    {AlertRule::Kind::rise, "rise", ""},   {AlertRule::Kind::fall, "fall", ""},
    {AlertRule::Kind::stale, "stale", ""}, {AlertRule::Kind::absent, "absent", ""}};

template <class E, size_t N>
const Word<E>& row(const Word<E> (&rows)[N], E value) {
    for (const auto& r : rows)
        if (r.value == value) return r;
    throw std::logic_error("a value has no word");
}
template <class E, size_t N>
std::optional<E> value(const Word<E> (&rows)[N], std::string_view word) {
    for (const auto& r : rows)
        if (r.word == word) return r.value;
    return std::nullopt;
}

}  // namespace

std::string_view to_string(Component c) {
    return row(component_words, c).word;
}
std::string_view name_of(Component c) {
    return row(component_words, c).vi;
}
std::optional<Component> component_from(std::string_view word) {
    return value(component_words, word);
}
const std::vector<Component>& all_components() {
    static const std::vector<Component> all = [] {
        std::vector<Component> out;
        for (const auto& r : component_words) out.push_back(r.value);
        return out;
    }();
    return all;
}
std::string_view to_string(Dimension d) {
    return row(dimension_words, d).word;
}
std::optional<Dimension> dimension_from(std::string_view word) {
    return value(dimension_words, word);
}
std::string_view to_string(Measure m) {
    return row(measure_words, m).word;
}
std::string_view to_string(Direction d) {
    return row(direction_words, d).word;
}
std::string_view to_string(Grade g) {
    return row(grade_words, g).word;
}
std::string_view name_of(Grade g) {
    return row(grade_words, g).vi;
}
std::string_view to_string(AlertRule::Kind k) {
    return row(kind_words, k).word;
}

}  // namespace hl::ioc
