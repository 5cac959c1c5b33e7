// What a connector has of its mapping: the partner's own reading of the file that is in force at a moment, parsed once
// a version. A base beside connector::Connector. Any thread.
#pragma once
#include "links/connector/mapping.h"
#include "store/store.h"

namespace hl::connector {

template <class T>
class Mapped {
  public:
    using Parse = Result<T> (*)(const MappingFile&);
    Mapped(std::string connector, Parse parse, store::Store& store)
        : connector_(std::move(connector)), parse_(parse), store_(store) {}

    /// Errors: link.no_mapping, and what `parse` finds (link.mapping).
    [[nodiscard]] Result<std::shared_ptr<const T>> profile(store::Reader& reader, Instant at) {
        TRY(const auto file, mappings_.valid(reader, connector_, at));
        return parsed_.get(file, parse_);
    }
    [[nodiscard]] Result<std::shared_ptr<const T>> profile(Instant at) {
        return store_.read([&](store::Reader& reader) { return profile(reader, at); });
    }

    /// For begin_batch: the mapping that messages are built with is at hand while they are sent.
    void keep_for_batch(store::Reader& reader, Instant now) {
        auto found = profile(reader, now);
        std::scoped_lock lock(mutex_);
        of_batch_ = found.ok() ? std::move(*found) : nullptr;
    }
    /// The one of the newest batch; without one, that in force at the moment. `where`: a reader, or nothing.
    template <class... Where>
    [[nodiscard]] Result<std::shared_ptr<const T>> profile_of_batch(Instant at, Where&... where) {
        {
            std::scoped_lock lock(mutex_);
            if (of_batch_) return of_batch_;
        }
        return profile(where..., at);
    }

  protected:
    ~Mapped() = default;

  private:
    std::string connector_;
    Parse parse_;
    store::Store& store_;
    Mappings mappings_;
    Parsed<T> parsed_;
    std::mutex mutex_;
    std::shared_ptr<const T> of_batch_;
};

}  // namespace hl::connector
