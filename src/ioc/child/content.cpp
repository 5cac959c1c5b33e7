#include "ioc/child/content.h"

#include <charconv>

namespace hl::ioc::child {

namespace {

constexpr int64_t most = std::numeric_limits<int64_t>::max();

void put(json::object& o, std::string_view key, const std::optional<double>& v) {
    if (v) o[key] = fmt::format("{}", *v);
}
void put(json::object& o, std::string_view key, const std::optional<int64_t>& v) {
    if (v) o[key] = *v;
}
void put(json::object& o, std::string_view key, const std::string& v) {
    if (!v.empty()) o[key] = v;
}

std::optional<double> decimal(JsonReader& in, std::string_view key) {
    const auto text = in.optional_text(key, 40);
    if (!text) return std::nullopt;
    double v = 0;
    const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), v);
    if (ec != std::errc{} || end != text->data() + text->size() || !std::isfinite(v)) {
        in.fail(key, "child.number", "Cần một số viết bằng chữ, như \"98.5\".", "A number as a text is wanted.");
        return std::nullopt;
    }
    return v;
}
std::string text_or_nothing(JsonReader& in, std::string_view key, size_t longest) {
    return in.optional_text(key, longest).value_or("");
}
Period period(JsonReader& in, std::string_view key) {
    const auto text = in.text(key, 20);
    const auto p = parse_period(text);
    if (!p.ok()) {
        in.fail(key, p.error().code, p.error().vi, p.error().en);
        return {};
    }
    return *p;
}

std::optional<Status> status_from(std::string_view word) {
    for (const auto s :
         {Status::known, Status::zero, Status::unknown, Status::provisional, Status::stale, Status::suppressed})
        if (word == to_string(s)) return s;
    return std::nullopt;
}

Error wrong(const Error& e) {
    return {ErrorKind::invalid, "child.content", "Nội dung lô không đọc được: " + e.vi,
            "The batch's content cannot be read: " + e.en, e.at};
}

/// {"items": […]} read one by one.
template <class T, class Read>
Result<std::vector<T>> read_items(JsonReader& in, const Read& read) {
    std::vector<T> out;
    for (const auto& [value, at] : in.array("items", most_items)) {
        JsonReader one(*value, at);
        out.push_back(read(one));
        in.absorb(std::move(one));
    }
    if (const auto done = in.finish(); !done.ok()) return wrong(done.error());
    return out;
}
template <class T>
json::object items_of(const std::vector<T>& items, const std::function<json::object(const T&)>& write) {
    json::array list;
    for (const auto& i : items) list.push_back(write(i));
    return {{"items", std::move(list)}};
}

ToldFigure read_figure(JsonReader& in) {
    ToldFigure out;
    out.indicator = in.text("indicator", 60);
    out.newest = in.boolean("newest", false);
    auto& f = out.figure;
    f.period = period(in, "period");
    const auto word = in.text("status", 20);
    if (const auto status = status_from(word))
        f.status = *status;
    else
        in.fail("status", "child.status", "Không có trạng thái này.", "There is no such status.");
    f.value = decimal(in, "value");
    f.numerator = in.optional_integer("numerator", -most, most);
    f.denominator = in.optional_integer("denominator", -most, most);
    f.target = decimal(in, "target");
    f.previous = decimal(in, "previous");
    f.level = text_or_nothing(in, "level", 20);
    f.kind = text_or_nothing(in, "kind", 20);
    f.as_of = in.optional_instant("as_of");
    if (const auto* why = in.raw("why")) {
        JsonReader inner(*why, "/why");
        f.why.vi = inner.text("vi", 500);
        f.why.en = inner.text("en", 500);
        in.absorb(std::move(inner));
    }
    const bool has = f.value.has_value();
    const bool wants = f.status != Status::unknown && f.status != Status::suppressed;
    if (has != wants)
        in.fail("value", "child.value",
                "Chưa biết và giữ kín thì không có giá trị; các trạng thái khác phải có giá trị.",
                "Unknown and suppressed have no value; every other status has one.");
    return out;
}

}  // namespace

json::object to_json(const ToldFigure& told) {
    const auto& f = told.figure;
    json::object o{{"indicator", told.indicator}, {"period", f.period.text()}, {"status", to_string(f.status)}};
    if (told.newest) o["newest"] = true;
    put(o, "value", f.value);
    put(o, "numerator", f.numerator);
    put(o, "denominator", f.denominator);
    put(o, "target", f.target);
    put(o, "previous", f.previous);
    put(o, "level", f.level);
    put(o, "kind", f.kind);
    if (f.as_of) o["as_of"] = to_rfc3339(*f.as_of);
    if (!f.why.empty()) o["why"] = {{"vi", f.why.vi}, {"en", f.why.en}};
    return o;
}

std::string essence(const ToldFigure& told) {
    auto o = to_json(told);
    o.erase("as_of");
    return hash_of(canonical_json(o));
}

json::object figures_data(const std::vector<ToldFigure>& items, bool whole, std::optional<int64_t> position) {
    auto out = items_of<ToldFigure>(items, [](const ToldFigure& f) { return to_json(f); });
    if (whole) out["whole"] = true;
    put(out, "position", position);
    return out;
}
Result<ToldFigures> read_figures(const json::object& data) {
    const json::value value(data);
    JsonReader in(value);
    ToldFigures out;
    out.whole = in.boolean("whole", false);
    out.position = in.optional_integer("position", 0, most);
    TRY(out.items, read_items<ToldFigure>(in, read_figure));
    return out;
}

json::object restatements_data(const std::vector<ToldRestatement>& items) {
    return items_of<ToldRestatement>(items, [](const ToldRestatement& r) {
        json::object o{{"indicator", r.indicator},           {"period", r.period.text()},        {"day", to_iso(r.day)},
                       {"first_position", r.first_position}, {"last_position", r.last_position}, {"facts", r.facts}};
        put(o, "before", r.before);
        put(o, "after", r.after);
        return o;
    });
}
Result<std::vector<ToldRestatement>> read_restatements(const json::object& data) {
    const json::value value(data);
    JsonReader in(value);
    return read_items<ToldRestatement>(in, [](JsonReader& one) {
        ToldRestatement r;
        r.indicator = one.text("indicator", 60);
        r.period = period(one, "period");
        r.day = one.date("day");
        r.first_position = one.integer("first_position", 0, most);
        r.last_position = one.integer("last_position", 0, most);
        r.facts = one.integer("facts", 0, most);
        r.before = decimal(one, "before");
        r.after = decimal(one, "after");
        return r;
    });
}

ToldAlert told(const Alert& a) {
    return {a.rule->id,        std::string{to_string(a.rule->kind)},
            a.indicator->code, a.period,
            a.rule->vi,        a.rule->en,
            a.agency,          a.value,
            a.rule->critical,  a.since};
}
json::object alerts_data(const std::vector<ToldAlert>& items) {
    return items_of<ToldAlert>(items, [](const ToldAlert& a) {
        json::object o{{"rule", a.rule}, {"kind", a.kind}, {"indicator", a.indicator}, {"period", a.period},
                       {"vi", a.vi},     {"en", a.en},     {"critical", a.critical},   {"since", to_rfc3339(a.since)}};
        put(o, "agency", a.agency.value);
        put(o, "value", a.value);
        return o;
    });
}
Result<std::vector<ToldAlert>> read_alerts(const json::object& data) {
    const json::value value(data);
    JsonReader in(value);
    return read_items<ToldAlert>(in, [](JsonReader& one) {
        ToldAlert a;
        a.rule = one.text("rule", 100);
        a.kind = one.text("kind", 20);
        a.indicator = one.text("indicator", 60);
        a.period = one.text("period", 20);
        a.vi = one.text("vi", 500);
        a.en = one.text("en", 500);
        a.agency = AgencyId{text_or_nothing(one, "agency", 100)};
        a.value = decimal(one, "value");
        a.critical = one.boolean("critical", false);
        a.since = one.instant("since");
        return a;
    });
}

ToldIndicator told(const Indicator& i) {
    return {i.code,
            i.vi,
            i.en,
            i.unit,
            std::string{to_string(i.component)},
            i.owner.value,
            i.formula_vi,
            i.formula_en,
            i.source,
            std::string{to_string(i.grade)},
            std::string{to_string(i.direction)},
            i.decimals,
            i.fresh_hours};
}
json::object indicators_data(const std::vector<ToldIndicator>& items) {
    return items_of<ToldIndicator>(items, [](const ToldIndicator& i) {
        json::object o{
            {"code", i.code}, {"vi", i.vi}, {"en", i.en}, {"component", i.component}, {"decimals", i.decimals}};
        put(o, "unit", i.unit);
        put(o, "owner", i.owner);
        put(o, "formula_vi", i.formula_vi);
        put(o, "formula_en", i.formula_en);
        put(o, "source", i.source);
        put(o, "grade", i.grade);
        put(o, "direction", i.direction);
        put(o, "fresh_hours", i.fresh_hours);
        return o;
    });
}
Result<std::vector<ToldIndicator>> read_indicators(const json::object& data) {
    const json::value value(data);
    JsonReader in(value);
    return read_items<ToldIndicator>(in, [](JsonReader& one) {
        ToldIndicator i;
        i.code = one.text("code", 60);
        i.vi = one.text("vi", 300);
        i.en = one.text("en", 300);
        i.component = one.text("component", 60);
        i.decimals = static_cast<int>(one.integer("decimals", 0, 12));
        i.unit = text_or_nothing(one, "unit", 100);
        i.owner = text_or_nothing(one, "owner", 100);
        i.formula_vi = text_or_nothing(one, "formula_vi", 2000);
        i.formula_en = text_or_nothing(one, "formula_en", 2000);
        i.source = text_or_nothing(one, "source", 500);
        i.grade = text_or_nothing(one, "grade", 40);
        i.direction = text_or_nothing(one, "direction", 20);
        i.fresh_hours = one.optional_integer("fresh_hours", 0, 1'000'000);
        return i;
    });
}

json::object to_json(const ToldResume& r) {
    return {{"reason", r.reason},       {"by", r.by},
            {"common", r.common},       {"adopted", r.adopted},
            {"abandoned", r.abandoned}, {"at", to_rfc3339(r.at)}};
}
Result<ToldResume> read_resume(const json::object& data) {
    const json::value value(data);
    JsonReader in(value);
    ToldResume r;
    r.reason = in.text("reason", 1000);
    r.by = in.text("by", 200);
    r.common = in.integer("common", 0, most);
    r.adopted = in.integer("adopted", 0, most);
    r.abandoned = in.integer("abandoned", 0, most);
    r.at = in.instant("at");
    if (const auto done = in.finish(); !done.ok()) return wrong(done.error());
    return r;
}

}  // namespace hl::ioc::child
