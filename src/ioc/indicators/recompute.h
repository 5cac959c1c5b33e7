// A figure as it was known at any position of the ledger: the events until there, folded anew in a scratch database.
// Takes as long as the ledger is; for people who must know, not for screens.
#pragma once
#include "ioc/indicators/figures.h"
#include "ioc/indicators/rollup.h"

namespace hl::ioc {

/// `question.now` is set to the moment of the last event. Errors: ioc.position (beyond the ledger), those of figures().
[[nodiscard]] Result<Figures> figures_at(store::Store& store, std::shared_ptr<const Book> book, Question question,
                                         int64_t position,
                                         const std::function<void(int64_t done, int64_t total)>& progress = {});

}  // namespace hl::ioc
