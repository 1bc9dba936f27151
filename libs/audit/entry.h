// A fact as an entry of the audit: what happened in words, to which object, and the fields it holds, with
// personal and secret ones withheld. Driven by the fact's descriptor, so that a new kind of fact is told
// about without a line here. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "kepu/audit/v1/audit.pb.h"
#include "kepu/log/v1/log.pb.h"

namespace kepu::audit {

// How much of a fact is told: facts may hold whole records.
inline constexpr int kFieldsMax = 60;
inline constexpr size_t kValueBytesMax = 300;

// The object whose facts lie under a key: "user/x" -> "users/x", "document/campaigns/x" -> "campaigns/x".
std::string ObjectOf(absl::string_view key);

// What a name is looked up by: its last two segments, and its last one, which is an id that no other thing
// has.
std::vector<std::string> TermsOf(absl::string_view name);

// What a fact speaks of, each once: its own object, the names in its texts (their last two segments, and in
// full where they are places), and ids of parts of the object.
std::vector<std::string> NamesIn(absl::string_view key, const log::v1::Fact& fact,
                                 const google::protobuf::Message& prototype);

// Venues, schools, districts and whatever else offices and staff hold roles on.
bool IsPlace(absl::string_view name);

// Everything of the entry but its time and its place in the log. False for bytes that are no such fact.
bool Tell(absl::string_view key, const log::v1::Fact& fact, const google::protobuf::Message& prototype,
          v1::AuditEntry& entry);

// "booking_cancelled" in words.
v1::Text WordsOf(absl::string_view kind);

// The Chinese of one word of a kind; empty for an unknown one.
absl::string_view ChineseOf(absl::string_view word);

}  // namespace kepu::audit
