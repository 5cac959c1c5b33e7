#include "exchange/gateway/identity_loader.h"

#include <sodium.h>

#include "base/crypto.h"
#include "base/files.h"

namespace hl::exchange::gateway {

namespace {

constexpr const char* list_file = "keys.json";

std::string label_of(std::string_view file) {
    return fmt::format("gateway {}", file);
}

int64_t days_until(Instant end, Instant now) {
    return std::chrono::floor<std::chrono::days>(end - now).count();
}

}  // namespace

IdentityLoader::~IdentityLoader() {
    sodium_memzero(master_key_.data(), master_key_.size());
}

Result<KeyPlaces> IdentityLoader::places() const {
    if (!std::filesystem::exists(folder_ / list_file)) return KeyPlaces{};
    TRY(const std::string text, read_file(folder_ / list_file, 1U << 20));
    return read_key_places(text);
}

Result<void> IdentityLoader::keep(const KeyPlaces& places) const {
    return write_file_durably(folder_ / list_file, write_key_places(places), 0600);
}

Result<void> IdentityLoader::save(const std::string& file, const PrivateKey& made, Random& random) const {
    return save_key(folder_ / file, made, label_of(file), master_key_, random);
}

Result<KeyPtr> IdentityLoader::key(const KeyPlace& place) {
    const auto known = opened_.find(place.name());
    if (known != opened_.end()) return known->second;
    if (!place.key.empty()) {
        TRY(opened_[place.name()], load_key(folder_ / place.key, label_of(place.key), master_key_));
        return opened_[place.name()];
    }
    TRY(std::string pin, read_file(folder_ / place.pin_file, 1024));
    while (!pin.empty() && (pin.back() == '\n' || pin.back() == '\r')) pin.pop_back();
    // A wrong PIN is not tried again: the token would lock itself. Another PIN in the file is another attempt.
    const auto attempt = crypto::sha256(pin);
    const auto refused = refused_.find(place.name());
    if (refused != refused_.end() && refused->second.first == attempt) return refused->second.second;
    auto opened = open_token_key(place.module, place.token, std::move(pin));
    if (opened.ok())
        opened_[place.name()] = *opened;
    else if (opened.error().code == "exchange.pin_incorrect")
        refused_.insert_or_assign(place.name(), std::pair{attempt, opened.error()});
    return opened;
}

/// Null: there is no certificate yet.
Result<OwnKeyPtr> IdentityLoader::usable(const KeyPlace& place, CertificateUse use, Instant now) {
    TRY(auto own, key(place));
    const auto file = folder_ / place.certificate;
    if (!std::filesystem::exists(file)) return OwnKeyPtr();
    TRY(const std::string bytes, read_file(file, 1U << 20));
    TRY(const auto certificates, read_certificates(bytes));
    const Certificate& certificate = certificates.front();
    const auto refused = [&](std::string_view vi, std::string_view en) {
        return Error{ErrorKind::invalid, "exchange.certificate",
                     fmt::format("Chứng thư trong {} {}.", place.certificate, vi),
                     fmt::format("The certificate in {} {}.", place.certificate, en)};
    };
    if (certificate.public_key_der() != own->public_key_der())
        return refused("không thuộc khoá này. Đặt đúng tệp chứng thư của khoá",
                       "does not belong to this key. Put the key's own certificate there");
    TRY_VOID(check_use(certificate, use));
    if (now >= certificate.not_after())
        return refused(
            fmt::format("đã hết hạn lúc {}. Tạo khoá mới và xin chứng thư mới", to_vietnamese(certificate.not_after())),
            fmt::format("ended on {}. Make a new key and request a certificate for it",
                        to_rfc3339(certificate.not_after())));
    if (now < certificate.not_before())
        return refused(
            fmt::format("có hiệu lực từ {}. Khoá sẽ tự được dùng từ lúc đó", to_vietnamese(certificate.not_before())),
            fmt::format("begins on {}. The key will be used from then on", to_rfc3339(certificate.not_before())));
    std::vector<std::string> issuers;
    for (size_t i = 1; i < certificates.size(); ++i) issuers.push_back(certificates[i].der());
    return OwnKeyPtr(
        std::make_shared<const OwnKey>(OwnKey{place.name(), std::move(own), certificate, std::move(issuers)}));
}

OwnKeyPtr IdentityLoader::choose(const std::vector<KeyPlace>& list, const std::optional<ClientId>& member,
                                 const OwnKeyPtr& before, Instant now, IdentitySnapshot& out) {
    const auto use = member ? CertificateUse::signing : CertificateUse::authentication;
    const std::string whom = member ? to_path(*member) : "the gateway";
    OwnKeyPtr chosen;
    std::vector<OwnKeyPtr> unready;       // the newest first
    std::vector<KeyProblem> passed_over;  // newer keys that cannot be used
    for (auto place = list.rbegin(); place != list.rend() && !chosen; ++place) {
        auto own = usable(*place, use, now);
        if (!own.ok())
            passed_over.push_back({place->name(), false, own.error().vi, own.error().en});
        else if (*own && ready_((*own)->certificate, member))
            chosen = std::move(own).value();
        else if (*own)
            unready.push_back(std::move(own).value());
        else
            out.waiting.push_back({place->name(), member});
    }
    if (!chosen && !unready.empty()) {
        chosen = unready.front();
        unready.erase(unready.begin());
    }
    for (const auto& own : unready) out.coming.emplace_back(own, member);
    for (auto& problem : passed_over) {
        problem.failing = chosen == nullptr;
        out.problems.push_back(std::move(problem));
    }
    if (!chosen) {
        if (passed_over.empty())
            out.problems.push_back(
                {"", true,
                 fmt::format("{} chưa có khoá với chứng thư để {}. Tạo khoá, xin chứng thư rồi nhập chứng thư.",
                             member ? to_path(*member) : "Cổng", member ? "ký thông điệp" : "kết nối với cổng khác"),
                 fmt::format("There is no key with a certificate for {} to {}. Make a key, request a certificate and "
                             "import it.",
                             whom, member ? "sign messages" : "connect to other gateways")});
        return nullptr;
    }
    if (const auto left = days_until(chosen->certificate.not_after(), now); left < renewal_notice.count())
        out.problems.push_back(
            {chosen->name, false,
             fmt::format("Chứng thư của khoá {} hết hạn sau {} ngày. Tạo khoá mới và xin chứng thư mới.", chosen->name,
                         left),
             fmt::format("The certificate of {} ends in {} days. Make a new key and request a certificate for it.",
                         chosen->name, left)});
    const bool same = before && before->key == chosen->key && before->certificate.der() == chosen->certificate.der() &&
                      before->issuers == chosen->issuers;
    return same ? before : chosen;
}

std::shared_ptr<const IdentitySnapshot> IdentityLoader::load(const KeyPlaces& places, const IdentitySnapshot& before,
                                                             Instant now) {
    auto out = std::make_shared<IdentitySnapshot>();
    out->authentication = choose(places.authentication, std::nullopt, before.authentication, now, *out);
    for (const auto& [member, list] : places.signing) {
        const auto known = before.signing.find(member);
        if (auto own = choose(list, member, known == before.signing.end() ? nullptr : known->second, now, *out))
            out->signing.emplace(member, std::move(own));
    }
    return out;
}

}  // namespace hl::exchange::gateway
