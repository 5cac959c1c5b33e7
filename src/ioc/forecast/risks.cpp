#include "ioc/forecast/risks.h"

#include <algorithm>

#include "ioc/forecast/follower.h"

namespace hl::forecast {

namespace {

constexpr std::string_view select_all = "SELECT dossier, agency, facts FROM ioc_forecast_dossier ORDER BY dossier";
constexpr std::string_view select_agency =
    "SELECT dossier, agency, facts FROM ioc_forecast_dossier WHERE agency = ? ORDER BY dossier";
constexpr std::string_view select_code = "SELECT dossier, agency, facts FROM ioc_forecast_dossier WHERE code = ?";

/// One agency at a time as long as they are few; otherwise the table once.
constexpr size_t few_agencies = 20;

struct Memory {
    store::Reader* reader;
    Learned learned;
    explicit Memory(store::Reader& r) : reader(&r), learned(fetch_from(reader)) {}
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
};

int rank(const Outlook& o) {
    return o.standing == Standing::late ? 0 : o.standing == Standing::unknown ? 2 : 1;
}

bool before(const Risk& a, const Risk& b) {
    const auto key = [](const Risk& r) {
        return std::tuple{rank(r.outlook), -r.outlook.probability, -r.outlook.raw, r.outlook.left};
    };
    const auto left = key(a), right = key(b);
    return left != right ? left < right : a.open.code.value < b.open.code.value;
}

}  // namespace

bool Scope::covers(const Open& open) const {
    if (!procedure.empty() && open.procedure.value != procedure) return false;
    return !agencies || std::find(agencies->begin(), agencies->end(), open.agency) != agencies->end();
}

Result<Board> board(store::Reader& reader, const Lore& lore, const Scope& scope, Instant now) {
    Board out;
    out.as_of = now;
    out.position = store::follower_position(reader, ForecastFollower{});
    if (!out.position) return out;
    Memory memory(reader);
    TRY_VOID(load_common(reader, memory.learned));
    out.calibrated = memory.learned.calibration.ready();
    // Rows first: what is learned is fetched while they are gone through.
    std::vector<std::pair<std::string, std::string>> rows;
    const auto take = [&](const store::Row& r) { rows.emplace_back(r.string(0), r.string(2)); };
    if (scope.agencies && scope.agencies->size() <= few_agencies) {
        for (const auto& agency : *scope.agencies) reader.query(select_agency, {agency}, take);
    } else {
        reader.query(select_all, {}, take);
    }
    for (auto& [dossier, facts] : rows) {
        TRY(const auto value, parse_json(facts));
        TRY(auto open, open_from_json(value));
        if (!scope.covers(open)) continue;
        TRY(auto told, outlook(open, memory.learned, lore, now));
        out.items.push_back({std::move(dossier), std::move(open), std::move(told)});
    }
    std::sort(out.items.begin(), out.items.end(), before);
    return out;
}

Result<std::optional<Risk>> risk_of(store::Reader& reader, const Lore& lore, const DossierCode& code, Instant now) {
    const auto row = reader.first(select_code, {code}, [](const store::Row& r) {
        return std::pair{r.string(0), r.string(2)};
    });
    if (!row || !store::follower_position(reader, ForecastFollower{})) return std::optional<Risk>{};
    Memory memory(reader);
    TRY_VOID(load_common(reader, memory.learned));
    TRY(const auto value, parse_json(row->second));
    TRY(auto open, open_from_json(value));
    TRY(auto told, outlook(open, memory.learned, lore, now));
    return std::optional{Risk{row->first, std::move(open), std::move(told)}};
}

std::vector<AgencySummary> by_agency(const Board& board) {
    std::map<std::string, AgencySummary> all;
    for (const auto& r : board.items) {
        auto& a = all[r.open.agency.value];
        a.agency = r.open.agency;
        ++a.open;
        switch (r.outlook.standing) {
            case Standing::late:
                ++a.late;
                continue;
            case Standing::unknown:
                ++a.unknown;
                continue;
            case Standing::waiting:
                ++a.waiting;
                break;
            case Standing::running:
                break;
        }
        a.likely += r.outlook.probability >= 0.5;
        a.possible += r.outlook.probability >= 0.2;
        a.expected += r.outlook.probability;
    }
    std::vector<AgencySummary> out;
    out.reserve(all.size());
    for (auto& [id, a] : all) out.push_back(std::move(a));
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        return a.expected + static_cast<double>(a.late) > b.expected + static_cast<double>(b.late);
    });
    return out;
}

Result<CalibrationView> calibration_of(store::Reader& reader, Instant now) {
    CalibrationView out;
    out.position = store::follower_position(reader, ForecastFollower{});
    Memory memory(reader);
    TRY_VOID(load_common(reader, memory.learned));
    TRY(const auto known, memory.learned.known({}, static_cast<int>(local_date(now).year())));
    out.steps = known.all;
    out.calibration = memory.learned.calibration;
    return out;
}

namespace {

std::string hours_vi(double minutes) {
    return directory::in_words({std::llround(std::max(minutes, 0.0))});
}
std::string hours_en(double minutes) {
    return minutes < 60 ? fmt::format("{:.0f} min", minutes) : fmt::format("{:.1f} h", minutes / 60);
}

Sentence unknown_words(WhyUnknown why) {
    switch (why) {
        case WhyUnknown::not_received:
            return {"Chưa tiếp nhận nên chưa có ngày hẹn.", "Not received yet, so that there is no promise."};
        case WhyUnknown::no_promise:
            return {"Không có ngày hẹn: thời hạn của thủ tục chưa được kiểm chứng.",
                    "There is no promise: the procedure's legal time is not verified."};
        case WhyUnknown::no_flow:
            return {"Không biết quy trình của phiên bản thủ tục này.",
                    "The flow of this release of the procedure is not known."};
        case WhyUnknown::no_calendar:
            return {"Chưa có lịch làm việc.", "There is no working calendar."};
        case WhyUnknown::few_cases:
            return {"Sổ cái có quá ít bước đã xong để dự báo.",
                    "Too few steps have ended in the ledger to say anything."};
        case WhyUnknown::no_step:
            return {"Hồ sơ không có bước nào đang mở.", "The dossier has no open step."};
        case WhyUnknown::none:
            break;
    }
    return {};
}

}  // namespace

Sentence reason(const Outlook& o) {
    if (o.standing == Standing::unknown) return unknown_words(o.why);
    if (o.standing == Standing::late)
        return {fmt::format("Đã quá hẹn {}.", hours_vi(static_cast<double>(-o.left))),
                fmt::format("The promise passed {} of working time ago.", hours_en(static_cast<double>(-o.left)))};
    const auto* worst = o.worst();
    Sentence out;
    if (!worst) {
        out = {fmt::format("Còn {}; các bước còn lại thường xong sớm hơn.", hours_vi(static_cast<double>(o.left))),
               fmt::format("{} left; the remaining steps usually take less.", hours_en(static_cast<double>(o.left)))};
    } else {
        const auto& name = worst->name.empty() ? worst->step : worst->name;
        out.vi =
            fmt::format("Còn {} tới hẹn. Bước «{}» thường mất {}, 1 trong 10 lần quá {}",
                        hours_vi(static_cast<double>(o.left)), name, hours_vi(worst->typical), hours_vi(worst->slow));
        out.en =
            fmt::format("{} left. The step \"{}\" usually takes {}, one time in ten more than {}",
                        hours_en(static_cast<double>(o.left)), name, hours_en(worst->typical), hours_en(worst->slow));
        if (worst->open && worst->elapsed > 0) {
            out.vi += fmt::format("; đã làm {}", hours_vi(static_cast<double>(worst->elapsed)));
            out.en += fmt::format("; it has taken {}", hours_en(static_cast<double>(worst->elapsed)));
        }
        out.vi += ".";
        out.en += ".";
        if (worst->pace >= Pace::slow) {
            out.vi += " Các bước trước của hồ sơ đã chậm hơn định mức.";
            out.en += " The dossier's earlier steps took longer than planned.";
        }
        if (worst->load == Load::high) {
            out.vi += " Cơ quan đang có nhiều việc hơn thường lệ.";
            out.en += " The agency has more work than usual.";
        }
    }
    if (o.standing == Standing::waiting) {
        out.vi += " Đang tạm dừng: tính như thể tiếp tục ngay bây giờ.";
        out.en += " The clock stands still: this is as if it went on now.";
    }
    return out;
}

}  // namespace hl::forecast
