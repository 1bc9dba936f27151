// kepu: the command line for people and scripts. See Usage.
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/cli/command.h"
#include "services/cli/private_file.h"

namespace {

// Asks on the terminal without showing what is typed.
std::string AskPassword() {
  termios shown{};
  const bool is_terminal = ::tcgetattr(STDIN_FILENO, &shown) == 0;
  if (is_terminal) {
    termios hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
    std::cerr << "Password: ";
  }
  std::string password;
  std::getline(std::cin, password);
  if (is_terminal) {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &shown);
    std::cerr << "\n";
  }
  return password;
}

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

int main(int argc, char** argv) {
  std::unique_ptr<kepu::cli::HttpClient> client;  // made for the first request, which names the server
  kepu::cli::World world;
  world.home = FromEnvironment("HOME");
  world.server = FromEnvironment("KEPU_SERVER");
  world.profile = FromEnvironment("KEPU_PROFILE");
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (world.locale.empty()) world.locale = FromEnvironment(name);
  }
  world.today = absl::ToCivilDay(absl::Now(), kepu::cli::CityZone());
  world.ask_password = AskPassword;
  world.pause = absl::SleepFor;
  world.request = [&](const std::string& server, absl::string_view method, absl::string_view path,
                      absl::string_view body, absl::string_view token) {
    if (client == nullptr) client = std::make_unique<kepu::cli::HttpClient>(server);
    return client->Do(method, path, body, token);
  };
  world.follow = [&](const std::string& server, absl::string_view path, absl::string_view token,
                     const std::function<bool(absl::string_view)>& piece) {
    return kepu::cli::HttpClient(server).Follow(path, token, piece);
  };
  world.read_input = [] {
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  };
  world.print = [](absl::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  };
  world.make_request_id = [] { return absl::StrCat("kepu-", kepu::cli::MakePassword()); };
  const kepu::cli::Result result = kepu::cli::RunCommand({argv + 1, argv + argc}, world);
  // What is downloaded may hold any byte.
  std::fwrite(result.out.data(), 1, result.out.size(), stdout);
  std::fputs(result.err.c_str(), stderr);
  return result.code;
}
