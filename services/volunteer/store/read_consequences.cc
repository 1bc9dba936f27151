// What consequences change in what is shown of sign-ups.
#include "libs/calendar/timestamps.h"
#include "services/volunteer/store/read_model.h"
#include "services/volunteer/store/resources.h"

namespace kepu::volunteer {
namespace {

using Consequence = domain::record::ConsequenceFact;

constexpr size_t kRowsAtOnce = 100;

}  // namespace

const domain::record::ShiftHead* ReadModel::FindShift(absl::string_view id) const {
  auto it = heads_.find(id);
  return it == heads_.end() ? nullptr : &it->second;
}

const domain::record::PersonHead* ReadModel::FindPerson(absl::string_view id) const {
  auto it = persons_.find(id);
  return it == persons_.end() ? nullptr : &it->second;
}

void ReadModel::ForEachShift(const std::function<void(const domain::record::ShiftHead&)>& see) const {
  for (const auto& [id, head] : heads_) see(head);
}

void ReadModel::ForEachPerson(const std::function<void(const domain::record::PersonHead&)>& see) const {
  for (const auto& [id, head] : persons_) see(head);
}

void ReadModel::FoldConsequence(const domain::record::ShiftHead& head, const Consequence& fact) {
  auto change = [&](const std::string& person, const std::function<void(v1::Signup&)>& set) {
    v1::Signup signup;
    auto bytes = signups_.Get(domain::SignupName(head.id(), person));
    if (bytes == nullptr || !signup.ParseFromString(*bytes)) return;
    set(signup);
    Put(signup);
  };
  switch (fact.what_case()) {
    case Consequence::kShiftMoved: {
      // Read whole before any is put: their place in the list is the time.
      std::vector<v1::Signup> all;
      std::string after;
      do {
        projection::Catalogue::Page page = signups_.List(domain::ShiftName(head.id()), after, kRowsAtOnce);
        v1::ListSignupsResponse rows;
        if (!rows.ParseFromString(page.bytes)) return;
        all.insert(all.end(), rows.signups().begin(), rows.signups().end());
        after = page.next_after;
      } while (!after.empty());
      for (v1::Signup& signup : all) {
        calendar::SetMicros(head.start_us(), signup.mutable_start_time());
        calendar::SetMicros(head.end_us(), signup.mutable_end_time());
        Put(signup);
      }
      return;
    }
    case Consequence::kPersonMoved:
      return change(fact.person_moved().person(), [&](v1::Signup& signup) {
        if (fact.person_moved().ask_until_us() != 0)
          calendar::SetMicros(fact.person_moved().ask_until_us(), signup.mutable_ask_until_time());
      });
    case Consequence::kPersonReleased:
      return change(fact.person_released().person(), [&](v1::Signup& signup) {
        signup.set_state(v1::Signup::RELEASED);
        signup.clear_ask_until_time();
        signup.set_release_reason(fact.person_released().reason());
      });
    case Consequence::kAnswered:
      return change(fact.answered().person(), [](v1::Signup& signup) { signup.clear_ask_until_time(); });
    default:
      return;
  }
}

}  // namespace kepu::volunteer
