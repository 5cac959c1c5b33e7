#include "app/child_service.h"

#include "app/program.h"
#include "http/client.h"

namespace hl::app {

using namespace ioc::child;

namespace {

constexpr size_t largest_answer = 16u << 20;  // a page of copies, its quotes escaped twice

Result<Reply> post(const LineSettings& settings, const std::string& url, const std::string& body) {
    http::ClientRequest request;
    request.method = "POST";
    request.url = url;
    request.headers = {{"Content-Type", "application/json"}, {"Accept-Language", "vi"}};
    request.body = body;
    request.timeout = settings.timeout;
    request.max_response = largest_answer;
    request.ca_file = settings.ca_file;
    TRY(const auto answer, http::send(request));
    return Reply{answer.status, answer.body};
}

}  // namespace

ChildService::ChildService(Program& program) : program_(program) {
    program.followers().add(std::make_shared<DirectiveFollower>(
        directive_context(), [this] { return parent(); }, program.random()));
}

ContextSource ChildService::directive_context() {
    return [this] { return directives::Context{program_.context(), program_.snapshots().book()}; };
}

Result<crypto::SigningKey> ChildService::key() {
    if (!key_) {
        TRY(key_, open_line_key(program_.config().keys, program_.random()));
    }
    return *key_;
}

Result<std::shared_ptr<const Parent>> ChildService::parent() {
    std::scoped_lock lock(mutex_);
    if (!parent_) {
        TRY(auto own, key());
        Parent made{std::move(own), program_.config().child_ioc.parent, {}};
        if (made.settings.name.empty()) made.settings.name = program_.config().origin;
        made.takers[std::string{directive_answer_type}] = take_directive_answer(directive_context());
        parent_ = std::make_shared<const Parent>(std::move(made));
    }
    return parent_;
}

Result<ChildEnd> ChildService::end() {
    std::scoped_lock lock(mutex_);
    TRY(auto own, key());
    const auto settings = program_.config().child_ioc;
    return ChildEnd{
        .store = program_.store(),
        .key = std::move(own),
        .book = [this] { return program_.snapshots().book(); },
        .courier = [settings](const std::string& url, const std::string& body) { return post(settings, url, body); },
        .takers = {{std::string{directive_type}, take_directive(directive_context())}},
        .telling = settings.telling,
        .interval = settings.interval,
        .clock = program_.clock(),
        .random = program_.random(),
        .stopping = {}};
}

void ChildService::add_routes(access::Api& api, std::function<void()> taken) {
    ioc::child::add_routes(api, {.store = program_.store(),
                                 .random = program_.random(),
                                 .settings = program_.config().child_ioc.parent,
                                 .parent = [this] { return parent(); },
                                 .end = [this] { return end(); },
                                 .taken = std::move(taken),
                                 .wake =
                                     [this] {
                                         if (sender_) sender_->wake();
                                     }});
}

Result<void> ChildService::start() {
    TRY(auto own, end());
    sender_ = std::make_unique<Sender>(std::move(own), program_.config().child_ioc.longest_wait);
    sender_->start();
    return Nothing{};
}

void ChildService::stop() {
    if (sender_) sender_->stop();
}

}  // namespace hl::app
