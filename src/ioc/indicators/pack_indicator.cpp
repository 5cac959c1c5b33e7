// One indicator of a pack's file, and the file around it.
#include <regex>

#include "ioc/indicators/pack_reader.h"

namespace hl::ioc {

namespace {

constexpr Direction directions[] = {Direction::up, Direction::down, Direction::neutral};
constexpr Grade grades[] = {Grade::signed_events, Grade::official, Grade::reported, Grade::estimated};
constexpr AlertRule::Kind alert_kinds[] = {AlertRule::Kind::above, AlertRule::Kind::below, AlertRule::Kind::rise,
                                           AlertRule::Kind::fall,  AlertRule::Kind::stale, AlertRule::Kind::absent};

std::optional<double> number(YamlReader& in, std::string_view key) {
    const auto text = in.optional_text(key, 40);
    if (!text) return std::nullopt;
    double v = 0;
    const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), v);
    if (problem == std::errc{} && end == text->data() + text->size() && std::isfinite(v) && std::abs(v) < 1e15)
        return v;
    in.fail(key, "indicator.number", "phải là một số, phần lẻ viết sau dấu chấm",
            "must be a number, with a decimal point");
    return std::nullopt;
}

void names(YamlReader& in, std::string_view key, std::string& vi, std::string& en) {
    if (!in.has(key)) return in.fail(key, "yaml.missing", "thiếu giá trị", "a value is missing");
    in.mapping(key, [&](YamlReader& n) {
        vi = n.text("vi");
        en = n.text("en");
    });
}

std::optional<int> minute_of_day(YamlReader& in, std::string_view key) {
    const auto text = in.text(key, 5);
    static const std::regex shape("([01][0-9]|2[0-3]):([0-5][0-9])");
    std::smatch m;
    if (std::regex_match(text, m, shape)) return std::stoi(m[1]) * 60 + std::stoi(m[2]);
    in.fail(key, "indicator.time", "giờ viết như 22:00 (trong dấu nháy)",
            "a time of day is written like 22:00 (quoted)");
    return std::nullopt;
}

Supplied read_supplied(YamlReader& in) {
    Supplied out;
    out.grain = word_of(in, "grain", all_grains, Grain::month, true);
    if (out.grain == Grain::hour || out.grain == Grain::week)
        in.fail("grain", "indicator.grain", "số liệu nhập theo ngày, tháng, quý, nửa năm, năm hoặc 5 năm",
                "values are supplied by day, month, quarter, half, year or five years");
    const auto how = in.text_or("aggregate", "none", 10);
    if (how == "sum")
        out.aggregate = Aggregate::sum;
    else if (how == "last")
        out.aggregate = Aggregate::last;
    else if (how == "average")
        out.aggregate = Aggregate::average;
    else if (how != "none")
        in.fail("aggregate", "indicator.aggregate", "phải là none, sum, last hoặc average",
                "must be none, sum, last or average");
    out.least = number(in, "min");
    out.most = number(in, "max");
    out.decimals = static_cast<int>(in.integer("decimals", 0, 6).value_or(2));
    return out;
}

}  // namespace

AlertRule read_alert(YamlReader& in) {
    AlertRule out;
    out.id = in.text("id", 80);
    out.kind = word_of(in, "kind", alert_kinds, AlertRule::Kind::above, true);
    out.grain = word_of(in, "grain", all_grains, Grain::day);
    const auto each = in.text_or("each", "province", 20);
    out.each_agency = each == "agency";
    if (each != "agency" && each != "province")
        in.fail("each", "indicator.alert", "phải là province hoặc agency", "must be province or agency");
    const bool has_limit = out.kind != AlertRule::Kind::absent;
    const auto raise = number(in, "raise");
    if (has_limit && !raise && !in.has("raise"))
        in.fail("raise", "yaml.missing", "thiếu giá trị", "a value is missing");
    out.raise = raise.value_or(0);
    out.clear = number(in, "clear").value_or(out.raise);
    const bool falls = out.kind == AlertRule::Kind::below || out.kind == AlertRule::Kind::fall;
    if (has_limit && (falls && out.kind == AlertRule::Kind::below ? out.clear < out.raise : out.clear > out.raise))
        in.fail("clear", "indicator.alert", "mức hết cảnh báo phải ở phía bình thường của mức báo",
                "the level at which it is over must be on the calm side of the one that raises it");
    out.hold_minutes = in.integer("hold_minutes", 0, 60 * 24 * 30).value_or(0);
    out.critical = in.boolean("critical", false);
    in.mapping("quiet", [&](YamlReader& q) {
        const auto from = minute_of_day(q, "from"), to = minute_of_day(q, "to");
        if (from && to) out.quiet = std::pair{*from, *to};
    });
    names(in, "text", out.vi, out.en);
    return out;
}

Indicator read_indicator(Members in) {
    Indicator out;
    auto& own = in.own;
    out.place = own.place();
    out.code = own.text("code", 60);
    static const std::regex shape("[A-Z0-9][A-Z0-9_.-]{1,59}");
    if (!out.code.empty() && !std::regex_match(out.code, shape))
        own.fail("code", "indicator.code", "mã gồm chữ hoa không dấu, số, dấu chấm, gạch nối, gạch dưới",
                 "a code has capital letters, digits, dots, hyphens and underscores");
    names(own, "name", out.vi, out.en);
    names(own, "formula", out.formula_vi, out.formula_en);
    out.unit = in.with("unit").text("unit", 60);
    out.component =
        word_of(in.with("component"), "component", all_components(), Component::administrative_services, true);
    out.owner = AgencyId{in.with("owner").text("owner", 100)};
    own.mapping("fold", [&](YamlReader& f) { out.fold = read_fold(f); });
    auto& supplied = in.with("supplied");
    if (!out.fold) supplied.mapping("supplied", [&](YamlReader& s) { out.supplied = read_supplied(s); });
    if (out.fold.has_value() == out.supplied.has_value())
        own.fail("code", "indicator.definition", "cần đúng một trong hai: fold hoặc supplied",
                 "exactly one of fold and supplied is needed");
    auto& grains = in.with("grains");
    for (const auto& word : grains.texts("grains", 8)) {
        if (const auto g = grain_from(word))
            out.grains.insert(*g);
        else
            grains.fail("grains", "indicator.grain", "không có kỳ \"" + word + "\"", "there is no grain " + word);
    }
    if (out.grains.empty()) grains.fail("grains", "yaml.missing", "thiếu giá trị", "a value is missing");
    if (out.fold && out.fold->measure == Measure::stock && out.has(Grain::hour))
        grains.fail("grains", "indicator.grain", "số tồn tính vào cuối ngày trở lên, không theo giờ",
                    "a stock is told at the end of a day or longer, not of an hour");
    auto& by = in.with("by");
    for (const auto& word : by.texts("by", 5)) {
        if (const auto d = dimension_from(word))
            out.by |= bit(*d);
        else
            by.fail("by", "indicator.dimension", "phải là agency, unit, procedure, sector, channel",
                    "must be agency, unit, procedure, sector, channel");
    }
    if (out.supplied && (out.by & ~(bit(Dimension::agency) | bit(Dimension::unit))) != 0)
        by.fail("by", "indicator.dimension", "số liệu nhập chỉ chia theo agency và unit",
                "supplied values are by agency and unit only");
    out.scale = number(own, "scale").value_or(1);
    out.decimals = static_cast<int>(own.integer("decimals", 0, 6)
                                        .value_or(out.fold       ? 0
                                                  : out.supplied ? out.supplied->decimals
                                                                 : 2));
    own.mapping("limits", [&](YamlReader& l) {
        out.target = number(l, "target");
        out.warning = number(l, "warning");
        out.critical = number(l, "critical");
    });
    out.direction = word_of(own, "direction", directions, Direction::neutral);
    out.fresh_hours = in.with("fresh_hours").integer("fresh_hours", 1, 24 * 366 * 6);
    out.suppress_below = own.integer("suppress_below", 0, 1000).value_or(0);
    auto& source = in.with("source");
    if (!source.has("source")) source.fail("source", "yaml.missing", "thiếu giá trị", "a value is missing");
    source.mapping("source", [&](YamlReader& s) {
        out.source = s.text("name", 500);
        out.grade = word_of(s, "grade", grades, Grade::reported, true);
    });
    auto& basis = in.with("basis");
    if (!basis.has("basis")) basis.fail("basis", "yaml.missing", "thiếu giá trị", "a value is missing");
    basis.mapping("basis", [&](YamlReader& b) {
        out.instrument = b.text_or("act", "");
        out.article = b.text_or("article", "");
        if (const auto from = b.date("from"))
            out.from = *from;
        else if (!b.has("from"))
            b.fail("from", "yaml.missing", "thiếu giá trị", "a value is missing");
        out.to = b.date("to");
        if (out.to && *out.to <= out.from)
            b.fail("to", "indicator.validity", "ngày hết hiệu lực phải sau ngày hiệu lực", "must end after it begins");
    });
    own.each_mapping(
        "alerts", [&](YamlReader& a) { out.alerts.push_back(read_alert(a)); }, 20);
    for (const auto& rule : out.alerts)
        if (!out.has(rule.grain))
            own.fail("alerts", "indicator.grain", "cảnh báo " + rule.id + " dùng kỳ mà chỉ tiêu không có",
                     "the alert " + rule.id + " uses a grain that the indicator lacks");
    own.finish();
    return out;
}

void read_indicator_file(const std::string& text, const std::string& file, std::vector<Indicator>& out,
                         std::vector<Error>& errors) {
    const auto node = procedures::load_yaml(text, file, errors);
    if (!node) return;
    YamlReader in(*node, file, errors, "indicators");
    std::optional<YamlReader> defaults;
    if (in.has("defaults")) defaults.emplace(in.raw("defaults"), file, errors, "defaults");
    in.each("indicators", 3000, [&](const YAML::Node& n, size_t i) {
        YamlReader one(n, file, errors, fmt::format("indicators[{}]", i));
        if (n.IsMap()) out.push_back(read_indicator({one, defaults ? &*defaults : nullptr}));
    });
    // A misspelt key among the defaults would silently do nothing.
    if (defaults) defaults->finish();
    in.finish();
}

}  // namespace hl::ioc
