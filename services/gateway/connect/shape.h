// Which of the protocols a request speaks, by its Content-Type, and how an answer to it is wrapped. Pure;
// thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace kepu::gateway::connect {

enum class Protocol { kConnectUnary, kConnectStream, kGrpcWeb };
enum class Codec { kProto, kJson };

struct Shape {
  Protocol protocol = Protocol::kConnectUnary;
  Codec codec = Codec::kProto;
  bool text = false;         // gRPC-Web in base64
  std::string content_type;  // of the answer: what was sent, without parameters

  bool connect() const { return protocol != Protocol::kGrpcWeb; }
  bool framed() const { return protocol != Protocol::kConnectUnary; }
};

// Nothing for a type that is none of theirs, or another charset than UTF-8.
std::optional<Shape> ShapeOf(absl::string_view content_type);

// The shape of Connect's GET, whose `encoding` stands in the query. Nothing for an unknown one.
std::optional<Shape> ShapeOfEncoding(absl::string_view encoding);

// For a refusal: the types that a method takes.
absl::string_view TypesOfUnary();
absl::string_view TypesOfStreams();

}  // namespace kepu::gateway::connect
