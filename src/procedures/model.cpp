#include "procedures/model.h"

namespace hl::procedures {

namespace {

template <class T, size_t N>
std::string_view word_of(const std::pair<T, std::string_view> (&words)[N], T value) {
    for (const auto& [v, word] : words)
        if (v == value) return word;
    return "";
}
template <class T, size_t N>
std::optional<T> value_of(const std::pair<T, std::string_view> (&words)[N], std::string_view word) {
    for (const auto& [v, w] : words)
        if (w == word) return v;
    return std::nullopt;
}

constexpr std::pair<Channel, std::string_view> channel_words[] = {
    {Channel::desk, "desk"}, {Channel::online, "online"}, {Channel::post, "post"}};
constexpr std::pair<Level, std::string_view> level_words[] = {{Level::commune, "commune"},
                                                              {Level::province, "province"}};
constexpr std::pair<TimeUnit, std::string_view> unit_words[] = {{TimeUnit::working_hours, "working_hours"},
                                                                {TimeUnit::working_days, "working_days"},
                                                                {TimeUnit::calendar_days, "calendar_days"}};
constexpr std::pair<StepKind, std::string_view> step_words[] = {
    {StepKind::receive, "receive"}, {StepKind::assign, "assign"},       {StepKind::work, "work"},
    {StepKind::consult, "consult"}, {StepKind::sign, "sign"},           {StepKind::pay, "pay"},
    {StepKind::publish, "publish"}, {StepKind::return_result, "return"}};

}  // namespace

std::string_view to_string(Channel channel) {
    return word_of(channel_words, channel);
}
std::optional<Channel> channel_from(std::string_view word) {
    return value_of(channel_words, word);
}
std::string_view to_string(Level level) {
    return word_of(level_words, level);
}
std::optional<Level> level_from(std::string_view word) {
    return value_of(level_words, word);
}
std::string_view to_string(TimeUnit unit) {
    return word_of(unit_words, unit);
}
std::optional<TimeUnit> time_unit_from(std::string_view word) {
    return value_of(unit_words, word);
}
std::string_view to_string(StepKind kind) {
    return word_of(step_words, kind);
}
std::optional<StepKind> step_kind_from(std::string_view word) {
    return value_of(step_words, word);
}

std::string in_words(const LegalTime& time) {
    if (time.same_day) return "trong ngày làm việc";
    switch (time.unit) {
        case TimeUnit::working_hours:
            return fmt::format("{} giờ làm việc", time.value);
        case TimeUnit::working_days:
            return fmt::format("{} ngày làm việc", time.value);
        case TimeUnit::calendar_days:
            return fmt::format("{} ngày", time.value);
    }
    return "";
}

const ChannelRule* Card::channel(Channel c) const {
    for (const auto& rule : channels)
        if (rule.channel == c) return &rule;
    return nullptr;
}

const Step* Flow::step(std::string_view id) const {
    for (const auto& stage : stages)
        for (const auto& lane : stage.lanes)
            for (const auto& s : lane.steps)
                if (s.id == id) return &s;
    return nullptr;
}

bool Flow::planned_known() const {
    for (const auto& stage : stages)
        for (const auto& lane : stage.lanes)
            for (const auto& s : lane.steps)
                if (s.counted && !s.planned_known) return false;
    return true;
}

WorkMinutes Flow::planned_total() const {
    WorkMinutes total;
    for (const auto& stage : stages) {
        WorkMinutes longest;
        for (const auto& lane : stage.lanes) {
            WorkMinutes sum;
            for (const auto& s : lane.steps)
                if (s.counted) sum = sum + s.planned;
            longest = std::max(longest, sum);
        }
        total = total + longest;
    }
    return total;
}

}  // namespace hl::procedures
