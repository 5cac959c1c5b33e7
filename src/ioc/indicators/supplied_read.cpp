// Reading batches: JSON and tables. Bytes from outside; every row's mistake is kept with its place.
#include <charconv>

#include "base/text.h"
#include "ioc/indicators/supplied_rows.h"

namespace hl::ioc {

namespace {

struct KindRow {
    ValueKind kind;
    std::string_view word, vi;
};
constexpr KindRow kinds[] = {{ValueKind::plan, "plan", "ke hoach"},
                             {ValueKind::estimate, "estimate", "uoc thuc hien"},
                             {ValueKind::performed, "performed", "thuc hien"},
                             {ValueKind::official, "official", "chinh thuc"}};

Error wrong(std::string at, std::string code, std::string vi, std::string en) {
    return {ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), std::move(at)};
}

std::optional<int64_t> whole(std::string_view text) {
    int64_t v = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (text.empty() || ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return v;
}

}  // namespace

void take(RowTexts row, Batch& out) {
    ValueIn v;
    v.at = row.at;
    v.indicator = text::trim(row.indicator);
    if (v.indicator.empty() || v.indicator.size() > 60) {
        out.errors.push_back(
            wrong(row.at, "value.indicator", "Thiếu mã chỉ tiêu.", "The indicator's code is missing."));
        return;
    }
    Result<Period> period =
        Error{ErrorKind::invalid, "value.period", "Thiếu kỳ: ghi period (2026-11, 2026-Q4, 2026 …) hoặc năm và mã kỳ.",
              "The period is missing: give period (2026-11, 2026-Q4, 2026 …), or year and code."};
    if (!row.period.empty()) {
        period = parse_period(text::trim(row.period));
    } else if (!row.year.empty() || !row.code.empty()) {
        const auto year = whole(text::trim(row.year)), code = whole(text::trim(row.code));
        period = period_from_code(year.value_or(0), code.value_or(0));
    }
    if (!period.ok()) {
        out.errors.push_back(std::move(period).error().pointing(row.at));
        return;
    }
    v.period = *period;
    const auto kind = kind_from(row.kind);
    if (!kind) {
        out.errors.push_back(wrong(row.at, "value.kind",
                                   "Loại số liệu là plan (1), estimate (2), performed (3) hoặc official (4).",
                                   "The kind is plan (1), estimate (2), performed (3) or official (4)."));
        return;
    }
    v.kind = *kind;
    v.agency = AgencyId{text::trim(row.agency)};
    v.unit = text::trim(row.unit);
    if (v.agency.value.size() > 100 || v.unit.size() > 100) {
        out.errors.push_back(wrong(row.at, "value.too_long", "Mã cơ quan hoặc địa bàn dài quá.",
                                   "The agency's or unit's id is too long."));
        return;
    }
    const auto number = decimal(row.value);
    if (!number) {
        out.errors.push_back(wrong(row.at, "value.number",
                                   "Giá trị phải là một số thập phân, phần lẻ viết sau dấu chấm, không có dấu phân "
                                   "nhóm; không có số thì bỏ cả dòng, đừng ghi 0.",
                                   "The value must be a decimal number with a point and no grouping; where there is "
                                   "none, leave the row out instead of writing 0."));
        return;
    }
    v.value = number->first;
    v.number = number->second;
    out.values.push_back(std::move(v));
}

std::string_view to_string(ValueKind k) {
    for (const auto& row : kinds)
        if (row.kind == k) return row.word;
    throw std::logic_error("a kind of value has no word");
}

std::optional<ValueKind> kind_from(std::string_view given) {
    const auto word = text::fold(text::trim(given));
    for (const auto& row : kinds)
        if (word == row.word || word == row.vi || word == std::to_string(static_cast<int>(row.kind))) return row.kind;
    return std::nullopt;
}

std::optional<std::pair<std::string, double>> decimal(std::string_view given) {
    auto t = text::trim(given);
    if (t.starts_with("+")) t.erase(0, 1);
    const bool minus = t.starts_with("-");
    std::string_view rest = t;
    if (minus) rest.remove_prefix(1);
    const auto dot = rest.find('.');
    const auto before = rest.substr(0, dot), after = dot == std::string_view::npos ? "" : rest.substr(dot + 1);
    const auto digits = [](std::string_view s) {
        return std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (before.empty() || !digits(before) || !digits(after) || (dot != std::string_view::npos && after.empty()))
        return std::nullopt;
    auto head = before.substr(std::min(before.find_first_not_of('0'), before.size() - 1));
    if (head.size() + after.size() > 15) return std::nullopt;
    auto tail = after;
    while (tail.ends_with('0')) tail.remove_suffix(1);
    std::string out{head};
    if (!tail.empty()) out += "." + std::string{tail};
    if (minus && out != "0") out = "-" + out;
    double number = 0;
    std::from_chars(out.data(), out.data() + out.size(), number);
    return std::pair{out, number};
}

Batch read_batch(const json::value& body) {
    Batch out;
    JsonReader in(body);
    out.source = in.text("source", 100);
    out.batch = in.text("batch", 100);
    std::vector<Error> rows;
    for (const auto& [value, at] : in.array("values", most_values)) {
        RowTexts row;
        row.at = at;
        const auto* object = value->if_object();
        if (!object) {
            rows.push_back(
                wrong(at, "value.object", "Mỗi giá trị là một đối tượng JSON.", "A value is a JSON object."));
            continue;
        }
        bool good = true;
        for (const auto& [key, member] : *object) {
            std::string text;
            if (member.is_string())
                text = member.get_string();
            else if (member.is_int64())
                text = std::to_string(member.get_int64());
            else if (member.is_double())
                text = fmt::format("{:.15g}", member.get_double());
            else if (!member.is_null())
                good = false;
            std::string* into = key == "indicator" || key == "indicatorCode" ? &row.indicator
                                : key == "period"                            ? &row.period
                                : key == "year" || key == "dataYear"         ? &row.year
                                : key == "period_code" || key == "periodId"  ? &row.code
                                : key == "kind" || key == "dataTypeId"       ? &row.kind
                                : key == "agency"                            ? &row.agency
                                : key == "unit"                              ? &row.unit
                                : key == "value"                             ? &row.value
                                                                             : nullptr;
            if (!into || !good) {
                rows.push_back(wrong(at + "/" + escape_pointer(key), "value.member",
                                     "Không có trường này, hoặc nó không phải chữ hay số.",
                                     "There is no such member, or it is neither a text nor a number."));
                good = false;
                break;
            }
            *into = std::move(text);
        }
        if (good) {
            Batch one;
            take(std::move(row), one);
            std::move(one.values.begin(), one.values.end(), std::back_inserter(out.values));
            std::move(one.errors.begin(), one.errors.end(), std::back_inserter(rows));
        }
    }
    (void)in.finish();
    out.errors = in.errors();
    out.errors.insert(out.errors.end(), rows.begin(), rows.end());
    return out;
}

}  // namespace hl::ioc
