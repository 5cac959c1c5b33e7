#include "base/json.h"

#include <cmath>

#include "base/text.h"

namespace hl {

namespace {

void write_canonical(const json::value& value, std::string& out) {
    switch (value.kind()) {
        case json::kind::object: {
            const auto& object = value.get_object();
            std::vector<const json::key_value_pair*> members;
            members.reserve(object.size());
            for (const auto& m : object) members.push_back(&m);
            std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) {
                return std::string_view{a->key()} < std::string_view{b->key()};
            });
            out += '{';
            bool first = true;
            for (const auto* m : members) {
                if (!first) out += ',';
                first = false;
                out += json::serialize(json::string_view{m->key()});
                out += ':';
                write_canonical(m->value(), out);
            }
            out += '}';
            return;
        }
        case json::kind::array: {
            out += '[';
            bool first = true;
            for (const auto& v : value.get_array()) {
                if (!first) out += ',';
                first = false;
                write_canonical(v, out);
            }
            out += ']';
            return;
        }
        case json::kind::string: {
            const auto& s = value.get_string();
            // Most strings in events are plain ASCII without escapes.
            const bool plain = std::all_of(s.begin(), s.end(), [](char c) {
                return c >= 0x20 && c != '"' && c != '\\' && static_cast<unsigned char>(c) < 0x7F;
            });
            if (plain) {
                out += '"';
                out.append(s.data(), s.size());
                out += '"';
            } else {
                out += json::serialize(value);
            }
            return;
        }
        case json::kind::int64: {
            fmt::format_to(std::back_inserter(out), "{}", value.get_int64());
            return;
        }
        default:
            out += json::serialize(value);
    }
}

}  // namespace

std::string escape_pointer(std::string_view key) {
    std::string out;
    for (const char c : key) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

namespace {

/// 4E4444 is well-formed JSON, but no number that we could ever write again.
bool is_finite(const json::value& value) {
    if (value.is_double()) return std::isfinite(value.get_double());
    if (value.is_array()) return std::all_of(value.get_array().begin(), value.get_array().end(), is_finite);
    if (value.is_object())
        return std::all_of(value.get_object().begin(), value.get_object().end(),
                           [](const auto& m) { return is_finite(m.value()); });
    return true;
}

}  // namespace

Result<json::value> parse_json(std::string_view text) {
    json::parse_options options;
    options.max_depth = 32;
    json::error_code ec;
    auto value = json::parse(json::string_view{text.data(), text.size()}, ec, {}, options);
    if (ec)
        return Error{ErrorKind::malformed, "json.malformed", "Nội dung không phải JSON hợp lệ.",
                     "The body is not valid JSON: " + ec.message() + "."};
    if (!is_finite(value))
        return Error{ErrorKind::malformed, "json.malformed", "Có số vượt quá giới hạn biểu diễn.",
                     "A number is too large to be represented."};
    return value;
}

std::string canonical_json(const json::value& value) {
    std::string out;
    out.reserve(256);
    write_canonical(value, out);
    return out;
}

JsonReader::JsonReader(const json::value& value, std::string at) : at_(std::move(at)) {
    if (value.is_object())
        object_ = &value.get_object();
    else
        errors_.push_back({ErrorKind::invalid, "json.object", "Cần một đối tượng JSON ở đây.",
                           "A JSON object is wanted here.", at_.empty() ? "/" : at_});
}

void JsonReader::fail(std::string_view key, std::string code, std::string vi, std::string en) {
    errors_.push_back(
        {ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), at_ + "/" + escape_pointer(key)});
}

const json::value* JsonReader::find(std::string_view key, bool required) {
    used_.emplace_back(key);
    if (object_ == nullptr) return nullptr;
    const auto* value = object_->if_contains(key);
    if (value != nullptr && value->is_null()) value = nullptr;
    if (value == nullptr && required)
        fail(key, "field.required", "Thiếu thông tin bắt buộc này.", "This member is required.");
    return value;
}

std::string JsonReader::text(std::string_view key, size_t max_length) {
    const auto* value = find(key, true);
    if (value == nullptr) return {};
    if (!value->is_string()) {
        fail(key, "field.text", "Cần một chuỗi ký tự.", "A string is wanted.");
        return {};
    }
    auto out = text::normalise(std::string_view{value->get_string()});
    if (out.empty()) fail(key, "field.blank", "Không được để trống.", "This must not be blank.");
    if (text::length(out) > max_length)
        fail(key, "field.long", fmt::format("Dài quá {} ký tự.", max_length),
             fmt::format("Longer than {} characters.", max_length));
    return out;
}

std::optional<std::string> JsonReader::optional_text(std::string_view key, size_t max_length) {
    const auto* value = find(key, false);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) {
        fail(key, "field.text", "Cần một chuỗi ký tự.", "A string is wanted.");
        return std::nullopt;
    }
    auto out = text::normalise(std::string_view{value->get_string()});
    if (text::length(out) > max_length)
        fail(key, "field.long", fmt::format("Dài quá {} ký tự.", max_length),
             fmt::format("Longer than {} characters.", max_length));
    if (out.empty()) return std::nullopt;
    return out;
}

std::string JsonReader::secret(std::string_view key) {
    const auto* value = find(key, true);
    if (value == nullptr) return {};
    if (!value->is_string() || value->get_string().empty() || value->get_string().size() > 4096) {
        fail(key, "field.text", "Cần một chuỗi ký tự.", "A string is wanted.");
        return {};
    }
    return std::string{value->get_string()};
}

std::optional<int64_t> JsonReader::optional_integer(std::string_view key, int64_t min, int64_t max) {
    const auto* value = find(key, false);
    if (value == nullptr) return std::nullopt;
    if (!value->is_int64() || value->get_int64() < min || value->get_int64() > max) {
        fail(key, "field.integer", fmt::format("Cần một số nguyên từ {} đến {}.", min, max),
             fmt::format("An integer from {} to {} is wanted.", min, max));
        return std::nullopt;
    }
    return value->get_int64();
}

int64_t JsonReader::integer(std::string_view key, int64_t min, int64_t max) {
    if (find(key, true) == nullptr) return min;
    return optional_integer(key, min, max).value_or(min);
}

bool JsonReader::boolean(std::string_view key, bool otherwise) {
    const auto* value = find(key, false);
    if (value == nullptr) return otherwise;
    if (!value->is_bool()) {
        fail(key, "field.boolean", "Cần true hoặc false.", "true or false is wanted.");
        return otherwise;
    }
    return value->get_bool();
}

std::optional<Date> JsonReader::optional_date(std::string_view key) {
    const auto word = optional_text(key, 10);
    if (!word) return std::nullopt;
    auto parsed = parse_date(*word);
    if (!parsed.ok()) {
        fail(key, parsed.error().code, parsed.error().vi, parsed.error().en);
        return std::nullopt;
    }
    return *parsed;
}

Date JsonReader::date(std::string_view key) {
    if (find(key, true) == nullptr) return {};
    const auto mistakes = errors_.size();
    const auto out = optional_date(key);
    if (!out && errors_.size() == mistakes) fail(key, "field.blank", "Không được để trống.", "This must not be blank.");
    return out.value_or(Date{});
}

std::optional<Instant> JsonReader::optional_instant(std::string_view key) {
    const auto word = optional_text(key, 40);
    if (!word) return std::nullopt;
    auto parsed = parse_rfc3339(*word);
    if (!parsed.ok()) {
        fail(key, parsed.error().code, parsed.error().vi, parsed.error().en);
        return std::nullopt;
    }
    return *parsed;
}

Instant JsonReader::instant(std::string_view key) {
    if (find(key, true) == nullptr) return {};
    const auto mistakes = errors_.size();
    const auto out = optional_instant(key);
    if (!out && errors_.size() == mistakes) fail(key, "field.blank", "Không được để trống.", "This must not be blank.");
    return out.value_or(Instant{});
}

std::string JsonReader::one_of(std::string_view key, std::initializer_list<std::string_view> words,
                               std::optional<std::string> otherwise) {
    const auto* value = find(key, !otherwise);
    if (value == nullptr) return otherwise.value_or(std::string{*words.begin()});
    if (value->is_string())
        for (const auto word : words)
            if (std::string_view{value->get_string()} == word) return std::string{word};
    std::string list;
    for (const auto word : words) list += (list.empty() ? "" : ", ") + std::string{word};
    fail(key, "field.choice", "Cần một trong: " + list + ".", "One of these is wanted: " + list + ".");
    return std::string{*words.begin()};
}

std::vector<std::pair<const json::value*, std::string>> JsonReader::array(std::string_view key, size_t max) {
    std::vector<std::pair<const json::value*, std::string>> out;
    const auto* value = find(key, false);
    if (value == nullptr) return out;
    if (!value->is_array()) {
        fail(key, "field.array", "Cần một danh sách.", "An array is wanted.");
        return out;
    }
    if (value->get_array().size() > max) {
        fail(key, "field.long", fmt::format("Nhiều quá {} mục.", max), fmt::format("More than {} items.", max));
        return out;
    }
    size_t i = 0;
    for (const auto& item : value->get_array())
        out.emplace_back(&item, fmt::format("{}/{}/{}", at_, escape_pointer(key), i++));
    return out;
}

const json::value* JsonReader::raw(std::string_view key) {
    return find(key, false);
}

JsonReader JsonReader::object(std::string_view key) {
    static const json::value empty = json::object{};
    const auto* value = find(key, true);
    return JsonReader(value != nullptr ? *value : empty, at_ + "/" + escape_pointer(key));
}

void JsonReader::absorb(JsonReader&& child) {
    (void)child.finish();
    std::move(child.errors_.begin(), child.errors_.end(), std::back_inserter(errors_));
}

Result<void> JsonReader::finish() {
    if (object_ != nullptr) {
        for (const auto& member : *object_) {
            const std::string_view key = member.key();
            if (std::find(used_.begin(), used_.end(), key) == used_.end()) {
                fail(key, "field.unknown", "Không có mục tên này.", "There is no member of this name.");
                used_.emplace_back(key);
            }
        }
    }
    if (errors_.empty()) return Nothing{};
    return errors_.front();
}

}  // namespace hl
