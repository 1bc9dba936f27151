#include "services/venue/api/existing_names.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace kepu::venue {
namespace {

struct Asking {
  RegisterCopy& registers;
  std::vector<NamedField> names;
  std::function<void(absl::Status)> done;
};

void AskFrom(const std::shared_ptr<Asking>& asking, size_t index) {
  if (index == asking->names.size()) return asking->done(absl::OkStatus());
  const NamedField& named = asking->names[index];
  asking->registers.CheckExists(named.name, [asking, index, &named](const absl::Status& status) {
    if (status.ok()) return AskFrom(asking, index + 1);
    asking->done(refusal::BadField(
        named.field, absl::StrCat(named.name, " does not exist; name one that the register has")));
  });
}

}  // namespace

std::vector<NamedField> NamesIn(const v1::Venue& venue, const std::vector<std::string>& paths) {
  const auto written = [&paths](const char* field) {
    return paths.empty() || paths[0] == "*" || std::find(paths.begin(), paths.end(), field) != paths.end();
  };
  std::vector<NamedField> names;
  const auto add = [&](const char* field, const char* pattern, const std::string& name) {
    if (!name.empty() && written(field) && names::Parse(field, pattern, name).ok())
      names.push_back({absl::StrCat("venue.", field), name});
  };
  add("district", "districts/*", venue.district());
  add("community", "communities/*", venue.community());
  add("school", "schools/*", venue.school());
  return names;
}

void CheckNames(const CallContext& context, std::vector<NamedField> names,
                std::function<void(absl::Status)> done) {
  auto asking = std::make_shared<Asking>(Asking{context.registers, std::move(names), std::move(done)});
  context.executor.Post([asking] { AskFrom(asking, 0); });
}

}  // namespace kepu::venue
