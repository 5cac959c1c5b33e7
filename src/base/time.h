// Instants, dates and the injected clock. Stored times are UTC milliseconds; rules are computed in the province's
// zone (Asia/Ho_Chi_Minh) through to_local/to_instant, which read the system's tz database and are safe on any thread.
#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hl {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Date = std::chrono::year_month_day;

[[nodiscard]] inline int64_t to_ms(Instant t) {
    return t.time_since_epoch().count();
}
[[nodiscard]] inline Instant from_ms(int64_t ms) {
    return Instant{std::chrono::milliseconds{ms}};
}

/// A wall-clock reading in Viet Nam: the date and the minutes since midnight (seconds kept apart).
struct LocalTime {
    Date date;
    int minute_of_day = 0;  // 0..1439
    int second = 0;         // 0..59
    int millisecond = 0;
    auto operator<=>(const LocalTime&) const = default;
};

[[nodiscard]] LocalTime to_local(Instant t);
[[nodiscard]] Instant to_instant(const LocalTime& t);
[[nodiscard]] inline Instant at_local(Date date, int hour, int minute = 0) {
    return to_instant({date, hour * 60 + minute, 0, 0});
}
[[nodiscard]] inline Date local_date(Instant t) {
    return to_local(t).date;
}
[[nodiscard]] inline Date add_days(Date d, int n) {
    return std::chrono::sys_days{d} + std::chrono::days{n};
}
/// Days since 1970-01-01: the form in which dates are stored in the database.
[[nodiscard]] inline int64_t day_number(Date d) {
    return std::chrono::sys_days{d}.time_since_epoch().count();
}
[[nodiscard]] inline Date from_day_number(int64_t n) {
    return std::chrono::sys_days{std::chrono::days{n}};
}

/// RFC 3339 in UTC with milliseconds ("2026-11-23T08:00:00.000Z").
[[nodiscard]] std::string to_rfc3339(Instant t);
/// RFC 3339 with the province's offset ("2026-11-23T15:00:00+07:00").
[[nodiscard]] std::string to_rfc3339_local(Instant t);
[[nodiscard]] Result<Instant> parse_rfc3339(std::string_view text);
/// "2026-11-23".
[[nodiscard]] std::string to_iso(Date d);
[[nodiscard]] Result<Date> parse_date(std::string_view text);
/// "15:04 23/11/2026", as Vietnamese forms print it.
[[nodiscard]] std::string to_vietnamese(Instant t);
[[nodiscard]] std::string to_vietnamese(Date d);

/// Where "now" comes from. Handed in, never global.
class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
};

/// The machine's clock, held so that it never runs backwards within a process: when the machine's clock is set back,
/// the last reading is repeated until real time has caught up.
class SystemClock final : public Clock {
  public:
    [[nodiscard]] Instant now() const override;

  private:
    mutable std::mutex mutex_;
    mutable Instant last_{};
};

/// A clock that tests and the demonstration set by hand. Safe on any thread.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(Instant start) : now_(start) {}
    [[nodiscard]] Instant now() const override {
        std::scoped_lock lock(mutex_);
        return now_;
    }
    void set(Instant t) {
        std::scoped_lock lock(mutex_);
        now_ = t;
    }
    template <class Duration>
    void advance(Duration d) {
        std::scoped_lock lock(mutex_);
        now_ += std::chrono::duration_cast<std::chrono::milliseconds>(d);
    }

  private:
    mutable std::mutex mutex_;
    Instant now_;
};

}  // namespace hl
