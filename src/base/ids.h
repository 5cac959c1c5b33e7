// Identifiers that cannot be mixed up, and the sortable unique ids that rows get. Random bytes come from an injected
// Random; ids are values, safe on any thread.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace hl {

template <class Tag>
struct Id {
    std::string value;
    Id() = default;
    explicit Id(std::string v) : value(std::move(v)) {}
    explicit Id(std::string_view v) : value(v) {}
    explicit Id(const char* v) : value(v) {}
    [[nodiscard]] bool empty() const { return value.empty(); }
    [[nodiscard]] const std::string& str() const { return value; }
    auto operator<=>(const Id&) const = default;
};

using UnitId = Id<struct UnitTag>;      // administrative unit (province, commune…)
using AgencyId = Id<struct AgencyTag>;  // agency: identity for life, its codes and names are dated versions
using DepartmentId = Id<struct DepartmentTag>;
using PositionId = Id<struct PositionTag>;
using OfficerId = Id<struct OfficerTag>;
using AccountId = Id<struct AccountTag>;
using SubjectId = Id<struct SubjectTag>;        // a person or organisation, opaque: the only way events name people
using ProcedureCode = Id<struct ProcedureTag>;  // national code, "1.001193"
using ReleaseId = Id<struct ReleaseTag>;
using DossierId = Id<struct DossierTag>;
using DossierCode = Id<struct DossierCodeTag>;  // "H50.12.34-261123-0001"
using TaskId = Id<struct TaskTag>;
using FileHash = Id<struct FileHashTag>;  // lower-case hex SHA-256 of a blob

/// Source of random bytes.
class Random {
  public:
    virtual ~Random() = default;
    virtual void fill(std::span<uint8_t> bytes) = 0;
    [[nodiscard]] uint64_t number();
    /// Uniform in [0, bound).
    [[nodiscard]] uint64_t below(uint64_t bound);
};

/// The operating system's generator (libsodium). Safe on any thread.
class SystemRandom final : public Random {
  public:
    void fill(std::span<uint8_t> bytes) override;
};

/// Reproducible generator for tests and the demonstration (SplitMix64; never for secrets). One thread at a time.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(uint64_t seed) : state_(seed) {}
    void fill(std::span<uint8_t> bytes) override;

  private:
    uint64_t state_;
};

/// UUIDv7 text: sorts by time, 36 characters.
[[nodiscard]] std::string make_uuid7(Instant now, Random& random);

}  // namespace hl

template <class Tag>
struct std::hash<hl::Id<Tag>> {
    size_t operator()(const hl::Id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.value); }
};
