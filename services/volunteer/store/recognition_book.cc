#include "services/volunteer/store/recognition_book.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/document/shelf.h"

namespace kepu::volunteer {
namespace {

using domain::record::AbsenceMark;
using domain::record::AbsenceNote;
using domain::record::CertificateHead;
using domain::record::Fact;

std::string NewestFirst(int64_t us) { return document::TimeOrder(INT64_MAX - us); }

// Instead of a name: enough to know oneself by.
std::string DisplayOf(const std::string& person) { return absl::StrCat(person.substr(0, 4), "****"); }

}  // namespace

std::string IssuerScope(absl::string_view issuer) { return absl::StrCat("issuer ", issuer); }
std::string CertificateName(absl::string_view id) { return absl::StrCat("certificates/", id); }
std::string AbsenceName(absl::string_view person, absl::string_view shift) {
  return absl::StrCat("volunteers/", person, "/absences/", shift);
}

void RecognitionBook::LoadPerson(const std::string& id, const domain::Person& person) {
  for (const auto& [field, child] : person.children())
    if (child && child->has_absence()) Show(child->absence());
  ShowStars(id, person.head());
  if (effects_ != nullptr) effects_->OnHours(id, person.head());
}

void RecognitionBook::FoldPerson(const std::string& id, const domain::record::PersonHead& head,
                                 const Fact& fact) {
  if (fact.has_absence_changed()) return Show(fact.absence_changed().mark());
  if (fact.has_star_reached() || fact.has_star_dropped()) return ShowStars(id, head);
  if (effects_ != nullptr) effects_->OnHours(id, head);
}

void RecognitionBook::Show(const AbsenceMark& mark) {
  std::vector<std::string> scopes = {absl::StrCat("volunteers/", mark.person())};
  if (mark.state() == v1::Absence::APPEALED) scopes.emplace_back(kOpenAppeals);
  absences_.Keep(AbsenceName(mark.person(), mark.source().shift()), std::make_shared<const AbsenceMark>(mark),
                 std::move(scopes), NewestFirst(mark.source().noted_us()));
}

void RecognitionBook::ShowStars(const std::string& person, const domain::record::PersonHead& head) {
  const absl::MutexLock lock(&mutex_);
  std::vector<std::string>& keys = notices_of_[person];
  for (const std::string& key : keys) notices_.erase(key);
  keys.clear();
  for (const auto& star : head.stars()) {
    keys.push_back(absl::StrCat(star.effective_day(), " ", person, " ", star.star()));
    v1::StarNotice& notice = notices_[keys.back()];
    notice.set_volunteer(absl::StrCat("volunteers/", person));
    notice.set_display(DisplayOf(person));
    notice.set_star(star.star());
    notice.set_district(head.district());
    domain::SetDate(star.reached_day(), notice.mutable_reached());
    domain::SetDate(star.effective_day(), notice.mutable_effective());
    notice.set_rules(star.rules());
  }
  if (keys.empty()) notices_of_.erase(person);
}

void RecognitionBook::LoadShift(const std::string& id, const domain::Shift& shift) {
  for (const auto& [field, child] : shift.children()) {
    if (!child || !child->has_absence()) continue;
    notes_[id][field.substr(2)] = child->absence();
  }
  // In order, as the simulator repeats it.
  if (const auto it = notes_.find(id); it != notes_.end())
    for (const auto& [person, note] : it->second) Tell(id, shift.head(), person, note);
}

void RecognitionBook::FoldShift(const std::string& id, const domain::record::ShiftHead& head,
                                const Fact& fact) {
  if (fact.has_absences_waived()) {
    if (const auto it = notes_.find(id); it != notes_.end())
      for (const auto& [person, note] : it->second) Tell(id, head, person, note);
    return;
  }
  if (!fact.has_absence_noted() && !fact.has_absence_retracted() && !fact.has_absence_posted()) return;
  const std::string& person = fact.has_absence_noted()       ? fact.absence_noted().person()
                              : fact.has_absence_retracted() ? fact.absence_retracted().person()
                                                             : fact.absence_posted().person();
  AbsenceNote& note = notes_[id][person];
  domain::ApplyNote(note, fact);
  Tell(id, head, person, note);
}

void RecognitionBook::Tell(const std::string& shift, const domain::record::ShiftHead& head,
                           const std::string& person, const AbsenceNote& note) {
  if (effects_ == nullptr) return;
  const auto source = domain::ToPost(head, note);
  effects_->OnAbsence(shift, person, source ? &*source : nullptr);
}

void RecognitionBook::ShowDocument(const domain::record::Document& document) {
  if (!document.has_recognition_rules()) return;
  auto shown = std::make_shared<const v1::RecognitionRules>(document.recognition_rules());
  {
    const absl::MutexLock lock(&mutex_);
    auto next = std::make_shared<domain::RuleSets>();
    for (const auto& set : *rules_)
      if (set->name() != shown->name()) next->push_back(set);
    next->push_back(std::move(shown));
    rules_ = std::move(next);
  }
  if (effects_ != nullptr) effects_->OnRules();
}

std::shared_ptr<const domain::RuleSets> RecognitionBook::rules() const {
  const absl::MutexLock lock(&mutex_);
  return rules_;
}

RecognitionBook::Notices RecognitionBook::NoticesAfter(absl::CivilDay day, absl::string_view district,
                                                       absl::string_view after, size_t limit) const {
  const absl::MutexLock lock(&mutex_);
  // What is effective today holds already.
  const std::string from = after.empty() ? calendar::FormatDate(day + 1) : std::string(after);
  Notices page;
  for (auto it = after.empty() ? notices_.lower_bound(from) : notices_.upper_bound(from);
       it != notices_.end(); ++it) {
    if (!district.empty() && it->second.district() != district) continue;
    if (page.notices.size() == limit) return page;
    page.notices.push_back(it->second);
    page.next_after = it->first;
  }
  page.next_after.clear();
  return page;
}

void RecognitionBook::ForgetNotices(absl::CivilDay before) {
  const absl::MutexLock lock(&mutex_);
  notices_.erase(notices_.begin(), notices_.lower_bound(calendar::FormatDate(before)));
}

void RecognitionBook::FoldCertificate(const std::string& id, const Fact& fact) {
  CertificateHead head;
  if (const auto bytes = certificates_.Get(CertificateName(id))) head.ParseFromString(*bytes);
  domain::ApplyHead(head, fact);
  Show(head);
}

void RecognitionBook::Show(const CertificateHead& head) {
  certificates_.Put(CertificateName(head.id()), head,
                    {absl::StrCat("volunteers/", head.person()), IssuerScope(head.issuer())},
                    NewestFirst(head.apply_us()));
  if (head.number().empty()) return;
  const absl::MutexLock lock(&mutex_);
  numbers_[head.number()] = head.id();
}

std::string RecognitionBook::CertificateOf(absl::string_view number) const {
  const absl::MutexLock lock(&mutex_);
  const auto it = numbers_.find(number);
  return it == numbers_.end() ? "" : CertificateName(it->second);
}

}  // namespace kepu::volunteer
