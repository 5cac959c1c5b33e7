#include "store/postgres_ahead.h"

namespace hl::store {

namespace {

constexpr int most_rounds = 4;
constexpr size_t most_at_a_time = 100;  // neither side's socket buffer may fill while nobody reads answers

/// Statement and parameters as one text: equal texts, equal questions.
std::string key_of(std::string_view sql, std::span<const Param> params) {
    std::string key{sql};
    for (const auto& param : params) {
        const auto& value = param.value();
        key += '\0';
        key += static_cast<char>('0' + value.index());
        switch (value.index()) {
            case 0:
                break;
            case 1:
                fmt::format_to(std::back_inserter(key), "{}", std::get<1>(value));
                break;
            case 2:
                fmt::format_to(std::back_inserter(key), "{}", std::get<2>(value));
                break;
            case 3:
                key += std::get<3>(value);
                break;
            default:
                key += std::get<4>(value).bytes;
        }
    }
    return key;
}

}  // namespace

PgConnection::Answer Foreseen::take(std::string_view sql, std::span<const Param> params) {
    const bool any =
        std::any_of(questions_.begin(), questions_.end(), [&](const Question& q) { return q.answer && q.sql == sql; });
    if (!any) return nullptr;
    const auto key = key_of(sql, params);
    for (auto& q : questions_)
        if (q.answer && q.key == key) return std::move(q.answer);
    return nullptr;
}

/// What a foresight sees in one round.
class AheadRounds::Asking final : public Ahead, private Reader {
  public:
    Asking(Foreseen& seen, int round) : seen_(seen), round_(round) {}
    [[nodiscard]] int round() const override { return round_; }
    void ask(std::string_view sql, Params params) override {
        Foreseen::Question q;
        q.sql = sql;
        const std::span<const Param> given{params.begin(), params.size()};
        q.key = key_of(sql, given);
        for (const auto& param : given) {
            const auto& value = param.value();
            if (const auto* text = std::get_if<std::string_view>(&value))
                q.params.emplace_back(q.texts.emplace_back(*text));
            else if (const auto* blob = std::get_if<Blob>(&value))
                q.params.emplace_back(Blob{q.texts.emplace_back(blob->bytes)});
            else
                q.params.push_back(param);
        }
        seen_.questions_.push_back(std::move(q));
        ++asked;
    }
    [[nodiscard]] Reader& known() override { return *this; }
    void give_up() override { seen_.spoilt_ = true; }

    size_t asked = 0;

  private:
    [[nodiscard]] Engine engine() const override { return Engine::postgres; }
    using Reader::query;
    void query(std::string_view sql, std::span<const Param> params, const RowFunction& each) override {
        const auto key = key_of(sql, params);
        for (const auto& q : seen_.questions_)
            if (q.answer && q.key == key) return PgConnection::each_row(*q.answer, each);
    }
    Foreseen& seen_;
    const int round_;
};

AheadRounds::AheadRounds(std::vector<const Foresight*> foresights)
    : foresights_(std::move(foresights)), seen_(foresights_.size()) {}

bool AheadRounds::ask_round(int round, std::vector<std::pair<size_t, size_t>>& fresh) {
    for (size_t i = 0; i < foresights_.size(); ++i) {
        auto& seen = seen_[i];
        if (!*foresights_[i] || seen.spoilt_) continue;
        const size_t before = seen.questions_.size();
        Asking asking(seen, round);
        (*foresights_[i])(asking);
        for (size_t n = before; n < seen.questions_.size(); ++n) {
            const auto [owner, first] = owners_.emplace(seen.questions_[n].key, i);
            if (first) {
                fresh.emplace_back(i, n);
                continue;
            }
            seen.spoilt_ = true;
            seen_[owner->second].spoilt_ = true;
        }
    }
    return !fresh.empty();
}

void AheadRounds::run(PgConnection& connection) {
    std::vector<std::pair<size_t, size_t>> fresh;
    for (int round = 0; round < most_rounds; ++round) {
        fresh.clear();
        if (!ask_round(round, fresh)) return;
        asked_ += static_cast<int64_t>(fresh.size());
        for (std::span<const std::pair<size_t, size_t>> left{fresh}; !left.empty();) {
            const auto now = left.first(std::min(left.size(), most_at_a_time));
            for (const auto& [i, n] : now) connection.queue(seen_[i].questions_[n].sql, seen_[i].questions_[n].params);
            auto answers = connection.flush_answers();
            for (size_t k = 0; k < now.size(); ++k)
                seen_[now[k].first].questions_[now[k].second].answer = std::move(answers[k]);
            left = left.subspan(now.size());
        }
    }
}

Foreseen* AheadRounds::answers(size_t i) {
    auto& seen = seen_[i];
    return seen.spoilt_ || seen.questions_.empty() ? nullptr : &seen;
}

}  // namespace hl::store
