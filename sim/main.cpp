// hienluong-sim: plays the province's partners for tests and demonstrations. See README.md.
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <iostream>

#include "server.h"

namespace {

void help() {
    std::cout << "hienluong-sim: plays partners over HTTP for tests and demonstrations\n\n"
                 "  --address A        where to listen (127.0.0.1)\n"
                 "  --port N           port (0: any free one; it is printed)\n"
                 "  --file F           SQLite file of what it remembers (sim.db)\n"
                 "  --certificate F --key F   serve HTTPS\n"
                 "  --only NAME        this partner only; may be given more than once\n"
                 "  --set NAME.KEY=VALUE      a partner's option\n"
                 "  --set-file NAME.KEY=FILE  the same, from a file's first line (passwords)\n"
                 "  --control-token-file F    /control/ then wants 'Authorization: Bearer …'\n\n"
                 "partners:\n";
    for (const auto& [name, make] : sim::registered()) std::cout << "  " << name << "\n";
    std::cout << "\n/control names them with what they are told to do wrong; /compare/NAME lists what one holds.\n";
}

std::string first_line(const std::string& file) {
    std::ifstream in(file);
    std::string line;
    if (!std::getline(in, line)) throw std::runtime_error("cannot read " + file);
    return line;
}

int run(int argc, char** argv) {
    sim::Options options;
    std::string file = "sim.db";
    std::vector<std::string> only;
    std::map<std::string, std::map<std::string, std::string>> settings;
    const auto setting = [&](const std::string& text, bool from_file) {
        const auto dot = text.find('.'), is = text.find('=');
        if (dot == std::string::npos || is == std::string::npos || is < dot)
            throw std::runtime_error("NAME.KEY=VALUE is wanted, not " + text);
        auto value = text.substr(is + 1);
        if (from_file) value = first_line(value);
        settings[text.substr(0, dot)][text.substr(dot + 1, is - dot - 1)] = value;
    };
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--help" || word == "-h") {
            help();
            return 0;
        }
        if (i + 1 >= argc) throw std::runtime_error(word + " needs a value, or is not known (--help)");
        const std::string value = argv[++i];
        if (word == "--address")
            options.address = value;
        else if (word == "--port")
            options.port = static_cast<unsigned short>(std::stoi(value));
        else if (word == "--file")
            file = value;
        else if (word == "--certificate")
            options.certificate = value;
        else if (word == "--key")
            options.key = value;
        else if (word == "--only")
            only.push_back(value);
        else if (word == "--set")
            setting(value, false);
        else if (word == "--set-file")
            setting(value, true);
        else if (word == "--control-token-file")
            options.control_token = first_line(value);
        else
            throw std::runtime_error(word + " is not known (--help)");
    }
    ::umask(0077);
    sim::Memory memory(file);
    std::vector<sim::Mounted> modules;
    for (const auto& [name, make] : sim::registered()) {
        if (!only.empty() && std::find(only.begin(), only.end(), name) == only.end()) continue;
        modules.push_back({make({memory, settings[name]}), std::make_unique<sim::Faults>(),
                           std::make_unique<std::atomic<int64_t>>(0)});
    }
    // Taken by this thread alone: blocked before any other starts.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    const bool secure = !options.certificate.empty();
    const auto address = options.address;
    sim::Server server(std::move(options), std::move(modules));
    const auto port = server.start();
    std::cout << (secure ? "https://" : "http://") << address << ":" << port << "\n" << std::flush;
    int signal = 0;
    sigwait(&signals, &signal);
    server.stop();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        std::cerr << "hienluong-sim: " << e.what() << "\n";
        return 2;
    }
}
