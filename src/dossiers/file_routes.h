// The HTTP face of attachments: /api/v1/dossiers/{code}/files. A file is sent as the raw body of one request, its name
// in X-File-Name (UTF-8, percent-encoded: names name people, and addresses end up in logs), its role and component in
// the address. Registered once at start; `files` lives in what the routes keep.
#pragma once
#include "access/api.h"
#include "dossiers/files.h"

namespace hl::dossiers {

/// Of a dossier's file or a draft's.
[[nodiscard]] json::object view(const File& file);
[[nodiscard]] json::object view(const FileRules& rules);
/// Name and component from the request; of a dossier's file the role too. Errors: file.name, file.form.
[[nodiscard]] Result<FileInput> file_input(const access::Call& call);
[[nodiscard]] access::Answer content_answer(FileContent content, access::PersonalRead read);
[[nodiscard]] access::RouteOptions upload_options(const FileRules& rules);

void add_file_routes(access::Api& api, const std::function<Context()>& context, std::shared_ptr<const Files> files);

}  // namespace hl::dossiers
