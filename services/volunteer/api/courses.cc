#include <map>

#include "services/volunteer/api/handlers.h"
#include "services/volunteer/domain/training.h"

namespace kepu::volunteer {
namespace {

using v1::Course;

// The course against all others as they stand.
absl::Status Check(const Context& context, const Course& course) {
  std::map<std::string, std::shared_ptr<const Course>> known;
  return domain::CheckCourse(course, [&](const std::string& name) {
    return (known[name] = context.reads.documents().Find<Course>(name)).get();
  });
}

void CreateCourse(const Context& context, CallOf<v1::CreateCourseRequest, Course> call) {
  const Course course = call.request().course();
  auto id = context.documents.GivenOrMadeId(call, "course_id", call.request().course_id());
  if (!id.ok()) return call.Fail(id.status());
  const std::string name = absl::StrCat("courses/", *id);
  context.documents.WhenVisible(std::move(call), [&context, name, course](auto ready) {
    context.documents.Create(name, course, std::move(ready),
                             [&context](Course& made, absl::Time) { return Check(context, made); });
  });
}

void GetCourse(const Context& context, CallOf<v1::GetCourseRequest, Course> call) {
  context.documents.Answer<Course>(std::move(call), "courses/*");
}

void ListCourses(const Context& context, CallOf<v1::ListCoursesRequest, v1::ListCoursesResponse> call) {
  const v1::Profession post = call.request().post();
  context.documents.List<Course>(std::move(call), document::kAllOfThem, [post](const Course& course) {
    const auto& audience = course.audience();
    return post == v1::PROFESSION_UNSPECIFIED ||
           std::find(audience.begin(), audience.end(), post) != audience.end();
  });
}

void UpdateCourse(const Context& context, CallOf<v1::UpdateCourseRequest, Course> call) {
  const Course course = call.request().course();
  if (auto ids = names::Parse("course.name", "courses/*", course.name()); !ids.ok())
    return call.Fail(ids.status());
  context.documents.WhenVisible(std::move(call), [&context, course](auto ready) {
    context.documents.Update(
        "course", course, std::move(ready), [](const Course&) { return true; },
        [&context](Course& after, absl::Time) { return Check(context, after); });
  });
}

}  // namespace

void AddCourseHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kTrainingService, "CreateCourse", CreateCourse);
  Handle(service, context, kTrainingService, "GetCourse", GetCourse);
  Handle(service, context, kTrainingService, "ListCourses", ListCourses);
  Handle(service, context, kTrainingService, "UpdateCourse", UpdateCourse);
  AddTrainingHandlers(service, context);
  AddQualificationHandlers(service, context);
}

}  // namespace kepu::volunteer
