#include "ioc/index766/rules.h"

#include "ioc/index766/facts.h"
#include "procedures/yaml_reader.h"

namespace hl::index766 {

using procedures::YamlReader;

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::met:
            return "met";
        case Verdict::lost:
            return "lost";
        case Verdict::not_applicable:
            return "not_applicable";
        case Verdict::unknown:
            return "unknown";
    }
    throw std::logic_error("a verdict has no word");
}

std::string_view to_string(UnknownCounts counts) {
    switch (counts) {
        case UnknownCounts::excluded:
            return "excluded";
        case UnknownCounts::as_lost:
            return "as_lost";
        case UnknownCounts::as_met:
            return "as_met";
    }
    throw std::logic_error("a way of counting has no word");
}

std::string points_text(Points points) {
    return fmt::format("{}{}.{:02}", points < 0 ? "-" : "", std::abs(points) / 100, std::abs(points) % 100);
}

Points RuleSet::max() const {
    Points sum = 0;
    for (const auto& g : groups) sum += g.max;
    return sum;
}

const Criterion* RuleSet::criterion(std::string_view code) const {
    for (const auto& g : groups)
        for (const auto& c : g.criteria)
            if (c.code == code) return &c;
    return nullptr;
}

Result<const RuleSet*> RuleBook::at(int64_t month) const {
    const Date last = add_days(local_date(end_of_month(month)), -1);
    for (auto it = sets.rbegin(); it != sets.rend(); ++it)
        if (it->from <= last && (!it->to || last < *it->to)) return &*it;
    return Error{ErrorKind::not_found, "index766.no_rules",
                 "Chưa có quy tắc tính Bộ chỉ số 766 cho kỳ này. Hãy áp dụng gói dữ liệu có thư mục index766.",
                 "There are no rules of the index 766 for this period. Apply a pack that has a folder index766."};
}

namespace {

Words words_of(YamlReader& r, std::string_view key) {
    Words out;
    r.mapping(key, [&](YamlReader& w) { out = {w.text("vi"), w.text("en")}; });
    if (out.vi.empty()) r.fail(key, "yaml.missing", "thiếu vi và en", "vi and en are missing");
    return out;
}

std::vector<Words> unverified_of(YamlReader& r) {
    std::vector<Words> out;
    r.each_mapping("unverified", [&](YamlReader& w) { out.push_back({w.text("vi"), w.text("en")}); });
    return out;
}

/// "4.4" is 440. Never through a double.
std::optional<Points> points_from(const std::string& text) {
    const auto dot = text.find('.');
    const auto whole = text.substr(0, dot);
    auto part = dot == std::string::npos ? std::string{} : text.substr(dot + 1);
    const auto digits = [](const std::string& s) {
        return std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (whole.empty() || whole.size() > 3 || part.size() > 2 || !digits(whole) || !digits(part)) return std::nullopt;
    part.resize(2, '0');
    return std::stoll(whole) * 100 + std::stoll(part);
}

Points read_points(YamlReader& r, std::string_view key) {
    const auto points = points_from(r.text(key, 10));
    if (!points)
        r.fail(key, "index766.rules", "điểm phải là số không âm, tối đa hai chữ số thập phân",
               "points are a non-negative number with at most two decimals");
    return points.value_or(0);
}

std::optional<Fact> read_fact(YamlReader& r) {
    const auto word = r.optional_text("fact", 40);
    if (!word) return std::nullopt;
    const auto fact = fact_from(*word);
    if (!fact) r.fail("fact", "index766.rules", "không có dữ kiện này", "there is no such fact");
    return fact;
}

std::vector<char> read_letters(YamlReader& r, std::string_view key, Fact fact) {
    std::vector<char> out;
    for (const auto& word : r.texts(key, 40)) {
        if (const auto letter = letter_from(fact, word))
            out.push_back(*letter);
        else
            r.fail(key, "index766.rules", fmt::format("dữ kiện {} không có kết quả \"{}\"", row_of(fact).word, word),
                   fmt::format("the fact {} has no outcome '{}'", row_of(fact).word, word));
    }
    return out;
}

void read_verdicts(YamlReader& r, Criterion& c) {
    r.mapping("outcomes", [&](YamlReader& o) {
        for (const auto verdict : {Verdict::met, Verdict::lost, Verdict::not_applicable, Verdict::unknown})
            for (const char letter : read_letters(o, to_string(verdict), *c.fact))
                if (!c.verdicts.emplace(letter, verdict).second)
                    o.fail(to_string(verdict), "index766.rules", "một kết quả được xếp hai lần",
                           "an outcome is placed twice");
    });
    for (const auto& row : outcome_table())
        if (row.fact == *c.fact && !c.verdicts.contains(row.letter))
            r.fail("outcomes", "index766.rules", fmt::format("chưa xếp kết quả \"{}\"", row.word),
                   fmt::format("the outcome '{}' is not placed", row.word));
}

Criterion read_criterion(YamlReader& r) {
    Criterion c;
    c.code = r.text("code", 10);
    c.name = words_of(r, "name");
    c.article = r.text("article", 200);
    r.mapping("max", [&](YamlReader& m) {
        c.max = read_points(m, "points");
        c.max_verified = m.boolean("verified", false);
    });
    c.full_at = static_cast<int>(r.integer("full_at", 1, 100).value_or(100));
    c.fact = read_fact(r);
    if (c.fact)
        read_verdicts(r, c);
    else
        c.no_source = words_of(r, "no_source");
    if (const auto word = r.optional_text("unknown_counts", 20)) {
        if (*word == "as_lost")
            c.unknown_counts = UnknownCounts::as_lost;
        else if (*word == "as_met")
            c.unknown_counts = UnknownCounts::as_met;
        else if (*word != "excluded")
            r.fail("unknown_counts", "index766.rules", "phải là excluded, as_lost hoặc as_met",
                   "must be excluded, as_lost or as_met");
    }
    c.times = r.text_or("times", "", 10);
    r.mapping("also_lost", [&](YamlReader& a) {
        c.also_fact = read_fact(a);
        if (c.also_fact) c.also_lost = read_letters(a, "outcomes", *c.also_fact);
    });
    if (c.fact)
        r.mapping("mend", [&](YamlReader& m) {
            c.mendable = read_letters(m, "outcomes", *c.fact);
            c.mend = {m.text("vi"), m.text("en")};
        });
    c.unverified = unverified_of(r);
    return c;
}

void check_sums(YamlReader& r, const RuleSet& set) {
    std::set<std::string> codes;
    for (const auto& g : set.groups) {
        Points sum = 0;
        for (const auto& c : g.criteria) {
            sum += c.max;
            if (!codes.insert(c.code).second)
                r.fail("groups", "index766.rules", fmt::format("tiêu chí {} viết hai lần", c.code),
                       fmt::format("the criterion {} is written twice", c.code));
        }
        if (sum != g.max)
            r.fail("groups", "index766.rules",
                   fmt::format("nhóm {}: điểm các tiêu chí cộng lại {} khác {}", g.code, points_text(sum),
                               points_text(g.max)),
                   fmt::format("group {}: the criteria's points make {}, not {}", g.code, points_text(sum),
                               points_text(g.max)));
    }
    for (const auto& g : set.groups)
        for (const auto& c : g.criteria)
            if (!c.times.empty() && !codes.contains(c.times))
                r.fail("groups", "index766.rules", fmt::format("tiêu chí {}: không có tiêu chí {}", c.code, c.times),
                       fmt::format("criterion {}: there is no criterion {}", c.code, c.times));
}

}  // namespace

std::optional<RuleSet> parse_rules(const std::string& text, const std::string& file, std::vector<Error>& errors) {
    const auto node = procedures::load_yaml(text, file, errors);
    if (!node) return std::nullopt;
    const auto before = errors.size();
    YamlReader r(*node, file, errors, "index766");
    RuleSet set;
    set.file = file;
    set.id = r.text("id", 60);
    set.instrument = r.text("instrument", 300);
    r.mapping("valid", [&](YamlReader& v) {
        if (const auto from = v.date("from"))
            set.from = *from;
        else
            v.fail("from", "yaml.missing", "thiếu ngày hiệu lực", "the day of effect is missing");
        set.to = v.date("to");
    });
    r.each_mapping("groups", [&](YamlReader& g) {
        Group group;
        group.code = g.text("code", 10);
        group.name = words_of(g, "name");
        group.max = read_points(g, "max");
        g.each_mapping("criteria", [&](YamlReader& c) { group.criteria.push_back(read_criterion(c)); });
        set.groups.push_back(std::move(group));
    });
    r.each_mapping("sources", [&](YamlReader& s) {
        (void)s.text("what"), (void)s.text("where"), (void)s.date("read");
        (void)s.text_or("kind", "");
    });
    set.unverified = unverified_of(r);
    check_sums(r, set);
    r.finish();
    if (errors.size() != before) return std::nullopt;
    return set;
}

}  // namespace hl::index766
