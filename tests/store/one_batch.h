// Writes that wait together: the writer is held until all of them are in its queue.
#pragma once
#include <future>

#include "store/store.h"

namespace hl::store::test_batch {

using Job = std::function<Result<boost::json::value>(Transaction&)>;

/// Makes one batch of `jobs` (`foresights`: none, or one for each) and gives their answers in order. One writer wanted.
inline std::vector<Result<boost::json::value>> in_one_batch(Store& store, const std::vector<Job>& jobs,
                                                            const std::vector<Foresight>& foresights = {}) {
    std::promise<void> entered, go;
    auto may_go = go.get_future().share();
    store.write_async(
        [&entered, may_go](Transaction&) -> Result<boost::json::value> {
            entered.set_value();
            may_go.wait();
            return boost::json::value{};
        },
        [](const Result<boost::json::value>&) {});
    entered.get_future().wait();
    std::vector<std::promise<Result<boost::json::value>>> answers(jobs.size());
    for (size_t i = 0; i < jobs.size(); ++i)
        store.write_async(
            jobs[i], [&answers, i](Result<boost::json::value> r) { answers[i].set_value(std::move(r)); },
            foresights.empty() ? Foresight{} : foresights[i]);
    go.set_value();
    std::vector<Result<boost::json::value>> out;
    for (auto& answer : answers) out.push_back(answer.get_future().get());
    return out;
}

}  // namespace hl::store::test_batch
