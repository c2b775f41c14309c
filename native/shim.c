#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READ_SIZE (64 * 1024)
/* After the end of the process a descendant may hold its pipes open: wait this long for more, and no longer. */
#define DRAIN_QUIET_MS 300
#define DRAIN_TOTAL_MS 2000
#define IDLE_MS 1000

enum phase {
  STARTING, /* the runtime runs */
  RUNNING,  /* it has handed over a process */
  DRAINING, /* the process is dead, its output not yet all read */
  OVER      /* exit file written; the last clients are being served */
};

static enum phase phase = STARTING;
static char state_line[128] = "starting\n";

static int listener = -1, signals = -1, console_listener = -1;
static int stdin_fd = -1, stdin_closing;
static int output_fd[2] = {-1, -1};
static int terminal = -1, terminal_peer = -1;
static pid_t runtime_pid, main_pid;
static int main_status, main_reaped;
static int64_t exit_time, last_output, hold_until;
static int own_oom_score;
static char *scratch;

void die(const char *what) {
  dprintf(2, "shim: %s: %s\n", what, strerror(errno));
  exit(70);
}

int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t clock_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const char *shim_state(void) { return state_line; }

/* ---- files of the state directory: written whole or not at all ---- */

static void write_file(const char *name, const char *text) {
  char temporary[64];
  snprintf(temporary, sizeof temporary, ".%s.tmp", name);
  int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return;
  ssize_t n = write(fd, text, strlen(text));
  close(fd);
  if (n == (ssize_t)strlen(text)) rename(temporary, name);
}

static ssize_t read_small(const char *path, char *out, size_t size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t n = read(fd, out, size - 1);
  close(fd);
  out[n > 0 ? n : 0] = 0;
  return n;
}

static int listen_on(const char *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strcpy(address.sun_path, name);
  unlink(name);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 64) < 0) die(name);
  return fd;
}

/* ---- stdin, terminal, signals ---- */

int shim_stdin_open(void) {
  return !stdin_closing && phase < DRAINING && (stdin_fd >= 0 || config.tty);
}

static int stdin_target(void) { return config.tty ? terminal : stdin_fd; }

void shim_close_stdin(void) {
  if (config.tty) return;
  stdin_closing = 1;
  if (stdin_pending()) return;
  if (stdin_fd >= 0) close(stdin_fd);
  stdin_fd = -1;
}

void shim_resize(unsigned height, unsigned width) {
  config.console_height = (int)height;
  config.console_width = (int)width;
  struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};
  if (terminal >= 0) ioctl(terminal, TIOCSWINSZ, &size);
}

/* Safe against reused pids: the process is ours, and not reaped yet. */
void shim_signal(int signal) {
  if (phase == RUNNING && !main_reaped) kill(main_pid, signal);
}

/* ---- start ---- */

static void set_oom_score(int score) {
  char text[16];
  int length = snprintf(text, sizeof text, "%d", score);
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (write(fd, text, (size_t)length) < 0) errno = 0; /* refused without CAP_SYS_RESOURCE: no harm */
  close(fd);
}

/*
 * Takes a mount away from this process alone. Only the mount around it is cut off from
 * propagation: all others stay as they are, so that shared volumes stay shared.
 */
static void hide_mount(const char *path) {
  char parent[4096];
  snprintf(parent, sizeof parent, "%s", path);
  char *slash = strrchr(parent, '/');
  if (!slash || slash == parent) die("hide mount");
  *slash = 0;
  if (unshare(CLONE_NEWNS) < 0) die("unshare mounts");
  if (mount(NULL, parent, NULL, MS_PRIVATE, NULL) < 0) die("hide mount: its parent is not a mount");
  if (umount2(path, MNT_DETACH) < 0) die("hide mount");
}

static void exec_runtime(int in, int out, int err) {
  if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(126);
  umask(0022); /* what a container's processes start with */
  for (int s = 1; s < NSIG; s++) signal(s, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  set_oom_score(own_oom_score);
  if (config.hide_mount) hide_mount(config.hide_mount);
  execvp(config.runtime_argv[0], config.runtime_argv);
  dprintf(2, "%s: %s\n", config.runtime_argv[0], strerror(errno));
  _exit(127);
}

static void start_runtime(void) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC), in = null, out, err;
  int pair[2];
  if (null < 0) die("/dev/null");
  if (config.tty) {
    console_listener = listen_on("console.sock");
    out = err = open("runtime.stderr", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0) die("runtime.stderr");
  } else {
    if (config.open_stdin) {
      if (pipe2(pair, O_CLOEXEC) < 0) die("pipe");
      in = pair[0];
      stdin_fd = pair[1];
      fcntl(stdin_fd, F_SETFL, O_NONBLOCK);
    }
    int write_end[2];
    for (int i = 0; i < 2; i++) {
      if (pipe2(pair, O_CLOEXEC) < 0) die("pipe");
      output_fd[i] = pair[0];
      write_end[i] = pair[1];
      fcntl(output_fd[i], F_SETFL, O_NONBLOCK);
    }
    out = write_end[0];
    err = write_end[1];
  }
  runtime_pid = fork();
  if (runtime_pid < 0) die("fork");
  if (runtime_pid == 0) exec_runtime(in, out, err);
  if (in != null) close(in);
  close(null);
  close(out);
  if (err != out) close(err);
}

/* The runtime sends the terminal's master end over console.sock. */
static void receive_terminal(void) {
  int fd = accept4(console_listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) return;
  struct timeval limit = {.tv_sec = 2}; /* a runtime that connects sends at once, or has died */
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  char name[256];
  union {
    struct cmsghdr align;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {name, sizeof name};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  struct cmsghdr *c = n >= 0 ? CMSG_FIRSTHDR(&message) : NULL;
  if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
    memcpy(&terminal, CMSG_DATA(c), sizeof terminal);
    fcntl(terminal, F_SETFL, O_NONBLOCK);
    /* With a peer of our own the terminal does not hang up while the process lives. */
    terminal_peer = ioctl(terminal, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    output_fd[OUT] = terminal;
    if (config.console_height > 0 && config.console_width > 0)
      shim_resize((unsigned)config.console_height, (unsigned)config.console_width);
  }
  close(fd);
  if (terminal < 0) return;
  close(console_listener);
  console_listener = -1;
  unlink("console.sock");
}

static void become(const char *line) {
  snprintf(state_line, sizeof state_line, "%s", line);
  clients_event(line);
}

static void close_output(int i) {
  if (output_fd[i] < 0) return;
  log_end((enum stream)i);
  if (output_fd[i] == terminal) terminal = -1;
  close(output_fd[i]);
  output_fd[i] = -1;
}

static void finish(const char *line) {
  phase = OVER;
  close_output(OUT);
  close_output(ERR);
  if (terminal_peer >= 0) close(terminal_peer);
  terminal_peer = -1;
  stdin_drop();
  if (stdin_fd >= 0) close(stdin_fd);
  stdin_fd = -1;
  log_flush();
  write_file("exit", line);
  become(line);
  clients_finish();
}

/* Nothing was started: what is in the pipes are the runtime's own words. */
static void start_failed(int status) {
  if (!config.tty && output_fd[ERR] >= 0) {
    ssize_t n = read(output_fd[ERR], scratch, READ_SIZE - 1);
    scratch[n > 0 ? n : 0] = 0;
    write_file("runtime.stderr", scratch);
  }
  for (int i = 0; i < 2; i++) {
    if (output_fd[i] >= 0 && output_fd[i] != terminal) close(output_fd[i]);
    output_fd[i] = -1;
  }
  char line[64];
  snprintf(line, sizeof line, "failed %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  finish(line);
}

static void runtime_ended(int status) {
  char text[32];
  runtime_pid = 0;
  if (console_listener >= 0) receive_terminal();
  if (console_listener >= 0) close(console_listener);
  console_listener = -1;
  if (read_small("pid", text, sizeof text) > 0) main_pid = atoi(text);
  int good = WIFEXITED(status) && WEXITSTATUS(status) == 0 && main_pid > 0 && (!config.tty || terminal >= 0);
  if (!good) {
    if (main_pid > 0) kill(main_pid, SIGKILL);
    start_failed(status);
    return;
  }
  phase = RUNNING;
  hold_until = config.expect_attached > 0 ? clock_ms() + config.expect_timeout_ms : 0;
  snprintf(text, sizeof text, "started %d\n", main_pid);
  become(text);
}

/* ---- end ---- */

/* Processes of a shared pid namespace do not die with the first one; they are killed, as Docker does. */
static void kill_leftovers(void) {
  char text[8192];
  for (int round = 0; config.kill_cgroup && round < 10; round++) {
    if (read_small(config.kill_cgroup, text, sizeof text) <= 0) return;
    for (char *p = text; *p;) {
      pid_t pid = (pid_t)strtol(p, &p, 10);
      if (pid > 0) kill(pid, SIGKILL);
      while (*p == '\n') p++;
    }
  }
}

static int oom_killed(void) {
  char text[4096];
  if (!config.oom_path || read_small(config.oom_path, text, sizeof text) <= 0) return 0;
  char *p = strstr(text, "oom_kill ");
  while (p && p != text && p[-1] != '\n') p = strstr(p + 1, "oom_kill ");
  return p && atoll(p + 9) > 0;
}

static int oom;

static void main_ended(int status) {
  main_status = status;
  main_reaped = 1;
  exit_time = now_ns();
  oom = oom_killed();
  kill_leftovers();
  phase = DRAINING;
  last_output = clock_ms();
  if (terminal_peer >= 0) close(terminal_peer);
  terminal_peer = -1;
  stdin_drop();
  if (stdin_fd >= 0) close(stdin_fd);
  stdin_fd = -1;
}

static void drained(void) {
  int code = WIFEXITED(main_status) ? WEXITSTATUS(main_status) : 128 + WTERMSIG(main_status);
  char line[96];
  snprintf(line, sizeof line, "exited %d %d %d %lld.%09lld\n", code,
           WIFSIGNALED(main_status) ? WTERMSIG(main_status) : 0, oom, (long long)(exit_time / 1000000000),
           (long long)(exit_time % 1000000000));
  finish(line);
}

static void reap(void) {
  struct signalfd_siginfo info[8];
  while (read(signals, info, sizeof info) > 0)
    ;
  int status;
  pid_t pid;
  /* While the runtime runs, children of ours it left behind wait: their pid is not known before it ends. */
  if (runtime_pid > 0) {
    if (waitpid(runtime_pid, &status, WNOHANG) != runtime_pid) return;
    runtime_ended(status);
  }
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    if (pid == main_pid && phase == RUNNING) main_ended(status);
    else log_child(pid, status);
  }
}

/* ---- output ---- */

static int holding(void) {
  if (hold_until == 0) return 0;
  if (clients_attached() >= config.expect_attached || clock_ms() >= hold_until) hold_until = 0;
  return hold_until != 0;
}

/* The process waits for a slow client; a dead process's last words do not. */
static int may_pump(void) {
  if (phase != RUNNING && phase != DRAINING) return 0;
  if (holding() || log_stalled()) return 0;
  return phase == DRAINING || !clients_congested();
}

static void pump(int i) {
  ssize_t n = read(output_fd[i], scratch, READ_SIZE);
  if (n > 0) {
    last_output = clock_ms();
    log_write((enum stream)i, scratch, (size_t)n);
    clients_output((enum stream)i, scratch, (size_t)n);
  } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) close_output(i);
}

/*
 * The clock of the last wait runs only while output can be read: a client that comes late
 * (output is held back for it) or a log that stalls must not cost what is still in the pipes.
 */
static int64_t drain_began;

static int drain_over(void) {
  if (phase != DRAINING) return 0;
  if (holding() || log_stalled()) {
    drain_began = 0;
    return 0;
  }
  if (output_fd[OUT] < 0 && output_fd[ERR] < 0) return 1;
  int64_t now = clock_ms();
  if (drain_began == 0) {
    drain_began = last_output = now;
    return 0;
  }
  return now - last_output >= DRAIN_QUIET_MS || now - drain_began >= DRAIN_TOTAL_MS;
}

/* ---- the loop ---- */

static int timeout(void) {
  if (holding()) return (int)(hold_until - clock_ms()) + 1;
  if (phase == DRAINING) return DRAIN_QUIET_MS / 3;
  return last_output ? IDLE_MS : -1;
}

static void rest(void) {
  log_idle();
  madvise(scratch, READ_SIZE, MADV_DONTNEED);
  last_output = 0;
}

static void add(struct pollfd *set, size_t *count, int fd, short events) {
  set[(*count)++] = (struct pollfd){.fd = events ? fd : -1, .events = events};
}

static void loop(void) {
  struct pollfd *set = NULL;
  size_t capacity = 0;
  while (phase != OVER || clients_left()) {
    size_t client_count = clients_poll_count(), count = 0;
    if (client_count + 8 > capacity) {
      capacity = client_count + 16;
      set = realloc(set, capacity * sizeof *set);
      if (!set) die("realloc");
    }
    short pumping = may_pump() ? POLLIN : 0;
    int target = stdin_target();
    add(set, &count, signals, POLLIN);
    add(set, &count, phase == OVER ? -1 : listener, POLLIN);
    add(set, &count, console_listener, POLLIN);
    add(set, &count, target, stdin_pending() ? POLLOUT : 0);
    add(set, &count, output_fd[OUT], pumping);
    add(set, &count, output_fd[ERR], pumping);
    clients_fill(set + count);
    int ready = poll(set, count + client_count, timeout());
    if (ready < 0 && errno != EINTR) die("poll");
    if (ready < 0) continue;
    if (ready == 0 && phase == RUNNING) rest();
    if (set[0].revents) reap();
    if (set[2].revents && console_listener >= 0) receive_terminal();
    if (set[3].revents && stdin_target() == target && target >= 0) stdin_flush(target, stdin_closing);
    for (int i = 0; i < 2; i++)
      if (set[4 + i].revents && output_fd[i] == set[4 + i].fd) pump(i);
    log_flush();
    clients_handle(set + count, client_count);
    /* Input that has just come mostly fits: no need for another round. */
    if (stdin_pending() && stdin_target() >= 0 && phase == RUNNING) stdin_flush(stdin_target(), stdin_closing);
    if (set[1].revents) clients_accept(listener);
    if (drain_over()) drained();
  }
}

static void daemonise(void) {
  setsid();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_NAME, "hull-shim");
  int ignored[] = {SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGTSTP, SIGTTOU, SIGTTIN};
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  signals = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
  if (signals < 0) die("signalfd");
  char score[16];
  if (read_small("/proc/self/oom_score_adj", score, sizeof score) > 0) own_oom_score = atoi(score);
  set_oom_score(-999);
}

/* shim --without MOUNT COMMAND...: a runtime command as the shim itself runs them, for the engine. */
static void run_without(char **argv) {
  hide_mount(argv[2]);
  execvp(argv[3], argv + 3);
  die(argv[3]);
}

/* shim STATE_DIR: reads `config` there; says "listening" on stdout once attach.sock can be connected. */
int main(int argc, char **argv) {
  if (argc > 3 && !strcmp(argv[1], "--without")) run_without(argv);
  if (argc > 1 && !strcmp(argv[1], "port-proxy")) return port_proxy(argc, argv);
  if (argc != 2 || chdir(argv[1]) < 0) die("usage: shim STATE_DIR");
  umask(0077);
  config_read("config");
  daemonise();
  scratch = mmap(NULL, READ_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (scratch == MAP_FAILED) die("mmap");
  char pid[16];
  snprintf(pid, sizeof pid, "%d", (int)getpid());
  write_file("shim.pid", pid);
  listener = listen_on("attach.sock");
  start_runtime();
  if (write(1, "listening\n", 10) < 0) errno = 0; /* the engine is gone; the container runs all the same */
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3; fd++) dup2(null, fd);
  close(null);
  log_open();
  loop();
  unlink("attach.sock");
  return 0;
}
