#include "common/http/http_server.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/common/http/http_client.h"

namespace muxtap::http {
namespace {

using test::Connection;
using test::request;

std::unique_ptr<Server> server_of(std::map<std::string, Server::Handler> paths,
                                  const std::string& address = "127.0.0.1:0") {
    Result<std::unique_ptr<Server>> server = Server::listen(address, std::move(paths));
    INFO((server ? "" : server.error().message));
    REQUIRE(server);
    return std::move(*server);
}

Server::Handler saying(const std::string& text) {
    return [text] { return Response{.body = text}; };
}

}  // namespace

TEST_CASE("GET of a path is answered with what its handler says") {
    const auto server = server_of({{"/a", saying("one")}, {"/b", saying("two")}});
    const test::Answer answer = request(server->port(), "GET", "/b");
    CHECK(answer.status == 200);
    CHECK(answer.body == "two");
    CHECK(answer.head.find("Content-Length: 3") != std::string::npos);
    CHECK(answer.head.find("Content-Type: text/plain; charset=utf-8") != std::string::npos);
    CHECK(request(server->port(), "GET", "/a?query=1").body == "one");
}

TEST_CASE("HEAD is answered as GET, without the body") {
    const auto server = server_of({{"/a", saying("one")}});
    const test::Answer answer = request(server->port(), "HEAD", "/a");
    CHECK(answer.status == 200);
    CHECK(answer.head.find("Content-Length: 3") != std::string::npos);
    CHECK(answer.body.empty());
}

TEST_CASE("other paths are 404, other methods 405, and a handler that throws 500") {
    const auto server = server_of({{"/a", saying("one")},
                                   {"/bad", []() -> Response { throw std::runtime_error("out of order"); }},
                                   {"/worse", []() -> Response { throw 7; }},
                                   {"/busy", [] { return Response{.status = 503, .body = "no"}; }}});
    for (const char* path : {"/", "/aa", "/a/", "/a/b", "/..", "/../../etc/passwd", "/%2e%2e/etc/passwd"}) {
        INFO(path);
        CHECK(request(server->port(), "GET", path).status == 404);
    }
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
        INFO(method);
        const test::Answer answer = request(server->port(), method, "/a");
        CHECK(answer.status == 405);
        CHECK(answer.head.find("Allow: GET, HEAD") != std::string::npos);
    }
    const test::Answer thrown = request(server->port(), "GET", "/bad");
    CHECK(thrown.status == 500);
    CHECK(thrown.body == "failed: out of order\n");
    CHECK(request(server->port(), "GET", "/worse").status == 500);
    CHECK(request(server->port(), "GET", "/busy").status == 503);
}

TEST_CASE("what is no HTTP is refused and harms nothing") {
    const auto server = server_of({{"/a", saying("one")}});
    for (const std::string& text : {std::string("\x16\x03\x01\x02 TLS?\r\n\r\n"), std::string("GET\r\n\r\n"),
                                    std::string(100'000, 'x'), std::string("GET /a HTTP/1.1\r\nA: \x80\xff\r\n\r\n")}) {
        const Connection connection(server->port());
        connection.send(text);
        [[maybe_unused]] const std::string answer = connection.rest();
        CHECK(request(server->port(), "GET", "/a").body == "one");
    }
}

TEST_CASE("clients that connect and send nothing do not keep others out and are let go") {
    const auto server = server_of({{"/a", saying("one")}});
    std::vector<std::unique_ptr<Connection>> idle;
    for (int i = 0; i < 100; ++i) {
        idle.push_back(std::make_unique<Connection>(server->port()));
        REQUIRE(idle.back()->connected());
        if (i % 2 == 1) idle.back()->send("GET /a HT");
    }
    CHECK(request(server->port(), "GET", "/a").body == "one");
    for (const auto& connection : idle) CHECK(connection->rest().find("200") == std::string::npos);
}

TEST_CASE("a client that does not read its answer does not keep others out, nor the server from ending") {
    const auto server = server_of({{"/big", saying(std::string(8'000'000, 'x'))}, {"/a", saying("one")}});
    std::vector<std::unique_ptr<Connection>> deaf;
    for (int i = 0; i < 10; ++i) {
        deaf.push_back(std::make_unique<Connection>(server->port()));
        deaf.back()->send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    CHECK(request(server->port(), "GET", "/a").body == "one");
}

TEST_CASE("a large answer arrives whole") {
    const auto server = server_of({{"/big", saying(std::string(20'000'000, 'x'))}});
    CHECK(request(server->port(), "GET", "/big").body == std::string(20'000'000, 'x'));
}

TEST_CASE("clients of several threads are all answered") {
    const auto server = server_of({{"/a", saying("one")}});
    std::atomic<int> answered = 0;
    {
        std::vector<std::jthread> clients;
        for (int i = 0; i < 4; ++i) {
            clients.emplace_back([&] {
                for (int n = 0; n < 50; ++n) answered += request(server->port(), "GET", "/a").body == "one" ? 1 : 0;
            });
        }
    }
    CHECK(answered == 200);
}

TEST_CASE("a port in use is refused with the address and the reason") {
    const auto server = server_of({{"/a", saying("one")}});
    const std::string address = "127.0.0.1:" + std::to_string(server->port());
    const auto second = Server::listen(address, {});
    REQUIRE_FALSE(second);
    CHECK(second.error().message == "cannot listen on " + address + ": Address already in use");
    CHECK(request(server->port(), "GET", "/a").status == 200);
}

TEST_CASE("a port is free again when its server has ended") {
    auto server = server_of({{"/a", saying("one")}});
    const std::string address = "127.0.0.1:" + std::to_string(server->port());
    CHECK(request(server->port(), "GET", "/a").status == 200);
    server.reset();
    server = server_of({{"/a", saying("two")}}, address);
    CHECK(request(server->port(), "GET", "/a").body == "two");
}

TEST_CASE("an address that is none is refused") {
    for (const char* address : {"", "9100", ":9100", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:-1",
                                "127.0.0.1:9x", "::1:9100", "[::1]9100", "[127.0.0.1]:9100", "somewhere:9100",
                                "127.0.0.1:9100,127.0.0.1:9101", "192.0.2.1:9100", "127.0.0.1:9100s"}) {
        INFO(address);
        const auto server = Server::listen(address, {});
        REQUIRE_FALSE(server);
        CHECK(server.error().message.rfind("cannot listen on " + std::string{address} + ": ", 0) == 0);
    }
}

TEST_CASE("all IPv4 addresses and an IPv6 address can be listened on") {
    CHECK(request(server_of({{"/a", saying("one")}}, "0.0.0.0:0")->port(), "GET", "/a").status == 200);
    // A machine without IPv6 says so.
    const auto server = Server::listen("[::1]:0", {});
    if (server) {
        CHECK((*server)->port() > 0);
        CHECK_FALSE(Server::listen("[::1]:" + std::to_string((*server)->port()), {}));
    } else {
        CHECK(server.error().message.find("ddress") != std::string::npos);
    }
}

}  // namespace muxtap::http
