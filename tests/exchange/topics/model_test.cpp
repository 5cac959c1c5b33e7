// Random histories against a model: publishing, taking, acknowledging, failing, consumers and programs that die, clocks
// that run. Whatever happens: of one key nothing is settled out of order, and in the end everything is settled.
#include <gtest/gtest.h>

#include "exchange/topics/commands.h"
#include "exchange/topics/messages.h"
#include "exchange/topics/queries.h"
#include "exchange/topics/schema.h"
#include "support/test_store.h"

namespace hl::exchange::topics {
namespace {

using namespace std::chrono_literals;
const ClientId owner{"QT", "GOV", "A", "P"};
const ClientId consumer{"QT", "GOV", "B", "C"};

void demand(bool truth, std::string_view what) {
    if (!truth) throw std::logic_error(std::string{what});
}

class History {
  public:
    History(test::TestStore& store, std::string topic, uint64_t seed, bool runs)
        : store_(store), topic_(std::move(topic)), random_(seed), settings_{4, 30s, runs, 6} {
        TopicSettings s;
        s.id = s.title = topic_;
        s.owner = owner;
        s.attempts = 4;
        demand(store_->write([&](store::Transaction& tx) { return create_topic(tx, s, "t", now()); }).ok(), "created");
        subscription_ = store_
                            ->write([&](store::Transaction& tx) {
                                return subscribe(tx, {topic_, consumer, {}, 1}, "t", store_.random, now());
                            })
                            .value()
                            .id;
    }
    void step() {
        switch (random_.below(10)) {
            case 0:
            case 1:
            case 2:
                return publish_some();
            case 3:
            case 4:
            case 5:
                return take_some();
            case 6:
            case 7:
                return settle_one();
            case 8:
                store_.clock.advance(std::chrono::seconds{random_.below(40)});
                return;
            default:
                if (random_.below(3) == 0) store_.reopen();
                held_.clear();  // the consumer died with what it held
        }
    }
    void drain() {
        for (int i = 0; i < 400 && settled_.size() + dead_seen() < published_.size(); ++i) {
            take_some();
            while (!held_.empty()) settle_front(true);
            store_.clock.advance(31s);
        }
        demand(settled_.size() + dead_seen() == published_.size(), "everything is settled or dead in the end");
    }

  private:
    [[nodiscard]] Instant now() const { return store_.clock.now(); }
    void publish_some() {
        const auto key = std::string(1, static_cast<char>('a' + random_.below(3)));
        Message m{topic_, 0, key, fmt::format("m{}", published_.size()), {}, "", key, "", ""};
        const bool undone = random_.below(5) == 0;
        const auto done = store_->write([&](store::Transaction& tx) -> Result<int64_t> {
            TRY(const auto position, publish(tx, owner, m, now()));
            if (undone) return Error{ErrorKind::conflict, "test.undone", "", ""};
            return position;
        });
        if (undone) return;
        demand(done.ok(), "published");
        published_.push_back(key);
        demand(*done == std::ssize(published_), "positions are dense");
    }
    void take_some() {
        const bool undone = random_.below(6) == 0;
        std::vector<Delivery> got;
        (void)store_->write([&](store::Transaction& tx) -> Result<void> {
            TRY(got, take(tx, subscription_, consumer, settings_, now()));
            if (undone) return Error{ErrorKind::conflict, "test.undone", "", ""};
            return Nothing{};
        });
        if (undone) return;
        std::map<std::string, int64_t> alone;
        std::set<int64_t> buried;
        for (const auto& d : dead()) buried.insert(d.first);  // single messages: nothing expires here
        for (auto& d : got) {
            const auto position = d.message.position;
            demand(!settled_.contains(position), "what is settled is not given again");
            if (!settings_.runs) demand(++alone[d.message.key] == 1, "one of a key at a time");
            // Everything before it of its key is settled, dead, or in this batch before it.
            for (int64_t p = 1; p < position; ++p)
                if (published_[static_cast<size_t>(p - 1)] == d.message.key && !settled_.contains(p) &&
                    !buried.contains(p))
                    demand(settings_.runs && std::any_of(got.begin(), got.end(),
                                                         [&](const Delivery& o) { return o.message.position == p; }),
                           "nothing is given before what precedes it in its key");
            held_.push_back(std::move(d));
        }
    }
    void settle_one() {
        if (!held_.empty()) settle_front(random_.below(3) != 0);
    }
    void settle_front(bool good) {
        const auto d = std::move(held_.front());
        held_.erase(held_.begin());
        const auto position = d.message.position;
        if (good) {
            const auto done = store_->write(
                [&](store::Transaction& tx) { return acknowledge(tx, subscription_, consumer, position, d.lease); });
            if (done.ok()) settled_.insert(position);
        } else {
            const auto done = store_->write([&](store::Transaction& tx) {
                return fail(tx, subscription_, consumer, position, d.lease, "no",
                            now() + std::chrono::seconds{random_.below(20)}, now());
            });
            // What follows it in its key must not be settled before it.
            if (done.ok()) std::erase_if(held_, [&](const Delivery& h) { return h.message.key == d.message.key; });
        }
    }
    std::vector<DeadLetter> dead() {
        return store_
            ->read([&](store::Reader& r) -> Result<std::vector<DeadLetter>> {
                return dead_letters(r, subscription_, 0, 1000);
            })
            .value();
    }
    size_t dead_seen() {
        size_t n = 0;
        for (const auto& d : dead()) n += settled_.contains(d.first) ? 0 : 1;
        return n;
    }

    test::TestStore& store_;
    std::string topic_;
    SeededRandom random_;
    TakeSettings settings_;
    std::string subscription_;
    std::vector<std::string> published_;  // keys by position
    std::vector<Delivery> held_;
    std::set<int64_t> settled_;
};

class TopicHistories : public testing::TestWithParam<store::Engine> {};
HL_FOR_EVERY_ENGINE(TopicHistories);

TEST_P(TopicHistories, KeepOrderByKeyAndLoseNothing) {
    const auto store = test::open_test_store(GetParam(), topics::migrations());
    for (uint64_t seed = 0; seed < 6; ++seed) {
        SCOPED_TRACE(seed);
        try {
            History history(*store, fmt::format("t{}", seed), seed, seed % 2 == 0);
            for (int s = 0; s < 45; ++s) history.step();
            history.drain();
        } catch (const std::logic_error& broken) {
            ADD_FAILURE() << broken.what();
        }
    }
}

}  // namespace
}  // namespace hl::exchange::topics
