// What the messages of one loop share: one signature, one word to the log. It is gathered while the loop has work and
// done when nothing else is ready that could join, so that under load many share and a lone one waits for nobody.
// Belongs to the loop's thread.
#pragma once
#include <vector>

#include "exchange/log/message_log.h"
#include "exchange/trust/signature.h"

namespace hl::exchange::gateway {

class AtRest {
  public:
    /// `signer` must live until it has been asked.
    void sign(BatchSigner& signer, std::vector<SignedPart> parts, BatchSigner::Done done);
    void hurry(MessageLog& log);
    /// Does what was gathered; false: that was nothing.
    bool work();

  private:
    struct Signing {
        BatchSigner* signer;
        std::vector<BatchSigner::Request> together;
    };
    std::vector<Signing> signings_;
    std::vector<MessageLog*> logs_;
};

}  // namespace hl::exchange::gateway
