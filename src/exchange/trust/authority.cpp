#include "exchange/trust/authority.h"

#include <openssl/pem.h>

#include "base/files.h"
#include "exchange/trust/authority_state.h"

namespace hl::exchange {

namespace {

using namespace openssl;
using std::chrono::days;

constexpr days root_life{365 * 20}, service_life{365 * 5}, renewal{30};
/// Machines' clocks differ: what was issued just now is valid already on one that is behind.
constexpr std::chrono::minutes backdating{5};

Error damaged(const std::filesystem::path& folder, std::string_view what) {
    return {
        ErrorKind::internal, "exchange.authority_damaged",
        fmt::format("Thư mục {} của tổ chức chứng thực thử nghiệm không dùng được: {} thiếu hoặc không khớp với khoá. "
                    "Phục hồi cả thư mục từ bản sao lưu.",
                    folder.string(), what),
        fmt::format("The development authority's folder {} cannot be used: {} is missing or does not belong to its "
                    "key. Restore the whole folder from a backup.",
                    folder.string(), what)};
}

struct Folder {
    const std::filesystem::path& path;
    std::string_view master_key, name;
    Instant now;
};

/// The key in the folder; made at the first start, before anything is signed with it.
Result<KeyPtr> key_in(const Folder& folder, std::string_view name, Random& random) {
    const auto file = folder.path / fmt::format("{}.key", name);
    const std::string label = fmt::format("authority {}", name);
    if (std::filesystem::exists(file)) return load_key(file, label, folder.master_key);
    if (std::filesystem::exists(folder.path / fmt::format("{}.pem", name)))
        return damaged(folder.path, file.filename().string());
    TRY(auto key, make_key(KeyKind::p256));
    TRY_VOID(save_key(file, *key, label, folder.master_key, random));
    return key;
}

/// The certificate in the folder, when there is one that belongs to the key and is not about to end.
Result<std::optional<Certificate>> certificate_in(const Folder& folder, std::string_view name, const PrivateKey& key) {
    const auto file = folder.path / fmt::format("{}.pem", name);
    if (!std::filesystem::exists(file)) return std::optional<Certificate>();
    TRY(const std::string pem, read_file(file));
    TRY(auto certificate, Certificate::from_pem(pem));
    if (certificate.public_key_der() != key.public_key_der()) return damaged(folder.path, file.filename().string());
    if (certificate.not_after() < folder.now + renewal) return std::optional<Certificate>();
    return std::optional<Certificate>(std::move(certificate));
}

/// Issues for a name and a key, under `issuer` (null: under itself), and enters it into the register.
Result<Certificate> issue_to(AuthorityRegister& issued, Random& random, const AuthorityService* issuer,
                             CertificateRole role, const X509_NAME* subject, EVP_PKEY* key, Instant now, days life) {
    CertificateTemplate what{.role = role, .subject = subject, .subject_key = key, .serial = make_serial(random)};
    std::shared_ptr<void> signer;
    what.issuer_key = key;
    what.not_before = now - backdating;
    what.not_after = now + life;
    if (issuer) {
        signer = issuer->key->handle();
        what.issuer = issuer->x509.get();
        what.issuer_key = pkey(signer);
        what.not_after = std::min(what.not_after, issuer->certificate.not_after());
    }
    TRY(auto certificate, make_certificate(what));
    TRY_VOID(issued.add(certificate.serial(), certificate.der(), certificate.subject(), now));
    return certificate;
}

Result<AuthorityService> service_in(const Folder& folder, std::string_view name, CertificateRole role,
                                    const AuthorityService* issuer, AuthorityRegister& issued, Random& random) {
    AuthorityService out;
    TRY(out.key, key_in(folder, name, random));
    TRY(auto kept, certificate_in(folder, name, *out.key));
    if (!kept) {
        TRY(const NameHandle subject, make_name({.organisation = std::string(folder.name),
                                                 .common_name = fmt::format("{} {}", folder.name, name)}));
        const auto handle = out.key->handle();
        TRY(kept, issue_to(issued, random, issuer, role, subject.get(), pkey(handle), folder.now,
                           role == CertificateRole::root ? root_life : service_life));
        TRY_VOID(write_file_durably(folder.path / fmt::format("{}.pem", name), kept->pem()));
    }
    out.certificate = *std::move(kept);
    out.x509 = from_der<X509Handle>(d2i_X509, out.certificate.der());
    return out;
}

}  // namespace

DevelopmentAuthority::DevelopmentAuthority() = default;
DevelopmentAuthority::~DevelopmentAuthority() = default;

Result<std::unique_ptr<DevelopmentAuthority>> DevelopmentAuthority::open(const std::filesystem::path& folder,
                                                                         std::string_view master_key,
                                                                         std::string_view name, const Clock& clock,
                                                                         Random& random) {
    std::error_code wrong;
    std::filesystem::create_directories(folder, wrong);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, wrong);
    TRY(auto issued, AuthorityRegister::open(folder / "register.jsonl"));
    std::unique_ptr<DevelopmentAuthority> out(new DevelopmentAuthority());
    out->state_ = std::make_unique<State>(std::move(issued), clock, random);
    State& state = *out->state_;
    const Folder place{folder, master_key, name, clock.now()};
    TRY(state.root, service_in(place, "root", CertificateRole::root, nullptr, state.issued, random));
    TRY(state.responder, service_in(place, "ocsp", CertificateRole::ocsp_responder, &state.root, state.issued, random));
    TRY(state.stamper, service_in(place, "tsa", CertificateRole::time_stamper, &state.root, state.issued, random));
    state.issued.release();
    return out;
}

Certificate DevelopmentAuthority::root() const {
    return state_->root.certificate;
}
Certificate DevelopmentAuthority::time_stamper() const {
    return state_->stamper.certificate;
}

Result<Certificate> DevelopmentAuthority::issue(std::string_view request_pem, KeyUse use, days valid) {
    const auto refused = [](std::string_view vi, std::string_view en) {
        return Error{ErrorKind::invalid, "exchange.certificate_request", std::string(vi), std::string(en)};
    };
    const BioHandle in = reader(request_pem);
    const Owned<X509_REQ, X509_REQ_free> request(PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr));
    EVP_PKEY* key = request ? X509_REQ_get0_pubkey(request.get()) : nullptr;
    const bool sound = key && X509_REQ_verify(request.get(), key) == 1;
    ERR_clear_error();
    if (!sound)
        return refused(
            "Yêu cầu PKCS#10 không đọc được hoặc chữ ký của nó không đúng. Tạo lại yêu cầu từ khoá của mình.",
            "The PKCS#10 request cannot be read, or its signature is wrong. Make it again from your key.");
    if (!kind_of(key))
        return refused("Loại khoá không được hỗ trợ. Dùng RSA 2048, RSA 3072 hoặc P-256.",
                       "This kind of key is not supported. Use RSA 2048, RSA 3072 or P-256.");
    const X509_NAME* subject = X509_REQ_get_subject_name(request.get());
    if (X509_NAME_entry_count(subject) == 0)
        return refused("Yêu cầu không có tên chủ thể. Nhập ít nhất tên chung (CN).",
                       "The request names no subject. Give at least a common name (CN).");
    if (valid < days{1})
        return refused("Thời hạn phải từ một ngày trở lên.", "The certificate must be valid for a day or more.");
    const auto role = use == KeyUse::signing ? CertificateRole::signing : CertificateRole::authentication;
    const std::scoped_lock lock(state_->mutex);
    return issue_to(state_->issued, state_->random, &state_->root, role, subject, key, state_->clock.now(), valid);
}

Result<void> DevelopmentAuthority::revoke(std::string_view serial_hex) {
    std::string serial(serial_hex);
    for (char& c : serial)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    const std::scoped_lock lock(state_->mutex);
    return state_->issued.revoke(serial, state_->clock.now());
}

}  // namespace hl::exchange
