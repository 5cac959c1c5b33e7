#include <condition_variable>
#include <deque>
#include <thread>

#include "exchange/trust/container.h"
#include "exchange/trust/xades.h"
#include "exchange/trust/xades_form.h"

namespace hl::exchange {

namespace {

using Request = BatchSigner::Request;

Error nothing_to_sign() {
    return {ErrorKind::internal, "exchange.cannot_sign",
            "Không có nội dung để ký: thông điệp phải bắt đầu bằng phần /message.xml. Báo quản trị hệ thống.",
            "There is nothing to sign: a message begins with its part /message.xml. Tell the administrator."};
}

bool signable(const std::vector<SignedPart>& parts) {
    return !parts.empty() && parts[0].name == form::message_uri;
}

/// Signs batches one after another; each thread has its own, so the writer needs no lock.
class Hand {
  public:
    explicit Hand(const Clock& clock) : clock_(clock) {}

    Result<std::vector<MessageSignature>> sign(const std::vector<Request>& batch,
                                               const BatchSigner::Identity& identity) {
        if (!writer_ || !writer_->serves(identity)) {
            TRY(auto writer, SignatureWriter::make(identity));
            writer_.emplace(std::move(writer));
        }
        std::vector<MessageSignature> out(batch.size());
        // A lone message without attachments is signed itself. Attachments are covered through a chain only.
        if (batch.size() == 1 && batch[0].parts.size() == 1) {
            TRY(auto xml, writer_->sign(identity, form::message_uri, batch[0].parts[0].digest, clock_.now()));
            out[0].xml = std::make_shared<const std::string>(std::move(xml));
            return out;
        }
        std::vector<std::vector<SignedPart>> inputs;
        inputs.reserve(batch.size());
        for (const auto& request : batch) inputs.push_back(request.parts);
        auto chain = build_hash_chain(inputs, form::result_uri, form::chain_uri);
        TRY(auto xml, writer_->sign(identity, form::result_uri, sha512(chain.result), clock_.now()));
        const auto shared_xml = std::make_shared<const std::string>(std::move(xml));
        const auto shared_result = std::make_shared<const std::string>(std::move(chain.result));
        for (size_t i = 0; i < batch.size(); ++i) out[i] = {shared_xml, shared_result, std::move(chain.chains[i])};
        return out;
    }

  private:
    const Clock& clock_;
    std::optional<SignatureWriter> writer_;
};

}  // namespace

struct BatchSigner::State {
    std::function<Result<Identity>()> identity;
    const Clock& clock;
    size_t max_batch;
    const Load* load;
    mutable std::mutex mutex;
    std::condition_variable waiting;
    std::deque<Request> queue;
    bool closing = false;
    Counts counts;
    std::vector<std::unique_ptr<Hand>> hands;  // of callers; those that are not at work
    std::vector<std::thread> threads;

    State(std::function<Result<Identity>()> i, const Clock& c, size_t most, const Load* l)
        : identity(std::move(i)), clock(c), max_batch(std::clamp<size_t>(most, 1, 10'000)), load(l) {}

    [[nodiscard]] size_t company() const { return load == nullptr ? 1 : std::min(load->company(), max_batch); }

    /// Whatever waits, up to a batch; empty when all is done and the signer closes.
    std::vector<Request> take() {
        std::unique_lock lock(mutex);
        waiting.wait(lock, [&] { return closing || !queue.empty(); });
        if (const size_t wanted = company(); !queue.empty() && wanted > queue.size())
            waiting.wait_for(lock, load->patience(), [&] { return closing || queue.size() >= wanted; });
        const auto n = static_cast<ptrdiff_t>(std::min(queue.size(), max_batch));
        std::vector<Request> batch(std::make_move_iterator(queue.begin()), std::make_move_iterator(queue.begin() + n));
        queue.erase(queue.begin(), queue.begin() + n);
        return batch;
    }

    void answer(std::vector<Request>& batch, Result<std::vector<MessageSignature>> signatures) {
        {
            const std::scoped_lock lock(mutex);
            (signatures.ok() ? counts.messages : counts.failures) += batch.size();
            if (signatures.ok()) ++counts.batches;
        }
        for (size_t i = 0; i < batch.size(); ++i) {
            if (signatures.ok())
                batch[i].done(std::move((*signatures)[i]));
            else
                batch[i].done(signatures.error());
        }
    }

    void work() {
        Hand hand(clock);
        for (auto batch = take(); !batch.empty(); batch = take()) {
            const auto own = identity();
            answer(batch, own.ok() ? hand.sign(batch, *own) : own.error());
        }
    }

    void work_here(std::vector<Request> batch, const Identity& own) {
        std::unique_ptr<Hand> hand;
        {
            const std::scoped_lock lock(mutex);
            if (!hands.empty()) {
                hand = std::move(hands.back());
                hands.pop_back();
            }
        }
        if (!hand) hand = std::make_unique<Hand>(clock);
        auto signatures = hand->sign(batch, own);
        {
            const std::scoped_lock lock(mutex);
            hands.push_back(std::move(hand));
        }
        answer(batch, std::move(signatures));
    }
};

BatchSigner::BatchSigner(std::function<Result<Identity>()> identity, const Clock& clock, size_t max_batch, int threads,
                         const Load* load)
    : state_(std::make_unique<State>(std::move(identity), clock, max_batch, load)) {
    for (int i = 0; i < std::max(threads, 1); ++i) state_->threads.emplace_back([s = state_.get()] { s->work(); });
}

BatchSigner::~BatchSigner() {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->closing = true;
    }
    state_->waiting.notify_all();
    for (auto& thread : state_->threads) thread.join();
}

void BatchSigner::sign(std::vector<SignedPart> parts, Done done) {
    if (!signable(parts)) {
        done(nothing_to_sign());
        return;
    }
    bool wake = false;
    {
        const std::scoped_lock lock(state_->mutex);
        state_->queue.push_back({std::move(parts), std::move(done)});
        wake = state_->queue.size() == 1 || state_->queue.size() >= state_->company();
    }
    if (wake) state_->waiting.notify_one();
}

void BatchSigner::sign(std::vector<Request> together) {
    const auto own = state_->identity();
    const bool here = own.ok() && own->key && own->key->quick();
    std::vector<Request> batch;
    for (auto& request : together) {
        if (!here || !signable(request.parts)) {
            sign(std::move(request.parts), std::move(request.done));
            continue;
        }
        batch.push_back(std::move(request));
        if (batch.size() == state_->max_batch) state_->work_here(std::exchange(batch, {}), *own);
    }
    if (!batch.empty()) state_->work_here(std::move(batch), *own);
}

BatchSigner::Counts BatchSigner::counts() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->counts;
}

}  // namespace hl::exchange
