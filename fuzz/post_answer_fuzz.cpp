// What the post answers: a page of movements, a reply to an order. A movement that is read names its order and its
// place in the list.
#include <cstdlib>

#include "links/post/profile.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl::post;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    static const Profile profile = [] {
        Profile p;
        p.cod_field = "CODAmount";
        p.item_field = "ItemCode";
        p.delivered = {"300"};
        return p;
    }();
    if (const auto list = parse_movements(bytes, profile); list.ok())
        for (const auto& m : *list) {
            if (m.id.empty() || (m.cod && *m.cod < 0)) std::abort();
            (void)profile.state_of(m.status);
        }
    (void)parse_order_reply(bytes, profile);
    return 0;
}
