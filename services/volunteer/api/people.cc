#include <algorithm>
#include <iterator>
#include <tuple>

#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/merge.h"
#include "libs/handler/visible.h"
#include "libs/paging/paging.h"
#include "services/volunteer/api/people_desk.h"
#include "services/volunteer/domain/skills.h"

namespace kepu::volunteer {
namespace {

using v1::Volunteer;

constexpr absl::string_view kVolunteers = "volunteers/*";
// R147: registered volunteers that the city set out to reach.
constexpr int32_t kTarget = 100'000;
// What UpdateVolunteer changes.
const char* const kUpdatable[] = {"district", "languages", "skills", "category", "source"};

void RegisterStaff(const PeopleDesk& desk, CallOf<v1::RegisterStaffRequest, Volunteer> call) {
  const v1::RegisterStaffRequest& request = call.request();
  for (const auto& [field, pattern, name] :
       {std::tuple("user", "users/*", request.user()), std::tuple("venue", "venues/*", request.venue()),
        std::tuple("district", "districts/*", request.district())}) {
    if (auto ids = names::Parse(field, pattern, name); !ids.ok()) return call.Fail(ids.status());
  }
  if (absl::Status status = domain::CheckSkillsAndLanguages("request", request.skills(), request.languages());
      !status.ok()) {
    return call.Fail(status);
  }
  domain::StaffCommand command;
  command.id = PersonIdOfUser(desk.context.keys, request.user());
  command.user = request.user();
  command.venue = request.venue();
  command.district = request.district();
  if (request.kind() != Volunteer::KIND_UNSPECIFIED) command.kind = request.kind();
  command.languages = {request.languages().begin(), request.languages().end()};
  command.skills = {request.skills().begin(), request.skills().end()};
  command.may_move = call.principal().Holds("city_admin", "city");
  auto decide = [command](const domain::Person& person, absl::Time now) {
    return domain::DecideRegisterStaff(person, command, now);
  };
  // A venue learns nothing that was sealed of who volunteers already.
  auto encode = [](const domain::Person& person, Volunteer* answer) {
    ToResource(person.head(), answer);
    return absl::OkStatus();
  };
  ChangePerson(desk, std::move(call), command.id, std::move(decide), std::move(encode));
}

void ListStaff(const PeopleDesk& desk, CallOf<v1::ListStaffRequest, v1::ListStaffResponse> typed) {
  const Context& context = desk.context;
  handler::WhenVisible(context.follower, nullptr, std::move(typed), [&context](auto call) {
    const std::string venue = call.request().venue();
    if (auto ids = names::Parse("venue", "venues/*", venue); !ids.ok()) return call.Fail(ids.status());
    const std::string digest = paging::FilterDigest({"staff", venue});
    auto size = paging::PageSize(call.request().page_size());
    if (!size.ok()) return call.Fail(size.status());
    auto after = context.pager.Decode(call.request().page_token(), digest);
    if (!after.ok()) return call.Fail(after.status());
    projection::Catalogue::Page page = context.reads.volunteers().List(venue, *after, *size);
    paging::AppendNextPageToken(context.pager.Encode(digest, page.next_after), &page.bytes);
    call.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
  });
}

// The volunteer as updates are laid over: what may change and nothing else.
Volunteer Updatable(const domain::record::PersonHead& head) {
  Volunteer volunteer;
  volunteer.set_district(head.district());
  *volunteer.mutable_languages() = head.languages();
  *volunteer.mutable_skills() = head.skills();
  volunteer.set_category(head.category());
  volunteer.set_source(head.source());
  return volunteer;
}

bool IsSet(const Volunteer& volunteer, const char* field) {
  const auto* descriptor = Volunteer::descriptor()->FindFieldByName(field);
  const auto& reflection = *volunteer.GetReflection();
  return descriptor->is_repeated() ? reflection.FieldSize(volunteer, descriptor) > 0
                                   : reflection.HasField(volunteer, descriptor);
}

absl::StatusOr<handler::Paths> PathsOf(const v1::UpdateVolunteerRequest& request) {
  const auto& mask = request.update_mask().paths();
  handler::Paths paths(mask.begin(), mask.end());
  const bool all = paths == handler::Paths{"*"};
  if (all || paths.empty()) {
    paths.clear();
    // Of what may change: the name is set in any case.
    for (const char* field : kUpdatable)
      if (all || IsSet(request.volunteer(), field)) paths.emplace_back(field);
    return paths;
  }
  for (const std::string& path : paths) {
    if (std::count(std::begin(kUpdatable), std::end(kUpdatable), path) == 0)
      return refusal::BadField("update_mask", "may name district, languages, skills, category, source");
  }
  return paths;
}

void UpdateVolunteer(const PeopleDesk& desk, CallOf<v1::UpdateVolunteerRequest, Volunteer> typed) {
  auto paths = PathsOf(typed.request());
  if (!paths.ok()) return typed.Fail(paths.status());
  const std::string name = typed.request().volunteer().name();
  ReadPerson(desk, std::move(typed), "volunteer.name", kVolunteers, name, Who::kEither,
             [desk, paths = *paths](auto call, const Found& found) {
               const Volunteer given = call.request().volunteer();
               const domain::Rules& rules = desk.context.rules;
               ChangePerson(desk, std::move(call), found.ids[0],
                            [paths, given, &rules](const domain::Person& person,
                                                   absl::Time now) -> absl::StatusOr<domain::Facts> {
                              const Volunteer after =
                                  paths.empty() ? Updatable(person.head())
                                                : handler::Merged(Updatable(person.head()), given, paths);
                              auto ids = names::Parse("volunteer.district", "districts/*", after.district());
                              if (!ids.ok()) return ids.status();
                              domain::record::PersonProfile profile;
                              profile.set_district(after.district());
                              *profile.mutable_languages() = after.languages();
                              *profile.mutable_skills() = after.skills();
                              profile.set_category(after.category());
                              profile.set_source(after.source());
                              return domain::DecideUpdate(person, profile, rules, now);
                            });
             });
}

void ListSkills(const PeopleDesk&, CallOf<v1::ListSkillsRequest, v1::ListSkillsResponse> call) {
  v1::ListSkillsResponse response;
  for (const domain::SkillRow& row : domain::Skills()) {
    v1::Skill* skill = response.add_skills();
    skill->set_code(row.code);
    skill->mutable_title()->set_zh(row.zh);
    skill->mutable_title()->set_en(row.en);
  }
  call.Answer(response);
}

// A change of somebody's record that needs nothing but who did it.
template <class Request>
void Act(const PeopleDesk& desk, CallOf<Request, Volunteer> typed, Who who,
         absl::StatusOr<domain::Facts> (*decide)(const domain::Person&, absl::string_view, absl::Time)) {
  const std::string name = typed.request().name();
  ReadPerson(
      desk, std::move(typed), "name", kVolunteers, name, who, [desk, decide](auto call, const Found& found) {
        const std::string by = call.principal().name;
        ChangePerson(
            desk, std::move(call), found.ids[0],
            [decide, by](const domain::Person& person, absl::Time now) { return decide(person, by, now); });
      });
}

void SubmitVerification(const PeopleDesk& desk, CallOf<v1::SubmitVerificationRequest, Volunteer> call) {
  Act(desk, std::move(call), Who::kEither, domain::DecideSubmitVerification);
}

void VerifyVolunteer(const PeopleDesk& desk, CallOf<v1::VerifyVolunteerRequest, Volunteer> call) {
  Act(desk, std::move(call), Who::kKeeper, domain::DecideVerify);
}

void RejectVolunteer(const PeopleDesk& desk, CallOf<v1::RejectVolunteerRequest, Volunteer> typed) {
  const std::string name = typed.request().name();
  auto reject = [desk](auto sealing, const Found& found) {
    const std::string reason = sealing.request().reason();
    auto sealed = [desk, id = found.ids[0]](auto call, std::vector<std::string> texts) {
      const std::string by = call.principal().name;
      ChangePerson(desk, std::move(call), id,
                   [by, text = texts[0]](const domain::Person& person, absl::Time now) {
                     return domain::DecideReject(person, by, text, now);
                   });
    };
    SealTexts(desk, std::move(sealing), found.head.user(), {{Personal::kReason, reason}}, sealed);
  };
  ReadPerson(desk, std::move(typed), "name", kVolunteers, name, Who::kKeeper, reject);
}

void RecordBackgroundCheck(const PeopleDesk& desk,
                           CallOf<v1::RecordBackgroundCheckRequest, Volunteer> typed) {
  const std::string name = typed.request().name();
  ReadPerson(desk, std::move(typed), "name", kVolunteers, name, Who::kKeeper,
             [desk](auto call, const Found& found) {
               const std::string by = call.principal().name;
               const absl::Time until = calendar::FromProto(call.request().expire_time());
               ChangePerson(desk, std::move(call), found.ids[0],
                            [by, until](const domain::Person& person, absl::Time now) {
                              return domain::DecideBackground(person, by, until, now);
                            });
             });
}

void WithdrawBackgroundCheck(const PeopleDesk& desk,
                             CallOf<v1::WithdrawBackgroundCheckRequest, Volunteer> call) {
  Act(
      desk, std::move(call), Who::kKeeper,
      +[](const domain::Person& person, absl::string_view by, absl::Time now) {
        return domain::DecideBackground(person, by, absl::InfinitePast(), now);
      });
}

PeopleBook::Counts CountsOf(const Context& context) {
  const absl::Time now = context.clock.Now();
  return context.reads.people().On(calendar::DayOf(now),
                                   [&context, now](const std::string& user, const std::string& sealed) {
                                     domain::record::PersonHead head;
                                     head.set_user(user);
                                     head.set_minor(true);
                                     head.set_sealed_birth_date(sealed);
                                     auto age = AgeOf(context.personal, head);
                                     return !age.ok() || domain::IsMinorAt(*age, now, context.rules);
                                   });
}

void GetRegistrationSummary(const PeopleDesk& desk,
                            CallOf<v1::GetRegistrationSummaryRequest, v1::RegistrationSummary> typed) {
  const Context& context = desk.context;
  handler::WhenVisible(context.follower, nullptr, std::move(typed), [&context](auto call) {
    const std::string district = call.request().district();
    v1::RegistrationSummary summary;
    summary.set_target(kTarget);
    for (const auto& [row, count] : CountsOf(context)) {
      if (!district.empty() && row.first != district) continue;
      v1::RegistrationSummary::Row* shown = summary.add_rows();
      shown->set_district(row.first);
      shown->set_category(row.second);
      shown->set_registered(count.registered);
      shown->set_verified(count.verified);
      shown->set_minors(count.minors);
      summary.set_registered(summary.registered() + count.registered);
      summary.set_verified(summary.verified() + count.verified);
      summary.set_minors(summary.minors() + count.minors);
    }
    call.Answer(summary);
  });
}

}  // namespace

void AddPeopleHandlers(rpc::Service& service, const PeopleDesk& desk) {
  HandlePeople(service, desk, "RegisterStaff", RegisterStaff);
  HandlePeople(service, desk, "ListStaff", ListStaff);
  HandlePeople(service, desk, "UpdateVolunteer", UpdateVolunteer);
  HandlePeople(service, desk, "ListSkills", ListSkills);
  HandlePeople(service, desk, "SubmitVerification", SubmitVerification);
  HandlePeople(service, desk, "VerifyVolunteer", VerifyVolunteer);
  HandlePeople(service, desk, "RejectVolunteer", RejectVolunteer);
  HandlePeople(service, desk, "RecordBackgroundCheck", RecordBackgroundCheck);
  HandlePeople(service, desk, "WithdrawBackgroundCheck", WithdrawBackgroundCheck);
  HandlePeople(service, desk, "GetRegistrationSummary", GetRegistrationSummary);
}

}  // namespace kepu::volunteer
