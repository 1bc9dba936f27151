// Refusals and bad input as values: an absl::Status that carries a machine-readable reason, parameters, field
// violations and alternatives in google.rpc messages, so that pure code can say exactly what is wrong and
// what would work. libs/rpc turns them into google.rpc.Status on the wire; the sentences for people, Chinese
// and English, come from the table in sentences.cc. Values; thread-safe.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace google::rpc {
class Status;
}

namespace kepu::refusal {

// What most rules say no with: the thing is not in a state in which this can be done.
inline constexpr absl::StatusCode kNo = absl::StatusCode::kFailedPrecondition;

// Domain of every ErrorInfo of ours.
inline constexpr char kDomain[] = "kepu";

using Params = std::vector<std::pair<std::string, std::string>>;

// A refusal by rule. `reason` is UPPER_SNAKE and has a row in the table of sentences; `params` fill the
// sentence and go out as ErrorInfo.metadata. Code is usually kFailedPrecondition, kNotFound, kAlreadyExists,
// kAborted or kResourceExhausted.
absl::Status Refuse(absl::StatusCode code, absl::string_view reason, Params params = {});

// INVALID_ARGUMENT with one field violation. `field` is the path as callers write it
// ("session.pools[0].capacity"); `rule` says what is wrong and what would work.
absl::Status BadField(absl::string_view field, absl::string_view rule);

// Collects violations over a whole request, so that a caller sees all of them at once.
class FieldErrors {
 public:
  void Add(absl::string_view field, absl::string_view rule);
  bool empty() const { return violations_.empty(); }
  // OK when empty.
  absl::Status ToStatus() const;

 private:
  std::vector<std::pair<std::string, std::string>> violations_;
};

// NOT_FOUND for an absent object, and for one outside the caller's scope: both answer exactly alike.
absl::Status NotFound(absl::string_view resource_name);

// RESOURCE_EXHAUSTED or UNAVAILABLE with RetryInfo.
absl::Status TryLater(absl::StatusCode code, absl::string_view reason, absl::Duration after,
                      Params params = {});

// The reason of a status made here; empty otherwise.
std::string ReasonOf(const absl::Status& status);

// A parameter of a refusal; empty when there is none.
std::string ParamOf(const absl::Status& status, absl::string_view name);

// Between absl::Status and the wire form: code, message (English), ErrorInfo, BadRequest, RetryInfo,
// LocalizedMessage in zh-CN and en. Every status gets exactly one ErrorInfo; one without a reason gets its
// code's name.
google::rpc::Status ToWire(const absl::Status& status);
absl::Status FromWire(const google::rpc::Status& wire);

// The sentence of a reason in a language ("zh-CN" or "en"); falls back to the reason itself. tests/unit
// checks that every reason used in the tree has a row.
std::string Sentence(absl::string_view reason, absl::string_view language, const Params& params);

}  // namespace kepu::refusal
