// The gateway's file of quotas: any bytes are read or refused; what is read is written and read alike.
#include <cstdlib>

#include "exchange/gateway/quota_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl::exchange::gateway;
    const auto read = quotas_from_json({reinterpret_cast<const char*>(data), size});
    if (!read.ok()) return 0;
    const auto text = quotas_json(*read);
    const auto again = quotas_from_json(text);
    if (!again.ok() || quotas_json(*again) != text) std::abort();
    return 0;
}
