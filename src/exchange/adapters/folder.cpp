// A folder of files as a REST service: GET of a folder lists it a page at a time, GET of a file gives it with ETag and
// Range. Every step from the root is opened without following links, so that no path and no link leads out.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <queue>

#include "base/json.h"
#include "exchange/adapters/byte_range.h"
#include "exchange/adapters/kinds.h"
#include "exchange/adapters/openapi_writer.h"

namespace hl::exchange::adapters {

namespace {

constexpr int64_t largest_in_memory = 64 * 1024;  // above this a file is read as the gateway asks for it
constexpr size_t deepest = 32;

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    [[nodiscard]] int get() const { return fd_; }

  private:
    int fd_;
};

std::string_view type_of(std::string_view name) {
    constexpr std::pair<std::string_view, std::string_view> known[] = {
        {".pdf", "application/pdf"},
        {".json", "application/json"},
        {".geojson", "application/geo+json"},
        {".xml", "application/xml"},
        {".csv", "text/csv; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".jpeg", "image/jpeg"},
        {".tif", "image/tiff"},
        {".zip", "application/zip"},
        {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}};
    std::string ending(name.substr(std::min(name.rfind('.'), name.size())));
    for (auto& c : ending)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    for (const auto& [end, type] : known)
        if (ending == end) return type;
    return "application/octet-stream";
}

std::string etag_of(const struct stat& s) {
    return fmt::format("\"{:x}-{:x}-{:x}-{:x}\"", static_cast<uint64_t>(s.st_ino), static_cast<uint64_t>(s.st_size),
                       static_cast<uint64_t>(s.st_mtim.tv_sec), static_cast<uint64_t>(s.st_mtim.tv_nsec));
}

Error gone_bad(int number) {
    return {ErrorKind::unavailable, "adapter.folder",
            "Không đọc được thư mục của dịch vụ. Cơ quan cung cấp cần kiểm tra thư mục và quyền đọc.",
            fmt::format("The service's folder cannot be read ({}). The provider must check the folder and its rights.",
                        std::generic_category().message(number))};
}

/// "/a/b" in its names; nothing for names that are not shown: "", ".", "..", hidden ones, control characters.
std::optional<std::vector<std::string>> names_of(std::string_view path) {
    std::vector<std::string> out;
    while (path.starts_with('/')) path.remove_prefix(1);
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        const auto name = path.substr(0, end);
        const bool plain =
            std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= ' '; });
        if (name.empty() || name.starts_with('.') || !plain || name.size() > 255 || out.size() == deepest)
            return std::nullopt;
        out.emplace_back(name);
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return out;
}

class FolderAdapter final : public Adapter {
  public:
    struct Settings {
        std::filesystem::path root;
        std::string title, version;
        int64_t page = 100, largest = 1000;
    };
    explicit FolderAdapter(Settings settings) : settings_(std::move(settings)) {}

    AdapterResponse answer(const AdapterRequest& request) override {
        if (auto refused = refuse_unless_read(request)) return std::move(*refused);
        auto made = find(request);
        auto out = made.ok() ? std::move(*made) : problem_answer(made.error(), request);
        drop_body(request, out);
        return out;
    }

    json::object description() const override {
        auto out = openapi_frame(settings_.title, settings_.version);
        const json::object text{{"type", "string"}};
        const json::object item{{"type", "object"},
                                {"required", {"name", "kind"}},
                                {"properties",
                                 {{"name", text},
                                  {"kind", {{"type", "string"}, {"enum", {"file", "folder"}}}},
                                  {"size", {{"type", "integer"}}},
                                  {"modified", {{"type", "string"}, {"format", "date-time"}}}}}};
        add_get(out, "/", "list", "Danh sách tệp",
                {limit_parameter(settings_.page, settings_.largest), after_parameter()},
                {{"application/json", page_schema(item)}});
        add_get(out, "/{path}", "file", "Một tệp hoặc danh sách của một thư mục con",
                {{"path", "path", true, text, "Tên tệp; thư mục con cách nhau bằng /"},
                 {"Range", "header", false, text, "bytes=a-b"},
                 limit_parameter(settings_.page, settings_.largest),
                 after_parameter()},
                {{"*/*", {{"type", "string"}, {"format", "binary"}}}});
        return out;
    }

    Result<void> check() override {
        TRY_VOID(open_root());
        return Nothing{};
    }

  private:
    [[nodiscard]] Result<Descriptor> open_root() const {
        Descriptor root(::open(settings_.root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (root.get() < 0) return gone_bad(errno);
        return root;
    }

    Result<AdapterResponse> find(const AdapterRequest& request) {
        const auto names = names_of(request.path);
        if (!names) return nothing_there(request.path);
        TRY(auto at, open_root());
        for (size_t i = 0; i < names->size(); ++i) {
            const bool last = i + 1 == names->size();
            // Not waiting: a pipe's other end might never come.
            const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (last ? 0 : O_DIRECTORY);
            Descriptor next(::openat(at.get(), (*names)[i].c_str(), flags));
            if (next.get() < 0) {
                if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == EIO) return gone_bad(errno);
                return nothing_there(request.path);
            }
            at = std::move(next);
        }
        struct stat s {};
        if (::fstat(at.get(), &s) != 0) return gone_bad(errno);
        if (S_ISDIR(s.st_mode)) return list(request, at.get());
        if (!S_ISREG(s.st_mode)) return nothing_there(request.path);
        return file(request, std::move(at), s, names->back());
    }

    Result<AdapterResponse> list(const AdapterRequest& request, int fd) const {
        QueryReader query(request);
        TRY(const auto limit, query.limit(settings_.page, settings_.largest));
        const auto cursor = query.take("after");
        TRY_VOID(query.finish());
        std::string after;
        if (cursor) {
            TRY(auto parts, from_cursor(*cursor, 1));
            if (!parts[0].is_string()) return from_cursor("", 1).error();
            after = parts[0].get_string();
        }
        // fdopendir takes the descriptor over, and its position.
        DIR* const dir = ::fdopendir(::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!dir) return gone_bad(errno);
        std::priority_queue<std::string> page;  // the smallest names after `after`, and one more
        while (const auto* entry = ::readdir(dir)) {
            std::string name = entry->d_name;
            const auto shown = names_of(name);
            if (!shown || shown->empty() || name <= after) continue;
            if (std::ssize(page) > limit && name >= page.top()) continue;
            struct stat s {};
            if (::fstatat(fd, name.c_str(), &s, AT_SYMLINK_NOFOLLOW) != 0) continue;  // gone meanwhile
            if (!S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode)) continue;
            page.push(std::move(name));
            if (std::ssize(page) > limit + 1) page.pop();
        }
        ::closedir(dir);
        const bool more = std::ssize(page) > limit;
        if (more) page.pop();
        std::vector<std::string> names(page.size());
        for (auto at = names.rbegin(); at != names.rend(); ++at, page.pop()) *at = page.top();
        json::array items;
        for (const auto& name : names) {
            struct stat s {};
            if (::fstatat(fd, name.c_str(), &s, AT_SYMLINK_NOFOLLOW) != 0) continue;
            json::object item{{"name", name}, {"kind", S_ISDIR(s.st_mode) ? "folder" : "file"}};
            if (S_ISREG(s.st_mode)) item["size"] = s.st_size;
            item["modified"] = to_rfc3339(from_ms(s.st_mtim.tv_sec * 1000 + s.st_mtim.tv_nsec / 1'000'000));
            items.push_back(std::move(item));
        }
        json::object out{{"items", std::move(items)}};
        if (more) out["next"] = same_query_with(request, {{"after", to_cursor({json::value(names.back())})}});
        return json_answer(out);
    }

    static Result<AdapterResponse> file(const AdapterRequest& request, Descriptor fd, const struct stat& s,
                                        std::string_view name) {
        QueryReader query(request);
        TRY_VOID(query.finish());
        AdapterResponse out;
        const auto etag = etag_of(s);
        out.headers = {{"ETag", etag}, {"Accept-Ranges", "bytes"}};
        if (etag_listed(request.header("If-None-Match"), etag)) {
            out.status = 304;
            return out;
        }
        out.headers.push_back({"Content-Type", std::string{type_of(name)}});
        ByteRange range{0, s.st_size};
        const auto conditional = request.header("If-Range");
        if (conditional.empty() || conditional == etag) {
            const auto asked = read_range(request.header("Range"), s.st_size);
            if (asked.kind == AskedRange::Kind::beyond) {
                auto refused = problem_answer({ErrorKind::invalid, "adapter.range",
                                               fmt::format("Tệp chỉ có {} byte. Hãy xin đoạn nằm trong đó.", s.st_size),
                                               fmt::format("The file has {} bytes. Ask for a part of it.", s.st_size)},
                                              request);
                refused.status = 416;
                refused.headers.push_back({"Content-Range", fmt::format("bytes */{}", s.st_size)});
                return refused;
            }
            if (asked.kind == AskedRange::Kind::part) {
                range = asked.range;
                out.status = 206;
                out.headers.push_back(
                    {"Content-Range", fmt::format("bytes {}-{}/{}", range.from, range.to - 1, s.st_size)});
            }
        }
        const auto held = std::make_shared<Descriptor>(std::move(fd));
        auto source = [held, range] {
            return [held, range](std::span<char> buffer) mutable -> Result<size_t> {
                const auto want = std::min<int64_t>(std::ssize(buffer), range.to - range.from);
                if (want == 0) return size_t{0};
                ssize_t n = 0;
                do n = ::pread(held->get(), buffer.data(), static_cast<size_t>(want), range.from);
                while (n < 0 && errno == EINTR);
                if (n <= 0) return gone_bad(n < 0 ? errno : ESTALE);  // shorter than it was: cut off, not ended
                range.from += n;
                return static_cast<size_t>(n);
            };
        }();
        const int64_t length = range.to - range.from;
        if (length > largest_in_memory) {
            out.source = std::move(source);
            out.length = length;
            return out;
        }
        out.body.resize(static_cast<size_t>(length));
        for (size_t done = 0; done < out.body.size();) {
            TRY(const auto n, source(std::span(out.body).subspan(done)));
            done += n;
        }
        return out;
    }

    Settings settings_;
};

}  // namespace

Made make_folder_adapter(const json::object& settings, const std::filesystem::path& folder) {
    const json::value value(settings);
    JsonReader in(value);
    FolderAdapter::Settings out;
    (void)in.text("kind");
    const auto written = in.secret("folder");  // as written: names of files are not to be tidied
    out.title = in.text("title", 200);
    out.version = in.optional_text("version", 20).value_or("1");
    out.page = in.optional_integer("page", 1, 10'000).value_or(100);
    out.largest = in.optional_integer("largest_page", 1, 10'000).value_or(1000);
    TRY_VOID(in.finish());
    out.root = resolved(folder, written);
    std::error_code ignored;
    if (!std::filesystem::is_directory(out.root, ignored))
        return Error{ErrorKind::invalid, "adapter.folder_missing",
                     fmt::format("Không có thư mục {}. Hãy tạo thư mục hoặc sửa đường dẫn.", written),
                     fmt::format("There is no folder {}. Create it or correct the path.", written), "/folder"};
    if (out.page > out.largest)
        return Error{ErrorKind::invalid, "adapter.page", "page không được lớn hơn largest_page.",
                     "page must not be larger than largest_page.", "/page"};
    return std::unique_ptr<Adapter>(std::make_unique<FolderAdapter>(std::move(out)));
}

}  // namespace hl::exchange::adapters
