// The questions of a group commit, put before its functions run and answered in one exchange a round. Each function
// sees the answers to its own questions only, each answer once, and none any more after its first change. Private to
// the store room; one thread.
#pragma once
#include <deque>
#include <map>

#include "store/postgres_connection.h"

namespace hl::store {

/// What one function asked.
class Foreseen {
  public:
    /// The answer to this question, handed over: the next time it goes to the database.
    [[nodiscard]] PgConnection::Answer take(std::string_view sql, std::span<const Param> params);
    void forget() { questions_.clear(); }

  private:
    friend class AheadRounds;
    struct Question {
        std::string_view sql;
        std::vector<Param> params;  // views of what `texts` holds
        std::deque<std::string> texts;
        std::string key;
        PgConnection::Answer answer;
    };
    std::vector<Question> questions_;
    bool spoilt_ = false;  // asks what another asks too, or gave up
};

/// The foresights of a batch. After `run`, `answers(i)` is what function i may use; nothing when it asked nothing, gave
/// up, or asked what another function asked.
class AheadRounds {
  public:
    explicit AheadRounds(std::vector<const Foresight*> foresights);
    /// Throws PgError.
    void run(PgConnection& connection);
    [[nodiscard]] Foreseen* answers(size_t i);
    [[nodiscard]] int64_t asked() const { return asked_; }

  private:
    class Asking;
    [[nodiscard]] bool ask_round(int round, std::vector<std::pair<size_t, size_t>>& fresh);
    std::vector<const Foresight*> foresights_;
    std::vector<Foreseen> seen_;
    std::map<std::string, size_t> owners_;  // question → who asked it
    int64_t asked_ = 0;
};

}  // namespace hl::store
