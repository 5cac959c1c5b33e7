#include "base/crypto.h"
#include "base/files.h"
#include "http/parse.h"
#include "http/server.h"

namespace hl::http {

namespace fs = std::filesystem;

namespace {

std::string_view type_of(std::string_view extension) {
    static const std::map<std::string_view, std::string_view> types = {{".html", "text/html; charset=utf-8"},
                                                                       {".css", "text/css; charset=utf-8"},
                                                                       {".js", "text/javascript; charset=utf-8"},
                                                                       {".mjs", "text/javascript; charset=utf-8"},
                                                                       {".json", "application/json"},
                                                                       {".webmanifest", "application/manifest+json"},
                                                                       {".svg", "image/svg+xml"},
                                                                       {".png", "image/png"},
                                                                       {".jpg", "image/jpeg"},
                                                                       {".webp", "image/webp"},
                                                                       {".ico", "image/x-icon"},
                                                                       {".woff2", "font/woff2"},
                                                                       {".pdf", "application/pdf"},
                                                                       {".txt", "text/plain; charset=utf-8"},
                                                                       {".yaml", "application/yaml"},
                                                                       {".geojson", "application/geo+json"}};
    const auto it = types.find(extension);
    return it == types.end() ? "application/octet-stream" : it->second;
}

/// "app-3f9a2b7c.js": built files carry a hash and never change under their name.
bool carries_hash(const std::string& stem) {
    const auto cut = stem.find_last_of("-.");
    if (cut == std::string::npos || stem.size() - cut - 1 < 8) return false;
    const std::string_view tail = std::string_view{stem}.substr(cut + 1);
    return std::all_of(tail.begin(), tail.end(),
                       [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }) &&
           std::any_of(tail.begin(), tail.end(), [](char c) { return std::isdigit(static_cast<unsigned char>(c)); });
}

Error missing() {
    return {ErrorKind::not_found, "http.not_found", "Không có địa chỉ này.", "There is nothing at this address."};
}

Response serve(const fs::path& root, const Request& request) {
    const fs::path wanted = (root / fs::path{request.param("path")}).lexically_normal();
    std::error_code ec;
    // Symbolic links are followed to their end before the question whether the file lies inside.
    const fs::path real = fs::canonical(wanted, ec);
    const auto inside = [&] {
        const auto [end, at] = std::mismatch(root.begin(), root.end(), real.begin(), real.end());
        return end == root.end();
    };
    if (ec || !inside() || !fs::is_regular_file(real, ec)) return Response::problem(missing(), request);
    Response response;
    response.headers.push_back({"Content-Type", std::string{type_of(real.extension().string())}});
    response.headers.push_back(
        {"Cache-Control", carries_hash(real.stem().string()) ? "public, max-age=31536000, immutable" : "no-cache"});
    const auto accepted = request.header("Accept-Encoding");
    fs::path chosen = real;
    for (const auto& [coding, suffix] : {std::pair{"br", ".br"}, std::pair{"gzip", ".gz"}}) {
        const fs::path neighbour = real.string() + suffix;
        if (!fs::is_regular_file(neighbour, ec)) continue;
        response.set("Vary", "Accept-Encoding");
        if (chosen == real && accepts(accepted, coding)) {
            chosen = neighbour;
            response.headers.push_back({"Content-Encoding", coding});
        }
    }
    auto bytes = read_file(chosen);
    if (!bytes.ok()) return Response::problem(bytes.error(), request);
    response.headers.push_back(
        {"ETag", "\"" + crypto::to_base64url(crypto::view(crypto::sha256(*bytes)).substr(0, 12)) + "\""});
    response.body = std::move(*bytes);
    return response;
}

}  // namespace

Route static_files(std::string prefix, fs::path directory) {
    std::error_code ec;
    auto root = fs::canonical(directory, ec);
    if (ec) root = fs::absolute(directory);
    while (prefix.ends_with('/')) prefix.pop_back();
    // Disk reads may block: not on the I/O threads.
    return {"GET", prefix + "/{*path}", [root](Request&& request, Responder respond) { respond(serve(root, request)); },
            true};
}

}  // namespace hl::http
