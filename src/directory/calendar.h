// Working time. A calendar is data (which minutes of which day are worked, by which notice); everything here is pure
// arithmetic on it in whole working minutes. A year without its official notice is provisional, and so is every
// deadline that reaches into it. Calendars are immutable; safe on any thread.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace hl::directory {

/// Working minutes; a working day has 480 (8 hours).
struct WorkMinutes {
    int64_t count = 0;
    auto operator<=>(const WorkMinutes&) const = default;
    friend WorkMinutes operator+(WorkMinutes a, WorkMinutes b) { return {a.count + b.count}; }
    friend WorkMinutes operator-(WorkMinutes a, WorkMinutes b) { return {a.count - b.count}; }
};
[[nodiscard]] constexpr WorkMinutes work_hours(int64_t h) {
    return {h * 60};
}
[[nodiscard]] constexpr WorkMinutes work_days(int64_t d) {
    return {d * 480};
}
/// "3 ngày 4 giờ 30 phút làm việc".
[[nodiscard]] std::string in_words(WorkMinutes w);

enum class DayKind { workday, weekend, holiday, makeup_off, swap_off, swap_work, local };

struct Shift {  // half-open minutes of day, e.g. 450–690 and 810–1050
    int from = 0, to = 0;
};
struct DayRule {
    Date date;
    DayKind kind = DayKind::holiday;
    std::string reason;         // "Quốc khánh"
    std::string notice;         // "9441/TB-BNV"
    std::vector<Shift> shifts;  // empty = the day's usual shifts when worked
};

struct CalendarData {
    std::string id;  // "vn", "vn/44", "vn/44/<agency>": layers
    int version = 1;
    std::vector<Shift> weekday_shifts;   // of a usual working day; their sum must be 480
    std::map<int, std::string> notices;  // year → notice; a year that is missing is provisional
    std::vector<DayRule> days;
};

struct Span {
    WorkMinutes elapsed;
    bool provisional = false;
};
struct Due {
    Instant at;
    bool provisional = false;
};

class Calendar {
  public:
    /// Errors: calendar.shifts (a day's shifts do not make 480 minutes), calendar.overlap, calendar.duplicate_day.
    [[nodiscard]] static Result<std::shared_ptr<const Calendar>> make(CalendarData data, int first_year = 2015,
                                                                      int last_year = 2040);

    [[nodiscard]] const CalendarData& data() const { return data_; }
    /// "vn@3": what a printed deadline names.
    [[nodiscard]] std::string label() const;
    [[nodiscard]] bool is_workday(Date d) const;
    [[nodiscard]] DayKind kind(Date d) const;
    [[nodiscard]] bool provisional(Date d) const;
    [[nodiscard]] bool working_at(Instant t) const;
    [[nodiscard]] Date next_workday(Date after) const;  // strictly after
    [[nodiscard]] Date workdays_before(Date d, int n) const;

    /// The first instant at which `work` minutes have been worked from `start`. With work = 0, `start` itself when on
    /// duty, else the next minute of duty. Never lands outside duty: a full day ends at the day's closing time.
    /// Negative `work` goes back: the earliest instant from which no more than that is worked until `start`.
    [[nodiscard]] Due add(Instant start, WorkMinutes work) const;
    /// Working minutes in [a, b); negative when b < a.
    [[nodiscard]] Span between(Instant a, Instant b) const;
    /// N working days, the day of receipt not counted (Civil Code 2015, Article 147): closing time of the N-th
    /// following working day.
    [[nodiscard]] Due end_of_workday(Date received, int days) const;
    /// N calendar days, first not counted; a last day that is off moves to the end of the next working day (Article
    /// 148.5).
    [[nodiscard]] Due end_of_calendar_days(Date received, int days) const;
    /// Opening/closing instants of a working day.
    [[nodiscard]] Instant opening(Date d) const;
    [[nodiscard]] Instant closing(Date d) const;

  private:
    [[nodiscard]] int64_t before_day(int64_t day) const;  // working minutes until the morning of `day`
    [[nodiscard]] const std::vector<Shift>& shifts_of(int64_t day) const;
    [[nodiscard]] bool provisional_between(Date from, Date to) const;
    [[nodiscard]] int64_t worked_ms_before(const LocalTime& t) const;
    [[nodiscard]] int64_t day_reaching(int64_t worked_ms) const;

    CalendarData data_;
    int64_t first_day_ = 0;
    std::vector<int64_t> prefix_;      // working minutes before day i
    std::vector<uint16_t> shift_set_;  // index into shift_sets_
    std::vector<uint8_t> kinds_;
    std::vector<std::vector<Shift>> shift_sets_;
};

}  // namespace hl::directory
