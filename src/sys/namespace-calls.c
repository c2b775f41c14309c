/*
 * Visits to another network namespace, each as one call. JavaScript must not run in there:
 * its engine starts threads of its own whenever it likes (compiler, collector), and one born
 * in a container's namespace would hold it for seconds or for good.
 *
 * Compiled at first use by the C compiler inside Bun, which would take the C library's
 * functions from files that only machines of developers have. So their addresses are passed in.
 * Answers are file descriptors, or a negative errno.
 */
struct libc {
	int (*open)(const char *path, int flags, ...);
	int (*close)(int fd);
	int (*setns)(int fd, int kind);
	int (*unshare)(int kinds);
	int (*socket)(int family, int type, int protocol);
	int (*mount)(const char *source, const char *target, const char *kind, unsigned long flags,
		     const void *data);
	int *(*__errno_location)(void);
	void (*abort)(void);
	long (*write)(int fd, const void *data, unsigned long length);
};

enum {
	write_only = 01,
	close_on_exec = 02000000,
	network = 0x40000000,
	bind = 4096,
};

static const char own[] = "/proc/thread-self/ns/net";

/* On the wrong network every later call would do harm; all state is on disk, so dying is better. */
static void go_home(const struct libc *libc, int home)
{
	if (libc->setns(home, network) != 0)
		libc->abort();
	libc->close(home);
}

static int result(int value, int error)
{
	return value < 0 ? -error : value;
}

/* A socket of the namespace that `space` is an open file of. It stays there for good. */
int socket_in_namespace(const struct libc *libc, int space, int family, int type, int protocol)
{
	int home = libc->open(own, close_on_exec);
	int made, error;

	if (home < 0)
		return -*libc->__errno_location();
	made = libc->setns(space, network);
	if (made == 0)
		made = libc->socket(family, type, protocol);
	error = *libc->__errno_location();
	go_home(libc, home);
	return result(made, error);
}

/* A new namespace, bound to the file `path`. Answers with a socket in it. */
int create_namespace(const struct libc *libc, const char *path, int family, int type, int protocol)
{
	int home = libc->open(own, close_on_exec);
	int made, error;

	if (home < 0)
		return -*libc->__errno_location();
	made = libc->unshare(network);
	if (made == 0)
		made = libc->mount(own, path, "", bind, 0);
	if (made == 0)
		made = libc->socket(family, type, protocol);
	error = *libc->__errno_location();
	go_home(libc, home);
	return result(made, error);
}

/* Writes a setting of the namespace: which one /proc/sys/net shows depends on who opens it. */
int write_in_namespace(const struct libc *libc, int space, const char *path, const char *data, int length)
{
	int home = libc->open(own, close_on_exec);
	int made, error, file;

	if (home < 0)
		return -*libc->__errno_location();
	made = libc->setns(space, network);
	if (made == 0) {
		made = file = libc->open(path, write_only | close_on_exec);
		if (file >= 0) {
			made = (int)libc->write(file, data, length);
			error = *libc->__errno_location();
			libc->close(file);
			*libc->__errno_location() = error;
		}
	}
	error = *libc->__errno_location();
	go_home(libc, home);
	return result(made, error);
}
