#include "exchange/gateway/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/crypto.h"

namespace hl::exchange::gateway {

namespace {

struct Free {
    void operator()(X509* c) const { X509_free(c); }
};
using CertificatePtr = std::unique_ptr<X509, Free>;

CertificatePtr read_der(std::string_view der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    return CertificatePtr{d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
}

Error tls_error(std::string_view what) {
    return {ErrorKind::unavailable, "exchange.tls",
            "Không dùng được khoá hoặc chứng thư TLS của cổng. Kiểm tra thư mục khoá và thiết bị giữ khoá.",
            fmt::format("{}: {}. Check the gateway's keys folder and its token.", what, tls_problem())};
}

std::string sha256_of(X509* certificate) {
    std::array<unsigned char, 32> digest{};
    unsigned int size = 0;
    if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
    return crypto::to_hex(std::string_view{reinterpret_cast<const char*>(digest.data()), size});
}

bool is_address(const std::string& host) {
    std::array<unsigned char, 16> ignored{};
    return inet_pton(AF_INET, host.c_str(), ignored.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), ignored.data()) == 1;
}

constexpr unsigned char http11[] = "\x08http/1.1";

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in,
                    unsigned int in_length, void*) {
    return SSL_select_next_proto(const_cast<unsigned char**>(out), out_length, http11, 9, in, in_length) ==
                   OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_NOACK;
}

Result<void> use_identity(SSL_CTX* context, const TlsIdentity& identity) {
    if (identity.chain.empty() || !identity.key) return tls_error("There is no TLS certificate or key");
    const auto own = read_der(identity.chain.front());
    const auto key = std::static_pointer_cast<EVP_PKEY>(identity.key->handle());
    if (!own || SSL_CTX_use_certificate(context, own.get()) != 1)
        return tls_error("The TLS certificate cannot be read");
    if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
        return tls_error("The TLS key does not fit its certificate");
    for (size_t i = 1; i < identity.chain.size(); ++i) {
        const auto issuer = read_der(identity.chain[i]);
        if (!issuer || SSL_CTX_add1_chain_cert(context, issuer.get()) != 1)
            return tls_error("A certificate of the TLS chain cannot be read");
    }
    return {};
}

}  // namespace

std::string tls_problem() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0) return "the peer closed the connection";
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : fmt::format("error {:x}", code);
}

std::string peer_certificate(SSL* ssl) {
    return sha256_of(SSL_get0_peer_certificate(ssl));
}

Result<std::shared_ptr<TlsContext>> TlsContext::make(Role role, const TlsIdentity* identity, Belief belief,
                                                     const Clock& clock) {
    std::shared_ptr<TlsContext> out(new TlsContext(role, std::move(belief), clock));
    TRY(out->context_, out->build(identity));
    return out;
}

Result<void> TlsContext::renew(const TlsIdentity& identity) {
    TRY(auto built, build(&identity));
    std::scoped_lock lock(mutex_);
    context_.swap(built);
    return {};
}

Result<std::unique_ptr<SSL_CTX, TlsContext::Free>> TlsContext::build(const TlsIdentity* identity) {
    std::unique_ptr<SSL_CTX, Free> out(SSL_CTX_new(role_ == Role::server ? TLS_server_method() : TLS_client_method()));
    SSL_CTX* c = out.get();
    if (c == nullptr) return tls_error("OpenSSL does not start");
    SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // An idle connection gives its buffers back.
    SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    // One read of the socket for what is there, instead of two for each record.
    SSL_CTX_set_read_ahead(c, 1);
    if (identity != nullptr) TRY_VOID(use_identity(c, *identity));
    if (role_ == Role::server) {
        SSL_CTX_set_alpn_select_cb(c, choose_protocol, nullptr);
        // Resumed sessions keep the certificate that was shown; who it belongs to is asked at every request.
        static constexpr unsigned char session_context[] = "hienluong";
        SSL_CTX_set_session_id_context(c, session_context, sizeof session_context - 1);
        SSL_CTX_set_num_tickets(c, 1);
    }
    if (std::holds_alternative<Unverified>(belief_)) {
        SSL_CTX_set_verify(c, SSL_VERIFY_NONE, nullptr);
    } else if (const auto* verified = std::get_if<Verified>(&belief_)) {
        SSL_CTX_set_verify(c, SSL_VERIFY_PEER, nullptr);
        const bool loaded = verified->ca_file.empty() ? SSL_CTX_set_default_verify_paths(c) == 1
                                                      : SSL_CTX_load_verify_file(c, verified->ca_file.c_str()) == 1;
        if (!loaded) return tls_error(fmt::format("The trust anchors in '{}' cannot be read", verified->ca_file));
    } else {
        const bool must = std::holds_alternative<Registered>(belief_);
        SSL_CTX_set_verify(c, SSL_VERIFY_PEER | (must ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
        SSL_CTX_set_cert_verify_callback(c, &TlsContext::verify, this);
    }
    return out;
}

int TlsContext::verify(X509_STORE_CTX* store, void* self) {
    auto& context = *static_cast<TlsContext*>(self);
    const auto* registered = std::get_if<Registered>(&context.belief_);
    return registered != nullptr ? context.verify_registered(store, *registered) : 1;
}

int TlsContext::verify_registered(X509_STORE_CTX* store, const Registered& registered) {
    const auto knowledge = registered.knowledge();
    const auto refuse = [&](int reason) {
        X509_STORE_CTX_set_error(store, reason);
        return 0;
    };
    if (!knowledge) return refuse(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT);
    if (knowledge->server_of_certificate(sha256_of(X509_STORE_CTX_get0_cert(store))) == nullptr)
        return refuse(X509_V_ERR_CERT_UNTRUSTED);
    std::shared_ptr<STACK_OF(X509)> anchors;
    {
        std::scoped_lock lock(mutex_);
        if (anchors_of_ != knowledge) {
            anchors_ = {sk_X509_new_null(), [](STACK_OF(X509) * s) { sk_X509_pop_free(s, X509_free); }};
            for (const auto& der : knowledge->configuration().authorities_for(KeyUse::authentication))
                if (auto certificate = read_der(der)) sk_X509_push(anchors_.get(), certificate.release());
            anchors_of_ = knowledge;
        }
        anchors = anchors_;
    }
    X509_STORE_CTX_set0_trusted_stack(store, anchors.get());
    auto* parameters = X509_STORE_CTX_get0_param(store);
    X509_VERIFY_PARAM_set_time(parameters, static_cast<time_t>(to_ms(clock_.now()) / 1000));
    // Gateways' certificates are of one kind for both directions; the authority need not say "server" and "client".
    X509_STORE_CTX_set_purpose(store, X509_PURPOSE_ANY);
    return X509_verify_cert(store) == 1 ? 1 : 0;
}

SSL* TlsContext::open(int descriptor, const std::string& host) {
    SSL* ssl = nullptr;
    {
        std::scoped_lock lock(mutex_);
        ssl = SSL_new(context_.get());
    }
    if (ssl == nullptr) return nullptr;
    SSL_set_fd(ssl, descriptor);
    if (role_ == Role::server) {
        SSL_set_accept_state(ssl);
        return ssl;
    }
    SSL_set_connect_state(ssl);
    const bool address = is_address(host);
    if (!address) SSL_set_tlsext_host_name(ssl, host.c_str());
    if (std::holds_alternative<Verified>(belief_)) {
        if (address)
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
        else
            SSL_set1_host(ssl, host.c_str());
    }
    return ssl;
}

}  // namespace hl::exchange::gateway
