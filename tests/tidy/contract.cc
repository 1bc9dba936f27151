#include "tests/tidy/contract.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor.h"

namespace kepu::tidy {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

constexpr absl::string_view kEquals = " = ";

class Reader {
 public:
  explicit Reader(Contract& out) : out_(out) {}

  void File(const FileDescriptor& file) {
    for (int i = 0; i < file.message_type_count(); ++i) Message(*file.message_type(i));
    for (int i = 0; i < file.enum_type_count(); ++i) Enum(*file.enum_type(i));
    for (int i = 0; i < file.extension_count(); ++i) {
      const FieldDescriptor& field = *file.extension(i);
      out_[absl::StrCat("field ", field.containing_type()->full_name(), " ", field.number())] = Shape(field);
    }
    for (int i = 0; i < file.service_count(); ++i) {
      const auto& service = *file.service(i);
      for (int m = 0; m < service.method_count(); ++m) Method(*service.method(m));
    }
  }

 private:
  static std::string Shape(const FieldDescriptor& field) {
    std::string type = field.type_name();
    if (field.message_type() != nullptr) type = field.message_type()->full_name();
    if (field.enum_type() != nullptr) type = field.enum_type()->full_name();
    std::string shape = absl::StrCat(field.name(), " ", field.is_repeated() ? "repeated " : "", type);
    // Whether absence is seen, and what excludes what.
    if (field.has_optional_keyword()) absl::StrAppend(&shape, " optional");
    if (field.real_containing_oneof() != nullptr)
      absl::StrAppend(&shape, " oneof ", field.real_containing_oneof()->name());
    if (field.options().jstype() != google::protobuf::FieldOptions::JS_NORMAL)
      absl::StrAppend(&shape, " jstype ", field.options().jstype());
    return shape;
  }

  template <class Type>
  void Reserved(const Type& type) {
    for (int i = 0; i < type.reserved_range_count(); ++i) {
      // Ranges of messages end before their end, those of enums with it.
      const int last = type.reserved_range(i)->end - (std::is_same_v<Type, Descriptor> ? 1 : 0);
      for (int number = type.reserved_range(i)->start; number <= last; ++number)
        out_[absl::StrCat("reserved ", type.full_name(), " ", number)] = "";
    }
    for (int i = 0; i < type.reserved_name_count(); ++i)
      out_[absl::StrCat("reserved ", type.full_name(), " ", type.reserved_name(i))] = "";
  }

  void Message(const Descriptor& message) {
    out_[absl::StrCat("message ", message.full_name())] = "";
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      out_[absl::StrCat("field ", message.full_name(), " ", field.number())] = Shape(field);
    }
    Reserved(message);
    for (int i = 0; i < message.nested_type_count(); ++i) Message(*message.nested_type(i));
    for (int i = 0; i < message.enum_type_count(); ++i) Enum(*message.enum_type(i));
  }

  void Enum(const EnumDescriptor& type) {
    for (int i = 0; i < type.value_count(); ++i)
      out_[absl::StrCat("value ", type.full_name(), " ", type.value(i)->number())] = type.value(i)->name();
    Reserved(type);
  }

  void Method(const MethodDescriptor& method) {
    out_[absl::StrCat("method ", method.full_name())] =
        absl::StrCat(method.client_streaming() ? "stream " : "", method.input_type()->full_name(), " -> ",
                     method.server_streaming() ? "stream " : "", method.output_type()->full_name());
    const auto& rule = method.options().GetExtension(google::api::http);
    Route(method, rule);
    for (const auto& more : rule.additional_bindings()) Route(method, more);
  }

  void Route(const MethodDescriptor& method, const google::api::HttpRule& rule) {
    const std::pair<const char*, std::string> verbs[] = {{"GET", rule.get()},
                                                         {"POST", rule.post()},
                                                         {"PATCH", rule.patch()},
                                                         {"PUT", rule.put()},
                                                         {"DELETE", rule.delete_()}};
    for (const auto& [verb, path] : verbs) {
      if (path.empty()) continue;
      out_[absl::StrCat("route ", method.full_name(), " ", verb, " ", path)] =
          absl::StrCat("body \"", rule.body(), "\" response \"", rule.response_body(), "\"");
    }
  }

  Contract& out_;
};

// A package whose messages are stored and read for ever.
bool IsLog(absl::string_view name) {
  return absl::StrContains(name, ".log.v1.") || absl::StartsWith(name, "kepu.log.v1.") ||
         absl::StartsWith(name, "kepu.reservation.v1.");
}

// Was what is gone put out of use for good, number and name?
bool IsReserved(const Contract& current, const std::vector<std::string>& words, const std::string& was) {
  const std::string name = was.substr(0, was.find(' '));
  return current.contains(absl::StrCat("reserved ", words[1], " ", words[2])) &&
         current.contains(absl::StrCat("reserved ", words[1], " ", name));
}

std::string WhyNotGone(const Contract& current, const std::string& key, const std::string& was) {
  const std::vector<std::string> words = absl::StrSplit(key, ' ');
  if (words[0] != "field" && words[0] != "value") return "is gone; others rely on it: keep it";
  if (IsLog(words[1])) return "is gone; old facts and records hold it and are read for ever: keep it";
  if (IsReserved(current, words, was)) return "";
  return "is gone; keep it, or reserve its number and its name, so that neither is used anew";
}

}  // namespace

google::protobuf::FileDescriptorSet ReadProtos(const std::string& root, std::string* error) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".proto")
      paths.push_back(std::filesystem::relative(entry.path(), root).string());
  }
  std::sort(paths.begin(), paths.end());
  const std::string command =
      absl::StrCat(KEPU_PROTOC " -I", root, " -I" KEPU_GOOGLEAPIS " --include_imports -o/dev/stdout ",
                   absl::StrJoin(paths, " "));
  google::protobuf::FileDescriptorSet set;
  std::string bytes;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return *error = "protoc cannot be started", set;
  std::array<char, 4096> buffer;
  for (size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    bytes.append(buffer.data(), got);
  if (::pclose(pipe) != 0 || !set.ParseFromString(bytes)) {
    *error = absl::StrCat("protoc failed: ", command);
    return {};
  }
  return set;
}

Contract ContractOf(const google::protobuf::FileDescriptorSet& files) {
  DescriptorPool pool;
  Contract contract;
  for (const auto& file : files.file()) {
    const FileDescriptor* built = pool.BuildFile(file);
    // Only ours: what we import is kept by others.
    if (built != nullptr && absl::StartsWith(built->package(), "kepu.")) Reader(contract).File(*built);
  }
  return contract;
}

std::string ToText(const Contract& contract) {
  std::string text;
  for (const auto& [key, value] : contract)
    absl::StrAppend(&text, key, value.empty() ? "" : kEquals, value, "\n");
  return text;
}

Contract FromText(const std::string& text) {
  Contract contract;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(line, absl::MaxSplits(kEquals, 1));
    contract[parts.first] = parts.second;
  }
  return contract;
}

Findings CompareContracts(const Contract& baseline, const Contract& current) {
  Findings out;
  for (const auto& [key, was] : baseline) {
    const auto now = current.find(key);
    if (now == current.end()) {
      if (const std::string why = WhyNotGone(current, key, was); !why.empty())
        out.push_back({"protos", 0, "proto-break", absl::StrCat(key, " (", was, ") ", why)});
    } else if (now->second != was) {
      out.push_back({"protos", 0, "proto-break",
                     absl::StrCat(key, " was \"", was, "\" and is \"", now->second,
                                  "\"; give the new meaning a new number or name")});
    }
  }
  for (const auto& [key, value] : current) {
    if (baseline.contains(key)) continue;
    out.push_back(
        {"protos", 0, "proto-new", absl::StrCat(key, value.empty() ? "" : kEquals, value, " is new")});
  }
  return out;
}

}  // namespace kepu::tidy
