#include "exchange/gateway/ocsp_cache.h"

#include "base/crypto.h"
#include "base/files.h"
#include "exchange/trust/authority.h"
#include "exchange/trust/certificate_chain.h"
#include "http/client.h"

namespace hl::exchange::gateway {

namespace {

namespace json = boost::json;

Error no_response(std::string vi, std::string en) {
    return {ErrorKind::unavailable, "exchange.ocsp", std::move(vi), std::move(en)};
}

Result<std::string> post(const std::string& url, std::string request, std::chrono::milliseconds timeout) {
    http::ClientRequest question;
    question.method = "POST";
    question.url = url;
    question.headers = {{"Content-Type", "application/ocsp-request"}, {"Accept", "application/ocsp-response"}};
    question.body = std::move(request);
    question.timeout = timeout;
    question.max_response = 1U << 20;
    TRY(auto answer, http::send(question));
    if (answer.status != 200)
        return no_response(
            fmt::format("Dịch vụ OCSP {} trả lời HTTP {}. Kiểm tra địa chỉ trong cấu hình.", url, answer.status),
            fmt::format("The OCSP service {} answered HTTP {}. Check its address in the configuration.", url,
                        answer.status));
    return std::move(answer.body);
}

std::optional<OcspSubject> subject_of(const OwnKey& own, KeyUse use, const Configuration& configuration, Instant now) {
    const auto chain =
        check_certificate(own.certificate, own.issuers, configuration.authorities_for(use), now, CertificateUse::any);
    if (!chain.ok() || chain->size() < 2) return std::nullopt;
    auto issuer = Certificate::from_der((*chain)[1]);
    if (!issuer.ok()) return std::nullopt;
    OcspSubject out{own.certificate, std::move(issuer).value(), {}, {}};
    for (const auto& authority : configuration.authorities) {
        const auto is = [&](const std::string& der) {
            return std::find(chain->begin() + 1, chain->end(), der) != chain->end();
        };
        if (!is(authority.certificate) &&
            std::none_of(authority.intermediates.begin(), authority.intermediates.end(), is))
            continue;
        out.urls.insert(out.urls.end(), authority.ocsp_urls.begin(), authority.ocsp_urls.end());
        out.responders.insert(out.responders.end(), authority.ocsp_responders.begin(), authority.ocsp_responders.end());
    }
    if (out.urls.empty())
        if (auto own_url = ocsp_url_of(own.certificate); !own_url.empty()) out.urls.push_back(std::move(own_url));
    return out;
}

}  // namespace

std::vector<OcspSubject> ocsp_subjects(const IdentitySnapshot& identity, const Configuration& configuration,
                                       Instant now) {
    std::vector<OcspSubject> out;
    const auto add = [&](const OwnKey& own, KeyUse use) {
        if (auto subject = subject_of(own, use, configuration, now)) out.push_back(*std::move(subject));
    };
    if (identity.authentication) add(*identity.authentication, KeyUse::authentication);
    for (const auto& [member, own] : identity.signing) add(*own, KeyUse::signing);
    for (const auto& [own, member] : identity.coming) add(*own, member ? KeyUse::signing : KeyUse::authentication);
    return out;
}

OcspCache::OcspCache(std::function<std::vector<OcspSubject>()> subjects, std::function<OcspTerms()> terms,
                     std::filesystem::path folder, const Clock& clock)
    : subjects_(std::move(subjects)),
      terms_(std::move(terms)),
      folder_(std::move(folder)),
      clock_(clock),
      ticker_([this] { return refresh(); }) {
    std::error_code ignored;
    std::filesystem::create_directories(folder_, ignored);
}

OcspCache::~OcspCache() {
    stop();
}
void OcspCache::start() {
    ticker_.start();
}
void OcspCache::wake() {
    ticker_.wake();
}
void OcspCache::stop() {
    ticker_.stop();
}

/// The first answer that can be believed; what it says may still be "revoked".
Result<std::string> OcspCache::ask(const OcspSubject& subject, const OcspTerms& terms, Entry& entry) const {
    TRY(const std::string request, make_ocsp_request(subject.certificate, subject.issuer));
    Error last = no_response(
        fmt::format("Không có địa chỉ OCSP cho chứng thư “{}”. Khai địa chỉ của tổ chức chứng thực trong sổ đăng ký.",
                    entry.subject),
        fmt::format("There is no OCSP address for the certificate “{}”. Enter the authority's in the registry.",
                    entry.subject));
    for (const auto& url : subject.urls) {
        auto answer = post(url, request, terms.timeout);
        if (answer.ok()) {
            const auto read = read_ocsp(*answer, subject.certificate, subject.issuer, terms.freshness, clock_.now(),
                                        subject.responders);
            if (read.ok()) return answer;
            last = read.error();
        } else {
            last = answer.error();
        }
    }
    return last;
}

void OcspCache::take(Entry& entry, const OcspSubject& subject, const std::string& response, const OcspTerms& terms,
                     Instant now) const {
    const auto status =
        read_ocsp(response, subject.certificate, subject.issuer, terms.freshness, now, subject.responders);
    if (!status.ok()) return;
    entry.refused = !status->good;
    if (entry.refused)
        entry.problem =
            check_ocsp(response, subject.certificate, subject.issuer, terms.freshness, now, subject.responders).error();
    entry.response = entry.refused ? std::string() : response;
    entry.this_update = status->this_update;
    entry.next_update = status->next_update;
}

void OcspCache::ask_about(const OcspSubject& subject, Entry& entry, const OcspTerms& terms) {
    const auto answer = ask(subject, terms, entry);
    const Instant now = clock_.now();
    const auto sha256 = subject.certificate.sha256_hex();
    if (!answer.ok()) {
        if (!entry.down_since) entry.down_since = now;
        // What its authority said of it stands, until the authority says otherwise.
        if (!entry.refused) entry.problem = answer.error();
        entry.due = now + terms.retry;
        return;
    }
    entry.down_since.reset();
    entry.problem.reset();
    take(entry, subject, *answer, terms, now);
    entry.due = now + std::min(terms.ask_again, terms.freshness / 2);
    if (entry.refused) {
        std::error_code ignored;
        std::filesystem::remove(file_of(sha256), ignored);
    } else {
        (void)write_file_durably(file_of(sha256), *answer);  // a convenience: the next start asks again without it
    }
}

std::chrono::milliseconds OcspCache::refresh() {
    const std::scoped_lock turn(refreshing_);
    const auto subjects = subjects_();
    const auto terms = terms_();
    std::map<std::string, Entry> entries;
    {
        const std::scoped_lock lock(mutex_);
        freshness_ = terms.freshness;
        entries = entries_;
    }
    std::map<std::string, Entry> kept;
    for (const auto& subject : subjects) {
        const auto sha256 = subject.certificate.sha256_hex();
        const auto known = entries.find(sha256);
        Entry entry = known == entries.end() ? Entry{} : std::move(known->second);
        if (known == entries.end()) {
            entry.subject = subject.certificate.subject();
            if (const auto before = read_file(file_of(sha256), 1U << 20); before.ok())
                take(entry, subject, *before, terms, clock_.now());
        }
        if (clock_.now() >= entry.due) ask_about(subject, entry, terms);
        const std::scoped_lock lock(mutex_);
        entries_[sha256] = entry;  // at once: one responder that hangs does not keep the others' answers back
        kept.emplace(sha256, std::move(entry));
    }
    const Instant now = clock_.now();
    auto wait = std::chrono::milliseconds(std::chrono::minutes{1});
    for (const auto& [sha256, entry] : kept)
        wait = std::min(wait, std::max(entry.due - now, std::chrono::milliseconds(std::chrono::seconds{1})));
    const std::scoped_lock lock(mutex_);
    entries_ = std::move(kept);
    return wait;
}

std::optional<Instant> OcspCache::fresh_until(const Entry& entry) const {
    if (entry.response.empty()) return std::nullopt;
    const Instant until = entry.this_update + freshness_;
    return entry.next_update ? std::min(until, *entry.next_update) : until;
}

Result<std::string> OcspCache::response(const std::string& certificate_sha256) const {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(certificate_sha256);
    if (found == entries_.end())
        return no_response(
            "Chưa hỏi OCSP cho chứng thư này. Kiểm tra tổ chức đã cấp nó có trong cấu hình không.",
            "OCSP was not asked about this certificate yet. Check that its authority is in the configuration.");
    const Entry& entry = found->second;
    if (entry.refused) return *entry.problem;
    if (const auto until = fresh_until(entry); until && clock_.now() <= *until) return entry.response;
    if (!entry.down_since)
        return no_response("Câu trả lời OCSP đã cũ và đang được hỏi lại. Thử lại sau ít phút.",
                           "The OCSP response is stale and is being asked for again. Try again in a few minutes.");
    return no_response(
        fmt::format("Dịch vụ OCSP không trả lời từ {}. Kiểm tra kết nối tới dịch vụ đó; việc ký tự chạy tiếp khi "
                    "có câu trả lời. {}",
                    to_vietnamese(*entry.down_since), entry.problem->vi),
        fmt::format("The OCSP service does not answer since {}. Check the connection to it; signing goes on "
                    "by itself when it answers. {}",
                    to_rfc3339(*entry.down_since), entry.problem->en));
}

std::vector<std::string> OcspCache::responses() const {
    std::vector<std::string> out;
    const std::scoped_lock lock(mutex_);
    for (const auto& [sha256, entry] : entries_)
        if (const auto until = fresh_until(entry); until && clock_.now() <= *until) out.push_back(entry.response);
    return out;
}

json::object OcspCache::health() const {
    json::array certificates, problems;
    bool failing = false;
    const Instant now = clock_.now();
    const std::scoped_lock lock(mutex_);
    for (const auto& [sha256, entry] : entries_) {
        json::object one{{"certificate", sha256}, {"subject", entry.subject}};
        const auto until = fresh_until(entry);
        const bool serves = until && now <= *until;
        if (until) one["fresh_until"] = to_rfc3339(*until);
        if (entry.down_since) one["down_since"] = to_rfc3339(*entry.down_since);
        certificates.push_back(std::move(one));
        if (serves && !entry.problem) continue;
        failing = failing || !serves;
        const auto said = entry.problem.value_or(no_response("Câu trả lời OCSP đã cũ.", "The OCSP response is stale."));
        problems.push_back(
            json::object{{"certificate", sha256}, {"failing", !serves}, {"vi", said.vi}, {"en", said.en}});
    }
    return {{"status", failing            ? "failing"
                       : problems.empty() ? "ok"
                                          : "warning"},
            {"certificates", std::move(certificates)},
            {"problems", std::move(problems)}};
}

Result<BatchSigner::Identity> signing_identity(const Identity& identity, const OcspCache& cache, const ClientId& member,
                                               bool require_ocsp) {
    TRY(auto out, identity.signer(member));
    auto response = cache.response(crypto::to_hex(crypto::sha256(out.certificate)));
    if (!response.ok() && require_ocsp) return response.error();
    if (response.ok()) out.ocsp = std::move(response).value();
    return out;
}

}  // namespace hl::exchange::gateway
