// Whether an edXML file keeps to the schema written from the regulation's structure (packs/…/documents/edxml.xsd).
// The schema is read once; checking is safe on any thread. Nothing is ever fetched.
#pragma once
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hl::documents {

class Schema {
  public:
    /// Errors: documents.schema.
    [[nodiscard]] static Result<std::shared_ptr<const Schema>> read(const std::filesystem::path& file);
    ~Schema();
    /// Every violation, with its line. Empty: valid.
    [[nodiscard]] std::vector<Error> check(std::string_view edxml, size_t limit) const;

  private:
    struct State;
    explicit Schema(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hl::documents
