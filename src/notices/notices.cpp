// What a notice is made from, and whether there is anything to tell any more.
#include "notices/notices.h"

#include "base/text.h"
#include "dossiers/events.h"
#include "dossiers/own.h"
#include "dossiers/queries.h"
#include "notices/mail.h"

namespace hl::notices {

namespace {

using connector::Building;
using connector::Built;
using connector::Held;
using connector::Unneeded;

constexpr std::string_view purpose = "báo tin cho người nộp hồ sơ";

/// Told late, some news is none: papers that were brought meanwhile, a result that is fetched already.
bool is_past(std::string_view kind, const dossiers::Dossier& d) {
    if (kind == "supplement") return d.state != dossiers::State::awaiting_supplement;
    if (kind == "payment") return d.state != dossiers::State::awaiting_payment;
    if (kind == "result_ready") return d.state != dossiers::State::finished;
    if (kind == "overdue") return !dossiers::is_open(d.state) || d.state == dossiers::State::finished;
    return false;
}

std::string due_words(const std::optional<Instant>& due, bool vi) {
    if (due) return to_vietnamese(*due);
    return vi ? "chưa xác định" : "not set";
}

Held held(std::string code, std::string datum, std::string vi, std::string en) {
    return {std::move(code), std::move(datum), {std::move(vi), std::move(en)}};
}

std::string agency_name(const dossiers::Context& ctx, const AgencyId& id, Instant at) {
    const auto* agency = ctx.directory->agency(id);
    if (!agency) return {};
    const auto* version = agency->at(local_date(at));
    if (!version && !agency->versions.empty()) version = &agency->versions.back();
    return version ? version->name : std::string{};
}

}  // namespace

Notices::Notices(Settings settings, Parts parts) : settings_(std::move(settings)), parts_(std::move(parts)) {
    for (const auto way : settings_.ways()) breakers_.try_emplace(way, settings_.pace, parts_.random);
}

connector::Words Notices::title() const {
    return {"Tin báo cho người dân (thư, SMS, Zalo)", "Notices to people (mail, SMS, Zalo)"};
}

std::string Notices::page_of(const std::string& key) const {
    const auto parsed = parse_key(key);
    return parsed ? "/desk?open=" + parsed->code : std::string{};
}

Result<void> Notices::wants(store::Reader& reader, const store::StoredEvent& event,
                            std::vector<connector::Wanted>& out) {
    const auto kind = kind_of(event);
    if (kind.empty()) return Nothing{};
    // Years of history are read fast: no rule lets anything so old be told.
    if (event.at + std::chrono::hours{longest_stale_hours} < parts_.clock.now()) return Nothing{};
    // No pack, no text for it: nothing is promised. A text that comes later tells of what happens later.
    const auto book = books_.present(reader);
    if (!book.ok()) return Nothing{};
    const auto* rules = (*book)->rules_at(local_date(event.at));
    if (!rules || !(*book)->find(kind, local_date(event.at))) return Nothing{};
    if (event.at + std::chrono::hours{rules->stale_hours} < parts_.clock.now()) return Nothing{};
    const auto* code = event.data.if_contains("code");
    if (!code || !code->is_string()) return Nothing{};
    connector::Wanted w;
    w.key = key_of({std::string{code->as_string()}, kind, event.position});
    w.kind = kind;
    w.stream = event.stream;
    w.snapshot = false;
    out.push_back(std::move(w));
    return Nothing{};
}

Result<Building> Notices::build(store::Reader& reader, const connector::Message& message, Instant now) {
    const auto key = parse_key(message.key);
    if (!key) return Building{Unneeded{}};
    const auto ctx = parts_.context();
    TRY(const auto book, books_.present(reader));
    Instant at = message.made_at;
    std::optional<Instant> due, old_due;
    if (key->kind != "overdue") {
        const auto events = store::read_events(reader, message.position, 1);
        if (events.empty() || events.front().stream != message.stream) return Building{Unneeded{}};
        at = events.front().at;
        TRY(const auto change, dossiers::events::change_of(events.front()));
        due = change.due;
        if (key->kind == "extended") {
            TRY(const auto extended, dossiers::events::from_json<dossiers::events::Extended>(events.front().data));
            old_due = extended.old_due;
            due = extended.new_due;
        }
    }
    const auto* rules = book->rules_at(local_date(at));
    const auto* texts = book->find(key->kind, local_date(at));
    if (!rules || !texts || at + std::chrono::hours{rules->stale_hours} < now) return Building{Unneeded{}};
    const auto system = access::Actor::system("notices", ctx.directory);
    TRY(const auto d, dossiers::find_dossier(reader, system, key->code, now));
    if (is_past(key->kind, d)) return Building{Unneeded{}};
    if (key->kind == "overdue") {
        if (!d.due || *d.due >= now || to_ms(*d.due) != key->position) return Building{Unneeded{}};
        due = d.due;
    }
    const auto choice = choice_of(reader, d.subject);
    if (choice.none) return Building{Unneeded{}};

    const auto person = dossiers::person_of(reader, ctx, d);
    if (!person.ok()) {
        if (person.error().code == "subject.erased") return Building{Unneeded{}};  // nobody is left to be told
        return person.error();
    }
    const auto picking = pick_way(reader, parts_.vault, *rules, choice, person->applicant, settings_.ways());
    if (!picking.picked) {
        if (!picking.refused) return Building{Unneeded{}};  // he left no address: nothing was promised
        return Building{held("notices.address_refused", "address",
                             "Địa chỉ của người nộp đã từ chối nhận. Hãy hỏi lại số điện thoại hoặc thư điện tử.",
                             "The applicant's address refused for good. Ask for another number or address.")};
    }
    const bool vi = choice.language != "en";
    const auto link = fmt::format("{}/tra-cuu?ma={}", settings_.public_url, d.code.value);
    Values values = {{"code", d.code.value}, {"link", link}, {"due", due_words(due, vi)}};
    values["old_due"] = due_words(old_due, vi);
    values["agency"] = agency_name(ctx, d.reception.empty() ? d.agency : d.reception, at);
    if (const auto release = ctx.catalogue->release(d.release); release.ok())
        values["procedure"] = vi || (*release)->card.name_en.empty() ? (*release)->card.name : (*release)->card.name_en;
    const auto& words = vi ? texts->vi : texts->en;
    const bool by_mail = picking.picked->way == Way::mail;
    for (const auto& name : names_in(by_mail ? words.mail : words.brief))
        if (const auto it = values.find(name); it == values.end() || it->second.empty())
            return Building{held("datum.missing", name, fmt::format("Tin cần {{{}}} mà hồ sơ chưa có.", name),
                                 fmt::format("The text wants {{{}}}, which the dossier does not have.", name))};

    const auto said = say(words, *rules, values);
    Ready ready{picking.picked->way, picking.picked->address, {}, {}};
    if (by_mail) {
        auto mail = mail_of(said, vi ? "vi" : "en", link,
                            fmt::format("{}/api/v1/notices/unsubscribe?token={}", settings_.public_url,
                                        unsubscribe_token(parts_.vault, d.subject)));
        mail.from = settings_.from;
        mail.from_name = settings_.from_name;
        mail.to = ready.to;
        mail.id = message_id(message.key, settings_.from);
        mail.at = at;
        ready.mime = to_mime(mail);
    } else {
        if (static_cast<int>(text::length(said.brief)) > rules->brief_longest)
            return Building{
                held("notices.too_long", "text",
                     fmt::format("Tin dài quá {} ký tự. Hãy rút ngắn mẫu.", rules->brief_longest),
                     fmt::format("The message is longer than {} characters. Shorten its text.", rules->brief_longest))};
        ready.text = said.brief;
    }
    Built built;
    built.bytes = to_bytes(ready);
    built.subject = d.subject;
    built.mapping = book->hash;
    built.facts = {{"kind", key->kind}, {"way", to_string(ready.way)}, {"language", vi ? "vi" : "en"}};
    built.read = access::PersonalRead{"system:notices", std::string{purpose}, "notice", d.id.value, "", now};
    return Building{std::move(built)};
}

std::vector<connector::Task> Notices::tasks() {
    connector::Task overdue;
    overdue.name = "overdue";
    overdue.title = {"Tìm hồ sơ vừa quá hạn để xin lỗi", "Find promises that have just passed"};
    overdue.every = std::chrono::minutes{15};
    overdue.run = [this](connector::Line&, Instant now) -> Result<json::object> {
        TRY(const auto told, parts_.store.write([&](store::Transaction& tx) -> Result<int64_t> {
            const auto book = books_.present(tx);
            if (!book.ok()) return int64_t{0};
            const auto* rules = (*book)->rules_at(local_date(now));
            if (!rules || !(*book)->find("overdue", local_date(now))) return int64_t{0};
            return tell_overdue(tx, *rules, now);
        }));
        return json::object{{"told", told}};
    };
    return {overdue};
}

}  // namespace hl::notices
