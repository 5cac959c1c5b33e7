#include "ioc/indicators/routes.h"

namespace hl::ioc {

using access::Answer;
using access::Call;

void add_feed_route(access::Api& api, WallFeed& feed) {
    api.query("/api/v1/ioc/feed", [&feed, judge = api.judge()](store::Reader&, const Call& call) -> Result<Answer> {
        TRY(auto audience, viewable(call.actor, call.now));
        // Who listened in the morning may have lost the right, or the session, by noon.
        http::Request who;
        who.method = "GET";
        who.path = call.request.path;
        who.secure = call.request.secure;
        for (const auto* name : {"Authorization", "Cookie"})
            if (const auto value = call.request.header(name); !value.empty())
                who.headers.push_back({name, std::string{value}});
        Answer answer;
        answer.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
        answer.stream = feed.subscribe(std::move(audience), [judge, who]() -> Result<WallFeed::Audience> {
            TRY(const auto judged, judge(who));
            return viewable(judged.actor, judged.now);
        });
        return answer;
    });
}

}  // namespace hl::ioc
