#include "dossiers/clocks.h"

namespace hl::dossiers {

using directory::Due;
using directory::in_words;
using procedures::TimeUnit;

bool ClockTape::paused() const {
    bool is = false;
    for (const auto& e : acts)
        if (e.act != ClockAct::extend) is = e.act == ClockAct::pause;
    return is;
}

bool ClockTape::stopped() const {
    return !acts.empty() && acts.back().act == ClockAct::stop;
}

namespace {

constexpr int64_t ms_a_minute = 60'000;

bool after_cutoff(const LocalTime& t, const ClockRules& rules) {
    const int64_t ms = (int64_t{t.minute_of_day} * 60 + t.second) * 1000 + t.millisecond;
    return ms > rules.cutoff_minute * ms_a_minute;
}

/// The working day on which a reception counts as made: its own, or the next one when late or on a day off.
Date reception_day(Instant received, const ClockRules& rules, const Calendar& calendar) {
    const auto local = to_local(received);
    if (!calendar.is_workday(local.date) || after_cutoff(local, rules)) return calendar.next_workday(local.date);
    return local.date;
}

std::string clock_text(int minute) {
    return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

}  // namespace

Instant counting_from(Instant received, const ClockRules& rules, const Calendar& calendar) {
    const Date day = reception_day(received, rules, calendar);
    return day == local_date(received) ? received : calendar.opening(day);
}

Due deadline(Instant received, const LegalTime& limit, const ClockRules& rules, const Calendar& calendar) {
    if (limit.same_day) {
        const Date day = reception_day(received, rules, calendar);
        return {calendar.closing(day), calendar.provisional(day)};
    }
    switch (limit.unit) {
        case TimeUnit::working_hours:
            return calendar.add(counting_from(received, rules, calendar), directory::work_hours(limit.value));
        case TimeUnit::working_days:
            return calendar.end_of_workday(local_date(received), limit.value);
        case TimeUnit::calendar_days:
            return calendar.end_of_calendar_days(local_date(received), limit.value);
    }
    throw std::logic_error("a unit of time has no deadline");
}

Instant transfer_due(Instant received, const ClockRules& rules, const Calendar& calendar) {
    const Date day = reception_day(received, rules, calendar);
    return day == local_date(received) ? calendar.closing(day) : calendar.opening(day);
}

std::optional<Due> supplement_until(Instant received, const ClockRules& rules, const Calendar& calendar) {
    if (rules.supplement_days <= 0) return std::nullopt;
    return calendar.end_of_workday(local_date(received), rules.supplement_days);
}

Instant apology_until(Instant due, const ClockRules& rules, const Calendar& calendar) {
    // The working time from t to `due` falls as t grows: the last t that still leaves enough is found by halving.
    int64_t enough = to_ms(due) / ms_a_minute - 120 * 24 * 60;
    int64_t too_late = to_ms(due) / ms_a_minute + 1;
    while (too_late - enough > 1) {
        const int64_t middle = enough + (too_late - enough) / 2;
        const bool leaves = calendar.between(from_ms(middle * ms_a_minute), due).elapsed >= rules.apology_before;
        (leaves ? enough : too_late) = middle;
    }
    return from_ms(enough * ms_a_minute);
}

namespace {

/// Which of the two legal clocks is read.
enum class Reading { promise, index };

/// Reads the tape once, act by act, for one of the clocks.
class Walk {
  public:
    Walk(const ClockTape& tape, Reading reading, const ClockRules& rules, const Calendar& calendar, Instant as_of)
        : limit_(tape.limit), reading_(reading), rules_(rules), calendar_(calendar), as_of_(as_of) {
        for (const auto& act : tape.acts)
            if (act.at <= as_of) apply(act);
        finish();
    }
    ClockReading out;

  private:
    void apply(const ClockEvent& act) {
        switch (act.act) {
            case ClockAct::start:
                begin(act.at, "Tiếp nhận");
                break;
            case ClockAct::pause:
                if (out.state != ClockState::running) break;
                out.state = ClockState::paused;
                out.reason = act.reason;
                paused_at_ = act.at;
                break;
            case ClockAct::resume:
                wait_until(act.at);
                break;
            case ClockAct::restart:
                if (reading_ == Reading::promise) {
                    begin(act.at, "Nhận đủ bổ sung, tính lại từ đầu:");
                } else {
                    wait_until(act.at);
                }
                break;
            case ClockAct::extend:
                out.due = act.due;
                out.arithmetic.push_back(fmt::format("Xin lỗi và hẹn lại lúc {}: ngày hẹn mới {}.",
                                                     to_vietnamese(act.at),
                                                     act.due ? to_vietnamese(*act.due) : std::string{"chưa xác định"}));
                break;
            case ClockAct::stop:
                if (out.state == ClockState::paused) wait_until(act.at);
                out.state = ClockState::stopped;
                end_ = act.at;
                break;
        }
    }

    void begin(Instant at, std::string_view what) {
        out.state = ClockState::running;
        out.reason = PauseReason::none;
        waited_ = {};
        first_ = from_ = counting_from(at, rules_, calendar_);
        if (limit_ && !limit_->same_day && limit_->unit != TimeUnit::working_hours) {
            // The day of receipt is not counted (Civil Code 2015 Art 147.2).
            first_ = from_ = calendar_.opening(calendar_.next_workday(local_date(at)));
            out.arithmetic.push_back(fmt::format("{} lúc {}; không tính ngày nhận, tính từ {}.", what,
                                                 to_vietnamese(at), to_vietnamese(from_)));
        } else if (from_ != at) {
            out.arithmetic.push_back(fmt::format("{} lúc {}, sau {} hoặc ngoài ngày làm việc: tính từ {}.", what,
                                                 to_vietnamese(at), clock_text(rules_.cutoff_minute),
                                                 to_vietnamese(from_)));
        } else {
            out.arithmetic.push_back(fmt::format("{} lúc {}: tính từ lúc đó.", what, to_vietnamese(at)));
        }
        if (!limit_) {
            out.due.reset();
            out.arithmetic.push_back("Thời hạn theo quy định chưa được kiểm chứng: không có ngày hẹn.");
            return;
        }
        const auto due = deadline(at, *limit_, rules_, calendar_);
        out.due = due.at;
        out.arithmetic.push_back(fmt::format("Thời hạn {}: đến {} (lịch {}).", procedures::in_words(*limit_),
                                             to_vietnamese(due.at), calendar_.label()));
    }

    void wait_until(Instant at) {
        if (out.state != ClockState::paused) return;
        const auto waited = shift(at);
        out.state = ClockState::running;
        out.arithmetic.push_back(fmt::format("Tạm dừng {} từ {} đến {}: không tính {}.", reason_words(),
                                             to_vietnamese(paused_at_), to_vietnamese(at), in_words(waited)) +
                                 (out.due ? fmt::format(" Hạn: {}.", to_vietnamese(*out.due)) : ""));
        out.reason = PauseReason::none;
    }

    /// Adds the pause up to `at` to what was waited, and moves the due date by it.
    WorkMinutes shift(Instant at) {
        const Instant from = std::max(paused_at_, first_);
        const auto span = at > from ? calendar_.between(from, at) : directory::Span{};
        waited_ = waited_ + span.elapsed;
        if (!out.due) return span.elapsed;
        if (limit_ && !limit_->same_day && limit_->unit == TimeUnit::calendar_days) {
            const auto days = day_number(local_date(at)) - day_number(local_date(from));
            if (days > 0) out.due = calendar_.end_of_calendar_days(local_date(*out.due), static_cast<int>(days)).at;
        } else if (span.elapsed.count > 0) {
            out.due = calendar_.add(*out.due, span.elapsed).at;
        }
        return span.elapsed;
    }

    std::string_view reason_words() const {
        return out.reason == PauseReason::payment ? "chờ thực hiện nghĩa vụ tài chính" : "chờ bổ sung hồ sơ";
    }

    void finish() {
        out.calendar = calendar_.label();
        if (out.state == ClockState::not_started) return;
        const Instant end = end_.value_or(as_of_);
        if (out.state == ClockState::paused) {
            shift(as_of_);
            if (reading_ == Reading::promise && out.reason == PauseReason::supplement) {
                out.due.reset();
                out.arithmetic.push_back(fmt::format(
                    "Đang chờ bổ sung từ {}: ngày hẹn được tính lại từ đầu khi nhận đủ.", to_vietnamese(paused_at_)));
            } else {
                out.arithmetic.push_back(
                    fmt::format("Đang tạm dừng {} từ {}.", reason_words(), to_vietnamese(paused_at_)));
            }
        }
        const auto span = end > from_ ? calendar_.between(from_, end) : directory::Span{};
        out.elapsed = std::max(WorkMinutes{}, span.elapsed - waited_);
        if (!out.due) return;
        out.provisional = calendar_.provisional(local_date(*out.due));
        if (out.provisional)
            out.arithmetic.push_back(fmt::format("Lịch năm {} chưa có thông báo chính thức: thời hạn là tạm tính.",
                                                 static_cast<int>(local_date(*out.due).year())));
        // Before the count has begun the whole time remains, however early the dossier came.
        out.remaining = end <= *out.due ? calendar_.between(std::max(end, from_), *out.due).elapsed
                                        : WorkMinutes{} - calendar_.between(*out.due, end).elapsed;
    }

    std::optional<LegalTime> limit_;
    Reading reading_;
    const ClockRules& rules_;
    const Calendar& calendar_;
    Instant as_of_;
    Instant from_{}, first_{}, paused_at_{};
    std::optional<Instant> end_;
    WorkMinutes waited_;
};

}  // namespace

ClockReading promise_clock(const ClockTape& tape, const ClockRules& rules, const Calendar& calendar, Instant as_of) {
    return Walk(tape, Reading::promise, rules, calendar, as_of).out;
}

ClockReading index_clock(const ClockTape& tape, const ClockRules& rules, const Calendar& calendar, Instant as_of) {
    return Walk(tape, Reading::index, rules, calendar, as_of).out;
}

ClockReading lane_clock(Instant started, std::optional<WorkMinutes> planned, std::optional<Instant> ended,
                        const ClockTape& tape, const Calendar& calendar, Instant as_of) {
    ClockReading out;
    out.calendar = calendar.label();
    const Instant end = std::min(as_of, ended.value_or(as_of));
    if (as_of < started) return out;
    out.state = ended && *ended <= as_of ? ClockState::stopped : ClockState::running;
    WorkMinutes waited;
    std::optional<Instant> paused;
    const auto wait_until = [&](Instant at) {
        const Instant from = std::max(*paused, started);
        if (const Instant to = std::min(at, end); to > from) waited = waited + calendar.between(from, to).elapsed;
        paused.reset();
    };
    for (const auto& act : tape.acts) {
        if (act.at > end) break;
        if (act.act == ClockAct::pause && !paused) {
            paused = act.at;
            out.reason = act.reason;
        } else if (paused && act.act != ClockAct::extend && act.act != ClockAct::pause) {
            wait_until(act.at);
        }
    }
    if (paused) {
        wait_until(end);
        if (out.state == ClockState::running) out.state = ClockState::paused;
    } else {
        out.reason = PauseReason::none;
    }
    const auto span = calendar.between(started, end);
    out.elapsed = std::max(WorkMinutes{}, span.elapsed - waited);
    out.arithmetic.push_back(fmt::format("Giao lúc {}.", to_vietnamese(started)));
    if (waited.count > 0) out.arithmetic.push_back(fmt::format("Không tính {} tạm dừng.", in_words(waited)));
    if (!planned) {
        out.arithmetic.push_back("Bước này không có thời gian định trước.");
        return out;
    }
    const auto due = calendar.add(started, *planned + waited);
    out.due = due.at;
    out.provisional = due.provisional;
    out.arithmetic.push_back(fmt::format("Thời gian {}: đến {}.", in_words(*planned), to_vietnamese(due.at)));
    out.remaining =
        end <= due.at ? calendar.between(end, due.at).elapsed : WorkMinutes{} - calendar.between(due.at, end).elapsed;
    return out;
}

Judgement judge_promise(std::optional<Instant> promised, Instant end) {
    if (!promised) return {Verdict::unknown, "Không có ngày hẹn để so sánh."};
    if (end <= *promised)
        return {Verdict::on_time,
                fmt::format("{} không sau ngày hẹn {}.", to_vietnamese(end), to_vietnamese(*promised))};
    return {Verdict::late, fmt::format("{} sau ngày hẹn {}.", to_vietnamese(end), to_vietnamese(*promised))};
}

Judgement judge_index(const ClockTape& tape, const ClockRules& rules, const Calendar& calendar, Instant end) {
    const auto requests = std::count_if(tape.acts.begin(), tape.acts.end(), [&](const ClockEvent& e) {
        return e.at <= end && e.act == ClockAct::pause && e.reason == PauseReason::supplement;
    });
    if (requests > rules.supplement_max)
        return {Verdict::late, fmt::format("Yêu cầu bổ sung {} lần, quá {} lần: tính là quá hạn (Quyết định "
                                           "766/QĐ-TTg, mục 2.1).",
                                           requests, rules.supplement_max)};
    const auto reading = index_clock(tape, rules, calendar, end);
    if (reading.state == ClockState::not_started) return {Verdict::unknown, "Hồ sơ chưa được tiếp nhận."};
    if (!reading.due)
        return {Verdict::unknown, "Thời hạn theo quy định chưa được kiểm chứng nên không xếp đúng hay quá hạn."};
    if (end <= *reading.due)
        return {Verdict::on_time, fmt::format("{} không sau {} (đã trừ thời gian chờ).", to_vietnamese(end),
                                              to_vietnamese(*reading.due))};
    return {Verdict::late,
            fmt::format("{} sau {} (đã trừ thời gian chờ).", to_vietnamese(end), to_vietnamese(*reading.due))};
}

}  // namespace hl::dossiers
