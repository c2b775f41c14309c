import { EngineError } from "../../errors/engine-error.ts";
import { bindLibc, checked, errno, kernelError } from "../libc.ts";
import type { SocketKind } from "../namespace-calls.ts";
import {
  encodeRequest,
  NLM_F_ACK,
  NLM_F_DUMP,
  parseAttributes,
  type Reply,
  type Request,
  readText,
} from "./message.ts";

const libc = bindLibc({
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  send: { args: ["i32", "ptr", "usize", "i32"], returns: "i64" },
  recv: { args: ["i32", "ptr", "usize", "i32"], returns: "i64" },
  close: { args: ["i32"], returns: "i32" },
});

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SO_SNDBUFFORCE = 32;

const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_ACK_TLVS = 0x200;
const NLMSGERR_ATTR_MSG = 1;
const EINTR = 4;

export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;

/** Replies are read one after another in one thread, so one buffer serves every socket. */
const receiveBuffer = Buffer.alloc(256 * 1024);

const openHere = ({ family, type, protocol }: SocketKind): number =>
  checked("open a netlink socket", libc().socket(family, type, protocol));

/** Throws with the action and, where the kernel gives one, its own explanation. */
function requestError(action: string, code: number, explanation: string): EngineError {
  const error = kernelError(action, code);
  return explanation === ""
    ? error
    : new EngineError(error.kind, `${error.message} (${explanation})`, error.cause);
}

/**
 * A netlink socket. It belongs to the network namespace its thread was in when it was
 * opened and stays there. The kernel handles a request inside `send`, so the answers are
 * there at once and nothing here waits.
 */
export class NetlinkSocket implements Disposable {
  readonly #fd: number;
  #sequence = 1;

  /** `open` makes the socket elsewhere, in another namespace. */
  constructor(protocol: number, open: (kind: SocketKind) => number = openHere) {
    this.#fd = open({ family: AF_NETLINK, type: SOCK_RAW_CLOEXEC, protocol });
    const on = new Uint8Array([1, 0, 0, 0]);
    libc().setsockopt(this.#fd, SOL_NETLINK, NETLINK_CAP_ACK, on, 4);
    libc().setsockopt(this.#fd, SOL_NETLINK, NETLINK_EXT_ACK, on, 4);
    // Lists hold only what their headers ask for: addresses of one link, routes of one table.
    libc().setsockopt(this.#fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, on, 4);
    const fourMegabytes = new Uint8Array(new Uint32Array([4 << 20]).buffer);
    libc().setsockopt(this.#fd, SOL_SOCKET, SO_SNDBUFFORCE, fourMegabytes, 4);
    // Never needed; without it a lost answer would hang the engine for good.
    const fiveSeconds = new BigUint64Array([5n, 0n]);
    libc().setsockopt(this.#fd, SOL_SOCKET, SO_RCVTIMEO, fiveSeconds, 16);
  }

  /** Sends one change and waits for the kernel's word. */
  change(action: string, request: Request): void {
    const failure = this.changeAll(action, [request])[0];
    if (failure) throw failure;
  }

  /**
   * Sends several changes in one call. They are independent of each other: the kernel
   * goes on after a failure. The answer has one entry per change, undefined for success.
   */
  changeAll(action: string, requests: readonly Request[]): (EngineError | undefined)[] {
    const first = this.#sequence;
    this.#sequence += requests.length;
    this.#send(
      action,
      Buffer.concat(
        requests.map((request, index) =>
          encodeRequest({ ...request, flags: request.flags | NLM_F_ACK }, first + index),
        ),
      ),
    );
    const outcome: (EngineError | undefined)[] = new Array(requests.length).fill(undefined);
    for (let open = requests.length; open > 0; ) {
      for (const message of this.#receive(action)) {
        const index = message.sequence - first;
        if (message.type !== NLMSG_ERROR || index < 0 || index >= requests.length) continue;
        open--;
        outcome[index] = message.failure(action);
      }
    }
    return outcome;
  }

  /**
   * Sends messages as they are, one datagram, for a protocol with transactions of its own
   * (nfnetlink batches). Waits for the answer to the message at index `last`; throws the
   * first failure, whichever message it is about.
   */
  transact(action: string, requests: readonly Request[], last: number): void {
    const first = this.#sequence;
    this.#sequence += requests.length;
    this.#send(
      action,
      Buffer.concat(requests.map((request, index) => encodeRequest(request, first + index))),
    );
    for (;;) {
      for (const message of this.#receive(action)) {
        if (message.type !== NLMSG_ERROR || message.sequence < first) continue;
        const failure = message.failure(action);
        if (failure) throw failure;
        if (message.sequence === first + last) return;
      }
    }
  }

  /** Asks for one object or, with the dump flag, for a list. */
  query(action: string, request: Request): Reply[] {
    const sequence = this.#sequence++;
    const isDump = (request.flags & NLM_F_DUMP) === NLM_F_DUMP;
    this.#send(action, encodeRequest(request, sequence));
    const replies: Reply[] = [];
    for (;;) {
      for (const message of this.#receive(action)) {
        if (message.sequence !== sequence) continue;
        if (message.type === NLMSG_DONE) return replies;
        if (message.type === NLMSG_ERROR) {
          const failure = message.failure(action);
          if (failure) throw failure;
          return replies;
        }
        replies.push({ type: message.type, payload: Buffer.from(message.payload) });
        if (!isDump) return replies;
      }
    }
  }

  [Symbol.dispose](): void {
    libc().close(this.#fd);
  }

  #send(action: string, data: Buffer): void {
    checked(action, Number(libc().send(this.#fd, data, data.length, 0)));
  }

  #receive(action: string): ReceivedMessage[] {
    let length = Number(libc().recv(this.#fd, receiveBuffer, receiveBuffer.length, 0));
    while (length < 0) {
      const code = errno();
      if (code !== EINTR) throw kernelError(action, code);
      length = Number(libc().recv(this.#fd, receiveBuffer, receiveBuffer.length, 0));
    }
    const messages: ReceivedMessage[] = [];
    for (let at = 0; at + 16 <= length; ) {
      const size = receiveBuffer.readUInt32LE(at);
      if (size < 16) break;
      messages.push(new ReceivedMessage(receiveBuffer.subarray(at, at + size)));
      at += (size + 3) & ~3;
    }
    return messages;
  }
}

class ReceivedMessage {
  readonly type: number;
  readonly sequence: number;
  readonly payload: Buffer;
  readonly #flags: number;

  constructor(data: Buffer) {
    this.type = data.readUInt16LE(4);
    this.#flags = data.readUInt16LE(6);
    this.sequence = data.readUInt32LE(8);
    this.payload = data.subarray(16);
  }

  /** What an NLMSG_ERROR says; code zero is the plain acknowledgement. */
  failure(action: string): EngineError | undefined {
    const code = -this.payload.readInt32LE(0);
    if (code === 0) return undefined;
    let explanation = "";
    if (this.#flags & NLM_F_ACK_TLVS) {
      explanation = readText(parseAttributes(this.payload.subarray(20)).get(NLMSGERR_ATTR_MSG));
    }
    return requestError(action, code, explanation);
  }
}
