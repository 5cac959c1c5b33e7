// What signing and verifying cost beside the public-key operation, alone and in batches.
//   PRESET=bench tools/build bench_exchange_signature && build/bench/bin/bench_exchange_signature
#include <benchmark/benchmark.h>

#include "base/crypto.h"
#include "base/files.h"
#include "exchange/trust/authority.h"
#include "exchange/trust/container.h"
#include "exchange/trust/signature.h"
#include "exchange/trust/verifier_steps.h"
#include "exchange/trust/xades_form.h"

using namespace hl;
using namespace hl::exchange;

namespace {

/// An identity under a development authority, for each kind of key.
struct Bench {
    explicit Bench(KeyKind kind) : key(make_key(kind).value()) {
        crypto::init();
        const auto authority =
            DevelopmentAuthority::open(folder.path(), std::string(32, 'm'), "Bench", clock, random).value();
        root = authority->root().der();
        const auto request = certificate_request(*key, {.common_name = "Bench"}).value();
        const auto certificate = authority->issue(request, KeyUse::signing, std::chrono::days{30}).value();
        const auto question = make_ocsp_request(certificate, authority->root()).value();
        identity = {key, certificate.der(), {}, authority->answer_ocsp(question)};
    }
    ScratchFolder folder = ScratchFolder::make("hl-bench").value();
    SystemRandom random;
    SystemClock clock;
    KeyPtr key;
    BatchSigner::Identity identity;
    std::string root;
};

Bench& bench(int64_t kind) {
    static std::map<int64_t, std::unique_ptr<Bench>> all;
    auto& one = all[kind];
    if (!one) one = std::make_unique<Bench>(static_cast<KeyKind>(kind));
    return *one;
}

std::vector<std::vector<SignedPart>> batch_of(int64_t n) {
    std::vector<std::vector<SignedPart>> out;
    for (int64_t i = 0; i < n; ++i)
        out.push_back({{"/message.xml", sha512(std::to_string(i))}, {"/attachment1", sha512("x")}});
    return out;
}

void key_operation(benchmark::State& state) {
    auto& b = bench(state.range(0));
    const auto digest = sha512("x");
    for (auto _ : state) benchmark::DoNotOptimize(b.key->sign(digest).ok());
}

void sign_single(benchmark::State& state) {
    auto& b = bench(state.range(0));
    const auto writer = SignatureWriter::make(b.identity).value();
    const auto digest = sha512("x");
    for (auto _ : state)
        benchmark::DoNotOptimize(writer.sign(b.identity, form::message_uri, digest, b.clock.now()).ok());
}

void build_chain(benchmark::State& state) {
    const auto inputs = batch_of(state.range(0));
    for (auto _ : state)
        benchmark::DoNotOptimize(build_hash_chain(inputs, form::result_uri, form::chain_uri).result.size());
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void verify_key_operation(benchmark::State& state) {
    auto& b = bench(state.range(0));
    const auto xml =
        SignatureWriter::make(b.identity)->sign(b.identity, form::message_uri, sha512("x"), b.clock.now()).value();
    const auto signature = read_signature(xml).value();
    const auto key = public_key_of(signature).value();
    for (auto _ : state) benchmark::DoNotOptimize(check_signature_value(signature, key).ok());
}

void read_own(benchmark::State& state) {
    auto& b = bench(0);
    const auto xml =
        SignatureWriter::make(b.identity)->sign(b.identity, form::message_uri, sha512("x"), b.clock.now()).value();
    for (auto _ : state) benchmark::DoNotOptimize(read_own_form(xml).has_value());
}

void read_tree(benchmark::State& state) {
    auto& b = bench(0);
    const auto xml =
        SignatureWriter::make(b.identity)->sign(b.identity, form::message_uri, sha512("x"), b.clock.now()).value();
    for (auto _ : state) benchmark::DoNotOptimize(read_signature_tree(xml).ok());
}

/// A batch as the receiving gateway sees it: each message with its chain, the signature once.
void verify_batch(benchmark::State& state) {
    auto& b = bench(state.range(0));
    const auto inputs = batch_of(state.range(1));
    const auto chain = build_hash_chain(inputs, form::result_uri, form::chain_uri);
    const auto writer = SignatureWriter::make(b.identity).value();
    auto anchors = std::make_shared<SignatureVerifier::Anchors>();
    anchors->authorities = {b.root};
    const SignatureVerifier verifier([&]() -> std::shared_ptr<const SignatureVerifier::Anchors> { return anchors; });
    for (auto _ : state) {
        state.PauseTiming();
        const auto xml = writer.sign(b.identity, form::result_uri, sha512(chain.result), b.clock.now()).value();
        state.ResumeTiming();
        for (size_t i = 0; i < inputs.size(); ++i)
            if (!verifier.verify(xml, chain.result, chain.chains[i], inputs[i], b.clock.now()).ok())
                state.SkipWithError("not verified");
    }
    state.SetItemsProcessed(state.iterations() * state.range(1));
}

constexpr int64_t rsa2048 = static_cast<int64_t>(KeyKind::rsa2048), p256 = static_cast<int64_t>(KeyKind::p256);
BENCHMARK(key_operation)->Arg(rsa2048)->Arg(p256);
BENCHMARK(sign_single)->Arg(rsa2048)->Arg(p256);
BENCHMARK(build_chain)->Arg(1)->Arg(32)->Arg(256);
BENCHMARK(verify_key_operation)->Arg(rsa2048)->Arg(p256);
BENCHMARK(read_own);
BENCHMARK(read_tree);
BENCHMARK(verify_batch)->Args({rsa2048, 1})->Args({rsa2048, 32})->Args({p256, 1})->Args({p256, 32});

}  // namespace

BENCHMARK_MAIN();
