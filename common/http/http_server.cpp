#include "common/http/http_server.h"

#include <civetweb.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <string_view>
#include <thread>
#include <utility>

#include "common/base/file_descriptor.h"

namespace muxtap::http {
namespace {

/// Requests that are answered at once; a client that is slow takes one of them up until the time-out.
constexpr const char* thread_count = "4";
/// Longest time that a client may take for its request, and for each part of the answer.
constexpr const char* longest_wait_ms = "1000";
constexpr const char* largest_request_bytes = "8192";

struct Status {
    int code;
    const char* text;
};
constexpr std::array statuses = {Status{200, "OK"},
                                 Status{400, "Bad Request"},
                                 Status{404, "Not Found"},
                                 Status{405, "Method Not Allowed"},
                                 Status{500, "Internal Server Error"},
                                 Status{503, "Service Unavailable"}};

const char* text_of(int code) {
    for (const Status& status : statuses)
        if (status.code == code) return status.text;
    return "Other";
}

struct Address {
    std::string host;
    std::string port;
};

/// "127.0.0.1:9100" and "[::1]:9100" in two parts; empty ones when it is neither.
Address parts_of(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    if (colon == std::string::npos || colon == 0) return {};
    Address parts{address.substr(0, colon), address.substr(colon + 1)};
    const bool digits = parts.port.find_first_not_of("0123456789") == std::string::npos;
    if (!digits || parts.port.empty() || parts.port.size() > 5 || std::stoi(parts.port) > 65535) return {};
    const bool bracketed = parts.host.size() > 2 && parts.host.front() == '[' && parts.host.back() == ']';
    if (bracketed != (parts.host.find(':') != std::string::npos)) return {};
    if (bracketed) parts.host = parts.host.substr(1, parts.host.size() - 2);
    return parts;
}

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;

    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// Whether the address can be listened on, and why not: civetweb tells the reason only to its log.
Result<SocketAddress> try_to_listen(const std::string& address) {
    const std::string what = "cannot listen on " + address;
    const Address parts = parts_of(address);
    if (parts.host.empty()) return fail(what + ": not ADDRESS:PORT, such as 0.0.0.0:9100 or [::1]:9100");
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = ::getaddrinfo(parts.host.c_str(), parts.port.c_str(), &hints, &found); error != 0) {
        return fail(what + ": not an IPv4 or IPv6 address (" + ::gai_strerror(error) + ")");
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    const FileDescriptor socket{::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (socket.get() < 0) return fail_os(what, errno);
    const int yes = 1;
    // As civetweb: a port of a server that has just ended is free.
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (found->ai_family == AF_INET6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (::bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0) return fail_os(what, errno);
    if (::listen(socket.get(), 1) != 0) return fail_os(what, errno);
    SocketAddress usable{.storage = {}, .size = found->ai_addrlen};
    std::memcpy(&usable.storage, found->ai_addr, found->ai_addrlen);
    return usable;
}

/// Threads started while it lives are not woken by signals: those are the program's.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_{};
};

using Paths = std::map<std::string, Server::Handler>;

Response answer(const Paths& paths, std::string_view method, const char* path) {
    constexpr const char* plain = "text/plain; charset=utf-8";
    if (method != "GET" && method != "HEAD") return {405, plain, "only GET and HEAD\n"};
    const auto found = path == nullptr ? paths.end() : paths.find(path);
    if (found == paths.end()) {
        std::string known = "not here; paths:";
        for (const auto& [name, handler] : paths) known += " " + name;
        return {404, plain, known + "\n"};
    }
    try {
        return found->second();
    } catch (const std::exception& error) {
        return {500, plain, std::string{"failed: "} + error.what() + "\n"};
    } catch (...) {
        return {500, plain, "failed\n"};
    }
}

void send(mg_connection* connection, const Response& response, bool with_body) {
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " + text_of(response.status) + "\r\n";
    head += "Content-Type: " + response.content_type + "\r\n";
    head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    if (response.status == 405) head += "Allow: GET, HEAD\r\n";
    head += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";
    if (::mg_write(connection, head.data(), head.size()) <= 0) return;
    if (with_body && !response.body.empty()) ::mg_write(connection, response.body.data(), response.body.size());
}

/// Answers every request itself, so nothing else of civetweb comes into play.
int on_request(mg_connection* connection) noexcept {
    try {
        const mg_request_info* request = ::mg_get_request_info(connection);
        const std::string_view method = request->request_method;
        const Response response = answer(*static_cast<const Paths*>(request->user_data), method, request->local_uri);
        send(connection, response, method != "HEAD");
        return response.status;
    } catch (...) {
        return 500;  // no memory for an answer
    }
}

/// Keeps civetweb off stderr.
int on_log(const mg_connection*, const char*) {
    return 1;
}

}  // namespace

struct Server::Implementation {
    Implementation(Paths served, const SocketAddress& listened) : paths(std::move(served)), address(listened) {
        ::mg_init_library(0);
    }
    ~Implementation() {
        if (context != nullptr) stop();
        ::mg_exit_library();
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    /// civetweb looks every two seconds whether it should end, and at each connection.
    void stop() {
        std::jthread waker([this](const std::stop_token& stopped) {
            constexpr std::chrono::milliseconds pause{10};
            for (; !stopped.stop_requested(); std::this_thread::sleep_for(pause)) {
                const FileDescriptor socket{
                    ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
                ::connect(socket.get(), address.get(), address.size);
            }
        });
        ::mg_stop(context);
    }

    void set_port(int number) {
        port = number;
        const auto in_network_order = htons(static_cast<std::uint16_t>(number));
        if (address.storage.ss_family == AF_INET6) {
            reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port = in_network_order;
        } else {
            reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port = in_network_order;
        }
    }

    Paths paths;
    SocketAddress address;
    mg_context* context = nullptr;
    int port = 0;
};

Server::Server(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::listen(const std::string& address, std::map<std::string, Handler> paths) {
    const Result<SocketAddress> usable = try_to_listen(address);
    if (!usable) return tl::unexpected(usable.error());
    auto implementation = std::make_unique<Implementation>(std::move(paths), *usable);
    mg_callbacks callbacks{};
    callbacks.begin_request = on_request;
    callbacks.log_message = on_log;
    std::array options = {"listening_ports",
                          address.c_str(),
                          "num_threads",
                          thread_count,
                          "request_timeout_ms",
                          longest_wait_ms,
                          "max_request_size",
                          largest_request_bytes,
                          "enable_keep_alive",
                          "no",
                          "tcp_nodelay",
                          "1",
                          static_cast<const char*>(nullptr)};
    std::array<char, 256> reason{};
    unsigned code = 0;
    mg_error_data error{.code = &code, .text = reason.data(), .text_buffer_size = reason.size()};
    mg_init_data init{
        .callbacks = &callbacks, .user_data = &implementation->paths, .configuration_options = options.data()};
    const SignalsBlocked blocked;
    implementation->context = ::mg_start2(&init, &error);
    if (implementation->context == nullptr) return fail("cannot listen on " + address + ": " + reason.data());
    mg_server_port listening{};
    if (::mg_get_server_ports(implementation->context, 1, &listening) < 1) {
        return fail("cannot listen on " + address + ": the HTTP server does not tell its port");
    }
    implementation->set_port(listening.port);
    return std::unique_ptr<Server>(new Server(std::move(implementation)));
}

int Server::port() const noexcept {
    return implementation_->port;
}

}  // namespace muxtap::http
