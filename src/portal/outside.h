// What the pages offer through partners: paying online, and the post. The program fills it in, since partners are
// rooms beside this one; a part that is empty is not connected, and its pages say so. Any thread.
#pragma once
#include "access/access.h"
#include "dossiers/dossier.h"
#include "store/db.h"

namespace hl::portal {

struct OnlinePayment {
    std::string reference, state;  // opened | offered | held | paid | failed | expired | explained
    int64_t amount = 0;
    std::string url;  // where to pay; empty: not known yet, or no more
    Instant opened_at;
    std::optional<Instant> paid_at;
    std::string transaction;
    bool receipt = false;
    std::string odd_vi, odd_en;  // what is held about it
};
struct PostalOrder {
    std::string number, way,
        state;  // way: return | collect; state: none | registered | collecting | delivered | cancelled
    int64_t on_delivery = 0;
    std::string item, words, held_vi, held_en;
    bool cancel_wanted = false;
    std::optional<Instant> moved_at;
};
struct PostalWish {
    std::string way, name, phone, email, address;
    bool on_delivery = false;
};

struct Outside {
    struct Paying {
        std::function<std::vector<OnlinePayment>(store::Reader&, const dossiers::Dossier&)> list;
        /// `via`: citizen | tracking. Waits a moment for the platform's page.
        std::function<Result<OnlinePayment>(const access::Actor&, const DossierCode&, const std::string& via,
                                            const std::string& remote)>
            begin;
        /// Of a payment of this dossier.
        std::function<Result<std::string>(store::Reader&, const dossiers::Dossier&, std::string_view reference)>
            receipt;
    };
    struct Posting {
        std::function<std::vector<PostalOrder>(store::Reader&, const dossiers::Dossier&)> list;
        std::function<Result<void>(const access::Actor&, const DossierCode&, const PostalWish&)> ask;
        std::function<Result<void>(const access::Actor&, const DossierCode&, std::string_view number)> cancel;
    };
    std::optional<Paying> paying;
    std::optional<Posting> posting;
};

}  // namespace hl::portal
