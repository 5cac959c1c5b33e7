#include "store/store.h"

#include <bit>
#include <stdexcept>

#include "store/store_errors.h"
#include "store/store_support.h"

namespace hl::store {

namespace {
// Bookkeeping of the call stack, not state: it says only what this thread is inside of.
thread_local bool inside_write = false;
}  // namespace

InsideWrite::InsideWrite() : before_(inside_write) {
    inside_write = true;
}
InsideWrite::~InsideWrite() {
    inside_write = before_;
}
void InsideWrite::forbid() {
    if (inside_write) throw std::logic_error("Store::write called from inside a write or from its answer");
}

size_t batch_bucket(size_t size) {
    return std::min<size_t>(size == 0 ? 0 : static_cast<size_t>(std::bit_width(size - 1)), batch_buckets - 1);
}

boost::json::object batch_histogram(std::span<const int64_t> buckets) {
    boost::json::object out;
    for (size_t i = 0; i < buckets.size(); ++i)
        out[i + 1 == buckets.size() ? std::string{"more"} : std::to_string(size_t{1} << i)] = buckets[i];
    return out;
}

Result<std::unique_ptr<Store>> Store::open(StoreOptions options, const Migrations& migrations, const Clock& clock,
                                           Random& random) {
    try {
        if (options.url.starts_with("sqlite:")) return open_sqlite(std::move(options), migrations, clock, random);
        if (options.url.starts_with("postgresql://") || options.url.starts_with("postgres://"))
            return open_postgres(std::move(options), migrations, clock, random);
    } catch (const DbError& error) {
        return error_of(error);
    }
    return bad_url_error(options.url);
}

}  // namespace hl::store
