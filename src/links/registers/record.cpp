#include "links/registers/record.h"

#include <charconv>
#include <regex>

#include "base/text.h"

namespace hl::links::registers {

namespace {

Error unreadable() {
    return {ErrorKind::unavailable, "register.unreadable",
            "Hệ thống đăng ký trả lời không đúng dạng đã khai. Hãy báo quản trị viên xem lại tệp ánh xạ.",
            "The register answered in another form than the mapping says. Tell the administrator."};
}

}  // namespace

Result<std::string> code_for(const Shape& shape, std::string_view typed) {
    std::string code;
    for (const char c : typed)
        if (c != ' ' && c != '.') code += c;
    if (code.size() <= 32 && std::regex_match(code, std::regex(shape.pattern))) return code;
    return Error{ErrorKind::invalid, "register.code", "Mã số không đúng dạng. Hãy xem lại số đã nhập.",
                 "The code does not have the form of such codes. Check what was typed.", "/code"};
}

Result<Record> read_record(const Shape& shape, std::string_view code, std::string_view body) {
    const auto parsed = parse_json(body);
    if (!parsed.ok()) return unreadable();
    const Error missing{ErrorKind::not_found, "register.not_found",
                        fmt::format("Hệ thống đăng ký không có mã số {}.", code),
                        fmt::format("The register has no {}.", code), "/code"};
    boost::system::error_code ec;
    if (!shape.empty_at.empty()) {
        const auto* list = parsed->find_pointer(shape.empty_at, ec);
        if (!ec && list && ((list->is_array() && list->as_array().empty()) || list->is_null())) return missing;
    }
    const auto* record = shape.record.empty() ? &*parsed : parsed->find_pointer(shape.record, ec);
    if (ec || !record || !record->is_object()) return unreadable();
    const auto answered = text_at(*record, shape.code_at);
    if (!answered) return unreadable();
    std::string same;
    for (const char c : *answered)
        if (c != ' ' && c != '.') same += c;
    if (same != code)
        return Error{ErrorKind::conflict, "register.mismatch",
                     fmt::format("Đã hỏi mã số {} nhưng nhận được mã số khác. Không dùng kết quả này.", code),
                     fmt::format("{} was asked for and another code came back. The answer is not used.", code)};
    Record out{shape.kind, std::string{code}, {}};
    for (const auto& [name, pointer] : shape.fields)
        if (auto value = text_at(*record, pointer)) out.fields[name] = std::move(*value);
    for (const auto& name : shape.required)
        if (!out.fields.contains(name))
            return Error{ErrorKind::conflict, "register.incomplete",
                         fmt::format("Kết quả tra cứu mã số {} thiếu «{}». Không điền thay.", code, name),
                         fmt::format("The record of {} has no '{}'. Nothing is filled in for it.", code, name)};
    return out;
}

json::object to_json(const Record& record) {
    json::object fields;
    for (const auto& [name, value] : record.fields) fields[name] = value;
    return {{"kind", record.kind}, {"code", record.code}, {"fields", std::move(fields)}};
}

std::optional<Record> record_from(std::string_view text) {
    const auto parsed = parse_json(text);
    if (!parsed.ok() || !parsed->is_object()) return std::nullopt;
    const auto* fields = parsed->as_object().if_contains("fields");
    if (!fields || !fields->is_object()) return std::nullopt;
    Record out{text_at(*parsed, "/kind").value_or(""), text_at(*parsed, "/code").value_or(""), {}};
    for (const auto& member : fields->as_object())
        if (member.value().is_string()) out.fields[member.key()] = std::string{member.value().as_string()};
    return out;
}

Result<MirrorPage> read_mirror_page(const MirrorShape& shape, std::string_view body) {
    const auto parsed = parse_json(body);
    if (!parsed.ok()) return unreadable();
    boost::system::error_code ec;
    const auto* items = parsed->find_pointer(shape.items, ec);
    if (ec || !items || !items->is_array()) return unreadable();
    MirrorPage out;
    out.given = static_cast<int64_t>(items->as_array().size());
    if (const auto total = text_at(*parsed, shape.total)) {
        int64_t n = 0;
        const auto [end, wrong] = std::from_chars(total->data(), total->data() + total->size(), n);
        if (wrong == std::errc{} && end == total->data() + total->size() && n >= 0) out.total = n;
    }
    for (const auto& item : items->as_array()) {
        const auto field = [&](std::string_view name) -> std::optional<std::string> {
            const auto it = shape.fields.find(std::string{name});
            return it == shape.fields.end() ? std::nullopt : text_at(item, it->second);
        };
        // A date that is there and cannot be read is a fault of the item, not an absent date.
        bool good = true;
        const auto time = [&](std::string_view name) -> std::optional<Instant> {
            const auto word = field(name);
            if (!word) return std::nullopt;
            auto at = time_from(*word);
            good = good && at.has_value();
            return at;
        };
        Mirrored m;
        m.code = field("code").value_or("");
        m.procedure = field("procedure").value_or("");
        m.unit = field("unit").value_or("");
        m.status_there = field("status").value_or("");
        const auto received = time("received_at");
        m.due = time("due"), m.finished_at = time("finished_at"), m.returned_at = time("returned_at");
        if (!good || !received || m.code.empty() || m.code.size() > 100 || m.procedure.empty()) {
            ++out.unreadable;
            continue;
        }
        m.received_at = *received;
        if (const auto it = shape.statuses.find(m.status_there); it != shape.statuses.end()) m.status = it->second;
        out.items.push_back(std::move(m));
    }
    return out;
}

}  // namespace hl::links::registers
