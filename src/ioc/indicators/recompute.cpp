#include "ioc/indicators/recompute.h"

#include "base/files.h"
#include "ioc/indicators/roll.h"
#include "ioc/indicators/schema.h"
#include "store/schema.h"

namespace hl::ioc {

namespace {
constexpr int64_t batch = 8000;
constexpr std::string_view put_cursor =
    "INSERT INTO follower_cursor (name, version, position, problem) VALUES ('ioc.indicators', ?, ?, '')";
}  // namespace

Result<Figures> figures_at(store::Store& store, std::shared_ptr<const Book> book, Question question, int64_t position,
                           const std::function<void(int64_t done, int64_t total)>& progress) {
    TRY(const int64_t size, store.read([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); }));
    if (position < 1 || position > size)
        return Error{ErrorKind::invalid, "ioc.position", fmt::format("Vị trí sổ cái từ 1 đến {}.", size),
                     fmt::format("A ledger position is from 1 to {}.", size), "position"};
    TRY(const auto folder, ScratchFolder::make("hienluong-ioc"));
    auto migrations = store::migrations();
    migrations.insert(migrations.end(), ioc::migrations().begin(), ioc::migrations().end());
    store::StoreOptions options;
    options.url = "sqlite:" + (folder.path() / "then.db").string();
    options.readers = 1;
    TRY(auto scratch, store::Store::open(options, migrations, store.clock(), store.random()));
    Roll roll(book, Side::live);
    roll.begin_empty();
    for (int64_t done = 0; done < position;) {
        TRY(const auto events, store.read([&](store::Reader& r) -> Result<std::vector<store::StoredEvent>> {
            return store::read_events(r, done, std::min(batch, position - done));
        }));
        if (events.empty()) break;
        TRY_VOID(scratch->write([&](store::Transaction& tx) { return roll.apply(tx, events); }));
        done = events.back().position + 1;
        question.now = events.back().at;
        if (progress) progress(done, position);
    }
    TRY_VOID(scratch->write([&](store::Transaction& tx) -> Result<void> {
        tx.execute(put_cursor, {book->version(), position});
        return Nothing{};
    }));
    question.known_on.reset();
    return scratch->read([&](store::Reader& r) { return figures(r, *book, question); });
}

}  // namespace hl::ioc
