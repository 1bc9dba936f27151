// What tests of the Connect and gRPC-Web protocols share: their paths, frames and what is read of an answer.
#pragma once

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/connect/connect_call.h"
#include "services/gateway/connect/frame.h"
#include "services/gateway/upstream/retry.h"
#include "tests/service/gateway_harness.h"

namespace kepu::gateway::testing::connect_test {

constexpr char kProto[] = "application/proto";
constexpr char kJsonType[] = "application/json";
constexpr char kStreamProto[] = "application/connect+proto";
constexpr char kStreamJson[] = "application/connect+json";
constexpr char kWeb[] = "application/grpc-web+proto";
constexpr char kWebText[] = "application/grpc-web-text";

inline std::string PathOf(absl::string_view method) {
  return absl::StrCat("/kepu.test.v1.ParkService/", method);
}

inline std::string PostText(absl::string_view path, absl::string_view type, absl::string_view body,
                            absl::string_view headers = "") {
  return absl::StrCat("POST ", path, " HTTP/1.1\r\nHost: here\r\nContent-Type: ", type, "\r\n", headers,
                      "Content-Length: ", body.size(), "\r\n\r\n", body);
}

inline Reply Post(Harness& harness, absl::string_view method, absl::string_view type, absl::string_view body,
                  absl::string_view headers = "") {
  Client client(harness.port());
  return client.Ask(PostText(PathOf(method), type, body, headers));
}

inline std::string Framed(absl::string_view payload, uint8_t flags = 0) {
  std::string frame;
  connect::AppendFrame(flags, payload, frame);
  return frame;
}

inline std::string NameBytes(const std::string& name) {
  test::v1::GetParkRequest request;
  request.set_name(name);
  return request.SerializeAsString();
}

inline test::v1::Park ParkIn(const std::string& bytes) {
  test::v1::Park park;
  EXPECT_TRUE(park.ParseFromString(bytes));
  return park;
}

struct Piece {
  int flags;
  std::string payload;
};

// The frames of an answer, to its last byte.
inline std::vector<Piece> Pieces(std::string body, bool text = false) {
  if (text) {
    const auto decoded = connect::DecodeBase64Text(body);
    EXPECT_TRUE(decoded.has_value()) << body;
    body = decoded.value_or("");
  }
  std::vector<Piece> pieces;
  while (body.size() >= 5) {
    size_t size = 0;
    for (size_t i = 1; i < 5; ++i) size = size << 8 | static_cast<unsigned char>(body[i]);
    pieces.push_back({static_cast<unsigned char>(body[0]), body.substr(5, size)});
    body.erase(0, 5 + size);
  }
  EXPECT_EQ(body, "");
  return pieces;
}

// How a call was answered: "" when well, otherwise the code's number (gRPC-Web) or name (Connect).
inline std::string Outcome(const Reply& reply, absl::string_view type) {
  const bool web = absl::StartsWith(type, "application/grpc-web");
  if (web || absl::StartsWith(type, "application/connect")) {
    if (reply.status != 200) return absl::StrCat("http ", reply.status);
    const std::vector<Piece> pieces = Pieces(reply.body, absl::StrContains(type, "-text"));
    if (pieces.empty() || pieces.back().flags != (web ? 0x80 : 2)) return "no end";
    const std::string& end = pieces.back().payload;
    if (!web) return end == "{}" ? "" : end.substr(0, end.find("\",")).substr(18);
    const std::string code = end.substr(13, end.find("\r\n") - 13);
    return code == "0" ? "" : code;
  }
  if (reply.status == 200) return "";
  return reply.body.substr(0, reply.body.find("\",")).substr(9);
}

}  // namespace kepu::gateway::testing::connect_test
