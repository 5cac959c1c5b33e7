// The development authority's register: what it issued and revoked, one JSON line each, on disk before it is given out.
// Several processes may have it open: who writes locks the file and reads first what others wrote meanwhile, so that
// the command line works beside a running server. One thread at a time.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace hl::exchange {

class AuthorityRegister {
  public:
    struct Issued {
        std::string certificate;  // DER
        std::optional<Instant> revoked;
    };
    /// Cuts off a line that a crash left half-written. The file stays locked until `release`: what belongs beside it
    /// can be made by one process only. Errors: exchange.register_damaged, exchange.register_unavailable.
    [[nodiscard]] static Result<AuthorityRegister> open(const std::filesystem::path& file);
    void release();
    ~AuthorityRegister();
    AuthorityRegister(AuthorityRegister&& other) noexcept;
    AuthorityRegister& operator=(AuthorityRegister&&) = delete;

    [[nodiscard]] Result<void> add(const std::string& serial, std::string_view certificate_der,
                                   std::string_view subject, Instant at);
    [[nodiscard]] Result<void> revoke(const std::string& serial, Instant at);
    /// Null for a serial that was never issued here.
    [[nodiscard]] const Issued* find(std::string_view serial) const;
    [[nodiscard]] size_t size() const { return issued_.size(); }

  private:
    AuthorityRegister(std::filesystem::path file, int descriptor) : file_(std::move(file)), descriptor_(descriptor) {}
    /// What stands behind the part already known.
    [[nodiscard]] Result<void> load();
    /// The lock, with what others wrote taken in; held already before `release`.
    class Locked;
    [[nodiscard]] Result<Locked> lock();
    [[nodiscard]] bool take(std::string_view line);
    [[nodiscard]] Result<void> append(std::string line);
    [[nodiscard]] Error unavailable(int number) const;

    std::filesystem::path file_;
    int descriptor_ = -1;
    bool held_ = true;
    int64_t size_ = 0;  // of what is known to be whole
    std::map<std::string, Issued, std::less<>> issued_;
};

}  // namespace hl::exchange
