#include "links/connector/line.h"

#include <algorithm>

namespace hl::connector {

namespace {

constexpr size_t longest_kept = 256u << 10;  // of a text in the journal
constexpr std::string_view black = "•••";

void black_out(std::string& text, const std::vector<std::string>& secrets) {
    for (const auto& secret : secrets)
        for (size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += black.size())
            text.replace(at, secret.size(), black);
}

std::string taken_down(const std::string& text, const std::vector<std::string>& secrets) {
    std::string out = text.substr(0, longest_kept);
    black_out(out, secrets);
    return out;
}

}  // namespace

struct Line::State {
    const Clock& clock;
    Transport transport;
    http::KeptConnection connection{};
    std::vector<std::string> secrets{};
    std::vector<Exchange> exchanges{};
};

Line::Line(const Clock& clock, Transport transport)
    : state_(std::make_unique<State>(State{clock, std::move(transport)})) {}
Line::~Line() = default;
Line::Line(Line&&) noexcept = default;

Result<http::Response> Line::send(const http::ClientRequest& request, std::string_view operation) {
    Exchange e;
    e.operation = operation;
    e.url = request.url.substr(0, request.url.find('?'));
    e.at = state_->clock.now();
    auto answer = state_->transport ? state_->transport(request) : state_->connection.send(request);
    e.took_ms = to_ms(state_->clock.now()) - to_ms(e.at);
    e.request = taken_down(request.body, state_->secrets);
    if (answer.ok()) {
        e.status = answer->status;
        e.response = taken_down(answer->body, state_->secrets);
    } else {
        e.problem = answer.error().code;
    }
    state_->exchanges.push_back(std::move(e));
    return answer;
}

void Line::hide(std::string secret) {
    // Shorter ones would black out innocent text, and are no secrets.
    if (secret.size() < 4) return;
    auto& list = state_->secrets;
    if (std::find(list.begin(), list.end(), secret) != list.end()) return;
    if (list.size() >= 32) list.erase(list.begin() + 8);  // sessions of before
    list.push_back(std::move(secret));
    // What was taken down before its secret was known: the answer that brought the session.
    for (auto& e : state_->exchanges) {
        black_out(e.request, list);
        black_out(e.response, list);
    }
}

void Line::note(Exchange e) {
    e.request = taken_down(e.request, state_->secrets);
    e.response = taken_down(e.response, state_->secrets);
    state_->exchanges.push_back(std::move(e));
}

Exchange* Line::last() {
    return state_->exchanges.empty() ? nullptr : &state_->exchanges.back();
}

std::vector<Exchange> Line::take() {
    return std::exchange(state_->exchanges, {});
}

}  // namespace hl::connector
