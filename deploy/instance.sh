# What the commands of this folder know about an instance: its folders, exit codes, and how to ask its processes.
# Sourced by bash scripts that have set `set -euo pipefail`; it sets variables and functions only.

# The layout of the data folder that this build reads and writes. Raised together with a migration.
readonly kepu_layout=1

# Exit codes, the same in every command; each --help names those it uses.
readonly exit_failed=1 exit_usage=2 exit_packages=3 exit_build=4 exit_port=5 exit_running=6 exit_layout=7
readonly exit_rights=8 exit_absent=9 exit_backup=10

# Services in the order in which they are shown; none needs another to start.
readonly kepu_services=(identity venue event volunteer)

command_name=deploy/$(basename "$0")

# die CODE TEXT...: says what is wrong and what to do, and ends.
die() {
  local code=$1
  shift
  printf '%s: %s\n' "$command_name" "$*" >&2
  exit "$code"
}

say() { printf '%s\n' "$*"; }

# need_value OPTION REST-COUNT: an option that wants a value has one.
need_value() { [ "$2" -ge 2 ] || die "$exit_usage" "$1 wants a value; see --help"; }

# use_data_folder PATH: sets data to the absolute path, whether or not it exists.
use_data_folder() {
  case "$1" in
    /*) data=$1 ;;
    *) data=$PWD/${1#./} ;;
  esac
  # A Unix socket's path has 107 bytes; the longest name below the folder is run/volunteer.sock.
  [ "${#data}" -le 85 ] ||
    die "$exit_usage" "the path of the data folder is longer than 85 bytes, too long for sockets in it; give a shorter one with --data"
}

# The pid of the supervisor that holds the instance; empty when none does.
running_supervisor() {
  [ -e "$data/run/lock" ] || return 0
  # The lock, not the pid file, is the truth: it ends with the process.
  if flock --nonblock "$data/run/lock" true 2>/dev/null; then return 0; fi
  awk '$1 == "supervisor" { print $2; found = 1 } END { if (!found) print "?" }' "$data/run/status" 2>/dev/null || echo '?'
}

# state_of NAME: the third word of its line in the status file.
state_of() { awk -v name="$1" '$1 == name { print $3 }' "$data/run/status" 2>/dev/null || true; }

# check_layout: refuses a data folder that another version of kepu made.
check_layout() {
  local found
  found=$(cat "$data/layout" 2>/dev/null) || die "$exit_layout" "$data is not a data folder of kepu (no file layout in it); give another one with --data"
  case "$found" in
    "$kepu_layout") return 0 ;;
    '' | *[!0-9]*) die "$exit_layout" "$data/layout does not hold a number; restore the folder from a backup" ;;
  esac
  if [ "$found" -gt "$kepu_layout" ]; then
    die "$exit_layout" "$data was written by a newer kepu (layout $found, this build knows $kepu_layout); run that version or restore an older backup"
  fi
  die "$exit_layout" "$data was written by an older kepu (layout $found, this build wants $kepu_layout); make a backup with that version and restore it with this one"
}

# wait_until SECONDS COMMAND...: looks every tenth of a second; false when the time is over.
wait_until() {
  local limit=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$limit" ] || return 1
    sleep 0.1
  done
}

# redis_cli ARGUMENT...: as deploy's own user. The password goes through the environment, which others cannot read; an
# instance that an older kepu started has no users yet.
redis_cli() {
  local password=$data/keys/redis-admin.password
  if [ -e "$password" ]; then
    REDISCLI_AUTH=$(cat "$password") redis-cli -s "$data/run/redis.sock" --user admin --no-auth-warning "$@"
  else
    redis-cli -s "$data/run/redis.sock" "$@"
  fi
}

# gone PID: it runs no more. One that has ended and waits for its parent to notice is gone too.
gone() {
  local state
  state=$(awk '/^State:/ { print $2 }' "/proc/$1/status" 2>/dev/null) || true
  [ -z "$state" ] || [ "$state" = Z ]
}
