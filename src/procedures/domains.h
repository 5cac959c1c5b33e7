// Trying a rule on every combination of the values that its inputs can take: closed sets (enum, boolean, channel)
// whole, open ones (numbers, dates, texts) at and around the constants that the rule mentions. Pure; any thread.
#pragma once
#include <functional>

#include "procedures/feel.h"
#include "procedures/model.h"

namespace hl::procedures {

class Domains {
  public:
    Domains(const Form& form, const Card& card);
    /// Names an expression may read.
    [[nodiscard]] bool knows(const std::string& name) const;
    /// Takes the constants of an expression into account.
    void add_constants(const feel::Node& node);
    /// Calls `visit` with a whole context for each combination of `names`; false when there are more than `limit`
    /// (then nothing was visited) or when `visit` returned false.
    bool each(const std::set<std::string>& names, bool with_null, size_t limit,
              const std::function<bool(const feel::Fields&)>& visit) const;
    [[nodiscard]] const Field* field(const std::string& name) const;

  private:
    std::vector<feel::Value> values(const std::string& name, bool with_null) const;
    const Form& form_;
    const Card& card_;
    std::set<feel::Number> numbers_;
    std::set<std::string> texts_;
    std::set<Date> dates_;
};

}  // namespace hl::procedures
