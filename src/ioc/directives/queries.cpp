#include "ioc/directives/queries.h"

#include "ioc/directives/rights.h"
#include "ioc/directives/storage.h"
#include "ioc/indicators/alerts.h"

namespace hl::directives {

namespace {

constexpr int64_t newest = std::numeric_limits<int64_t>::max();
constexpr int64_t at_once = 200;
constexpr directory::WorkMinutes proposed = directory::work_days(3), proposed_critical = directory::work_days(1);

/// The calendar that the deadline was made under.
std::shared_ptr<const directory::Calendar> calendar_of(const Context& ctx, const Directive& d) {
    auto found = ctx.base.calendars->by_label(d.deadline.calendar);
    return found ? found : ctx.calendar(d.agency);
}

std::string amount(const ioc::Indicator& i, std::optional<double> value) {
    return value ? fmt::format("{:.{}f} {}", *value, i.decimals, i.unit) : "chưa rõ";
}

}  // namespace

Result<ListPage> list(store::Reader& reader, const Context& ctx, const access::Actor& actor, const Filter& filter,
                      std::optional<int64_t> before, int64_t limit, Instant now) {
    TRY_VOID(sees_any(actor, now));
    ListPage out;
    int64_t from = before.value_or(newest);
    for (std::vector<Directive> rows;
         !(rows = storage::page(reader, from, filter.least, filter.most, at_once)).empty();) {
        for (auto& d : rows) {
            if (!filter.agency.empty() && d.agency != filter.agency) continue;
            if (!filter.rule.empty() && d.origin.rule != filter.rule) continue;
            if (filter.rule_agency && d.origin.agency != *filter.rule_agency) continue;
            const auto timing = timing_of(d, *calendar_of(ctx, d), now);
            if ((filter.overdue && !timing.overdue) || (filter.due_soon && !timing.due_soon)) continue;
            if (!may_see(actor, d, now).ok()) continue;
            if (static_cast<int64_t>(out.items.size()) == limit) {
                out.next = out.items.back().directive.key;
                return out;
            }
            out.items.push_back({std::move(d), timing});
        }
        from = rows.back().key;
    }
    return out;
}

Result<Summary> summary(store::Reader& reader, const Context& ctx, const access::Actor& actor, Instant now) {
    TRY_VOID(sees_any(actor, now));
    Summary out;
    int64_t from = newest;
    for (std::vector<Directive> rows;
         !(rows = storage::page(reader, from, State::issued, State::handed_in, at_once)).empty();) {
        from = rows.back().key;
        for (const auto& d : rows) {
            if (!may_see(actor, d, now).ok()) continue;
            const auto t = timing_of(d, *calendar_of(ctx, d), now);
            ++out.open;
            out.overdue += t.overdue;
            out.due_soon += t.due_soon;
            out.unacknowledged += t.unacknowledged;
            out.handed_in += d.state == State::handed_in;
            out.extension_asked += d.asked.has_value();
        }
    }
    return out;
}

Result<Whole> whole(store::Reader& reader, const Context& ctx, const access::Actor& actor, std::string_view code,
                    Instant now) {
    TRY_VOID(sees_any(actor, now));
    Whole out;
    TRY(out.directive, storage::find(reader, code));
    auto& d = out.directive;
    TRY_VOID(may_see(actor, d, now));
    const auto calendar = calendar_of(ctx, d);
    out.timing = timing_of(d, *calendar, now);
    TRY(auto shown, deadline_at(*calendar, d.deadline.from, d.deadline.due));
    d.deadline.days = std::move(shown.days);
    TRY(out.text, storage::text_of(reader, ctx, d));
    TRY(out.lines, storage::lines_of(reader, ctx, d));
    TRY(out.evidence, storage::evidence_of(reader, ctx, d));
    for (const auto c : all_commands())
        if (after(d.standing(), c).ok() && may_do(actor, d, c, now).ok()) out.may.push_back(c);
    return out;
}

Result<Proposal> propose(store::Reader& reader, const Context& ctx, const access::Actor& actor, const std::string& rule,
                         const AgencyId& rule_agency, Instant now) {
    TRY_VOID(access::require_anywhere(actor, access::Right::issue_directive, now));
    for (const auto& a : ioc::standing_alerts(reader, *ctx.book, {})) {
        if (a.rule->id != rule || a.agency != rule_agency) continue;
        Proposal out;
        auto& i = out.issue;
        // Of the whole province, who owns the indicator answers.
        i.agency = a.agency.empty() ? a.indicator->owner : a.agency;
        TRY_VOID(access::require(actor, access::Right::issue_directive, i.agency, now));
        i.rule = rule;
        i.rule_agency = rule_agency;
        i.title = fmt::format("{}: {}", a.indicator->vi, a.rule->vi);
        i.text = fmt::format(
            "Theo cảnh báo từ {}, chỉ tiêu «{}» kỳ {} là {} (mức báo {}). Yêu cầu cơ quan rà soát nguyên nhân, có biện "
            "pháp khắc phục và báo cáo kết quả kèm minh chứng.",
            to_vietnamese(a.since), a.indicator->vi, a.period, amount(*a.indicator, a.value),
            amount(*a.indicator, a.rule->raise));
        i.deadline.work_minutes = (a.rule->critical ? proposed_critical : proposed).count;
        TRY(out.deadline, deadline_for(ctx, i.agency, i.deadline, now));
        return out;
    }
    return Error{ErrorKind::conflict, "directive.alert_over", "Cảnh báo này không còn.", "The alert stands no longer.",
                 "/rule"};
}

}  // namespace hl::directives
