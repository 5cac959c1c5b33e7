// Two installations with a line between them that can be cut: a parent, and a child with a made-up ledger.
#pragma once
#include "ioc/child/children.h"
#include "ioc/child/rounds.h"
#include "ioc/child/schema.h"
#include "ioc/indicators/ledger.h"

namespace hl::ioc::child::test {

using hl::test::code_of;
using hl::test::ok;
using ioc::test::day;
using ioc::test::MadeUp;
using ioc::test::pack_book;

struct Site {
    explicit Site(store::Engine engine) : database(hl::test::open_test_store(engine, tables())) { begin(); }
    static store::Migrations tables() {
        auto all = ioc::migrations();
        all.insert(all.end(), child::migrations().begin(), child::migrations().end());
        return all;
    }
    void begin() {
        ledger = std::make_unique<MadeUp>(store());
        followers = std::make_unique<store::Followers>(store());
        rollup = std::make_shared<Rollup>([] { return pack_book(); });
        followers->add(rollup);
        database->clock.set(day(11, 23, 9));
    }
    [[nodiscard]] store::Store& store() const { return *database->store; }
    void catch_up() const {
        ledger->flush();
        ASSERT_TRUE(ok(followers->catch_up()));
    }
    /// As from a backup made at `file`: SQLite only.
    void restore(const std::filesystem::path& file) {
        const auto now = database->clock.now();
        followers.reset();
        ledger.reset();
        database->store.reset();
        const auto target = database->database.file();
        for (const auto* rest : {"-wal", "-shm"}) std::filesystem::remove(target.string() + rest);
        std::filesystem::copy_file(file, target, std::filesystem::copy_options::overwrite_existing);
        database->reopen();
        begin();
        database->clock.set(now);
    }
    template <class F>
    auto read(F f) const {
        return store().read(f);
    }
    template <class F>
    auto write(F f) const {
        return store().write(f);
    }
    std::unique_ptr<hl::test::TestStore> database;
    std::unique_ptr<MadeUp> ledger;
    std::shared_ptr<Rollup> rollup;
    std::unique_ptr<store::Followers> followers;
    hl::test::TempDir keys;
};

class TwoSites : public testing::TestWithParam<store::Engine> {
  protected:
    void SetUp() override {
        crypto::init();
        upper = std::make_unique<Site>(GetParam());
        lower = std::make_unique<Site>(GetParam());
        parent.key = *open_line_key(upper->keys.path(), random);
        parent.settings.name = "Tỉnh";
        own_key = *open_line_key(lower->keys.path(), random);
    }
    [[nodiscard]] Instant now() const { return lower->database->clock.now(); }
    template <class D>
    void advance(D d) const {
        lower->database->clock.advance(d);
        upper->database->clock.advance(d);
    }
    static access::Actor operator_() { return access::Actor::system("test", nullptr); }

    enum class Cut { none, before, after };  // the parent never sees it; its answer is lost
    /// What stands between: calls the parent's functions as its routes do.
    Result<Reply> carry(const std::string& url, const std::string& body) {
        ++calls;
        const auto lost = Error{ErrorKind::unavailable, "http.unreachable", "mất", "lost"};
        const auto cut = std::exchange(next_cut, plan ? plan(url) : Cut::none);
        if (cut == Cut::before || down) return lost;
        auto text = body;
        if (mangle) text = mangle(url, text);
        auto reply = deliver(url, text);
        if (twice) reply = deliver(url, text);
        if (cut == Cut::after) return lost;
        return reply;
    }
    Result<Reply> deliver(const std::string& url, const std::string& body) {
        const auto t = upper->database->clock.now();
        const auto sealed = read_sealed(body);
        Result<Sealed> done = Error{};
        if (!sealed.ok())
            done = sealed.error();
        else if (url.ends_with(enrol_path))
            done = upper->write([&](store::Transaction& tx) { return enrol(tx, parent, *sealed, t); });
        else if (url.ends_with(poll_path))
            done = upper->write([&](store::Transaction& tx) { return answer_poll(tx, parent, *sealed, random, t); });
        else if (url.ends_with(copies_path))
            done = upper->read([&](store::Reader& r) { return answer_copies(r, parent, *sealed); });
        else
            done = upper->write([&](store::Transaction& tx) { return take_batch(tx, parent, *sealed, t); });
        if (done.ok()) return Reply{200, json::serialize(to_json(*done))};
        if (url.ends_with(batch_path) && sealed.ok()) {
            EXPECT_TRUE(ok(upper->write([&](store::Transaction& tx) -> Result<void> {
                record_refusal(tx, *sealed, done.error(), t);
                return Nothing{};
            })));
        }
        return Reply{409, json::serialize(json::object{{"code", done.error().code}, {"detail", done.error().vi}})};
    }
    ChildEnd end() {
        return {.store = lower->store(),
                .key = own_key,
                .book = [] { return pack_book(); },
                .courier = [this](const std::string& url, const std::string& body) { return carry(url, body); },
                .takers = takers,
                .telling = {},
                .interval = std::chrono::seconds{30},
                .clock = lower->database->clock,
                .random = random,
                .stopping = {}};
    }
    EnrolCode code(std::vector<AgencyId> agencies = {}) {
        const auto made = upper->write([&](store::Transaction& tx) {
            return make_code(tx, parent, operator_(),
                             {ChildId{"dong-ha"}, "IOC Đông Hà", agencies, "https://tinh.example"}, random, now());
        });
        EXPECT_TRUE(ok(made));
        return *made;
    }
    void join() { ASSERT_TRUE(ok(enrol_at(end(), code()))); }
    /// A dossier is received at the child, now.
    void take_in(const std::string& id) {
        auto d = lower->ledger->filed(id, now());
        lower->ledger->received(d, now(), now() + std::chrono::hours{80});
    }
    Result<Round> round() {
        lower->catch_up();
        return run_round(end(), true);
    }
    [[nodiscard]] Line line() const {
        return *lower->read([](store::Reader& r) -> Result<Line> { return *line_of(r); });
    }
    [[nodiscard]] ChildState child() const {
        return upper
            ->read([&](store::Reader& r) -> Result<ChildState> {
                return children(r, parent.settings, {}, upper->database->clock.now()).at(0);
            })
            .value();
    }
    /// The tile of an indicator as the parent shows it.
    [[nodiscard]] json::object tile(std::string_view indicator) const {
        const auto c = child();
        const auto all = upper->read([&](store::Reader& r) -> Result<json::array> { return tiles(r, c, ""); });
        for (const auto& t : *all)
            if (t.at("indicator").as_string() == indicator) return t.at("figure").as_object();
        return {};
    }
    [[nodiscard]] json::object told(std::string_view indicator) const {
        const auto c = child();
        return upper->read([&](store::Reader& r) -> Result<json::object> { return history(r, c, indicator); }).value();
    }
    /// Every period the parent has says what the child says, and the chains verify on both sides.
    void expect_the_same() {
        const auto c = child();
        int compared = 0;
        for (const auto& i : pack_book()->all()) {
            const auto there = told(i.code);
            for (const auto& item : there.at("items").as_array()) {
                Question q;
                q.indicator = &i;
                q.now = now();
                q.first = q.last = *parse_period(std::string{item.at("period").as_string()});
                const auto own = lower->read([&](store::Reader& r) { return figures(r, *pack_book(), q); });
                ASSERT_TRUE(ok(own));
                const auto& f = own->items.at(0);
                ASSERT_EQ(item.at("told_status").as_string(), to_string(f.status)) << i.code << f.period.text();
                ASSERT_EQ(item.at("value"), f.value ? json::value(*f.value) : json::value()) << i.code;
                ASSERT_EQ(item.at("numerator"), f.numerator ? json::value(*f.numerator) : json::value()) << i.code;
                ASSERT_EQ(item.at("denominator"), f.denominator ? json::value(*f.denominator) : json::value());
                ++compared;
            }
        }
        EXPECT_GT(compared, 100);
        EXPECT_EQ(c.last, line().last);
        expect_chains();
    }
    void expect_chains() {
        const auto above = upper->read([&](store::Reader& r) -> Result<ChainReport> {
            return verify_child(r, parent.key.public_key, ChildId{"dong-ha"});
        });
        EXPECT_TRUE(above->problems.empty()) << above->problems.front();
        const auto below =
            lower->read([&](store::Reader& r) -> Result<ChainReport> { return verify_line(r, own_key.public_key); });
        EXPECT_TRUE(below->problems.empty()) << below->problems.front();
        EXPECT_GT(above->batches, 0);
    }
    [[nodiscard]] std::vector<std::string> events(const Site& site, std::string_view type) const {
        EXPECT_TRUE(ok(site.store().settle()));
        return *site.read([&](store::Reader& r) -> Result<std::vector<std::string>> {
            std::vector<std::string> out;
            for (const auto& e : store::read_events(r, 0, 100'000))
                if (e.type == type) out.push_back(e.data_text);
            return out;
        });
    }

    hl::test::SharedRandom random;
    std::unique_ptr<Site> upper, lower;
    Parent parent;
    crypto::SigningKey own_key;
    std::map<std::string, TakeDown> takers;
    std::function<Cut(const std::string& url)> plan;
    std::function<std::string(const std::string& url, std::string body)> mangle;
    Cut next_cut = Cut::none;
    bool down = false, twice = false;
    int calls = 0;
};

}  // namespace hl::ioc::child::test
