/*
 * Looks a name up at 127.0.0.11, over and over, and says how that went:
 *
 *     name-loop NAME TYPE COUNT [PAUSE_MICROSECONDS [udp|tcp [SERVER]]]
 *     p50 8.7 p90 10.1 failures 0 rcode 0 truncated 0 answers 10.9.0.2 10.9.0.3
 *
 * A lookup without an answer within a second is a failure. The answers are those of the last.
 *
 *     name-loop serve
 *
 * is a name server on UDP port 53 that prints each question and says 192.0.2.7 to all of them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static unsigned char question[300], answer[65536];
static const char *server = "127.0.0.11";
static int tcp;

static double microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static int put_name(char *name, int at)
{
	for (char *label = strtok(name, "."); label; label = strtok(NULL, ".")) {
		int length = strlen(label);

		question[at++] = length;
		memcpy(question + at, label, length);
		at += length;
	}
	question[at++] = 0;
	return at;
}

static int connected(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(53) };
	struct timeval limit = { 1, 0 };
	int fd = socket(AF_INET, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);

	inet_pton(AF_INET, server, &to.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int ask(int fd, int length)
{
	unsigned char framed[302] = { length >> 8, length };
	int size, got = 0;

	if (!tcp)
		return send(fd, question, length, 0) == length ? (int)recv(fd, answer, sizeof(answer), 0) : -1;
	memcpy(framed + 2, question, length);
	if (send(fd, framed, length + 2, MSG_NOSIGNAL) != length + 2 || recv(fd, framed, 2, MSG_WAITALL) != 2)
		return -1;
	size = framed[0] << 8 | framed[1];
	got = recv(fd, answer, size, MSG_WAITALL);
	return got == size ? got : -1;
}

static int after_name(int at)
{
	while (answer[at] && answer[at] < 0xc0)
		at += answer[at] + 1;
	return at + (answer[at] ? 2 : 1);
}

static void print_answers(int length, int at)
{
	char text[INET6_ADDRSTRLEN];

	for (int count = answer[6] << 8 | answer[7]; count > 0 && (at = after_name(at)) + 10 <= length; count--) {
		int size = answer[at + 8] << 8 | answer[at + 9];
		const unsigned char *data = answer + at + 10;

		if (size == 4 || size == 16)
			printf(" %s", inet_ntop(size == 4 ? AF_INET : AF_INET6, data, text, sizeof(text)));
		else
			for (int i = 0; i < size && data[i]; i += data[i] + 1)
				printf("%c%.*s", i ? '.' : ' ', data[i], data + i + 1);
		at += 10 + size;
	}
	printf("\n");
}

static int serve(void)
{
	static const unsigned char record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7 };
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(53) }, from;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(fd, (struct sockaddr *)&here, sizeof(here)) != 0)
		return 1;
	puts("ready");
	fflush(stdout);
	for (;;) {
		socklen_t size = sizeof(from);
		int end, length = recvfrom(fd, answer, 512, 0, (struct sockaddr *)&from, &size);

		if (length < 17)
			continue;
		answer[length] = 0;
		for (int i = 12; answer[i]; i += answer[i] + 1)
			printf("%s%.*s", i > 12 ? "." : "", answer[i], answer + i + 1);
		end = after_name(12) + 4;
		printf(" type %d\n", answer[end - 3]);
		fflush(stdout);
		answer[2] |= 0x80;
		answer[7] = 1;
		answer[11] = 0;
		memcpy(answer + end, record, sizeof(record));
		sendto(fd, answer, end + sizeof(record), 0, (struct sockaddr *)&from, size);
	}
}

int main(int count, char **arguments)
{
	int type, rounds, pause, length, got = -1, failures = 0, fd = -1;
	double *times;

	if (count == 2 && strcmp(arguments[1], "serve") == 0)
		return serve();
	if (count < 4)
		return 2;
	type = atoi(arguments[2]);
	rounds = atoi(arguments[3]);
	pause = count > 4 ? atoi(arguments[4]) : 0;
	tcp = count > 5 && strcmp(arguments[5], "tcp") == 0;
	if (count > 6)
		server = arguments[6];
	times = calloc(rounds, sizeof(*times));
	question[2] = 1;
	question[5] = 1;
	length = put_name(arguments[1], 12);
	question[length + 1] = type;
	question[length + 3] = 1;
	length += 4;
	for (int i = 0; i < rounds; i++) {
		double began;

		question[0] = i >> 8;
		question[1] = i;
		if (fd < 0)
			fd = connected();
		began = microseconds();
		got = fd < 0 ? -1 : ask(fd, length);
		times[i] = microseconds() - began;
		if (got < 12 || answer[0] != question[0] || answer[1] != question[1]) {
			failures++;
			if (fd >= 0)
				close(fd);
			fd = -1;
		}
		if (pause)
			usleep(pause);
	}
	qsort(times, rounds, sizeof(*times), by_size);
	printf("p50 %.1f p90 %.1f failures %d", times[rounds / 2], times[rounds * 9 / 10], failures);
	if (got >= 12) {
		printf(" rcode %d truncated %d answers", answer[3] & 15, answer[2] >> 1 & 1);
		print_answers(got, length);
	} else {
		printf("\n");
	}
	return 0;
}
