// Reading the pack's notices: every mistake with its line. What a text may name is checked here, so that no message can
// ever tell a stranger who looks at a telephone what the matter is.
#include <algorithm>

#include "notices/book.h"
#include "procedures/yaml_reader.h"

namespace hl::notices {

namespace {

using procedures::YamlReader;

constexpr size_t longest_mail = 4000;

template <class T>
void read_validity(YamlReader& r, T& out) {
    bool given = false;
    r.mapping("valid", [&](YamlReader& v) {
        if (const auto from = v.date("from")) {
            out.from = *from;
            given = true;
        }
        out.to = v.date("to");
    });
    if (!given) r.fail("valid", "notices.valid", "thiếu valid.from", "valid.from is missing");
    if (given && out.to && *out.to <= out.from)
        r.fail("valid", "notices.valid", "ngày kết thúc phải sau ngày bắt đầu", "it ends before it begins");
}

/// Lines stay lines; each is brought to the normal form.
std::string body_text(YamlReader& r, std::string_view key, size_t longest) {
    const auto node = r.raw(key);
    if (!node.IsDefined() || !node.IsScalar() || text::trim(node.Scalar()).empty()) {
        r.fail(key, "yaml.missing", "thiếu nội dung", "the text is missing");
        return "";
    }
    std::vector<std::string> lines;
    for (const auto& line : text::split(node.Scalar(), '\n')) lines.push_back(text::normalise(line));
    auto out = text::trim(text::join(lines, "\n"));
    if (text::length(out) > longest)
        r.fail(key, "notices.too_long", fmt::format("dài quá {} ký tự", longest),
               fmt::format("longer than {} characters", longest));
    return out;
}

void check_names(YamlReader& r, std::string_view key, const std::string& text,
                 const std::vector<std::string_view>& allowed) {
    for (const auto& name : names_in(text)) {
        if (std::find(allowed.begin(), allowed.end(), name) != allowed.end()) continue;
        std::string list;
        for (const auto n : allowed) list += fmt::format(" {{{}}}", n);
        r.fail(key, "notices.name", fmt::format("không được dùng {{{}}}; chỉ có:{}", name, list),
               fmt::format("{{{}}} may not stand here; allowed are:{}", name, list));
    }
}

Texts read_texts(YamlReader& in, std::string_view language) {
    Texts out;
    bool there = false;
    in.mapping(language, [&](YamlReader& r) {
        there = true;
        out.subject = r.text("subject", 200);
        out.mail = body_text(r, "mail", longest_mail);
        out.brief = body_text(r, "brief", 600);
        check_names(r, "subject", out.subject, brief_names());
        check_names(r, "mail", out.mail, mail_names());
        check_names(r, "brief", out.brief, brief_names());
        if (out.brief.find("{code}") == std::string::npos)
            r.fail("brief", "notices.code", "phải có {code}", "must hold {code}");
        if (out.mail.find("{code}") == std::string::npos)
            r.fail("mail", "notices.code", "phải có {code}", "must hold {code}");
    });
    if (!there) in.fail(language, "yaml.missing", "thiếu bản tiếng này", "this language is missing");
    return out;
}

std::vector<Way> read_ways(YamlReader& r, std::string_view key) {
    std::vector<Way> out;
    for (const auto& word : r.texts(key, 10)) {
        const auto way = way_from(word);
        if (!way)
            r.fail(key, "notices.way", "phải là mail, sms hoặc zalo", "must be mail, sms or zalo");
        else if (std::find(out.begin(), out.end(), *way) == out.end())
            out.push_back(*way);
    }
    return out;
}

int read_minute(YamlReader& r, std::string_view key) {
    const auto word = r.text(key, 5);
    int hour = -1, minute = -1;
    if (word.size() == 5 && word[2] == ':') {
        const auto [a, x] = std::from_chars(word.data(), word.data() + 2, hour);
        const auto [b, y] = std::from_chars(word.data() + 3, word.data() + 5, minute);
        if (x != std::errc{} || y != std::errc{} || a != word.data() + 2 || b != word.data() + 5) hour = -1;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        r.fail(key, "notices.time", "giờ viết như \"21:00\"", "a time is written like \"21:00\"");
        return 0;
    }
    return hour * 60 + minute;
}

Rules read_rules(YamlReader& r) {
    Rules out;
    out.id = r.text("id", 60);
    out.file = r.file();
    read_validity(r, out);
    r.mapping("quiet", [&](YamlReader& q) {
        out.quiet_from = read_minute(q, "from");
        out.quiet_to = read_minute(q, "to");
        out.quiet_ways = read_ways(q, "ways");
    });
    out.order = read_ways(r, "order");
    if (out.order.empty()) r.fail("order", "yaml.missing", "thiếu thứ tự kênh", "the order of ways is missing");
    out.stale_hours = static_cast<int>(r.integer("stale_hours", 1, longest_stale_hours).value_or(out.stale_hours));
    out.overdue_days = static_cast<int>(r.integer("overdue_days", 1, 365).value_or(out.overdue_days));
    r.mapping("brief", [&](YamlReader& b) {
        out.brief_longest = static_cast<int>(b.integer("longest", 70, 2000).value_or(out.brief_longest));
        out.brief_plain = b.boolean("plain", true);
    });
    return out;
}

std::vector<Condition> read_conditions(YamlReader& in, std::string_view key) {
    std::vector<Condition> out;
    in.each_mapping(key, [&](YamlReader& r) {
        Condition c;
        for (const auto& word : r.texts("status", 50)) {
            int status = 0;
            const auto [end, wrong] = std::from_chars(word.data(), word.data() + word.size(), status);
            if (wrong != std::errc{} || end != word.data() + word.size() || status < 100 || status > 599)
                r.fail("status", "notices.status", "phải là mã HTTP", "must be HTTP statuses");
            else
                c.statuses.push_back(status);
        }
        c.at = r.text_or("at", "", 200);
        c.is = r.texts("is", 100);
        if (!c.at.empty() && c.at.front() != '/')
            r.fail("at", "notices.pointer", "phải là con trỏ JSON như /code", "must be a JSON pointer like /code");
        if (c.at.empty() != c.is.empty() || (c.at.empty() && c.statuses.empty()))
            r.fail("at", "notices.condition", "cần at cùng is, hoặc status", "wants at with is, or status");
        out.push_back(std::move(c));
    });
    return out;
}

void check_body(YamlReader& r, const json::value& value) {
    static const std::vector<std::string_view> allowed = {"phone", "text", "id", "brand", "secret"};
    if (value.is_string()) {
        check_names(r, "body", std::string{value.as_string()}, allowed);
    } else if (value.is_object()) {
        for (const auto& member : value.as_object()) check_body(r, member.value());
    } else if (value.is_array()) {
        for (const auto& item : value.as_array()) check_body(r, item);
    }
}

GatewayShape read_gateway(YamlReader& r) {
    GatewayShape g;
    g.file = r.file();
    const auto way = way_from(r.text("way", 10));
    if (!way || *way == Way::mail) r.fail("way", "notices.way", "phải là sms hoặc zalo", "must be sms or zalo");
    g.way = way.value_or(Way::sms);
    read_validity(r, g);
    g.method = r.text_or("method", "POST", 10);
    if (g.method != "POST" && g.method != "PUT")
        r.fail("method", "notices.method", "phải là POST hoặc PUT", "must be POST or PUT");
    g.path = r.text_or("path", "", 500);
    g.content_type = r.text_or("content_type", "application/json", 100);
    if (g.content_type != "application/json" && g.content_type != "application/x-www-form-urlencoded")
        r.fail("content_type", "notices.content_type", "phải là JSON hoặc biểu mẫu", "must be JSON or a form");
    g.phone = r.text_or("phone", "e164", 20);
    if (g.phone != "e164" && g.phone != "international" && g.phone != "national")
        r.fail("phone", "notices.phone", "phải là e164 (+84912…), international (84912…) hoặc national (0912…)",
               "must be e164 (+84912…), international (84912…) or national (0912…)");
    r.pairs("headers", [&](const std::string& name, const YAML::Node& value) {
        if (!value.IsScalar()) return;
        g.headers[name] = value.Scalar();
        check_names(r, "headers", value.Scalar(), {"secret", "brand"});
    });
    g.body = procedures::yaml_value(r.raw("body"), procedures::YamlTexts::verbatim, 8);
    if (!g.body.is_object()) r.fail("body", "yaml.missing", "thiếu thân yêu cầu", "the body is missing");
    check_body(r, g.body);
    r.mapping("answer", [&](YamlReader& a) {
        g.accepted = read_conditions(a, "accepted");
        g.duplicate = read_conditions(a, "duplicate");
        g.refused = read_conditions(a, "refused");
        g.bad_address = read_conditions(a, "bad_address");
        g.message_at = a.text_or("message", "", 200);
    });
    if (g.accepted.empty())
        r.fail("answer", "notices.answer", "phải nói câu trả lời nào nghĩa là đã nhận",
               "must say which answer means that it was accepted");
    g.unverified = r.texts("unverified");
    return g;
}

}  // namespace

void read_book_file(const std::string& text, const std::string& file, Book& out, std::vector<Error>& errors) {
    const auto root = procedures::load_yaml(text, file, errors);
    if (!root) return;
    YamlReader r(*root, file, errors, "notices");
    (void)r.raw("sources"), (void)r.raw("about");
    r.each_mapping("templates", [&](YamlReader& t) {
        Template row;
        row.file = file;
        row.kind = t.text("kind", 40);
        if (!is_kind(row.kind)) t.fail("kind", "notices.kind", "không có loại tin này", "there is no such kind");
        read_validity(t, row);
        row.vi = read_texts(t, "vi");
        row.en = read_texts(t, "en");
        out.templates.push_back(std::move(row));
    });
    r.each_mapping("rules", [&](YamlReader& q) { out.rules.push_back(read_rules(q)); });
    r.each_mapping("gateways", [&](YamlReader& g) { out.gateways.push_back(read_gateway(g)); });
    r.finish();
}

void check_book(const Book& book, std::vector<Error>& errors) {
    const auto twice = [&](const std::string& file, std::string_view what) {
        errors.push_back({ErrorKind::invalid, "notices.twice",
                          fmt::format("hai bản \"{}\" cùng hiệu lực một ngày", what),
                          fmt::format("two versions of '{}' hold on one day", what), file});
    };
    const auto overlap = [](const auto& a, const auto& b) {
        return (!a.to || b.from < *a.to) && (!b.to || a.from < *b.to);
    };
    const auto each_pair = [&](const auto& rows, auto name) {
        for (size_t i = 0; i < rows.size(); ++i)
            for (size_t j = 0; j < i; ++j)
                if (name(rows[i]) == name(rows[j]) && overlap(rows[i], rows[j])) twice(rows[i].file, name(rows[i]));
    };
    each_pair(book.templates, [](const Template& t) { return t.kind; });
    each_pair(book.rules, [](const Rules&) { return std::string{"rules"}; });
    each_pair(book.gateways, [](const GatewayShape& g) { return std::string{to_string(g.way)}; });
    if (!book.templates.empty() && book.rules.empty())
        errors.push_back({ErrorKind::invalid, "notices.no_rules", "Có mẫu tin nhưng không có quy tắc gửi (rules).",
                          "There are texts and no rules for sending them.", book.templates.front().file});
}

}  // namespace hl::notices
