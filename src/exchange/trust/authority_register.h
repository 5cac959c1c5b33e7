// The development authority's register: what it issued and revoked, one JSON line each, on disk before it is given out.
// One process at a time (the file is locked); one thread at a time.
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
    /// Cuts off a line that a crash left half-written. Errors: exchange.authority_in_use (another process has it),
    /// exchange.register_damaged, exchange.register_unavailable.
    [[nodiscard]] static Result<AuthorityRegister> open(const std::filesystem::path& file);
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
    [[nodiscard]] Result<void> load();
    [[nodiscard]] bool take(std::string_view line);
    [[nodiscard]] Result<void> append(std::string line);
    [[nodiscard]] Error unavailable(int number) const;

    std::filesystem::path file_;
    int descriptor_ = -1;
    int64_t size_ = 0;  // of what is known to be whole
    std::map<std::string, Issued, std::less<>> issued_;
};

}  // namespace hl::exchange
