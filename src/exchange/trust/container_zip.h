// ZIP files as containers need them: written in order, to memory or to a file; read by entry, with a bound on what an
// entry may unpack to. Over libzip, which stays out of headers. One thread at a time.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "exchange/trust/container.h"

namespace hl::exchange {

/// `why` is an English clause.
[[nodiscard]] Error bad_container(std::string_view why);

class ZipWriter {
  public:
    [[nodiscard]] static Result<ZipWriter> to_memory(Instant now);
    [[nodiscard]] static Result<ZipWriter> to_file(const std::filesystem::path& path, Instant now);
    ZipWriter(ZipWriter&&) noexcept;
    ~ZipWriter();
    enum class Packing { stored, packed };
    [[nodiscard]] Result<void> add(std::string_view name, std::string bytes, Packing packing);
    /// Read when the file is finished, once, in pieces.
    [[nodiscard]] Result<void> add(std::string_view name, AttachmentSource source);
    /// The comment that X-Road gives its containers.
    [[nodiscard]] Result<void> comment(std::string_view text);
    /// Writes all of it. The bytes when it went to memory.
    [[nodiscard]] Result<std::string> finish() &&;

  private:
    struct State;
    explicit ZipWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

class ZipReader {
  public:
    /// The bytes must outlive the reader.
    [[nodiscard]] static Result<ZipReader> of_bytes(std::string_view bytes);
    [[nodiscard]] static Result<ZipReader> of_file(const std::filesystem::path& path);
    ZipReader(ZipReader&&) noexcept;
    ~ZipReader();
    [[nodiscard]] const std::vector<std::string>& names() const;
    /// Piece by piece to `sink`, the whole not more than `limit` bytes, whatever the directory says of its size.
    [[nodiscard]] Result<void> read(size_t index, uint64_t limit, const std::function<void(std::string_view)>& sink);

  private:
    struct State;
    explicit ZipReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hl::exchange
