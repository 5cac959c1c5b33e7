// hienluong ioc directives: directives on the command line, as the whole installation sees them.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "ioc/directives/queries.h"
#include "ioc/directives/views.h"

namespace hl::app {

namespace {

struct DirectiveOptions {
    std::string state = "open", agency;
    bool overdue = false;
    int64_t limit = 50;
};

Result<void> list_directives(const Cli& cli, const DirectiveOptions& o) {
    TRY(auto program, cli.open());
    const directives::Context ctx{program->context(), program->snapshots().book()};
    const auto who = access::Actor::system("command-line", ctx.base.directory);
    directives::Filter filter;
    filter.agency = AgencyId{o.agency};
    filter.overdue = o.overdue;
    if (o.state == "open") {
        filter.most = directives::State::handed_in;
    } else if (o.state != "all") {
        const auto state = ioc::directive::state_from(o.state);
        if (!state)
            return Error{ErrorKind::invalid, "query.state",
                         "Trạng thái là open, issued, working, handed_in, closed, withdrawn hoặc all.",
                         "the state is open, issued, working, handed_in, closed, withdrawn or all"};
        filter.least = filter.most = *state;
    }
    const Instant now = cli.clock.now();
    TRY(const auto page, program->store().read([&](store::Reader& reader) {
        return directives::list(reader, ctx, who, filter, {}, o.limit, now);
    }));
    if (cli.options.json) {
        boost::json::array items;
        for (const auto& one : page.items)
            items.push_back(directives::view(one.directive, one.timing, ctx.organisation()));
        std::cout << boost::json::serialize(items) << "\n";
        return Nothing{};
    }
    for (const auto& [d, timing] : page.items)
        std::cout << d.code << "\t" << ioc::directive::to_string(d.state) << "\t" << d.percent << "%\t"
                  << to_vietnamese(d.deadline.due)
                  << (timing.overdue    ? "\tOVERDUE"
                      : timing.due_soon ? "\tdue soon"
                                        : "\t")
                  << "\t" << d.agency.value << "\t" << d.title << "\n";
    std::cout << page.items.size() << " directive(s)" << (page.next ? "; there are more, raise --limit" : "") << "\n";
    return Nothing{};
}

}  // namespace

void add_directives(Cli& cli) {
    auto* ioc = cli.root.get_subcommand("ioc");
    auto* command = ioc->add_subcommand("directives", "Directives and how they stand to their deadlines, newest first");
    auto o = std::make_shared<DirectiveOptions>();
    command->add_option("--state", o->state, "open (default), issued, working, handed_in, closed, withdrawn or all");
    command->add_option("--agency", o->agency, "One agency by its id");
    command->add_flag("--overdue", o->overdue, "Only those past their deadline and not handed in");
    command->add_option("--limit", o->limit, "How many at most")->check(CLI::Range(1, 10'000));
    command->callback([cli, o] { cli.action = [cli, o] { return list_directives(cli, *o); }; });
}

}  // namespace hl::app
