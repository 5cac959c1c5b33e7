// A REST request or answer judged by the service's OpenAPI 3 document: path, method, parameters, media type, JSON body.
// Optional, per service; what the description leaves open is not judged. Immutable: any thread.
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "exchange/adapters/adapter.h"

namespace hl::exchange {

class Validator {
  public:
    /// Errors: exchange.description*, adapter.description (a pattern that does not compile, a reference that leads
    /// out).
    [[nodiscard]] static Result<std::shared_ptr<const Validator>> make(std::string_view document);
    ~Validator();
    Validator(const Validator&) = delete;
    Validator& operator=(const Validator&) = delete;

    /// Everything that does not fit, at most 50. Error::at is a JSON pointer into {path, method, query, header, body}:
    /// "/query/limit", "/body/items/0/ma". Codes: validate.*. A HEAD is judged as the GET.
    [[nodiscard]] std::vector<Error> request(const AdapterRequest& request) const;
    /// `asked` is what was answered. A body that is a pull source is not looked at.
    [[nodiscard]] std::vector<Error> response(const AdapterRequest& asked, const AdapterResponse& response) const;

  private:
    struct State;
    explicit Validator(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hl::exchange
