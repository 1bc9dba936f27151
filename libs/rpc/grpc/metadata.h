// What travels beside the messages, as gRPC metadata: the context of a call on the way in, facts about the
// answer on the way out. Read in one pass over the headers. Pure; thread-safe.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/string_ref.h>

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "libs/rpc/call.h"
#include "libs/rpc/identity.h"

namespace kepu::rpc {

// Sealed identities are bytes, so the name ends in "-bin" and gRPC sees to their spelling.
inline constexpr char kIdentityKey[] = "x-kepu-identity-bin";
inline constexpr char kDevPrincipalKey[] = "x-kepu-dev-principal";
inline constexpr char kRepeatKey[] = "x-kepu-repeat";
inline constexpr char kResolveOnlyKey[] = "x-kepu-resolve-only";
inline constexpr char kPositionKey[] = "x-kepu-position";
inline constexpr char kReplayedKey[] = "x-kepu-replayed";
inline constexpr char kRequestIdKey[] = "x-request-id";
inline constexpr char kTraceparentKey[] = "traceparent";

using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

// Who may say who is calling: the opener of sealed identities, or anybody where `insecure_dev` is on.
struct IdentityRules {
  const IdentityOpener* opener = nullptr;
  bool insecure_dev = false;
};

// Fills `context` but for its deadline, whatever the outcome. UNAUTHENTICATED / BAD_IDENTITY when there is no
// identity or it does not open; INVALID_ARGUMENT for a header of ours that cannot be read.
absl::Status ReadContext(const Metadata& metadata, const IdentityRules& rules, Context* context);

// The same, written for a callee; identity apart.
void WriteContext(const Context& context, grpc::ClientContext* client);

AnswerInfo ReadAnswerInfo(const Metadata& trailers);

}  // namespace kepu::rpc
