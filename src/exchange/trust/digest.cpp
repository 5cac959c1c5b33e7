#include "exchange/trust/digest.h"

#include <openssl/evp.h>

#include <new>

namespace hl::exchange {

namespace {

/// Fetched once: looking the algorithm up costs more than the digest of a short message.
const EVP_MD* algorithm() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA512", nullptr);
    if (!fetched) throw std::bad_alloc();
    return fetched;
}

}  // namespace

Digest512 sha512(std::string_view bytes) {
    Digest512 out;
    if (EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, algorithm(), nullptr) != 1) throw std::bad_alloc();
    return out;
}

struct Sha512Stream::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { EVP_MD_CTX_free(context); }
    void begin() const {
        if (!context || EVP_DigestInit_ex(context, algorithm(), nullptr) != 1) throw std::bad_alloc();
    }
};

Sha512Stream::Sha512Stream() : state_(std::make_unique<State>()) {
    state_->begin();
}
Sha512Stream::~Sha512Stream() = default;
Sha512Stream::Sha512Stream(Sha512Stream&&) noexcept = default;
Sha512Stream& Sha512Stream::operator=(Sha512Stream&&) noexcept = default;

void Sha512Stream::update(std::string_view bytes) {
    if (EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) != 1) throw std::bad_alloc();
}

Digest512 Sha512Stream::finish() {
    Digest512 out;
    if (EVP_DigestFinal_ex(state_->context, out.data(), nullptr) != 1) throw std::bad_alloc();
    state_->begin();  // ready for the next message
    return out;
}

}  // namespace hl::exchange
