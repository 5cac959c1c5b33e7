// The mapping's part on questions, and what the portal says of them.
#include <charconv>

#include "links/portal/fields.h"
#include "links/portal/questions.h"
#include "procedures/yaml_reader.h"

namespace hl::links::portal {

namespace {

/// What stands in addresses and keys.
bool is_id(const std::string& id) {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    });
}

std::string long_text(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    const auto* s = v ? v->if_string() : nullptr;
    if (!s || !text::is_valid_utf8(*s)) return {};
    return tidy(std::string{*s});
}

constexpr size_t longest_question = 20'000;

}  // namespace

const QuestionRules::Deadline* QuestionRules::deadline(std::string_view what, Date day) const {
    for (const auto& d : deadlines)
        if (d.what == what && d.from <= day && (!d.to || day < *d.to)) return &d;
    return nullptr;
}

std::optional<QuestionRules> read_question_rules(const connector::MappingFile& file, std::vector<Error>& errors) {
    const YAML::Node node = file.root["questions"];
    if (!node) return std::nullopt;
    QuestionRules rules;
    procedures::YamlReader r(node, file.file, errors, "questions");
    rules.centre = AgencyId{r.text("centre", 100)};
    rules.by_agency_code = r.boolean("by_agency_code", false);
    for (auto& s : r.texts("skip_states", 20)) rules.skip_states.insert(std::move(s));
    r.pairs("units", [&](const std::string& code, const YAML::Node& agency) {
        if (agency.IsScalar() && !agency.Scalar().empty())
            rules.units[code] = agency.Scalar();
        else
            r.fail("units", "link.mapping", fmt::format("mã «{}» cần một cơ quan", code),
                   fmt::format("the code '{}' wants an agency", code));
    });
    r.each_mapping("deadlines", [&](procedures::YamlReader& d) {
        QuestionRules::Deadline one;
        one.what = d.text("what", 20);
        if (one.what != "answer" && one.what != "assign")
            d.fail("what", "link.mapping", "phải là answer hoặc assign", "must be answer or assign");
        const auto from = d.date("from");
        if (!from) return d.fail("from", "link.mapping", "thiếu ngày có hiệu lực", "the first day is missing");
        one.from = *from;
        one.to = d.date("to");
        one.working_days = static_cast<int>(d.integer("working_days", 1, 250).value_or(0));
        if (one.working_days == 0) d.fail("working_days", "link.mapping", "thiếu số ngày", "the days are missing");
        one.basis = d.text("basis", 500);
        one.verified = d.boolean("verified", false);
        for (const auto& other : rules.deadlines)
            if (other.what == one.what && (!other.to || one.from < *other.to) && (!one.to || other.from < *one.to))
                d.fail("from", "link.mapping", "hai thời hạn cùng loại chồng lên nhau", "two deadlines overlap");
        rules.deadlines.push_back(std::move(one));
    });
    r.finish();
    return rules;
}

ListedThere read_questions(const json::value& result, const QuestionRules& rules) {
    ListedThere out;
    each_listed(result, out.unreadable, [&](const json::object& o, const auto& bad) {
        if (rules.skip_states.contains(text_at(o, "TRANGTHAI"))) return;
        AskedThere q;
        q.id = text_at(o, "HOIDAPID");
        q.unit = text_at(o, "MADONVI");
        q.unit_name = text_at(o, "TENDONVI");
        q.sector = text_at(o, "MALINHVUC");
        q.procedure = text_at(o, "MATTHCDP");
        q.name = text_at(o, "HOVATEN");
        q.email = text_at(o, "THUDIENTU");
        q.phone = text_at(o, "SODIENTHOAI");
        q.address = text_at(o, "DIACHI");
        q.text = long_text(o, "NOIDUNG");
        const auto answer = text_at(o, "TRALOIID");
        q.answered = !long_text(o, "NOIDUNGTRALOI").empty() || (!answer.empty() && answer != "0");
        if (!is_id(q.id))
            bad("HOIDAPID");
        else if (q.text.empty() || q.text.size() > longest_question)
            bad("NOIDUNG");
        else if (q.unit.size() > 100 || q.unit_name.size() > 1000 || q.sector.size() > 100 || q.procedure.size() > 100)
            bad("MADONVI");
        else
            out.items.push_back(std::move(q));
    });
    return out;
}

Result<std::string> read_answer_there(const json::value& result) {
    if (result.is_null()) return std::string{};
    const auto* list = result.if_array();
    const Error strange{ErrorKind::unavailable, "portal.answer", "Cổng trả lời nội dung câu trả lời không đúng dạng.",
                        "The portal's list of answers cannot be read."};
    if (!list) return strange;
    int64_t newest = -1;
    std::string out;
    for (const auto& item : *list) {
        const auto* o = item.if_object();
        if (!o) return strange;
        const auto number = text_at(*o, "TRALOIID");
        int64_t n = 0;
        const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), n);
        if (problem != std::errc{} || end != number.data() + number.size()) return strange;
        if (n <= newest) continue;
        newest = n;
        out = long_text(*o, "NOIDUNGTRALOI");
    }
    return out;
}

}  // namespace hl::links::portal
