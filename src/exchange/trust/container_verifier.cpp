// The checks of a container, each with its name and outcome, and the verdict they make.
#include "exchange/trust/authority.h"
#include "exchange/trust/container_reader.h"
#include "exchange/trust/hash_chain_reader.h"
#include "exchange/trust/verifier_steps.h"
#include "exchange/trust/xades_form.h"

namespace hl::exchange {

namespace {

using Outcome = ContainerCheck::Outcome;

struct Title {
    std::string_view name, vi, en;
};
constexpr Title container_check{"container", "Tệp container ASiC-E nguyên vẹn, không có tệp lạ",
                                "The ASiC-E container is sound and holds no foreign files"};
constexpr Title signature_check{"signature", "Chữ ký XAdES đúng khuôn dạng và chính sách",
                                "The XAdES signature has the right form and policy"};
constexpr Title time_stamp_check{"time_stamp", "Dấu thời gian RFC 3161 phủ chữ ký",
                                 "The RFC 3161 time-stamp covers the signature"};
constexpr Title value_check{"signature_value", "Giá trị chữ ký khớp với khoá của chứng thư",
                            "The signature's value fits the certificate's key"};
constexpr Title content_check{"content", "Thông điệp và tệp đính kèm đúng là nội dung đã ký",
                              "Message and attachments are what was signed"};
constexpr Title certificate_check{"certificate", "Chứng thư ký thuộc tổ chức được tin cậy và còn hạn khi ký",
                                  "The signing certificate is under a trusted authority and was valid when signing"};
constexpr Title ocsp_check{"ocsp", "Chứng thư chưa bị thu hồi khi ký (OCSP)",
                           "The certificate was not revoked when signing (OCSP)"};

/// Notes checks in order; what depends on one that failed is skipped.
class Course {
  public:
    /// True when it passed.
    bool note(const Title& title, const Result<void>& result) {
        auto& check = add(title);
        if (result.ok()) return true;
        check.outcome = Outcome::failed;
        check.error = result.error();
        return false;
    }
    void skip(const Title& title, std::string_view vi, std::string_view en) {
        auto& check = add(title);
        check.outcome = Outcome::skipped;
        check.vi += fmt::format(": {}", vi);
        check.en += fmt::format(": {}", en);
    }
    OfflineVerdict verdict;

  private:
    ContainerCheck& add(const Title& title) {
        return verdict.checks.emplace_back(
            ContainerCheck{std::string(title.name), std::string(title.vi), std::string(title.en), {}, {}});
    }
};

Error bad_stamp(std::string_view vi, std::string_view en) {
    return {ErrorKind::invalid, "exchange.timestamp", fmt::format("Dấu thời gian không dùng được: {}.", vi),
            fmt::format("The time-stamp is of no use: {}.", en)};
}

/// The stamp is over the chain result of a batch of signatures, or, where there is none, over the signature's value.
Result<TimeStamp> check_stamp(const ContainerParts& parts, const SignatureParts& signature,
                              const VerificationTrust& trust) {
    const auto& token = parts.stamp_token.empty() ? signature.time_stamp : parts.stamp_token;
    if (token.empty())
        return bad_stamp("container không có dấu thời gian; xuất lại sau khi nhật ký đã được cấp dấu",
                         "the container has none; export it again after the log was stamped");
    const bool batch = !parts.stamp_chain_result.empty();
    if (batch)
        TRY_VOID(verify_hash_chain(parts.stamp_chain_result, parts.stamp_chain,
                                   {{"/META-INF/signatures.xml", sha512(parts.signature)}}));
    TRY(auto stamp,
        check_time_stamp(token, sha512(batch ? parts.stamp_chain_result : signature.value), trust.time_stampers));
    // The signer says when he signed; the stamp says by when. Together they bound the time at which his certificate is
    // judged, so that nobody signs in a past in which it was not yet revoked.
    if (signature.signed_at > stamp.at + std::chrono::minutes{5})
        return bad_stamp("nó có trước thời điểm ký ghi trong chữ ký; kiểm tra đồng hồ của bên ký",
                         "it is older than the time of signing that the signature claims; check the signer's clock");
    if (stamp.at > signature.signed_at + trust.time_stamp_delay)
        return bad_stamp("nó được cấp quá muộn sau thời điểm ký",
                         "it was made too long after the time of signing that the signature claims");
    return stamp;
}

Result<void> check_content(const ContainerParts& parts, const SignatureParts& signature,
                           const std::vector<SignedPart>& contents) {
    if (parts.chain_result.empty()) return check_single(signature, contents);
    TRY_VOID(check_chain_result_reference(signature, parts.chain_result));
    return verify_hash_chain(parts.chain_result, parts.chain, contents);
}

template <class T>
Result<void> outcome(const Result<T>& result) {
    if (result.ok()) return {};
    return result.error();
}

void check_signer(Course& course, const SignatureParts& signature, const VerificationTrust& trust) {
    const auto path = [&]() -> Result<CertificatePath> {
        TRY(const auto anchors, TrustAnchors::from_der(trust.authorities));
        return check_path(signature, anchors, signature.signed_at);
    }();
    if (!course.note(certificate_check, outcome(path))) {
        course.skip(ocsp_check, "chưa kiểm được vì chứng thư không được tin cậy",
                    "not looked at, since the certificate is not trusted");
        return;
    }
    if (signature.ocsp.empty() && !trust.require_ocsp) {
        course.skip(ocsp_check, "không yêu cầu", "not asked for");
        return;
    }
    course.note(ocsp_check, outcome(check_embedded_ocsp(signature, *path, trust.ocsp_freshness, signature.signed_at)));
}

void check_all(Course& course, const ContainerParts& parts, const VerificationTrust& trust) {
    const auto signature = read_signature(parts.signature);
    if (!course.note(signature_check, outcome(signature))) {
        for (const auto* title : {&time_stamp_check, &value_check, &content_check, &certificate_check, &ocsp_check})
            course.skip(*title, "chưa kiểm được vì chữ ký không đọc được",
                        "not looked at, since the signature cannot be read");
        return;
    }
    Verdict verdict;
    verdict.signer.signed_at = signature->signed_at;
    verdict.signer_certificate = signature->certificate;
    if (const auto certificate = Certificate::from_der(signature->certificate); certificate.ok()) {
        verdict.signer.certificate_sha256 = certificate->sha256_hex();
        verdict.signer.subject = certificate->subject();
    }
    const bool stamped = !parts.stamp_token.empty() || !signature->time_stamp.empty();
    if (!stamped && !trust.require_time_stamp) {
        course.skip(time_stamp_check, "không yêu cầu", "not asked for");
    } else {
        const auto stamp = check_stamp(parts, *signature, trust);
        if (course.note(time_stamp_check, outcome(stamp))) verdict.stamped_at = stamp->at;
    }
    course.note(value_check, [&]() -> Result<void> {
        TRY(const auto key, public_key_of(*signature));
        return check_signature_value(*signature, key);
    }());
    course.note(content_check, check_content(parts, *signature, course.verdict.contents));
    check_signer(course, *signature, trust);
    course.verdict.verdict = std::move(verdict);
}

void conclude(OfflineVerdict& verdict) {
    verdict.valid = verdict.verdict.has_value() &&
                    std::ranges::none_of(verdict.checks,
                                         [](const ContainerCheck& check) { return check.outcome == Outcome::failed; });
}

}  // namespace

Result<Verdict> verify_container(const ContainerParts& parts, const VerificationTrust& trust) {
    Course course;
    course.verdict.contents.push_back({std::string(form::message_uri), sha512(parts.message)});
    for (size_t i = 0; i < parts.attachments.size(); ++i)
        course.verdict.contents.push_back({fmt::format("/attachment{}", i + 1), sha512(parts.attachments[i])});
    check_all(course, parts, trust);
    for (auto& check : course.verdict.checks)
        if (check.error) return *std::move(check.error);
    return *std::move(course.verdict.verdict);
}

Result<OfflineVerdict> verify_container_file(const std::filesystem::path& path, const VerificationTrust& trust) {
    if (std::error_code code; !std::filesystem::is_regular_file(path, code))
        return Error{ErrorKind::not_found, "file.not_found",
                     fmt::format("Không có tệp {}. Kiểm tra đường dẫn.", path.string()),
                     fmt::format("There is no file {}. Check the path.", path.string())};
    Course course;
    const auto read = [&]() -> Result<HashedContainer> {
        TRY(auto zip, ZipReader::of_file(path));
        return read_hashed(zip);
    }();
    if (!course.note(container_check, outcome(read))) {
        for (const auto* title :
             {&signature_check, &time_stamp_check, &value_check, &content_check, &certificate_check, &ocsp_check})
            course.skip(*title, "chưa kiểm được vì container không đọc được",
                        "not looked at, since the container cannot be read");
        return std::move(course.verdict);
    }
    course.verdict.contents = read->contents;
    check_all(course, read->parts, trust);
    conclude(course.verdict);
    return std::move(course.verdict);
}

}  // namespace hl::exchange
