import { internal, messageOf, unavailable } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import { connectUnix, type UnixSocket } from "../../sys/unix-socket.ts";
import {
  type Complaint,
  controlSocketName,
  type Hello,
  type Order,
  type Outcome,
} from "./control-protocol.ts";
import { LineReader } from "./line-reader.ts";

/** An order without its number. */
export type Wish = Order extends infer One ? (One extends Order ? Omit<One, "id"> : never) : never;

/** The engine's end of the connection to a resolver. */
export class ResolverLink {
  readonly hello: Hello;
  readonly #socket: UnixSocket;
  readonly #state: State;

  private constructor(socket: UnixSocket, hello: Hello, state: State) {
    this.#socket = socket;
    this.hello = hello;
    this.#state = state;
  }

  /** Undefined: nobody listens, or it does not greet. `closed` is told when the connection is over. */
  static async connect(
    execRoot: string,
    patienceMs: number,
    closed: (link: ResolverLink) => void,
  ): Promise<ResolverLink | undefined> {
    let link: ResolverLink | undefined;
    const state = new State(patienceMs, () => link && closed(link));
    let socket: UnixSocket;
    try {
      socket = await connectUnix(execRoot, controlSocketName, {
        data: (bytes) => state.receive(bytes),
        drain: () => state.flush(),
        close: () => state.close(),
      });
    } catch {
      return undefined;
    }
    state.socket = socket;
    const timer = setTimeout(() => socket.end(), patienceMs);
    try {
      link = new ResolverLink(socket, await state.hello.promise, state);
      return link;
    } catch (error) {
      log.debug(`the resolver did not greet: ${messageOf(error)}`);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  /** It left an order without an answer. */
  get isHung(): boolean {
    return this.#state.isHung;
  }

  /** Rejects with `unavailable` when the resolver is gone before it answered, or does not answer. */
  async order(wish: Wish): Promise<readonly string[]> {
    const { promise, timer } = this.#state.send(wish);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#socket.end();
  }
}

class State {
  readonly hello = Promise.withResolvers<Hello>();
  readonly #waiting = new Map<number, PromiseWithResolvers<readonly string[]>>();
  readonly #lines = new LineReader();
  readonly #patienceMs: number;
  readonly #closed: () => void;
  #unsent = Buffer.alloc(0);
  #id = 0;
  socket: UnixSocket | undefined;
  isOpen = true;
  isHung = false;

  constructor(patienceMs: number, closed: () => void) {
    this.#patienceMs = patienceMs;
    this.#closed = closed;
    // Its end without a greeting is told by `connect`.
    this.hello.promise.catch(() => {});
  }

  send(wish: Wish): { promise: Promise<readonly string[]>; timer: ReturnType<typeof setTimeout> } {
    const id = ++this.#id;
    const waiting = Promise.withResolvers<readonly string[]>();
    const timer = setTimeout(() => {
      this.isHung = true;
      if (this.#waiting.delete(id)) waiting.reject(unavailable("the resolver does not answer"));
      this.socket?.terminate();
    }, this.#patienceMs);
    if (!this.isOpen) {
      waiting.reject(unavailable("the resolver is gone"));
    } else {
      this.#waiting.set(id, waiting);
      this.#unsent = Buffer.concat([this.#unsent, Buffer.from(`${JSON.stringify({ id, ...wish })}\n`)]);
      this.flush();
    }
    return { promise: waiting.promise, timer };
  }

  flush(): void {
    if (this.#unsent.length === 0 || !this.socket) return;
    const written = this.socket.write(this.#unsent);
    this.#unsent = this.#unsent.subarray(Math.max(0, written));
  }

  receive(bytes: Uint8Array): void {
    for (const line of this.#lines.push(bytes)) this.#read(JSON.parse(line) as Hello | Outcome | Complaint);
  }

  #read(message: Hello | Outcome | Complaint): void {
    if ("hello" in message) {
      this.hello.resolve(message);
      return;
    }
    if ("complaint" in message) {
      log.warn(`resolver: ${message.complaint}`);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.mended ?? []);
    else waiting?.reject(internal(`name resolution: ${message.error}`));
  }

  close(): void {
    this.isOpen = false;
    const gone = unavailable("the resolver is gone");
    this.hello.reject(gone);
    for (const waiting of this.#waiting.values()) waiting.reject(gone);
    this.#waiting.clear();
    this.#closed();
  }
}
