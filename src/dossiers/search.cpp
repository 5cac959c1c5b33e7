#include "dossiers/search.h"

#include <charconv>

#include "base/text.h"
#include "dossiers/events.h"
#include "dossiers/people.h"
#include "dossiers/refusals.h"
#include "dossiers/schema.h"
#include "dossiers/storage.h"

namespace hl::dossiers {

namespace {

constexpr std::string_view select_by_id = "SELECT " HL_DOSSIER_COLUMNS " FROM dossier WHERE id = ?";

/// Events after which another agency may read the dossier, or the dossier is new.
bool matters(const store::StoredEvent& event) {
    return event.type == events::Filed::type || event.type == events::Imported::type ||
           event.type == events::Transferred::type || event.type == events::HandedOver::type;
}

void index(store::Transaction& tx, const Context& ctx, const Dossier& d) {
    std::string words = d.code.value + " " + d.procedure.value;
    if (const auto release = ctx.catalogue->release(d.release); release.ok()) words += " " + (*release)->card.name;
    std::vector<std::string> secrets;
    if (const auto person = storage::load_person(tx, ctx, d); person.ok()) {
        secrets = ctx.vault->blind_words(person->applicant.name);
        const auto blinds = storage::blinds_of(*ctx.vault, person->applicant);
        for (const auto& b : {blinds.id_number, blinds.phone})
            if (!b.empty()) secrets.push_back(b);
    }
    search_index().put(tx, {d.key * 2, d.agency.value, words, secrets});
    if (d.reception != d.agency)
        search_index().put(tx, {d.key * 2 + 1, d.reception.value, words, secrets});
    else
        search_index().remove(tx, d.key * 2 + 1);
}

/// What a typed word may stand for besides itself: a word of a name, an identity number, a phone.
std::vector<std::string> alternatives(const store::Vault& vault, const std::string& word) {
    auto out = vault.blind_words(word);
    const bool number = std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!number) return out;
    out.push_back(vault.blind("id_number", text::upper(word)));
    if (const auto phone = normalise_phone(word); phone.ok()) out.push_back(vault.blind("phone", *phone));
    return out;
}

}  // namespace

void DossierSearch::reset(store::Transaction& tx) {
    search_index().clear(tx);
}

Result<void> DossierSearch::apply(store::Transaction& tx, std::span<const store::StoredEvent> list) {
    std::set<std::string> ids;
    for (const auto& event : list)
        if (matters(event)) ids.insert(event.stream);
    if (ids.empty()) return Nothing{};
    const auto ctx = context_();
    for (const auto& id : ids)
        if (const auto d = tx.first(select_by_id, {id}, storage::dossier_from)) index(tx, ctx, *d);
    return Nothing{};
}

Result<DossierPage> search_dossiers(store::Reader& reader, const Context& ctx, const access::Actor& actor,
                                    const SearchQuery& q, Instant now) {
    TRY_VOID(access::require_anywhere(actor, access::Right::read_dossier, now));
    const auto typed = text::normalise(q.words);
    if (typed.empty())
        return invalid("search.words", "Hãy nhập mã hồ sơ, tên người nộp, số giấy tờ, số điện thoại hoặc tên thủ tục.",
                       "Type a code, a name, an identity or phone number, or words of the procedure.", "/search");
    DossierPage page;
    if (auto d = storage::find(reader, typed); d.ok()) {
        if (may_read(reader, actor, *d, now).ok()) page.items.push_back(std::move(*d));
        return page;
    }
    store::SearchIndex::Query query;
    query.words = typed;
    query.limit = std::clamp(q.limit, 1, 100);
    // A phone typed with spaces is one number, not several words.
    if (const auto phone = normalise_phone(typed); phone.ok()) query.words = "0" + phone->substr(3);
    for (const auto& word : text::words(query.words))
        query.secret_alternatives.push_back(alternatives(*ctx.vault, word));
    if (const auto agencies = access::readable_agencies(actor, now)) {
        for (const auto& a : *agencies) query.scopes.push_back(a.value);
        if (query.scopes.empty()) return page;
    }
    if (!q.cursor.empty()) {
        const char kind = q.cursor.front();
        const auto [end, error] =
            std::from_chars(q.cursor.data() + 1, q.cursor.data() + q.cursor.size(), query.before_key);
        if ((kind != 'e' && kind != 'f') || error != std::errc{} || end != q.cursor.data() + q.cursor.size())
            return invalid("cursor.invalid", "Con trỏ trang không đúng. Hãy mở lại từ trang đầu.",
                           "The page cursor is not right. Start again from the first page.", "/cursor");
        query.before_exact = kind == 'e';
    }
    const auto hits = search_index().find(reader, query);
    std::set<int64_t> seen;
    for (const auto& hit : hits)
        if (seen.insert(hit.key / 2).second)
            if (auto d = storage::find_by_key(reader, hit.key / 2)) page.items.push_back(std::move(*d));
    if (hits.size() == static_cast<size_t>(query.limit))
        page.next = fmt::format("{}{}", hits.back().exact ? 'e' : 'f', hits.back().key);
    return page;
}

}  // namespace hl::dossiers
