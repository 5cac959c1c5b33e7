#include "ioc/indicators/views.h"

namespace hl::ioc {

json::value or_null(const std::optional<double>& v) {
    return v ? json::value(*v) : json::value();
}
json::value or_null(const std::optional<int64_t>& v) {
    return v ? json::value(*v) : json::value();
}
json::value or_null(std::string_view s) {
    return s.empty() ? json::value() : json::value(s);
}

json::object view(const Indicator& i) {
    json::array grains, by, rules;
    for (const auto g : i.grains) grains.emplace_back(to_string(g));
    for (int d = 0; d < static_cast<int>(dimensions); ++d)
        if (i.by & (1u << d)) by.emplace_back(to_string(static_cast<Dimension>(d)));
    for (const auto& r : i.alerts)
        rules.push_back(
            {{"id", r.id}, {"kind", to_string(r.kind)}, {"grain", to_string(r.grain)}, {"vi", r.vi}, {"en", r.en}});
    return {{"code", i.code},
            {"name", {{"vi", i.vi}, {"en", i.en}}},
            {"unit", i.unit},
            {"component", to_string(i.component)},
            {"owner", i.owner.value},
            {"computed", i.fold.has_value()},
            {"measure", i.fold ? json::value(to_string(i.fold->measure)) : json::value()},
            {"formula", {{"vi", i.formula_vi}, {"en", i.formula_en}}},
            {"grains", std::move(grains)},
            {"by", std::move(by)},
            {"target", or_null(i.target)},
            {"warning", or_null(i.warning)},
            {"critical", or_null(i.critical)},
            {"direction", to_string(i.direction)},
            {"fresh_hours", or_null(i.fresh_hours)},
            {"source", {{"name", i.source}, {"grade", to_string(i.grade)}, {"words", name_of(i.grade)}}},
            {"basis",
             {{"act", or_null(i.instrument)},
              {"article", or_null(i.article)},
              {"from", to_iso(i.from)},
              {"to", i.to ? json::value(to_iso(*i.to)) : json::value()}}},
            {"alerts", std::move(rules)}};
}

json::object view(const Indicator& i, const Figure& f) {
    return {{"period", f.period.text()},
            {"words", f.period.words()},
            {"key", or_null(f.key)},
            {"status", to_string(f.status)},
            {"value", or_null(f.value)},
            {"numerator", or_null(f.numerator)},
            {"denominator", or_null(f.denominator)},
            {"target", or_null(f.target)},
            {"level", or_null(f.level)},
            {"previous", or_null(f.previous)},
            {"trend", or_null(trend(i, f))},
            {"kind", or_null(f.kind)},
            {"as_of", f.as_of ? json::value(to_rfc3339_local(*f.as_of)) : json::value()},
            {"why", f.why.empty() ? json::value() : json::value(json::object{{"vi", f.why.vi}, {"en", f.why.en}})}};
}

json::object view(const Restatement& r) {
    return {{"period", r.period.text()},
            {"agency", or_null(r.agency.value)},
            {"day", to_iso(r.day)},
            {"before", or_null(r.before)},
            {"after", or_null(r.after)},
            {"first_position", r.first_position},
            {"last_position", r.last_position},
            {"facts", r.facts}};
}

json::object view(const StoredValue& v) {
    const auto code = code_of(v.period);
    return {{"key", v.key},
            {"period", v.period.text()},
            {"year", code ? json::value(code->first) : json::value()},
            {"period_code", code ? json::value(code->second) : json::value()},
            {"kind", to_string(v.kind)},
            {"agency", or_null(v.agency.value)},
            {"unit", or_null(v.unit)},
            {"value", v.value},
            {"supplier", v.supplier},
            {"source", v.source},
            {"batch", v.batch},
            {"event", v.event},
            {"at", to_rfc3339_local(v.at)},
            {"replaced", or_null(v.replaced)},
            {"newest", v.newest}};
}

json::object view(const Alert& a) {
    return {{"rule", a.rule->id},
            {"kind", to_string(a.rule->kind)},
            {"indicator", a.indicator->code},
            {"agency", or_null(a.agency.value)},
            {"period", a.period},
            {"value", or_null(a.value)},
            {"limit", a.rule->raise},
            {"critical", a.rule->critical},
            {"since", to_rfc3339_local(a.since)},
            {"vi", a.rule->vi},
            {"en", a.rule->en}};
}

}  // namespace hl::ioc
