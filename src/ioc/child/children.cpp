#include "ioc/child/children.h"

#include <charconv>

#include "ioc/indicators/periods.h"

namespace hl::ioc::child {

namespace {

constexpr std::string_view select_children =
    "SELECT id, name, agencies, public_key, held, number, hash, position, made_at, received_at, contact_at, "
    "current_at, "
    "skew_ms, waiting, head, refusal, refused_at, series, down_number, down_confirmed, enrolled_at FROM ioc_child "
    "ORDER BY id";
constexpr std::string_view select_tiles =
    "SELECT f.indicator, f.item, f.number, f.position, f.received_at, i.item FROM ioc_child_figure f LEFT JOIN "
    "ioc_child_indicator i ON i.child = f.child AND i.code = f.indicator WHERE f.child = ? AND f.newest = 1 ORDER BY "
    "f.indicator";
constexpr std::string_view select_history =
    "SELECT item, number, position, received_at FROM ioc_child_figure WHERE child = ? AND indicator = ? AND newest = 0 "
    "ORDER BY period DESC LIMIT 500";
constexpr std::string_view select_changes =
    "SELECT period, number, before, after, at FROM ioc_child_change WHERE child = ? AND indicator = ? ORDER BY number "
    "DESC, period DESC LIMIT 200";
constexpr std::string_view select_indicator = "SELECT item FROM ioc_child_indicator WHERE child = ? AND code = ?";
constexpr std::string_view select_alerts = "SELECT item FROM ioc_child_alert WHERE child = ? ORDER BY rule, agency";

json::value or_null(const std::optional<Instant>& t) {
    return t ? json::value(to_rfc3339_local(*t)) : json::value();
}
json::value parsed(std::string_view text) {
    auto value = parse_json(text);
    return value.ok() ? *std::move(value) : json::value();
}

LineHealth health_of(const ChildState& c, const ParentSettings& s, Instant now) {
    if (c.public_key.empty()) return LineHealth::waiting;
    if (!c.held.empty()) return LineHealth::held;
    if (c.refusal == "child.parted" || c.refusal == "child.forked") return LineHealth::parted;
    if (!c.contact_at || now - *c.contact_at > s.silent_after) return LineHealth::silent;
    if (!c.refusal.empty()) return LineHealth::refused;
    return LineHealth::running;
}

std::string_view text_in(const json::object& o, std::string_view key) {
    const auto* m = o.if_contains(key);
    return m && m->is_string() ? std::string_view{m->get_string()} : std::string_view{};
}
/// A number that travelled as a text.
json::value number_in(const json::object& o, std::string_view key) {
    const auto text = text_in(o, key);
    double v = 0;
    if (text.empty() || std::from_chars(text.data(), text.data() + text.size(), v).ec != std::errc{}) return {};
    return v;
}
json::value member_or_null(const json::object& o, std::string_view key) {
    const auto* m = o.if_contains(key);
    return m ? *m : json::value();
}

/// The figure as it was told. What is only known because nobody said otherwise is stale when nobody says anything.
json::object figure_view(const json::object& item, const ChildState& child) {
    const auto told = text_in(item, "status");
    const bool silent = child.health != LineHealth::running;
    const bool turns = silent && (told == "known" || told == "zero" || told == "provisional");
    json::value why = member_or_null(item, "why");
    if (turns)
        why = json::object{{"vi", "Chưa nhận được tin mới từ IOC con; số liệu có thể đã cũ."},
                           {"en", "Nothing was heard from the child lately; the figure may be out of date."}};
    const auto period = parse_period(text_in(item, "period"));
    json::value as_of;
    if (const auto at = parse_rfc3339(text_in(item, "as_of")); at.ok()) {
        // A running period's figure was looked at again whenever the child said that nothing had changed.
        const bool runs = told == "provisional" && child.current_at;
        as_of = to_rfc3339_local(runs ? std::max(*at, *child.current_at) : *at);
    }
    return {{"period", text_in(item, "period")},
            {"words", period.ok() ? json::value(period->words()) : json::value()},
            {"status", turns ? std::string_view{"stale"} : told},
            {"told_status", told},
            {"value", number_in(item, "value")},
            {"numerator", member_or_null(item, "numerator")},
            {"denominator", member_or_null(item, "denominator")},
            {"target", number_in(item, "target")},
            {"previous", number_in(item, "previous")},
            {"level", member_or_null(item, "level")},
            {"kind", member_or_null(item, "kind")},
            {"as_of", std::move(as_of)},
            {"why", std::move(why)}};
}

json::object definition_view(const json::value& item, std::string_view code) {
    static const json::object nothing;
    const auto& o = item.is_object() ? item.get_object() : nothing;
    const auto or_code = [&](std::string_view key) { return text_in(o, key).empty() ? code : text_in(o, key); };
    return {{"indicator", code},
            {"name", {{"vi", or_code("vi")}, {"en", or_code("en")}}},
            {"unit", text_in(o, "unit")},
            {"component", text_in(o, "component")},
            {"owner", text_in(o, "owner")},
            {"grade", text_in(o, "grade")},
            {"source", text_in(o, "source")},
            {"direction", text_in(o, "direction")},
            {"formula", {{"vi", text_in(o, "formula_vi")}, {"en", text_in(o, "formula_en")}}}};
}

json::object origin_view(const store::Row& r, int number, int position, int received) {
    const auto at = r.optional_integer(position);
    return {{"batch", r.integer(number)},
            {"position", at ? json::value(*at) : json::value()},
            {"received_at", to_rfc3339_local(r.instant(received))}};
}

}  // namespace

std::string_view to_string(LineHealth h) {
    switch (h) {
        case LineHealth::waiting:
            return "waiting";
        case LineHealth::running:
            return "running";
        case LineHealth::silent:
            return "silent";
        case LineHealth::parted:
            return "parted";
        case LineHealth::refused:
            return "refused";
        case LineHealth::held:
            return "held";
    }
    throw std::logic_error("a line's health has no word");
}

std::vector<ChildState> children(store::Reader& reader, const ParentSettings& settings,
                                 const std::optional<std::vector<AgencyId>>& agencies, Instant now) {
    auto all = reader.all(select_children, {}, [&](const store::Row& r) {
        ChildState c;
        c.id = r.id<ChildId>(0), c.name = r.string(1);
        if (const auto list = parse_json(r.text(2)); list.ok() && list->is_array())
            for (const auto& a : list->get_array())
                if (a.is_string()) c.agencies.emplace_back(std::string_view{a.get_string()});
        c.public_key = crypto::from_base64(r.text(3)).value_or("");
        c.held = r.string(4);
        c.last = {r.integer(5), r.string(6)};
        c.position = r.integer(7);
        c.made_at = r.optional_instant(8), c.received_at = r.optional_instant(9);
        c.contact_at = r.optional_instant(10), c.current_at = r.optional_instant(11);
        c.skew_ms = r.integer(12), c.waiting = r.integer(13), c.head = r.integer(14);
        c.refusal = r.string(15), c.refused_at = r.optional_instant(16);
        c.series = r.string(17), c.down_number = r.integer(18), c.down_confirmed = r.integer(19);
        c.enrolled_at = r.optional_instant(20);
        c.health = health_of(c, settings, now);
        return c;
    });
    if (agencies)
        std::erase_if(all, [&](const ChildState& c) {
            return std::none_of(c.agencies.begin(), c.agencies.end(), [&](const AgencyId& a) {
                return std::find(agencies->begin(), agencies->end(), a) != agencies->end();
            });
        });
    return all;
}

json::object view(const ChildState& c, Instant now) {
    json::array agencies;
    for (const auto& a : c.agencies) agencies.emplace_back(a.value);
    const auto behind = c.current_at ? json::value((to_ms(now) - to_ms(*c.current_at)) / 1000) : json::value();
    json::value refusal;
    if (!c.refusal.empty()) refusal = json::object{{"code", c.refusal}, {"at", or_null(c.refused_at)}};
    return {
        {"id", c.id.value},
        {"name", c.name},
        {"agencies", std::move(agencies)},
        {"health", to_string(c.health)},
        {"held", c.held},
        {"last", {{"number", c.last.number}, {"hash", c.last.hash}, {"position", c.position}}},
        {"made_at", or_null(c.made_at)},
        {"received_at", or_null(c.received_at)},
        {"contact_at", or_null(c.contact_at)},
        {"current_at", or_null(c.current_at)},
        {"enrolled_at", or_null(c.enrolled_at)},
        {"lag", {{"seconds", behind}, {"batches", c.waiting}, {"events", std::max<int64_t>(0, c.head - c.position)}}},
        {"skew_seconds", c.skew_ms / 1000},
        {"refusal", std::move(refusal)},
        {"down", {{"number", c.down_number}, {"confirmed", c.down_confirmed}}}};
}

json::array tiles(store::Reader& reader, const ChildState& child, std::string_view component) {
    json::array out;
    reader.query(select_tiles, {child.id}, [&](const store::Row& r) {
        const auto item = parsed(r.text(1));
        if (!item.is_object()) return;
        auto one = definition_view(r.is_null(5) ? json::value() : parsed(r.text(5)), r.text(0));
        if (!component.empty() && one.at("component").as_string() != component) return;
        one["figure"] = figure_view(item.get_object(), child);
        one["told"] = origin_view(r, 2, 3, 4);
        out.push_back(std::move(one));
    });
    return out;
}

json::object history(store::Reader& reader, const ChildState& child, std::string_view indicator) {
    json::array items, changes;
    reader.query(select_history, {child.id, indicator}, [&](const store::Row& r) {
        const auto item = parsed(r.text(0));
        if (!item.is_object()) return;
        auto one = figure_view(item.get_object(), child);
        one["told"] = origin_view(r, 1, 2, 3);
        items.push_back(std::move(one));
    });
    reader.query(select_changes, {child.id, indicator}, [&](const store::Row& r) {
        const auto before = parsed(r.text(2)), after = parsed(r.text(3));
        if (!before.is_object() || !after.is_object()) return;
        changes.push_back({{"period", r.text(0)},
                           {"batch", r.integer(1)},
                           {"before", number_in(before.get_object(), "value")},
                           {"after", number_in(after.get_object(), "value")},
                           {"at", to_rfc3339_local(r.instant(4))}});
    });
    const auto definition =
        reader.first(select_indicator, {child.id, indicator}, [](const store::Row& r) { return parsed(r.text(0)); });
    auto out = definition_view(definition.value_or(json::value()), indicator);
    out["items"] = std::move(items);
    out["changes"] = std::move(changes);
    return out;
}

json::array alerts_of(store::Reader& reader, const ChildState& child) {
    json::array out;
    reader.query(select_alerts, {child.id}, [&](const store::Row& r) {
        const auto item = parsed(r.text(0));
        if (!item.is_object()) return;
        const auto& o = item.get_object();
        const auto since = parse_rfc3339(text_in(o, "since"));
        out.push_back({{"child", child.id.value},
                       {"rule", text_in(o, "rule")},
                       {"kind", text_in(o, "kind")},
                       {"indicator", text_in(o, "indicator")},
                       {"agency", member_or_null(o, "agency")},
                       {"period", text_in(o, "period")},
                       {"value", number_in(o, "value")},
                       {"critical", member_or_null(o, "critical")},
                       {"since", since.ok() ? json::value(to_rfc3339_local(*since)) : json::value()},
                       {"vi", text_in(o, "vi")},
                       {"en", text_in(o, "en")}});
    });
    return out;
}

}  // namespace hl::ioc::child
