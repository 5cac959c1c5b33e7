// Signed and time-stamped containers of the kinds that the exchange logs.
#pragma once
#include "exchange/trust/signing_fixture.h"

namespace hl::exchange::test {

class ContainerTest : public SigningTest {
  protected:
    /// The message's container, signed alone or among `others` other messages, without a time-stamp.
    ContainerParts signed_parts(std::string message, std::vector<std::string> attachments, int others = 0) {
        std::vector<std::vector<SignedPart>> batch{parts_of(message, attachments)};
        for (int i = 0; i < others; ++i) batch.push_back(parts_of(fmt::format("other {}", i)));
        const auto signature = sign(batch)[0];
        ContainerParts out;
        out.message = std::move(message);
        out.attachments = std::move(attachments);
        out.signature = *signature.xml;
        if (signature.chain_result) out.chain_result = *signature.chain_result;
        out.chain = signature.chain;
        return out;
    }
    /// Stamped a minute later, together with another signature, as the log does it.
    void stamp(ContainerParts& parts) {
        clock_.advance(std::chrono::seconds{60});
        const auto chain = build_hash_chain({{{"/META-INF/signatures.xml", sha512("another")}},
                                             {{"/META-INF/signatures.xml", sha512(parts.signature)}}},
                                            "/ts-hashchainresult.xml", "/ts-hashchain.xml");
        parts.stamp_chain_result = chain.result;
        parts.stamp_chain = chain.chains[1];
        parts.stamp_token = token_over(chain.result);
    }
    [[nodiscard]] std::string token_over(std::string_view bytes) {
        const auto request = make_time_stamp_request(sha512(bytes), random_).value();
        return token_of_response(authority_->answer_time_stamp(request).value()).value();
    }
    [[nodiscard]] VerificationTrust trust() const {
        VerificationTrust out;
        out.authorities = {authority_->root().der()};
        out.time_stampers = {authority_->root().der(), authority_->time_stamper().der()};
        return out;
    }

    ContainerParts rest_single() {
        auto parts = signed_parts("GET\r\n/r1/VN/GOV/44/so/dan-cu?x=1\r\nX-Road-Client:VN/GOV/44/so-tu-phap\r\n", {});
        stamp(parts);
        return parts;
    }
    ContainerParts rest_batch() {
        auto parts = signed_parts("200\r\nOK\r\nContent-Type:application/json\r\n", {R"({"ten":"Nguyễn Văn Ấn"})"}, 6);
        stamp(parts);
        return parts;
    }
    ContainerParts soap_with_attachments() {
        auto parts =
            signed_parts(R"(<?xml version="1.0"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"/>)",
                         {std::string(100'000, 'x'), std::string("\x00\x01\r\n\xff", 5)});
        stamp(parts);
        return parts;
    }
};

}  // namespace hl::exchange::test
