#include "ioc/directives/commands.h"

#include "ioc/directives/rights.h"
#include "ioc/directives/storage.h"
#include "ioc/directives/work.h"
#include "ioc/indicators/alerts.h"

namespace hl::directives {

namespace on = ioc::directive;

namespace {

std::string_view event_of(Command c) {
    switch (c) {
        case Command::acknowledge:
            return on::acknowledged;
        case Command::report:
            return on::reported;
        case Command::add_evidence:
            return on::evidence_added;
        case Command::ask_extension:
            return on::extension_asked;
        case Command::grant_extension:
            return on::extended;
        case Command::refuse_extension:
            return on::extension_refused;
        case Command::hand_in:
            return on::handed_in;
        case Command::accept:
            return on::closed;
        case Command::send_back:
            return on::sent_back;
        case Command::reopen:
            return on::reopened;
        case Command::withdraw:
            return on::withdrawn;
    }
    throw std::logic_error("a command of directives has no event");
}

Error words_needed() {
    return {ErrorKind::invalid, "directive.text_required", "Hãy viết nội dung: làm gì, vì sao.",
            "Say what was done, or why.", "/text"};
}

Result<void> named_officer(const Context& ctx, const access::Actor& actor, const Issue& what, Date today) {
    const auto officers = ctx.organisation().officers_of(what.agency, today);
    if (std::none_of(officers.begin(), officers.end(), [&](const auto* o) { return o->id == what.officer; }))
        return Error{ErrorKind::invalid, "directive.officer",
                     "Người được giao không giữ vị trí nào ở cơ quan này. Hãy chọn người khác.",
                     "The officer holds no position at this agency. Choose another.", "/officer"};
    if (what.officer == actor.officer)
        return Error{ErrorKind::invalid, "directive.to_oneself", "Không tự giao chỉ đạo cho mình. Hãy chọn người khác.",
                     "Nobody gives himself a directive. Choose another officer.", "/officer"};
    return Nothing{};
}

Result<Origin> origin_of(store::Reader& reader, const Context& ctx, const Issue& what) {
    Origin out;
    if (what.rule.empty()) return out;
    for (const auto& a : ioc::standing_alerts(reader, *ctx.book, {}))
        if (a.rule->id == what.rule && a.agency == what.rule_agency)
            return Origin{a.rule->id, a.indicator->code, a.period, a.agency, a.value, a.since};
    return Error{ErrorKind::conflict, "directive.alert_over",
                 "Cảnh báo này không còn. Nếu vẫn cần, hãy giao như quyết định của lãnh đạo, không kèm cảnh báo.",
                 "The alert stands no longer. If it is still needed, issue it as your own decision, without the alert.",
                 "/rule"};
}

/// From the deadline on, or from now when it is past.
Result<Deadline> later_by(const Context& ctx, const Directive& d, directory::WorkMinutes more, Instant now) {
    return deadline_in(*ctx.calendar(d.agency), std::max(d.deadline.due, now), more);
}

}  // namespace

Result<Deadline> deadline_for(const Context& ctx, const AgencyId& agency, const Wish& wish, Instant from) {
    if (wish.work_minutes.has_value() == wish.due.has_value())
        return Error{ErrorKind::invalid, "directive.deadline",
                     "Cần đúng một trong hai: work_hours (giờ làm việc) hoặc due (thời điểm).",
                     "Exactly one of work_hours and due is needed.", "/work_hours"};
    const auto calendar = ctx.calendar(agency);
    if (wish.due) return deadline_at(*calendar, from, *wish.due);
    return deadline_in(*calendar, from, {*wish.work_minutes});
}

Result<void> same_version(const Directive& d, const Target& target) {
    if (!target.version || *target.version == d.version) return Nothing{};
    return Error{ErrorKind::precondition, "directive.changed",
                 "Chỉ đạo vừa được người khác thay đổi. Hãy tải lại rồi làm lại.",
                 "Somebody changed the directive meanwhile. Load it again and repeat."};
}

Result<void> tell(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Directive& d,
                  std::optional<State> from, std::string_view event, Happened happened, Instant now) {
    Line line{
        d.version,    now, std::string{event.substr(on::family.size())}, actor.label(), actor.officer, happened.percent,
        happened.due, {}};
    if (!happened.words.empty()) line.text = std::move(happened.words);
    TRY_VOID(storage::insert_line(tx, ctx, d, line));
    const on::Told told{d.code, d.agency, d.area,         d.issuer,  d.officer,
                        from,   d.state,  d.deadline.due, d.version, d.internal()};
    tx.append({std::string{event}, 1, std::string{on::stream_prefix} + d.code, actor.label(), now,
               on::to_json(told, std::move(happened.more))});
    return Nothing{};
}

Result<Directive> act(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                      Command command, Instant now,
                      const std::function<Result<void>(const Directive&, Directive&, Happened&)>& fill) {
    TRY(const auto before, storage::find_for_change(tx, target.code));
    TRY_VOID(may_see(actor, before, now));
    TRY_VOID(may_do(actor, before, command, now));
    TRY_VOID(same_version(before, target));
    TRY(const auto standing, after(before.standing(), command));
    Directive d = before;
    d.state = standing.state;
    if (!standing.extension_asked) d.asked.reset();
    ++d.version;
    Happened happened;
    TRY_VOID(fill(before, d, happened));
    if (happened.words_needed && happened.words.empty()) return words_needed();
    storage::update(tx, d);
    TRY_VOID(tell(tx, ctx, actor, d, before.state, event_of(command), std::move(happened), now));
    return d;
}

Result<Directive> issue(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Issue& what,
                        Instant now) {
    TRY_VOID(access::require_anywhere(actor, access::Right::issue_directive, now));
    const Date today = local_date(now);
    const auto* agency = ctx.organisation().agency(what.agency);
    const auto* version = agency ? agency->at(today) : nullptr;
    if (!version)
        return Error{ErrorKind::invalid, "directive.agency", "Không có cơ quan này, hoặc cơ quan không còn hoạt động.",
                     "There is no such agency, or it works no longer.", "/agency"};
    TRY(const auto issuer, issuer_for(actor, what.agency, now));
    if (!what.officer.empty()) TRY_VOID(named_officer(ctx, actor, what, today));
    if (issuer == what.agency && what.officer.empty())
        return Error{ErrorKind::invalid, "directive.own_agency", "Trong cơ quan mình, hãy chọn người được giao.",
                     "Within your own agency, name the officer who is to do it.", "/officer"};
    if (what.title.empty() || what.text.empty()) return words_needed();
    Directive d;
    TRY(d.origin, origin_of(tx, ctx, what));
    TRY(d.deadline, deadline_for(ctx, what.agency, what.deadline, now));
    const int year = static_cast<int>(today.year());
    d.code = fmt::format("CD-{}-{:06}", year, tx.next_number(fmt::format("directive.{}", year)));
    d.subject = ctx.base.vault->create_subject(tx, now);
    d.agency = what.agency;
    d.area = version->area;
    d.officer = what.officer;
    d.issuer = issuer;
    d.issued_by = actor.label();
    d.title = what.title;
    d.issued_at = now;
    TRY_VOID(storage::insert(tx, ctx, d, what.text));
    Happened happened;
    happened.due = d.deadline.due;
    happened.more = {{"origin", d.origin.rule.empty() ? "decision" : "alert"}, {"work_minutes", d.deadline.work.count}};
    if (!d.origin.rule.empty()) {
        happened.more["rule"] = d.origin.rule;
        happened.more["indicator"] = d.origin.indicator;
        happened.more["period"] = d.origin.period;
    }
    TRY_VOID(tell(tx, ctx, actor, d, {}, on::issued, std::move(happened), now));
    return d;
}

Result<Directive> acknowledge(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                              const Target& target, const std::string& words, Instant now) {
    return act(tx, ctx, actor, target, Command::acknowledge, now, [&](const auto&, auto& d, auto& happened) {
        d.acknowledged_at = now;
        happened.words = words;
        return Result<void>{};
    });
}

Result<Directive> report(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                         int percent, const std::string& words, Instant now) {
    return act(tx, ctx, actor, target, Command::report, now, [&](const auto&, auto& d, auto& happened) -> Result<void> {
        if (percent < 0 || percent > 100)
            return Error{ErrorKind::invalid, "directive.percent", "Tiến độ từ 0 đến 100 phần trăm.",
                         "Progress is from 0 to 100 percent.", "/percent"};
        d.percent = percent;
        happened.percent = percent;
        happened.words = words;
        happened.words_needed = true;
        happened.more = {{"percent", percent}};
        return Nothing{};
    });
}

Result<Directive> ask_extension(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                const Target& target, directory::WorkMinutes more, const std::string& words,
                                Instant now) {
    return act(tx, ctx, actor, target, Command::ask_extension, now,
               [&](const Directive& before, Directive& d, Happened& happened) -> Result<void> {
                   TRY(const auto wished, later_by(ctx, before, more, now));
                   d.asked = Directive::Asked{now, more, wished.due};
                   happened.due = wished.due;
                   happened.words = words;
                   happened.words_needed = true;
                   happened.more = {{"work_minutes", more.count}, {"wished", to_ms(wished.due)}};
                   return Nothing{};
               });
}

Result<Directive> grant_extension(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                  const Target& target, std::optional<directory::WorkMinutes> more,
                                  const std::string& words, Instant now) {
    return act(tx, ctx, actor, target, Command::grant_extension, now,
               [&](const Directive& before, Directive& d, Happened& happened) -> Result<void> {
                   TRY(const auto longer, later_by(ctx, before, more.value_or(before.asked->more), now));
                   const auto calendar = ctx.calendar(d.agency);
                   // From the first day on, so that the whole of it can be shown.
                   TRY(d.deadline, deadline_at(*calendar, before.deadline.from, longer.due));
                   d.deadline.provisional = longer.provisional;
                   ++d.extensions;
                   happened.due = d.deadline.due;
                   happened.words = words;
                   happened.more = {{"was_due", to_ms(before.deadline.due)}};
                   return Nothing{};
               });
}

Result<Directive> refuse_extension(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                   const Target& target, const std::string& words, Instant now) {
    return act(tx, ctx, actor, target, Command::refuse_extension, now, [&](const auto&, auto&, auto& happened) {
        happened.words = words;
        happened.words_needed = true;
        return Result<void>{};
    });
}

Result<Directive> hand_in(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                          const std::string& words, Instant now) {
    return act(tx, ctx, actor, target, Command::hand_in, now, [&](const auto&, auto& d, auto& happened) {
        d.handed_in_at = now;
        d.percent = 100;
        happened.percent = 100;
        happened.words = words;
        happened.words_needed = true;
        return Result<void>{};
    });
}

Result<Directive> accept(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                         const std::string& words, Instant now) {
    return act(tx, ctx, actor, target, Command::accept, now, [&](const auto&, auto& d, auto& happened) {
        d.closed_at = now;
        d.verdict = *d.handed_in_at <= d.deadline.due ? Verdict::on_time : Verdict::late;
        happened.words = words;
        happened.more = {{"verdict", on::to_string(*d.verdict)}, {"handed_in", to_ms(*d.handed_in_at)}};
        return Result<void>{};
    });
}

Result<Directive> send_back(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                            const Target& target, const std::string& words, Instant now) {
    return act(tx, ctx, actor, target, Command::send_back, now, [&](const auto&, auto& d, auto& happened) {
        d.handed_in_at.reset();
        happened.words = words;
        happened.words_needed = true;
        return Result<void>{};
    });
}

Result<Directive> reopen(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                         const Wish& deadline, const std::string& words, Instant now) {
    return act(tx, ctx, actor, target, Command::reopen, now,
               [&](const Directive& before, Directive& d, Happened& happened) -> Result<void> {
                   TRY(d.deadline, deadline_for(ctx, d.agency, deadline, now));
                   d.handed_in_at.reset();
                   d.closed_at.reset();
                   d.verdict.reset();
                   ++d.reopened;
                   happened.due = d.deadline.due;
                   happened.words = words;
                   happened.words_needed = true;
                   happened.more = {{"was_due", to_ms(before.deadline.due)}};
                   return Nothing{};
               });
}

Result<Directive> withdraw(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                           const std::string& words, Instant now) {
    return act(tx, ctx, actor, target, Command::withdraw, now, [&](const auto&, auto& d, auto& happened) {
        d.closed_at = now;
        happened.words = words;
        happened.words_needed = true;
        return Result<void>{};
    });
}

Result<int> rehome(store::Transaction& tx, const Context& ctx, const access::Actor& actor, Instant now, int most) {
    constexpr int64_t newest = std::numeric_limits<int64_t>::max();
    constexpr int64_t at_once = 500;
    const Date today = local_date(now);
    int moved = 0;
    int64_t before = newest;
    for (std::vector<Directive> list;
         !(list = storage::page(tx, before, State::issued, State::handed_in, at_once)).empty();) {
        before = list.back().key;
        for (auto& d : list) {
            const auto* agency = ctx.organisation().agency(d.agency);
            if (!agency || agency->at(today)) continue;
            TRY(const auto successor, ctx.organisation().holder(d.agency, "lanh-dao", d.area, today));
            const auto* found = ctx.organisation().agency(successor);
            const auto* version = found ? found->at(today) : nullptr;
            if (!version) continue;
            Happened happened;
            happened.more = {{"was_agency", d.agency.value}};
            d.agency = successor;
            d.area = version->area;
            d.officer = {};  // who it was given to may be anywhere now
            ++d.version;
            storage::update(tx, d);
            TRY_VOID(tell(tx, ctx, actor, d, d.state, on::moved, std::move(happened), now));
            if (++moved == most) return moved;
        }
    }
    return moved;
}

}  // namespace hl::directives
