import {
  beginConnection,
  closeSocket,
  connectDatagrams,
  receive,
  send,
  socketError,
} from "../../sys/plain-sockets.ts";
import type { PollSet } from "../../sys/poll-set.ts";
import { MessageStream } from "./message-stream.ts";
import type { Conversation, UpstreamEvents, UpstreamNetwork, UpstreamTarget } from "./upstream-network.ts";

const dnsPort = 53;
const buffer = Buffer.alloc(65535);
/** A liar who floods us must not keep the loop from others. */
const datagramsAtOnce = 8;

/** Name servers by real sockets. A socket per question: the kernel chooses its port at random. */
export class SocketNetwork implements UpstreamNetwork {
  readonly #poll: PollSet;
  readonly #port: number;

  constructor(poll: PollSet, port = dnsPort) {
    this.#poll = poll;
    this.#port = port;
  }

  datagram(to: UpstreamTarget, packet: Uint8Array, events: UpstreamEvents): Conversation {
    const fd = connectDatagrams({ address: to.address, port: this.#port }, { namespace: to.namespace });
    const conversation = this.#owned(fd);
    this.#poll.add(fd, () => {
      try {
        for (let count = 0; count < datagramsAtOnce && conversation.isOpen; count++) {
          const length = receive(fd, buffer);
          if (length === undefined) return;
          events.packet(buffer.subarray(0, length));
        }
      } catch {
        // The other side's host said that nobody listens there.
        events.failed();
      }
    });
    try {
      send(fd, packet);
    } catch (error) {
      conversation.close();
      throw error;
    }
    return conversation;
  }

  stream(to: UpstreamTarget, packet: Uint8Array, events: UpstreamEvents): Conversation {
    const fd = beginConnection({ address: to.address, port: this.#port }, { namespace: to.namespace });
    const connecting = this.#owned(fd);
    let stream: MessageStream | undefined;
    let isOpen = true;
    const close = () => {
      isOpen = false;
      if (stream) stream.close();
      else connecting.close();
    };
    this.#poll.add(
      fd,
      () => {
        if (socketError(fd) !== 0) return events.failed();
        this.#poll.remove(fd);
        stream = new MessageStream(this.#poll, fd, 65535, {
          message: (data) => events.packet(data),
          ended: () => stream?.close(),
          closed: () => isOpen && events.failed(),
        });
        stream.send(packet);
      },
      "write",
    );
    return { close };
  }

  #owned(fd: number): Conversation & { readonly isOpen: boolean } {
    let isOpen = true;
    return {
      get isOpen() {
        return isOpen;
      },
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#poll.remove(fd);
        closeSocket(fd);
      },
    };
  }
}
