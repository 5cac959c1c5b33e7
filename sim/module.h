// One simulated partner: a module mounted under a prefix of the simulator's one server. It shares no code with the
// product: whoever writes one works from the documented shapes alone, checks strictly what it receives, and remembers
// it in its own tables. The frame (server.cpp) does the rest: HTTP, faults told through /control/, comparison under
// /compare/. A module is called by several threads at once; `Memory` gives them one transaction at a time.
#pragma once
#include <sqlite3.h>

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace sim {

namespace json = boost::json;

struct Request {
    std::string method;  // upper case
    std::string path;    // without the module's prefix: "/integrate"
    std::map<std::string, std::string> query;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
};
struct Reply {
    int status = 200;
    std::string body;
    std::string type = "application/json; charset=utf-8";
    std::map<std::string, std::string> headers{};
};
inline Reply reply_json(const json::value& value, int status = 200) {
    return {status, json::serialize(value)};
}

/// A column of a row or a bound parameter.
using Value = std::variant<std::nullptr_t, int64_t, std::string>;
using Values = std::vector<Value>;
inline std::string text_of(const Value& v) {
    if (const auto* s = std::get_if<std::string>(&v)) return *s;
    if (const auto* n = std::get_if<int64_t>(&v)) return std::to_string(*n);
    return {};
}
inline int64_t number_of(const Value& v) {
    const auto* n = std::get_if<int64_t>(&v);
    return n ? *n : 0;
}

/// The simulator's SQLite file. What `transaction` gave back is on disk as far as a killed process is concerned.
class Memory {
  public:
    explicit Memory(const std::string& file);
    ~Memory();
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    /// Inside a transaction only. Rows of the answer.
    std::vector<Values> run(const std::string& sql, const Values& parameters = {});
    /// Many statements without parameters, e.g. tables ("CREATE TABLE IF NOT EXISTS portal_dossier …").
    void script(const std::string& sql);
    /// One at a time; an exception rolls back and goes on.
    template <class F>
    auto transaction(F f) {
        const Holding holding(*this);
        if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
            f();
            holding.keep();
        } else {
            auto out = f();
            holding.keep();
            return out;
        }
    }

  private:
    class Holding {
      public:
        explicit Holding(Memory& memory);
        ~Holding();
        void keep() const;

      private:
        Memory& memory_;
        mutable bool kept_ = false;
    };
    struct State;
    std::unique_ptr<State> state_;
};

/// What a module may ask the frame for.
struct Ground {
    Memory& memory;
    std::map<std::string, std::string> options;  // --set portal.user=… comes as "user"
    [[nodiscard]] std::string option(const std::string& name, const std::string& otherwise) const {
        const auto it = options.find(name);
        return it == options.end() ? otherwise : it->second;
    }
};

class Module {
  public:
    virtual ~Module() = default;
    /// "portal": mounted at /portal/…, its tables begin with portal_, its options with portal.
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual std::string what() const = 0;  // one line for --help
    [[nodiscard]] virtual Reply answer(const Request& request) = 0;

    /// The answer that says something untrue instead of `truth` (fault "lie"): status accepted and nothing kept,
    /// another key, another type… The frame has NOT asked `answer` before.
    [[nodiscard]] virtual Reply lie(const Request& request) = 0;
    /// The answer of a partner that will not have it (fault "refuse").
    [[nodiscard]] virtual Reply refuse(const Request& request) = 0;
    /// Loses what it held of a key, or of everything (empty). How many.
    virtual int64_t forget(const std::string& key) = 0;
    /// Changes what it holds of a key behind the other side's back: field and value as the partner names them.
    virtual bool alter(const std::string& key, const std::string& field, const json::value& value) = 0;
    /// Everything it holds, in the order of keys: {"items": [{"key":…, …}], "next": "…"|null}.
    [[nodiscard]] virtual json::object holdings(const std::string& after, int limit) = 0;
    /// Commands of its own under /control/NAME/do/WORD, e.g. filing a dossier at the portal. Nothing: unknown word.
    [[nodiscard]] virtual std::optional<json::value> command(const std::string& word, const json::value& body) {
        (void)word, (void)body;
        return std::nullopt;
    }
};

using MakeModule = std::unique_ptr<Module> (*)(Ground ground);
/// A module registers itself from its own file: `const Registration here("portal", make_portal);`
struct Registration {
    Registration(std::string name, MakeModule make);
};
[[nodiscard]] const std::vector<std::pair<std::string, MakeModule>>& registered();

}  // namespace sim
