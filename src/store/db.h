// What a domain room may do with the database inside one read or one write: run SQL with bound parameters, and append
// events. The engine (SQLite or PostgreSQL) is hidden; SQL is the portable subset, with `?` placeholders.
// A Reader or Transaction lives inside the function it was handed to and is used by that one thread only.
// Database failures are thrown as DbError and caught at the edge by Store, which turns them into an Error
// (store.unavailable, store.full, store.constraint).
#pragma once
#include <boost/json.hpp>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace hl::store {

enum class Engine { sqlite, postgres };

/// Bytes that go into a {{blob}} column.
struct Blob {
    std::string_view bytes;
};

/// One bound parameter. Holds views: bind only what outlives the call.
class Param {
  public:
    using Value = std::variant<std::monostate, int64_t, double, std::string_view, Blob>;
    Param(std::nullopt_t) {}
    template <std::integral T>
    Param(T v) : value_(static_cast<int64_t>(v)) {}
    Param(double v) : value_(v) {}
    Param(std::string_view v) : value_(v) {}
    Param(const std::string& v) : value_(std::string_view{v}) {}
    Param(const char* v) : value_(std::string_view{v}) {}
    Param(Blob v) : value_(v) {}
    Param(Instant t) : value_(to_ms(t)) {}
    Param(Date d) : value_(day_number(d)) {}
    template <class Tag>
    Param(const Id<Tag>& id) : value_(std::string_view{id.value}) {}
    template <class T>
    Param(const std::optional<T>& v) {
        if (v) value_ = Param(*v).value_;
    }
    [[nodiscard]] const Value& value() const { return value_; }

  private:
    Value value_;
};
using Params = std::initializer_list<Param>;

/// The current row of a query; views die at the next row.
class Row {
  public:
    virtual ~Row() = default;
    [[nodiscard]] virtual bool is_null(int column) const = 0;
    [[nodiscard]] virtual int64_t integer(int column) const = 0;  // 0 when null: ask is_null where that matters
    [[nodiscard]] virtual double real(int column) const = 0;
    [[nodiscard]] virtual std::string_view text(int column) const = 0;  // also blobs
    [[nodiscard]] std::string string(int column) const { return std::string{text(column)}; }
    [[nodiscard]] std::optional<std::string> optional_string(int column) const {
        return is_null(column) ? std::nullopt : std::optional{string(column)};
    }
    [[nodiscard]] std::optional<int64_t> optional_integer(int column) const {
        return is_null(column) ? std::nullopt : std::optional{integer(column)};
    }
    [[nodiscard]] Instant instant(int column) const { return from_ms(integer(column)); }
    [[nodiscard]] std::optional<Instant> optional_instant(int column) const {
        return is_null(column) ? std::nullopt : std::optional{from_ms(integer(column))};
    }
    [[nodiscard]] Date date(int column) const { return from_day_number(integer(column)); }
    [[nodiscard]] std::optional<Date> optional_date(int column) const {
        return is_null(column) ? std::nullopt : std::optional{from_day_number(integer(column))};
    }
    template <class T>
    [[nodiscard]] T id(int column) const {
        return T{text(column)};
    }
};

class DbError : public std::runtime_error {
  public:
    enum class Kind { constraint, full, busy, serialisation, unavailable, bug };
    DbError(Kind k, const std::string& what) : std::runtime_error(what), kind(k) {}
    Kind kind;
};

/// What `query` calls for each row. Refers to a callable for the length of that call and is never kept.
class RowFunction {
  public:
    template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, RowFunction> && std::invocable<F&, const Row&>) RowFunction(F&& each)
        : each_(const_cast<void*>(static_cast<const void*>(std::addressof(each)))),
          call_([](void* target, const Row& row) { (*static_cast<std::remove_reference_t<F>*>(target))(row); }) {}
    void operator()(const Row& row) const { call_(each_, row); }

  private:
    void* each_;
    void (*call_)(void*, const Row&);
};

class Reader {
  public:
    virtual ~Reader() = default;
    [[nodiscard]] virtual Engine engine() const = 0;
    /// Prepared once per connection and cached by the SQL text: pass constants, never text built from input.
    /// A SELECT may end in FOR UPDATE: PostgreSQL locks the rows, SQLite drops the words (it has one writer anyway).
    /// A DbError that came out of here must leave the function: on PostgreSQL its transaction is already dead.
    virtual void query(std::string_view sql, std::span<const Param> params, const RowFunction& each) = 0;
    void query(std::string_view sql, Params params, const RowFunction& each) {
        query(sql, std::span<const Param>{params.begin(), params.size()}, each);
    }
    /// First row mapped by `read`, or nothing.
    template <class F>
    auto first(std::string_view sql, Params params, F read) -> std::optional<std::invoke_result_t<F, const Row&>> {
        std::optional<std::invoke_result_t<F, const Row&>> out;
        query(sql, params, [&](const Row& row) {
            if (!out) out.emplace(read(row));
        });
        return out;
    }
    template <class F>
    auto all(std::string_view sql, Params params, F read) -> std::vector<std::invoke_result_t<F, const Row&>> {
        std::vector<std::invoke_result_t<F, const Row&>> out;
        query(sql, params, [&](const Row& row) { out.push_back(read(row)); });
        return out;
    }
};

/// An event as a domain room hands it over. The payload carries ids, codes, times and statuses, and no personal data.
struct Event {
    std::string type;  // "dossier.received"; with `version` it names the shape in the room's events.h
    int version = 1;
    std::string stream;  // what it is about: dossier id, agency id…
    std::string actor;   // account or system part that caused it
    Instant at;          // when it happened (injected clock)
    boost::json::object data;
};

class Transaction : public Reader {
  public:
    /// Rows changed.
    virtual int64_t execute(std::string_view sql, std::span<const Param> params) = 0;
    int64_t execute(std::string_view sql, Params params = {}) {
        return execute(sql, std::span<const Param>{params.begin(), params.size()});
    }
    /// As execute, for who need not know how many rows changed: on PostgreSQL it travels with the next statement, and a
    /// failure shows there or at the commit.
    virtual void post(std::string_view sql, Params params) { (void)execute(sql, params); }
    /// The same, and exactly one row must change: otherwise somebody else was there first, and the write is undone and
    /// run again on what he left.
    virtual void post_one(std::string_view sql, Params params) {
        if (execute(sql, params) != 1) run_again();
    }
    /// Undoes the write and runs it again from its beginning (a few times at most, then store.unavailable). Throws.
    [[noreturn]] void run_again() const {
        throw DbError(DbError::Kind::serialisation, "the write asked to be run again");
    }
    /// Grows with everything that a rollback would have to undo.
    [[nodiscard]] virtual int64_t changes() const = 0;
    /// Lands in the ledger with this transaction or not at all. Returns the event's id (UUIDv7).
    virtual std::string append(Event event) = 0;
    /// Runs after the commit, once; never when the transaction fails. For caches and wake-ups only.
    virtual void after_commit(std::function<void()> action) = 0;
    /// Next value of a named counter, unique and never reused (gaps possible). Safe between nodes.
    virtual int64_t next_number(std::string_view counter) = 0;
};

/// What a write is going to ask, told before it runs: PostgreSQL answers the questions of a whole group commit in one
/// exchange instead of one each (SQLite has no exchange to save and never asks for it). Told in rounds, so that a later
/// question can rest on an earlier answer. Whoever tells it promises that his function changes only rows which hang on
/// the rows he asks for (a dossier and what belongs to it) and which nobody changes without asking for the same ones;
/// of two in one group that ask the same, each runs on its own reading.
class Ahead {
  public:
    virtual ~Ahead() = default;
    [[nodiscard]] virtual int round() const = 0;  // 0, 1, … while somebody asks
    /// `sql` as the function will use it, with the same parameters.
    virtual void ask(std::string_view sql, Params params) = 0;
    /// The answers of the rounds before; no rows for what was not asked.
    [[nodiscard]] virtual Reader& known() = 0;
    /// What this function will change cannot be told beforehand.
    virtual void give_up() = 0;
};
using Foresight = std::function<void(Ahead&)>;

}  // namespace hl::store
