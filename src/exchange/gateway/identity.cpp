#include "exchange/gateway/identity.h"

#include "base/files.h"
#include "exchange/gateway/identity_loader.h"

namespace hl::exchange::gateway {

namespace {

namespace json = boost::json;

Error no_key(std::string_view vi, std::string_view en) {
    return {
        ErrorKind::unavailable, "exchange.no_key",
        fmt::format("{} chưa có khoá dùng được. Xem phần khoá trong tình trạng của cổng để biết cách khắc phục.", vi),
        fmt::format("There is no usable key for {}. The keys in the gateway's health say what to do.", en)};
}

std::vector<const KeyPlace*> all_of(const KeyPlaces& places) {
    std::vector<const KeyPlace*> out;
    for (const auto& place : places.authentication) out.push_back(&place);
    for (const auto& [member, list] : places.signing)
        for (const auto& place : list) out.push_back(&place);
    return out;
}

bool same_keys(const IdentitySnapshot& a, const IdentitySnapshot& b) {
    return a.authentication == b.authentication && a.signing == b.signing;
}

}  // namespace

struct Identity::State {
    State(std::filesystem::path folder, std::string master_key, const Clock& c, Random& r)
        : loader(std::move(folder), std::move(master_key)), clock(c), random(r) {}

    std::mutex changing;  // one change or refresh at a time
    IdentityLoader loader;
    const Clock& clock;
    Random& random;
    std::function<void()> changed;

    mutable std::mutex mutex;  // guards what follows
    std::shared_ptr<const IdentitySnapshot> current = std::make_shared<const IdentitySnapshot>();
    std::optional<KeyProblem> folder_problem;

    /// With `changing` held. True when other keys are in use.
    bool reload(const Result<KeyPlaces>& places) {
        const auto before = snapshot();
        if (!places.ok()) {
            const std::scoped_lock lock(mutex);
            folder_problem = KeyProblem{"", true, places.error().vi, places.error().en};
            return false;
        }
        auto after = loader.load(*places, *before, clock.now());
        const bool other = !same_keys(*before, *after);
        const std::scoped_lock lock(mutex);
        current = std::move(after);
        folder_problem.reset();
        return other;
    }
    [[nodiscard]] std::shared_ptr<const IdentitySnapshot> snapshot() const {
        const std::scoped_lock lock(mutex);
        return current;
    }
};

Identity::Identity(std::unique_ptr<State> state) : state_(std::move(state)) {}
Identity::~Identity() = default;

Result<std::unique_ptr<Identity>> Identity::open(std::filesystem::path folder, std::string master_key,
                                                 const Clock& clock, Random& random) {
    std::error_code ignored;
    if (std::filesystem::create_directories(folder, ignored))
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
    std::unique_ptr<Identity> out(
        new Identity(std::make_unique<State>(std::move(folder), std::move(master_key), clock, random)));
    const auto places = out->state_->loader.places();
    if (!places.ok()) return places.error();
    out->state_->reload(places);
    return out;
}

std::shared_ptr<const IdentitySnapshot> Identity::current() const {
    return state_->snapshot();
}

void Identity::use_when(Ready ready) {
    const std::scoped_lock lock(state_->changing);
    state_->loader.use_when(std::move(ready));
}

void Identity::on_change(std::function<void()> changed) {
    const std::scoped_lock lock(state_->changing);
    state_->changed = std::move(changed);
}

bool Identity::refresh() {
    std::function<void()> changed;
    {
        const std::scoped_lock lock(state_->changing);
        if (!state_->reload(state_->loader.places())) return false;
        changed = state_->changed;
    }
    if (changed) changed();
    return true;
}

Result<std::string> Identity::make_key(std::optional<ClientId> member, KeyKind kind, const SubjectName& name) {
    const std::scoped_lock lock(state_->changing);
    auto& loader = state_->loader;
    TRY(auto places, loader.places());
    TRY(const auto made, exchange::make_key(kind));
    TRY(auto request, certificate_request(*made, name));
    std::string base = "auth";
    if (member) {
        base = fmt::format("sign-{}-{}", member->member_class, member->member_code);
        for (char& c : base)
            if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-') c = '_';
    }
    KeyPlace place;
    for (int n = 1; place.key.empty() || std::filesystem::exists(loader.folder() / place.key); ++n) {
        place.key = fmt::format("{}-{}.key", base, n);
        place.certificate = fmt::format("{}-{}.pem", base, n);
    }
    TRY_VOID(loader.save(place.key, *made, state_->random));
    (member ? places.signing[*member] : places.authentication).push_back(std::move(place));
    TRY_VOID(loader.keep(places));
    state_->reload(places);
    return request;
}

Result<std::string> Identity::request(std::string_view key, const SubjectName& name) {
    const std::scoped_lock lock(state_->changing);
    TRY(const auto places, state_->loader.places());
    for (const auto* place : all_of(places)) {
        if (place->name() != key) continue;
        TRY(const auto own, state_->loader.key(*place));
        return certificate_request(*own, name);
    }
    return Error{ErrorKind::not_found, "exchange.key_not_found",
                 fmt::format("Không có khoá “{}”. Xem danh sách khoá.", key),
                 fmt::format("There is no key “{}”. Look into the list of keys.", key)};
}

Result<std::string> Identity::take_certificate(std::string_view pem_or_der) {
    TRY(const auto certificates, read_certificates(pem_or_der));
    const Certificate& own = certificates.front();
    const auto refused = [&](std::string_view vi, std::string_view en) {
        return Error{ErrorKind::invalid, "exchange.certificate", fmt::format("Chứng thư “{}” {}.", own.subject(), vi),
                     fmt::format("The certificate “{}” {}.", own.subject(), en)};
    };
    if (state_->clock.now() >= own.not_after())
        return refused("đã hết hạn. Xin chứng thư mới", "has ended. Request a new one");
    std::string taken_by;
    {
        const std::scoped_lock lock(state_->changing);
        TRY(const auto places, state_->loader.places());
        const auto belongs = [&](const KeyPlace& place) {
            const auto key = state_->loader.key(place);
            return key.ok() && (*key)->public_key_der() == own.public_key_der();
        };
        const KeyPlace* found = nullptr;
        auto use = CertificateUse::authentication;
        for (const auto& place : places.authentication)
            if (belongs(place)) found = &place;
        for (const auto& [member, list] : places.signing)
            for (const auto& place : list)
                if (!found && belongs(place)) {
                    found = &place;
                    use = CertificateUse::signing;
                }
        if (!found)
            return refused(
                "không thuộc khoá nào ở đây. Nhập chứng thư được cấp cho yêu cầu của chính cổng này",
                "belongs to none of the keys here. Import the one that was issued for this gateway's request");
        TRY_VOID(check_use(own, use));
        std::string pem;
        for (const auto& certificate : certificates) pem += certificate.pem();
        TRY_VOID(write_file_durably(state_->loader.folder() / found->certificate, pem));
        taken_by = found->name();
    }
    refresh();
    return taken_by;
}

Result<TlsIdentity> Identity::tls() const {
    const auto own = current()->authentication;
    if (!own) return no_key("Cổng", "the gateway itself");
    TlsIdentity out{own->key, {own->certificate.der()}};
    out.chain.insert(out.chain.end(), own->issuers.begin(), own->issuers.end());
    return out;
}

Result<BatchSigner::Identity> Identity::signer(const ClientId& member) const {
    const auto now = current();
    const auto found = now->signing.find(member);
    if (found == now->signing.end()) return no_key(to_path(member), to_path(member));
    const OwnKey& own = *found->second;
    return BatchSigner::Identity{own.key, own.certificate.der(), own.issuers, {}};
}

json::object Identity::health() const {
    const auto now = state_->clock.now();
    const auto snapshot = current();
    json::array keys, waiting, problems;
    bool failing = false;
    const auto add = [&](const OwnKey& own, std::string_view use, const std::string& member) {
        const auto left = std::chrono::floor<std::chrono::days>(own.certificate.not_after() - now).count();
        json::object one{{"key", own.name},
                         {"use", use},
                         {"subject", own.certificate.subject()},
                         {"certificate", own.certificate.sha256_hex()},
                         {"not_after", to_rfc3339(own.certificate.not_after())},
                         {"days_left", left}};
        if (!member.empty()) one["member"] = member;
        keys.push_back(std::move(one));
    };
    if (snapshot->authentication) add(*snapshot->authentication, "authentication", "");
    for (const auto& [member, own] : snapshot->signing) add(*own, "signing", to_path(member));
    const auto wait = [&](const std::string& key, const std::optional<ClientId>& member, std::string_view what) {
        waiting.push_back(
            json::object{{"key", key}, {"member", member ? json::value(to_path(*member)) : nullptr}, {"for", what}});
    };
    for (const auto& one : snapshot->waiting) wait(one.key, one.member, "certificate");
    for (const auto& [own, member] : snapshot->coming) wait(own->name, member, "registration");
    const auto tell = [&](const KeyProblem& problem) {
        failing = failing || problem.failing;
        problems.push_back(
            json::object{{"key", problem.key}, {"failing", problem.failing}, {"vi", problem.vi}, {"en", problem.en}});
    };
    for (const auto& problem : snapshot->problems) tell(problem);
    {
        const std::scoped_lock lock(state_->mutex);
        if (state_->folder_problem) tell(*state_->folder_problem);
    }
    return {{"status", failing            ? "failing"
                       : problems.empty() ? "ok"
                                          : "warning"},
            {"keys", std::move(keys)},
            {"waiting", std::move(waiting)},
            {"problems", std::move(problems)}};
}

}  // namespace hl::exchange::gateway
