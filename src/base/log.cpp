#include "base/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <unistd.h>

#include <cstdio>

#include "base/time.h"

namespace hl::log {

namespace {

/// Standard error through a buffer of its own: a line a request is too much to write one by one. The stream itself
/// stays unbuffered for what the command line says.
class BufferedStderr final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    BufferedStderr() : file_(::fdopen(::dup(STDERR_FILENO), "a")) {
        if (file_) std::setvbuf(file_, nullptr, _IOFBF, size_t{64} << 10);
    }
    ~BufferedStderr() override {
        if (file_) std::fclose(file_);
    }
    BufferedStderr(const BufferedStderr&) = delete;
    BufferedStderr& operator=(const BufferedStderr&) = delete;

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        if (!file_) return;
        std::fwrite(message.payload.data(), 1, message.payload.size(), file_);
        std::fputc('\n', file_);
    }
    void flush_() override {
        if (file_) std::fflush(file_);
    }

  private:
    std::FILE* file_;
};

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> instance = [] {
        auto made = std::make_shared<spdlog::logger>("hienluong", std::make_shared<BufferedStderr>());
        made->flush_on(spdlog::level::trace);
        spdlog::register_logger(made);
        return made;
    }();
    return *instance;
}

spdlog::level::level_enum level_of(Level level) {
    switch (level) {
        case Level::debug: return spdlog::level::debug;
        case Level::info: return spdlog::level::info;
        case Level::warning: return spdlog::level::warn;
        case Level::error: return spdlog::level::err;
    }
    return spdlog::level::err;
}

std::string_view word(Level level) {
    switch (level) {
        case Level::debug: return "debug";
        case Level::info: return "info";
        case Level::warning: return "warning";
        case Level::error: return "error";
    }
    return "error";
}

}  // namespace

void in_blocks() {
    logger().flush_on(spdlog::level::warn);
    spdlog::flush_every(std::chrono::seconds{1});
}

void set_level(Level level) { logger().set_level(level_of(level)); }

void write(Level level, std::string_view room, std::string_view message, const boost::json::object& fields) {
    if (!logger().should_log(level_of(level))) return;
    std::string line;
    line.reserve(256);
    line += R"({"at":")";
    line += to_rfc3339(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
    line += R"(","level":")";
    line += word(level);
    line += R"(","room":")";
    line += room;
    line += R"(","message":)";
    line += boost::json::serialize(boost::json::string_view{message.data(), message.size()});
    for (const auto& field : fields) {
        line += ',';
        line += boost::json::serialize(field.key());
        line += ':';
        line += boost::json::serialize(field.value());
    }
    line += '}';
    logger().log(level_of(level), spdlog::string_view_t{line.data(), line.size()});
}

}  // namespace hl::log
