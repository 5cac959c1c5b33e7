// Why a dossier counts as it does, in both languages, with the numbers.
#include "ioc/index766/index.h"

namespace hl::index766 {

using directory::WorkMinutes;

namespace {

std::string english(WorkMinutes w) {
    const auto plural = [](int64_t n, std::string_view word) {
        return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
    };
    std::string out;
    const auto put = [&](int64_t n, std::string_view word) {
        if (n > 0) out += (out.empty() ? "" : " ") + plural(n, word);
    };
    put(w.count / 480, "working day"), put(w.count % 480 / 60, "working hour"), put(w.count % 60, "working minute");
    return out.empty() ? "less than a working minute" : out;
}

std::string vietnamese(WorkMinutes w) {
    return w.count == 0 ? std::string{"chưa tới một phút làm việc"} : directory::in_words(w);
}

/// The step that took longest beyond its plan.
struct LateStep {
    const StepTime* step = nullptr;
    WorkMinutes late;
    std::string name;
};
LateStep latest_step(const Facts& f, const Lore& lore, Instant end) {
    LateStep out;
    const auto calendar = lore.calendar(f.calendar, f.agency);
    for (const auto& [n, s] : f.steps) {
        const Instant until = std::min(s.ended.value_or(end), end);
        if (!s.due || until <= *s.due) continue;
        const auto late = calendar->between(*s.due, until).elapsed;
        if (!out.step || late > out.late) out = {&s, late, s.step};
    }
    if (!out.step) return out;
    if (const auto release = lore.catalogue->release(f.release); release.ok())
        if (const auto* step = (*release)->flow.step(out.step->step)) out.name = step->name;
    return out;
}

Reason overdue(const Facts& f, const Lore& lore, const Timing& t, bool finished) {
    Reason out;
    out.minutes = t.late.count;
    out.vi = fmt::format("Quá hạn {}: hạn {}, {} {}.", vietnamese(t.late), to_vietnamese(*t.due),
                         finished    ? "kết thúc"
                         : t.waiting ? "yêu cầu người nộp lúc"
                                     : "chưa xong đến",
                         to_vietnamese(t.end));
    out.en = fmt::format("{} late: due {}, {} {}.", english(t.late), to_rfc3339_local(*t.due),
                         finished    ? "ended"
                         : t.waiting ? "the applicant was asked at"
                                     : "unfinished by",
                         to_rfc3339_local(t.end));
    if (const auto s = latest_step(f, lore, t.end); s.step) {
        out.vi += fmt::format(" Chậm nhất {} ở bước {} «{}» ({}).", vietnamese(s.late), s.step->number, s.name,
                              s.step->agency.value);
        out.en += fmt::format(" Most of it at step {} '{}' ({}): {}.", s.step->number, s.name, s.step->agency.value,
                              english(s.late));
    }
    return out;
}

Reason of_timing(const Facts& f, const Lore& lore, char letter, Instant end) {
    const bool finished = !is_unfinished(Fact::timing, letter);
    const auto t = timing_at(f, lore, finished ? Instant::max() : end);
    const int most = lore.rules(f.release).supplement_max;
    switch (letter) {
        case 'l':
        case 'x':
            if (t.due) return overdue(f, lore, t, finished);
            break;
        case 's':
        case 't':
            return {fmt::format("Yêu cầu bổ sung {} lần, quá {} lần: tính là quá hạn (Quyết định 766/QĐ-TTg, tiêu chí "
                                "2.1).",
                                t.requests, most),
                    fmt::format("{} supplement requests, more than {}: counts as overdue (Decision 766/QĐ-TTg, "
                                "criterion 2.1).",
                                t.requests, most),
                    {}};
        case 'u':
        case 'v':
            return {"Thời hạn theo quy định chưa được kiểm chứng nên không xếp đúng hay quá hạn.",
                    "The legal time could not be verified, so it is neither in time nor late.",
                    {}};
        case 'm':
        case 'w':
            if (!t.due) break;
            if (t.waiting)
                return {fmt::format("Chờ người nộp từ {}, khi đó còn trong hạn {}.", to_vietnamese(t.end),
                                    to_vietnamese(*t.due)),
                        fmt::format("Waiting for the applicant since {}, in time then (due {}).",
                                    to_rfc3339_local(t.end), to_rfc3339_local(*t.due)),
                        {}};
            return {fmt::format("{} {}, hạn {}.", finished ? "Kết thúc" : "Chưa xong đến", to_vietnamese(t.end),
                                to_vietnamese(*t.due)),
                    fmt::format("{} {}, due {}.", finished ? "Ended" : "Unfinished by", to_rfc3339_local(t.end),
                                to_rfc3339_local(*t.due)),
                    {}};
        default:
            break;
    }
    return {};
}

Reason of_papers(const Facts& f, const OutcomeRow& row) {
    const auto scanned = std::count_if(f.papers.begin(), f.papers.end(), [](const Paper& p) { return p.digitised; });
    return {fmt::format("{}/{} giấy tờ đã số hóa; {}.", scanned, f.papers.size(), row.vi),
            fmt::format("{} of {} papers digitised; {}.", scanned, f.papers.size(), row.en),
            {}};
}

Reason of_payment(const Facts& f, const OutcomeRow& row) {
    int64_t paid = 0, unpaid = 0;
    for (const auto& fee : f.fees)
        if (fee.amount) (fee.method.empty() ? unpaid : paid) += *fee.amount;
    return {fmt::format("{}: đã nộp {} đồng, còn {} đồng.", row.vi, paid, unpaid),
            fmt::format("{}: {} đồng paid, {} đồng owed.", row.en, paid, unpaid),
            {}};
}

}  // namespace

Reason reason_of(const Facts& f, const Lore& lore, Fact fact, char letter, Instant end) {
    const auto* row = outcome_of(fact, letter);
    if (!row) return {"Không tính vào kỳ này.", "It does not count in this period.", {}};
    if (fact == Fact::timing)
        if (auto reason = of_timing(f, lore, letter, end); !reason.vi.empty()) return reason;
    if (fact == Fact::digitised && letter != 'n' && letter != 'u') return of_papers(f, *row);
    if (fact == Fact::payment && letter != 'n' && letter != 'u') return of_payment(f, *row);
    return {fmt::format("{}: {}.", row_of(fact).vi, row->vi), fmt::format("{}: {}.", row_of(fact).en, row->en), {}};
}

}  // namespace hl::index766
