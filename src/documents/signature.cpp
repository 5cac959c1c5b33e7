#include "documents/signature.h"

#include "base/pch.h"

#include <libxml/parser.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/templates.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

#include <algorithm>
#include <memory>

#include "base/crypto.h"
#include "base/files.h"
#include "documents/attachments.h"
#include "documents/certificate_parts.h"
#include "documents/signature_profile.h"
#include "documents/time_stamp.h"
#include "documents/xml.h"

namespace hl::documents {

namespace {

using Key = std::unique_ptr<xmlSecKey, decltype(&xmlSecKeyDestroy)>;
using Manager = std::unique_ptr<xmlSecKeysMngr, decltype(&xmlSecKeysMngrDestroy)>;
using Context = std::unique_ptr<xmlSecDSigCtx, decltype(&xmlSecDSigCtxDestroy)>;

/// xmlsec prints what goes wrong to standard error unless it is told otherwise; the result says enough.
void silent(const char*, int, const char*, const char*, const char*, int, const char*) {}

bool ready() {
    static const bool done = [] {
        xmlInitParser();
        if (xmlSecInit() < 0 || xmlSecOpenSSLAppInit(nullptr) < 0 || xmlSecOpenSSLInit() < 0) return false;
        xmlSecErrorsSetCallback(&silent);
        return true;
    }();
    return done;
}

const xmlSecByte* bytes_of(std::string_view s) {
    return reinterpret_cast<const xmlSecByte*>(s.data());
}

Error signing_fails(std::string_view why) {
    return {ErrorKind::internal, "edxml.signing",
            "Không ký được văn bản. Kiểm tra khóa và chứng thư số của cơ quan trong cấu hình.",
            fmt::format("The message cannot be signed: {}. Check the agency's key and certificate.", why)};
}

Error wrong(std::string code, std::string_view vi, std::string_view en) {
    return {ErrorKind::invalid, std::move(code), fmt::format("{} Văn bản không được nhận; đề nghị bên gửi ký lại.", vi),
            fmt::format("{} The message is refused; the sender must sign it again.", en)};
}

Result<Key> load_key(const SigningIdentity& identity) {
    Key key(xmlSecOpenSSLAppKeyLoadMemory(bytes_of(identity.key_pem), static_cast<xmlSecSize>(identity.key_pem.size()),
                                          xmlSecKeyDataFormatPem, nullptr, nullptr, nullptr),
            &xmlSecKeyDestroy);
    if (!key) return signing_fails("the private key cannot be read");
    const auto add = [&](const std::string& pem) {
        return xmlSecOpenSSLAppKeyCertLoadMemory(key.get(), bytes_of(pem), static_cast<xmlSecSize>(pem.size()),
                                                 xmlSecKeyDataFormatPem) >= 0;
    };
    // The key's own certificate first: xmlsec writes them in this order.
    if (!add(identity.certificate_pem)) return signing_fails("the certificate does not belong to the key");
    if (!std::ranges::all_of(identity.issuers_pem, add)) return signing_fails("an issuer's certificate cannot be read");
    return key;
}

xmlNode* header_of(xmlDoc* document) {
    const auto* envelope = xml::child(xmlDocGetRootElement(document), xml::edxml, "edXMLEnvelope");
    return const_cast<xmlNode*>(xml::child(envelope, xml::edxml, "edXMLHeader"));
}

/// <Signature> with its empty values, in the header.
Result<xmlNode*> add_template(xmlDoc* document, xmlSecTransformId method) {
    auto* header = header_of(document);
    if (!header) return signing_fails("the message has no edXMLHeader");
    for (const auto* n = xml::first_element(header); n; n = xml::next_element(n))
        if (xml::is(n, xml::ds, "Signature"))
            return Error{ErrorKind::conflict, "edxml.signed_already", "Văn bản đã có chữ ký số. Không ký lại.",
                         "The message is signed already. Do not sign it again."};
    auto* signature = xmlSecTmplSignatureCreate(document, xmlSecTransformExclC14NId, method, nullptr);
    if (!signature) return signing_fails("no template");
    xmlAddChild(header, signature);
    auto* reference =
        xmlSecTmplSignatureAddReference(signature, xmlSecTransformSha256Id, nullptr, BAD_CAST "", nullptr);
    auto* info = xmlSecTmplSignatureEnsureKeyInfo(signature, nullptr);
    auto* x509 = info ? xmlSecTmplKeyInfoAddX509Data(info) : nullptr;
    if (!reference || !x509 || !xmlSecTmplReferenceAddTransform(reference, xmlSecTransformEnvelopedId) ||
        !xmlSecTmplReferenceAddTransform(reference, xmlSecTransformExclC14NId) ||
        !xmlSecTmplX509DataAddCertificate(x509))
        return signing_fails("no template");
    return signature;
}

Result<void> allow(xmlSecDSigCtx& context, bool sha1) {
    context.enabledReferenceUris = xmlSecTransformUriTypeEmpty;  // the whole message, and nothing from elsewhere
    std::vector<xmlSecTransformId> reference{xmlSecTransformEnvelopedId, xmlSecTransformExclC14NId,
                                             xmlSecTransformInclC14NId, xmlSecTransformSha256Id};
    std::vector<xmlSecTransformId> signature{xmlSecTransformExclC14NId, xmlSecTransformInclC14NId,
                                             xmlSecTransformRsaSha256Id, xmlSecTransformEcdsaSha256Id};
    if (sha1) {
        reference.push_back(xmlSecTransformSha1Id);
        signature.push_back(xmlSecTransformRsaSha1Id);
    }
    bool done = true;
    for (auto* id : reference) done = done && xmlSecDSigCtxEnableReferenceTransform(&context, id) >= 0;
    for (auto* id : signature) done = done && xmlSecDSigCtxEnableSignatureTransform(&context, id) >= 0;
    // Keys come out of certificates only: a bare key would need no trust at all.
    auto* data = const_cast<void*>(static_cast<const void*>(xmlSecKeyDataX509Id));
    done = done && xmlSecPtrListAdd(&context.keyInfoReadCtx.enabledKeyData, data) >= 0;
    if (!done) return signing_fails("no memory");
    return Nothing{};
}

Result<Manager> trusting(const std::vector<std::string>& anchors) {
    Manager manager(xmlSecKeysMngrCreate(), &xmlSecKeysMngrDestroy);
    if (!manager || xmlSecOpenSSLAppDefaultKeysMngrInit(manager.get()) < 0) return signing_fails("no memory");
    for (const auto& pem : anchors)
        if (xmlSecOpenSSLAppKeysMngrCertLoadMemory(manager.get(), bytes_of(pem), static_cast<xmlSecSize>(pem.size()),
                                                   xmlSecKeyDataFormatPem, xmlSecKeyDataTypeTrusted) < 0)
            return Error{ErrorKind::internal, "documents.trust",
                         "Một chứng thư gốc trong kho tin cậy không đọc được. Kiểm tra các tệp trong thư mục đó.",
                         "An anchor of the trust store cannot be read. Check the files in its folder."};
    return manager;
}

Result<void> describe(xmlSecKey* key, const std::vector<std::string>& anchors, Instant at, SignatureFacts& facts) {
    auto* data = xmlSecKeyGetData(key, xmlSecKeyDataX509Id);
    auto* certificate = data ? xmlSecOpenSSLKeyDataX509GetKeyCert(data) : nullptr;
    if (!certificate)
        return wrong("edxml.signature_untrusted", "Không rõ chứng thư của người ký.",
                     "The signer's certificate is unclear.");
    const auto usage = X509_get_key_usage(certificate);
    if (usage != UINT32_MAX && (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
        return wrong("edxml.signature_untrusted", "Chứng thư không được cấp để ký số.",
                     "The certificate is not for signing.");
    const auto* public_key = X509_get0_pubkey(certificate);
    if (public_key && EVP_PKEY_base_id(public_key) == EVP_PKEY_RSA && EVP_PKEY_bits(public_key) < 2048)
        return wrong("edxml.signature_weak", "Khóa RSA ngắn hơn 2048 bit.", "The RSA key is shorter than 2048 bits.");
    const openssl::CertificateStack sent(sk_X509_new_null());
    for (xmlSecSize i = 0; i < xmlSecOpenSSLKeyDataX509GetCertsSize(data); ++i)
        if (auto* one = xmlSecOpenSSLKeyDataX509GetCert(data, i)) sk_X509_push(sent.get(), X509_dup(one));
    // Which authority it is that made it: rules over signers name it by its key.
    const auto chain = openssl::chain_of(certificate, sent.get(), anchors, at);
    if (!chain)
        return wrong("edxml.signature_untrusted", "Chứng thư của người ký không dẫn tới chứng thư gốc được tin cậy.",
                     "The signer's certificate leads to no anchor of the trust store.");
    const int length = sk_X509_num(chain.get());
    facts.certificate = openssl::describe(certificate, sk_X509_value(chain.get(), std::min(1, length - 1)));
    for (int i = 1; i + 1 < length; ++i)
        facts.certificate.issuers_pem.push_back(openssl::pem_of(sk_X509_value(chain.get(), i)));
    return Nothing{};
}

}  // namespace

Result<std::string> sign_edxml(std::string_view edxml, const SigningIdentity& identity) {
    if (!ready()) return signing_fails("the XML security library cannot be started");
    TRY(auto document, xml::parse(edxml, Limits{}.message));
    TRY(auto key, load_key(identity));
    const bool ec = xmlSecKeyCheckId(key.get(), xmlSecOpenSSLKeyDataEcdsaId);
    TRY(auto* signature, add_template(document.get(), ec ? xmlSecTransformEcdsaSha256Id : xmlSecTransformRsaSha256Id));
    const Context context(xmlSecDSigCtxCreate(nullptr), &xmlSecDSigCtxDestroy);
    if (!context) return signing_fails("no memory");
    context->signKey = key.release();
    if (xmlSecDSigCtxSign(context.get(), signature) < 0 || context->status != xmlSecDSigStatusSucceeded)
        return signing_fails("the key refused");
    return xml::serialise(document.get());
}

Result<SignatureFacts> Verifier::verify(std::string_view edxml, Instant at) const {
    if (!ready()) return signing_fails("the XML security library cannot be started");
    TRY(auto document, xml::parse(edxml, Limits{}.message));
    TRY(const auto profile, check_signature_profile(document.get()));
    if (profile.weak && !settings_.accept_sha1)
        return wrong("edxml.signature_weak", "Chữ ký dùng SHA-1, không còn an toàn.",
                     "The signature uses SHA-1, which is not safe any more.");
    TRY(auto manager, trusting(settings_.anchors_pem));
    const Context context(xmlSecDSigCtxCreate(manager.get()), &xmlSecDSigCtxDestroy);
    if (!context) return signing_fails("no memory");
    TRY_VOID(allow(*context, profile.weak));
    context->keyInfoReadCtx.certsVerificationTime =
        static_cast<time_t>(std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count());
    const int result = xmlSecDSigCtxVerify(context.get(), profile.signature);
    if (!context->signKey)
        return wrong("edxml.signature_untrusted",
                     "Chứng thư của người ký không thuộc kho tin cậy, đã hết hạn hoặc thiếu trong chữ ký.",
                     "The signer's certificate is under no anchor of the trust store, out of its time, or missing.");
    if (result < 0 || context->status != xmlSecDSigStatusSucceeded)
        return wrong("edxml.signature_wrong", "Chữ ký số không đúng với nội dung văn bản.",
                     "The signature does not fit the message.");
    SignatureFacts facts;
    facts.algorithm = profile.algorithm;
    facts.weak = profile.weak;
    TRY_VOID(describe(context->signKey, settings_.anchors_pem, at, facts));
    if (profile.time_stamp) facts.stamped_at = time_of_stamp(*profile.time_stamp, settings_.stampers_pem);
    return facts;
}

Result<SigningIdentity> SigningIdentity::read(const std::filesystem::path& key,
                                              const std::filesystem::path& certificates) {
    struct stat facts {};
    if (::stat(key.c_str(), &facts) == 0 && (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return Error{
            ErrorKind::denied, "documents.signing_identity",
            fmt::format("Khóa ký {} mở cho người khác đọc. Chạy chmod 600 rồi thử lại.", key.string()),
            fmt::format("The signing key {} can be read by others. Run chmod 600 and try again.", key.string())};
    SigningIdentity out;
    TRY(out.key_pem, read_file(key, 1u << 20));
    TRY(const auto pem, read_file(certificates, 1u << 20));
    auto all = certificates_in(pem);
    if (all.empty())
        return Error{ErrorKind::invalid, "documents.signing_identity",
                     fmt::format("Tệp {} không có chứng thư nào (PEM).", certificates.string()),
                     fmt::format("There is no certificate (PEM) in {}.", certificates.string())};
    out.certificate_pem = std::move(all.front());
    out.issuers_pem.assign(std::make_move_iterator(all.begin() + 1), std::make_move_iterator(all.end()));
    return out;
}

namespace {

Result<std::vector<std::string>> read_folder(const std::filesystem::path& folder) {
    std::vector<std::string> out;
    std::error_code ec;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ec))
        if (entry.path().extension() == ".pem" || entry.path().extension() == ".crt") files.push_back(entry.path());
    std::ranges::sort(files);
    for (const auto& file : files) {
        TRY(const auto pem, read_file(file, 1u << 20));
        for (auto& one : certificates_in(pem)) out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

Result<std::shared_ptr<const Verifier>> Verifier::read(const std::filesystem::path& folder, bool accept_sha1,
                                                       const std::filesystem::path& stampers) {
    TrustSettings settings;
    settings.accept_sha1 = accept_sha1;
    TRY(settings.anchors_pem, read_folder(folder));
    if (!stampers.empty()) {
        TRY(settings.stampers_pem, read_folder(stampers));
    }
    if (settings.anchors_pem.empty())
        return Error{ErrorKind::invalid, "documents.trust",
                     fmt::format("Thư mục {} không có chứng thư gốc nào (*.pem, *.crt). Chép chứng thư của tổ chức "
                                 "chứng thực vào đó.",
                                 folder.string()),
                     fmt::format("There is no anchor (*.pem, *.crt) in {}. Put the authorities' certificates there.",
                                 folder.string())};
    return std::make_shared<const Verifier>(std::move(settings));
}

}  // namespace hl::documents
