// Lectures that are asked for, as they are read: by who asked, by expert, by district, and all. Fed by the
// read model on one executor; the catalogue may be read from any thread.
#pragma once

#include <functional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "libs/projection/catalogue.h"
#include "services/volunteer/domain/lecture.h"

namespace kepu::volunteer {

class LectureBook {
 public:
  void Load(const domain::Lecture& lecture);
  void Fold(const std::string& id, const domain::record::Fact& fact);

  // Scopes: "city", each requester, expert and district. Oldest first.
  const projection::Catalogue& lectures() const { return lectures_; }

 private:
  void Show(const domain::record::LectureHead& head);

  projection::Catalogue lectures_;
  absl::flat_hash_map<std::string, domain::record::LectureHead> heads_;
};

}  // namespace kepu::volunteer
