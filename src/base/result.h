// Errors as values. A command returns Result<T>; an Error has a stable code for programs, a sentence for people in
// Vietnamese and English that says what to do, the place in the input it points to, and the legal rule it rests on.
// Values only; usable from any thread.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace hl {

/// What kind of answer the error deserves; http maps it to a status.
enum class ErrorKind {
    invalid,          // 422: the input is wrong
    malformed,        // 400: the input cannot be read at all
    unauthenticated,  // 401
    denied,           // 403
    not_found,        // 404
    conflict,         // 409: the state does not allow it
    precondition,     // 412
    too_large,        // 413
    unsupported,      // 415
    too_many,         // 429
    internal,         // 500
    unavailable,      // 503: try again later
    full,             // 507: no space to store
};

struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string code;  // "dossier.wrong_state": stable, never translated
    std::string vi;
    std::string en;
    std::string at{};    // JSON pointer ("/items/0") or file:line; empty when it points nowhere
    std::string rule{};  // "Nghị định 118/2025/NĐ-CP, Điều 18"; empty when no legal rule is behind it

    [[nodiscard]] Error pointing(std::string place) && {
        at = std::move(place);
        return std::move(*this);
    }
    [[nodiscard]] Error under(std::string legal_rule) && {
        rule = std::move(legal_rule);
        return std::move(*this);
    }
};

struct Nothing {};

template <class T>
class [[nodiscard]] Result {
  public:
    using value_type = T;
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }
    [[nodiscard]] T& value() & { return std::get<0>(state_); }
    [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
    [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
    [[nodiscard]] Error& error() & { return std::get<1>(state_); }
    [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }
    [[nodiscard]] Error&& error() && { return std::get<1>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

  private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    using value_type = void;
    Result() = default;
    Result(Nothing) {}
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool ok() const { return !error_; }
    explicit operator bool() const { return ok(); }
    void value() const {}
    [[nodiscard]] const Error& error() const& { return *error_; }
    [[nodiscard]] Error&& error() && { return *std::move(error_); }

  private:
    std::optional<Error> error_;
};

}  // namespace hl

#define HL_CONCAT_(a, b) a##b
#define HL_CONCAT(a, b) HL_CONCAT_(a, b)
#define HL_TRY_(result, declaration, ...)               \
    auto result = (__VA_ARGS__);                        \
    if (!result.ok()) return std::move(result).error(); \
    declaration = std::move(result).value()

/// TRY(auto x, expression): x gets the value, or the enclosing function returns the error.
/// A counter and not the line names the hidden variable: one TRY may stand in a lambda inside another's argument.
#define TRY(declaration, ...) HL_TRY_(HL_CONCAT(hl_try_, __COUNTER__), declaration, __VA_ARGS__)
#define HL_TRY_VOID_(result, ...)                                                        \
    do {                                                                                 \
        if (auto result = (__VA_ARGS__); !result.ok()) return std::move(result).error(); \
    } while (false)
#define TRY_VOID(...) HL_TRY_VOID_(HL_CONCAT(hl_try_, __COUNTER__), __VA_ARGS__)
