#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/base/result.h"

namespace muxtap::http {

struct Response {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
};

/// Answers GET (and HEAD) of fixed paths, for scrapers and health checks; other paths are 404, other methods 405, and a
/// handler that throws is 500. Each connection has one answer. Clients that send or take nothing keep nobody out, and
/// are let go after five seconds; there may be 128 at once.
class Server {
public:
    /// Called by threads of the server's own, perhaps two at once.
    using Handler = std::function<Response()>;

    /// Listens on `address` ("0.0.0.0:9100", "127.0.0.1:9100", "[::1]:9100"; port 0: any free one). The error names
    /// the address and the reason.
    [[nodiscard]] static Result<std::unique_ptr<Server>> listen(const std::string& address,
                                                                std::map<std::string, Handler> paths);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] int port() const noexcept;

private:
    struct Implementation;
    explicit Server(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::http
