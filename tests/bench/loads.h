// The generators: bare FCALLs on Redis, gRPC calls by the C++ client, gRPC calls by a generator that writes
// HTTP/2 bytes itself and so costs a fraction of the client, and requests over HTTP/1.1. Each makes its
// requests by a function of a running number.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/redis/client.h"
#include "tests/bench/measure.h"

namespace kepu::bench {

struct Request {
  std::string principal;  // "users/…": the development identity
  std::string bytes;
};
using MakeRequest = std::function<Request(uint64_t number)>;

// `channels` connections to each address, taken in turn. `rate` > 0: so many calls a second, whatever the
// answers do, but at most `in_flight` under way; otherwise each answer is followed by the next call.
std::unique_ptr<Load> MakeGrpcLoad(std::vector<std::string> addresses, int channels, std::string method,
                                   MakeRequest make, double rate = 0);

// One call, waited for; aborts with the error when it fails. Answers the serialized response.
std::string CallOnce(const std::string& address, const std::string& method, const Request& request);

// The same calls over plain HTTP/2 frames; a call that brings no message counts as failed. One unix socket.
std::unique_ptr<Load> MakeRawLoad(std::string socket_path, int connections, std::string method,
                                  MakeRequest make);

// One request over HTTP/1.1 again and again, one connection for each call under way.
struct HttpAsk {
  uint16_t port = 0;  // of loopback
  std::string path;
  std::string content_type = "", body = "";  // a POST when there is a type, a GET otherwise
  std::string headers = "";                  // more of them, each with its line end
  bool any_answer = false;                   // counts answers of every status, not 200 alone
  double rate = 0;                           // as for MakeGrpcLoad
};
std::unique_ptr<Load> MakeHttpLoad(const HttpAsk& ask);

// One such request, waited for; its body. Aborts when the answer is not 200.
std::string FetchOnce(const HttpAsk& ask);

// Commands over `connections` pipelined connections to Redis.
using MakeCommand = std::function<redis::Command(uint64_t number)>;
std::unique_ptr<Load> MakeRedisLoad(std::string address, int connections, MakeCommand make);

}  // namespace kepu::bench
