// What the API offers, from the descriptors that are linked into the program: the gateway routes by the same
// table, so nothing is written twice and every method can be called. Immutable; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::cli {

using gateway::transcode::Route;

// A request on its way: what goes over HTTP.
struct Outgoing {
  std::string verb;
  std::string path;  // "/v1/venues/cqstm", encoded
  std::vector<std::pair<std::string, std::string>> query;
  std::string body;
};

class ApiBook {
 public:
  // An error is a defect of the contract.
  static absl::StatusOr<std::unique_ptr<ApiBook>> Make();

  // The route that answers `verb` at a name, "venues/cqstm" or "events/x/sessions/y:cancel"; null when there
  // is none.
  const Route* At(absl::string_view verb, absl::string_view name) const;
  // The HTTP verbs that are answered there, of GET, POST, PATCH, PUT and DELETE.
  std::vector<std::string> VerbsAt(absl::string_view name) const;
  // By "HoldBooking", "EventService.HoldBooking" or "kepu.event.v1.EventService.HoldBooking". NOT_FOUND with
  // the nearest; INVALID_ARGUMENT when several are meant.
  absl::StatusOr<const Route*> Named(absl::string_view method) const;

  // Why there is nothing at `name`, and what is near: other verbs, custom methods of the same kind of thing,
  // a mistyped word.
  std::string WhyNot(absl::string_view name) const;

  // What can be done at a name beside the standard methods: "cancel", "reschedule".
  std::vector<std::string> CustomVerbs(absl::string_view name) const;
  // The words that may stand where `name` ends, below what stands before its last slash: collections.
  std::vector<std::string> CollectionsBelow(absl::string_view parent) const;
  std::vector<std::string> MethodNames() const;

  const std::vector<std::unique_ptr<Route>>& routes() const { return table_->routes(); }

 private:
  explicit ApiBook(std::unique_ptr<gateway::transcode::RouteTable> table) : table_(std::move(table)) {}
  std::unique_ptr<gateway::transcode::RouteTable> table_;
};

// "/v1/" and the name, percent-encoded but for its slashes and its colon.
std::string PathOf(absl::string_view name);

// What the route's HTTP rule makes of a request. `path` is what was asked for; with an empty one it is filled
// from the request's own fields, INVALID_ARGUMENT naming the one that is missing.
absl::StatusOr<Outgoing> ToHttp(const Route& route, absl::string_view path,
                                const google::protobuf::Message& request);

// The list in an answer: its first field, where that holds many messages; null otherwise.
const google::protobuf::FieldDescriptor* ListOf(const google::protobuf::Descriptor& answer);

}  // namespace kepu::cli
