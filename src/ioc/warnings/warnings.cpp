#include "ioc/warnings/warnings.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "ioc/warnings/events.h"

namespace hl::warnings {

using access::Right;

namespace {

#define HL_WARNING_COLUMNS                                                                                          \
    "w.key, w.id, w.own, w.agency, w.at, w.feed, w.begins, w.ends, w.ended_by, w.xml, (SELECT e.id FROM warning e " \
    "WHERE "                                                                                                        \
    "e.key = w.ended_by), (SELECT e.shown FROM warning e WHERE e.key = w.ended_by)"
constexpr std::string_view select_active =
    "SELECT " HL_WARNING_COLUMNS
    " FROM warning w WHERE w.shown = 1 AND w.ended_by IS NULL AND w.begins <= ? AND w.ends > ? ORDER BY w.key DESC";
constexpr std::string_view select_page =
    "SELECT " HL_WARNING_COLUMNS " FROM warning w WHERE w.key < ? ORDER BY w.key DESC LIMIT ?";
constexpr std::string_view select_id = "SELECT " HL_WARNING_COLUMNS " FROM warning w WHERE w.id = ?";
constexpr std::string_view select_same =
    "SELECT " HL_WARNING_COLUMNS " FROM warning w WHERE w.sender = ? AND w.identifier = ? AND w.sent = ?";
constexpr std::string_view insert_one =
    "INSERT INTO warning (id, sender, identifier, sent, own, agency, actor, at, feed, shown, begins, ends, ended_by, "
    "hash, xml) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?) RETURNING key";
constexpr std::string_view insert_reference =
    "INSERT INTO warning_reference (warning, sender, identifier, sent) VALUES (?, ?, ?, ?) ON CONFLICT (warning, "
    "sender, identifier, sent) DO NOTHING";
constexpr std::string_view end_one =
    "UPDATE warning SET ended_by = ? WHERE sender = ? AND identifier = ? AND sent = ? AND ended_by IS NULL";
/// The oldest message of the same sender that rests on this one.
constexpr std::string_view select_ender =
    "SELECT MIN(r.warning) FROM warning_reference r JOIN warning w ON w.key = r.warning WHERE r.sender = ? AND "
    "r.identifier = ? AND r.sent = ? AND w.sender = ?";
constexpr std::string_view set_ended = "UPDATE warning SET ended_by = ? WHERE key = ?";

/// Of an end that nobody named.
constexpr int shown_message = 1, shown_cancel = 2, not_shown = 0;

Error refused(ErrorKind kind, std::string code, std::string vi, std::string en, std::string at = {}) {
    return {kind, std::move(code), std::move(vi), std::move(en), std::move(at)};
}
Error not_found() {
    return refused(ErrorKind::not_found, "warning.not_found", "Không có bản tin cảnh báo này.",
                   "There is no such warning.");
}

Warning from_row(const store::Row& r) {
    Warning w;
    w.key = r.integer(0);
    w.id = r.string(1);
    w.own = r.integer(2) == 1;
    w.agency = r.id<AgencyId>(3);
    w.at = r.instant(4);
    w.feed = r.string(5);
    w.begins = r.instant(6);
    w.ends = r.instant(7);
    w.ended_by = r.optional_integer(8);
    w.xml = r.string(9);
    if (w.ended_by) {
        w.ended_by_id = r.string(10);
        w.ended_how = r.integer(11) == shown_cancel ? "Cancel" : "Update";
    }
    // What is stored was read before it was.
    auto message = parse(w.xml);
    if (!message.ok()) throw std::logic_error("a stored warning cannot be read: " + message.error().en);
    w.message = *std::move(message);
    return w;
}

Instant begin_of(const Message& m) {
    Instant out = m.sent;
    if (!m.infos.empty()) {
        out = m.infos.front().effective.value_or(m.sent);
        for (const auto& i : m.infos) out = std::min(out, i.effective.value_or(m.sent));
    }
    return out;
}
/// Over when the last of its parts is.
Instant end_of(const Message& m) {
    Instant out = m.sent;
    for (const auto& i : m.infos) out = std::max(out, i.expires.value_or(m.sent + assumed_life));
    return out;
}
int shown_as(const Message& m) {
    if (m.type == MessageType::cancel) return shown_cancel;
    const bool warns = m.type == MessageType::alert || m.type == MessageType::update;
    return warns && m.status == Status::actual && m.scope == Scope::public_ ? shown_message : not_shown;
}

std::vector<std::string> communes_of(const Message& m) {
    std::vector<std::string> out;
    for (const auto& i : m.infos)
        for (const auto& a : i.areas)
            for (const auto& g : a.geocodes)
                if (g.name == commune_code && std::find(out.begin(), out.end(), g.value) == out.end())
                    out.push_back(g.value);
    return out;
}

struct Origin {
    bool own = false;
    AgencyId agency;
    std::string feed;
    std::string_view event;
};

/// Row, what it rests on, what it ends, what ends it, and the event.
Warning keep(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Message& m, std::string xml,
             const Origin& origin, Instant now) {
    Warning w;
    w.id = make_uuid7(now, *ctx.random);
    w.own = origin.own;
    w.agency = origin.agency;
    w.at = now;
    w.feed = origin.feed;
    w.begins = begin_of(m);
    w.ends = end_of(m);
    w.xml = std::move(xml);
    w.message = m;
    const auto hash = crypto::to_hex(crypto::sha256(w.xml));
    w.key = tx.first(insert_one,
                     {w.id, m.sender, m.identifier, m.sent, w.own ? 1 : 0, w.agency, actor.label(), now, w.feed,
                      shown_as(m), w.begins, w.ends, hash, w.xml},
                     [](const store::Row& r) { return r.integer(0); })
                .value();
    const bool ends_others = m.type == MessageType::update || m.type == MessageType::cancel;
    json::array references;
    for (const auto& r : m.references) {
        references.push_back(json::object{{"sender", r.sender}, {"identifier", r.identifier}, {"sent", to_ms(r.sent)}});
        if (!ends_others) continue;
        tx.execute(insert_reference, {w.key, r.sender, r.identifier, r.sent});
        // Nobody ends what somebody else issued.
        if (r.sender == m.sender) tx.execute(end_one, {w.key, r.sender, r.identifier, r.sent});
    }
    // Its update or cancellation may have come before it.
    const auto ender = tx.first(select_ender, {m.sender, m.identifier, m.sent, m.sender},
                                [](const store::Row& r) { return r.optional_integer(0); });
    if (ender && *ender && **ender != w.key) {
        tx.execute(set_ended, {**ender, w.key});
        const auto by = tx.first(select_id, {w.id}, from_row);
        w.ended_by = by->ended_by;
        w.ended_by_id = by->ended_by_id;
        w.ended_how = by->ended_how;
    }
    json::object data{{"id", w.id},
                      {"identifier", m.identifier},
                      {"sender", m.sender},
                      {"type", to_string(m.type)},
                      {"status", to_string(m.status)},
                      {"expires", to_ms(w.ends)},
                      {"hash", hash}};
    if (!w.agency.empty()) data["agency"] = w.agency.value;
    if (!references.empty()) data["references"] = std::move(references);
    if (!m.infos.empty()) {
        data["severity"] = to_string(m.infos.front().severity);
        data["urgency"] = to_string(m.infos.front().urgency);
        data["certainty"] = to_string(m.infos.front().certainty);
    }
    json::array communes;
    for (auto& c : communes_of(m)) communes.emplace_back(std::move(c));
    if (!communes.empty()) data["communes"] = std::move(communes);
    tx.append({std::string{origin.event}, 1, "ioc:warning:" + w.id, actor.label(), now, std::move(data)});
    return w;
}

Instant whole_second(Instant t) {
    return std::chrono::floor<std::chrono::seconds>(t);
}

/// Where the agency may warn: its own area, a commune or the province.
struct Reach {
    const directory::AgencyVersion* agency = nullptr;
    const directory::Unit* area = nullptr;
    bool whole_province = false;
};
Result<Reach> reach_of(const Context& ctx, const AgencyId& id, Date today) {
    Reach out;
    const auto* agency = ctx.organisation->agency(id);
    out.agency = agency ? agency->at(today) : nullptr;
    out.area = out.agency ? ctx.organisation->unit(out.agency->area) : nullptr;
    const auto* version = out.area ? out.area->at(today) : nullptr;
    if (!version)
        return refused(ErrorKind::invalid, "warning.agency",
                       "Không có cơ quan này, hoặc cơ quan không có địa bàn để cảnh báo.",
                       "There is no such agency, or it has no area to warn in.", "/agency");
    out.whole_province = version->level == directory::UnitLevel::province;
    return out;
}

Result<Area> area_of(const Context& ctx, const Draft& d, const Reach& reach, Date today) {
    const auto wrong = [](std::string vi, std::string en) {
        return refused(ErrorKind::invalid, "warning.area", std::move(vi), std::move(en), "/communes");
    };
    Area out;
    std::vector<std::string> names;
    std::vector<std::string> codes = d.communes;
    if (codes.empty() && !reach.whole_province) codes = {reach.area->at(today)->code};
    for (const auto& code : codes) {
        const auto* unit = ctx.organisation->unit_by_code(code, today);
        const auto* version = unit ? unit->at(today) : nullptr;
        if (!version || version->level != directory::UnitLevel::commune)
            return wrong(fmt::format("Không có xã, phường, đặc khu mã «{}» hiện nay.", code),
                         fmt::format("There is no commune with the code '{}' today.", code));
        const auto above = ctx.organisation->ancestry(unit->id, today);
        if (std::none_of(above.begin(), above.end(), [&](const auto* u) { return u->id == reach.area->id; }))
            return wrong(fmt::format("{} ngoài địa bàn của cơ quan.", version->name),
                         fmt::format("{} is outside the agency's area.", version->name));
        out.geocodes.push_back({std::string{commune_code}, code});
        names.push_back(version->name);
    }
    if (!reach.whole_province && (!d.polygons.empty() || !d.circles.empty()))
        return wrong("Cơ quan cấp xã cảnh báo theo xã, không vẽ vùng: vùng vẽ có thể ra ngoài địa bàn.",
                     "Who answers for a commune warns by commune: a drawn shape may reach beyond it.");
    const auto closed = [](const std::vector<Point>& p) { return p.size() >= 4 && p.front() == p.back(); };
    const auto on_earth = [](const Point& p) { return std::abs(p.lat) <= 90 && std::abs(p.lon) <= 180; };
    for (const auto& p : d.polygons)
        if (!closed(p) || !std::all_of(p.begin(), p.end(), on_earth))
            return wrong("Vùng vẽ cần ít nhất bốn điểm, điểm cuối trùng điểm đầu.",
                         "A polygon has at least four points, the last is the first.");
    for (const auto& c : d.circles)
        if (!on_earth(c.centre) || c.km < 0) return wrong("Vòng tròn không hợp lệ.", "The circle is not valid.");
    out.polygons = d.polygons;
    out.circles = d.circles;
    const auto* whole = reach.area->at(today);
    out.description = names.empty() ? whole->name : text::join(names, ", ");
    if (names.empty() && out.polygons.empty() && out.circles.empty())
        out.geocodes.push_back({"GSO-PROVINCE", whole->code});
    return out;
}

Result<Message> message_of(const Context& ctx, const access::Actor& actor, const Draft& d, Instant now) {
    TRY_VOID(access::require(actor, Right::issue_warning, d.agency, now));
    const Date today = local_date(now);
    TRY(const auto reach, reach_of(ctx, d.agency, today));
    TRY(auto area, area_of(ctx, d, reach, today));
    const auto wrong = [](std::string code, std::string vi, std::string en, std::string at) {
        return refused(ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), std::move(at));
    };
    if (d.categories.empty())
        return wrong("warning.category", "Cần ít nhất một loại (category).", "At least one category is needed.",
                     "/categories");
    if (d.vi.event.empty() || d.vi.headline.empty() || d.vi.description.empty())
        return wrong("warning.text", "Cần tên sự kiện, tiêu đề và nội dung tiếng Việt.",
                     "Event, headline and description in Vietnamese are needed.", "/vi");
    if (d.status != Status::actual && d.status != Status::exercise && d.status != Status::test)
        return wrong("warning.status", "status là Actual, Exercise hoặc Test.", "status is Actual, Exercise or Test.",
                     "/status");
    if (d.expires <= now || d.expires > now + std::chrono::days{31})
        return wrong("warning.expires", "Hết hiệu lực phải sau bây giờ và trong vòng 31 ngày.",
                     "It must end after now, and within 31 days.", "/expires");
    Message m;
    m.sender = d.agency.value + "@" + ctx.origin;
    m.sent = whole_second(now);
    m.status = d.status;
    m.identifier = "urn:uuid:" + make_uuid7(now, *ctx.random);
    Info i;
    i.language = "vi-VN";
    i.categories = d.categories;
    i.responses = d.responses;
    i.urgency = d.urgency;
    i.severity = d.severity;
    i.certainty = d.certainty;
    if (d.onset) i.onset = whole_second(*d.onset);
    i.expires = whole_second(d.expires);
    i.sender_name = reach.agency->name;
    i.web = d.web;
    i.contact = d.contact;
    i.areas = {std::move(area)};
    const auto say = [&](const Words& words) {
        i.event = words.event;
        i.headline = words.headline;
        i.description = words.description;
        i.instruction = words.instruction;
        m.infos.push_back(i);
    };
    say(d.vi);
    if (d.en) {
        i.language = "en";
        say(*d.en);
    }
    TRY_VOID(check(m));
    return m;
}

/// The own warning that is to be changed.
Result<Warning> changing(store::Transaction& tx, const access::Actor& actor, std::string_view id, Instant now) {
    TRY(auto w, find_warning(tx, id));
    if (!w.own)
        return refused(ErrorKind::conflict, "warning.not_own",
                       "Bản tin này do nguồn khác phát. Chỉ nguồn đó mới thay đổi hay huỷ được.",
                       "Somebody else issued this warning; only its sender changes or cancels it.");
    TRY_VOID(access::require(actor, Right::issue_warning, w.agency, now));
    const bool warns = w.message.type == MessageType::alert || w.message.type == MessageType::update;
    if (!warns || w.ended_by || now >= w.ends)
        return refused(ErrorKind::conflict, "warning.over",
                       "Bản tin này không còn hiệu lực. Hãy phát bản tin mới nếu vẫn cần.",
                       "The warning is over. Issue a new one if it is still needed.");
    return w;
}

/// All that the new message rests on: the old one and what that rested on.
std::vector<Reference> resting_on(const Warning& w) {
    auto out = w.message.references;
    out.push_back(w.message.self());
    return out;
}

/// Two messages of one sender in one second would be one for the protocol's order.
Instant after(const Warning& w, Instant sent) {
    return std::max(sent, w.message.sent + std::chrono::seconds{1});
}

}  // namespace

Result<Warning> issue(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Draft& draft,
                      Instant now) {
    TRY(const auto m, message_of(ctx, actor, draft, now));
    return keep(tx, ctx, actor, m, write(m), {true, draft.agency, "", events::issued}, now);
}

Result<Warning> update(store::Transaction& tx, const Context& ctx, const access::Actor& actor, std::string_view id,
                       const Draft& draft, Instant now) {
    TRY(const auto old, changing(tx, actor, id, now));
    Draft same = draft;
    same.agency = old.agency;
    same.status = old.message.status;
    TRY(auto m, message_of(ctx, actor, same, now));
    m.type = MessageType::update;
    m.references = resting_on(old);
    m.sent = after(old, m.sent);
    for (auto& i : m.infos) i.effective = whole_second(now);
    return keep(tx, ctx, actor, m, write(m), {true, old.agency, "", events::updated}, now);
}

Result<Warning> cancel(store::Transaction& tx, const Context& ctx, const access::Actor& actor, std::string_view id,
                       const std::string& why_vi, const std::string& why_en, Instant now) {
    TRY(const auto old, changing(tx, actor, id, now));
    if (why_vi.empty())
        return refused(ErrorKind::invalid, "warning.text", "Hãy viết vì sao huỷ.", "Say why it is cancelled.", "/vi");
    Message m = old.message;
    m.type = MessageType::cancel;
    m.identifier = "urn:uuid:" + make_uuid7(now, *ctx.random);
    m.references = resting_on(old);
    m.sent = after(old, whole_second(now));
    m.note = why_vi;
    // What was said stands, with the word that it is over and where.
    for (auto& i : m.infos) {
        i.responses = {Response::all_clear};
        i.urgency = Urgency::past;
        i.instruction.clear();
        i.description = i.language == "en" ? why_en : why_vi;
    }
    std::erase_if(m.infos, [&](const Info& i) { return i.language == "en" && why_en.empty(); });
    return keep(tx, ctx, actor, m, write(m), {true, old.agency, "", events::cancelled}, now);
}

Result<Received> receive(store::Transaction& tx, const Context& ctx, const access::Actor& actor, std::string_view xml,
                         const std::string& feed, Instant now) {
    TRY_VOID(access::require_anywhere(actor, Right::relay_warning, now));
    TRY(const auto m, parse(xml));
    if (auto same = tx.first(select_same, {m.sender, m.identifier, m.sent}, from_row)) {
        if (same->message == m) return Received{*std::move(same), false};
        return refused(
            ErrorKind::conflict, "warning.altered",
            "Đã nhận bản tin cùng mã, cùng nguồn, cùng giờ nhưng nội dung khác. Hãy hỏi lại nguồn phát.",
            "A message of the same identifier, sender and time is here with another content. Ask its sender.");
    }
    // Our own messages come from here only.
    if (m.sender.ends_with("@" + ctx.origin))
        return refused(ErrorKind::denied, "warning.from_us",
                       "Bản tin mang tên người phát của hệ thống này nhưng không do hệ thống này phát.",
                       "The message names a sender of this installation, and was not issued here.");
    // A clock that is far ahead would keep a message before all others.
    if (m.sent > now + std::chrono::hours{1})
        return refused(ErrorKind::invalid, "warning.from_the_future",
                       "Bản tin ghi giờ phát ở tương lai. Hãy kiểm tra đồng hồ của nguồn phát.",
                       "The message says that it will be sent later. Check its sender's clock.", "alert/sent");
    return Received{keep(tx, ctx, actor, m, std::string{xml}, {false, {}, feed, events::received}, now), true};
}

std::vector<Warning> active_warnings(store::Reader& reader, Instant now) {
    auto out = reader.all(select_active, {now, now}, from_row);
    const auto severity = [](const Warning& w) {
        return w.message.infos.empty() ? Severity::unknown : w.message.infos.front().severity;
    };
    std::stable_sort(out.begin(), out.end(),
                     [&](const Warning& a, const Warning& b) { return severity(a) < severity(b); });
    return out;
}

std::vector<Warning> all_warnings(store::Reader& reader, std::optional<int64_t> before, int64_t limit) {
    return reader.all(select_page, {before.value_or(std::numeric_limits<int64_t>::max()), limit}, from_row);
}

Result<Warning> find_warning(store::Reader& reader, std::string_view id) {
    auto found = reader.first(select_id, {id}, from_row);
    if (!found) return not_found();
    return *std::move(found);
}

bool is_public(const Warning& w) {
    return w.message.scope == Scope::public_ &&
           (w.message.status == Status::actual || w.message.status == Status::exercise ||
            w.message.status == Status::test);
}

}  // namespace hl::warnings
