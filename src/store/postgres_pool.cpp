#include "store/postgres_pool.h"

namespace hl::store {

namespace {
constexpr auto longest_wait = std::chrono::seconds{30};
}

std::unique_ptr<PgConnection> PgPool::take() {
    {
        std::unique_lock lock(mutex_);
        if (!returned_.wait_for(lock, longest_wait, [&] { return left_ > 0; }))
            throw PgError(DbError::Kind::busy, "no database connection became free");
        --left_;
        if (!idle_.empty()) {
            auto connection = std::move(idle_.back());
            idle_.pop_back();
            return connection;
        }
    }
    try {
        return std::make_unique<PgConnection>(url_, application_);
    } catch (...) {
        give_back(nullptr);
        throw;
    }
}

void PgPool::give_back(std::unique_ptr<PgConnection> connection) {
    if (connection) {
        connection->rollback();
        if (!connection->alive()) connection.reset();
    }
    {
        std::scoped_lock lock(mutex_);
        ++left_;
        if (connection) idle_.push_back(std::move(connection));
    }
    returned_.notify_one();
}

}  // namespace hl::store
