#include "directory/calendar.h"

#include <fmt/format.h>

#include <algorithm>

namespace hl::directory {

namespace {

constexpr int64_t minute_ms = 60'000;
constexpr int64_t day_minutes = 480;
constexpr int64_t usual_week = 5 * day_minutes;

/// Days from Monday (0) to Sunday (6); day 0, 1970-01-01, was a Thursday.
int64_t weekday_index(int64_t day) {
    return ((day % 7) + 7 + 3) % 7;
}

/// Monday-to-Friday minutes worked from the Monday of 1969-12-29 until the morning of `day`: what lies outside the
/// years that were prepared is counted so, and is provisional.
int64_t usual_minutes_before(int64_t day) {
    const int64_t since_monday = day + 3;
    const int64_t week = since_monday >= 0 ? since_monday / 7 : -((-since_monday + 6) / 7);
    return week * usual_week + std::min<int64_t>(weekday_index(day), 5) * day_minutes;
}

int64_t ceil_minutes(int64_t ms) {
    return ms >= 0 ? (ms + minute_ms - 1) / minute_ms : -(-ms / minute_ms);
}

bool worked(const DayRule& rule) {
    return rule.kind == DayKind::workday || rule.kind == DayKind::swap_work ||
           (rule.kind == DayKind::local && !rule.shifts.empty());
}

Error broken(std::string code, std::string vi, std::string en, std::string at) {
    return Error{ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), std::move(at)};
}

Result<void> check_shifts(const std::vector<Shift>& shifts, const std::string& at) {
    int64_t sum = 0;
    int end = 0;
    for (const auto& shift : shifts) {
        if (shift.from < end || shift.to <= shift.from || shift.to > 24 * 60)
            return broken("calendar.overlap",
                          fmt::format("Ca làm việc của {} chồng lên nhau hoặc không theo thứ tự: hãy sửa lại giờ.", at),
                          fmt::format("the shifts of {} overlap or are out of order; correct the hours", at), at);
        sum += shift.to - shift.from;
        end = shift.to;
    }
    if (sum != day_minutes)
        return broken(
            "calendar.shifts",
            fmt::format("Các ca của {} cộng lại {} phút, một ngày làm việc phải đủ 480 phút (8 giờ).", at, sum),
            fmt::format("the shifts of {} make {} minutes, a working day has 480 (8 hours)", at, sum), at);
    return Nothing{};
}

}  // namespace

std::string in_words(WorkMinutes w) {
    const bool negative = w.count < 0;
    const int64_t n = negative ? -w.count : w.count;
    std::string out;
    const auto part = [&](int64_t number, std::string_view unit) {
        if (number == 0) return;
        if (!out.empty()) out += ' ';
        out += fmt::format("{} {}", number, unit);
    };
    part(n / day_minutes, "ngày");
    part(n % day_minutes / 60, "giờ");
    part(n % 60, "phút");
    if (out.empty()) out = "0 giờ";
    return (negative ? "âm " : "") + out + " làm việc";
}

Result<std::shared_ptr<const Calendar>> Calendar::make(CalendarData data, int first_year, int last_year) {
    TRY_VOID(check_shifts(data.weekday_shifts, data.id));
    std::ranges::sort(data.days, {}, &DayRule::date);
    for (const auto& rule : data.days) {
        const auto at = to_iso(rule.date);
        if (!rule.date.ok())
            return broken("calendar.date", "Lịch có ngày không tồn tại.", "the calendar has a date that does not exist",
                          data.id);
        if (worked(rule) && !rule.shifts.empty()) TRY_VOID(check_shifts(rule.shifts, at));
        if (!worked(rule) && !rule.shifts.empty())
            return broken("calendar.shifts", fmt::format("{} là ngày nghỉ nên không được có ca làm việc.", at),
                          fmt::format("{} is a day off and can have no shifts", at), at);
    }
    const auto twin = std::ranges::adjacent_find(data.days, {}, &DayRule::date);
    if (twin != data.days.end())
        return broken(
            "calendar.duplicate_day", fmt::format("Ngày {} có hai dòng trong lịch: hãy bỏ một.", to_iso(twin->date)),
            fmt::format("{} has two rows in the calendar; remove one", to_iso(twin->date)), to_iso(twin->date));
    if (!data.days.empty()) {
        first_year = std::min(first_year, static_cast<int>(data.days.front().date.year()));
        last_year = std::max(last_year, static_cast<int>(data.days.back().date.year()));
    }

    auto calendar = std::make_shared<Calendar>();
    auto& c = *calendar;
    using std::chrono::year;
    c.first_day_ = day_number(Date{year{first_year}, std::chrono::January, std::chrono::day{1}});
    const int64_t end = day_number(Date{year{last_year + 1}, std::chrono::January, std::chrono::day{1}});
    const auto size = static_cast<size_t>(end - c.first_day_);
    c.shift_sets_.push_back({});
    c.shift_sets_.push_back(data.weekday_shifts);
    c.prefix_.reserve(size + 1);
    c.shift_set_.reserve(size);
    c.kinds_.reserve(size);
    int64_t sum = usual_minutes_before(c.first_day_);
    auto rule = data.days.begin();
    for (int64_t day = c.first_day_; day < end; ++day) {
        auto kind = weekday_index(day) < 5 ? DayKind::workday : DayKind::weekend;
        uint16_t set = kind == DayKind::workday ? 1 : 0;
        if (rule != data.days.end() && day_number(rule->date) == day) {
            kind = rule->kind;
            set = worked(*rule) ? 1 : 0;
            if (!rule->shifts.empty()) {
                set = static_cast<uint16_t>(c.shift_sets_.size());
                c.shift_sets_.push_back(rule->shifts);
            }
            ++rule;
        }
        c.prefix_.push_back(sum);
        c.shift_set_.push_back(set);
        c.kinds_.push_back(static_cast<uint8_t>(kind));
        if (set != 0) sum += day_minutes;
    }
    c.prefix_.push_back(sum);
    c.data_ = std::move(data);
    return std::shared_ptr<const Calendar>{std::move(calendar)};
}

std::string Calendar::label() const {
    return fmt::format("{}@{}", data_.id, data_.version);
}

int64_t Calendar::before_day(int64_t day) const {
    const auto size = static_cast<int64_t>(kinds_.size());
    if (day < first_day_) return usual_minutes_before(day);
    if (day <= first_day_ + size) return prefix_[static_cast<size_t>(day - first_day_)];
    return prefix_.back() + usual_minutes_before(day) - usual_minutes_before(first_day_ + size);
}

const std::vector<Shift>& Calendar::shifts_of(int64_t day) const {
    const int64_t i = day - first_day_;
    if (i < 0 || i >= static_cast<int64_t>(kinds_.size())) return shift_sets_[weekday_index(day) < 5 ? 1 : 0];
    return shift_sets_[shift_set_[static_cast<size_t>(i)]];
}

bool Calendar::is_workday(Date d) const {
    return !shifts_of(day_number(d)).empty();
}

DayKind Calendar::kind(Date d) const {
    const int64_t i = day_number(d) - first_day_;
    if (i < 0 || i >= static_cast<int64_t>(kinds_.size()))
        return weekday_index(day_number(d)) < 5 ? DayKind::workday : DayKind::weekend;
    return static_cast<DayKind>(kinds_[static_cast<size_t>(i)]);
}

bool Calendar::provisional(Date d) const {
    return !data_.notices.contains(static_cast<int>(d.year()));
}

bool Calendar::provisional_between(Date from, Date to) const {
    if (to < from) std::swap(from, to);
    for (int y = static_cast<int>(from.year()); y <= static_cast<int>(to.year()); ++y)
        if (!data_.notices.contains(y)) return true;
    return false;
}

bool Calendar::working_at(Instant t) const {
    const auto local = to_local(t);
    return std::ranges::any_of(shifts_of(day_number(local.date)), [&](const Shift& s) {
        return s.from <= local.minute_of_day && local.minute_of_day < s.to;
    });
}

Date Calendar::next_workday(Date after) const {
    int64_t day = day_number(after) + 1;
    while (shifts_of(day).empty()) ++day;
    return from_day_number(day);
}

Date Calendar::workdays_before(Date d, int n) const {
    int64_t day = day_number(d);
    for (; n > 0; --n) {
        --day;
        while (shifts_of(day).empty()) --day;
    }
    return from_day_number(day);
}

int64_t Calendar::worked_ms_before(const LocalTime& t) const {
    const int64_t day = day_number(t.date);
    int64_t sum = before_day(day) * minute_ms;
    const int64_t into_day = (t.minute_of_day * 60LL + t.second) * 1000 + t.millisecond;
    for (const auto& s : shifts_of(day))
        sum += std::clamp<int64_t>(into_day - s.from * minute_ms, 0, (s.to - s.from) * minute_ms);
    return sum;
}

int64_t Calendar::day_reaching(int64_t worked_ms) const {
    // The first day at whose end `worked_ms` have been worked.
    const int64_t end = first_day_ + static_cast<int64_t>(kinds_.size());
    const int64_t minutes = ceil_minutes(worked_ms);
    if (minutes > prefix_.front() && minutes <= prefix_.back()) {
        const auto it = std::ranges::lower_bound(prefix_, minutes);
        return first_day_ + (it - prefix_.begin()) - 1;
    }
    // Outside the prepared years every week is five days: jump there, then walk at most two weeks.
    const int64_t base = minutes <= prefix_.front() ? prefix_.front() : prefix_.back();
    const int64_t anchor = minutes <= prefix_.front() ? first_day_ : end;
    int64_t day = anchor + (minutes - base) / usual_week * 7 - 7;
    if (minutes > prefix_.back()) day = std::max(day, end);
    while (before_day(day + 1) < minutes) ++day;
    return day;
}

Due Calendar::add(Instant start, WorkMinutes work) const {
    const auto local = to_local(start);
    const auto finish = [&](LocalTime t) { return Due{to_instant(t), provisional_between(local.date, t.date)}; };
    if (work.count == 0) {
        if (working_at(start)) return finish(local);
        for (const auto& s : shifts_of(day_number(local.date)))
            if (local.minute_of_day < s.from) return finish({local.date, s.from, 0, 0});
        const auto next = next_workday(local.date);
        return finish({next, shifts_of(day_number(next)).front().from, 0, 0});
    }
    const int64_t target = worked_ms_before(local) + work.count * minute_ms;
    const int64_t day = day_reaching(target);
    int64_t rest = target - before_day(day) * minute_ms;
    for (const auto& s : shifts_of(day)) {
        const int64_t length = (s.to - s.from) * minute_ms;
        if (rest <= length) {
            const int64_t at = s.from * minute_ms + rest;
            return finish({from_day_number(day), static_cast<int>(at / minute_ms), static_cast<int>(at / 1000 % 60),
                           static_cast<int>(at % 1000)});
        }
        rest -= length;
    }
    return finish({from_day_number(day), shifts_of(day).back().to, 0, 0});
}

Span Calendar::between(Instant a, Instant b) const {
    const auto from = to_local(a), to = to_local(b);
    return {WorkMinutes{(worked_ms_before(to) - worked_ms_before(from)) / minute_ms},
            provisional_between(from.date, to.date)};
}

Due Calendar::end_of_workday(Date received, int days) const {
    if (days <= 0) {
        const auto d = is_workday(received) ? received : next_workday(received);
        return {closing(d), provisional_between(received, d)};
    }
    // The morning after `received` has seen `before` minutes; N full days later is the N-th following working day.
    const int64_t before = before_day(day_number(received) + 1);
    const auto d = from_day_number(day_reaching((before + days * day_minutes) * minute_ms));
    return {closing(d), provisional_between(received, d)};
}

Due Calendar::end_of_calendar_days(Date received, int days) const {
    auto d = add_days(received, std::max(days, 0));
    if (!is_workday(d)) d = next_workday(d);
    return {closing(d), provisional_between(received, d)};
}

Instant Calendar::opening(Date d) const {
    const auto& shifts = shifts_of(day_number(d));
    return to_instant({d, (shifts.empty() ? data_.weekday_shifts : shifts).front().from, 0, 0});
}

Instant Calendar::closing(Date d) const {
    const auto& shifts = shifts_of(day_number(d));
    return to_instant({d, (shifts.empty() ? data_.weekday_shifts : shifts).back().to, 0, 0});
}

}  // namespace hl::directory
