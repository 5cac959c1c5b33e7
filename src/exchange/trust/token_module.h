// A PKCS#11 module (the library of a token's maker), loaded once a process however many keys use it: PKCS#11 is
// initialised and ended for the whole process. Calls hold a gate open; starting the module anew waits until nobody is
// inside. Any thread.
#pragma once
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <shared_mutex>
#include <string_view>
#include <vector>

#include "base/result.h"

#include <p11-kit-1/p11-kit/pkcs11.h>

namespace hl::exchange {

class TokenModule {
  public:
    /// The module at this path, shared with whoever uses it already. Error exchange.token_module.
    [[nodiscard]] static Result<std::shared_ptr<TokenModule>> load(const std::filesystem::path& file);
    ~TokenModule();
    TokenModule(const TokenModule&) = delete;
    TokenModule& operator=(const TokenModule&) = delete;

    /// Held for the length of each call into the module; sessions of an earlier generation are gone.
    class Visit {
      public:
        explicit Visit(TokenModule& module) : lock_(module.gate_), module_(module) {}
        [[nodiscard]] const CK_FUNCTION_LIST& functions() const { return *module_.functions_; }
        [[nodiscard]] uint64_t generation() const { return module_.generation_; }
        /// Slots that have a token in them now.
        [[nodiscard]] std::vector<CK_SLOT_ID> slots() const;

      private:
        std::shared_lock<std::shared_mutex> lock_;
        TokenModule& module_;
    };

    /// Ends and starts the module, which is how many of them notice that a token is back. Nothing is done when somebody
    /// did it since `seen`, nor again at once while other keys are at work with the module: their sessions end too.
    void restart(uint64_t seen);
    void count_user(int change) { users_ += change; }

  private:
    TokenModule(void* library, CK_FUNCTION_LIST* functions);
    [[nodiscard]] CK_RV initialise() const;

    void* library_;
    CK_FUNCTION_LIST* functions_;
    std::shared_mutex gate_;
    uint64_t generation_ = 1;
    std::atomic<int> users_ = 0;  // keys that have a working connection
    std::chrono::steady_clock::time_point restarted_{};
};

}  // namespace hl::exchange
