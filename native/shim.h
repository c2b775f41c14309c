/*
 * The shim: one small process beside each container and each exec. It is what
 * outlives the engine, so it holds what must not be lost: the process's stdio,
 * its log file and its exit status. Everything else is the engine's business.
 *
 *   engine ── spawns ──> shim ── runs once ──> runc/crun ... --detach
 *   engine ── attach.sock ──> shim: control and attach connections (clients.c)
 *   process ── pipes or PTY ──> shim ──> log file (log.c), attach clients
 *
 * All of it is one thread around one poll(); nothing in here may block on a
 * client, on the runtime, or on a process that holds a pipe open.
 */
#ifndef HULL_SHIM_H
#define HULL_SHIM_H

#define _GNU_SOURCE
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum stream { OUT = 0, ERR = 1 };

enum log_driver { LOG_NONE, LOG_JSON, LOG_LOCAL };

struct config {
  char **runtime_argv;
  int tty;
  int open_stdin;
  int stdin_once;
  /* Attach connections to wait for before output is read, and for how long. */
  int expect_attached;
  int expect_timeout_ms;
  int console_height, console_width;
  enum log_driver log_driver;
  const char *log_path;
  const char *log_attrs;
  int64_t log_max_bytes;
  int log_max_files;
  int log_compress;
  /* Where the kernel counts memory kills of this container; may be missing. */
  const char *oom_path;
  /* The cgroup to empty when the first process ends: only when it shares its pid namespace. */
  const char *kill_cgroup;
  /* A mount the runtime must not see: crun refuses hosts where the empty v2 tree of a hybrid set-up is mounted. */
  const char *hide_mount;
};

extern struct config config;

/* config.c */
void config_read(const char *path);

/* shim.c */
void die(const char *what) __attribute__((noreturn));
int64_t now_ns(void);
/* Resize and signals come in through control connections. */
void shim_resize(unsigned height, unsigned width);
void shim_signal(int signal);
/* The line that tells a new control connection where things stand. */
const char *shim_state(void);
void shim_close_stdin(void);
int shim_stdin_open(void);

/* stdin.c: bytes on their way into the process */
size_t stdin_space(void);
void stdin_put(const char *data, size_t length);
int stdin_pending(void);
/* Writes what fits; closes the process's stdin once it is empty and was asked to. */
void stdin_flush(int fd, int closing);
void stdin_drop(void);

/* clients.c */
void clients_accept(int listener);
/* Appends to the poll set and returns its new length; clients_handle reads the same set. */
size_t clients_poll_count(void);
void clients_fill(struct pollfd *set);
void clients_handle(const struct pollfd *set, size_t count);
/* Frames output for every attach connection; never blocks and never drops. */
void clients_output(enum stream stream, const char *data, size_t length);
/* A client has more unread output than its share: stop reading the process. */
int clients_congested(void);
void clients_event(const char *line);
int clients_attached(void);
/* The process is over: close each connection once it has been sent everything. */
void clients_finish(void);
int clients_left(void);

/* log.c */
void log_open(void);
void log_write(enum stream stream, const char *data, size_t length);
/* The stream has ended: what waits for its newline is written without one. */
void log_end(enum stream stream);
void log_flush(void);
/* The file is far over its limit while the last one is still being compressed. */
int log_stalled(void);
/* A child has ended; true when it was the compressor. */
int log_child(pid_t pid, int status);
/* Nothing happens: give buffers back to the kernel. */
void log_idle(void);

/* port-proxy.c: another program in the same executable; never returns once it listens. */
int port_proxy(int argc, char **argv);

#endif
