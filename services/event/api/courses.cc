// The courses of programmes: the catalogue that teachers search by grade and subject.
#include "absl/strings/str_cat.h"
#include "services/event/api/access.h"
#include "services/event/api/register.h"
#include "services/event/domain/grades.h"
#include "services/event/domain/programme.h"
#include "services/event/domain/school_offer.h"

namespace kepu::event {
namespace {

using v1::Course;

constexpr char kCoursePattern[] = "programmes/*/courses/*";
constexpr char kAnyProgramme[] = "programmes/-";

// The programme, when it is the caller's to change; else it does not exist. `name` is what the caller named.
absl::StatusOr<v1::Programme> ProgrammeFor(const Context& context, const rpc::Principal& caller,
                                           const std::string& programme, const std::string& name) {
  const auto found = context.read_model.documents().Find<v1::Programme>(programme);
  if (found == nullptr || !Tends(caller, found->place())) return refusal::NotFound(name);
  return *found;
}

void CreateCourse(const Context& context, rpc::TypedCall<v1::CreateCourseRequest, Course> call) {
  WhenVisible(context, std::move(call), [&context](rpc::TypedCall<v1::CreateCourseRequest, Course> ready) {
    const std::string parent = ready.request().parent();
    if (auto ids = names::Parse("parent", "programmes/*", parent); !ids.ok()) return ready.Fail(ids.status());
    const auto programme = ProgrammeFor(context, ready.principal(), parent, parent);
    if (!programme.ok()) return ready.Fail(programme.status());
    auto id = context.documents.GivenOrMadeId(ready, "course_id", ready.request().course_id());
    if (!id.ok()) return ready.Fail(id.status());
    const Course course = ready.request().course();
    context.documents.Create(
        absl::StrCat(parent, "/courses/", *id), course, std::move(ready),
        [programme = *programme](Course& made, absl::Time) { return domain::MakeCourse(made, programme); });
  });
}

void GetCourse(const Context& context, rpc::TypedCall<v1::GetCourseRequest, Course> call) {
  context.documents.Answer<Course>(std::move(call), kCoursePattern);
}

void ListCourses(const Context& context,
                 rpc::TypedCall<v1::ListCoursesRequest, v1::ListCoursesResponse> call) {
  const v1::ListCoursesRequest wanted = call.request();
  const bool of_any = wanted.parent() == kAnyProgramme;
  if (auto ids = names::Parse("parent", "programmes/*", wanted.parent()); !of_any && !ids.ok())
    return call.Fail(ids.status());
  if (!wanted.grade().empty() && !domain::GradeRank(wanted.grade()))
    return call.Fail(refusal::BadField("grade", domain::kGradeRule));
  context.documents.List<Course>(
      std::move(call), of_any ? document::kAllOfThem : wanted.parent(), [wanted](const Course& course) {
        return (wanted.show_retired() || course.state() != Course::RETIRED) &&
               (wanted.subject_id().empty() || course.subject_id() == wanted.subject_id()) &&
               (wanted.grade().empty() || domain::ServesGrade(course, wanted.grade()));
      });
}

void UpdateCourse(const Context& context, rpc::TypedCall<v1::UpdateCourseRequest, Course> call) {
  WhenVisible(context, std::move(call), [&context](rpc::TypedCall<v1::UpdateCourseRequest, Course> ready) {
    const Course update = ready.request().course();
    auto ids = names::Parse("course.name", kCoursePattern, update.name());
    if (!ids.ok()) return ready.Fail(ids.status());
    const auto programme =
        ProgrammeFor(context, ready.principal(), absl::StrCat("programmes/", (*ids)[0]), update.name());
    if (!programme.ok()) return ready.Fail(programme.status());
    context.documents.Update(
        "course", update, std::move(ready), [](const Course&) { return true; },
        [programme = *programme](Course& after, absl::Time) { return domain::MakeCourse(after, programme); });
  });
}

}  // namespace

void AddCourseHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kSchoolOfferService, "CreateCourse", CreateCourse);
  Handle(service, context, kSchoolOfferService, "GetCourse", GetCourse);
  Handle(service, context, kSchoolOfferService, "ListCourses", ListCourses);
  Handle(service, context, kSchoolOfferService, "UpdateCourse", UpdateCourse);
}

}  // namespace kepu::event
