#include "exchange/protocol/descriptions.h"
#include "exchange/protocol/openapi_document.h"

namespace hl::exchange {

Result<boost::json::value> openapi_as_json(std::string_view document) {
    TRY(auto loaded, load_openapi(document, Scalars::typed));
    return std::move(loaded.value);
}

}  // namespace hl::exchange
