#include "dossiers/presence.h"

#include <algorithm>

#include "base/log.h"

namespace hl::dossiers {

namespace {

constexpr std::string_view upsert_page =
    "INSERT INTO dossier_presence (code, account, page, name, since, last) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (code, account, page) DO UPDATE SET last = excluded.last, name = excluded.name";
constexpr std::string_view delete_page = "DELETE FROM dossier_presence WHERE code = ? AND account = ? AND page = ?";
constexpr std::string_view delete_silent = "DELETE FROM dossier_presence WHERE code = ? AND last < ?";
constexpr std::string_view select_pages =
    "SELECT account, name, since FROM dossier_presence WHERE code = ? AND last >= ? ORDER BY since, account";

bool has(const std::vector<Present>& people, const AccountId& account) {
    return std::ranges::any_of(people, [&](const Present& p) { return p.account == account; });
}

}  // namespace

std::vector<Presence::Page>& Presence::alive(const DossierCode& code, Instant now) {
    auto& pages = pages_[code];
    count_ -= std::erase_if(pages, [&](const Page& p) { return now - p.last > life; });
    return pages;
}

std::vector<Present> Presence::elsewhere(const DossierCode& code, Instant now) {
    if (!shared_) return {};
    auto found = shared_->read([&](store::Reader& reader) -> Result<std::vector<Present>> {
        return reader.all(select_pages, {code, now - life}, [](const store::Row& r) {
            return Present{r.id<AccountId>(0), r.string(1), r.instant(2)};
        });
    });
    // A courtesy: without the database, those of this node are still seen.
    return found.ok() ? std::move(*found) : std::vector<Present>{};
}

bool Presence::here(const DossierCode& code, const AccountId& account, const std::string& page, const std::string& name,
                    Instant now) {
    const bool known = shared_ && has(elsewhere(code, now), account);
    const bool changed = here_alone(code, account, page, name, now);
    if (!shared_) return changed;
    const auto done = shared_->write([&](store::Transaction& tx) -> Result<void> {
        tx.execute(delete_silent, {code, now - life});
        tx.execute(upsert_page, {code, account, page, name, now, now});
        return Nothing{};
    });
    if (!done.ok()) log::warning("dossiers", "presence not shared", {{"code", done.error().code}});
    return changed && !known;
}

bool Presence::left(const DossierCode& code, const AccountId& account, const std::string& page, Instant now) {
    const bool changed = left_alone(code, account, page, now);
    if (!shared_) return changed;
    const auto done = shared_->write([&](store::Transaction& tx) -> Result<void> {
        tx.execute(delete_page, {code, account, page});
        return Nothing{};
    });
    if (!done.ok()) log::warning("dossiers", "presence not shared", {{"code", done.error().code}});
    return changed && !has(elsewhere(code, now), account);
}

bool Presence::here_alone(const DossierCode& code, const AccountId& account, const std::string& page,
                          const std::string& name, Instant now) {
    std::scoped_lock lock(mutex_);
    if (count_ >= most_pages) {
        for (auto it = pages_.begin(); it != pages_.end();) {
            count_ -= std::erase_if(it->second, [&](const Page& p) { return now - p.last > life; });
            it = it->second.empty() ? pages_.erase(it) : std::next(it);
        }
        if (count_ >= most_pages) return false;
    }
    auto& pages = alive(code, now);
    const auto same =
        std::ranges::find_if(pages, [&](const Page& p) { return p.account == account && p.page == page; });
    if (same != pages.end()) {
        same->last = now;
        return false;
    }
    const bool known = std::ranges::any_of(pages, [&](const Page& p) { return p.account == account; });
    pages.push_back({account, page, name, now, now});
    ++count_;
    return !known;
}

bool Presence::left_alone(const DossierCode& code, const AccountId& account, const std::string& page, Instant now) {
    std::scoped_lock lock(mutex_);
    auto& pages = alive(code, now);
    const auto gone = std::erase_if(pages, [&](const Page& p) { return p.account == account && p.page == page; });
    count_ -= gone;
    const bool stays = std::ranges::any_of(pages, [&](const Page& p) { return p.account == account; });
    if (pages.empty()) pages_.erase(code);
    return gone > 0 && !stays;
}

std::vector<Present> Presence::at(const DossierCode& code, Instant now) {
    std::vector<Present> out;
    // One person once, since the first of his pages on any node.
    const auto add = [&](const AccountId& account, const std::string& name, Instant since) {
        const auto known = std::ranges::find(out, account, &Present::account);
        if (known == out.end())
            out.push_back({account, name, since});
        else
            known->since = std::min(known->since, since);
    };
    {
        std::scoped_lock lock(mutex_);
        for (const auto& p : alive(code, now)) add(p.account, p.name, p.since);
        if (pages_[code].empty()) pages_.erase(code);
    }
    for (const auto& p : elsewhere(code, now)) add(p.account, p.name, p.since);
    std::ranges::stable_sort(out, {}, &Present::since);
    return out;
}

}  // namespace hl::dossiers
