// Reads and writes structs that describe their own members: `template <class Self, class V> static void
// fields(Self&, V&)`. Empty members are left out when writing and keep their default when reading, so that events stay
// small. A member's wire name never changes. Private to the room; any thread.
#pragma once
#include "base/ids.h"
#include "base/json.h"
#include "dossiers/clocks.h"

namespace hl::dossiers {
/// Declared here because the argument's own namespace does not have it.
bool from_word(std::string_view word, procedures::Channel& out);
}  // namespace hl::dossiers

namespace hl::dossiers::codec {

class Writer {
  public:
    json::object out;

    void operator()(const char* name, const std::string& v) {
        if (!v.empty()) out[name] = v;
    }
    void operator()(const char* name, bool v) {
        if (v) out[name] = true;
    }
    template <std::integral T>
    void operator()(const char* name, const T& v) {
        if (v != 0) out[name] = static_cast<int64_t>(v);
    }
    template <class Tag>
    void operator()(const char* name, const Id<Tag>& v) {
        if (!v.empty()) out[name] = v.value;
    }
    void operator()(const char* name, const Instant& v) { out[name] = to_ms(v); }
    void operator()(const char* name, const std::vector<ClockEvent>& v) {
        if (!v.empty()) out[name] = to_json(v);
    }
    void operator()(const char* name, const std::optional<LegalTime>& v) {
        if (v) out[name] = json::array{v->value, procedures::to_string(v->unit), v->same_day};
    }
    template <class T>
    requires(std::integral<T> || std::same_as<T, Instant>) void operator()(const char* name,
                                                                           const std::optional<T>& v) {
        if (!v) return;
        if constexpr (std::same_as<T, Instant>)
            out[name] = to_ms(*v);
        else
            out[name] = static_cast<int64_t>(*v);
    }
    template <class E>
    requires(std::is_enum_v<E>) void operator()(const char* name, const E& v) { out[name] = std::string{to_string(v)}; }
    template <class T>
    requires requires(const T& t, Writer& w) { T::fields(t, w); }
    void operator()(const char* name, const T& v) {
        Writer inner;
        T::fields(v, inner);
        out[name] = std::move(inner.out);
    }
    template <class T>
    requires requires(const T& t, Writer& w) { T::fields(t, w); }
    void operator()(const char* name, const std::optional<T>& v) {
        if (v) (*this)(name, *v);
    }
    template <class T>
    requires requires(const T& t, Writer& w) { T::fields(t, w); }
    void operator()(const char* name, const std::vector<T>& list) {
        if (list.empty()) return;
        json::array items;
        for (const auto& item : list) {
            Writer inner;
            T::fields(item, inner);
            items.push_back(std::move(inner.out));
        }
        out[name] = std::move(items);
    }
};

class Reader {
  public:
    explicit Reader(const json::object& object) : object_(object) {}
    bool good = true;

    void operator()(const char* name, std::string& v) {
        if (const auto* x = find(name, json::kind::string)) v = std::string{x->get_string()};
    }
    void operator()(const char* name, bool& v) {
        if (const auto* x = find(name, json::kind::bool_)) v = x->get_bool();
    }
    template <std::integral T>
    void operator()(const char* name, T& v) {
        if (const auto* x = find(name, json::kind::int64)) v = static_cast<T>(x->get_int64());
    }
    template <class Tag>
    void operator()(const char* name, Id<Tag>& v) {
        (*this)(name, v.value);
    }
    void operator()(const char* name, Instant& v) {
        if (const auto* x = find(name, json::kind::int64)) v = from_ms(x->get_int64());
    }
    void operator()(const char* name, std::vector<ClockEvent>& v) {
        const auto* x = find(name, json::kind::array);
        if (!x) return;
        auto acts = acts_from_json(*x);
        if (acts.ok())
            v = std::move(*acts);
        else
            good = false;
    }
    void operator()(const char* name, std::optional<LegalTime>& v) {
        const auto* x = find(name, json::kind::array);
        if (!x) return;
        auto tape = tape_from_json(json::object{{"l", json::array{x->at(0), x->at(1)}}});
        if (!tape.ok()) {
            good = false;
            return;
        }
        v = tape->limit;
        if (v && x->get_array().size() > 2 && x->get_array()[2].is_bool()) v->same_day = x->get_array()[2].get_bool();
    }
    template <class T>
    requires(std::integral<T> || std::same_as<T, Instant>) void operator()(const char* name, std::optional<T>& v) {
        if (const auto* x = find(name, json::kind::int64)) {
            if constexpr (std::same_as<T, Instant>)
                v = from_ms(x->get_int64());
            else
                v = static_cast<T>(x->get_int64());
        }
    }
    template <class E>
    requires(std::is_enum_v<E>) void operator()(const char* name, E& v) {
        const auto* x = find(name, json::kind::string);
        if (!x) return;
        if (!from_word(std::string_view{x->get_string()}, v)) good = false;
    }
    template <class T>
    requires requires(T& t, Reader& r) { T::fields(t, r); }
    void operator()(const char* name, T& v) {
        if (const auto* x = find(name, json::kind::object)) read(*x, v);
    }
    template <class T>
    requires requires(T& t, Reader& r) { T::fields(t, r); }
    void operator()(const char* name, std::optional<T>& v) {
        if (const auto* x = find(name, json::kind::object)) read(*x, v.emplace());
    }
    template <class T>
    requires requires(T& t, Reader& r) { T::fields(t, r); }
    void operator()(const char* name, std::vector<T>& list) {
        const auto* x = find(name, json::kind::array);
        if (!x) return;
        for (const auto& item : x->get_array()) {
            if (item.is_object())
                read(item, list.emplace_back());
            else
                good = false;
        }
    }

  private:
    template <class T>
    void read(const json::value& value, T& into) {
        Reader inner(value.get_object());
        T::fields(into, inner);
        good = good && inner.good;
    }
    const json::value* find(const char* name, json::kind kind) {
        const auto* x = object_.if_contains(name);
        if (!x) return nullptr;
        if (x->kind() == kind) return x;
        good = false;
        return nullptr;
    }
    const json::object& object_;
};

}  // namespace hl::dossiers::codec
