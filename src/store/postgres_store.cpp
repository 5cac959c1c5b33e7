#include "store/store_errors.h"
#include "store/store_support.h"

namespace hl::store {

Result<std::unique_ptr<Store>> open_postgres(StoreOptions options, const Migrations&, const Clock&, Random&) {
    return bad_url_error(options.url);
}

}  // namespace hl::store
