// Calls about people, for the tests of their handlers: who registers, who keeps them, and every byte that the
// store holds.
#pragma once

#include <string>
#include <vector>

#include "kepu/volunteer/v1/people.pb.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer {

inline rpc::Principal Keeper(absl::string_view district = "districts/yuzhong") {
  return {"users/keeper", "", {{"coordinator", std::string(district)}}};
}

class VolunteerPeopleTest : public VolunteerServiceTest {
 protected:
  template <class Response>
  absl::StatusOr<Response> People(const char* method, const google::protobuf::Message& request,
                                  const rpc::Principal& caller, bool repeat = false) {
    rpc::Context context;
    context.principal = caller;
    context.repeat = repeat;
    return desk.Ask<Response>(method, request, std::move(context), "PersonService");
  }
  // A call whose request is a name and nothing else.
  template <class Request>
  absl::StatusOr<v1::Volunteer> Do(const char* method, const std::string& name,
                                   const rpc::Principal& caller) {
    return People<v1::Volunteer>(method, desk.Named<Request>(name), caller);
  }
  absl::StatusOr<v1::Volunteer> RegisterBorn(absl::string_view user, const std::string& born) {
    v1::RegisterVolunteerRequest request;
    request.set_request_id(desk.NextRequestId());
    request.mutable_volunteer()->set_birth_date(born);
    request.mutable_volunteer()->set_district("districts/yuzhong");
    request.mutable_volunteer()->set_category(v1::PUPIL);
    request.mutable_volunteer()->add_languages("zh");
    return desk.Ask<v1::Volunteer>("RegisterVolunteer", request, User(user));
  }
  v1::RecordConsentRequest Paper(const std::string& parent, absl::Duration good_for,
                                 std::vector<v1::ConsentScope> scopes = {v1::CONSENT_TO_SERVICE},
                                 const std::string& birth_date = "") {
    v1::RecordConsentRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_parent(parent);
    request.set_birth_date(birth_date);
    v1::GuardianConsent& consent = *request.mutable_consent();
    consent.set_guardian_name("王建国");
    consent.set_guardian_phone("13900000001");
    consent.set_relation(v1::PARENT);
    for (v1::ConsentScope scope : scopes) consent.add_scopes(scope);
    consent.set_text_version("2026-1");
    consent.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(desk.clock.Now() + good_for));
    return request;
  }
  absl::StatusOr<v1::GuardianConsent> Consent(const std::string& parent, absl::Duration good_for,
                                              std::vector<v1::ConsentScope> scopes = {v1::CONSENT_TO_SERVICE},
                                              const std::string& birth_date = "") {
    return People<v1::GuardianConsent>("RecordConsent",
                                       Paper(parent, good_for, std::move(scopes), birth_date), Keeper());
  }
  absl::StatusOr<v1::Volunteer> SubmitIdNumber(const std::string& name, const std::string& number,
                                               const rpc::Principal& caller) {
    auto request = desk.Named<v1::SubmitIdNumberRequest>(name);
    request.set_id_number(number);
    return People<v1::Volunteer>("SubmitIdNumber", request, caller);
  }
  // Why a claim on the person's time for something that asks so much is refused; "" when it is granted, and
  // then it is cancelled again.
  std::string Refused(const std::string& person, const v1::Requirements& needs, double from_hours,
                      double hours = 2) {
    auto request = Guide(person, from_hours, hours);
    v1::Duty duty;
    *duty.mutable_requirements() = needs;
    request.mutable_demand()->set_detail(duty.SerializeAsString());
    request.set_reservation(absl::StrCat("r", ++claims_));
    request.set_request_id(reservation::ClaimId(request.reservation(), request.demand()));
    auto tried = AsPeer<reservation::v1::TryResponse>("Try", request);
    EXPECT_TRUE(tried.ok()) << tried.status();
    if (!tried.ok()) return "UNKNOWN";
    if (tried->outcome() == reservation::v1::TryResponse::REFUSED)
      return Reason(reservation::UnpackRefusal(tried->refusal()));
    EXPECT_TRUE(AsPeer<reservation::v1::StepResponse>("Cancel", StepOf(request)).ok());
    return "";
  }

  // Every byte that the store holds: keys, heads, children, and the whole log.
  std::string Dump() {
    std::string all;
    for (uint32_t partition = 0; partition < 64; ++partition) {
      for (const std::string& key : desk.data.Roots(partition)) {
        const store::Loaded loaded = desk.data.Load(partition, {key, {}, true});
        absl::StrAppend(&all, key, loaded.head.head);
        for (const auto& [field, bytes] : loaded.children) absl::StrAppend(&all, field, bytes ? *bytes : "");
      }
      for (const store::LogEntry& entry : desk.data.ReadLog(partition, 0, 100000)) {
        for (const std::string& group : entry.groups) all += group;
      }
    }
    return all;
  }

 private:
  int claims_ = 0;
};

}  // namespace kepu::volunteer
