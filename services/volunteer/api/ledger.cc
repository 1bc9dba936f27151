// Ledgers as they are read: rows come from the store, page by page, so that the read model need not hold them
// and nobody is shown a row that is not there.
#include <algorithm>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/hours.pb.h"
#include "libs/names/names.h"
#include "services/volunteer/api/attendance.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/domain/ledger.h"
#include "services/volunteer/store/resources.h"

namespace kepu::volunteer {
namespace {

// Rows whose hashes one call reckons: some milliseconds.
constexpr uint64_t kVerifiedAtOnce = 500;

domain::Ledger& LedgerIn(store::View& view, absl::string_view key) {
  return dynamic_cast<domain::Ledger&>(view.Get(key));
}

// Rows `from` to before `to`, as far as there are. NotLoaded after asking for all.
absl::StatusOr<std::vector<const domain::record::HourRow*>> Rows(const domain::Ledger& ledger, uint64_t from,
                                                                 uint64_t to) {
  std::vector<const domain::record::HourRow*> rows;
  absl::Status missing;
  for (uint64_t number = from; number < to && number <= ledger.head().rows(); ++number) {
    auto child = ledger.Find(domain::RowField(number));
    if (!child.ok()) missing = child.status();
    if (child.ok()) rows.push_back(*child == nullptr ? nullptr : &(*child)->row());
  }
  if (!missing.ok()) return missing;
  return rows;
}

absl::Status ShowRow(const Context& context, const std::string& person, const domain::record::HourRow& row,
                     v1::HourRecord* record) {
  ToResource(person, row, record);
  auto reason = OpenReason(context, person, row.sealed_reason());
  if (!reason.ok()) return reason.status();
  record->set_reason(*std::move(reason));
  return absl::OkStatus();
}

// The first row of a page, in the token.
absl::StatusOr<uint64_t> FirstOf(const Context& context, const std::string& token,
                                 const std::string& digest) {
  absl::StatusOr<std::string> after = context.pager.Decode(token, digest);
  if (!after.ok()) return after.status();
  uint64_t from = 1;
  if (!after->empty() && !absl::SimpleAtoi(*after, &from))
    return refusal::BadField("page_token", "is not one that was answered");
  return from;
}

void VerifyLedger(const Context& context, CallOf<v1::VerifyLedgerRequest, v1::VerifyLedgerResponse> typed) {
  auto person = VisiblePerson(context, "parent", "volunteers/*", typed.request().parent(), typed.principal());
  if (!person.ok()) return typed.Fail(person.status());
  const std::string digest = paging::FilterDigest({"verify", *person});
  auto from = FirstOf(context, typed.request().page_token(), digest);
  if (!from.ok()) return typed.Fail(from.status());
  auto call = std::make_shared<CallOf<v1::VerifyLedgerRequest, v1::VerifyLedgerResponse>>(std::move(typed));
  auto answer = std::make_shared<v1::VerifyLedgerResponse>();
  auto read = [&context, answer, digest, first = *from, person = *person](store::View& view) -> absl::Status {
    const domain::Ledger& ledger = LedgerIn(view, LedgerKey(person));
    // With the row before, whose hash the first one follows.
    const uint64_t before = first > 1 ? first - 1 : first;
    auto rows = Rows(ledger, before, first + kVerifiedAtOnce);
    if (!rows.ok()) return rows.status();
    answer->Clear();
    answer->set_intact(true);
    answer->set_rows(static_cast<int32_t>(ledger.head().rows()));
    std::string hash;
    for (uint64_t i = 0; i < rows->size(); ++i) {
      const uint64_t number = before + i;
      const domain::record::HourRow missing;
      const domain::record::HourRow& row = (*rows)[i] == nullptr ? missing : *(*rows)[i];
      absl::Status status = number < first ? absl::OkStatus() : domain::CheckRow(row, number, hash);
      const bool last = number == ledger.head().rows();
      if (status.ok() && last && row.hash() != ledger.head().hash())
        status =
            absl::DataLossError(absl::StrCat("row ", number, " is not the one that the ledger ends with"));
      if (!status.ok()) {
        answer->set_intact(false);
        answer->set_broken_record(
            absl::StrCat("volunteers/", person, "/hourRecords/", domain::RowId(number)));
        answer->set_problem(std::string(status.message()));
        return absl::OkStatus();
      }
      hash = row.hash();
      if (number >= first) answer->set_checked(answer->checked() + 1);
    }
    answer->set_hash(absl::BytesToHexString(hash));
    const uint64_t next = first + kVerifiedAtOnce;
    if (next <= ledger.head().rows())
      answer->set_next_page_token(context.pager.Encode(digest, absl::StrCat(next)));
    return absl::OkStatus();
  };
  context.engine.Read(PersonPlace(*person).partition, {LedgerKey(*person)}, std::move(read),
                      [call, answer](const absl::Status& status) {
                        if (!status.ok()) return call->Fail(status);
                        call->Answer(*answer);
                      });
}

// The other rows of the attendance: those of a page around it would not do, so its day is asked.
absl::Status OtherRecords(const domain::Ledger& ledger, const domain::record::HourRow& row,
                          const std::string& prefix, v1::HoursExplanation* answer) {
  auto day = ledger.Find(domain::DayField(domain::DayOfRow(row)));
  if (!day.ok()) return day.status();
  if (*day == nullptr) return absl::OkStatus();
  for (const domain::record::CountedShift& shift : (*day)->day().shifts()) {
    if (shift.shift() != row.shift()) continue;
    for (const uint64_t number : {shift.first_row(), shift.last_row()}) {
      const std::string name = absl::StrCat(prefix, domain::RowId(number));
      const bool known = answer->other_records_size() > 0 && answer->other_records(0) == name;
      if (number != row.number() && !known) answer->add_other_records(name);
    }
  }
  return absl::OkStatus();
}

void ExplainHours(const Context& context, CallOf<v1::ExplainHoursRequest, v1::HoursExplanation> typed) {
  const std::string name = typed.request().name();
  // "volunteers/me" as well, which is no id.
  const size_t end = name.find("/hourRecords/");
  auto person = VisiblePerson(context, "name", "volunteers/*", name.substr(0, end), typed.principal());
  if (!person.ok()) return typed.Fail(person.status());
  const uint64_t number = end == std::string::npos ? 0 : domain::NumberOfRow(name.substr(end + 13));
  if (number == 0) return typed.Fail(refusal::NotFound(name));
  auto call = std::make_shared<CallOf<v1::ExplainHoursRequest, v1::HoursExplanation>>(std::move(typed));
  auto answer = std::make_shared<v1::HoursExplanation>();
  auto read = [&context, answer, name, number, person = *person](store::View& view) -> absl::Status {
    const domain::Ledger& ledger = LedgerIn(view, LedgerKey(person));
    auto rows = Rows(ledger, number, number + 1);
    if (!rows.ok()) return rows.status();
    if (rows->empty() || rows->front() == nullptr) return refusal::NotFound(name);
    answer->Clear();
    const domain::record::HourRow& row = *rows->front();
    if (absl::Status status = ShowRow(context, person, row, answer->mutable_record()); !status.ok())
      return status;
    domain::Explain(row, answer.get());
    return OtherRecords(ledger, row, absl::StrCat("volunteers/", person, "/hourRecords/"), answer.get());
  };
  context.engine.Read(PersonPlace(*person).partition, {LedgerKey(*person)}, std::move(read),
                      [call, answer](const absl::Status& status) {
                        if (!status.ok()) return call->Fail(status);
                        call->Answer(*answer);
                      });
}

}  // namespace

absl::StatusOr<std::vector<const domain::record::HourRow*>> WholeLedger(store::View& view,
                                                                        const std::string& person) {
  const domain::Ledger& ledger = LedgerIn(view, LedgerKey(person));
  auto rows = Rows(ledger, 1, ledger.head().rows() + 1);
  if (rows.ok()) rows->erase(std::remove(rows->begin(), rows->end(), nullptr), rows->end());
  return rows;
}

absl::Status ShowLedger(const Context& context, store::View& view, const std::string& person,
                        google::protobuf::RepeatedPtrField<v1::HourRecord>* records) {
  auto rows = WholeLedger(view, person);
  if (!rows.ok()) return rows.status();
  records->Clear();
  for (const domain::record::HourRow* row : *rows) {
    if (absl::Status status = ShowRow(context, person, *row, records->Add()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void ListLedgerRows(const Context& context,
                    CallOf<v1::ListHourRecordsRequest, v1::ListHourRecordsResponse> typed) {
  auto person = VisiblePerson(context, "parent", "volunteers/*", typed.request().parent(), typed.principal());
  if (!person.ok()) return typed.Fail(person.status());
  const std::string digest = paging::FilterDigest({"hours", *person});
  const absl::StatusOr<size_t> size = paging::PageSize(typed.request().page_size());
  if (!size.ok()) return typed.Fail(size.status());
  auto from = FirstOf(context, typed.request().page_token(), digest);
  if (!from.ok()) return typed.Fail(from.status());
  auto call =
      std::make_shared<CallOf<v1::ListHourRecordsRequest, v1::ListHourRecordsResponse>>(std::move(typed));
  auto answer = std::make_shared<v1::ListHourRecordsResponse>();
  auto read = [&context, answer, digest, first = *from, size = *size,
               person = *person](store::View& view) -> absl::Status {
    const domain::Ledger& ledger = LedgerIn(view, LedgerKey(person));
    auto rows = Rows(ledger, first, first + size);
    if (!rows.ok()) return rows.status();
    answer->Clear();
    for (const domain::record::HourRow* row : *rows) {
      if (row == nullptr) continue;
      absl::Status status = ShowRow(context, person, *row, answer->add_hour_records());
      if (!status.ok()) return status;
    }
    if (first + size <= ledger.head().rows())
      answer->set_next_page_token(context.pager.Encode(digest, absl::StrCat(first + size)));
    return absl::OkStatus();
  };
  context.engine.Read(PersonPlace(*person).partition, {LedgerKey(*person)}, std::move(read),
                      [call, answer](const absl::Status& status) {
                        if (!status.ok()) return call->Fail(status);
                        call->Answer(*answer);
                      });
}

void AddLedgerHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kHoursService, "ExplainHours", ExplainHours);
  Handle(service, context, kHoursService, "VerifyLedger", VerifyLedger);
}

}  // namespace kepu::volunteer
