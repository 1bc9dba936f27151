#include "services/volunteer/domain/id_number.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

constexpr size_t kSize = 18;
constexpr size_t kOldSize = 15;
constexpr std::array<int, 17> kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
constexpr char kCheckDigits[] = "10X98765432";
// The example of the standard was born in 1880.
constexpr int kYearMin = 1850;
// The provinces of GB/T 2260, with Taiwan (71, 83), Hong Kong and Macao.
constexpr std::array<int, 35> kProvinces = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                            35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                            53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83};

// Full-width forms stand 0xFEE0 above the half-width ones; in UTF-8 they are EF BC or EF BD and one byte.
std::string HalfWidth(absl::string_view text) {
  std::string half;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto at = [&](size_t offset) { return static_cast<unsigned char>(text[i + offset]); };
    if (i + 2 < text.size() && at(0) == 0xEF && (at(1) == 0xBC || at(1) == 0xBD)) {
      half += static_cast<char>((at(1) == 0xBC ? at(2) - 0x80 + 0x20 : at(2) - 0x80 + 0x60));
      i += 2;
    } else if (i + 2 < text.size() && at(0) == 0xE3 && at(1) == 0x80 && at(2) == 0x80) {
      half += ' ';
      i += 2;
    } else {
      half += text[i];
    }
  }
  return half;
}

int Number(absl::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

char CheckDigit(absl::string_view number) {
  int sum = 0;
  for (size_t i = 0; i < kWeights.size(); ++i) sum += (number[i] - '0') * kWeights[i];
  return kCheckDigits[sum % 11];
}

record::Fact FactAt(absl::Time now) {
  record::Fact fact;
  fact.set_time_us(absl::ToUnixMicros(now));
  return fact;
}

std::vector<record::Fact> Settled(const IdNumberEntry& entry, bool free, absl::Time now) {
  record::Fact fact = FactAt(now);
  fact.mutable_id_number_settled()->set_id(entry.head().id());
  fact.mutable_id_number_settled()->set_free(free);
  return {fact};
}

}  // namespace

absl::StatusOr<IdNumber> ParseIdNumber(absl::string_view field, absl::string_view text,
                                       absl::CivilDay today) {
  IdNumber number;
  number.text = absl::AsciiStrToUpper(absl::StripAsciiWhitespace(HalfWidth(text)));
  const std::string& id = number.text;
  const auto is_digit = [](char c) { return absl::ascii_isdigit(c); };
  if (id.size() == kOldSize && std::all_of(id.begin(), id.end(), is_digit))
    return refusal::BadField(field, "is of the old form of 15 digits; give the one of 18");
  if (id.size() != kSize) return refusal::BadField(field, "must have 18 characters");
  if (!std::all_of(id.begin(), id.end() - 1, is_digit) || !(is_digit(id.back()) || id.back() == 'X'))
    return refusal::BadField(field, "must be 17 digits and a digit or X");
  const absl::string_view view = id;
  if (std::find(kProvinces.begin(), kProvinces.end(), Number(view.substr(0, 2))) == kProvinces.end())
    return refusal::BadField(field, "begins with the code of a region that does not exist");
  const int year = Number(view.substr(6, 4));
  const int month = Number(view.substr(10, 2));
  const int day = Number(view.substr(12, 2));
  number.born = absl::CivilDay(year, month, day);
  const bool exists = number.born.year() == year && number.born.month() == month && number.born.day() == day;
  if (!exists || year < kYearMin || number.born > today)
    return refusal::BadField(field, "says a date of birth that cannot be");
  if (CheckDigit(id) != id.back()) return refusal::BadField(field, "has a check digit that does not fit");
  return number;
}

std::string MaskedIdNumber(absl::string_view number) {
  if (number.size() != kSize) return "";
  return absl::StrCat(number.substr(0, 3), std::string(kSize - 7, '*'), number.substr(kSize - 4));
}

absl::StatusOr<std::vector<record::Fact>> DecideTake(const IdNumberEntry& entry, absl::string_view id,
                                                     absl::string_view person, absl::string_view sealed,
                                                     absl::Time now) {
  const record::IdNumberHead& head = entry.head();
  const bool taken = head.state() != record::IdNumberHead::FREE;
  if (taken && head.person() != person)
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ID_NUMBER_TAKEN");
  if (head.state() == record::IdNumberHead::TAKEN) return std::vector<record::Fact>{};
  record::Fact fact = FactAt(now);
  fact.mutable_id_number_taken()->set_id(std::string(id));
  fact.mutable_id_number_taken()->set_person(std::string(person));
  fact.mutable_id_number_taken()->set_sealed(std::string(sealed));
  return std::vector<record::Fact>{fact};
}

std::vector<record::Fact> DecideSettled(const IdNumberEntry& entry, int64_t taken_us, bool with_person,
                                        absl::Time now) {
  const record::IdNumberHead& head = entry.head();
  if (head.state() != record::IdNumberHead::TAKEN || head.taken_us() != taken_us) return {};
  return Settled(entry, !with_person, now);
}

std::vector<record::Fact> DecideFree(const IdNumberEntry& entry, absl::string_view person, int64_t taken_us,
                                     absl::Time now) {
  const record::IdNumberHead& head = entry.head();
  if (head.state() == record::IdNumberHead::FREE || head.person() != person || head.taken_us() != taken_us)
    return {};
  return Settled(entry, true, now);
}

void ApplyHead(record::IdNumberHead& head, const record::Fact& fact) {
  if (fact.has_id_number_taken()) {
    const record::IdNumberTaken& taken = fact.id_number_taken();
    head.set_id(taken.id());
    head.set_state(record::IdNumberHead::TAKEN);
    head.set_person(taken.person());
    head.set_taken_us(fact.time_us());
    head.set_sealed(taken.sealed());
  } else if (fact.has_id_number_settled()) {
    const bool free = fact.id_number_settled().free();
    head.set_state(free ? record::IdNumberHead::FREE : record::IdNumberHead::HELD);
    head.clear_sealed();
    if (free) head.clear_person();
  }
}

absl::Status Apply(IdNumberEntry& entry, const record::Fact& fact) {
  if (!fact.has_id_number_taken() && !(entry.Exists() && fact.has_id_number_settled()))
    return absl::InternalError("not a fact of an ID number");
  ApplyHead(entry.mutable_head(), fact);
  return absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
