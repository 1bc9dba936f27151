#include "services/volunteer/api/people_keeper.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/people_view.h"
#include "services/volunteer/api/unavailable.h"
#include "services/volunteer/domain/id_number.h"
#include "services/volunteer/domain/profile.h"
#include "services/volunteer/store/people_book.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using domain::record::IdNumberHead;
using domain::record::IdNumberRef;

// What the volunteer reads at a sign-up that was released.
constexpr char kReleased[] = "监护人同意已撤回 (the guardian's consent was withdrawn)";

domain::IdNumberEntry& EntryIn(store::View& view, absl::string_view key) {
  return dynamic_cast<domain::IdNumberEntry&>(view.Get(key));
}

IdNumberRef RefOf(const IdNumberHead& entry) {
  IdNumberRef ref;
  ref.set_id(entry.id());
  ref.set_taken_us(entry.taken_us());
  return ref;
}

std::string LeftChore(const std::string& person, const IdNumberRef& left) {
  return absl::StrCat("left/", person, "/", left.id(), "/", left.taken_us());
}

}  // namespace

// One review of a person's sign-ups under way.
struct PeopleKeeper::Reviewed {
  std::string person;
  std::string user;
  int64_t asked_us = 0;
  bool erased = false;
  std::vector<domain::Uncovered> uncovered;
  std::string sealed_reason = Personal::kErased;
  size_t open = 0;
  // Something has to be looked at again.
  bool again = false;
  std::function<void()> done;
};

void PeopleKeeper::See(const domain::record::PersonHead& head) {
  const std::string review = absl::StrCat("review/", head.id());
  if (head.review_asked_us() != 0) {
    context_.chores.Want(review, [this, id = head.id()] { Review(id, [] {}); });
  } else {
    context_.chores.Done(review);
  }
  std::set<std::string> left;
  for (const IdNumberRef& ref : head.id_numbers_left()) {
    const std::string chore = LeftChore(head.id(), ref);
    left.insert(chore);
    context_.chores.Want(chore, [this, id = head.id(), ref] { Free(id, ref); });
  }
  const auto before = left_.find(head.id());
  if (before != left_.end()) {
    for (const std::string& chore : before->second)
      if (left.count(chore) == 0) context_.chores.Done(chore);
    left_.erase(before);
  }
  if (!left.empty()) left_[head.id()] = std::move(left);
}

void PeopleKeeper::See(const IdNumberHead& head) {
  const std::string chore = absl::StrCat("idNumber/", head.id());
  if (head.state() != IdNumberHead::TAKEN) return context_.chores.Done(chore);
  context_.chores.Want(chore, [this, id = head.id()] { FinishIdNumber(id, [](const store::Outcome&) {}); });
}

void PeopleKeeper::Submit(const reservation::Place& place, Decide decide, Done done) {
  store::Command command;
  command.aggregates = {place.key};
  command.decide = std::move(decide);
  command.done = [alive = std::weak_ptr<bool>(alive_),
                  done = std::move(done)](const store::Outcome& outcome) {
    if (!alive.expired()) done(outcome);
  };
  context_.engine.Submit(place.partition, std::move(command));
}

void PeopleKeeper::FinishIdNumber(const std::string& id, Done done) {
  const reservation::Place place = IdNumberPlace(id);
  auto entry = std::make_shared<IdNumberHead>();
  auto read = [entry, key = place.key](store::View& view) {
    *entry = EntryIn(view, key).head();
    return absl::OkStatus();
  };
  context_.engine.Read(
      place.partition, {place.key}, std::move(read),
      [this, alive = std::weak_ptr<bool>(alive_), entry, done = std::move(done)](const absl::Status& status) {
        if (alive.expired()) return;
        if (!status.ok() || entry->state() != IdNumberHead::TAKEN) return done({status, {}, false});
        PutIdNumber(*entry, done);
      });
}

void PeopleKeeper::PutIdNumber(const IdNumberHead& entry, Done done) {
  const reservation::Place place = PersonPlace(entry.person());
  const IdNumberRef ref = RefOf(entry);
  auto has = std::make_shared<bool>(false);
  auto put = [key = place.key, ref, has, sealed = entry.sealed()](store::View& view, absl::Time now) {
    domain::Person& person = PersonIn(view, key);
    absl::Status status = EmitAll(view, key, domain::DecideIdNumber(person, ref, sealed, now));
    *has = domain::HasIdNumber(person.head(), ref);
    return status;
  };
  Submit(place, std::move(put), [this, ref, has, done = std::move(done)](const store::Outcome& at_person) {
    if (!at_person.status.ok()) return done(at_person);
    const reservation::Place at = IdNumberPlace(ref.id());
    auto settle = [key = at.key, ref, has](store::View& view, absl::Time now) {
      return EmitAll(view, key, domain::DecideSettled(EntryIn(view, key), ref.taken_us(), *has, now));
    };
    Submit(at, std::move(settle), [at_person, done](const store::Outcome& settled) {
      store::Outcome outcome = at_person;
      outcome.status = settled.status;
      done(outcome);
    });
  });
}

void PeopleKeeper::Free(const std::string& person, const IdNumberRef& left) {
  const reservation::Place entry = IdNumberPlace(left.id());
  auto free = [key = entry.key, person, left](store::View& view, absl::Time now) {
    return EmitAll(view, key, domain::DecideFree(EntryIn(view, key), person, left.taken_us(), now));
  };
  Submit(entry, std::move(free), [this, person, left](const store::Outcome& outcome) {
    if (!outcome.status.ok()) return;
    const reservation::Place place = PersonPlace(person);
    auto forget = [key = place.key, left](store::View& view, absl::Time now) {
      return EmitAll(view, key, domain::DecideLeft(PersonIn(view, key), left, now));
    };
    Submit(place, std::move(forget), [](const store::Outcome&) {});
  });
}

void PeopleKeeper::Review(const std::string& person, std::function<void()> done) {
  const reservation::Place place = PersonPlace(person);
  auto reviewed = std::make_shared<Reviewed>();
  reviewed->person = person;
  reviewed->done = std::move(done);
  auto read = [this, reviewed, key = place.key](store::View& view) -> absl::Status {
    const domain::Person& state = PersonIn(view, key);
    auto age = AgeOf(context_.personal, state.head());
    if (!age.ok()) return age.status();
    auto uncovered = domain::UncoveredDuties(state, *age, context_.rules, context_.clock.Now());
    if (!uncovered.ok()) return uncovered.status();
    reviewed->uncovered = *std::move(uncovered);
    reviewed->user = state.head().user();
    reviewed->erased = state.head().erased_us() != 0;
    reviewed->asked_us = state.head().review_asked_us();
    return absl::OkStatus();
  };
  auto then = [this, alive = std::weak_ptr<bool>(alive_), reviewed](const absl::Status& status) {
    if (alive.expired()) return;
    if (!status.ok() || reviewed->asked_us == 0) return reviewed->done();
    if (!reviewed->erased && reviewed->uncovered.empty()) return EndReview(reviewed);
    absl::Status running = context_.personal.Run([this, alive, reviewed] {
      PrepareRelease(*reviewed);
      context_.executor.Post([this, alive, reviewed] {
        if (!alive.expired()) Release(reviewed);
      });
    });
    if (!running.ok()) reviewed->done();
  };
  context_.engine.Read(place.partition, {place.key}, std::move(read), std::move(then));
}

// Waits for the disk.
void PeopleKeeper::PrepareRelease(Reviewed& reviewed) {
  if (reviewed.erased) {
    reviewed.again = !context_.personal.Erase(reviewed.user).ok();
  } else if (auto sealed = context_.personal.Seal(reviewed.user, Personal::kReason, kReleased); sealed.ok()) {
    reviewed.sealed_reason = *std::move(sealed);
  }
}

void PeopleKeeper::Release(const std::shared_ptr<Reviewed>& reviewed) {
  if (reviewed->uncovered.empty()) return EndReview(reviewed);
  reviewed->open = reviewed->uncovered.size();
  for (const domain::Uncovered& one : reviewed->uncovered) {
    reviewed->again |= one.undecided;
    if (one.elsewhere) {
      Report(reviewed, *one.elsewhere);
      continue;
    }
    absl::string_view id = one.shift;
    absl::ConsumePrefix(&id, "shifts/");
    const reservation::Place place = ShiftPlace(id);
    auto release = [key = place.key, reviewed, of = one.reservation](store::View& view, absl::Time now) {
      return EmitAll(
          view, key,
          domain::DecideRelease(ShiftIn(view, key), reviewed->person, of, reviewed->sealed_reason, now));
    };
    Submit(place, std::move(release), [this, reviewed](const store::Outcome& outcome) {
      reviewed->again |= !outcome.status.ok();
      if (--reviewed->open == 0) EndReview(reviewed);
    });
  }
}

// Whoever has claimed their time lets it go: they are told that nobody comes.
void PeopleKeeper::Report(const std::shared_ptr<Reviewed>& reviewed, const reservation::v1::Claim& claim) {
  const v1::Unavailability report = UnavailabilityOf(reviewed->person, claim);
  Submit(
      PlaceOfReport(report),
      [report](store::View& view, absl::Time now) { return EmitReport(view, report, now); },
      [this, reviewed](const store::Outcome& outcome) {
        reviewed->again |= !outcome.status.ok();
        if (--reviewed->open == 0) EndReview(reviewed);
      });
}

void PeopleKeeper::EndReview(const std::shared_ptr<Reviewed>& reviewed) {
  if (reviewed->again) return reviewed->done();
  const reservation::Place place = PersonPlace(reviewed->person);
  auto end = [key = place.key, asked = reviewed->asked_us](store::View& view, absl::Time now) {
    return EmitAll(view, key, domain::DecideReviewed(PersonIn(view, key), asked, now));
  };
  Submit(place, std::move(end), [reviewed](const store::Outcome&) { reviewed->done(); });
}

}  // namespace kepu::volunteer
