#include "services/gateway/connect/shape.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace kepu::gateway::connect {
namespace {

struct Row {
  const char* type;
  Protocol protocol;
  Codec codec;
  bool text;
};

constexpr Row kTypes[] = {
    {"application/proto", Protocol::kConnectUnary, Codec::kProto, false},
    {"application/json", Protocol::kConnectUnary, Codec::kJson, false},
    {"application/connect+proto", Protocol::kConnectStream, Codec::kProto, false},
    {"application/connect+json", Protocol::kConnectStream, Codec::kJson, false},
    {"application/grpc-web", Protocol::kGrpcWeb, Codec::kProto, false},
    {"application/grpc-web+proto", Protocol::kGrpcWeb, Codec::kProto, false},
    {"application/grpc-web+json", Protocol::kGrpcWeb, Codec::kJson, false},
    {"application/grpc-web-text", Protocol::kGrpcWeb, Codec::kProto, true},
    {"application/grpc-web-text+proto", Protocol::kGrpcWeb, Codec::kProto, true},
};

}  // namespace

std::optional<Shape> ShapeOf(absl::string_view content_type) {
  const size_t semicolon = content_type.find(';');
  const absl::string_view type = absl::StripAsciiWhitespace(content_type.substr(0, semicolon));
  if (semicolon != absl::string_view::npos) {
    const std::string parameters = absl::AsciiStrToLower(content_type.substr(semicolon));
    if (absl::StrContains(parameters, "charset=") && !absl::StrContains(parameters, "utf-8"))
      return std::nullopt;
  }
  for (const Row& row : kTypes) {
    if (absl::EqualsIgnoreCase(type, row.type)) return Shape{row.protocol, row.codec, row.text, row.type};
  }
  return std::nullopt;
}

std::optional<Shape> ShapeOfEncoding(absl::string_view encoding) {
  if (encoding != "proto" && encoding != "json") return std::nullopt;
  return ShapeOf(absl::StrCat("application/", encoding));
}

absl::string_view TypesOfUnary() {
  return "application/proto, application/json, application/grpc-web, application/grpc-web+proto, "
         "application/grpc-web+json, application/grpc-web-text";
}

absl::string_view TypesOfStreams() {
  return "application/connect+proto, application/connect+json, application/grpc-web, "
         "application/grpc-web+proto, application/grpc-web+json, application/grpc-web-text";
}

}  // namespace kepu::gateway::connect
