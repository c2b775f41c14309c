import { bindLibc, checked, cString } from "./libc.ts";
import { closeSocket } from "./plain-sockets.ts";

const libc = bindLibc({
  inotify_init1: { args: ["i32"], returns: "i32" },
  inotify_add_watch: { args: ["i32", "ptr", "u32"], returns: "i32" },
  read: { args: ["i32", "ptr", "usize"], returns: "i32" },
});

const IN_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000;
const IN_MOVED_FROM = 0x40;
const IN_MOVED_TO = 0x80;
const IN_CREATE = 0x100;
const IN_DELETE = 0x200;
const IN_DELETE_SELF = 0x400;
const IN_MOVE_SELF = 0x800;
const IN_ONLYDIR = 0x01000000;
const allNames =
  IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

const buffer = Buffer.alloc(16 * 1024);

/**
 * Tells, through a descriptor for `PollSet`, that names in some directories came or went. What
 * exactly is not said: whoever is interested looks, which is right whatever happened.
 */
export class DirectoryEvents implements Disposable {
  readonly fd = checked("watch directories", libc().inotify_init1(IN_NONBLOCK_CLOEXEC));

  /** The same directory twice is fine. Throws when it is not there. */
  watch(directory: string): void {
    checked(`watch "${directory}"`, libc().inotify_add_watch(this.fd, cString(directory), allNames));
  }

  /** Takes what has been told, so that the descriptor is quiet again. */
  drain(): void {
    while (libc().read(this.fd, buffer, buffer.length) > 0);
  }

  [Symbol.dispose](): void {
    closeSocket(this.fd);
  }
}
