#include <algorithm>
#include <memory>

#include "services/volunteer/api/access.h"
#include "services/volunteer/api/catalogue_page.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/domain/training.h"
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using v1::TrainingParticipant;
using v1::TrainingSession;

constexpr char kSessionPattern[] = "courses/*/sessions/*";
// Parents that stand for all dates, and for the caller's own places.
constexpr char kAnyCourse[] = "courses/-";
constexpr char kAnySession[] = "courses/-/sessions/-";

// Where a date lies, and the course by whose rules it goes.
struct Target {
  std::string name;
  std::string course;
  std::string key;
  uint32_t partition = 0;
};

Target TargetOf(const std::string& course, const std::string& id) {
  const std::string name = absl::StrCat("courses/", course);
  return {absl::StrCat(name, "/sessions/", id), name, domain::TrainingKey(id), names::PartitionOf(id)};
}

absl::StatusOr<Target> ParseTarget(absl::string_view field, const std::string& name) {
  auto ids = names::Parse(field, kSessionPattern, name);
  if (!ids.ok()) return ids.status();
  return TargetOf((*ids)[0], (*ids)[1]);
}

// NOT_FOUND when there is none, or it is of another course than its name says.
absl::StatusOr<const domain::Training*> TrainingIn(store::View& view, const Target& target) {
  const auto& training = dynamic_cast<const domain::Training&>(view.Get(target.key));
  if (!training.Exists() || training.head().terms().course() != target.course)
    return refusal::NotFound(target.name);
  return &training;
}

absl::StatusOr<v1::Course> CourseIn(store::View& view, const std::string& course) {
  const auto& state = dynamic_cast<const domain::Document&>(view.Get(domain::DocumentKey(course)));
  auto found = document::ResourceIn<domain::DocumentLog, v1::Course>(state);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return refusal::NotFound(course);
  return **std::move(found);
}

absl::Status ShowSession(store::View& view, const Target& target, TrainingSession* answer) {
  auto training = TrainingIn(view, target);
  if (!training.ok()) return training.status();
  ToResource((*training)->head(), answer);
  return absl::OkStatus();
}

absl::Status ShowParticipant(store::View& view, const Target& target, const std::string& person,
                             TrainingParticipant* answer) {
  auto training = TrainingIn(view, target);
  if (!training.ok()) return training.status();
  auto found = domain::FindParticipant(**training, person);
  if (!found.ok()) return found.status();
  if (*found == nullptr)
    return refusal::NotFound(domain::ParticipantName((*training)->head().terms(), person));
  ToResource((*training)->head(), person, **found, answer);
  return absl::OkStatus();
}

// What a caller may set, put into the terms.
void TakeTerms(const TrainingSession& given, domain::record::TrainingTerms* terms) {
  terms->set_start_us(absl::ToUnixMicros(TimeOf(given.start_time())));
  terms->set_end_us(absl::ToUnixMicros(TimeOf(given.end_time())));
  terms->set_capacity(given.capacity());
  terms->set_trainer(given.trainer());
}

absl::Status DecideNew(store::View& view, const Target& target, domain::record::TrainingTerms terms,
                       absl::Time now) {
  const auto& training = dynamic_cast<const domain::Training&>(view.Get(target.key));
  if (training.Exists()) return absl::OkStatus();
  auto course = CourseIn(view, target.course);
  if (!course.ok()) return course.status();
  if (course->retired()) return refusal::Refuse(refusal::kNo, "COURSE_RETIRED", {{"name", target.course}});
  *terms.mutable_audience() = course->audience();
  return EmitAll(view, target.key, domain::DecidePutTraining(training, terms, now));
}

void CreateTrainingSession(const Context& context,
                           CallOf<v1::CreateTrainingSessionRequest, TrainingSession> call) {
  const TrainingSession given = call.request().training_session();
  auto ids = names::Parse("parent", "courses/*", call.request().parent());
  if (!ids.ok()) return call.Fail(ids.status());
  if (absl::Status status = names::Parse("training_session.place", "venues/*", given.place()).status();
      !status.ok())
    return call.Fail(status);
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  const std::string id = context.keys.MakeId(names::PartitionOf((*ids)[0]), request_key, "training");
  const Target target = TargetOf((*ids)[0], id);
  domain::record::TrainingTerms terms;
  terms.set_id(id);
  terms.set_course(target.course);
  terms.set_place(given.place());
  TakeTerms(given, &terms);
  handler::Change(
      context.engine, target.partition, store::Lane::kRest, std::move(request_key),
      {target.key, domain::DocumentKey(target.course)}, std::move(call),
      [target, terms](store::View& view, absl::Time now) { return DecideNew(view, target, terms, now); },
      [target](store::View& view, TrainingSession* answer) { return ShowSession(view, target, answer); });
}

// A change of a date by staff of its place: `decide(training, now)`. For everybody else it is not there.
template <class Request, class Decide>
void ChangeSession(const Context& context, absl::string_view field, const std::string& name,
                   CallOf<Request, TrainingSession> call, Decide decide) {
  const auto target = ParseTarget(field, name);
  if (!target.ok()) return call.Fail(target.status());
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  const rpc::Principal principal = call.principal();
  handler::Change(
      context.engine, target->partition, store::Lane::kRest, std::move(request_key), {target->key},
      std::move(call),
      [target = *target, principal, decide](store::View& view, absl::Time now) -> absl::Status {
        auto training = TrainingIn(view, target);
        if (!training.ok()) return training.status();
        if (!IsStaffOf(principal, (*training)->head().terms().place())) return refusal::NotFound(target.name);
        return EmitAll(view, target.key, decide(**training, now));
      },
      [target = *target](store::View& view, TrainingSession* answer) {
        return ShowSession(view, target, answer);
      });
}

void UpdateTrainingSession(const Context& context,
                           CallOf<v1::UpdateTrainingSessionRequest, TrainingSession> call) {
  const TrainingSession update = call.request().training_session();
  const auto& mask = call.request().update_mask().paths();
  const handler::Paths paths(mask.begin(), mask.end());
  ChangeSession(
      context, "training_session.name", update.name(), std::move(call),
      [update, paths](const domain::Training& training, absl::Time now) -> absl::StatusOr<domain::Facts> {
        TrainingSession shown;
        ToResource(training.head(), &shown);
        absl::Status status = document::CheckEtag(update.etag(), shown.etag(), shown.name());
        if (!status.ok()) return status;
        TrainingSession after = handler::Merged(shown, update, paths);
        status = document::KeepWhatIsKept("training_session", shown, &after);
        if (!status.ok()) return status;
        domain::record::TrainingTerms terms = training.head().terms();
        TakeTerms(after, &terms);
        return domain::DecidePutTraining(training, terms, now);
      });
}

void CancelTrainingSession(const Context& context,
                           CallOf<v1::CancelTrainingSessionRequest, TrainingSession> call) {
  const std::string name = call.request().name(), reason = call.request().reason();
  ChangeSession(context, "name", name, std::move(call),
                [reason](const domain::Training& training, absl::Time now) {
                  return domain::DecideCancelTraining(training, reason, now);
                });
}

void GetTrainingSession(const Context& context, CallOf<v1::GetTrainingSessionRequest, TrainingSession> call) {
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    const std::string& name = ready.request().name();
    if (auto target = ParseTarget("name", name); !target.ok()) return ready.Fail(target.status());
    auto bytes = context.reads.trainings().sessions().Get(name);
    if (bytes == nullptr) return ready.Fail(refusal::NotFound(name));
    ready.AnswerBytes(std::move(bytes));
  });
}

void ListTrainingSessions(const Context& context,
                          CallOf<v1::ListTrainingSessionsRequest, v1::ListTrainingSessionsResponse> call) {
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    const std::string& parent = ready.request().parent();
    const bool all = parent == kAnyCourse;
    if (auto ids = names::Parse("parent", "courses/*", parent); !all && !ids.ok())
      return ready.Fail(ids.status());
    // Times before 1970 would sort wrongly, and no date lies there.
    const int64_t from_us =
        std::max<int64_t>(0, absl::ToUnixMicros(TimeOf(ready.request().start_time_min())));
    const std::string from = from_us == 0 ? "" : document::TimeOrder(from_us);
    const std::string scope = all ? "" : parent;
    AnswerPage(context, std::move(ready), context.reads.trainings().sessions(), scope,
               paging::FilterDigest({"trainings", scope, from}), from);
  });
}

using JoinCall = CallOf<v1::JoinTrainingRequest, TrainingParticipant>;

// `head` is the person's as it stood a moment ago: qualifications do not vanish by the second.
void Join(const Context& context, JoinCall call, const Target& target,
          const domain::record::PersonHead& head) {
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  const v1::Profession post = call.request().post();
  handler::Change(
      context.engine, target.partition, store::Lane::kBooking, std::move(request_key),
      {target.key, domain::DocumentKey(target.course)}, std::move(call),
      [target, head, post](store::View& view, absl::Time now) -> absl::Status {
        auto training = TrainingIn(view, target);
        if (!training.ok()) return training.status();
        auto course = CourseIn(view, target.course);
        if (!course.ok()) return course.status();
        const absl::Time end = absl::FromUnixMicros((*training)->head().terms().end_us());
        if (absl::Status status = domain::CheckPrerequisites(*course, head, end); !status.ok()) return status;
        return EmitAll(view, target.key, domain::DecideJoin(**training, head.id(), post, now));
      },
      [target, person = head.id()](store::View& view, TrainingParticipant* answer) {
        return ShowParticipant(view, target, person, answer);
      });
}

void JoinTraining(const Context& context, JoinCall call) {
  const auto target = ParseTarget("name", call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  const std::string person = SelfOf(context, call.principal());
  const reservation::Place place = PersonPlace(person);
  auto shared = std::make_shared<JoinCall>(std::move(call));
  auto head = std::make_shared<domain::record::PersonHead>();
  context.engine.Read(
      place.partition, {place.key},
      [key = place.key, person, head](store::View& view) -> absl::Status {
        const domain::Person& known = PersonIn(view, key);
        if (!known.Exists()) {
          return refusal::Refuse(refusal::kNo, "NOT_REGISTERED",
                                 {{"name", absl::StrCat("volunteers/", person)}});
        }
        *head = known.head();
        return absl::OkStatus();
      },
      [&context, shared, head, target = *target](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        Join(context, std::move(*shared), target, *head);
      });
}

void LeaveTraining(const Context& context, CallOf<v1::LeaveTrainingRequest, TrainingParticipant> call) {
  const auto target = ParseTarget("name", call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  const std::string person = SelfOf(context, call.principal());
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, target->partition, store::Lane::kBooking, std::move(request_key), {target->key},
      std::move(call),
      [target = *target, person](store::View& view, absl::Time now) -> absl::Status {
        auto training = TrainingIn(view, target);
        if (!training.ok()) return training.status();
        return EmitAll(view, target.key, domain::DecideLeave(**training, person, now));
      },
      [target = *target, person](store::View& view, TrainingParticipant* answer) {
        return ShowParticipant(view, target, person, answer);
      });
}

void MarkParticipant(const Context& context, CallOf<v1::MarkParticipantRequest, TrainingParticipant> call) {
  const v1::MarkParticipantRequest request = call.request();
  auto ids = names::Parse("name", "courses/*/sessions/*/participants/*", request.name());
  if (!ids.ok()) return call.Fail(ids.status());
  const Target target = TargetOf((*ids)[0], (*ids)[1]);
  const std::string person = (*ids)[2];
  const rpc::Principal principal = call.principal();
  const bool own = person == SelfOf(context, principal);
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, target.partition, store::Lane::kCheckIn, std::move(request_key),
      {target.key, domain::DocumentKey(target.course)}, std::move(call),
      [=](store::View& view, absl::Time now) -> absl::Status {
        auto training = TrainingIn(view, target);
        const bool staff = training.ok() && IsStaffOf(principal, (*training)->head().terms().place());
        if (!staff) return refusal::NotFound(request.name());
        if (own) return refusal::Refuse(refusal::kNo, "NOT_FOR_ONESELF");
        auto course = CourseIn(view, target.course);
        if (!course.ok()) return course.status();
        return EmitAll(view, target.key,
                       domain::DecideMark(**training, *course, person, request.state(), now));
      },
      [target, person](store::View& view, TrainingParticipant* answer) {
        return ShowParticipant(view, target, person, answer);
      });
}

void ListParticipants(const Context& context,
                      CallOf<v1::ListParticipantsRequest, v1::ListParticipantsResponse> call) {
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    std::string scope = ready.request().parent();
    if (scope == kAnySession) {
      scope = absl::StrCat("volunteers/", SelfOf(context, ready.principal()));
    } else {
      if (auto target = ParseTarget("parent", scope); !target.ok()) return ready.Fail(target.status());
      auto bytes = context.reads.trainings().sessions().Get(scope);
      TrainingSession session;
      if (bytes == nullptr || !session.ParseFromString(*bytes) ||
          !IsStaffOf(ready.principal(), session.place()))
        return ready.Fail(refusal::NotFound(scope));
    }
    AnswerPage(context, std::move(ready), context.reads.trainings().participants(), scope,
               paging::FilterDigest({"participants", scope}));
  });
}

}  // namespace

void AddTrainingHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kTrainingService, "CreateTrainingSession", CreateTrainingSession);
  Handle(service, context, kTrainingService, "GetTrainingSession", GetTrainingSession);
  Handle(service, context, kTrainingService, "ListTrainingSessions", ListTrainingSessions);
  Handle(service, context, kTrainingService, "UpdateTrainingSession", UpdateTrainingSession);
  Handle(service, context, kTrainingService, "CancelTrainingSession", CancelTrainingSession);
  Handle(service, context, kTrainingService, "JoinTraining", JoinTraining);
  Handle(service, context, kTrainingService, "LeaveTraining", LeaveTraining);
  Handle(service, context, kTrainingService, "MarkParticipant", MarkParticipant);
  Handle(service, context, kTrainingService, "ListParticipants", ListParticipants);
}

}  // namespace kepu::volunteer
