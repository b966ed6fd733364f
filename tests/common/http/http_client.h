#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace muxtap::test {

/// A connection to 127.0.0.1 that is closed at the end.
class Connection {
public:
    explicit Connection(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        // A test that would hang ends.
        const timeval longest{.tv_sec = 60, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
        connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~Connection() { ::close(socket_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] bool connected() const { return connected_; }
    void send(const std::string& text) const {
        [[maybe_unused]] const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    }
    /// All that comes until the other side closes.
    [[nodiscard]] std::string rest() const {
        std::string all;
        char part[65536];
        for (ssize_t got = 0; (got = ::recv(socket_, part, sizeof part, 0)) > 0;) {
            all.append(part, static_cast<std::size_t>(got));
        }
        return all;
    }

private:
    int socket_;
    bool connected_ = false;
};

struct Answer {
    int status = 0;  ///< 0: none
    std::string head;
    std::string body;
};

inline Answer request(int port, const std::string& method, const std::string& path) {
    const Connection connection(port);
    connection.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    const std::string all = connection.rest();
    const std::size_t end = all.find("\r\n\r\n");
    if (end == std::string::npos || all.size() < 12) return {};
    return {std::atoi(all.c_str() + 9), all.substr(0, end), all.substr(end + 4)};
}

}  // namespace muxtap::test
