#include "notices/book.h"

#include <algorithm>

namespace hl::notices {

namespace {

template <class T>
bool holds_on(const T& row, Date d) {
    return row.from <= d && (!row.to || d < *row.to);
}

template <class T, class Same>
const T* newest(const std::vector<T>& rows, Date d, Same same) {
    const T* out = nullptr;
    for (const auto& row : rows)
        if (holds_on(row, d) && same(row) && (!out || out->from < row.from)) out = &row;
    return out;
}

}  // namespace

std::string_view to_string(Way way) {
    switch (way) {
        case Way::mail:
            return "mail";
        case Way::sms:
            return "sms";
        case Way::zalo:
            return "zalo";
    }
    throw std::logic_error("a way out has no word");
}

std::optional<Way> way_from(std::string_view word) {
    for (const auto way : {Way::mail, Way::sms, Way::zalo})
        if (to_string(way) == word) return way;
    return std::nullopt;
}

const std::vector<KindRow>& kind_table() {
    static const std::vector<KindRow> rows = {
        {"filed", "Đã nộp", "Filed"},
        {"received", "Đã tiếp nhận", "Received"},
        {"refused", "Từ chối tiếp nhận", "Not taken in"},
        {"supplement", "Cần bổ sung", "Papers asked for"},
        {"payment", "Cần thực hiện nghĩa vụ tài chính", "Payment asked for"},
        {"extended", "Gia hạn, xin lỗi", "Extended, with an apology"},
        {"overdue", "Quá hạn, xin lỗi", "Overdue, with an apology"},
        {"result_ready", "Đã có kết quả", "Result ready"},
        {"returned", "Đã trả kết quả", "Result returned"},
        {"withdrawn", "Đã rút hồ sơ", "Withdrawn"},
        {"stopped", "Dừng giải quyết", "Stopped"},
    };
    return rows;
}

bool is_kind(std::string_view word) {
    return std::any_of(kind_table().begin(), kind_table().end(), [&](const KindRow& r) { return r.kind == word; });
}

const Template* Book::find(std::string_view kind, Date d) const {
    return newest(templates, d, [&](const Template& t) { return t.kind == kind; });
}

const Rules* Book::rules_at(Date d) const {
    return newest(rules, d, [](const Rules&) { return true; });
}

const GatewayShape* Book::gateway(Way way, Date d) const {
    return newest(gateways, d, [&](const GatewayShape& g) { return g.way == way; });
}

const std::vector<std::string_view>& mail_names() {
    static const std::vector<std::string_view> names = {"code", "procedure", "agency", "due", "old_due", "link"};
    return names;
}

const std::vector<std::string_view>& brief_names() {
    static const std::vector<std::string_view> names = {"code", "due", "link"};
    return names;
}

std::vector<std::string> names_in(std::string_view text) {
    std::vector<std::string> out;
    for (size_t at = 0; (at = text.find('{', at)) != std::string_view::npos; ++at) {
        const auto end = text.find('}', at);
        if (end == std::string_view::npos) break;
        out.emplace_back(text.substr(at + 1, end - at - 1));
    }
    return out;
}

std::string fill(std::string_view text, const Values& values) {
    std::string out;
    size_t at = 0;
    while (at < text.size()) {
        const auto open = text.find('{', at);
        const auto end = open == std::string_view::npos ? open : text.find('}', open);
        if (end == std::string_view::npos) break;
        out += text.substr(at, open - at);
        const auto found = values.find(text.substr(open + 1, end - open - 1));
        out += found == values.end() ? std::string{text.substr(open, end - open + 1)} : found->second;
        at = end + 1;
    }
    return out + std::string{text.substr(at)};
}

std::optional<Instant> quiet_until(const Rules& rules, Way way, Instant now) {
    if (rules.quiet_from == rules.quiet_to) return std::nullopt;
    if (std::find(rules.quiet_ways.begin(), rules.quiet_ways.end(), way) == rules.quiet_ways.end()) return std::nullopt;
    const auto local = to_local(now);
    const int minute = local.minute_of_day;
    const bool over_midnight = rules.quiet_from > rules.quiet_to;
    const bool quiet = over_midnight ? minute >= rules.quiet_from || minute < rules.quiet_to
                                     : minute >= rules.quiet_from && minute < rules.quiet_to;
    if (!quiet) return std::nullopt;
    const bool tomorrow = over_midnight && minute >= rules.quiet_from;
    return to_instant({tomorrow ? add_days(local.date, 1) : local.date, rules.quiet_to, 0, 0});
}

}  // namespace hl::notices
