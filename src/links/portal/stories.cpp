#include "links/portal/stories.h"

#include <algorithm>

namespace hl::links::portal {

namespace {
constexpr size_t most = 64;
}

Result<std::shared_ptr<const Story>> Stories::get(store::Reader& reader, const std::string& stream, int64_t position) {
    {
        std::scoped_lock lock(mutex_);
        const auto at = std::find_if(newest_.begin(), newest_.end(),
                                     [&](const Kept& k) { return k.position == position && k.stream == stream; });
        if (at != newest_.end()) return at->story;
    }
    TRY(auto story, story_of(store::read_stream(reader, stream), position));
    auto kept = std::make_shared<const Story>(std::move(story));
    std::scoped_lock lock(mutex_);
    newest_.push_front({stream, position, kept});
    if (newest_.size() > most) newest_.pop_back();
    return kept;
}

}  // namespace hl::links::portal
