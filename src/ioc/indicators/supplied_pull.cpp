#include "ioc/indicators/supplied_pull.h"

#include "base/text.h"
#include "ioc/indicators/supplied_rows.h"

namespace hl::ioc {

namespace {

constexpr std::string_view put_state =
    "INSERT INTO ioc_pull (source, tried_at, good_at, stored_at, asked, missing, problems, problem, vi, en, at) VALUES "
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET tried_at = excluded.tried_at, good_at = "
    "COALESCE(excluded.good_at, ioc_pull.good_at), stored_at = COALESCE(excluded.stored_at, ioc_pull.stored_at), asked "
    "= excluded.asked, missing = excluded.missing, problems = excluded.problems, problem = excluded.problem, vi = "
    "excluded.vi, en = excluded.en, at = excluded.at";
constexpr std::string_view select_states =
    "SELECT source, tried_at, good_at, stored_at, asked, missing, problems, problem, vi, en, at FROM ioc_pull ORDER BY "
    "source";
constexpr size_t most_words = 300;

std::string encoded(std::string_view s) {
    std::string out;
    for (const char c : s) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        if (plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

const json::value* member(const json::value& value, std::string_view key) {
    const auto* o = value.if_object();
    const auto* m = o ? o->if_contains(key) : nullptr;
    return m && !m->is_null() ? m : nullptr;
}
/// A text or a number as text.
std::string words(const json::value* v) {
    if (!v) return "";
    if (v->is_string()) return text::normalise(std::string_view{v->get_string()});
    if (v->is_int64()) return std::to_string(v->get_int64());
    if (v->is_uint64()) return std::to_string(v->get_uint64());
    if (v->is_double()) return fmt::format("{:.15g}", v->get_double());
    return "";
}
std::string shortened(std::string s) {
    while (s.size() > most_words || !text::is_valid_utf8(s)) s.pop_back();
    return s;
}

Error answer_error(std::string what_vi, std::string what_en) {
    return {ErrorKind::unavailable, "pull.answer", "Câu trả lời không đúng dạng: " + std::move(what_vi) + ".",
            "The answer has not the shape that is wanted: " + std::move(what_en) + "."};
}

void write_state(store::Transaction& tx, const PullSource& source, const Pulled& done, Instant now) {
    const bool well = done.problems.empty();
    const Error none;
    const Error& first = well ? none : done.problems.front();
    tx.execute(put_state, {source.name, now, well ? std::optional{now} : std::nullopt,
                           done.stored > 0 ? std::optional{now} : std::nullopt, done.asked, done.missing,
                           static_cast<int64_t>(done.problems.size()), first.code, first.vi, first.en, first.at});
}

}  // namespace

std::string pull_url(const PullSource& source, const PullItem& item, ValueKind kind, int64_t year, int64_t code) {
    return fmt::format("{}/indicators?officeCode={}&indicatorCode={}&dataTypeId={}&periodId={}&dataYear={}", source.url,
                       encoded(source.office), encoded(item.theirs), static_cast<int>(kind), code, year);
}

Result<std::optional<std::string>> read_pulled(std::string_view body, const PullSource& source, const PullItem& item) {
    const auto parsed = parse_json(body);
    if (!parsed.ok() || !parsed->is_object()) return answer_error("không phải đối tượng JSON", "it is no JSON object");
    if (const auto* error = member(*parsed, "error")) {
        const auto code = words(member(*error, "code"));
        if (!code.empty() &&
            std::find(source.good_codes.begin(), source.good_codes.end(), code) == source.good_codes.end()) {
            const auto said = shortened(words(member(*error, "userMessage")));
            return Error{ErrorKind::unavailable, "pull.refused",
                         fmt::format("Hệ thống kia báo lỗi {}: {}", shortened(code), said),
                         fmt::format("The other system answered with error {}: {}", shortened(code), said)};
        }
    }
    const auto* data = member(*parsed, "data");
    if (!data) return std::optional<std::string>{};
    if (!data->is_object()) return answer_error("data không phải đối tượng", "data is no object");
    if (const auto code = words(member(*data, "indicatorCode")); !code.empty() && code != item.theirs)
        return answer_error("trả về chỉ tiêu " + shortened(code), "it is about the indicator " + shortened(code));
    const auto* value = member(*data, "value");
    const auto text = words(value);
    if (!value || text.empty()) {
        if (value && !value->is_string()) return answer_error("value không phải số", "value is no number");
        return std::optional<std::string>{};
    }
    if (const auto unit = words(member(*data, "unit")); !item.unit.empty() && text::fold(unit) != text::fold(item.unit))
        return Error{ErrorKind::invalid, "pull.unit",
                     fmt::format("Đơn vị tính là «{}», cần «{}». Hãy sửa thiết lập hoặc hỏi nơi cung cấp.",
                                 shortened(unit), item.unit),
                     fmt::format("The unit is '{}', '{}' is wanted. Correct the setting, or ask the supplier.",
                                 shortened(unit), item.unit)};
    return std::optional{text};
}

Result<Pulled> pull(store::Store& store, const Book& book, std::shared_ptr<const directory::Directory> organisation,
                    const PullSource& source, const Fetch& fetch, Instant now) {
    Pulled out;
    Batch batch;
    batch.source = source.name;
    batch.batch = fmt::format("pull-{}", to_ms(now));
    bool reached = true;
    for (const auto& item : source.items)
        for (const auto kind : item.kinds)
            for (int k = 0; k < item.back && reached; ++k) {
                const auto period = period_of(item.grain, now).next(-k);
                const auto code = code_of(period);
                const auto at = fmt::format("{}/{}/{}", item.indicator, period.text(), to_string(kind));
                if (!code) continue;  // grains below the month have no code there
                ++out.asked;
                const auto body = fetch(pull_url(source, item, kind, code->first, code->second));
                // One that does not answer will not answer the next question either.
                if (!body.ok()) {
                    reached = false;
                    out.problems.push_back(Error{body.error()}.pointing(at));
                    break;
                }
                const auto value = read_pulled(*body, source, item);
                if (!value.ok())
                    out.problems.push_back(Error{value.error()}.pointing(at));
                else if (!*value)
                    ++out.missing;
                else
                    take({at, item.indicator, period.text(), "", "", std::string{to_string(kind)}, "", "", **value},
                         batch);
            }
    for (auto& e : batch.errors) out.problems.push_back(std::move(e));
    batch.errors.clear();
    const auto actor = access::Actor::system("pull:" + source.name, std::move(organisation));
    // A row that cannot be taken is told and left out.
    TRY(const auto checked,
        store.read([&](store::Reader& r) -> Result<Intake> { return check_batch(r, book, actor, batch, now); }));
    std::set<std::string> wrong;
    for (const auto& row : checked.rows)
        if (row.what == Verdict::What::wrong) {
            wrong.insert(row.at);
            out.problems.push_back({ErrorKind::invalid, row.code, row.vi, row.en, row.at});
        }
    std::erase_if(batch.values, [&](const ValueIn& v) { return wrong.contains(v.at); });
    TRY(out, store.write([&](store::Transaction& tx) -> Result<Pulled> {
        auto done = out;
        if (checked.stored > 0) {
            TRY(const auto stored, store_batch(tx, book, actor, batch, now));
            done.stored = stored.stored, done.same = stored.same;
        } else {
            done.same = checked.same;
        }
        write_state(tx, source, done, now);
        return done;
    }));
    return out;
}

std::vector<PullState> pull_states(store::Reader& reader) {
    return reader.all(select_states, {}, [](const store::Row& r) {
        return PullState{r.string(0),  r.instant(1), r.optional_instant(2), r.optional_instant(3),
                         r.integer(4), r.integer(5), r.integer(6),          r.string(7),
                         r.string(8),  r.string(9),  r.string(10)};
    });
}

}  // namespace hl::ioc
