// What tests of courses, dates and qualifications share: calls of the training service.
#pragma once

#include <random>
#include <set>

#include "kepu/volunteer/v1/training.pb.h"
#include "services/identity/domain/roles.h"
#include "services/volunteer/store/coverage_book.h"
#include "tests/service/access_check.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::training_service_test {

class VolunteerTrainingTest : public VolunteerServiceTest {
 protected:
  template <class Response>
  absl::StatusOr<Response> Ask(const char* method, const google::protobuf::Message& request,
                               const rpc::Principal& caller) {
    rpc::Context context;
    context.principal = caller;
    return desk.Ask<Response>(method, request, std::move(context), "TrainingService");
  }
  absl::StatusOr<v1::Course> MakeCourse(const std::string& id,
                                        const std::function<void(v1::Course&)>& change = {}) {
    v1::CreateCourseRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_course_id(id);
    v1::Course& course = *request.mutable_course();
    course.mutable_title()->set_zh("讲解培训");
    course.set_level(1);
    course.add_audience(v1::SCIENCE_TEACHER);
    course.set_hours(8);
    course.set_validity_months(1);
    if (change) change(course);
    return Ask<v1::Course>("CreateCourse", request, Staff());
  }
  v1::CreateTrainingSessionRequest SessionRequest(const std::string& course, int capacity,
                                                  double from_hours = 24) {
    v1::CreateTrainingSessionRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_parent(absl::StrCat("courses/", course));
    v1::TrainingSession& session = *request.mutable_training_session();
    session.set_place("venues/cqstm");
    const absl::Time start = desk.clock.Now() + absl::Hours(1) * from_hours;
    session.mutable_start_time()->set_seconds(absl::ToUnixSeconds(start));
    session.mutable_end_time()->set_seconds(absl::ToUnixSeconds(start + absl::Hours(8)));
    session.set_capacity(capacity);
    return request;
  }
  std::string MakeSession(const std::string& course = "guide", int capacity = 5, double from_hours = 24) {
    auto session = Ask<v1::TrainingSession>("CreateTrainingSession",
                                            SessionRequest(course, capacity, from_hours), Staff());
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? session->name() : "";
  }
  v1::JoinTrainingRequest JoinRequest(const std::string& session, v1::Profession post = v1::SCIENCE_TEACHER) {
    auto request = desk.Named<v1::JoinTrainingRequest>(session);
    request.set_post(post);
    return request;
  }
  absl::StatusOr<v1::TrainingParticipant> Join(const std::string& session, absl::string_view user,
                                               v1::Profession post = v1::SCIENCE_TEACHER) {
    return Ask<v1::TrainingParticipant>("JoinTraining", JoinRequest(session, post), User(user));
  }
  absl::StatusOr<v1::TrainingParticipant> Leave(const std::string& session, absl::string_view user) {
    return Ask<v1::TrainingParticipant>("LeaveTraining", desk.Named<v1::LeaveTrainingRequest>(session),
                                        User(user));
  }
  absl::StatusOr<v1::TrainingParticipant> Mark(const std::string& participant,
                                               v1::TrainingParticipant::State state,
                                               const rpc::Principal& caller = Staff()) {
    auto request = desk.Named<v1::MarkParticipantRequest>(participant);
    request.set_state(state);
    return Ask<v1::TrainingParticipant>("MarkParticipant", request, caller);
  }
  v1::TrainingSession Look(const std::string& name) {
    v1::GetTrainingSessionRequest request;
    request.set_name(name);
    auto session = Ask<v1::TrainingSession>("GetTrainingSession", request, rpc::Principal());
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *session : v1::TrainingSession();
  }
  absl::StatusOr<v1::ListQualificationsResponse> List(const std::string& parent,
                                                      const rpc::Principal& caller) {
    v1::ListQualificationsRequest request;
    request.set_parent(parent);
    return Ask<v1::ListQualificationsResponse>("ListQualifications", request, caller);
  }
  // The only line of somebody's qualifications.
  v1::Qualification Only(absl::string_view user) {
    auto all = List("volunteers/me", User(user));
    EXPECT_TRUE(all.ok()) << all.status();
    EXPECT_EQ(all.ok() ? all->qualifications_size() : -1, 1);
    return all.ok() && all->qualifications_size() == 1 ? all->qualifications(0) : v1::Qualification();
  }
  v1::RecordQualificationRequest RecordRequest(const std::string& volunteer) {
    v1::RecordQualificationRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_parent(volunteer);
    request.set_course("courses/guide");
    request.set_document_number("渝科辅 2026-0042");
    request.mutable_issuer()->set_zh("市科协");
    request.set_award_date("2026-11-01");
    return request;
  }
  absl::StatusOr<v1::Qualification> Record(const v1::RecordQualificationRequest& request,
                                           const rpc::Principal& caller = Staff()) {
    return Ask<v1::Qualification>("RecordQualification", request, caller);
  }
  absl::StatusOr<v1::Qualification> Revoke(const std::string& name, const rpc::Principal& caller = Staff()) {
    auto request = desk.Named<v1::RevokeQualificationRequest>(name);
    request.set_reason("forged by a cousin");
    return Ask<v1::Qualification>("RevokeQualification", request, caller);
  }
  std::vector<std::string> Coverage(v1::Profession post = v1::PROFESSION_UNSPECIFIED) {
    v1::GetTrainingCoverageRequest request;
    request.set_post(post);
    auto coverage = Ask<v1::TrainingCoverage>("GetTrainingCoverage", request, Staff());
    EXPECT_TRUE(coverage.ok()) << coverage.status();
    std::vector<std::string> rows;
    for (const auto& row : coverage->rows())
      rows.push_back(absl::StrCat(row.district(), " ", v1::Profession_Name(row.post()), " ", row.people(),
                                  " ", row.trained(), " ", row.expiring()));
    return rows;
  }
};

}  // namespace kepu::volunteer::training_service_test
