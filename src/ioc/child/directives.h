// Directives over the line. At the parent: one to an agency of a child goes down with every change, and the child's
// answers are applied to it. At the child: it becomes a directive of its own, worked on as any other; what its agency
// answers goes up. Nothing here stops the line: what could not be applied is kept with its reason and shown.
#pragma once
#include "ioc/child/outbox.h"
#include "ioc/child/parent.h"
#include "ioc/directives/commands.h"
#include "store/followers.h"

namespace hl::ioc::child {

inline constexpr std::string_view directive_type = "directive";                // down
inline constexpr std::string_view directive_answer_type = "directive_answer";  // up

using ContextSource = std::function<directives::Context()>;
using ParentSource = std::function<Result<std::shared_ptr<const Parent>>()>;

/// Tells down what becomes of directives to agencies of children, and up what becomes of those that came from the
/// parent. Being run again from the first event tells nothing twice.
class DirectiveFollower final : public store::Follower {
  public:
    DirectiveFollower(ContextSource context, ParentSource parent, Random& random)
        : context_(std::move(context)), parent_(std::move(parent)), random_(random) {}
    [[nodiscard]] std::string name() const override { return "ioc.child_directives"; }
    void reset(store::Transaction&) override {}  // what was told stays told
    Result<void> apply(store::Transaction& tx, std::span<const store::StoredEvent> events) override;

  private:
    Result<void> down(store::Transaction& tx, const store::StoredEvent& event, const std::string& code);
    Result<void> up(store::Transaction& tx, const store::StoredEvent& event, const std::string& code);
    ContextSource context_;
    ParentSource parent_;
    Random& random_;
};

/// For Parent::takers and ChildEnd::takers.
[[nodiscard]] TakeUp take_directive_answer(ContextSource context);
[[nodiscard]] TakeDown take_directive(ContextSource context);

/// Directives that came from the parent, newest first: theirs, ours, what could not be applied.
[[nodiscard]] json::array received_directives(store::Reader& reader);
/// What a child answered, newest first.
[[nodiscard]] json::array directive_answers(store::Reader& reader, const ChildId& child, int64_t limit);

}  // namespace hl::ioc::child
