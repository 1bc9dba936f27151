# Whether there is a Node.js that builds the web app. Sourced by deploy/setup and deploy/build-web; sets a function only.

# has_node: of at least 18, with npm, on the PATH, whoever installed it.
has_node() {
  local version
  command -v npm >/dev/null || return 1
  version=$(node --version 2>/dev/null) || return 1
  version=${version#v}
  version=${version%%.*}
  case "$version" in '' | *[!0-9]*) return 1 ;; esac
  [ "$version" -ge 18 ]
}
