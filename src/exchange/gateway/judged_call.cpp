#include "exchange/gateway/judged_call.h"

#include <boost/asio/post.hpp>

#include "exchange/gateway/asked_adapter.h"
#include "exchange/gateway/metaservices_here.h"
#include "exchange/protocol/fault_texts.h"

namespace hl::exchange::gateway {

namespace {

constexpr size_t most_told = 5;  // mistakes in one fault

/// "/body/ma: …; /query/limit: …".
std::string told(const std::vector<Error>& mistakes) {
    std::string out;
    for (size_t i = 0; i < std::min(mistakes.size(), most_told); ++i)
        out += fmt::format("{}{}: {}", i == 0 ? "" : " ", mistakes[i].at, mistakes[i].en);
    if (mistakes.size() > most_told) out += fmt::format(" (and {} more)", mistakes.size() - most_told);
    return out;
}

Error wrong_request(const ServiceId& service, const std::string& what) {
    return carried({"client.invalid_request",
                    fmt::format("Service {} does not take this request, by its description: {} Correct the request; "
                                "getOpenAPI gives the description.",
                                to_text(service), what),
                    {},
                    true});
}

/// What was held of a body, then what follows of it.
class ResumedBody final : public PlainSource {
  public:
    ResumedBody(bool has_body, std::string held, std::unique_ptr<PlainSource> rest)
        : held_(std::move(held)), rest_(std::move(rest)), part_owed_(has_body) {}
    Awaitable<Result<Piece>> next() override {
        if (std::exchange(part_owed_, false)) co_return Piece{Piece::Kind::part, {}, {}};
        if (!std::exchange(given_, true) && !held_.empty()) co_return Piece{Piece::Kind::bytes, {}, held_};
        if (rest_) co_return co_await rest_->next();
        co_return Piece{};
    }

  private:
    std::string held_;
    std::unique_ptr<PlainSource> rest_;
    bool part_owed_, given_ = false;
};

using Mistakes = std::shared_ptr<std::vector<Error>>;

template <class Judge>
Awaitable<Mistakes> on_worker(Providers& providers, const Judge& judge) {
    co_return co_await called_back<Mistakes>([&](auto done) {
        asio::post(providers.workers(), [&judge, done] { done(std::make_shared<std::vector<Error>>(judge())); });
    });
}

}  // namespace

Awaitable<Result<ProviderAnswer>> call_judged(Providers& providers, Providers::Target& target, LinkPool& links,
                                              const ProviderRequest& request, OnePart& body) {
    const auto& service = target.settings->id;
    const auto validator = target.validator;
    CO_TRY(Held held, co_await hold(body, largest_judged));
    if (!held.whole) {
        CO_TRY_VOID(co_await read_out(body));
        co_return wrong_request(service, fmt::format("/body: It is longer than {} bytes.", largest_judged));
    }
    // The message is verified and logged by now: only what its sender really signed is judged.
    CO_TRY(auto made, as_adapter_request(request, held.bytes));
    const auto asked = std::make_shared<const AdapterRequest>(std::move(made));
    // Named before it is waited with: g++ 12 destroys twice what captures inside an expression with co_await.
    const auto judge_request = [validator, asked] { return validator->request(*asked); };
    const Mistakes wrong = co_await on_worker(providers, judge_request);
    if (!wrong->empty()) co_return wrong_request(service, told(*wrong));

    std::optional<std::string> again;
    if (body.has_body()) again = std::move(held.bytes);
    TextBody once(std::move(again));
    OnePart part(once);
    CO_TRY(ProviderAnswer answer, co_await call_provider(providers, target, links, request, part, largest_judged));
    if (target.settings->validation != Validation::both) co_return answer;

    const auto response = std::make_shared<AdapterResponse>();
    response->status = answer.status;
    response->headers = answer.headers;
    if (answer.body) {
        OnePart given(*answer.body);
        CO_TRY(Held start, co_await hold(given, largest_judged));
        if (start.whole)
            response->body = start.bytes;
        else
            response->source = [](std::span<char>) -> Result<size_t> { return size_t{0}; };
        answer.body = std::make_unique<ResumedBody>(given.has_body(), std::move(start.bytes), std::move(answer.body));
    }
    const auto judge_answer = [validator, asked, response] { return validator->response(*asked, *response); };
    const Mistakes unfit = co_await on_worker(providers, judge_answer);
    if (unfit->empty()) co_return answer;
    co_return carried(service_failed(
        "invalid_response", fmt::format("The answer of {} is not what its description says: {} Its operator must "
                                        "correct the service or its description.",
                                        to_text(service), told(*unfit))));
}

}  // namespace hl::exchange::gateway
