#include "http/router.h"

#include <stdexcept>

namespace hl::http {

namespace {

/// Next segment of a path without its leading slash; `rest` moves on.
std::string_view next_segment(std::string_view& rest) {
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    return segment;
}

bool is_parameter(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// Literal segments matched, or -1: more literal routes win over parameters.
int matches(std::string_view pattern, std::string_view path, std::vector<std::pair<std::string, std::string>>& params) {
    params.clear();
    int literal = 0;
    pattern.remove_prefix(1);
    path.remove_prefix(1);
    bool pattern_ended = false, path_ended = false;
    while (!pattern_ended) {
        const bool last_pattern = pattern.find('/') == std::string_view::npos;
        if (path_ended) return -1;
        const auto wanted = next_segment(pattern);
        if (is_parameter(wanted) && wanted[1] == '*') {
            params.emplace_back(wanted.substr(2, wanted.size() - 3), path);
            return literal;
        }
        path_ended = path.find('/') == std::string_view::npos;
        const auto segment = next_segment(path);
        if (is_parameter(wanted)) {
            if (segment.empty()) return -1;
            params.emplace_back(wanted.substr(1, wanted.size() - 2), segment);
        } else if (wanted == segment) {
            ++literal;
        } else {
            return -1;
        }
        pattern_ended = last_pattern;
    }
    return path_ended ? literal : -1;
}

/// The literal beginning of a pattern, up to its first parameter: at most three segments.
std::string first_literal(std::string_view path) {
    std::string out;
    path.remove_prefix(1);
    for (int i = 0; i < 3; ++i) {
        const bool last = path.find('/') == std::string_view::npos;
        const auto segment = next_segment(path);
        if (is_parameter(segment)) break;
        out += '/';
        out += segment;
        if (last) break;
    }
    return out;
}

}  // namespace

void Router::add(Route route) {
    if (route.pattern.empty() || route.pattern.front() != '/')
        throw std::logic_error("a route's pattern begins with a slash: " + route.pattern);
    for (const auto& r : routes_)
        if (r.method == route.method && r.pattern == route.pattern)
            throw std::logic_error("route added twice: " + route.method + " " + route.pattern);
    by_first_.emplace(first_literal(route.pattern), routes_.size());
    routes_.push_back(std::move(route));
}

void Router::get(std::string pattern, SyncHandler handler, bool slow) {
    add({"GET", std::move(pattern), [h = std::move(handler)](Request&& q, Responder respond) { respond(h(q)); }, slow});
}

void Router::post(std::string pattern, SyncHandler handler, bool slow) {
    add({"POST", std::move(pattern), [h = std::move(handler)](Request&& q, Responder respond) { respond(h(q)); },
         slow});
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
    Match best;
    int best_literal = -1;
    if (path.empty() || path.front() != '/') return best;
    std::vector<std::pair<std::string, std::string>> params;
    // A route is filed under its first literal segments: try the path's own first three, two, one and none.
    std::string prefix{path};
    size_t end = 0;
    int segments = 0;
    for (size_t i = 1; i <= prefix.size() && segments < 3; ++i)
        if (i == prefix.size() || prefix[i] == '/') {
            end = i;
            ++segments;
        }
    prefix.resize(end);
    for (;;) {
        for (auto [it, last] = by_first_.equal_range(prefix); it != last; ++it) {
            const Route& route = routes_[it->second];
            const int literal = matches(route.pattern, path, params);
            if (literal < 0) continue;
            if (route.method != method) {
                best.allowed.push_back(route.method);
            } else if (literal > best_literal) {
                best_literal = literal;
                best.route = &route;
                best.params = params;
            }
        }
        if (prefix.empty()) break;
        prefix.resize(prefix.rfind('/'));
    }
    return best;
}

}  // namespace hl::http
