import { isKind } from "../../errors/engine-error.ts";
import { socketInNamespace } from "../namespace-calls.ts";
import type { Attribute, Request } from "./message.ts";
import { NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, text, u16be } from "./message.ts";
import { NETLINK_NETFILTER, NetlinkSocket } from "./socket.ts";

/**
 * Port 53 of 127.0.0.11 inside a container's network namespace, without a socket on port 53:
 * the container's own server may want `0.0.0.0:53`. Packets to 53 have the port changed to that
 * of our sockets, answers from those ports are changed back. No connection tracking takes part,
 * so a lookup costs none; for what tracks connections in there, the port is always 53, because
 * answers are changed before it looks and questions after it did.
 *
 *     table ip hull_names {
 *       chain questions { type filter hook output priority 300; … dport 53 → PORT }
 *       chain answers   { type filter hook output priority -300; … sport FIRST-LAST → 53 }
 *     }
 *
 * Answers are matched by a range of ports, so those of a resolver that was just replaced by
 * another still arrive.
 */
export interface ResolverRules {
  readonly address: Uint8Array;
  readonly udpPort: number;
  readonly tcpPort: number;
  /** Our ports on this address are all in here. */
  readonly firstPort: number;
  readonly lastPort: number;
}

export const resolverTable = "hull_names";
const chains = ["answers", "questions"] as const;

const NFNL_SUBSYS_NFTABLES = 10;
const message = (kind: number) => (NFNL_SUBSYS_NFTABLES << 8) | kind;
const NFT_MSG_NEWTABLE = message(0);
const NFT_MSG_DELTABLE = message(2);
const NFT_MSG_NEWCHAIN = message(3);
const NFT_MSG_NEWRULE = message(6);
const NFT_MSG_DELRULE = message(8);
const NFNL_MSG_BATCH_BEGIN = 16;
const NFNL_MSG_BATCH_END = 17;
const NLM_F_APPEND = 0x800;
const AF_INET = 2;
const NF_INET_LOCAL_OUT = 3;
const NFTA_LIST_ELEM = 1;

const networkHeader = 1;
const transportHeader = 2;
const equal = 0;
const atMost = 3;
const atLeast = 5;
const register = 1;

const u32be = (value: number): Buffer => {
  const data = Buffer.alloc(4);
  data.writeInt32BE(value | 0);
  return data;
};

const header = (family: number, resource = 0) => Buffer.from([family, 0, 0, resource]);

const expression = (name: string, data: readonly Attribute[]): Attribute => [
  NFTA_LIST_ELEM,
  [
    [1, text(name)],
    [2, data],
  ],
];

/** Load bytes of a header into the register. */
const load = (base: number, offset: number, length: number) =>
  expression("payload", [
    [1, u32be(register)],
    [2, u32be(base)],
    [3, u32be(offset)],
    [4, u32be(length)],
  ]);

const compare = (operator: number, value: Uint8Array) =>
  expression("cmp", [
    [1, u32be(register)],
    [2, u32be(operator)],
    [3, [[1, value]]],
  ]);

const NFT_META_L4PROTO = 16;
const isProtocol = (number: number) => [
  expression("meta", [
    [1, u32be(register)],
    [2, u32be(NFT_META_L4PROTO)],
  ]),
  compare(equal, Buffer.from([number])),
];

/** Write a port into the transport header and mend its checksum. */
const setPort = (offset: number, port: number, checksumAt: number) => [
  expression("immediate", [
    [1, u32be(register)],
    [2, [[1, u16be(port)]]],
  ]),
  expression("payload", [
    [5, u32be(register)],
    [2, u32be(transportHeader)],
    [3, u32be(offset)],
    [4, u32be(2)],
    [6, u32be(1)],
    [7, u32be(checksumAt)],
    [8, u32be(0)],
  ]),
];

const protocols = [
  { number: 17, checksumAt: 6 },
  { number: 6, checksumAt: 16 },
] as const;

const sourceAddress = 12;
const destinationAddress = 16;
const sourcePort = 0;
const destinationPort = 2;

type Before = "nothing" | "our chains" | "something";

function requests(rules: ResolverRules, before: Before): Request[] {
  const table: Attribute = [1, text(resolverTable)];
  const change = (type: number, attributes: readonly Attribute[], flags = NLM_F_CREATE): Request => ({
    type,
    flags,
    header: header(AF_INET),
    attributes,
  });
  const chain = (name: string, priority: number) =>
    change(NFT_MSG_NEWCHAIN, [
      table,
      [3, text(name)],
      [
        4,
        [
          [1, u32be(NF_INET_LOCAL_OUT)],
          [2, u32be(priority)],
        ],
      ],
      [7, text("filter")],
    ]);
  const rule = (name: string, expressions: readonly Attribute[]) =>
    change(NFT_MSG_NEWRULE, [table, [2, text(name)], [4, expressions]], NLM_F_CREATE | NLM_F_APPEND);
  const frame =
    before === "our chains"
      ? chains.map((name) => change(NFT_MSG_DELRULE, [table, [2, text(name)]], 0))
      : [
          ...(before === "something" ? [change(NFT_MSG_DELTABLE, [table], 0)] : []),
          change(NFT_MSG_NEWTABLE, [table], NLM_F_CREATE | NLM_F_EXCL),
          chain("answers", -300),
          chain("questions", 300),
        ];
  return [
    ...frame,
    ...protocols.flatMap(({ number, checksumAt }) => [
      rule("questions", [
        load(networkHeader, destinationAddress, 4),
        compare(equal, rules.address),
        ...isProtocol(number),
        load(transportHeader, destinationPort, 2),
        compare(equal, u16be(53)),
        ...setPort(destinationPort, number === 17 ? rules.udpPort : rules.tcpPort, checksumAt),
      ]),
      rule("answers", [
        load(networkHeader, sourceAddress, 4),
        compare(equal, rules.address),
        ...isProtocol(number),
        load(transportHeader, sourcePort, 2),
        compare(atLeast, u16be(rules.firstPort)),
        compare(atMost, u16be(rules.lastPort)),
        ...setPort(sourcePort, 53, checksumAt),
      ]),
    ]),
  ];
}

/**
 * Puts the rules into the namespace kept at `path`, in place of those an earlier call put there.
 * `expectOwn`: they are likely there. A wrong guess is put right but costs 12 ms, which the kernel
 * waits after a transaction that failed. What it gives has to be disposed of: at once it would wait up to 15 ms for the kernel to clear
 * old rules away, a moment later it does not wait; until then it keeps the namespace alive.
 */
export function applyResolverRules(path: string, rules: ResolverRules, expectOwn: boolean): Disposable {
  const socket = new NetlinkSocket(NETLINK_NETFILTER, (kind) => socketInNamespace(path, kind));
  const action = `lead lookups in network namespace "${path}" to the resolver`;
  try {
    const possible: Before[] = expectOwn
      ? ["our chains", "nothing", "something"]
      : ["nothing", "our chains", "something"];
    for (const before of possible) {
      try {
        transact(socket, action, requests(rules, before));
        break;
      } catch (error) {
        if (before === "something" || !(isKind(error, "conflict") || isKind(error, "not_found"))) throw error;
      }
    }
    return socket;
  } catch (error) {
    socket[Symbol.dispose]();
    throw error;
  }
}

function transact(socket: NetlinkSocket, action: string, changes: readonly Request[]): void {
  const last = changes.length - 1;
  const frame = (type: number): Request => ({ type, flags: 0, header: header(0, NFNL_SUBSYS_NFTABLES) });
  socket.transact(
    action,
    [
      frame(NFNL_MSG_BATCH_BEGIN),
      ...changes.map((request, index) =>
        index === last ? { ...request, flags: request.flags | NLM_F_ACK } : request,
      ),
      frame(NFNL_MSG_BATCH_END),
    ],
    changes.length,
  );
}
