#include "kepu/event/v1/event.pb.h"
#include "libs/auth/identity_token.h"
#include "libs/names/names.h"
#include "libs/paging/paging.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/field_rules.h"
#include "services/event/domain/session.h"
#include "services/event/store/schema.h"
#include "tests/fuzz/targets.h"

namespace kepu::fuzz {
namespace {

using event::v1::CreateSessionRequest;

// The quick check over bytes and the thorough one over the message agree: what passes is clean.
void RunRequest(absl::string_view bytes) {
  static const auto* const rules = [] {
    auto* made = new rpc::FieldRules;
    made->Learn(*CreateSessionRequest::descriptor());
    return made;
  }();
  CreateSessionRequest request;
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    rpc::FindBadText(*CreateSessionRequest::descriptor(), bytes);
    return;
  }
  refusal::FieldErrors errors;
  rules->Apply(bytes, request, errors);
  if (!errors.empty()) return;
  refusal::FieldErrors again;
  // Never clean by itself: an unknown field sends the bytes to the thorough check.
  const std::string marked = request.SerializeAsString() + std::string("\xf8\x7f\x01", 3);
  CreateSessionRequest same = request;
  rules->Apply(marked, same, again);
  Require(again.empty(), "what passed the quick check passes the thorough one");
}

std::vector<std::string> RequestSeeds() {
  CreateSessionRequest request;
  request.set_parent("events/night-of-stars");
  request.mutable_session()->set_place("venues/cqstm");
  request.mutable_session()->mutable_start_time()->set_seconds(1790000000);
  request.mutable_session()->mutable_end_time()->set_seconds(1790007200);
  request.mutable_session()->add_pools()->set_id("all");
  request.mutable_session()->mutable_pools(0)->set_capacity(40);
  request.set_request_id("request-1");
  return {request.SerializeAsString(), "\x0a\x02\xc3\x28"};
}

void RunName(absl::string_view bytes) {
  for (const char* pattern : {"events/*", "events/*/sessions/*", "venues/*/spaces/*/allocations/*"}) {
    const auto ids = names::Parse("name", pattern, bytes);
    if (!ids.ok()) continue;
    for (const std::string& id : *ids) Require(names::PartitionOf(id) < 64, "an id has a partition");
  }
}

std::vector<std::string> NameSeeds() {
  return {"events/a", "events/a/sessions/b5smr5du5i4dr7nplo5cdd", "venues/x/spaces/y-1/allocations/z"};
}

// Nobody makes up a page token.
void RunPageToken(absl::string_view bytes) {
  static const auto* const pager = new paging::Pager(std::string(32, 's'));
  const std::string digest = paging::FilterDigest({"ListEvents"});
  const auto key = pager->Decode(bytes, digest);
  // The one that was made, perhaps with other bits where base64 has some to spare.
  if (key.ok() && !key->empty()) Require(*key == "key", "only what was made here is taken");
}

std::vector<std::string> PageTokenSeeds() {
  return {paging::Pager(std::string(32, 's')).Encode(paging::FilterDigest({"ListEvents"}), "key"), "AAAA"};
}

class StillClock final : public executor::Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1780000000); }
};

// Nor an identity.
void RunIdentity(absl::string_view bytes) {
  static const StillClock clock;
  static const auto* const opener =
      new auth::IdentityOpener(std::string(32, 'm'), "event", {"gateway"}, clock);
  const auto principal = opener->Open(bytes);
  if (!principal.ok()) return;
  Require(principal->name == "users/u", "only what was sealed is opened");
}

std::vector<std::string> IdentitySeeds() {
  static const StillClock clock;
  const auth::IdentitySealer sealer(std::string(32, 'm'), "gateway", "event", clock);
  return {*sealer.Seal({"users/u", "", {{"teacher", "schools/a"}}})};
}

// Heads and children as Redis gives them: refused or read, and what was read is written again.
void RunRecord(absl::string_view bytes) {
  const event::EventSchema schema{event::domain::Rules()};
  for (const char* key : {"session/b5smr5du5i4dr7nplo5cdd", "event/a", "school/a", "programme/a"}) {
    const auto state = schema.Make(key);
    if (state->ParseHead(bytes)) {
      schema.NextDue(*state);
      const auto again = schema.Make(key);
      Require(again->ParseHead(state->SerializeHead()), "a head that was written is read");
    }
    if (state->ParseChild("b/x", bytes)) Require(state->SerializeChild("b/x").has_value(), "a child is kept");
  }
}

std::vector<std::string> RecordSeeds() {
  event::domain::record::SessionHead head;
  head.set_id("b5smr5du5i4dr7nplo5cdd");
  head.add_pools()->set_capacity(3);
  head.add_holds()->set_first_deadline_us(1780000000000000);
  head.mutable_wait()->add_front()->set_id("w");
  event::domain::record::SessionChild child;
  child.mutable_booking()->set_booker("users/u");
  child.mutable_booking()->add_taken(1);
  return {head.SerializeAsString(), child.SerializeAsString()};
}

}  // namespace

std::vector<Target> ServiceTargets() {
  return {{"request", RunRequest, RequestSeeds},
          {"name", RunName, NameSeeds},
          {"page_token", RunPageToken, PageTokenSeeds},
          {"identity", RunIdentity, IdentitySeeds},
          {"record", RunRecord, RecordSeeds}};
}

}  // namespace kepu::fuzz
