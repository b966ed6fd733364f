#include "common/http/http_server.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <exception>
#include <string_view>
#include <utility>

#include "common/base/file_descriptor.h"

namespace muxtap::http {
namespace {

/// Answers that are made at once. Clients take up no thread while they send, read or do nothing.
constexpr unsigned thread_count = 2;
constexpr unsigned most_connections = 128;
/// A client from which nothing comes, or which takes nothing, for so long is let go.
constexpr unsigned longest_silence_s = 5;
constexpr std::size_t connection_memory_bytes = 16'384;
constexpr int waiting_connections = 64;

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

/// A socket that listens on the address.
Result<FileDescriptor> listening_socket(const std::string& address) {
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
    FileDescriptor socket{::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!socket.valid()) return fail_os(what, errno);
    const int yes = 1;
    // The port of a server that has just ended is free.
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0) return fail_os(what, errno);
    if (::listen(socket.get(), waiting_connections) != 0) return fail_os(what, errno);
    return socket;
}

int port_of(const FileDescriptor& socket) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
    // The port has the same place in both.
    static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
    return ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
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
    const auto found = paths.find(path);
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

MHD_Result send(MHD_Connection* connection, Response response) {
    auto body = std::make_unique<std::string>(std::move(response.body));
    char* const bytes = body->data();
    const std::size_t size = body->size();
    MHD_Response* made = ::MHD_create_response_from_buffer_with_free_callback_cls(
        size, bytes, [](void* owned) { const std::unique_ptr<std::string> end{static_cast<std::string*>(owned)}; },
        body.get());
    if (made == nullptr) return MHD_NO;
    [[maybe_unused]] const std::string* owned_by_response = body.release();
    const std::unique_ptr<MHD_Response, decltype(&::MHD_destroy_response)> owner(made, &::MHD_destroy_response);
    const auto header = [made](const char* name, const char* value) { ::MHD_add_response_header(made, name, value); };
    header(MHD_HTTP_HEADER_CONTENT_TYPE, response.content_type.c_str());
    header(MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    header(MHD_HTTP_HEADER_CONNECTION, "close");
    header("X-Content-Type-Options", "nosniff");
    if (response.status == MHD_HTTP_METHOD_NOT_ALLOWED) header(MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    return ::MHD_queue_response(connection, static_cast<unsigned>(response.status), made);
}

MHD_Result on_request(void* paths, MHD_Connection* connection, const char* url, const char* method, const char*,
                      const char*, std::size_t*, void**) noexcept {
    try {
        return send(connection, answer(*static_cast<const Paths*>(paths), method, url));
    } catch (...) {
        return MHD_NO;  // no memory for an answer: the connection is closed
    }
}

/// Keeps the library off stderr: what it has to say is about clients.
void on_log(void*, const char*, std::va_list) {}

}  // namespace

struct Server::Implementation {
    explicit Implementation(Paths served) : paths(std::move(served)) {}
    ~Implementation() {
        if (daemon != nullptr) ::MHD_stop_daemon(daemon);
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    Paths paths;
    MHD_Daemon* daemon = nullptr;
    int port = 0;
};

Server::Server(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::listen(const std::string& address, std::map<std::string, Handler> paths) {
    Result<FileDescriptor> socket = listening_socket(address);
    if (!socket) return tl::unexpected(socket.error());
    auto implementation = std::make_unique<Implementation>(std::move(paths));
    implementation->port = port_of(*socket);
    const SignalsBlocked blocked;
    // Closed by the daemon.
    const int daemons_own = ::fcntl(socket->get(), F_DUPFD_CLOEXEC, 0);
    if (daemons_own < 0) return fail_os("cannot listen on " + address, errno);
    // The log goes first, so that it is in place for what the others say.
    implementation->daemon = ::MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG, 0, nullptr, nullptr, on_request, &implementation->paths,
        MHD_OPTION_EXTERNAL_LOGGER, on_log, nullptr, MHD_OPTION_LISTEN_SOCKET, daemons_own, MHD_OPTION_THREAD_POOL_SIZE,
        thread_count, MHD_OPTION_CONNECTION_LIMIT, most_connections, MHD_OPTION_CONNECTION_TIMEOUT, longest_silence_s,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory_bytes, MHD_OPTION_END);
    if (implementation->daemon == nullptr) {
        return fail("cannot listen on " + address + ": the HTTP server does not start (threads, open files?)");
    }
    return std::unique_ptr<Server>(new Server(std::move(implementation)));
}

int Server::port() const noexcept {
    return implementation_->port;
}

}  // namespace muxtap::http
