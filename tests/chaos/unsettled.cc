#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "kepu/event/log/v1/event_log.pb.h"
#include "kepu/reservation/v1/reservation.pb.h"
#include "kepu/venue/log/v1/venue_log.pb.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "tests/chaos/town_check.h"

namespace kepu::chaos {
namespace {

constexpr int kPartitions = 64;

// The first message of that type inside another one, at most a few levels down.
const google::protobuf::Message* Inside(const google::protobuf::Message& message,
                                        const google::protobuf::Descriptor& wanted) {
  if (message.GetDescriptor() == &wanted) return &message;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->is_repeated() || field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE)
      continue;
    if (const auto* found = Inside(message.GetReflection()->GetMessage(message, field), wanted)) return found;
  }
  return nullptr;
}

// An empty child of the kind of aggregate that the key names; null for one without claims and records.
std::unique_ptr<google::protobuf::Message> ChildOf(absl::string_view key) {
  const absl::string_view kind = key.substr(0, key.find('/'));
  if (kind == "school") return std::make_unique<event::log::v1::SchoolChild>();
  if (kind == "session") return std::make_unique<event::log::v1::SessionChild>();
  if (kind == "venue") return std::make_unique<venue::log::v1::VenueChild>();
  if (kind == "person") return std::make_unique<volunteer::log::v1::PersonChild>();
  if (kind == "shift") return std::make_unique<volunteer::log::v1::ShiftChild>();
  return nullptr;
}

// What a child is, when it is one of those and says the id that it is kept under.
template <class Wanted>
std::optional<Wanted> Find(absl::string_view key, const std::string& bytes, const std::string& id,
                           const std::string& (Wanted::*id_of)() const) {
  const std::unique_ptr<google::protobuf::Message> child = ChildOf(key);
  if (child == nullptr || !child->ParseFromString(bytes)) return std::nullopt;
  const auto* found = Inside(*child, *Wanted::descriptor());
  if (found == nullptr) return std::nullopt;
  const auto& wanted = static_cast<const Wanted&>(*found);
  return (wanted.*id_of)() == id ? std::optional<Wanted>(wanted) : std::nullopt;
}

void Look(const std::string& prefix, const std::string& key, const std::string& field,
          const std::string& bytes, std::vector<std::string>* left) {
  using reservation::v1::Claim;
  using reservation::v1::Reservation;
  const std::string where = prefix + key;
  const std::string id = field.substr(std::min<size_t>(2, field.size()));
  if (absl::StartsWith(field, "c/")) {
    const auto claim = Find<Claim>(key, bytes, id, &Claim::claim_id);
    if (!claim) return left->push_back(absl::StrCat("unreadable claim ", where, " ", id));
    if (claim->state() == Claim::TRIED) {
      left->push_back(absl::StrCat("claim ", where, " ", id, " is only tried, for ", claim->pivot()));
    }
  } else if (absl::StartsWith(field, "r/")) {
    const auto record = Find<Reservation>(key, bytes, id, &Reservation::reservation);
    if (!record) return left->push_back(absl::StrCat("unreadable record ", where, " ", id));
    if (record->untold_size() > 0) {
      left->push_back(
          absl::StrCat("record ", where, " ", id, " has ", record->untold_size(), " left to tell"));
    }
  }
}

}  // namespace

std::vector<std::string> Unsettled(support::PrivateRedis& redis, size_t* looked_at) {
  *looked_at = 0;
  std::vector<std::string> left;
  for (const char* service : {"venue", "event", "volunteer"}) {
    for (int partition = 0; partition < kPartitions; ++partition) {
      const std::string prefix = absl::StrCat("{", service, ":", partition, "}/");
      const auto roots = redis.Ask(redis::Command("SMEMBERS").Add(prefix + "roots"));
      if (!roots.ok()) return {std::string(roots.status().message())};
      for (const redis::Reply& root : roots->elements) {
        const auto fields = redis.Ask(redis::Command("HGETALL").Add(absl::StrCat(prefix, "a/", root.text)));
        if (!fields.ok()) return {std::string(fields.status().message())};
        for (size_t i = 0; i + 1 < fields->elements.size(); i += 2) {
          *looked_at += absl::StartsWith(fields->elements[i].text, "c/");
          Look(prefix, root.text, fields->elements[i].text, fields->elements[i + 1].text, &left);
        }
      }
    }
  }
  return left;
}

}  // namespace kepu::chaos
