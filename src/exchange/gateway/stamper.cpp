#include "exchange/gateway/stamper.h"

#include <future>

#include "exchange/trust/authority.h"
#include "exchange/trust/container.h"
#include "http/client.h"

namespace hl::exchange::gateway {

namespace {

namespace json = boost::json;

constexpr std::chrono::seconds first_retry{1};

Error failed(std::string vi, std::string en) {
    return {ErrorKind::unavailable, "exchange.timestamp", std::move(vi), std::move(en)};
}

/// The messages of one signing batch share a signature: it is stamped once, and its chain serves them all.
struct Inputs {
    std::vector<std::vector<SignedPart>> signatures;
    std::vector<size_t> of_record;
};
Inputs inputs_of(const std::vector<Digest512>& digests) {
    Inputs out;
    std::map<Digest512, size_t> known;
    for (const auto& digest : digests) {
        const auto [at, fresh] = known.try_emplace(digest, out.signatures.size());
        if (fresh) out.signatures.push_back({{"/META-INF/signatures.xml", digest}});
        out.of_record.push_back(at->second);
    }
    return out;
}

}  // namespace

StampTerms stamp_terms(const Configuration& configuration) {
    StampTerms out;
    for (const auto& stamper : configuration.time_stampers) out.services.push_back({stamper.name, stamper.url});
    out.roots = configuration.stamp_roots();
    out.interval = configuration.stamp_interval;
    out.failure_period = configuration.stamp_failure_period;
    return out;
}

Stamper::Stamper(MessageLog& log, std::function<StampTerms()> terms, const Clock& clock, Random& random)
    : log_(log), terms_(std::move(terms)), clock_(clock), random_(random), ticker_([this] { return round(); }) {}

Stamper::~Stamper() {
    stop();
}
void Stamper::start() {
    ticker_.start();
}
void Stamper::wake() {
    ticker_.wake();
}
void Stamper::stop() {
    ticker_.stop();
}

Result<std::string> Stamper::ask(const StampTerms::Service& service, const std::string& request,
                                 const Digest512& imprint, const StampTerms& terms) {
    http::ClientRequest question;
    question.method = "POST";
    question.url = service.url;
    question.headers = {{"Content-Type", "application/timestamp-query"}, {"Accept", "application/timestamp-reply"}};
    question.body = request;
    question.timeout = terms.timeout;
    question.max_response = 1U << 20;
    TRY(const auto answer, http::send(question));
    if (answer.status != 200)
        return failed(
            fmt::format("Dịch vụ dấu thời gian “{}” trả lời HTTP {}. Kiểm tra địa chỉ của nó trong sổ đăng ký.",
                        service.name, answer.status),
            fmt::format("The time-stamping service “{}” answered HTTP {}. Check its address in the registry.",
                        service.name, answer.status));
    TRY(auto token, token_of_response(answer.body, request));
    // A stamp that nobody will believe later is none: better to know now.
    TRY_VOID(check_time_stamp(token, imprint, terms.roots));
    return token;
}

Result<std::string> Stamper::token_for(std::string_view chain_result, const StampTerms& terms) {
    const Digest512 imprint = sha512(chain_result);
    TRY(const std::string request, make_time_stamp_request(imprint, random_));
    Error last = failed("Không có dịch vụ dấu thời gian nào trong cấu hình.",
                        "There is no time-stamping service in the configuration.");
    for (size_t i = 0; i < terms.services.size(); ++i) {
        const size_t which = (preferred_ + i) % terms.services.size();
        auto token = ask(terms.services[which], request, imprint, terms);
        if (token.ok()) {
            preferred_ = which;
            return token;
        }
        last = std::move(token).error();
    }
    return last;
}

Result<size_t> Stamper::stamp_batch(const StampTerms& terms) {
    TRY(auto waiting, log_.unstamped(terms.batch));
    if (waiting.records.empty()) return size_t{0};
    const Inputs inputs = inputs_of(waiting.signatures);
    HashChain chain = build_hash_chain(inputs.signatures, "/ts-hashchainresult.xml", "/ts-hashchain.xml");
    TRY(auto token, token_for(chain.result, terms));
    std::vector<std::string> chains;
    chains.reserve(waiting.records.size());
    for (const size_t which : inputs.of_record) chains.push_back(chain.chains[which]);
    const size_t count = waiting.records.size();
    auto written = std::make_shared<std::promise<Result<RecordNumber>>>();
    log_.append_stamp(std::move(waiting.records), std::move(chain.result), std::move(chains), std::move(token),
                      [written](Result<RecordNumber> number) { written->set_value(std::move(number)); });
    TRY_VOID([&]() -> Result<void> {
        auto number = written->get_future().get();
        if (!number.ok()) return std::move(number).error();
        return {};
    }());
    return count;
}

Result<size_t> Stamper::stamp() {
    const std::scoped_lock turn(stamping_);
    const auto terms = terms_();
    if (terms.services.empty()) return size_t{0};
    size_t stamped = 0;
    for (;;) {
        TRY(const size_t batch, stamp_batch(terms));
        stamped += batch;
        if (batch > 0) {
            const std::scoped_lock lock(mutex_);
            last_stamp_ = clock_.now();
        }
        if (batch < terms.batch) return stamped;
    }
}

std::chrono::milliseconds Stamper::round() {
    const auto outcome = stamp();
    const auto interval = std::chrono::milliseconds(terms_().interval);
    const std::scoped_lock lock(mutex_);
    if (outcome.ok()) {
        failures_ = 0;
        failing_since_.reset();
        problem_.reset();
        return interval;
    }
    if (!failing_since_) failing_since_ = clock_.now();
    problem_ = outcome.error();
    // 1 s, 2 s, 4 s… up to the interval: a short outage costs little time, a long one few requests.
    const auto wait = std::chrono::milliseconds(first_retry) * (1 << std::min(failures_, 10));
    ++failures_;
    return std::min(wait, interval);
}

Result<void> Stamper::may_exchange() const {
    const auto oldest = log_.oldest_unstamped();
    if (!oldest) return {};
    const auto terms = terms_();
    if (terms.services.empty() || clock_.now() - *oldest <= terms.failure_period) return {};
    return Error{
        ErrorKind::unavailable, "exchange.timestamper_failed",
        fmt::format("Không cấp được dấu thời gian cho thông điệp từ {}; cổng ngừng trao đổi. Kiểm tra kết nối tới dịch "
                    "vụ dấu thời gian; cổng tự chạy lại ngay khi có một dấu.",
                    to_vietnamese(*oldest)),
        fmt::format("Messages since {} have no time-stamp; the gateway exchanges none. Check the connection to the "
                    "time-stamping service; the gateway goes on by itself with the first stamp.",
                    to_rfc3339(*oldest))};
}

json::object Stamper::health() const {
    const auto oldest = log_.oldest_unstamped();
    const bool refusing = !may_exchange().ok();
    const std::scoped_lock lock(mutex_);
    json::object out{{"status", refusing ? "failing" : problem_ ? "warning" : "ok"}, {"failures", failures_}};
    if (oldest) out["oldest_unstamped"] = to_rfc3339(*oldest);
    if (last_stamp_) out["last_stamp"] = to_rfc3339(*last_stamp_);
    if (failing_since_) out["failing_since"] = to_rfc3339(*failing_since_);
    if (problem_) out["problem"] = json::object{{"vi", problem_->vi}, {"en", problem_->en}};
    return out;
}

}  // namespace hl::exchange::gateway
