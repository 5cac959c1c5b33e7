// What the routes of documents share. Private to this room.
#pragma once
#include "access/query_values.h"
#include "documents/queries.h"
#include "documents/routes.h"
#include "documents/rows.h"

namespace hl::documents {

using access::Answer;
using access::Call;
using access::Right;

inline constexpr size_t largest_body = 48u << 20;  // files come as base64
inline constexpr size_t most_files = 20;

inline Error no_axis() {
    return {ErrorKind::unavailable, "documents.not_configured",
            "Chưa có dữ liệu của trục văn bản trong gói của tỉnh. Quản trị viên bổ sung thư mục documents.",
            "The province's pack has no documents folder. An administrator adds it."};
}

class Routes {
  public:
    Routes(access::Api& api, const Axis* axis) : api_(api), axis_(axis) {}
    using Ask = Result<Answer> (*)(const Axis&, store::Reader&, const Call&);
    using Do = Result<Answer> (*)(const Axis&, store::Transaction&, const Call&);
    void query(const std::string& pattern, Ask run) {
        api_.query(pattern, [axis = axis_, run](store::Reader& reader, const Call& call) -> Result<Answer> {
            if (!axis) return no_axis();
            return run(*axis, reader, call);
        });
    }
    void command(const std::string& pattern, Do run, size_t max_body = 1u << 20) {
        access::RouteOptions options;
        options.max_body = max_body;
        if (max_body > 1u << 20) options.admit_first = true;
        api_.command(
            "POST", pattern,
            [axis = axis_, run](store::Transaction& tx, const Call& call) -> Result<Answer> {
                if (!axis) return no_axis();
                return run(*axis, tx, call);
            },
            std::move(options));
    }

  private:
    access::Api& api_;
    const Axis* axis_;
};

inline DocumentKey key_of(const Call& call) {
    return DocumentKey{call.param("key")};
}

/// The document, for who may read papers of its agency.
inline Result<Document> readable(store::Reader& reader, const Call& call) {
    TRY(auto d, load_document(reader, key_of(call)));
    TRY_VOID(access::require(call.actor, Right::read_document, d.agency, call.now));
    return d;
}

inline Answer shown(const Axis& axis, const Document& d, const Call& call, int status = 200) {
    Answer answer;
    answer.value = view(d, axis.context(), call.now, &call.actor);
    answer.status = status;
    answer.headers = {{"Cache-Control", "no-store"}};
    return answer;
}

void add_read_routes(Routes& routes);
void add_signer_routes(access::Api& api, Routes& routes, const Axis* axis);

}  // namespace hl::documents
