#include "services/volunteer/api/award_keeper.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/domain/qualification.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

std::string ChoreId(const std::string& training, const std::string& person) {
  return absl::StrCat("award/", training, "/", person);
}

}  // namespace

void AwardKeeper::Want(const std::string& training, const std::string& person,
                       const domain::record::Award& award) {
  chores_.Want(ChoreId(training, person), [this, training, person, award] { Give(training, person, award); });
}

void AwardKeeper::Done(const std::string& training, const std::string& person) {
  chores_.Done(ChoreId(training, person));
}

void AwardKeeper::Give(const std::string& training, const std::string& person,
                       const domain::record::Award& award) {
  const reservation::Place place = PersonPlace(person);
  store::Command command;
  command.aggregates = {place.key};
  command.decide = [key = place.key, award](store::View& view, absl::Time now) {
    return EmitAll(view, key, domain::DecideAward(PersonIn(view, key), award, now));
  };
  command.done = [this, alive = std::weak_ptr<bool>(alive_), training,
                  person](const store::Outcome& outcome) {
    if (!alive.expired() && outcome.status.ok()) NotePosted(training, person);
  };
  engine_.Submit(place.partition, std::move(command));
}

void AwardKeeper::NotePosted(const std::string& training, const std::string& person) {
  const std::string key = domain::TrainingKey(training);
  store::Command command;
  command.aggregates = {key};
  command.decide = [key, person](store::View& view, absl::Time now) {
    const auto& state = dynamic_cast<const domain::Training&>(view.Get(key));
    return EmitAll(view, key, domain::DecidePostedAward(state, person, now));
  };
  // The log tells when it is done.
  command.done = [](const store::Outcome&) {};
  engine_.Submit(names::PartitionOf(training), std::move(command));
}

}  // namespace kepu::volunteer
