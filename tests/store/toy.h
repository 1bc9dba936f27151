// A toy service of one kind of aggregate, for tests of the engine: a box with places that people take and
// give back. Head: the places left; children "i/<who>": a taken place, with a deadline in seconds or 0. Its
// decisions look like real ones.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/wrappers.pb.h"
#include "libs/refusal/refusal.h"
#include "libs/store/engine.h"

namespace kepu::store::toy {

using Box = aggregate::Aggregate<google::protobuf::Int64Value, google::protobuf::Int64Value>;

// Facts: "make 3", "take alice 100", "give alice", "expire alice".
class ToySchema final : public Schema {
 public:
  std::unique_ptr<aggregate::AnyAggregate> Make(absl::string_view key) const override {
    return absl::StartsWith(key, "box/") ? std::make_unique<Box>() : nullptr;
  }
  absl::Status Apply(aggregate::AnyAggregate& any, absl::string_view fact) const override {
    Box& box = static_cast<Box&>(any);
    const std::vector<std::string> words = absl::StrSplit(fact, ' ');
    int64_t number = 0;
    if (words.size() > 1 && !absl::SimpleAtoi(words.back(), &number)) number = 0;
    google::protobuf::Int64Value& left = box.mutable_head();
    if (words[0] == "make") left.set_value(number);
    if (words[0] == "take") {
      left.set_value(left.value() - 1);
      google::protobuf::Int64Value child;
      child.set_value(number);
      box.Put(absl::StrCat("i/", words[1]), child);
    }
    if (words[0] == "give" || words[0] == "expire") {
      left.set_value(left.value() + 1);
      box.Erase(absl::StrCat("i/", words[1]));
    }
    return absl::OkStatus();
  }
  // Only "i/hold" ever expires: enough to see that what is due comes first.
  absl::StatusOr<std::vector<std::string>> Due(const aggregate::AnyAggregate& any,
                                               absl::Time now) const override {
    const Box& box = static_cast<const Box&>(any);
    if (!box.Exists()) return std::vector<std::string>();
    absl::StatusOr<const google::protobuf::Int64Value*> hold = box.Find("i/hold");
    if (!hold.ok()) return hold.status();
    if (*hold == nullptr || absl::FromUnixSeconds((*hold)->value()) > now) return std::vector<std::string>();
    return std::vector<std::string>{"expire hold"};
  }
  absl::Time NextDue(const aggregate::AnyAggregate& any) const override {
    const auto hold = static_cast<const Box&>(any).Find("i/hold");
    return hold.ok() && *hold != nullptr ? absl::FromUnixSeconds((*hold)->value()) : absl::InfiniteFuture();
  }
};

inline Command Make(std::string key, int64_t places) {
  Command command;
  command.aggregates = {key};
  command.decide = [key, places](View& view, absl::Time) {
    if (view.Get(key).Exists()) return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS");
    return view.Emit(key, absl::StrCat("make ", places));
  };
  return command;
}

inline Command TakePlace(std::string key, std::string who, int64_t until = 0) {
  Command command;
  command.aggregates = {key};
  command.decide = [key, who, until](View& view, absl::Time) {
    const Box& box = static_cast<const Box&>(view.Get(key));
    if (!box.Exists()) return refusal::NotFound(key);
    if (box.PresentOrAssumeAbsent(absl::StrCat("i/", who))) {
      return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_BOOKED");
    }
    if (box.head().value() == 0)
      return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "SESSION_FULL");
    return view.Emit(key, absl::StrCat("take ", who, " ", until));
  };
  return command;
}

// For the first of the names that has no place yet; each is taken for absent until the store says otherwise.
inline Command TakePlaceForFirst(std::string key, std::vector<std::string> names) {
  Command command;
  command.aggregates = {key};
  command.decide = [key, names](View& view, absl::Time) {
    const Box& box = static_cast<const Box&>(view.Get(key));
    for (const std::string& who : names) {
      if (!box.PresentOrAssumeAbsent(absl::StrCat("i/", who)))
        return view.Emit(key, absl::StrCat("take ", who, " 0"));
    }
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_BOOKED");
  };
  return command;
}

inline Command GivePlace(std::string key, std::string who) {
  Command command;
  command.aggregates = {key};
  command.decide = [key, who](View& view, absl::Time) {
    const auto child = static_cast<const Box&>(view.Get(key)).Find(absl::StrCat("i/", who));
    if (!child.ok()) return child.status();
    if (*child == nullptr) return refusal::NotFound(who);
    return view.Emit(key, absl::StrCat("give ", who));
  };
  return command;
}

}  // namespace kepu::store::toy
