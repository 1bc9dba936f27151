// What the handlers of lectures share: who somebody is to a lecture, and the agreement, which is a
// reservation of the expert's time when the second side gives it. Functions of the context; thread-safe.
#pragma once

#include "services/volunteer/api/context.h"
#include "services/volunteer/domain/lecture.h"

namespace kepu::volunteer {

struct LecturePart {
  bool requester = false;
  bool expert = false;
  bool staff = false;
};
LecturePart PartIn(const Context& context, const rpc::Principal& principal,
                   const domain::record::LectureHead& head);

void ConfirmLecture(const Context& context, CallOf<v1::ConfirmLectureRequest, v1::LectureRequest> call);

}  // namespace kepu::volunteer
