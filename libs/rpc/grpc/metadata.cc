#include "libs/rpc/grpc/metadata.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::rpc {
namespace {

// Longer ids of requests and traces are cut: they only go into log lines.
constexpr size_t kMaxTraceBytes = 64;

absl::string_view View(grpc::string_ref ref) { return {ref.data(), ref.size()}; }

std::string TraceText(absl::string_view text) {
  std::string out(text.substr(0, kMaxTraceBytes));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < 0x21 || c > 0x7e; }, '_');
  return out;
}

absl::Status ReadIdentity(absl::string_view sealed, absl::string_view dev, bool has_dev,
                          const IdentityRules& rules, Context* context) {
  if (rules.opener != nullptr && !sealed.empty()) {
    absl::StatusOr<Principal> principal = rules.opener->Open(sealed);
    if (!principal.ok()) return principal.status();
    context->principal = *std::move(principal);
    return absl::OkStatus();
  }
  if (!rules.insecure_dev) return refusal::Refuse(absl::StatusCode::kUnauthenticated, "BAD_IDENTITY");
  if (!has_dev) return absl::OkStatus();
  absl::StatusOr<Principal> principal = ParseDevPrincipal(dev);
  if (!principal.ok()) return refusal::BadField(kDevPrincipalKey, principal.status().message());
  context->principal = *std::move(principal);
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadContext(const Metadata& metadata, const IdentityRules& rules, Context* context) {
  absl::string_view sealed;
  absl::string_view dev;
  bool has_dev = false;
  bool bad_position = false;
  for (const auto& [key_ref, value_ref] : metadata) {
    const absl::string_view key = View(key_ref);
    const absl::string_view value = View(value_ref);
    if (key.empty() || (key[0] != 'x' && key[0] != 't')) continue;
    if (key == kIdentityKey) {
      sealed = value;
    } else if (key == kRequestIdKey) {
      context->trace_id = TraceText(value);
    } else if (key == kTraceparentKey) {
      context->traceparent = TraceText(value);
    } else if (key == kRepeatKey) {
      context->repeat = value == "1";
    } else if (key == kResolveOnlyKey) {
      context->resolve_only = value == "1";
    } else if (key == kPositionKey) {
      bad_position = !absl::SimpleAtoi(value, &context->min_position);
    } else if (key == kDevPrincipalKey) {
      dev = value;
      has_dev = true;
    }
  }
  if (bad_position)
    return refusal::BadField(kPositionKey, "must be a position as an earlier answer carried it");
  return ReadIdentity(sealed, dev, has_dev, rules, context);
}

void WriteContext(const Context& context, grpc::ClientContext* client) {
  if (!context.trace_id.empty()) client->AddMetadata(kRequestIdKey, context.trace_id);
  if (!context.traceparent.empty()) client->AddMetadata(kTraceparentKey, context.traceparent);
  if (context.repeat) client->AddMetadata(kRepeatKey, "1");
  if (context.resolve_only) client->AddMetadata(kResolveOnlyKey, "1");
  if (context.min_position != 0) client->AddMetadata(kPositionKey, absl::StrCat(context.min_position));
}

AnswerInfo ReadAnswerInfo(const Metadata& trailers) {
  AnswerInfo info;
  for (const auto& [key_ref, value] : trailers) {
    const absl::string_view key = View(key_ref);
    if (key == kPositionKey) {
      if (!absl::SimpleAtoi(View(value), &info.position)) info.position = 0;
    } else if (key == kReplayedKey) {
      info.replayed = View(value) == "1";
    }
  }
  return info;
}

}  // namespace kepu::rpc
