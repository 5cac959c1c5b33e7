// The load of the figures: bench_load prepare | steps | get. One thread with epoll, so that on a small machine the
// program measured keeps the processor.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iostream>
#include <set>

#include "app/program.h"
#include "base/crypto.h"
#include "base/log.h"
#include "dossiers/commands.h"
#include "procedures/catalogue.h"

namespace {

using namespace hl;
namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

// --- prepare ------------------------------------------------------------------------------------------------------

constexpr std::string_view busiest_agencies =
    "SELECT agency FROM dossier_task WHERE ended IS NULL GROUP BY agency ORDER BY COUNT(*) DESC LIMIT 20";
constexpr const char* procedure = "1.001612";  // household business: assign, handle, approve at one commune

dossiers::Filing filing(int n, const UnitId& place) {
    dossiers::Filing f;
    f.procedure = ProcedureCode{procedure};
    f.channel = procedures::Channel::desk;
    f.place = place;
    f.applicant.name = fmt::format("Người Nộp Mẫu số {}", n + 1);
    f.applicant.id_kind = "personal_id";
    f.applicant.id_number = fmt::format("998{:09}", n);
    f.applicant.phone = fmt::format("09{:08}", n);
    f.applicant.address = "Khu phố Mẫu (dữ liệu mẫu)";
    f.summary = "Đăng ký thành lập hộ kinh doanh (dữ liệu mẫu)";
    f.answers = {{"business_name", "Hộ mẫu"}, {"address", "Địa chỉ mẫu"}, {"lines", "Bán lẻ"},
                 {"capital", 50000000},       {"founded_by", "person"},   {"authorised", false}};
    f.components = {{"giay-de-nghi", 1, 0, true, false, false}, {"can-cuoc", 0, 1, true, false, false}};
    return f;
}

Result<void> prepare(const fs::path& data, const std::string& database, int count, const fs::path& out) {
    const SystemClock clock;
    app::Config config;
    config.data_dir = data;
    config.database = database;
    app::complete(config);
    TRY(auto program, app::Program::open(std::move(config), clock, false));
    const auto organisation = program->snapshots().organisation();
    const auto context = program->context();
    const auto communes = organisation->units_at(local_date(clock.now()), directory::UnitLevel::commune);
    if (communes.empty())
        return Error{ErrorKind::conflict, "bench.no_units",
                     "Thư mục dữ liệu chưa có đơn vị nào; hãy chạy \"demo\" trước.",
                     "The data folder has no communes; run \"hienluong demo\" first"};
    access::Actor officer;
    officer.kind = access::ActorKind::officer;
    officer.account = AccountId{"mau-do-tai"};
    officer.officer = OfficerId{"mau-do-tai"};
    officer.name = "Cán bộ mẫu";
    for (const auto role : {access::Role::clerk, access::Role::handler, access::Role::head})
        officer.grants.push_back({role, AgencyId{}, Date{std::chrono::year{2020} / 1 / 1}, {}});
    officer.organisation = organisation;

    std::ofstream codes(out / "codes.txt");
    for (int n = 0; n < count;) {
        TRY(auto made, program->store().write([&](store::Transaction& tx) -> Result<std::vector<std::string>> {
            std::vector<std::string> list;
            for (int i = 0; i < 200 && n + i < count; ++i) {
                const auto& place = communes[static_cast<size_t>(n + i) % communes.size()]->id;
                TRY(auto d, dossiers::file(tx, context, officer, filing(n + i, place), clock.now()));
                TRY_VOID(dossiers::receive(tx, context, officer, {d.code}, {}, clock.now()));
                TRY_VOID(dossiers::transfer(tx, context, officer, {d.code}, clock.now()));
                list.push_back(d.code.value);
            }
            return list;
        }));
        n += static_cast<int>(made.size());
        for (const auto& code : made) codes << code << "\n";
    }

    TRY(auto agencies, program->store().read([](store::Reader& r) -> Result<std::vector<std::string>> {
        return r.all(busiest_agencies, {}, [](const store::Row& row) { return row.string(0); });
    }));
    std::ofstream queue(out / "queue.txt"), search(out / "search.txt"), statistics(out / "statistics.txt");
    for (const auto& a : agencies) queue << "/api/v1/queues?agency=" << a << "&limit=50\n";
    // From the broad to the narrow: a name that thousands bear, with a second one, with a number, an exact number.
    for (int i = 0; i < 50; ++i) {
        search << "/api/v1/dossiers?search=nguyen%20thi%20mau&limit=50\n"
               << fmt::format("/api/v1/dossiers?search=tran%20van%20mau%20{}&limit=50\n", 100 + i * 7)
               << fmt::format("/api/v1/dossiers?search=dang%20vi%20du%20so%20{}&limit=50\n", 1000 + i * 13)
               << fmt::format("/api/v1/dossiers?search=999{:09}&limit=50\n", i * 17);
    }
    const auto today = local_date(clock.now());
    const auto to = fmt::format("{:04}-{:02}", static_cast<int>(today.year()), static_cast<unsigned>(today.month()));
    const auto from =
        fmt::format("{:04}-{:02}", static_cast<int>(today.year()) - 1, static_cast<unsigned>(today.month()));
    for (const auto* by : {"total", "agency", "sector", "procedure", "month", "channel"})
        statistics << fmt::format("/api/v1/statistics?from={}&to={}&by={}\n", from, to, by);
    for (const auto& a : agencies)
        statistics << fmt::format("/api/v1/statistics?from={}&to={}&by=procedure&agency={}\n", from, to, a);
    return Nothing{};
}

// --- load ---------------------------------------------------------------------------------------------------------

struct LoadOptions {
    int port = 0;
    std::string key, file;
    std::vector<std::string> headers;  // "Name: value"
    int connections = 64;
    int64_t count = 0;   // requests in all
    double rate = 0;     // a second in all; 0 = as fast as answers come
    double seconds = 0;  // end after this time even when fewer were sent; 0 = never
};

std::vector<std::string> lines_of(const std::string& file) {
    std::ifstream in(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        if (!line.empty()) lines.push_back(line);
    return lines;
}

/// Makes the requests: connection `c` of `connections` gets its own share of the lines, so that no two of them ever
/// work on the same dossier.
class Requests {
  public:
    Requests(const LoadOptions& o, bool steps) : options_(o), steps_(steps), lines_(lines_of(o.file)) {
        if (steps_ && static_cast<int>(lines_.size()) < o.connections)
            throw std::runtime_error("fewer dossiers than connections");
        if (lines_.empty()) throw std::runtime_error("nothing to ask for in " + o.file);
        next_.resize(static_cast<size_t>(o.connections));
        run_ = crypto::to_hex(crypto::random_bytes(random_, 6));
    }
    void make(std::string& out, int connection) {
        const auto c = static_cast<size_t>(connection), all = static_cast<size_t>(options_.connections);
        const auto n = next_[c]++;
        out.clear();
        if (!steps_) {
            const auto& path = lines_[(c + n * all) % lines_.size()];
            fmt::format_to(std::back_inserter(out), "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n", path);
            if (!options_.key.empty()) out.append("Authorization: Bearer ").append(options_.key).append("\r\n");
            for (const auto& header : options_.headers) out.append(header).append("\r\n");
            out.append("\r\n");
            return;
        }
        // Forward and back: every change ends a task, starts one, appends an event and keeps a receipt.
        const auto share = lines_.size() / all;
        const auto& code = lines_[c + (n % share) * all];
        const bool back = (n / share) % 2 == 1;
        const std::string_view body =
            back ? R"body({"reason":"Trả lại để làm rõ (mẫu)"})body" : R"body({"note":""})body";
        fmt::format_to(std::back_inserter(out),
                       "POST /api/v1/dossiers/{}/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n"
                       "Content-Type: application/json\r\nIdempotency-Key: {}-{}-{}\r\nContent-Length: {}\r\n\r\n{}",
                       code, back ? "return-step" : "complete", options_.key, run_, c, n, body.size(), body);
    }

  private:
    const LoadOptions& options_;
    bool steps_;
    SystemRandom random_;
    std::string run_;
    std::vector<std::string> lines_;
    std::vector<size_t> next_;
};

struct Connection {
    int fd = -1;
    std::string out, in;
    size_t sent = 0;
    bool busy = false;
    Steady::time_point started, not_before;
};

int connect_to(int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || ::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
        throw std::runtime_error(std::string{"connect: "} + std::strerror(errno));
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

/// Status of a whole answer in `in`, 0 while it is not whole. Answers here always carry Content-Length.
int whole_answer(const std::string& in) {
    const auto end = in.find("\r\n\r\n");
    if (end == std::string::npos || in.size() < 12) return 0;
    const auto at = in.find("Content-Length: ");
    if (at == std::string::npos || at > end) throw std::runtime_error("an answer without Content-Length");
    const auto length = std::strtoull(in.c_str() + at + 16, nullptr, 10);
    return in.size() < end + 4 + length ? 0 : std::atoi(in.c_str() + 9);
}

class Load {
  public:
    Load(const LoadOptions& o, bool steps) : o_(o), requests_(o, steps), all_(static_cast<size_t>(o.connections)) {}

    int run() {
        const int poll = ::epoll_create1(EPOLL_CLOEXEC);
        for (size_t i = 0; i < all_.size(); ++i) {
            all_[i].fd = connect_to(o_.port);
            epoll_event e{EPOLLIN, {.u64 = i}};
            ::epoll_ctl(poll, EPOLL_CTL_ADD, all_[i].fd, &e);
        }
        const auto start = Steady::now();
        const auto gap =
            o_.rate > 0
                ? std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(o_.connections / o_.rate))
                : Steady::duration{};
        // A rate is a rate: the connections begin one after another, not all at once.
        for (size_t i = 0; i < all_.size(); ++i)
            all_[i].not_before = start + gap * static_cast<int64_t>(i) / static_cast<int64_t>(all_.size());
        std::array<epoll_event, 128> events{};
        bool ended = false;
        while (answered_ + failed_ < o_.count) {
            const auto now = Steady::now();
            if (o_.seconds > 0 && now - start > std::chrono::duration<double>(o_.seconds)) ended = true;
            int busy = 0;
            for (size_t i = 0; i < all_.size(); ++i) {
                auto& c = all_[i];
                if (!c.busy && !ended && sent_ < o_.count && now >= c.not_before) {
                    send(c, static_cast<int>(i));
                    c.not_before = std::max(c.not_before + gap, now - gap);
                }
                busy += c.busy;
            }
            if (busy == 0 && (ended || sent_ >= o_.count)) break;
            const int n = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), o_.rate > 0 ? 1 : 1000);
            for (int i = 0; i < n; ++i) receive(all_[events[static_cast<size_t>(i)].data.u64]);
        }
        const double seconds = std::chrono::duration<double>(Steady::now() - start).count();
        ::close(poll);
        for (auto& c : all_) ::close(c.fd);
        return report(seconds);
    }

  private:
    void send(Connection& c, int index) {
        requests_.make(c.out, index);
        c.in.clear();
        c.busy = true;
        c.started = Steady::now();
        ++sent_;
        // Requests are far smaller than a socket's buffer, and one at a time is on its way.
        if (::send(c.fd, c.out.data(), c.out.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(c.out.size()))
            throw std::runtime_error("a request was not sent whole");
    }
    void receive(Connection& c) {
        std::array<char, 65536> buffer;
        const auto n = ::recv(c.fd, buffer.data(), buffer.size(), 0);
        if (n == 0) throw std::runtime_error("the server closed a connection");
        if (n < 0) return;
        c.in.append(buffer.data(), static_cast<size_t>(n));
        const int status = whole_answer(c.in);
        if (status == 0) return;
        c.busy = false;
        if (status / 100 == 2) {
            ++answered_;
            times_.push_back(std::chrono::duration<double, std::milli>(Steady::now() - c.started).count());
        } else {
            ++failed_;
            if (complaints_.size() < 3) complaints_.insert(c.in.substr(c.in.find("\r\n\r\n") + 4, 300));
        }
    }
    int report(double seconds) {
        std::sort(times_.begin(), times_.end());
        const auto at = [&](double q) {
            return times_.empty() ? 0.0 : times_[static_cast<size_t>(q * static_cast<double>(times_.size() - 1))];
        };
        std::cout << fmt::format(
            "answered={} failed={} seconds={:.3f} per_second={:.0f} p50_ms={:.2f} p99_ms={:.2f} max_ms={:.2f}\n",
            answered_, failed_, seconds, static_cast<double>(answered_) / seconds, at(0.5), at(0.99), at(1));
        for (const auto& text : complaints_) std::cerr << "refused: " << text << "\n";
        return failed_ == 0 && answered_ > 0 ? 0 : 1;
    }

    const LoadOptions& o_;
    Requests requests_;
    std::vector<Connection> all_;
    std::vector<double> times_;
    std::set<std::string> complaints_;
    int64_t sent_ = 0, answered_ = 0, failed_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    crypto::init();
    log::set_level(log::Level::warning);
    CLI::App root{"Load for bench/run and bench/exchange"};
    root.require_subcommand(1);
    std::string data, database, out;
    int count = 4000;
    auto* prepared = root.add_subcommand("prepare", "Open dossiers and the paths to measure");
    prepared->add_option("--data", data)->required();
    prepared->add_option("--database", database);
    prepared->add_option("--count", count);
    prepared->add_option("--out", out)->required();
    LoadOptions o;
    for (const char* name : {"steps", "get"}) {
        auto* command = root.add_subcommand(name, "Requests over HTTP");
        command->add_option("--port", o.port)->required();
        command->add_option("--key", o.key);
        command->add_option("--header", o.headers);
        command->add_option("--file", o.file)->required();
        command->add_option("--connections", o.connections)->check(CLI::Range(1, 1000));
        command->add_option("--count", o.count)->required();
        command->add_option("--rate", o.rate);
        command->add_option("--seconds", o.seconds);
    }
    CLI11_PARSE(root, argc, argv);
    try {
        if (!prepared->parsed()) return Load(o, root.got_subcommand("steps")).run();
        const auto done = prepare(data, database, count, out);
        if (done.ok()) return 0;
        std::cerr << done.error().code << ": " << done.error().en << "\n";
    } catch (const std::exception& e) {
        std::cerr << e.what() << "\n";
    }
    return 1;
}
