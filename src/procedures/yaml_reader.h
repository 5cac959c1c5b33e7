// Reads one YAML mapping member by member and records every mistake with file and line instead of stopping at the
// first. For .cpp files of this room only (it brings yaml-cpp). One thread at a time.
#pragma once
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

namespace hl::procedures {

enum class YamlTexts { verbatim, normalised };
/// A node as JSON: quoted scalars are texts, the others what they look like. What lies deeper than `levels` is null.
[[nodiscard]] inline json::value yaml_value(const YAML::Node& n, YamlTexts texts, int levels) {
    if (levels < 0 || !n.IsDefined() || n.IsNull()) return nullptr;
    if (n.IsSequence()) {
        json::array out;
        for (const auto& item : n) out.push_back(yaml_value(item, texts, levels - 1));
        return out;
    }
    if (n.IsMap()) {
        json::object out;
        for (const auto& pair : n)
            if (pair.first.IsScalar()) out[pair.first.Scalar()] = yaml_value(pair.second, texts, levels - 1);
        return out;
    }
    const auto& s = n.Scalar();
    const auto written = [&] { return json::value_from(texts == YamlTexts::verbatim ? s : text::normalise(s)); };
    if (n.Tag() == "!") return written();  // quoted
    if (s == "true" || s == "false") return s == "true";
    int64_t i = 0;
    if (const auto [end, problem] = std::from_chars(s.data(), s.data() + s.size(), i);
        problem == std::errc{} && end == s.data() + s.size())
        return i;
    double d = 0;
    if (const auto [end, problem] = std::from_chars(s.data(), s.data() + s.size(), d);
        problem == std::errc{} && end == s.data() + s.size() && std::isfinite(d))
        return d;
    return written();
}

class YamlReader {
  public:
    YamlReader(YAML::Node node, std::string file, std::vector<Error>& errors, std::string what)
        : node_(std::move(node)), file_(std::move(file)), errors_(errors), what_(std::move(what)) {
        if (!node_.IsMap()) {
            fail_at(node_, "yaml.not_mapping", what_ + " phải là một nhóm khoá: giá trị", what_ + " must be a mapping");
            return;
        }
        std::set<std::string> seen;
        for (const auto& pair : node_) {
            if (!pair.first.IsScalar())
                fail_at(pair.first, "yaml.key", "khoá phải là chữ", "a key must be a text");
            else if (!seen.insert(pair.first.Scalar()).second)
                fail_at(pair.first, "yaml.twice", "khoá \"" + pair.first.Scalar() + "\" viết hai lần",
                        "the key " + pair.first.Scalar() + " is written twice");
        }
    }
    [[nodiscard]] static std::string place(const std::string& file, const YAML::Node& node) {
        const auto mark = node.IsDefined() ? node.Mark() : YAML::Mark::null_mark();
        return mark.is_null() ? file : fmt::format("{}:{}", file, mark.line + 1);
    }
    [[nodiscard]] std::string place() const { return place(file_, node_); }
    [[nodiscard]] std::string place(std::string_view key) {
        const auto n = peek(key);
        return n.IsDefined() ? place(file_, n) : place();
    }
    void fail(std::string_view key, std::string code, std::string vi, std::string en) {
        const auto n = peek(key);
        fail_at(n.IsDefined() ? n : node_, std::move(code), fmt::format("{}.{}: {}", what_, key, vi),
                fmt::format("{}.{}: {}", what_, key, en));
    }
    void fail_at(const YAML::Node& n, std::string code, std::string vi, std::string en) {
        if (errors_.size() < 1000)
            errors_.push_back({ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), place(file_, n)});
    }
    [[nodiscard]] bool has(std::string_view key) {
        used_.emplace(key);
        const auto n = peek(key);
        return n.IsDefined() && !n.IsNull();
    }
    [[nodiscard]] YAML::Node raw(std::string_view key) {
        used_.emplace(key);
        return peek(key);
    }
    [[nodiscard]] std::string text(std::string_view key, size_t max = 4000) {
        auto v = optional_text(key, max);
        if (!v || v->empty()) {
            fail(key, "yaml.missing", "thiếu giá trị", "a value is missing");
            return "";
        }
        return *v;
    }
    [[nodiscard]] std::optional<std::string> optional_text(std::string_view key, size_t max = 4000) {
        if (!has(key)) return std::nullopt;
        return scalar(peek(key), key, max);
    }
    [[nodiscard]] std::string text_or(std::string_view key, std::string otherwise, size_t max = 4000) {
        auto v = optional_text(key, max);
        return v ? *v : std::move(otherwise);
    }
    [[nodiscard]] std::optional<int64_t> integer(std::string_view key, int64_t min, int64_t max) {
        const auto v = optional_text(key, 30);
        if (!v) return std::nullopt;
        int64_t n = 0;
        const auto [end, problem] = std::from_chars(v->data(), v->data() + v->size(), n);
        if (problem != std::errc{} || end != v->data() + v->size() || n < min || n > max) {
            fail(key, "yaml.integer", fmt::format("phải là số nguyên từ {} đến {}", min, max),
                 fmt::format("must be an integer from {} to {}", min, max));
            return std::nullopt;
        }
        return n;
    }
    [[nodiscard]] bool boolean(std::string_view key, bool otherwise) {
        const auto v = optional_text(key, 10);
        if (!v) return otherwise;
        if (*v == "true") return true;
        if (*v != "false") fail(key, "yaml.boolean", "phải là true hoặc false", "must be true or false");
        return false;
    }
    [[nodiscard]] std::optional<Date> date(std::string_view key) {
        const auto v = optional_text(key, 30);
        if (!v) return std::nullopt;
        auto d = parse_date(*v);
        if (d.ok()) return d.value();
        fail(key, "yaml.date", "ngày phải viết như 2026-07-01", "a date is written like 2026-07-01");
        return std::nullopt;
    }
    [[nodiscard]] std::vector<std::string> texts(std::string_view key, size_t max_items = 500) {
        std::vector<std::string> out;
        each(key, max_items, [&](const YAML::Node& n, size_t) { out.push_back(scalar(n, key, 4000)); });
        return out;
    }
    template <class F>
    void each(std::string_view key, size_t max_items, F visit) {
        if (!has(key)) return;
        const auto n = peek(key);
        if (!n.IsSequence()) return fail(key, "yaml.not_list", "phải là một danh sách", "must be a list");
        if (n.size() > max_items) return fail(key, "yaml.too_many", "danh sách dài quá", "the list is too long");
        for (size_t i = 0; i < n.size(); ++i) visit(n[i], i);
    }
    /// Each mapping of a list.
    template <class F>
    void each_mapping(std::string_view key, F visit, size_t max_items = 500) {
        each(key, max_items, [&](const YAML::Node& n, size_t i) {
            YamlReader child(n, file_, errors_, fmt::format("{}.{}[{}]", what_, key, i));
            if (n.IsMap()) {
                visit(child);
                child.finish();
            }
        });
    }
    /// The mapping of a key, when it is there.
    template <class F>
    void mapping(std::string_view key, F visit) {
        if (!has(key)) return;
        YamlReader child(peek(key), file_, errors_, fmt::format("{}.{}", what_, key));
        if (!peek(key).IsMap()) return;
        visit(child);
        child.finish();
    }
    /// key: value pairs of a mapping with free keys.
    template <class F>
    void pairs(std::string_view key, F visit) {
        if (!has(key)) return;
        const auto n = peek(key);
        if (!n.IsMap()) return fail(key, "yaml.not_mapping", "phải là nhóm khoá: giá trị", "must be a mapping");
        if (n.size() > 1000) return fail(key, "yaml.too_many", "quá nhiều khoá", "too many keys");
        for (const auto& p : n)
            if (p.first.IsScalar()) visit(p.first.Scalar(), p.second);
    }
    /// A misspelt key must not be dropped silently.
    void finish() {
        if (!node_.IsMap()) return;
        for (const auto& pair : node_)
            if (pair.first.IsScalar() && !used_.contains(pair.first.Scalar()))
                fail_at(pair.first, "yaml.unknown_key",
                        fmt::format("{}: không có khoá \"{}\"", what_, pair.first.Scalar()),
                        fmt::format("{}: unknown key {}", what_, pair.first.Scalar()));
    }
    [[nodiscard]] const std::string& file() const { return file_; }

  private:
    [[nodiscard]] YAML::Node peek(std::string_view key) const {
        if (!node_.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
        for (const auto& pair : node_)
            if (pair.first.IsScalar() && pair.first.Scalar() == key) return pair.second;
        return YAML::Node(YAML::NodeType::Undefined);
    }
    std::string scalar(const YAML::Node& n, std::string_view key, size_t max) {
        if (!n.IsScalar()) {
            fail_at(n, "yaml.not_text", fmt::format("{}.{}: phải là một giá trị đơn", what_, key),
                    fmt::format("{}.{}: must be a single value", what_, key));
            return "";
        }
        if (n.Scalar().size() > max) {
            fail_at(n, "yaml.too_long", fmt::format("{}.{}: dài quá {} ký tự", what_, key, max),
                    fmt::format("{}.{}: longer than {} characters", what_, key, max));
            return "";
        }
        return text::normalise(n.Scalar());
    }

    YAML::Node node_;
    std::string file_;
    std::vector<Error>& errors_;
    std::string what_;
    std::set<std::string, std::less<>> used_;
};

/// One document. Errors: yaml.malformed with its line.
[[nodiscard]] inline std::optional<YAML::Node> load_yaml(const std::string& text, const std::string& file,
                                                         std::vector<Error>& errors) {
    const auto wrong = [&](int line, const std::string& detail) {
        errors.push_back({ErrorKind::invalid, "yaml.malformed", "Tệp YAML viết sai: " + detail,
                          "malformed YAML: " + detail, fmt::format("{}:{}", file, line)});
        return std::nullopt;
    };
    if (text.size() > (1u << 20)) return wrong(1, "larger than 1 MiB");
    if (!text::is_valid_utf8(text)) return wrong(1, "not UTF-8");
    try {
        auto node = YAML::Load(text);
        if (!node.IsDefined() || node.IsNull()) return wrong(1, "empty");
        return node;
    } catch (const YAML::Exception& e) {
        return wrong(e.mark.line + 1, e.msg);
    }
}

}  // namespace hl::procedures
