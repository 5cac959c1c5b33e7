// The other end of a connection between gateways, made by hand: a TLS client that says what a test wants to a gateway,
// and a TLS server that answers one. OpenSSL alone, blocking.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

#include "exchange/gateway/gateway_fixture.h"
#include "exchange/protocol/rest_message.h"
#include "exchange/protocol/transport.h"

namespace hl::exchange::test {

class TlsByHand {
  public:
    TlsByHand(bool server, const gateway::TlsIdentity* identity)
        : context_(SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()), SSL_CTX_free) {
        if (server) SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
        if (identity == nullptr) return;
        const auto* at = reinterpret_cast<const unsigned char*>(identity->chain[0].data());
        X509* own = d2i_X509(nullptr, &at, static_cast<long>(identity->chain[0].size()));
        SSL_CTX_use_certificate(context_.get(), own);
        X509_free(own);
        const auto key = std::static_pointer_cast<EVP_PKEY>(identity->key->handle());
        SSL_CTX_use_PrivateKey(context_.get(), key.get());
    }
    ~TlsByHand() {
        ssl_.reset();
        if (fd_ >= 0) ::close(fd_);
    }
    bool connect(int port) {
        fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return false;
        limit();
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), fd_);
        return SSL_connect(ssl_.get()) == 1;
    }
    bool accept(int listener) {
        fd_ = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd_ < 0) return false;
        limit();
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), fd_);
        return SSL_accept(ssl_.get()) == 1;
    }
    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            const int n = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(std::min<size_t>(bytes.size(), 16384)));
            if (n <= 0) return false;
            bytes.remove_prefix(static_cast<size_t>(n));
        }
        return true;
    }
    /// More bytes into `got`.
    bool more() {
        char buffer[16384];
        const int n = SSL_read(ssl_.get(), buffer, sizeof buffer);
        if (n <= 0) return false;
        got.append(buffer, static_cast<size_t>(n));
        return true;
    }
    /// A message with Content-Length, whole.
    std::string message() {
        for (;;) {
            const auto end = got.find("\r\n\r\n");
            if (end != std::string::npos) {
                const auto at = got.find("Content-Length: ");
                const size_t length = at < end ? std::stoul(got.substr(at + 16)) : 0;
                if (got.size() >= end + 4 + length) return got;
            }
            if (!more()) return got;
        }
    }
    std::string got;

  private:
    void limit() const {
        const timeval patience{5, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    }
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    struct Free {
        void operator()(SSL* s) const { SSL_free(s); }
    };
    std::unique_ptr<SSL, Free> ssl_;
    int fd_ = -1;
};

/// A gateway that answers one request with what `answer` makes of it.
class GatewayByHand {
  public:
    using Answer = std::function<std::string(const std::string& request)>;
    GatewayByHand(const gateway::TlsIdentity& identity, Answer answer) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at);
        ::listen(listener_, 8);
        socklen_t size = sizeof at;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
        thread_ = std::thread([this, &identity, answer = std::move(answer)] {
            TlsByHand tls(true, &identity);
            if (tls.accept(listener_)) tls.write(answer(tls.message()));
        });
    }
    ~GatewayByHand() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    [[nodiscard]] int port() const { return port_; }

  private:
    int listener_ = -1, port_ = 0;
    std::thread thread_;
};

inline MessageSignature signed_by(const Side& side, const Clock& clock, std::vector<SignedPart> parts) {
    std::promise<Result<MessageSignature>> done;
    BatchSigner signer([&side]() -> Result<BatchSigner::Identity> { return *side.identity; }, clock);
    signer.sign(std::move(parts), [&](Result<MessageSignature> r) { done.set_value(std::move(r)); });
    return done.get_future().get().value();
}

inline std::string http_message(const std::string& start, const std::string& boundary, const std::string& body) {
    return fmt::format("{}\r\nHost: x\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}", start,
                       transport::content_type(boundary), body.size(), body);
}

/// A signed message with one body, as it goes over the wire; `sent` may differ from what was signed.
inline std::string transported(const Side& by, const Clock& clock, std::string_view type, const std::string& head,
                               const std::string& body, const std::string& sent, const std::string& start) {
    const auto signature = signed_by(by, clock, {{"/message.xml", sha512(head)}, {"/attachment1", sha512(body)}});
    transport::Message m;
    m.head_type = type;
    m.head = head;
    m.body = sent;
    if (signature.chain_result) m.hash_chain_result = *signature.chain_result;
    m.hash_chain = signature.chain;
    m.signature = *signature.xml;
    return http_message(start, "xtopabc", transport::compose(m, "xtopabc"));
}

}  // namespace hl::exchange::test
