#include "services/cli/audit_command.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "kepu/audit/v1/audit.pb.h"
#include "services/cli/thing_commands.h"

namespace kepu::cli {
namespace {

using audit::v1::AuditEntry;

// Of the fields of an entry in a table; --output json has all.
constexpr size_t kFieldsShownMax = 4;
constexpr size_t kColumnsMax = 60;

// The service that answers for a name; empty for a name of none.
std::string ServiceOf(const ApiBook& book, const std::string& name) {
  const Route* route = book.At("GET", name);
  return route == nullptr ? "" : route->method->service;
}

std::vector<std::string> ServicesAsked(const ApiBook& book, const std::string& object) {
  if (!object.empty()) return {ServiceOf(book, object)};
  std::vector<std::string> services;
  for (const auto& route : book.routes()) {
    if (route->path.segments.back().literal == "auditEntries") services.push_back(route->method->service);
  }
  return services;
}

// --from and --until as the API wants them.
absl::StatusOr<Api::Query> QueryOf(const Session& session, const std::string& object) {
  Api::Query query;
  if (!object.empty()) query.emplace_back("object", object);
  const std::string person = session.arguments().Get("--person");
  if (!person.empty()) query.emplace_back("person", person);
  for (const auto& [option, field] : {std::pair{"--from", "start_time"}, {"--until", "end_time"}}) {
    const std::string text = session.arguments().Get(option);
    if (text.empty()) continue;
    absl::StatusOr<absl::Time> time = session.days().Instant(text);
    if (const absl::StatusOr<absl::CivilDay> day = session.days().Day(text); day.ok())
      time = absl::FromCivil(*day, CityZone());
    if (!time.ok()) return absl::InvalidArgumentError(absl::StrCat(option, ": ", time.status().message()));
    query.emplace_back(field, absl::FormatTime(absl::RFC3339_full, *time, absl::UTCTimeZone()));
  }
  const std::string size = session.arguments().Get("--page-size");
  if (!size.empty()) query.emplace_back("page_size", size);
  return query;
}

std::vector<std::string> RowOf(const AuditEntry& entry, Language language) {
  std::vector<std::string> fields;
  for (const AuditEntry::Field& field : entry.fields()) {
    if (fields.size() == kFieldsShownMax) break;
    fields.push_back(absl::StrCat(field.path(), field.withheld() ? " …" : absl::StrCat("=", field.value())));
  }
  if (!entry.reason().empty()) fields.insert(fields.begin(), entry.reason());
  return {ShownAt(entry, "time", language), entry.actor(), ShownAt(entry, "what", language), entry.object(),
          absl::StrJoin(fields, " ")};
}

bool Later(const AuditEntry& a, const AuditEntry& b) {
  return std::pair(a.time().seconds(), a.time().nanos()) > std::pair(b.time().seconds(), b.time().nanos());
}

}  // namespace

Result Audit(Session& session) {
  const std::string object = session.Word(1);
  const absl::StatusOr<Form> form = session.form();
  if (!form.ok()) return Fail(kUsage, form.status().message());
  const absl::StatusOr<Api::Query> query = QueryOf(session, object);
  if (!query.ok()) return Fail(kUsage, query.status().message());
  std::vector<AuditEntry> entries;
  bool more = false;
  for (const std::string& service : ServicesAsked(session.book(), object)) {
    const std::string name = absl::StrCat("auditEntries:", service);
    const Route* route = session.book().At("GET", name);
    if (route == nullptr)
      return Fail(kUsage, absl::StrCat("nothing to audit: ", session.book().WhyNot(object)));
    std::string next;
    const Outcome outcome = EachItem(
        session, *route, {"GET", PathOf(name), *query, ""}, session.arguments().Has("--all"),
        [&](const google::protobuf::Message& item) { entries.emplace_back().CopyFrom(item); }, &next);
    if (!outcome.status.ok()) return FromOutcome(outcome, session.language());
    more = more || !next.empty();
  }
  std::stable_sort(entries.begin(), entries.end(), Later);
  if (*form != Form::kTable) {
    std::string out;
    for (const AuditEntry& entry : entries) absl::StrAppend(&out, JsonOf(entry, {}), "\n");
    return {kDone, out, ""};
  }
  std::vector<std::vector<std::string>> rows = {{"time", "who", "what", "object", "fields"}};
  for (const AuditEntry& entry : entries) rows.push_back(RowOf(entry, session.language()));
  return {kDone, absl::StrCat(TextTable(rows, kColumnsMax), more ? "more: --all\n" : ""), ""};
}

}  // namespace kepu::cli
