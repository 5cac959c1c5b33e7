// PostgreSQL connections lent to one thread at a time, and the transaction that a domain room sees. Private to the
// store room; the pool is safe on any thread.
#pragma once
#include <condition_variable>
#include <mutex>

#include "store/append.h"
#include "store/postgres_ahead.h"

namespace hl::store {

class PgPool {
  public:
    PgPool(std::string url, std::string application, int size)
        : url_(std::move(url)), application_(std::move(application)), size_(size), left_(size) {}

    class Lease {
      public:
        explicit Lease(PgPool& pool) : pool_(pool), connection_(pool.take()) {}
        ~Lease() { pool_.give_back(std::move(connection_)); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        PgConnection& operator*() const { return *connection_; }
        PgConnection* operator->() const { return connection_.get(); }

      private:
        PgPool& pool_;
        std::unique_ptr<PgConnection> connection_;
    };
    /// After one was lost the others usually are too: they are opened anew.
    void forget_idle() {
        std::scoped_lock lock(mutex_);
        idle_.clear();
    }
    [[nodiscard]] int in_use() {
        std::scoped_lock lock(mutex_);
        return size_ - left_;
    }
    [[nodiscard]] const std::string& url() const { return url_; }
    [[nodiscard]] const std::string& application() const { return application_; }

  private:
    std::unique_ptr<PgConnection> take();
    void give_back(std::unique_ptr<PgConnection> connection);

    const std::string url_, application_;
    const int size_;
    std::mutex mutex_;
    std::condition_variable returned_;
    int left_;
    std::vector<std::unique_ptr<PgConnection>> idle_;
};

class PgReader final : public Reader {
  public:
    explicit PgReader(PgConnection& connection) : connection_(connection) {}
    [[nodiscard]] Engine engine() const override { return Engine::postgres; }
    using Reader::query;
    void query(std::string_view sql, std::span<const Param> params, const RowFunction& each) override {
        connection_.query(sql, params, each);
    }

  private:
    PgConnection& connection_;
};

/// What a transaction needs beside its connection.
struct PgServices {
    const Clock& clock;
    Random& random;
    std::function<int64_t(std::string_view counter)> next_number;
};

class PgTransaction final : public Transaction {
  public:
    PgTransaction(PgConnection& connection, const PgServices& services)
        : connection_(connection), services_(services) {}
    [[nodiscard]] Engine engine() const override { return Engine::postgres; }
    using Reader::query;
    using Transaction::execute;
    void query(std::string_view sql, std::span<const Param> params, const RowFunction& each) override {
        if (!sql.starts_with("SELECT ")) {
            changed();
        } else if (foreseen_) {
            if (const auto answer = foreseen_->take(sql, params)) return PgConnection::each_row(*answer, each);
        }
        posted_ = 0;
        connection_.query(sql, params, each);
    }
    int64_t execute(std::string_view sql, std::span<const Param> params) override {
        changed();
        posted_ = 0;
        return connection_.execute(sql, params);
    }
    void post(std::string_view sql, Params params) override { post(sql, params, false); }
    void post_one(std::string_view sql, Params params) override { post(sql, params, true); }
    std::string append(Event event) override {
        changed();
        events.push_back(make_ledger_row(std::move(event), services_.clock.now(), services_.random));
        return events.back().id;
    }
    void after_commit(std::function<void()> action) override { after.push_back(std::move(action)); }
    int64_t next_number(std::string_view counter) override { return services_.next_number(counter); }

    [[nodiscard]] int64_t changes() const override { return changes_; }
    /// What the next function asked beforehand; nothing: it asks the database.
    void foresee(Foreseen* answers) { foreseen_ = answers; }

    std::vector<LedgerRow> events;
    std::vector<std::function<void()>> after;

  private:
    static constexpr int most_posted = 100;  // neither side's socket buffer may fill while nobody reads answers

    void post(std::string_view sql, Params params, bool one_row) {
        changed();
        connection_.queue(sql, params, one_row);
        if (++posted_ < most_posted) return;
        posted_ = 0;
        connection_.flush();
    }
    /// What was asked before a change is not asked again from what was known then.
    void changed() {
        ++changes_;
        foreseen_ = nullptr;
    }
    PgConnection& connection_;
    const PgServices& services_;
    Foreseen* foreseen_ = nullptr;
    int64_t changes_ = 0;
    int posted_ = 0;
};

}  // namespace hl::store
