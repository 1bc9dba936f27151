// A folder for one test, private to its user and gone when the test is. Owned by the test; used on one
// thread.
#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace kepu {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "kepu-auth-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::string path(const std::string& leaf = "") const { return leaf.empty() ? path_ : path_ + "/" + leaf; }
  void Write(const std::string& leaf, const std::string& content, mode_t mode = 0600) const {
    std::ofstream(path(leaf), std::ios::binary) << content;
    chmod(path(leaf).c_str(), mode);
  }

 private:
  std::string path_;
};

inline std::string ReadFile(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

inline std::string EverythingIn(const std::string& folder) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    all += entry.path().string() + "\n";
    if (entry.is_regular_file()) all += ReadFile(entry.path().string());
  }
  return all;
}

}  // namespace kepu
