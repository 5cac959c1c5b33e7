// The line between operations centres inside this program: the parent's end, the child's end, and the thread that
// sends. The key is made when it is first needed. Any thread.
#pragma once
#include <mutex>

#include "ioc/child/directives.h"
#include "ioc/child/routes.h"

namespace hl::app {

class Program;

class ChildService {
  public:
    /// Adds the follower that tells of directives.
    explicit ChildService(Program& program);
    /// Both of the key in the folder of keys. Errors: child.key_*, file.*.
    [[nodiscard]] Result<std::shared_ptr<const ioc::child::Parent>> parent();
    [[nodiscard]] Result<ioc::child::ChildEnd> end();
    void add_routes(access::Api& api, std::function<void()> taken);
    [[nodiscard]] Result<void> start();
    void stop();

  private:
    [[nodiscard]] Result<crypto::SigningKey> key();
    [[nodiscard]] ioc::child::ContextSource directive_context();
    Program& program_;
    std::mutex mutex_;
    std::optional<crypto::SigningKey> key_;
    std::shared_ptr<const ioc::child::Parent> parent_;
    std::unique_ptr<ioc::child::Sender> sender_;
};

}  // namespace hl::app
