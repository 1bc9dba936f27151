// Callers of the identity service as the gateway sends them: with the marks of the login that they come with.
// Owned by one test; used on one thread.
#pragma once

#include "kepu/identity/v1/access.pb.h"
#include "services/identity/api/totp.h"
#include "tests/service/identity_fixture.h"

namespace kepu::identity {

inline constexpr char kAccess[] = "/kepu.identity.v1.AccessService/";

class IdentityLoggedInTest : public IdentityServiceTest {
 protected:
  // Of a token or a key; fails the test when it is nobody's.
  rpc::Principal As(const std::string& token, size_t replica = 0) {
    const auto resolved = Resolve(token, replica);
    EXPECT_TRUE(resolved.ok()) << resolved.status();
    rpc::Principal who;
    if (!resolved.ok()) return who;
    who.name = resolved->user();
    for (const auto& grant : resolved->grants()) who.grants.push_back({grant.role(), grant.on()});
    for (const auto& mark : resolved->marks()) who.grants.push_back({mark.role(), mark.on()});
    return who;
  }
  bool Lives(const std::string& token, size_t replica = 0) { return Resolve(token, replica).ok(); }

  template <class Response = google::protobuf::Empty, class Request>
  absl::StatusOr<Response> Call(const rpc::Principal& who, const std::string& method, Request request,
                                size_t replica = 0) {
    const auto* id = request.GetDescriptor()->FindFieldByName("request_id");
    if (id != nullptr && request.GetReflection()->GetString(request, id).empty())
      request.GetReflection()->SetString(&request, id, NextId());
    return Ask<Response>(who, kAccess + method, request, replica);
  }

  absl::StatusOr<v1::Session> StartSession(const std::string& user_name, const std::string& code = "",
                                           const std::string& password = kPassword) {
    v1::LoginRequest request;
    request.set_user_name(user_name);
    request.set_password(password);
    request.set_code(code);
    request.set_client_address("203.0.113.9");
    request.set_device("Mozilla/5.0 (a phone)");
    return Call<v1::Session>({}, "StartSession", request);
  }

  // Sets up a second factor for who calls; the secret of its codes.
  std::string SetUpFactor(const rpc::Principal& who, std::vector<std::string>* recovery = nullptr) {
    const auto enrolled = Call<v1::FactorEnrolment>(who, "EnrolFactor", v1::EnrolFactorRequest());
    EXPECT_TRUE(enrolled.ok()) << enrolled.status();
    const std::string secret = FromBase32(enrolled->secret());
    v1::ConfirmFactorRequest confirm;
    confirm.set_code(api::CodeAt(secret, clock_.Now()));
    const auto codes = Call<v1::RecoveryCodes>(who, "ConfirmFactor", confirm);
    EXPECT_TRUE(codes.ok()) << codes.status();
    if (codes.ok() && recovery != nullptr) recovery->assign(codes->codes().begin(), codes->codes().end());
    return secret;
  }
  // A reader of RFC 4648 of the test's own.
  static std::string FromBase32(const std::string& text) {
    std::string out;
    uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
      const uint32_t value = c >= 'A' ? static_cast<uint32_t>(c - 'A') : static_cast<uint32_t>(c - '2') + 26;
      bits = bits << 5 | value;
      if ((count += 5) < 8) continue;
      count -= 8;
      out.push_back(static_cast<char>(bits >> count & 0xff));
    }
    return out;
  }
};

}  // namespace kepu::identity
