#include "dossiers/presence.h"

#include <algorithm>

namespace hl::dossiers {

std::vector<Presence::Page>& Presence::alive(const DossierCode& code, Instant now) {
    auto& pages = pages_[code];
    count_ -= std::erase_if(pages, [&](const Page& p) { return now - p.last > life; });
    return pages;
}

bool Presence::here(const DossierCode& code, const AccountId& account, const std::string& page, const std::string& name,
                    Instant now) {
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

bool Presence::left(const DossierCode& code, const AccountId& account, const std::string& page, Instant now) {
    std::scoped_lock lock(mutex_);
    auto& pages = alive(code, now);
    const auto gone = std::erase_if(pages, [&](const Page& p) { return p.account == account && p.page == page; });
    count_ -= gone;
    const bool stays = std::ranges::any_of(pages, [&](const Page& p) { return p.account == account; });
    if (pages.empty()) pages_.erase(code);
    return gone > 0 && !stays;
}

std::vector<Present> Presence::at(const DossierCode& code, Instant now) {
    std::scoped_lock lock(mutex_);
    std::vector<Present> out;
    for (const auto& p : alive(code, now))
        if (std::ranges::none_of(out, [&](const Present& x) { return x.account == p.account; }))
            out.push_back({p.account, p.name, p.since});
    if (pages_[code].empty()) pages_.erase(code);
    return out;
}

}  // namespace hl::dossiers
