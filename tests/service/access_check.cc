#include "tests/service/access_check.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "google/api/annotations.pb.h"
#include "libs/auth/access.h"
#include "libs/refusal/refusal.h"

namespace kepu::auth {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// Far more than any answer takes on virtual time.
constexpr absl::Duration kPatience = absl::Seconds(20);

struct Seen {
  bool done = false;
  bool streamed = false;
  absl::Status status;
};

class Watcher final : public rpc::Responder {
 public:
  explicit Watcher(std::shared_ptr<Seen> seen) : seen_(std::move(seen)) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string>, rpc::AnswerInfo) override {
    seen_->done = true;
    seen_->status = status;
  }
  // One message is enough: the caller is let in, and goes.
  bool Write(std::shared_ptr<const std::string>) override {
    seen_->streamed = true;
    return false;
  }
  void OnCancel(absl::AnyInvocable<void()>) override {}

 private:
  std::shared_ptr<Seen> seen_;
};

struct Variable {
  std::string field;
  std::string pattern;
};

// "/v1/{name=events/*}:cancel" has one: name, events/*.
std::vector<Variable> VariablesOf(const MethodDescriptor& method) {
  std::vector<Variable> variables;
  const auto& rule = method.options().GetExtension(google::api::http);
  for (const std::string& path : {rule.get(), rule.post(), rule.patch(), rule.put(), rule.delete_()}) {
    for (size_t open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1)) {
      const std::string inside = path.substr(open + 1, path.find('}', open) - open - 1);
      const size_t equals = inside.find('=');
      if (equals != std::string::npos)
        variables.push_back({inside.substr(0, equals), inside.substr(equals + 1)});
    }
  }
  return variables;
}

// All that a caller is told of a refusal.
std::string WordsOf(const absl::Status& status) {
  const std::string name = refusal::ParamOf(status, "name");
  return absl::StrCat(absl::StatusCodeToString(status.code()), " ", refusal::ReasonOf(status), " ", name,
                      ": ", std::string(status.message()));
}

class Checker {
 public:
  explicit Checker(const AccessScene& scene) : scene_(scene) {}

  std::vector<std::string> Run() {
    std::vector<AccessCase> cases = AccessMatrix(scene_.services, scene_.roles, scene_.access_of);
    // Who is refused comes first, while every object is as it was made.
    std::stable_sort(cases.begin(), cases.end(), [](const AccessCase& a, const AccessCase& b) {
      return (a.expected == Expected::kAllowed) < (b.expected == Expected::kAllowed);
    });
    for (const AccessCase& one : cases) {
      if (!scene_.only.empty() && one.method->name() != scene_.only) continue;
      const Subject* subject = SubjectOf(*one.method);
      const std::string owner = subject == nullptr || subject->owner.empty() ? scene_.owner : subject->owner;
      const bool held = one.standing == Standing::kOwn;
      for (const std::string& own : held ? OwnOf(*one.method) : std::vector<std::string>{""})
        Check(one, CallerOf(one, own, scene_.foreign, owner), subject);
    }
    return std::move(findings_);
  }

 private:
  const std::vector<std::string>& OwnOf(const MethodDescriptor& method) const {
    const auto it = scene_.own.find(method.name());
    return it == scene_.own.end() ? scene_.own.at("") : it->second;
  }

  const Subject* Lookup(const MethodDescriptor& method, const Variable& variable) const {
    for (const std::string& key : {std::string(method.name()), variable.field, variable.pattern}) {
      if (auto it = scene_.subjects.find(key); it != scene_.subjects.end()) return &it->second;
    }
    return nullptr;
  }

  // What the request names for its caller to have rights on.
  std::optional<Variable> NamedBy(const MethodDescriptor& method) const {
    const std::vector<Variable> variables = VariablesOf(method);
    const std::string scope = scene_.access_of(method).scope();
    for (const Variable& variable : variables)
      if (variable.field == scope) return variable;
    if (!scope.empty()) return Variable{scope, ""};
    return variables.empty() ? std::nullopt : std::optional(variables.front());
  }
  const Subject* SubjectOf(const MethodDescriptor& method) const {
    const auto named = NamedBy(method);
    return named ? Lookup(method, *named) : nullptr;
  }

  std::unique_ptr<Message> RequestOf(const MethodDescriptor& method, std::string Subject::*said) {
    auto request = SampleRequest(method, "");
    SetTextAt(*request, "request_id", absl::StrCat("access-", ++requests_));
    for (const auto& [where, text] : scene_.texts) {
      absl::string_view field = where;
      if (absl::ConsumePrefix(&field, absl::StrCat(method.name(), ".")))
        SetTextAt(*request, std::string(field), text);
    }
    std::vector<Variable> named = VariablesOf(method);
    if (auto scope = NamedBy(method)) named.push_back(*scope);
    for (const Variable& variable : named) {
      const Subject* subject = Lookup(method, variable);
      if (subject == nullptr) {
        findings_.push_back(absl::StrCat(method.full_name(), ": the scene has nothing for ", variable.field,
                                         " ", variable.pattern));
      } else {
        const std::string& text = subject->*said;
        SetTextAt(*request, variable.field, text.empty() ? subject->name : text);
      }
    }
    return request;
  }

  std::shared_ptr<Seen> Send(const AccessCase& one, const rpc::Principal& caller, const Message& request) {
    auto seen = std::make_shared<Seen>();
    rpc::Context context;
    context.principal = scene_.taken_for ? scene_.taken_for(*one.method, caller) : caller;
    context.deadline = scene_.executor.SteadyNow() + absl::Seconds(5);
    scene_.rpc.Dispatch(absl::StrCat("/", one.method->service()->full_name(), "/", one.method->name()),
                        rpc::Call(context, request.SerializeAsString(), std::make_unique<Watcher>(seen)));
    if (!scene_.executor.RunUntil([&] { return seen->done || seen->streamed; }, kPatience))
      findings_.push_back(absl::StrCat(one.Describe(), ": no answer"));
    return seen;
  }

  void Check(const AccessCase& one, const rpc::Principal& caller, const Subject* subject) {
    const auto request =
        RequestOf(*one.method, one.standing == Standing::kOwner ? &Subject::owned : &Subject::name);
    const auto seen = Send(one, caller, *request);
    const auto complain = [&](absl::string_view what) {
      findings_.push_back(absl::StrCat(one.Describe(),
                                       caller.grants.empty() ? "" : " on " + caller.grants[0].on, ": ", what,
                                       " (", WordsOf(seen->status), ")"));
    };
    const Expected meaning = seen->streamed ? Expected::kAllowed : Meaning(seen->status);
    if (meaning != one.expected) {
      const bool missed = one.expected == Expected::kAllowed && meaning == Expected::kHidden &&
                          std::find(scene_.may_miss.begin(), scene_.may_miss.end(), one.method->name()) !=
                              scene_.may_miss.end();
      if (!missed) complain(absl::StrCat("is ", NameOf(meaning), ", not ", NameOf(one.expected)));
      return;
    }
    // Where the service decides, a request that is malformed would hide how.
    const bool decided_late = one.access.owner() || one.access.held() == options::v1::Access::IN_SERVICE;
    if (one.expected == Expected::kAllowed && decided_late && absl::IsInvalidArgument(seen->status))
      complain("the sample is malformed");
    if (one.expected != Expected::kHidden || subject == nullptr || subject->absent.empty()) return;
    const auto missing = Send(one, caller, *RequestOf(*one.method, &Subject::absent));
    const std::string same =
        absl::StrReplaceAll(WordsOf(missing->status), {{subject->absent, subject->name}});
    if (same != WordsOf(seen->status)) complain(absl::StrCat("an absent one answers ", same));
  }

  const AccessScene& scene_;
  std::vector<std::string> findings_;
  int requests_ = 0;
};

}  // namespace

std::vector<std::string> CheckAccess(const AccessScene& scene) { return Checker(scene).Run(); }

std::vector<std::string> FaultsNotFound(const AccessScene& scene, const std::string& method) {
  std::vector<std::string> missed;
  const auto expect_red = [&](const AccessScene& planted, absl::string_view fault) {
    if (CheckAccess(planted).empty()) missed.push_back(absl::StrCat(method, ": ", fault));
  };
  AccessScene planted = scene;
  planted.only = method;
  // Else what is found would be no news.
  for (const std::string& finding : CheckAccess(planted)) missed.push_back("without a fault: " + finding);
  planted.access_of = [&](const MethodDescriptor& one) {
    options::v1::Access access = AnnotationOf(one);
    if (one.name() == method) access.set_kind(options::v1::Access::PUBLIC);
    return access;
  };
  expect_red(planted, "an annotation that lets everybody in");
  planted.access_of = [&](const MethodDescriptor& one) {
    options::v1::Access access = AnnotationOf(one);
    if (one.name() == method) access.mutable_roles()->RemoveLast();
    return access;
  };
  expect_red(planted, "an annotation that forgets a role");
  planted.access_of = scene.access_of;
  planted.taken_for = [&](const MethodDescriptor& one, rpc::Principal caller) {
    if (one.name() == method) caller = {"users/admin", "", {{"city_admin", kCity}}};
    return caller;
  };
  expect_red(planted, "a handler that does not look at its caller");
  return missed;
}

}  // namespace kepu::auth
