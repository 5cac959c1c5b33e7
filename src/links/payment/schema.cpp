#include "links/payment/schema.h"

namespace hl::payment {

namespace {

// payment.remote and payment_receipt.sealed are sealed with the applicant's key. payment_notice: what the platform
// said, once; `outcome` is what became of it, so that a repetition is answered as the first time.
constexpr std::string_view tables = R"sql(
CREATE TABLE payment (
    number {{serial}},
    reference TEXT NOT NULL UNIQUE,
    dossier TEXT NOT NULL,
    code TEXT NOT NULL,
    subject TEXT NOT NULL,
    items TEXT NOT NULL,
    amount BIGINT NOT NULL,
    state BIGINT NOT NULL,
    via TEXT NOT NULL,
    remote {{blob}} NOT NULL,
    url TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ask_at BIGINT,
    asks BIGINT NOT NULL,
    trans TEXT NOT NULL,
    bank TEXT NOT NULL,
    paid_at BIGINT,
    problem TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX payment_dossier ON payment (dossier, number);
CREATE INDEX payment_ask ON payment (ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX payment_odd ON payment (number) WHERE problem <> '';
CREATE TABLE payment_turn (
    dossier TEXT PRIMARY KEY,
    turn BIGINT NOT NULL
);
CREATE TABLE payment_notice (
    number {{serial}},
    reference TEXT NOT NULL,
    digest TEXT NOT NULL,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    amount TEXT NOT NULL,
    currency TEXT NOT NULL,
    trans TEXT NOT NULL,
    bank TEXT NOT NULL,
    outcome TEXT NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (reference, digest)
);
CREATE TABLE payment_receipt (
    reference TEXT PRIMARY KEY,
    sealed {{blob}} NOT NULL,
    at BIGINT NOT NULL
);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations list = {
        {"links/payment", 1, "payments of fees, what the platform said of them, receipts", std::string{tables}},
    };
    return list;
}

}  // namespace hl::payment
