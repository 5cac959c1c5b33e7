#include "links/registers/profile.h"

#include <charconv>
#include <regex>

#include "base/text.h"
#include "procedures/yaml_reader.h"

namespace hl::links::registers {

namespace {

using procedures::YamlReader;

constexpr std::string_view mirror_fields[] = {"code",        "procedure", "unit",        "status",
                                              "received_at", "due",       "finished_at", "returned_at"};

void check_pointer(YamlReader& r, std::string_view key, const std::string& pointer) {
    if (!pointer.empty() && pointer.front() != '/')
        r.fail(key, "link.mapping", "phải là con trỏ JSON như /ten", "must be a JSON pointer like /ten");
}

std::map<std::string, std::string> pointers(YamlReader& r, std::string_view key) {
    std::map<std::string, std::string> out;
    r.pairs(key, [&](const std::string& name, const YAML::Node& value) {
        out[name] = value.IsScalar() ? value.Scalar() : std::string{};
        if (out[name].empty() || out[name].front() != '/')
            r.fail(key, "link.mapping", "mỗi mục phải là con trỏ JSON như /ten",
                   "each must be a JSON pointer like /ten");
    });
    return out;
}

Shape read_shape(YamlReader& r) {
    Shape s;
    s.kind = r.text("kind", 40);
    s.path = r.text("path", 500);
    if (s.path.find("{code}") == std::string::npos)
        r.fail("path", "link.mapping", "phải có {code}", "must hold {code}");
    s.pattern = r.text("pattern", 200);
    try {
        (void)std::regex(s.pattern);
    } catch (const std::regex_error&) {
        r.fail("pattern", "link.mapping", "mẫu viết sai", "the pattern is malformed");
    }
    s.record = r.text_or("record", "", 200);
    s.code_at = r.text("code_at", 200);
    s.empty_at = r.text_or("empty_at", "", 200);
    check_pointer(r, "record", s.record);
    check_pointer(r, "code_at", s.code_at);
    check_pointer(r, "empty_at", s.empty_at);
    s.fields = pointers(r, "fields");
    s.required = r.texts("required", 50);
    for (const auto& name : s.required)
        if (!s.fields.contains(name))
            r.fail("required", "link.mapping", fmt::format("không có trường \"{}\"", name),
                   fmt::format("there is no field '{}'", name));
    if (!s.fields.contains("name")) r.fail("fields", "link.mapping", "phải có name", "must have name");
    return s;
}

MirrorShape read_mirror(YamlReader& r) {
    MirrorShape m;
    m.path = r.text("path", 500);
    if (m.path.find("{page}") == std::string::npos || m.path.find("{size}") == std::string::npos)
        r.fail("path", "link.mapping", "phải có {page} và {size}", "must hold {page} and {size}");
    m.first_page = static_cast<int>(r.integer("first_page", 0, 1).value_or(1));
    m.size = static_cast<int>(r.integer("size", 1, 5000).value_or(200));
    m.items = r.text("items", 200);
    m.total = r.text_or("total", "", 200);
    check_pointer(r, "items", m.items);
    check_pointer(r, "total", m.total);
    m.fields = pointers(r, "fields");
    for (const auto name : {"code", "procedure", "status", "received_at"})
        if (!m.fields.contains(name))
            r.fail("fields", "link.mapping", fmt::format("thiếu {}", name), fmt::format("{} is missing", name));
    for (const auto& [name, pointer] : m.fields)
        if (std::find(std::begin(mirror_fields), std::end(mirror_fields), name) == std::end(mirror_fields))
            r.fail("fields", "link.mapping", fmt::format("không có trường \"{}\"", name),
                   fmt::format("there is no field '{}'", name));
    r.pairs("statuses", [&](const std::string& word, const YAML::Node& value) {
        int status = 0;
        const auto& s = value.IsScalar() ? value.Scalar() : std::string{};
        const auto [end, wrong] = std::from_chars(s.data(), s.data() + s.size(), status);
        if (wrong != std::errc{} || end != s.data() + s.size() || status < 1 || status > 10)
            r.fail("statuses", "link.mapping", "trạng thái quốc gia từ 1 đến 10", "a national status is from 1 to 10");
        m.statuses[word] = status;
    });
    return m;
}

Profile read(const connector::MappingFile& file, std::vector<Error>& errors) {
    Profile p;
    p.id = file.id;
    p.connector = file.connector;
    p.hash = file.hash;
    p.unverified = file.unverified;
    YamlReader r(file.root, file.file, errors, "links");
    for (const auto key : {"id", "connector", "valid", "sources", "unverified", "about"}) (void)r.raw(key);
    r.mapping("token", [&](YamlReader& t) {
        p.token_path = t.text("path", 300);
        p.token_at = t.text_or("token_at", p.token_at, 100);
        p.lifetime_at = t.text_or("lifetime_at", p.lifetime_at, 100);
    });
    p.cache_hours = static_cast<int>(r.integer("cache_hours", 0, 24 * 365).value_or(24));
    r.mapping("compare", [&](YamlReader& c) {
        p.compare.fold_case = c.boolean("fold_case", true);
        p.compare.tone_place = c.boolean("tone_place", true);
        const auto marks = c.raw("punctuation");
        if (marks.IsDefined() && marks.IsScalar()) p.compare.punctuation = marks.Scalar();
        for (const char ch : p.compare.punctuation)
            if (static_cast<signed char>(ch) < 0)
                c.fail("punctuation", "link.mapping", "chỉ dấu câu ASCII", "ASCII marks only");
        c.pairs("words", [&](const std::string& from, const YAML::Node& to) {
            if (to.IsScalar()) p.compare.words.emplace_back(text::normalise(from), text::normalise(to.Scalar()));
        });
    });
    r.each_mapping("shapes", [&](YamlReader& s) {
        auto shape = read_shape(s);
        const auto kind = shape.kind;
        if (!p.shapes.emplace(kind, std::move(shape)).second)
            s.fail("kind", "link.mapping", "viết hai lần", "is written twice");
    });
    if (p.shapes.empty()) r.fail("shapes", "link.mapping", "thiếu", "is missing");
    r.mapping("mirror", [&](YamlReader& m) { p.mirror = read_mirror(m); });
    r.finish();
    return p;
}

}  // namespace

Result<Profile> read_profile(const connector::MappingFile& file) {
    std::vector<Error> errors;
    auto profile = read(file, errors);
    if (!errors.empty()) return errors.front();
    return profile;
}

void check_profile(const connector::MappingFile& file, std::vector<Error>& errors) {
    (void)read(file, errors);
}

std::optional<std::string> text_at(const json::value& value, const std::string& pointer) {
    boost::system::error_code ec;
    const auto* found = pointer.empty() ? nullptr : value.find_pointer(pointer, ec);
    if (ec || !found) return std::nullopt;
    if (found->is_int64()) return std::to_string(found->as_int64());
    if (found->is_bool()) return std::string{found->as_bool() ? "true" : "false"};
    if (!found->is_string()) return std::nullopt;
    auto out = text::normalise(found->as_string());
    if (out.empty()) return std::nullopt;
    return out;
}

std::optional<Instant> time_from(std::string_view t) {
    const auto number = [&](size_t at, size_t n) {
        int out = -1;
        const auto [end, wrong] = std::from_chars(t.data() + at, t.data() + at + n, out);
        return wrong == std::errc{} && end == t.data() + at + n ? out : -1;
    };
    const auto made = [](int y, int m, int d, int h, int min, int s) -> std::optional<Instant> {
        const Date date{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)},
                        std::chrono::day{static_cast<unsigned>(d)}};
        if (y < 1900 || m < 1 || d < 1 || !date.ok() || h < 0 || h > 23 || min < 0 || min > 59 || s < 0 || s > 59)
            return std::nullopt;
        return to_instant({date, h * 60 + min, s, 0});
    };
    if (t.size() == 14)
        return made(number(0, 4), number(4, 2), number(6, 2), number(8, 2), number(10, 2), number(12, 2));
    if (t.size() == 8) return made(number(0, 4), number(4, 2), number(6, 2), 0, 0, 0);
    if (t.size() == 10 && t[2] == '/' && t[5] == '/') return made(number(6, 4), number(3, 2), number(0, 2), 0, 0, 0);
    const auto parsed = parse_rfc3339(t);
    if (parsed.ok()) return *parsed;
    return std::nullopt;
}

}  // namespace hl::links::registers
