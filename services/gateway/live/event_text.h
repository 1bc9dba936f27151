// Events as the text of server-sent events (WHATWG HTML, "Server-sent events"). The part that all readers
// share is made once; the id differs between readers. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/live/v1/live.pb.h"

namespace kepu::gateway::live {

inline constexpr char kEventStream[] = "text/event-stream";
// What readers that hear nothing get, so that they and what is between know that the stream lives.
inline constexpr char kHeartbeat[] = ":\n\n";

// `event:` and `data:` lines without the id and the empty line that ends the block. Data may hold line
// breaks of any kind; readers get them as line feeds.
std::string EventLines(absl::string_view kind, absl::string_view data);

// A whole block. Without lines it says nothing to the page, and moves the reader's id all the same.
std::string Block(absl::string_view id, absl::string_view lines);

// How soon a reader comes back when the stream broke off.
std::string RetryLine(absl::Duration retry);

// The data of an event: what changed, and the figures that everybody who may hear of it may see.
std::string DataOf(const kepu::live::v1::Event& event);

// Tells the reader to ask for everything anew.
std::string ResyncLines(absl::string_view reason);

}  // namespace kepu::gateway::live
