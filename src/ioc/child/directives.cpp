#include "ioc/child/directives.h"

#include "ioc/directives/queries.h"

namespace hl::ioc::child {

namespace {

namespace on = ioc::directive;
using directives::Context;
using directives::Directive;

constexpr std::string_view count_children = "SELECT COUNT(*) FROM ioc_child";
constexpr std::string_view select_own = "SELECT theirs FROM ioc_line_directive WHERE ours = ?";
constexpr std::string_view select_theirs = "SELECT ours, version FROM ioc_line_directive WHERE theirs = ?";
constexpr std::string_view put_directive =
    "INSERT INTO ioc_line_directive (theirs, ours, version, item, problem, problem_vi, problem_en, at) VALUES (?, ?, "
    "?, "
    "?, ?, ?, ?, ?) ON CONFLICT (theirs) DO UPDATE SET ours = excluded.ours, version = excluded.version, item = "
    "excluded.item, problem = excluded.problem, problem_vi = excluded.problem_vi, problem_en = excluded.problem_en, at "
    "= excluded.at";
constexpr std::string_view select_received =
    "SELECT theirs, ours, version, item, problem, problem_vi, problem_en, at FROM ioc_line_directive ORDER BY at DESC, "
    "theirs DESC LIMIT 200";
constexpr std::string_view find_answer = "SELECT 1 FROM ioc_child_answer WHERE child = ? AND message = ?";
constexpr std::string_view put_answer =
    "INSERT INTO ioc_child_answer (child, message, code, kind, problem, problem_vi, problem_en, at) VALUES (?, ?, ?, "
    "?, "
    "?, ?, ?, ?)";
constexpr std::string_view select_answers =
    "SELECT code, kind, problem, problem_vi, problem_en, at FROM ioc_child_answer WHERE child = ? ORDER BY at DESC, "
    "message DESC LIMIT ?";

std::string child_account(const ChildId& child) {
    return "child:" + child.value;
}
/// Who answers for a child's agency: its head, and nobody above it.
access::Actor answering(const Context& ctx, const ChildId& child, const AgencyId& agency) {
    access::Actor a;
    a.kind = access::ActorKind::machine;
    a.account = AccountId{child_account(child)};
    a.grants = {{access::Role::head, agency, Date{std::chrono::year{2000} / 1 / 1}, {}}};
    a.organisation = ctx.base.directory;
    return a;
}
access::Actor parent_actor(const Context& ctx) {
    return access::Actor::system("parent", ctx.base.directory);
}

std::string text_of(const json::object& o, std::string_view key) {
    const auto* m = o.if_contains(key);
    return m && m->is_string() ? std::string{m->get_string()} : std::string{};
}
std::optional<int64_t> number_of(const json::object& o, std::string_view key) {
    const auto* m = o.if_contains(key);
    return m && m->is_int64() ? std::optional{m->get_int64()} : std::nullopt;
}

json::value problem_view(const store::Row& r, int first) {
    if (r.text(first).empty()) return {};
    return json::object{{"code", r.text(first)}, {"vi", r.text(first + 1)}, {"en", r.text(first + 2)}};
}

/// The words of the newest step, and how it is called.
std::pair<std::string, std::string> newest(const directives::Whole& w) {
    if (w.lines.empty()) return {};
    const auto& last = *std::max_element(w.lines.begin(), w.lines.end(),
                                         [](const auto& a, const auto& b) { return a.number < b.number; });
    return {last.kind, last.text.value_or("")};
}

}  // namespace

Result<void> DirectiveFollower::apply(store::Transaction& tx, std::span<const store::StoredEvent> events) {
    for (const auto& e : events) {
        if (!e.type.starts_with(on::family)) continue;
        const auto code = text_of(e.data, "code");
        if (code.empty()) continue;
        TRY_VOID(down(tx, e, code));
        TRY_VOID(up(tx, e, code));
    }
    return Nothing{};
}

Result<void> DirectiveFollower::down(store::Transaction& tx, const store::StoredEvent& event, const std::string& code) {
    const auto any = tx.first(count_children, {}, [](const store::Row& r) { return r.integer(0); });
    if (any.value_or(0) == 0) return Nothing{};
    const auto child = child_of(tx, AgencyId{text_of(event.data, "agency")});
    // What the child itself answered it knows.
    if (!child || event.actor == "machine:" + child_account(*child)) return Nothing{};
    // An installation that is its own child would tell itself what it was told, without an end.
    if (const auto line = line_of(tx);
        line && line->child == *child && tx.first(select_own, {code}, [](const store::Row&) { return 0; }))
        return Nothing{};
    const auto ctx = context_();
    const auto found = directives::whole(tx, ctx, access::Actor::system("child", ctx.base.directory), code, event.at);
    if (!found.ok()) return Nothing{};  // gone, its key erased: nothing to tell
    const auto& d = found->directive;
    const auto version = number_of(event.data, "version").value_or(d.version);
    const auto words = newest(*found).second;
    json::object data{{"code", d.code},
                      {"kind", event.type.substr(on::family.size())},
                      {"version", version},
                      {"title", d.title},
                      {"text", found->text.value_or("")},
                      {"agency", text_of(event.data, "agency")},
                      {"issuer", d.issuer.value},
                      {"state", directives::State::issued == d.state ? "issued" : on::to_string(d.state)},
                      {"issued_at", to_rfc3339(d.issued_at)},
                      {"due", to_rfc3339(d.deadline.due)},
                      {"words", words}};
    if (!d.officer.empty()) data["officer"] = d.officer.value;
    TRY(const auto parent, parent_());
    return tell_down(tx, *parent, *child,
                     {fmt::format("directive:{}:{}", code, version), std::string{directive_type}, 1, std::move(data)},
                     random_, event.at);
}

Result<void> DirectiveFollower::up(store::Transaction& tx, const store::StoredEvent& event, const std::string& code) {
    const auto kind = event.type.substr(on::family.size());
    if (kind != "acknowledged" && kind != "reported" && kind != "extension_asked" && kind != "handed_in")
        return Nothing{};
    const auto theirs = tx.first(select_own, {code}, [](const store::Row& r) { return r.string(0); });
    if (!theirs) return Nothing{};
    const auto ctx = context_();
    const auto found = directives::whole(tx, ctx, parent_actor(ctx), code, event.at);
    if (!found.ok()) return Nothing{};
    const auto version = number_of(event.data, "version").value_or(0);
    json::object data{{"code", *theirs}, {"kind", kind}, {"at", to_rfc3339(event.at)}};
    for (const auto& line : found->lines)
        if (line.number == version && line.text) data["words"] = *line.text;
    if (const auto percent = number_of(event.data, "percent")) data["percent"] = *percent;
    if (found->directive.asked && kind == "extension_asked") data["more_minutes"] = found->directive.asked->more.count;
    tell_up(tx, {fmt::format("answer:{}:{}", code, version), std::string{directive_answer_type}, 1, std::move(data)});
    return Nothing{};
}

TakeUp take_directive_answer(ContextSource context) {
    return [context = std::move(context)](store::Transaction& tx, const ChildId& child, const Message& m,
                                          Instant now) -> Result<void> {
        if (tx.first(find_answer, {child, m.id}, [](const store::Row&) { return 0; })) return Nothing{};
        const auto ctx = context();
        const directives::Target target{text_of(m.data, "code"), {}};
        const auto kind = text_of(m.data, "kind"), words = text_of(m.data, "words");
        const auto apply = [&]() -> Result<void> {
            const auto system = access::Actor::system("child", ctx.base.directory);
            TRY(const auto found, directives::whole(tx, ctx, system, target.code, now));
            const auto agency = found.directive.agency;
            // A child answers for its own agencies only.
            if (child_of(tx, agency) != child)
                return Error{ErrorKind::denied, "child.not_its_agency",
                             "Chỉ đạo này không giao cho cơ quan của IOC con.",
                             "The directive was not given to an agency of this child."};
            const auto actor = answering(ctx, child, agency);
            if (kind == "acknowledged") {
                TRY_VOID(directives::acknowledge(tx, ctx, actor, target, words, now));
            } else if (kind == "reported") {
                TRY_VOID(directives::report(tx, ctx, actor, target,
                                            static_cast<int>(number_of(m.data, "percent").value_or(0)), words, now));
            } else if (kind == "extension_asked") {
                TRY_VOID(directives::ask_extension(tx, ctx, actor, target,
                                                   {number_of(m.data, "more_minutes").value_or(0)}, words, now));
            } else if (kind == "handed_in") {
                TRY_VOID(directives::hand_in(tx, ctx, actor, target, words, now));
            } else {
                return Error{ErrorKind::invalid, "child.kind", "Không có loại trả lời này.",
                             "There is no such kind of answer."};
            }
            return Nothing{};
        };
        const auto done = apply();
        // A full disk is no reason of the directive's.
        if (!done.ok() && (done.error().kind == ErrorKind::unavailable || done.error().kind == ErrorKind::full ||
                           done.error().kind == ErrorKind::internal))
            return done.error();
        const Error none;
        const auto& e = done.ok() ? none : done.error();
        tx.execute(put_answer, {child, m.id, target.code, kind, e.code, e.vi, e.en, now});
        return Nothing{};
    };
}

namespace {

/// What the parent's issuer did is done to the own directive.
Result<void> follow(store::Transaction& tx, const Context& ctx, const std::string& ours, const json::object& data,
                    Instant now) {
    const auto actor = parent_actor(ctx);
    const directives::Target target{ours, {}};
    const auto kind = text_of(data, "kind");
    auto words = text_of(data, "words");
    if (words.empty()) words = "Theo quyết định của cấp trên";
    directives::Wish wish;
    if (const auto due = parse_rfc3339(text_of(data, "due")); due.ok()) wish.due = *due;
    if (kind == "closed") {
        TRY_VOID(directives::accept(tx, ctx, actor, target, words, now));
    } else if (kind == "sent_back") {
        TRY_VOID(directives::send_back(tx, ctx, actor, target, words, now));
    } else if (kind == "withdrawn") {
        TRY_VOID(directives::withdraw(tx, ctx, actor, target, words, now));
    } else if (kind == "reopened") {
        TRY_VOID(directives::reopen(tx, ctx, actor, target, wish, words, now));
    } else if (kind == "extension_refused") {
        TRY_VOID(directives::refuse_extension(tx, ctx, actor, target, words, now));
    } else if (kind == "extended") {
        TRY_VOID(directives::grant_extension(tx, ctx, actor, target, {}, words, now));
    }
    return Nothing{};
}

}  // namespace

TakeDown take_directive(ContextSource context) {
    return [context = std::move(context)](store::Transaction& tx, const Message& m, Instant now) -> Result<void> {
        const auto theirs = text_of(m.data, "code");
        const auto version = number_of(m.data, "version").value_or(0);
        const auto known = tx.first(select_theirs, {theirs}, [](const store::Row& r) {
            return std::pair{r.string(0), r.integer(1)};
        });
        if (known && known->second >= version) return Nothing{};  // told again
        const auto ctx = context();
        std::string ours = known ? known->first : "";
        const auto apply = [&]() -> Result<void> {
            if (!ours.empty()) return follow(tx, ctx, ours, m.data, now);
            const auto state = on::state_from(text_of(m.data, "state"));
            if (!state || !on::is_open(*state)) return Nothing{};
            directives::Issue what;
            what.agency = AgencyId{text_of(m.data, "agency")};
            what.title = text_of(m.data, "title");
            what.text = text_of(m.data, "text");
            TRY(what.deadline.due, parse_rfc3339(text_of(m.data, "due")));
            TRY(const auto made, directives::issue(tx, ctx, parent_actor(ctx), what, now));
            ours = made.code;
            return Nothing{};
        };
        const auto done = apply();
        if (!done.ok() && (done.error().kind == ErrorKind::unavailable || done.error().kind == ErrorKind::full ||
                           done.error().kind == ErrorKind::internal))
            return done.error();
        const Error none;
        const auto& e = done.ok() ? none : done.error();
        tx.execute(put_directive, {theirs, ours, version, canonical_json(m.data), e.code, e.vi, e.en, now});
        return Nothing{};
    };
}

json::array received_directives(store::Reader& reader) {
    json::array out;
    reader.query(select_received, {}, [&](const store::Row& r) {
        const auto item = parse_json(r.text(3));
        if (!item.ok() || !item->is_object()) return;
        const auto& o = item->get_object();
        out.push_back({{"code", r.text(0)},
                       {"own_code", r.text(1).empty() ? json::value() : json::value(r.text(1))},
                       {"version", r.integer(2)},
                       {"title", text_of(o, "title")},
                       {"agency", text_of(o, "agency")},
                       {"kind", text_of(o, "kind")},
                       {"state", text_of(o, "state")},
                       {"due", text_of(o, "due")},
                       {"problem", problem_view(r, 4)},
                       {"at", to_rfc3339_local(r.instant(7))}});
    });
    return out;
}

json::array directive_answers(store::Reader& reader, const ChildId& child, int64_t limit) {
    json::array out;
    reader.query(select_answers, {child, limit}, [&](const store::Row& r) {
        out.push_back({{"code", r.text(0)},
                       {"kind", r.text(1)},
                       {"problem", problem_view(r, 2)},
                       {"at", to_rfc3339_local(r.instant(5))}});
    });
    return out;
}

}  // namespace hl::ioc::child
