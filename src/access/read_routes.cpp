// The log of personal-data reads over HTTP: searched, paged and exported by auditors; and what a citizen may see of it.
#include <charconv>

#include "access/reads.h"
#include "access/route_parts.h"
#include "base/csv.h"
#include "base/text.h"

namespace hl::access {

namespace {

constexpr int reads_on_a_page = 100;
constexpr int most_in_an_export = 50'000;

Error bad_cursor() {
    return {ErrorKind::invalid, "page.cursor", "Con trỏ trang không hợp lệ.", "The page cursor is not valid.",
            "cursor"};
}

std::optional<int64_t> whole_number(std::string_view text) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Result<std::optional<Date>> day_in_query(const Call& call, std::string_view name) {
    const auto text = call.request.query_value(name);
    if (!text || text->empty()) return std::optional<Date>{};
    auto day = parse_date(*text);
    if (!day.ok()) return std::move(day).error().pointing(std::string{name});
    return std::optional{*day};
}

/// Who read: a login, or a label as the log has it ("machine:…", "anonymous").
Result<std::string> reader_in_query(store::Reader& reader, const Call& call) {
    const auto who = text::trim(call.request.query_value("actor").value_or(""));
    if (who.empty() || who == "anonymous" || who.find(':') != std::string::npos) return who;
    const auto account = find_account(reader, who);
    if (!account) return unknown_login().pointing("actor");
    Actor actor;
    actor.kind = account->kind == AccountKind::machine   ? ActorKind::machine
                 : account->kind == AccountKind::citizen ? ActorKind::citizen
                                                         : ActorKind::officer;
    actor.account = account->id;
    actor.subject = account->subject;
    return actor.label();
}

Result<ReadFilter> filter_of(store::Reader& reader, const Call& call) {
    ReadFilter filter;
    TRY(filter.actor, reader_in_query(reader, call));
    filter.purpose = text::trim(call.request.query_value("purpose").value_or(""));
    filter.subject = text::trim(call.request.query_value("subject").value_or(""));
    TRY(const auto from, day_in_query(call, "from"));
    TRY(const auto to, day_in_query(call, "to"));
    if (from && to && *to < *from)
        return Error{ErrorKind::invalid, "reads.dates", "Ngày cuối phải không trước ngày đầu.",
                     "The last day must not come before the first.", "to"};
    if (from) filter.from = at_local(*from, 0);
    filter.until = to ? at_local(add_days(*to, 1), 0) : call.now + std::chrono::days{1};
    return filter;
}

boost::json::object to_json(const ReadLine& line) {
    const auto words = words_of_read(line.what);
    return {{"at", to_rfc3339(line.at)},
            {"actor", line.actor},
            {"name", text_or_null(line.name)},
            {"login", text_or_null(line.login)},
            {"purpose", line.purpose},
            {"what", line.what},
            {"what_vi", words.vi},
            {"what_en", words.en},
            {"subject", line.subject},
            {"request_id", line.request_id}};
}

/// For Vietnamese spreadsheets: the whole period at once, and the export is a line of the log itself.
Result<Answer> exported(store::Reader& reader, const Call& call, const ReadFilter& filter) {
    const auto lines = find_reads(reader, filter, most_in_an_export + 1);
    if (std::ssize(lines) > most_in_an_export)
        return Error{
            ErrorKind::too_large, "reads.too_many",
            fmt::format("Có hơn {} dòng. Hãy chọn khoảng thời gian ngắn hơn rồi xuất lại.", most_in_an_export),
            fmt::format("There are more than {} lines. Choose a shorter period and export again.", most_in_an_export)};
    std::string csv{csv_mark};
    append_csv_row(csv, {"Thời điểm", "Tên người đọc", "Tên đăng nhập", "Định danh người đọc", "Mục đích",
                         "Nội dung đọc", "Chủ thể dữ liệu", "Mã yêu cầu"});
    for (const auto& line : lines)
        append_csv_row(csv, {to_rfc3339_local(line.at), line.name, line.login, line.actor, line.purpose,
                             words_of_read(line.what).vi, line.subject, line.request_id});
    Answer answer;
    answer.bytes = std::move(csv);
    answer.headers = {{"Content-Type", "text/csv; charset=utf-8"},
                      {"Content-Disposition",
                       fmt::format("attachment; filename=\"nhat-ky-doc-{}.csv\"", to_iso(local_date(call.now)))}};
    answer.reads.push_back({call.actor.label(), call.actor.purpose, "reads_export",
                            filter.subject.empty() ? fmt::format("{} dòng", lines.size()) : filter.subject,
                            call.request.request_id, call.now});
    return answer;
}

Result<Answer> log_page(store::Reader& reader, const Call& call) {
    TRY_VOID(require_anywhere(call.actor, Right::read_ledger, call.now));
    TRY(auto filter, filter_of(reader, call));
    const auto format = call.request.query_value("format").value_or("json");
    if (format == "csv") return exported(reader, call, filter);
    if (format != "json")
        return Error{ErrorKind::invalid, "query.format", "Định dạng là json hoặc csv.", "The format is json or csv.",
                     "format"};
    if (const auto cursor = call.request.query_value("cursor")) {
        const auto dot = cursor->find('.');
        if (dot == std::string::npos) return bad_cursor();
        const auto at = whole_number(std::string_view{*cursor}.substr(0, dot));
        const auto id = whole_number(std::string_view{*cursor}.substr(dot + 1));
        if (!at || !id) return bad_cursor();
        filter.until = from_ms(*at);
        filter.before_id = *id;
    }
    const auto lines = find_reads(reader, filter, reads_on_a_page);
    boost::json::array items;
    for (const auto& line : lines) items.push_back(to_json(line));
    boost::json::value next;
    if (std::ssize(lines) == reads_on_a_page)
        next = boost::json::value(fmt::format("{}.{}", to_ms(lines.back().at), lines.back().id));
    return Answer{boost::json::object{{"items", std::move(items)}, {"next", std::move(next)}}};
}

Result<Answer> own_page(store::Reader& reader, const Call& call) {
    if (call.actor.subject.empty())
        return Error{ErrorKind::denied, "access.citizens_only", "Chỉ dành cho tài khoản công dân.",
                     "Only for citizens' accounts."};
    int64_t before = std::numeric_limits<int64_t>::max();
    if (const auto cursor = call.request.query_value("cursor")) {
        const auto id = whole_number(*cursor);
        if (!id) return bad_cursor();
        before = *id;
    }
    const auto lines = reads_of(reader, call.actor.subject, before, reads_on_a_page);
    boost::json::array items;
    for (const auto& line : lines)
        items.push_back({{"actor", line.actor},
                         {"purpose", line.purpose},
                         {"what", line.what},
                         {"subject", line.subject},
                         {"request_id", line.request_id},
                         {"at", to_rfc3339(line.at)}});
    const bool more = std::ssize(lines) == reads_on_a_page;
    return Answer{boost::json::object{
        {"items", std::move(items)},
        {"next", more ? boost::json::value(std::to_string(lines.back().id)) : boost::json::value()}}};
}

}  // namespace

void add_read_routes(Api& api) {
    // A search may walk over many lines: not on the threads that serve everybody.
    api.query("/api/v1/personal-reads", log_page, {.slow = true, .purpose = "kiểm tra việc đọc dữ liệu cá nhân"});
    api.query("/api/v1/personal-reads/purposes", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(require_anywhere(call.actor, Right::read_ledger, call.now));
        boost::json::array items;
        for (const auto& purpose : purposes_of_reads(reader)) items.emplace_back(purpose);
        return Answer{boost::json::object{{"items", std::move(items)}}};
    });
    // What is held about me, who read it and why.
    api.query("/api/v1/me/reads", own_page);
}

}  // namespace hl::access
