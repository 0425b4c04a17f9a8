# Sourced by scripts/* and .ci/run: packages, configure, build. Nothing here
# writes to standard output.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p build
jobs=$(nproc)

say() { printf '%s\n' "telltale: $*" >&2; }
die() { say "$*"; exit 1; }

# install_packages PURPOSE...: installs what packages.txt lists and this machine
# lacks. A stamp newer than both lists means that all was there.
install_packages() {
  local stamp=build/.packages-$1 list=scripts/packages.txt wanted have missing
  local package purpose
  if [[ $stamp -nt $list && $stamp -nt /var/lib/dpkg/status ]]; then return; fi
  [[ -e /var/lib/dpkg/status ]] ||
    { say "not a Debian system: please install what $list names"; return; }

  wanted=$(for purpose; do sed -n "s/^$purpose //p" "$list"; done)
  have=$(dpkg-query -W -f '<${Package} ${db:Status-Status}>' $wanted \
    2>/dev/null) || true
  missing=
  for package in $wanted; do
    [[ $have == *"<$package installed>"* ]] || missing+=" $package"
  done
  if [[ -n $missing ]]; then
    local sudo=()
    if [[ $EUID -ne 0 ]]; then
      command -v sudo >/dev/null ||
        die "please install as root: apt-get install$missing"
      sudo=(sudo)
    fi
    say "installing$missing"
    local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
    for package in $missing; do
      if ! apt-cache show "$package" >/dev/null 2>&1; then
        logged build/apt.log "${apt[@]}" update
        break
      fi
    done
    # Lists may be old: try once more with new ones.
    "${apt[@]}" install --no-install-recommends $missing \
      >build/apt.log 2>&1 </dev/null ||
      { logged build/apt.log "${apt[@]}" update
        logged build/apt.log "${apt[@]}" install --no-install-recommends $missing; }
  fi
  touch "$stamp"
}

# logged LOG COMMAND...: runs COMMAND quietly; on a terminal its last line is
# shown while it runs, and after a failure all it wrote.
logged() {
  local log=$1 progress= status=0
  shift
  if [[ -t 2 ]]; then
    (
      sleep 1
      while sleep 0.3; do
        printf '\r\033[K%.*s' "$((${COLUMNS:-80} - 1))" \
          "$(tail -n 1 "$log" 2>/dev/null)" >&2
      done
    ) 9>&- &
    progress=$!
  fi
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [[ -n $progress ]]; then
    kill "$progress" 2>/dev/null || true
    wait "$progress" 2>/dev/null || true
    printf '\r\033[K' >&2
  fi
  if [[ $status -ne 0 ]]; then
    cat "$log" >&2
    die "failed ($status): $*"
  fi
}

# build_preset PRESET TARGET [CMAKE_ARGUMENT...]: configures if need be, then
# builds TARGET in build/PRESET. Runs at the same time wait for each other.
build_preset() {
  local preset=$1 target=$2 folder=build/$1
  shift 2
  mkdir -p "$folder"
  exec 9>"$folder/.lock"
  flock 9
  if [[ ! $folder/build.ninja -nt CMakePresets.json ]]; then
    logged "$folder/configure.log" cmake --preset "$preset" "$@"
    touch "$folder/build.ninja"
  fi
  logged "$folder/build.log" ninja -C "$folder" "$target"
  exec 9>&-
}
