// The declarative language of folds: which events, which of them, when they count and what is measured.
#include "dossiers/dossier.h"
#include "ioc/indicators/directive_events.h"
#include "ioc/indicators/pack_reader.h"

namespace hl::ioc {

namespace {

constexpr Measure measures[] = {Measure::count, Measure::sum,      Measure::ratio,    Measure::min,
                                Measure::max,   Measure::quantile, Measure::distinct, Measure::stock};

/// What is remembered of a dossier between its events.
constexpr std::string_view remembered[] = {
    "dossier.agency", "dossier.unit",        "dossier.procedure",    "dossier.sector",    "dossier.channel",
    "dossier.state",  "dossier.supplements", "dossier.received_now", "dossier.digitised", "dossier.due_known"};

void check_field(YamlReader& in, std::string_view key, const std::string& field) {
    if (!field.starts_with("dossier.")) return;
    if (std::find(std::begin(remembered), std::end(remembered), field) != std::end(remembered)) return;
    std::string list;
    for (const auto name : remembered) list += (list.empty() ? "" : ", ") + std::string{name};
    in.fail(key, "indicator.field", "không có trường này; có: " + list, "there is no such field; there are: " + list);
}

Filter read_filter(YamlReader& in) {
    Filter out;
    out.field = in.text("field", 100);
    check_field(in, "field", out.field);
    int ways = 0;
    const auto is = [&](std::string_view key) {
        if (!in.has(key)) return false;
        ++ways;
        return true;
    };
    if (is("is")) out.values = {in.text("is", 100)};
    if (is("in")) out.values = in.texts("in", 50);
    if (is("not")) {
        out.op = Filter::Op::none_of;
        out.values = {in.text("not", 100)};
    }
    if (is("exists")) out.op = in.boolean("exists", true) ? Filter::Op::exists : Filter::Op::absent;
    constexpr int64_t most = int64_t{1} << 53;
    if (is("at_least")) {
        out.op = Filter::Op::at_least;
        out.number = in.integer("at_least", -most, most).value_or(0);
    }
    if (is("at_most")) {
        out.op = Filter::Op::at_most;
        out.number = in.integer("at_most", -most, most).value_or(0);
    }
    if (ways != 1)
        in.fail("field", "indicator.filter", "mỗi điều kiện có đúng một trong: is, in, not, exists, at_least, at_most",
                "a condition has exactly one of: is, in, not, exists, at_least, at_most");
    std::sort(out.values.begin(), out.values.end());
    return out;
}

Part read_select(YamlReader& in, PartKind kind) {
    Part out;
    out.kind = kind;
    out.select.events = in.texts("events", 50);
    if (out.select.events.empty())
        in.fail("events", "indicator.events", "cần ít nhất một loại sự kiện", "at least one type of event is needed");
    for (const auto& type : out.select.events)
        if (!type.starts_with("dossier.") && !type.starts_with(directive::family))
            in.fail("events", "indicator.events",
                    "chỉ tính được từ sự kiện hồ sơ (dossier.…) và chỉ đạo (ioc.directive_…)",
                    "only events of dossiers (dossier.…) and directives (ioc.directive_…) can be folded");
    std::sort(out.select.events.begin(), out.select.events.end());
    in.each_mapping(
        "where", [&](YamlReader& w) { out.select.where.push_back(read_filter(w)); }, 20);
    std::sort(out.select.where.begin(), out.select.where.end());
    if (const auto at = in.optional_text("at", 20)) {
        if (*at == "received")
            out.select.at = FactTime::received;
        else if (*at == "ended")
            out.select.at = FactTime::ended;
        else if (*at != "event")
            in.fail("at", "indicator.at", "phải là event, received hoặc ended", "must be event, received or ended");
    }
    const bool measures_field = kind != PartKind::count;
    if (measures_field) {
        out.select.field = in.text("field", 100);
        check_field(in, "field", out.select.field);
    }
    return out;
}

/// A count, or with `sum` the sum of a field.
Part read_term(YamlReader& in) {
    const auto field = in.optional_text("sum", 100);
    Part out = read_select(in, PartKind::count);
    if (field) {
        check_field(in, "sum", *field);
        out.kind = PartKind::sum;
        out.select.field = *field;
    }
    return out;
}

/// "processing" of a dossier, "directive.working" of a directive.
std::optional<int> state_number(std::string_view word) {
    constexpr std::string_view prefix = "directive.";
    if (!word.starts_with(prefix)) {
        const auto state = dossiers::state_from(word);
        return state ? std::optional{static_cast<int>(*state)} : std::nullopt;
    }
    const auto state = directive::state_from(word.substr(prefix.size()));
    return state ? std::optional{directive_states + static_cast<int>(*state)} : std::nullopt;
}

Part read_stock(YamlReader& in) {
    Part out;
    out.kind = PartKind::stock;
    for (const auto& word : in.texts("states", 20)) {
        if (const auto state = state_number(word))
            out.stock.states.insert(*state);
        else
            in.fail("states", "indicator.state", "không có trạng thái \"" + word + "\"", "there is no state " + word);
    }
    if (out.stock.states.empty())
        in.fail("states", "indicator.state", "cần ít nhất một trạng thái", "at least one state is needed");
    const auto from = in.text_or("from", "entered", 20);
    if (from != "entered" && from != "due")
        in.fail("from", "indicator.stock", "phải là entered hoặc due", "must be entered or due");
    out.stock.from_due = from == "due";
    out.stock.lead_hours = in.integer("lead_hours", 0, 24 * 366).value_or(0);
    const auto until = in.text_or("until", "left", 20);
    if (until != "left" && until != "due")
        in.fail("until", "indicator.stock", "phải là left hoặc due", "must be left or due");
    out.stock.until_due = until == "due";
    if (out.stock.until_due && (!out.stock.from_due || out.stock.lead_hours == 0))
        in.fail("until", "indicator.stock", "until: due cần from: due và lead_hours lớn hơn 0",
                "until: due needs from: due and lead_hours above 0");
    return out;
}

}  // namespace

Fold read_fold(YamlReader& in) {
    Fold out;
    out.measure = word_of(in, "measure", measures, Measure::count, true);
    const auto one = [&](std::string_view key, const auto& read) {
        if (!in.has(key)) {
            in.fail(key, "yaml.missing", "thiếu giá trị", "a value is missing");
            return;
        }
        in.mapping(key, [&](YamlReader& r) { out.parts.push_back(read(r)); });
    };
    const auto kind = [](PartKind k) { return [k](YamlReader& r) { return read_select(r, k); }; };
    switch (out.measure) {
        case Measure::count:
            one("of", kind(PartKind::count));
            break;
        case Measure::sum:
            one("of", kind(PartKind::sum));
            break;
        case Measure::min:
            one("of", kind(PartKind::min));
            break;
        case Measure::max:
            one("of", kind(PartKind::max));
            break;
        case Measure::distinct:
            one("of", kind(PartKind::distinct));
            break;
        case Measure::quantile: {
            one("of", kind(PartKind::digest));
            const auto percent = in.integer("percent", 1, 99);
            if (!percent && !in.has("percent"))
                in.fail("percent", "yaml.missing", "thiếu giá trị", "a value is missing");
            out.quantile = static_cast<double>(percent.value_or(50)) / 100;
            break;
        }
        case Measure::ratio:
            one("numerator", read_term);
            one("denominator", read_term);
            break;
        case Measure::stock:
            one("of", read_stock);
            break;
    }
    return out;
}

}  // namespace hl::ioc
