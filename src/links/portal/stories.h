// A few of the newest stories: what happens to a dossier is often told in two messages, one after the other, and the
// events up to a position never change. Any thread.
#pragma once
#include <deque>
#include <memory>
#include <mutex>

#include "links/portal/story.h"

namespace hl::links::portal {

class Stories {
  public:
    /// Errors: those of `story_of`.
    [[nodiscard]] Result<std::shared_ptr<const Story>> get(store::Reader& reader, const std::string& stream,
                                                           int64_t position);

  private:
    struct Kept {
        std::string stream;
        int64_t position;
        std::shared_ptr<const Story> story;
    };
    std::mutex mutex_;
    std::deque<Kept> newest_;
};

}  // namespace hl::links::portal
