#include "http/client.h"

#include <curl/curl.h>

namespace hl::http {

namespace {

struct Release {
    void operator()(CURL* c) const { curl_easy_cleanup(c); }
    void operator()(curl_slist* l) const { curl_slist_free_all(l); }
};

struct Collected {
    std::string body;
    std::vector<Header> headers;
    size_t limit = 0;
    bool too_large = false;
};

size_t on_body(char* data, size_t size, size_t count, void* user) {
    auto& c = *static_cast<Collected*>(user);
    if (c.body.size() + size * count > c.limit) {
        c.too_large = true;
        return 0;
    }
    c.body.append(data, size * count);
    return size * count;
}

size_t on_header(char* data, size_t size, size_t count, void* user) {
    auto& c = *static_cast<Collected*>(user);
    std::string_view line(data, size * count);
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) c.headers.clear();  // the head of a later answer, after 100 Continue
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) {
        auto value = line.substr(colon + 1);
        while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
        c.headers.push_back({std::string{line.substr(0, colon)}, std::string{value}});
    }
    return size * count;
}

void start_curl() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) throw std::runtime_error("libcurl does not start");
}

using Handle = std::unique_ptr<CURL, Release>;

Handle open_handle() {
    start_curl();
    Handle curl(curl_easy_init());
    if (!curl) throw std::bad_alloc();
    return curl;
}

Result<Response> perform(const Handle& curl, const ClientRequest& request) {
    Collected got;
    got.limit = request.max_response;
    std::unique_ptr<curl_slist, Release> headers;
    const auto add = [&](const std::string& line) {
        curl_slist* grown = curl_slist_append(headers.get(), line.c_str());
        if (grown == nullptr) throw std::bad_alloc();
        (void)headers.release();
        headers.reset(grown);
    };
    for (const auto& h : request.headers) add(h.name + ": " + h.value);
    add("Expect:");
    curl_easy_setopt(curl.get(), CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &got);
    curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &got);
    curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
    if (!request.ca_file.empty()) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, request.ca_file.c_str());
    if (request.method == "HEAD") {
        curl_easy_setopt(curl.get(), CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET" || !request.body.empty()) {
        curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, request.method.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.body.data());
    }
    const CURLcode code = curl_easy_perform(curl.get());
    if (got.too_large)
        return Error{ErrorKind::unavailable, "http.too_large", "Nơi nhận trả lời quá dài.",
                     fmt::format("{} answered with more than {} bytes.", request.url, request.max_response)};
    if (code == CURLE_OPERATION_TIMEDOUT)
        return Error{ErrorKind::unavailable, "http.timeout", "Nơi nhận không trả lời kịp.",
                     fmt::format("{} did not answer in time.", request.url)};
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CACERT_BADFILE)
        return Error{ErrorKind::unavailable, "http.tls", "Không xác minh được chứng thư của nơi nhận.",
                     fmt::format("{}: {}", request.url, curl_easy_strerror(code))};
    if (code != CURLE_OK)
        return Error{ErrorKind::unavailable, "http.unreachable", "Không kết nối được nơi nhận.",
                     fmt::format("{}: {}", request.url, curl_easy_strerror(code))};
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    Response response;
    response.status = static_cast<int>(status);
    response.headers = std::move(got.headers);
    response.body = std::move(got.body);
    return response;
}

}  // namespace

Result<Response> send(const ClientRequest& request) {
    return perform(open_handle(), request);
}

struct KeptConnection::State {
    Handle curl;
};

KeptConnection::KeptConnection() : state_(std::make_unique<State>(State{open_handle()})) {}
KeptConnection::~KeptConnection() = default;
KeptConnection::KeptConnection(KeptConnection&&) noexcept = default;

Result<Response> KeptConnection::send(const ClientRequest& request) {
    curl_easy_reset(state_->curl.get());  // the options, not the connection
    return perform(state_->curl, request);
}

}  // namespace hl::http
