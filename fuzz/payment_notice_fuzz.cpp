// What the payment platform sends: its call-back, its reply to INIT. A notice that is read has whole digits as its
// amount, and nothing that is not signed passes.
#include <cstdlib>

#include "links/payment/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl::payment;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    static const Profile profile = [] {
        Profile p;
        p.good = {"0"};
        p.hash_confirm = {"LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich"};
        return p;
    }();
    if (const auto notice = parse_notice(bytes); notice.ok()) {
        if (notice->amount < 0 || notice->reference.empty()) std::abort();
        if (!notice->amount_text.empty() && std::to_string(notice->amount) != notice->amount_text) std::abort();
        (void)notice->digest();
        (void)parse_compact_time(notice->time);
        if (check_signature(notice->message, profile.hash_confirm, "a secret that the input does not know").ok())
            std::abort();
    }
    if (const auto reply = parse_init_reply(bytes, profile); reply.ok() && is_fit_url(reply->url, "pay.example"))
        if (reply->url.find("pay.example") == std::string::npos) std::abort();
    return 0;
}
