/*
 * Connections on attach.sock.
 *
 * Client to shim, framed: type (1 byte), length (4 bytes, big endian), payload.
 *   H  hello, first: flags (1 byte), 1 stdin, 2 stdout, 4 stderr, 8 control
 *   I  bytes for stdin        E  stdin is over
 *   R  height, width (2 bytes each, big endian)
 *   K  signal (1 byte) for the process
 *   C  goodbye: the user left. A connection that ends without it was the engine's
 *      death, and says nothing about stdin.
 *
 * Shim to client: after the hello one byte 'A', then
 *   control: lines, `starting`, `started PID`, `failed`, `exited CODE SIGNAL OOM SEC.NSEC`
 *   attach:  output as it goes over Docker's wire, 8-byte headers or raw for a terminal.
 */
#include "shim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Unread output a client may have before the process is made to wait. */
#define SHARE (256 * 1024)
#define SMALL_PAYLOAD 16

enum { WANTS_STDIN = 1, WANTS_STDOUT = 2, WANTS_STDERR = 4, CONTROL = 8 };

struct client {
  struct client *next;
  int fd;
  int flags;
  int greeted, closing, dead;
  unsigned char header[5];
  size_t header_length;
  uint32_t payload_left;
  unsigned char payload[SMALL_PAYLOAD];
  size_t payload_length;
  char *out;
  size_t out_start, out_length, out_capacity;
};

static struct client *clients;
static int attached, finishing;

int clients_attached(void) { return attached; }
int clients_left(void) { return clients != NULL; }

void clients_accept(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  struct client *c = calloc(1, sizeof *c);
  if (!c) {
    close(fd);
    return;
  }
  c->fd = fd;
  c->next = clients;
  clients = c;
}

static void queue(struct client *c, const char *data, size_t length) {
  if (c->dead || length == 0) return;
  if (c->out_start + c->out_length + length > c->out_capacity) {
    if (c->out_start > 0) memmove(c->out, c->out + c->out_start, c->out_length);
    c->out_start = 0;
    if (c->out_length + length > c->out_capacity) {
      size_t capacity = c->out_capacity ? c->out_capacity : 8192;
      while (capacity < c->out_length + length) capacity *= 2;
      char *grown = realloc(c->out, capacity);
      if (!grown) {
        c->dead = 1;
        return;
      }
      c->out = grown;
      c->out_capacity = capacity;
    }
  }
  memcpy(c->out + c->out_start + c->out_length, data, length);
  c->out_length += length;
}

static void send_parts(struct client *c, const char *head, size_t head_length, const char *data, size_t length) {
  size_t sent = 0;
  if (c->dead) return;
  if (c->out_length == 0) {
    struct iovec parts[2] = {{(void *)head, head_length}, {(void *)data, length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t n = sendmsg(c->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
      c->dead = 1;
      return;
    }
    if (n > 0) sent = (size_t)n;
  }
  if (sent < head_length) queue(c, head + sent, head_length - sent);
  size_t data_sent = sent > head_length ? sent - head_length : 0;
  queue(c, data + data_sent, length - data_sent);
}

static void flush(struct client *c) {
  while (c->out_length > 0 && !c->dead) {
    ssize_t n = send(c->fd, c->out + c->out_start, c->out_length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) {
      c->dead = 1;
      return;
    }
    c->out_start += (size_t)n;
    c->out_length -= (size_t)n;
  }
  free(c->out);
  c->out = NULL;
  c->out_start = c->out_length = c->out_capacity = 0;
}

void clients_output(enum stream stream, const char *data, size_t length) {
  unsigned char header[8] = {stream == ERR ? 2 : 1, 0, 0, 0, length >> 24, length >> 16, length >> 8, length};
  int wanted = stream == ERR ? WANTS_STDERR : WANTS_STDOUT;
  for (struct client *c = clients; c; c = c->next) {
    if (!(c->flags & wanted) || (c->flags & CONTROL) || c->closing) continue;
    send_parts(c, (char *)header, config.tty ? 0 : sizeof header, data, length);
  }
}

int clients_congested(void) {
  for (struct client *c = clients; c; c = c->next)
    if (!c->dead && c->out_length > SHARE) return 1;
  return 0;
}

void clients_event(const char *line) {
  for (struct client *c = clients; c; c = c->next)
    if (c->flags & CONTROL) send_parts(c, line, strlen(line), "", 0);
}

void clients_finish(void) {
  finishing = 1;
  for (struct client *c = clients; c; c = c->next) c->closing = 1;
}

/*
 * As Docker does it: with StdinOnce the end of the user's input is the end of the
 * process's, otherwise (and on a terminal) it only ends this attachment.
 */
static void input_over(struct client *c) {
  if (!(c->flags & WANTS_STDIN)) return;
  c->flags &= ~WANTS_STDIN;
  if (config.stdin_once && !config.tty) shim_close_stdin();
  else c->closing = 1;
}

static void greet(struct client *c) {
  c->greeted = 1;
  c->flags = c->payload[0];
  if (!config.open_stdin) c->flags &= ~WANTS_STDIN;
  send_parts(c, "A", 1, "", 0);
  if (c->flags & CONTROL) send_parts(c, shim_state(), strlen(shim_state()), "", 0);
  else attached++;
  if (finishing) c->closing = 1;
}

static void message(struct client *c) {
  unsigned char *p = c->payload;
  switch (c->header[0]) {
    case 'H':
      if (c->payload_length >= 1 && !c->greeted) greet(c);
      return;
    case 'E':
      input_over(c);
      return;
    case 'C':
      if (config.stdin_once) input_over(c);
      c->dead = 1;
      return;
    case 'R':
      if (c->payload_length >= 4) shim_resize(p[0] << 8 | p[1], p[2] << 8 | p[3]);
      return;
    case 'K':
      if (c->payload_length >= 1) shim_signal(p[0]);
      return;
  }
}

static void parse(struct client *c, const char *data, size_t length) {
  while (!c->dead) {
    if (c->header_length < sizeof c->header) {
      if (length == 0) return;
      c->header[c->header_length++] = (unsigned char)*data++;
      length--;
      if (c->header_length < sizeof c->header) continue;
      unsigned char *h = c->header;
      c->payload_left = (uint32_t)h[1] << 24 | h[2] << 16 | h[3] << 8 | h[4];
      c->payload_length = 0;
    }
    size_t n = c->payload_left < length ? c->payload_left : length;
    if (c->header[0] == 'I') {
      if ((c->flags & WANTS_STDIN) && shim_stdin_open()) stdin_put(data, n);
    } else {
      size_t room = SMALL_PAYLOAD - c->payload_length;
      memcpy(c->payload + c->payload_length, data, n < room ? n : room);
      c->payload_length += n < room ? n : room;
    }
    data += n;
    length -= n;
    c->payload_left -= (uint32_t)n;
    if (c->payload_left > 0) return;
    c->header_length = 0;
    message(c);
  }
}

/* Stdin from a client is only read while the queue has room for all that a read can bring. */
static int may_read(const struct client *c) { return !(c->flags & WANTS_STDIN) || stdin_space() > 0; }

static void receive(struct client *c) {
  char buffer[16 * 1024];
  size_t room = c->flags & WANTS_STDIN ? stdin_space() : sizeof buffer;
  if (room > sizeof buffer) room = sizeof buffer;
  if (!c->greeted) room = 6; /* not past the hello: what follows may be stdin */
  if (room == 0) return;
  ssize_t n = recv(c->fd, buffer, room, MSG_DONTWAIT);
  if (n > 0) parse(c, buffer, (size_t)n);
  else if (n == 0 || (errno != EAGAIN && errno != EINTR)) c->dead = 1;
}

size_t clients_poll_count(void) {
  size_t count = 0;
  for (struct client *c = clients; c; c = c->next) count++;
  return count;
}

void clients_fill(struct pollfd *set) {
  for (struct client *c = clients; c; c = c->next, set++) {
    set->events = (short)((may_read(c) ? POLLIN : 0) | (c->out_length > 0 ? POLLOUT : 0));
    /* A descriptor without wishes is left out: its hang-up would wake us for nothing. */
    set->fd = set->events ? c->fd : -1;
    set->revents = 0;
  }
}

/* Unread input would turn the peer's end of output into an error: take it first. */
static void hang_up(struct client *c) {
  char rest[4096];
  shutdown(c->fd, SHUT_WR);
  while (recv(c->fd, rest, sizeof rest, MSG_DONTWAIT) > 0)
    ;
  close(c->fd);
  free(c->out);
  free(c);
}

static void sweep(void) {
  for (struct client **at = &clients; *at;) {
    struct client *c = *at;
    if (c->dead || (c->closing && c->out_length == 0)) {
      *at = c->next;
      hang_up(c);
    } else at = &c->next;
  }
}

void clients_handle(const struct pollfd *set, size_t count) {
  size_t i = 0;
  for (struct client *c = clients; c && i < count; c = c->next, i++) {
    if (set[i].revents & POLLOUT) flush(c);
    if (set[i].revents & (POLLIN | POLLHUP | POLLERR)) {
      if (set[i].events & POLLIN) receive(c);
      else if (set[i].revents & (POLLHUP | POLLERR)) flush(c);
    }
  }
  sweep();
}
