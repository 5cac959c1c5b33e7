#include "links/power/profile.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "procedures/yaml_reader.h"

namespace hl::power {

namespace {

using procedures::YamlReader;

constexpr std::string_view known_fields[] = {"code",  "procedure", "summary", "applicant", "phone",
                                             "email", "address",   "sent_at", "due",       "answers"};

std::string pointer(YamlReader& r, std::string_view key, bool required = true) {
    auto out = required ? r.text(key, 200) : r.text_or(key, "", 200);
    if (!out.empty() && out.front() != '/')
        r.fail(key, "link.mapping", "phải là con trỏ JSON như /ma", "must be a JSON pointer like /ma");
    return out;
}

Profile read(const connector::MappingFile& file, std::vector<Error>& errors) {
    Profile p;
    p.id = file.id;
    p.hash = file.hash;
    YamlReader r(file.root, file.file, errors, "links");
    for (const auto key : {"id", "connector", "valid", "sources", "unverified", "about"}) (void)r.raw(key);
    p.agency = r.text("agency", 100);
    r.mapping("paths", [&](YamlReader& q) {
        p.request_path = q.text("request", 300), p.cancel_path = q.text("cancel", 300);
        p.progress_path = q.text("progress", 300), p.look_up_path = q.text("look_up", 300);
        if (p.progress_path.find("{after}") == std::string::npos)
            q.fail("progress", "link.mapping", "phải có {after}", "must hold {after}");
        if (p.look_up_path.find("{code}") == std::string::npos)
            q.fail("look_up", "link.mapping", "phải có {code}", "must hold {code}");
    });
    r.pairs("fields", [&](const std::string& ours, const YAML::Node& theirs) {
        if (std::find(std::begin(known_fields), std::end(known_fields), ours) == std::end(known_fields))
            r.fail("fields", "link.mapping", fmt::format("không có trường \"{}\"", ours),
                   fmt::format("there is no field '{}'", ours));
        p.fields[ours] = theirs.IsScalar() ? theirs.Scalar() : std::string{};
    });
    if (!p.fields.contains("code")) r.fail("fields", "link.mapping", "thiếu code", "code is missing");
    p.required = r.texts("required", 50);
    r.mapping("answer", [&](YamlReader& a) {
        p.code_at = pointer(a, "code");
        p.message_at = pointer(a, "message", false);
        p.good = a.texts("good", 20), p.exists = a.texts("exists", 20), p.refused = a.texts("refused", 50);
        if (p.good.empty()) a.fail("good", "link.mapping", "thiếu", "is missing");
    });
    r.mapping("progress", [&](YamlReader& q) {
        p.items = pointer(q, "items"), p.number_at = pointer(q, "number"), p.dossier_at = pointer(q, "code");
        p.word_at = pointer(q, "word"), p.time_at = pointer(q, "at");
        q.pairs("meanings", [&](const std::string& word, const YAML::Node& meaning) {
            const auto m = meaning.IsScalar() ? meaning.Scalar() : std::string{};
            if (m != "moved" && m != "finished" && m != "refused")
                q.fail("meanings", "link.mapping", "phải là moved, finished hoặc refused",
                       "must be moved, finished or refused");
            p.meanings[word] = m;
        });
    });
    r.mapping("look_up", [&](YamlReader& q) { p.held_at = pointer(q, "word"); });
    r.finish();
    return p;
}

Error unreadable() {
    return {ErrorKind::unavailable, "power.answer",
            "Công ty Điện lực trả lời không đúng dạng đã khai. Hãy báo quản trị viên xem lại tệp ánh xạ.",
            "The power company answered in another form than the mapping says. Tell the administrator."};
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

std::optional<std::string> text_at(const json::value& value, const std::string& at) {
    boost::system::error_code ec;
    const auto* found = at.empty() ? nullptr : value.find_pointer(at, ec);
    if (ec || !found) return std::nullopt;
    if (found->is_int64()) return std::to_string(found->as_int64());
    if (!found->is_string()) return std::nullopt;
    auto out = text::normalise(found->as_string());
    if (out.empty()) return std::nullopt;
    return out;
}

Result<Movements> read_movements(const Profile& profile, std::string_view body) {
    const auto parsed = parse_json(body);
    if (!parsed.ok()) return unreadable();
    boost::system::error_code ec;
    const auto* items = parsed->find_pointer(profile.items, ec);
    if (ec || !items || !items->is_array()) return unreadable();
    Movements out;
    for (const auto& item : items->as_array()) {
        Movement m;
        const auto number = text_at(item, profile.number_at), time = text_at(item, profile.time_at);
        m.code = text_at(item, profile.dossier_at).value_or("");
        m.word = text_at(item, profile.word_at).value_or("");
        bool good = number && time && !m.code.empty() && m.code.size() <= 100 && !m.word.empty();
        if (good) {
            const auto [end, wrong] = std::from_chars(number->data(), number->data() + number->size(), m.number);
            good = wrong == std::errc{} && end == number->data() + number->size() && m.number > 0;
        }
        if (good) {
            const auto at = parse_rfc3339(*time);
            good = at.ok();
            if (good) m.at = *at;
        }
        if (!good) {
            ++out.unreadable;
            continue;
        }
        if (const auto it = profile.meanings.find(m.word); it != profile.meanings.end()) m.meaning = it->second;
        out.items.push_back(std::move(m));
    }
    std::sort(out.items.begin(), out.items.end(),
              [](const Movement& a, const Movement& b) { return a.number < b.number; });
    return out;
}

Result<Answer> read_answer(const Profile& profile, std::string_view body) {
    const auto parsed = parse_json(body);
    if (!parsed.ok()) return unreadable();
    const auto code = text_at(*parsed, profile.code_at);
    if (!code) return unreadable();
    return Answer{code->substr(0, 40), text_at(*parsed, profile.message_at).value_or("")};
}

}  // namespace hl::power
