# The first program of the virtual machine (below tini): makes it a cgroup v2 host and runs the tests.
export PATH=/usr/bin HOME=/root LANG=C.UTF-8 NO_COLOR=1 HULL_TEST_EXECUTABLE=/hull/dist/hull HULL_TEST_DOCKER=/usr/bin/docker
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /run
mount -t securityfs securityfs /sys/kernel/security
mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup
exec </dev/null >/dev/console 2>&1
hostname guest
ip link set lo up
# As an init system leaves it: services in groups of their own, all controllers handed down.
mkdir -p /sys/fs/cgroup/system.slice/tests.service
echo $$ >/sys/fs/cgroup/system.slice/tests.service/cgroup.procs
for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
  echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
done
echo "HULL-VM-BOOTED $(cut -d ' ' -f 1 /proc/uptime) s, kernel $(uname -r), controllers $(cat /sys/fs/cgroup/cgroup.controllers)"
cd /hull
tests=$(sed -n 's/.*hull.tests=\([^ ]*\).*/\1/p' /proc/cmdline | tr ',' ' ')
# shellcheck disable=SC2086
bun test --timeout 120000 ${tests:-tests/vm}
echo "HULL-VM-ENDED $?"
sync
reboot -f
