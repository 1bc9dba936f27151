#include "services/volunteer/store/lecture_book.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "libs/calendar/timestamps.h"

namespace kepu::volunteer {

void LectureBook::Load(const domain::Lecture& lecture) {
  heads_[lecture.head().id()] = lecture.head();
  Show(lecture.head());
}

void LectureBook::Fold(const std::string& id, const domain::record::Fact& fact) {
  domain::record::LectureHead& head = heads_[id];
  domain::ApplyHead(head, fact);
  if (!fact.has_reservation() && !fact.has_ends_forgotten()) Show(head);
}

void LectureBook::Show(const domain::record::LectureHead& head) {
  const v1::LectureRequest& lecture = head.lecture();
  std::vector<std::string> scopes = {"city", lecture.requester(), lecture.district()};
  // A district may ask for itself.
  if (lecture.requester() == lecture.district()) scopes.pop_back();
  if (lecture.has_offer()) scopes.push_back(lecture.offer().expert());
  lectures_.Keep(lecture.name(), std::make_shared<const v1::LectureRequest>(lecture), std::move(scopes),
                 absl::StrFormat("%017d", calendar::MicrosOf(lecture.create_time())));
}

}  // namespace kepu::volunteer
